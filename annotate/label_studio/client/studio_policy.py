"""What is accepted from a Label Studio server, what is asked again, and how failures are told."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import msgspec

from ...http_policy import Outcome, ResponseTooLargeError, excerpt
from .connection import Connection
from .http_client import StudioError

REFRESH_PATH = "/api/token/refresh/"
"""Path of the request that exchanges a personal access token for an access token."""

RETRY_HINT = ". Fix: check that the server is running properly, then run the command again"
"""End of the messages about failures that may pass."""

_WAITS = (0.2, 0.6, 1.5)
_LONGEST, _LARGEST = 3600.0, 2_000_000_000


class StudioPolicy:
    """The policy for a server: GET requests are repeated if it fails or does not respond, others never.

    A POST whose connection broke may have been processed, and only the caller can find out. Errors name the request
    but never the token.

    Args:
        connection: The server.

    Attributes:
        secrets: Tokens that must not appear in messages.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._prefix = httpx.URL(connection.url).path.rstrip("/")
        self.seconds, self.max_bytes = _LONGEST, _LARGEST
        self.secrets = {connection.token}

    def error(self, request: httpx.Request, outcome: Outcome) -> StudioError | None:
        """Return the error for a response whose status is 300 or higher or that is not JSON, or for none at all."""
        what, url = f"{request.method} {request.url.path.removeprefix(self._prefix)}", self._connection.url
        if isinstance(outcome, httpx.Response):
            message = self._rejection(what, outcome)
            return StudioError(message, outcome.status_code) if message else None
        if isinstance(outcome, ResponseTooLargeError):
            return StudioError(f"{what} at {url}: {outcome}{RETRY_HINT}")
        if isinstance(outcome, httpx.TimeoutException):
            return StudioError(f"{what}: {url} timed out{RETRY_HINT}")
        if isinstance(outcome, httpx.ConnectError):
            return StudioError(f"no server responds at {url}. Fix: {self._connection.remedy}")
        return StudioError(f"{what}: the connection broke ({type(outcome).__name__}){RETRY_HINT}")

    def wait(self, request: httpx.Request, outcome: Outcome, attempt: int) -> float | None:
        """Return the wait before a repetition; None if there is none."""
        repeatable = request.method == "GET" or request.url.path == self._prefix + REFRESH_PATH
        passing = not isinstance(outcome, httpx.Response) or outcome.status_code >= 500
        return _WAITS[attempt] if repeatable and passing and attempt < len(_WAITS) else None

    def _rejection(self, what: str, response: httpx.Response) -> str:
        """Return what is wrong with a response; empty if nothing is."""
        status, url = response.status_code, self._connection.url
        if status >= 400 and status != 401:
            hint = RETRY_HINT if status >= 500 or status == 429 else ""
            return f"{what}: status {status}: {self._details(response)}{hint}"
        if status == 401:
            return f"{url} rejects the token. Fix: {self._connection.token_remedy}"
        if status >= 300:
            return f"{url} redirects ({status}). Fix: use the address that it redirects to"
        may_be_empty = not what.startswith("GET")
        if (may_be_empty and not response.content) or _is_json(response.content):
            return ""
        return f"{what}: the response is not JSON: {self._details(response)}{RETRY_HINT}"

    def _details(self, response: httpx.Response) -> str:
        """Return the server's error message as short plain text without tokens."""
        try:
            data = json.loads(response.content)
        except ValueError:
            text = re.sub(r"(?is)<(script|style).*?</\1>|<[^>]*>", " ", response.text[:20_000])
        else:
            details: list[Any] = []
            if isinstance(data, dict):
                details = [data[key] for key in ("detail", "validation_errors") if data.get(key)]
            text = "; ".join(item if isinstance(item, str) else json.dumps(item) for item in details or [data])
        return excerpt(text, secrets=self.secrets, most=300, mask="[token]") or "empty response"


def _is_json(body: bytes) -> bool:
    """Check whether a body is JSON, so that no reader of it need expect anything else."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)  # a twentieth of the time that decoding takes
        body.decode()
    except ValueError:
        try:
            json.loads(body)  # takes lone surrogates, which an annotator's note may contain
        except ValueError:
            return False
    return True
