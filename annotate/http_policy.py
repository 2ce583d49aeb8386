"""How goldspan talks HTTP: bounded responses, repeated requests and errors without secrets, as one transport of httpx.

Whatever is built on httpx can use it, such as the SDK of Label Studio.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import httpx

MAX_BYTES = 200_000_000
"""The largest response body accepted, after decompression."""

_OF_ENCODED_BODY = ("content-encoding", "content-length", "transfer-encoding")


class ResponseTooLargeError(httpx.HTTPError):
    """A response is too large or takes too long; the message says which."""


class HttpPolicy(Protocol):
    """What a client accepts, what it repeats and what it raises.

    Attributes:
        seconds: Time limit for the whole body of a response; a client's own timeout only limits each pause.
        max_bytes: Size limit for it.
        waits: Seconds to wait before each repetition, unless the server states others (`Retry-After`).
        longest_wait: Seconds to wait at most if the server states them.
    """

    seconds: float
    max_bytes: int
    waits: Sequence[float]
    longest_wait: float

    def repeats(self, request: httpx.Request, status: int) -> bool:
        """Check whether a request may be repeated after a rejection with this status; 0 for no response."""
        ...

    def rejection(self, request: httpx.Request, response: httpx.Response) -> Exception | None:
        """Return the error for a response, which was read whole; None if the response is accepted."""
        ...

    def failure(self, request: httpx.Request, error: httpx.HTTPError) -> Exception:
        """Return the error for a request that got no response."""
        ...


class PolicyTransport(httpx.BaseTransport):
    """A transport that reads responses whole, and repeats requests and raises errors as a policy says.

    Args:
        policy: The policy.
        trust_env: Whether to use a proxy configured in the environment.
        sleep: The function that waits; tests replace it.
    """

    def __init__(self, policy: HttpPolicy, *, trust_env: bool, sleep: Callable[[float], None] = time.sleep) -> None:
        self._policy = policy
        self._sleep = sleep
        # not a transport, which would know no proxies; timeouts come with each request
        self._http = httpx.Client(trust_env=trust_env, follow_redirects=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and again where the policy says so. Raises the errors of the policy."""
        for planned in (*self._policy.waits, None):
            wait, status, cause = planned, 0, None
            try:
                response = self._exchange(request)
            except httpx.HTTPError as failure:
                error, cause = self._policy.failure(request, failure), failure
                if isinstance(failure, ResponseTooLargeError):
                    wait = None
            else:
                rejection = self._policy.rejection(request, response)
                if rejection is None:
                    return response
                error, status = rejection, response.status_code
                retry_after = response.headers.get("Retry-After", "")
                if wait is not None and re.fullmatch("[0-9]{1,6}", retry_after):
                    wait = min(float(retry_after), self._policy.longest_wait)
            if wait is None or not self._policy.repeats(request, status):
                raise error from cause
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        response = self._http.send(request, stream=True)
        deadline = time.monotonic() + self._policy.seconds
        body = bytearray()
        try:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > self._policy.max_bytes:
                    raise ResponseTooLargeError(f"a response of more than {self._policy.max_bytes:,} bytes")
                if time.monotonic() > deadline:
                    raise ResponseTooLargeError(f"a response that takes more than {self._policy.seconds:g} seconds")
        finally:
            response.close()
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _OF_ENCODED_BODY]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body))


def excerpt(text: str, *, secrets: Iterable[str], most: int, mask: str) -> str:
    """Return the beginning of what a server said as one line without secrets.

    Args:
        text: What it said.
        secrets: Texts that must not appear; empty ones are ignored.
        most: Characters to return.
        mask: What stands in place of a secret.
    """
    for secret in filter(None, secrets):
        text = text.replace(secret, mask)
    return " ".join(text.split())[:most]
