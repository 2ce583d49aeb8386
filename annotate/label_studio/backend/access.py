"""What stands before a service: who may call it, and how much they may send."""

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
    """User name and password of one start, made up for it.

    Attributes:
        user: Tells whose start it is; no secret.
        password: Never shown.
    """

    user: str = field(default_factory=lambda: f"goldspan-{token_hex(4)}")
    password: str = field(default_factory=lambda: token_urlsafe(32), repr=False)

    def opens(self, header: bytes) -> bool:
        """Whether an Authorization header holds it; takes equally long for every wrong one of a length."""
        wanted = base64.b64encode(f"{self.user}:{self.password}".encode())
        kind, _, given = header.partition(b" ")
        return hmac.compare_digest(given.strip(), wanted) and kind.lower() == b"basic"


class AuthMiddleware:
    """Lets through what has the secret and is small enough; of all else nothing is read.

    Args:
        inside: The application.
        secret: Asked for at every path.
        most: Bytes of a body.
        seconds: In which a body must have arrived.
    """

    def __init__(self, inside: Application, secret: BasicCredentials, *, most: int, seconds: float) -> None:
        self._inside = inside
        self._secret = secret
        self._most = most
        self._seconds = seconds

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers a call, or hands it on with its whole body."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._inside(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if not self._secret.opens(headers.get(b"authorization", b"")):
            await _refuse(send, 401, "the secret is missing or wrong", (b"www-authenticate", b'Basic realm="goldspan"'))
        elif not length.isdigit():
            await _refuse(send, 400, "the length is no number")
        elif int(length[:20]) > self._most:
            await _refuse(send, 413, f"over {self._most} bytes")
        else:
            await self._read(scope, receive, send)

    async def _read(self, scope: Message, receive: Receive, send: Send) -> None:
        body = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                more = True
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return
                    body += message.get("body", b"")
                    if len(body) > self._most:
                        await _refuse(send, 413, f"over {self._most} bytes")
                        return
                    more = message.get("more_body", False)
        except TimeoutError:
            await _refuse(send, 408, "the body does not arrive")
            return
        whole: Message | None = {"type": "http.request", "body": bytes(body), "more_body": False}

        async def read() -> Message:
            nonlocal whole
            message, whole = whole, None
            return message if message is not None else await receive()

        await self._inside(scope, read, send)


async def _refuse(send: Send, status: int, why: str, *more: tuple[bytes, bytes]) -> None:
    """Answers without the rest of the call, whose connection then ends."""
    body = b'{"detail":"' + why.encode() + b'"}'
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    headers += [(b"connection", b"close"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
