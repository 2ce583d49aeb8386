"""The extractor `http`: any service that takes records and answers them with spans; and how services are called."""

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

_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))
_LONGEST_WAIT = 60.0


class RetryingService:
    """Calls a service again while what fails is likely to pass: too many requests, a fault of the server, no answer.

    Waits double from half a second; a `Retry-After` in seconds is kept to, up to a minute.

    Args:
        url: `http` or `https`.
        timeout: Seconds for one answer, its connection and its body each.
        retries: How often a failed call is made again.
        headers: Sent with every call.
        secret: What no message may show, such as the key in the headers.
        sleep: Waits; the tests' clock.

    Attributes:
        warning: What a person should know before the secret is sent; empty where there is nothing.

    Raises:
        UsageError: The address is none.
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
            raise UsageError("an address with a password in it would be shown. Fix: a token in the environment")
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good:
            raise UsageError(f"{url!r} is no address of a service. Fix: http://HOST:PORT/PATH")
        here = is_loopback(parts.hostname or "")
        self.warning = ""
        if secret and parts.scheme == "http" and not here:
            self.warning = f"the token goes to {parts.hostname} unencrypted: others on the way can read it. Use https"
        self._url = url
        self._retries = retries
        self._secret = secret
        self._sleep = sleep
        self._timeout = timeout
        # a proxy's address in the environment is not meant for a service on this machine, nor are its texts for a proxy
        self._client = httpx.Client(
            timeout=timeout, headers=dict(headers or {}), follow_redirects=False, trust_env=not here
        )

    def post(self, body: bytes, *, kind: str) -> bytes:
        """The body of the answer to a body.

        Raises:
            DataError: The service refuses, or fails each time.
            DependencyError: It cannot be reached, or does not answer in time.
        """
        import httpx

        for attempt in range(self._retries + 1):
            wait = min(0.5 * 2**attempt, _LONGEST_WAIT)
            try:
                headers = {"Content-Type": kind}
                with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                    said = read_bounded(answer, seconds=self._timeout)
            except ResponseTooLargeError as error:
                raise DataError(
                    Problem(f"the service gives {error}", "timeout=SECONDS, or mend the service")
                ) from error
            except httpx.HTTPError as error:
                fault, gone = f"no answer ({type(error).__name__})", True
            else:
                gone = False
                if answer.status_code == 200:
                    return said
                fault = f"status {answer.status_code}"
                if answer.status_code not in _PASSING:
                    text = said[:20_000].decode("utf-8", "replace")
                    words = " ".join(self._without_secret(text).split())[:200]
                    raise DataError(Problem(f"the service refuses: {fault}{': ' + words if words else ''}"))
                asked = answer.headers.get("Retry-After", "")
                wait = min(float(asked), _LONGEST_WAIT) if re.fullmatch(r"[0-9]{1,6}", asked) else wait
            if attempt < self._retries:
                self._sleep(wait)
        told = f"the service failed {self._retries + 1} times, the last with {fault}"
        if gone:
            raise DependencyError(f"{told}. Fix: start it, or mend its address; a run to a file goes on where it was")
        raise DataError(Problem(told))

    def _without_secret(self, text: str) -> str:
        return text.replace(self._secret, "[secret]") if self._secret else text


class HttpExtractor:
    """Posts each batch to a service as JSON lines and reads the same lines back with spans, in any order.

    A token in the environment's `GOLDSPAN_HTTP_TOKEN` goes along as a bearer token.

    Args:
        scheme: The scheme of the layers.
        url: Where to post.
        timeout: Seconds for an answer.
        retries: How often a failed call is made again.
        how: For `PredictionNormalizer`.

    Attributes:
        elsewhere: The model runs in a process of others, whose memory nobody here knows.
    """

    elsewhere = True

    def __init__(self, scheme: Scheme, *, url: str, timeout: float, retries: int, **how: Any) -> None:
        token = os.environ.get("GOLDSPAN_HTTP_TOKEN")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._service = RetryingService(url, timeout=timeout, retries=retries, headers=headers, secret=token or "")
        self.warning = self._service.warning
        parts = urlsplit(url)
        self.name = f"http:{parts.hostname}"
        self.version = parts.path.strip("/") or "0"
        self._intake = PredictionNormalizer(scheme, **how)
        self.tally = self._intake.tally
        self._exchange = WireFormat(scheme, self.tally)
        self.version += self._intake.mark

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """The layers of a batch.

        Raises:
            DataError: The service failed, or answered something else than the batch's records.
        """
        answer = self._service.post(self._exchange.question(documents), kind="application/x-ndjson")
        return self._intake.layers(documents, self._exchange.answer(answer, documents))

    def load(self) -> None:
        """Loads what fills values; whether the service has loaded its model only the service knows."""
        self._intake.load()


class _HttpFactory:
    summary = "any service: records posted as JSON lines, the same lines with spans as the answer"
    parameters = (
        Parameter("url", "where to post", required=True, positional=True),
        Parameter("timeout", "seconds for an answer", type=float, default=120.0),
        Parameter("retries", "how often a failed call is made again", type=int, default=4),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """The extractor."""
        return HttpExtractor(scheme, **arguments)


HTTP = _HttpFactory()
"""What the entry point `http` names."""
