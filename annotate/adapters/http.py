"""The extractor `http`, for any service that takes records and returns them with spans; and calls with retries."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...schema import DataError, DependencyError, Document, Extractor, Parameter, Problem, Scheme, Span, UsageError
from ..child_environment import is_loopback
from .normalisation import FILL, MAP, PredictionNormalizer
from .wire_format import WireFormat

if TYPE_CHECKING:
    import httpx

_LONGEST_WAIT = 60.0
_TRANSIENT_STATUSES = frozenset((408, 425, 429, 500, 502, 503, 504))


class RetryingService:
    """A service that is called again after transient failures: too many requests, server errors, no response.

    The wait starts at half a second and doubles each time. A `Retry-After` in seconds is honoured, up to a minute.

    Args:
        url: An `http` or `https` URL.
        timeout: Time limit in seconds, for the connection and for the body of a response each.
        retries: The number of retries after a failed call.
        headers: Headers sent with every call.
        secret: Text that must not appear in messages, such as the key in the headers.
        sleep: The function that waits; tests replace it.

    Attributes:
        seconds: Time limit for the body of a response.
        max_bytes: Size limit for it.
        waits: Seconds to wait before each retry.
        longest_wait: Seconds to wait at most if the service states them.
        warning: What the user should know before the secret is sent; empty if there is nothing.

    Raises:
        UsageError: The URL is invalid.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float,
        retries: int,
        headers: Mapping[str, str] | None = None,
        secret: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx

        from ..http_policy import MAX_BYTES, PolicyTransport

        if "@" in url.partition("://")[2].partition("/")[0]:
            raise UsageError("a password in the URL would be visible. Fix: put a token in the environment instead")
        try:
            parts = urlsplit(url)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            valid = False
        if not valid:
            raise UsageError(f"{url!r} is not the URL of a service. Fix: http://HOST:PORT/PATH")
        is_local = is_loopback(parts.hostname or "")
        self.warning = ""
        if secret and parts.scheme == "http" and not is_local:
            self.warning = f"the token is sent to {parts.hostname} unencrypted, so that others can read it. Use https"
        self.seconds, self.max_bytes = timeout, MAX_BYTES
        self.waits: Sequence[float] = [min(0.5 * 2 ** min(attempt, 9), _LONGEST_WAIT) for attempt in range(retries)]
        self.longest_wait = _LONGEST_WAIT
        self._failed = f"the service failed {retries + 1} times, the last time with"
        self._url = url
        self._secret = secret
        # a proxy from the environment is not meant for services on this machine, and must not see their texts
        transport = PolicyTransport(self, trust_env=not is_local, sleep=sleep)
        self._client = httpx.Client(
            timeout=timeout, headers=dict(headers or {}), follow_redirects=False, transport=transport
        )

    def post(self, body: bytes, *, content_type: str) -> bytes:
        """Post a body and return the body of the response.

        Raises:
            DataError: The service rejects the request, or fails each time.
            DependencyError: The service cannot be reached, or does not respond in time.
        """
        return self._client.post(self._url, content=body, headers={"Content-Type": content_type}).content

    def repeats(self, request: httpx.Request, status: int) -> bool:
        """Check whether a call may be repeated: no response, or a status that may pass."""
        return status == 0 or status in _TRANSIENT_STATUSES

    def failure(self, request: httpx.Request, error: httpx.HTTPError) -> DataError | DependencyError:
        """Return the error for no response."""
        from ..http_policy import ResponseTooLargeError

        if isinstance(error, ResponseTooLargeError):
            return DataError(Problem(f"the service sends {error}", "timeout=SECONDS, or fix the service"))
        fix = "start it, or correct its URL; a run with an output file resumes where it stopped"
        return DependencyError(f"{self._failed} no response ({type(error).__name__}). Fix: {fix}")

    def rejection(self, request: httpx.Request, response: httpx.Response) -> DataError | None:
        """Return the error for a status other than 200."""
        from ..http_policy import excerpt

        status = response.status_code
        if status == 200:
            return None
        if status in _TRANSIENT_STATUSES:
            return DataError(Problem(f"{self._failed} status {status}"))
        text = response.content[:20_000].decode("utf-8", "replace")
        reason = excerpt(text, secrets=[self._secret], most=200, mask="[secret]")
        return DataError(Problem(f"the service rejected the request: status {status}{': ' + reason if reason else ''}"))


class HttpExtractor:
    """An extractor that posts each batch to a service as JSON lines and reads the lines back with spans, in any order.

    A token in the environment variable `GOLDSPAN_HTTP_TOKEN` is sent as a bearer token.

    Args:
        scheme: The scheme of the layers.
        url: The URL to post to.
        timeout: Time limit for a response, in seconds.
        retries: The number of retries after a failed call.
        normalization: Keyword arguments of `PredictionNormalizer`.

    Attributes:
        elsewhere: True, since the model runs in another process, whose memory use is not known here.
    """

    elsewhere = True

    def __init__(self, scheme: Scheme, *, url: str, timeout: float, retries: int, **normalization: Any) -> None:
        token = os.environ.get("GOLDSPAN_HTTP_TOKEN")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._service = RetryingService(url, timeout=timeout, retries=retries, headers=headers, secret=token or "")
        self.warning = self._service.warning
        parts = urlsplit(url)
        self.name = f"http:{parts.hostname}"
        self.version = parts.path.strip("/") or "0"
        self._normalizer = PredictionNormalizer(scheme, **normalization)
        self.tally = self._normalizer.tally
        self._wire_format = WireFormat(scheme, self.tally)
        self.version += self._normalizer.signature

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch.

        Raises:
            DataError: The service failed, or returned something other than the records of the batch.
            DependencyError: The service cannot be reached.
        """
        records = self._wire_format.encode(documents)
        response = self._service.post(records, content_type="application/x-ndjson")
        return self._normalizer.layers(documents, self._wire_format.decode(response, documents))

    def load(self) -> None:
        """Load what fills in values; whether the service has loaded its model is not known here."""
        self._normalizer.load()


class _HttpFactory:
    summary = "any service: records posted as JSON lines, the same lines with spans as the response"
    parameters = (
        Parameter("url", "URL to post to", required=True, positional=True),
        Parameter("timeout", "time limit for a response, in seconds", type=float, default=120.0),
        Parameter("retries", "number of retries after a failed call", type=int, default=4),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor."""
        return HttpExtractor(scheme, **arguments)


HTTP = _HttpFactory()
"""The factory behind the entry point `http`."""
