"""What is accepted from a Label Studio server, what is asked again, and how failures are told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import httpx

from ...http_policy import ResponseTooLargeError, excerpt
from .connection import Connection
from .response_forms import form_error
from .studio_error import StudioError

REFRESH_PATH = "/api/token/refresh/"
"""Path of the request that exchanges a personal access token for an access token."""

_RETRY_HINT = ". Fix: check that the server is running properly, then run the command again"
_WAITS = (0.2, 0.6, 1.5)
_LONGEST_WAIT = 5.0  # a command that waits shows nothing
_LONGEST, _LARGEST = 3600.0, 2_000_000_000


class StudioPolicy:
    """The policy for a server: GET requests are repeated if it fails or does not respond, others never.

    A POST whose connection broke may have been processed, and only the caller can find out. Errors name the request
    but never the token.

    Args:
        connection: The server.

    Attributes:
        seconds: Time limit for a body.
        max_bytes: Size limit for it.
        waits: Seconds to wait before each repetition.
        longest_wait: Seconds to wait at most if the server states them.
        secrets: Tokens that must not appear in messages.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._prefix = httpx.URL(connection.url).path.rstrip("/")
        self.seconds, self.max_bytes = _LONGEST, _LARGEST
        self.waits: Sequence[float] = _WAITS
        self.longest_wait = _LONGEST_WAIT
        self.secrets = {connection.token}

    def repeats(self, request: httpx.Request, status: int) -> bool:
        """Check whether a request may be repeated: one that reads, after no response or the server's own error."""
        is_safe = request.method == "GET" or request.url.path == self._prefix + REFRESH_PATH
        return is_safe and (status == 0 or status >= 500)

    def failure(self, request: httpx.Request, error: httpx.HTTPError) -> StudioError:
        """Return the error for no response."""
        what, url = self._what(request), self._connection.url
        if isinstance(error, ResponseTooLargeError):
            return StudioError(f"{what} at {url}: {error}{_RETRY_HINT}")
        if isinstance(error, httpx.TimeoutException):
            return StudioError(f"{what}: {url} timed out{_RETRY_HINT}")
        if isinstance(error, httpx.ConnectError):
            return StudioError(f"no server responds at {url}. Fix: {self._connection.remedy}")
        return StudioError(f"{what}: the connection broke ({type(error).__name__}){_RETRY_HINT}")

    def rejection(self, request: httpx.Request, response: httpx.Response) -> StudioError | None:
        """Return the error for a status of 300 or higher, or for a body that is not JSON or of another form."""
        what, url, status = self._what(request), self._connection.url, response.status_code
        if status == 401:
            message = f"{url} rejects the token. Fix: {self._connection.token_remedy}"
        elif status >= 400:
            hint = _RETRY_HINT if status >= 500 or status == 429 else ""
            message = f"{what}: status {status}: {self._details(response)}{hint}"
        elif status >= 300:
            message = f"{url} redirects ({status}). Fix: use the address that it redirects to"
        elif error := form_error(what, status, response.content):
            # the response with a new token may hold one all the same
            details = "" if what.endswith(REFRESH_PATH) else f": {self._details(response)}"
            message = f"{what}: {error}{details}{_RETRY_HINT}"
        else:
            return None
        return StudioError(message, status)

    def _what(self, request: httpx.Request) -> str:
        return f"{request.method} {request.url.path.removeprefix(self._prefix)}"

    def _details(self, response: httpx.Response) -> str:
        """Return the server's error message as short plain text without tokens."""
        try:
            data = json.loads(response.content)
        except (ValueError, RecursionError):
            text = re.sub(r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", response.text[:20_000])
        else:
            details: list[Any] = []
            if isinstance(data, dict):
                details = [data[key] for key in ("detail", "validation_errors") if data.get(key)]
            text = "; ".join(item if isinstance(item, str) else json.dumps(item) for item in details or [data])
        return excerpt(text, secrets=self.secrets, most=300, mask="[token]") or "empty response"
