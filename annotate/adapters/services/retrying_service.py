"""A service that is called over HTTP, and called again after failures that may pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ....schema import DataError, DependencyError, Problem, UsageError
from ...child_environment import is_loopback
from .service_usage import WAITED, ServiceUsage

if TYPE_CHECKING:
    import httpx

_LONGEST_WAIT = 60.0
_TRANSIENT_STATUSES = frozenset((408, 425, 429, 500, 502, 503, 504))


class RetryingService:
    """A service that is called again after transient failures: too many requests, server errors, no response.

    The wait starts at half a second and doubles each time. A `Retry-After`, in seconds or as a date, is
    honoured by all threads that call the service, up to a minute.

    Args:
        url: An `http` or `https` URL.
        timeout: Time limit in seconds, for the connection and for the body of a response each.
        retries: The number of retries after a failed call.
        headers: Headers sent with every call.
        secret: Text that must not appear in messages, such as the key in the headers.
        usage: The meter of the requests; one without a budget if None.
        sleep: The function that waits; tests replace it.

    Attributes:
        seconds: Time limit for the body of a response.
        max_bytes: Size limit for it.
        waits: Seconds to wait before each retry.
        longest_wait: Seconds to wait at most if the service states them.
        warning: What the user should know before the secret is sent; empty if there is nothing.
        note: Called with a line if the service asks to wait.

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
        usage: ServiceUsage | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        import httpx

        from ...http_policy import MAX_BYTES, PolicyTransport, unbind_stream

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
        self._usage = usage or ServiceUsage()
        self.note: Callable[[str], None] = lambda _line: None
        # a proxy from the environment is not meant for services on this machine, and must not see their texts
        transport = PolicyTransport(
            self,
            trust_env=not is_local,
            sleep=sleep,
            before=self._usage.begin_request,
            told_to_wait=self._tell_of_wait,
        )
        self._client = httpx.Client(
            timeout=timeout,
            headers=dict(headers or {}),
            follow_redirects=False,
            transport=transport,
            event_hooks={"response": [unbind_stream]},
        )

    def post(self, body: bytes, *, content_type: str) -> bytes:
        """Post a body and return the body of the response.

        Raises:
            DataError: The service rejects the request, or fails each time.
            DependencyError: The service cannot be reached, does not respond in time, or the budget is used up.
        """
        return self._client.post(self._url, content=body, headers={"Content-Type": content_type}).content

    def repeats(self, request: httpx.Request, status: int) -> bool:
        """Check whether a call may be repeated: no response, or a status that may pass."""
        return status == 0 or status in _TRANSIENT_STATUSES

    def failure(self, request: httpx.Request, error: httpx.HTTPError) -> DataError | DependencyError:
        """Return the error for no response."""
        import httpx

        from ...http_policy import ResponseTooLargeError

        if isinstance(error, ResponseTooLargeError):
            return DataError(Problem(f"the service sends {error}", "timeout=SECONDS, or fix the service"))
        late = isinstance(error, httpx.ReadTimeout)
        fix = (
            "timeout=SECONDS, or concurrency=1 if it takes one request at a time"
            if late
            else "start it, or correct its URL"
        ) + "; a run with an output file resumes where it stopped"
        return DependencyError(f"{self._failed} no response ({type(error).__name__}). Fix: {fix}")

    def _tell_of_wait(self, stated: float, wait: float) -> None:
        self._usage.count(WAITED, ceil(wait))
        seconds = f"{wait:.0f} of these seconds" if wait < stated else "that long"
        self.note(f"the service asks to wait {stated:,.0f} seconds: waiting {seconds}, then asking again")

    def rejection(self, request: httpx.Request, response: httpx.Response) -> DataError | None:
        """Return the error for a status other than 200."""
        from ...http_policy import excerpt

        status = response.status_code
        if status == 200:
            return None
        if status in _TRANSIENT_STATUSES:
            return DataError(Problem(f"{self._failed} status {status}"))
        text = response.content[:20_000].decode("utf-8", "replace")
        reason = excerpt(text, secrets=[self._secret], most=200, mask="[secret]")
        return DataError(Problem(f"the service rejected the request: status {status}{': ' + reason if reason else ''}"))
