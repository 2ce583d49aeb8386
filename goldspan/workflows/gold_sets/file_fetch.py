"""Fetching of files under the HTTP policy of goldspan: bounded, repeated after failures that may pass, over TLS."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import httpx

from ...annotate.child_environment import is_loopback
from ...annotate.http_policy import PolicyTransport, ResponseTooLargeError, unbind_stream
from ...corpus.gold_sets.gold_set import is_fetchable
from ...schema import DependencyError

_TRANSIENT = frozenset((408, 425, 429, 500, 502, 503, 504))
_NO_HEAD = frozenset((405, 501))
"""Answers of servers that send a file, but do not state its size without it."""

_WAITS = (1.0, 3.0, 9.0)
_LONGEST_WAIT, _LONGEST, _PAUSE = 60.0, 900.0, 60.0
_LARGEST = 500_000_000
_MOST_REDIRECTS = 5
_OWN_COPY = "get a copy yourself and name it with `source`"


class FileFetcher:
    """Fetches files: GET and HEAD, repeated after no response and after errors of the server.

    Redirects are followed to addresses over TLS only, as far as the first one is. A proxy of the environment is used
    for files that are not on this machine.

    Args:
        sleep: The function that waits; tests replace it.

    Attributes:
        seconds: Time limit for the body of a response.
        max_bytes: Size limit for it.
        waits: Seconds to wait before each repetition.
        longest_wait: Seconds to wait at most if the server states them.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self.seconds, self.max_bytes = _LONGEST, _LARGEST
        self.waits: Sequence[float] = _WAITS
        self.longest_wait = _LONGEST_WAIT
        self._sleep = sleep

    def fetch(self, url: str) -> bytes:
        """Return the bytes of a file.

        Raises:
            DependencyError: It cannot be had.
        """
        return self._request("GET", url).content

    def size(self, url: str) -> int | None:
        """Return the size of a file in bytes, as its server states it without sending it; None if it does not.

        Raises:
            DependencyError: The server does not respond, or does not have the file.
        """
        response = self._request("HEAD", url)
        stated = response.headers.get("Content-Length", "") if response.status_code == 200 else ""
        return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 19 else None

    def _request(self, method: str, url: str) -> httpx.Response:
        is_here = is_loopback(urlsplit(url).hostname or "")
        transport = PolicyTransport(self, trust_env=not is_here, sleep=self._sleep)
        headers = {"Accept-Encoding": "identity", "User-Agent": "goldspan"}
        with httpx.Client(
            transport=transport,
            timeout=_PAUSE,
            headers=headers,
            follow_redirects=True,
            max_redirects=_MOST_REDIRECTS,
            event_hooks={"response": [unbind_stream]},
        ) as client:
            try:
                return client.request(method, url)
            except (httpx.TooManyRedirects, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                raise DependencyError(f"{url}: redirected without end, or to no address. Fix: {_OWN_COPY}") from error

    def repeats(self, request: httpx.Request, status: int) -> bool:
        """Check whether a request may be repeated: after no response, or a status that may pass."""
        return status == 0 or status in _TRANSIENT

    def rejection(self, request: httpx.Request, response: httpx.Response) -> DependencyError | None:
        """Return the error for anything but the file, or a redirect to where it may be fetched."""
        status = response.status_code
        if status == 200 or (request.method == "HEAD" and status in _NO_HEAD):
            return None
        if status in (301, 302, 303, 307, 308) and (target := response.headers.get("Location")):
            try:
                reached = request.url.join(target)
            except httpx.InvalidURL:
                reached = request.url.copy_with(scheme="invalid")
            leaves_tls = request.url.scheme == "https" and reached.scheme != "https"
            if is_fetchable(str(reached)) and not leaves_tls:
                return None
            return DependencyError(f"{request.url}: redirected to {str(reached)[:200]!r}. Fix: {_OWN_COPY}")
        fix = "try again later" if status in _TRANSIENT else _OWN_COPY
        return DependencyError(f"{request.url}: the server answers with status {status}. Fix: {fix}")

    def failure(self, request: httpx.Request, error: httpx.HTTPError) -> DependencyError:
        """Return the error for no response."""
        what = f"sends {error}" if isinstance(error, ResponseTooLargeError) else f"no response ({type(error).__name__})"
        return DependencyError(f"{request.url}: {what}. Fix: check the network, or {_OWN_COPY}")
