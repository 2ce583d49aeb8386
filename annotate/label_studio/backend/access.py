"""Access control for an HTTP application: basic authentication and limits on request bodies."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from secrets import token_hex, token_urlsafe
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BasicCredentials:
    """User name and password, generated anew for each start.

    Attributes:
        user: Identifies the start; not secret.
        password: Password; excluded from `repr`.
    """

    user: str = field(default_factory=lambda: f"goldspan-{token_hex(4)}")
    password: str = field(default_factory=lambda: token_urlsafe(32), repr=False)

    def matches(self, header: bytes) -> bool:
        """Check an Authorization header, in the same time for every wrong one of the same length."""
        expected = base64.b64encode(f"{self.user}:{self.password}".encode())
        scheme, _, encoded = header.partition(b" ")
        return hmac.compare_digest(encoded.strip(), expected) and scheme.lower() == b"basic"


class AuthMiddleware:
    """Middleware that passes on authenticated requests within the limits, and does not read any other body.

    Args:
        app: The application.
        credentials: Required for every path.
        max_bytes: Maximum size of a request body.
        seconds: Time within which a body must have arrived.
    """

    def __init__(self, app: Application, credentials: BasicCredentials, *, max_bytes: int, seconds: float) -> None:
        self._app = app
        self._credentials = credentials
        self._max_bytes = max_bytes
        self._seconds = seconds

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Reject a request, or pass it on with its complete body."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if not self._credentials.matches(headers.get(b"authorization", b"")):
            challenge = (b"www-authenticate", b'Basic realm="goldspan"')
            await _reject(send, 401, "missing or wrong credentials", challenge)
        elif not length.isdigit():
            await _reject(send, 400, "invalid Content-Length")
        elif int(length[:20]) > self._max_bytes:
            await _reject(send, 413, f"body of more than {self._max_bytes} bytes")
        else:
            await self._read_body(scope, receive, send)

    async def _read_body(self, scope: Message, receive: Receive, send: Send) -> None:
        body = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return
                    body += message.get("body", b"")
                    if len(body) > self._max_bytes:
                        await _reject(send, 413, f"body of more than {self._max_bytes} bytes")
                        return
                    more = message.get("more_body", False)
        except TimeoutError:
            await _reject(send, 408, "timed out waiting for the body")
            return
        pending: Message | None = {"type": "http.request", "body": bytes(body), "more_body": False}

        async def replay() -> Message:
            nonlocal pending
            message, pending = pending, None
            return message if message is not None else await receive()

        await self._app(scope, replay, send)


async def _reject(send: Send, status: int, reason: str, *headers: tuple[bytes, bytes]) -> None:
    """Respond without reading the rest of the request, and close the connection."""
    body = b'{"detail":"' + reason.encode() + b'"}'
    all_headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})
    await send({"type": "http.response.body", "body": body})
