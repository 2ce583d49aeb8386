"""The extractor `http`, for any service that takes records and returns them with spans; and calls with retries."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from ...schema import DataError, DependencyError, Document, Extractor, Parameter, Problem, Scheme, Span, UsageError
from ..child_environment import is_loopback
from ..http_limits import ResponseTooLargeError, read_bounded
from .normalisation import FILL, MAP, PredictionNormalizer
from .wire_format import WireFormat

_TRANSIENT_STATUSES = frozenset((408, 425, 429, 500, 502, 503, 504))
_MAX_WAIT_SECONDS = 60.0


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
        self._url = url
        self._retries = retries
        self._secret = secret
        self._sleep = sleep
        self._timeout = timeout
        # a proxy from the environment is not meant for services on this machine, and must not see their texts
        self._client = httpx.Client(
            timeout=timeout, headers=dict(headers or {}), follow_redirects=False, trust_env=not is_local
        )

    def post(self, body: bytes, *, content_type: str) -> bytes:
        """Post a body and return the body of the response.

        Raises:
            DataError: The service rejects the request, or fails each time.
            DependencyError: The service cannot be reached, or does not respond in time.
        """
        import httpx

        for attempt in range(self._retries + 1):
            wait = min(0.5 * 2**attempt, _MAX_WAIT_SECONDS)
            try:
                headers = {"Content-Type": content_type}
                with self._client.stream("POST", self._url, content=body, headers=headers) as response:
                    response_body = read_bounded(response, seconds=self._timeout)
            except ResponseTooLargeError as error:
                raise DataError(Problem(f"the service sends {error}", "timeout=SECONDS, or fix the service")) from error
            except httpx.HTTPError as error:
                failure, unreachable = f"no response ({type(error).__name__})", True
            else:
                unreachable = False
                if response.status_code == 200:
                    return response_body
                failure = f"status {response.status_code}"
                if response.status_code not in _TRANSIENT_STATUSES:
                    text = response_body[:20_000].decode("utf-8", "replace")
                    reason = " ".join(self._without_secret(text).split())[:200]
                    raise DataError(
                        Problem(f"the service rejected the request: {failure}{': ' + reason if reason else ''}")
                    )
                retry_after = response.headers.get("Retry-After", "")
                if re.fullmatch(r"[0-9]{1,6}", retry_after):
                    wait = min(float(retry_after), _MAX_WAIT_SECONDS)
            if attempt < self._retries:
                self._sleep(wait)
        message = f"the service failed {self._retries + 1} times, the last time with {failure}"
        if unreachable:
            raise DependencyError(
                f"{message}. Fix: start it, or correct its URL; a run with an output file resumes where it stopped"
            )
        raise DataError(Problem(message))

    def _without_secret(self, text: str) -> str:
        return text.replace(self._secret, "[secret]") if self._secret else text


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
