"""How goldspan talks HTTP: bounded responses, repeated requests and errors without secrets, as one transport of httpx.

Whatever is built on httpx can use it, such as the SDK of Label Studio.
"""

from __future__ import annotations

import os
import re
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from threading import Lock
from typing import Protocol

import httpx

MAX_BYTES = 200_000_000
"""The largest response body accepted, after decompression."""

_OF_ENCODED_BODY = ("content-encoding", "content-length", "transfer-encoding")


def trusted_certificates(*, trust_env: bool) -> ssl.SSLContext:
    """Return the context with which httpx checks servers, read once: that takes as long as several requests.

    Args:
        trust_env: Whether to use certificates that the environment names.
    """
    named = [os.environ.get(name, "") for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")] if trust_env else []
    return _read_certificates(trust_env, *named)


@cache
def _read_certificates(trust_env: bool, *_named: str) -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=trust_env)


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

    Several threads may use it. If the server asks one of them to wait, none of them sends anything until then.

    Args:
        policy: The policy.
        trust_env: Whether to use a proxy configured in the environment.
        sleep: The function that waits; tests replace it.
        before: Called before each request, repetitions included; what it raises ends the request.
        told_to_wait: Called if the server asks to wait, with the seconds it states and those that are waited.
    """

    def __init__(
        self,
        policy: HttpPolicy,
        *,
        trust_env: bool,
        sleep: Callable[[float], None] = time.sleep,
        before: Callable[[], None] = lambda: None,
        told_to_wait: Callable[[float, float], None] = lambda _stated, _waited: None,
    ) -> None:
        self._policy = policy
        self._sleep = sleep
        self._before = before
        self._told_to_wait = told_to_wait
        self._lock = Lock()
        self._resume_at = 0.0
        # not a transport, which would know no proxies; timeouts come with each request, whose number its users limit
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self._http = httpx.Client(
            trust_env=trust_env,
            verify=trusted_certificates(trust_env=trust_env),
            follow_redirects=False,
            limits=limits,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and again where the policy says so. Raises the errors of the policy."""
        asked_to_wait = False
        for planned in (*self._policy.waits, None):
            if not asked_to_wait and (pause := self._resume_at - time.monotonic()) > 0:
                self._sleep(pause)
            self._before()
            wait, status, cause, stated = planned, 0, None, None
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
                stated = stated_wait(response.headers)
            if wait is None or not self._policy.repeats(request, status):
                raise error from cause
            if stated is not None:
                wait = min(stated, self._policy.longest_wait)
                self._hold_all(stated, wait)
            asked_to_wait = stated is not None
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _hold_all(self, stated: float, wait: float) -> None:
        """Let no thread send anything before a wait is over; tell of it unless another thread was told the same."""
        with self._lock:
            until = time.monotonic() + wait
            is_news = until > self._resume_at + 1
            self._resume_at = max(self._resume_at, until)
        if is_news and wait > 0:
            self._told_to_wait(stated, wait)

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
            unbind_stream(response)
        # the length in an answer to HEAD is the file's, unless it is that of its encoded form
        keeps_length = request.method == "HEAD" and "content-encoding" not in response.headers
        encoded = () if keeps_length else _OF_ENCODED_BODY
        headers = [(name, value) for name, value in response.headers.multi_items() if name not in encoded]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body))


def unbind_stream(response: httpx.Response) -> None:
    """Take from a response that has been read its stream, which httpx binds to the response.

    In that cycle the bodies of request and response would stay in memory until Python looks for cycles among all
    objects, which a program with many of them does rarely.
    """
    response.stream = httpx.ByteStream(b"")


def stated_wait(headers: httpx.Headers) -> float | None:
    """Return the seconds that a server asks to wait, by `Retry-After`; None if it does not.

    Of a date, the time until then counts by the server's own clock, as far as it states that.
    """
    stated = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,12}", stated):
        return float(stated)
    until = _http_date(stated)
    if until is None:
        return None
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


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
