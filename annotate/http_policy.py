"""How goldspan talks HTTP: bounded responses, repeated requests and errors without secrets, as one transport of httpx.

Whatever is built on httpx can use it, such as the SDK of Label Studio.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Protocol

import httpx

MAX_BYTES = 200_000_000
"""The largest response body accepted, after decompression."""

_ENCODING = ("content-encoding", "content-length", "transfer-encoding")


class ResponseTooLargeError(httpx.HTTPError):
    """A response is too large or takes too long; the message says which."""


Outcome = httpx.Response | httpx.HTTPError
"""What a request came to: a response, read whole, or the reason why there is none."""


class HttpPolicy(Protocol):
    """What a client accepts, what it repeats and what it raises.

    Attributes:
        seconds: Time limit for the whole body of a response; a client's own timeout only limits each pause.
        max_bytes: Size limit for it.
    """

    seconds: float
    max_bytes: int

    def error(self, request: httpx.Request, outcome: Outcome) -> Exception | None:
        """Return the error to raise for an outcome; None for a response to return."""
        ...

    def wait(self, request: httpx.Request, outcome: Outcome, attempt: int) -> float | None:
        """Return the seconds after which a request that met an error is repeated; None if it is not.

        Args:
            request: The request.
            outcome: What it came to.
            attempt: Number of the attempt, from 0.
        """
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
        attempt = 0
        while True:
            outcome = self._exchange(request)
            error = self._policy.error(request, outcome)
            if error is None:
                assert isinstance(outcome, httpx.Response)
                return outcome
            wait = self._policy.wait(request, outcome, attempt)
            if wait is None:
                raise error from (outcome if isinstance(outcome, Exception) else None)
            self._sleep(wait)
            attempt += 1

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _exchange(self, request: httpx.Request) -> Outcome:
        try:
            response = self._http.send(request, stream=True)
            try:
                body = self._read(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            return error
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in _ENCODING]
        return httpx.Response(response.status_code, headers=headers, content=body)

    def _read(self, response: httpx.Response) -> bytes:
        deadline = time.monotonic() + self._policy.seconds
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._policy.max_bytes:
                raise ResponseTooLargeError(f"a response of more than {self._policy.max_bytes:,} bytes")
            if time.monotonic() > deadline:
                raise ResponseTooLargeError(f"a response that takes more than {self._policy.seconds:g} seconds")
        return bytes(body)


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
