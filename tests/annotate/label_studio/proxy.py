"""A proxy between the command and the server that spoils exchanges, by a seeded plan."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from .impatient import PATIENCE

_BUSY = (500, 502, 503, 429)
_REASONS = {401: "Unauthorized", 429: "Too Many Requests"}


class Plan:
    """Which exchanges go wrong, and how.

    Args:
        kinds: Of faults, as the methods of `Proxy` name them; one of them is drawn each time.
        most: Faults in all.
        seed: Of all draws.
    """

    def __init__(self, kinds: Sequence[str], most: int, seed: int) -> None:
        self.rng = random.Random(seed)
        self._kinds = kinds
        self._left = most
        self._wait = self.rng.randrange(8)
        self._lock = threading.Lock()
        self.met: list[str] = []

    def fault(self, request: str) -> str:
        """The fault that an exchange meets; empty for most."""
        with self._lock:
            if self._left <= 0:
                return ""
            reading = request.startswith("GET")
            if self._wait > 0 or (reading and self.rng.random() < 0.6):  # what writes is worth more faults
                self._wait -= 1
                return ""
            self._left -= 1
            # the tries that follow a fault are met by others
            self._wait = self.rng.choice((0, 0, 1, 3, 6))
            kind = self.rng.choice(self._kinds)
            self.met.append(f"{kind}: {request[:60]}")
            return kind


class Proxy:
    """Hands exchanges on, one to a connection, until the plan has a fault for one.

    Args:
        server: Host and port.
        plan: Of the faults.
        strike: What `struck` does to the server, the command or the project, while an exchange is under way.
    """

    def __init__(self, server: tuple[str, int], plan: Plan, strike: Callable[[], None] = lambda: None) -> None:
        self.plan = plan
        self._server = server
        self._strike = strike
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._working: list[threading.Thread] = []
        self._open = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.settle()

    def settle(self) -> None:
        """Waits until all that was to reach the server has reached it, and was answered."""
        for thread in self._working:  # also those that others of them begin meanwhile
            if thread is not threading.current_thread():
                thread.join(60)

    def _begin(self, work: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._working.append(thread)
        thread.start()

    def _accept(self) -> None:
        while self._open:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self._begin(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client:
            client.settimeout(60)
            try:
                request = _whole(client)
                if request:
                    spoil = self.plan.fault(request.split(b"\r\n", 1)[0].decode("latin-1"))
                    answer = getattr(self, f"_{spoil}", self._hand_on)(request)
                    if answer:
                        client.sendall(answer)
                    elif self.plan.rng.random() < 0.5:  # a reset instead of an end
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                return  # the other side is gone: the fault of another thread's exchange, or a killed command

    def _hand_on(self, request: bytes) -> bytes:
        with socket.create_connection(self._server, timeout=60) as server:
            server.sendall(request)
            answer = b""
            while part := server.recv(1 << 16):
                answer += part
            # else a client that is fast enough sends its next request to where nobody listens any more
            return answer.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)

    def _cut_before(self, request: bytes) -> bytes:
        return b""

    def _cut_after(self, request: bytes) -> bytes:
        self._hand_on(request)
        return b""

    def _cut_within(self, request: bytes) -> bytes:
        answer = self._hand_on(request)
        return answer[: self.plan.rng.randrange(1, len(answer))]

    def _late(self, request: bytes) -> bytes:
        """The connection is cut at once, and the request reaches the server a while later."""
        self._begin(self._later, request, self.plan.rng.uniform(0, 1))
        return b""

    def _later(self, request: bytes, wait: float) -> None:
        time.sleep(wait)
        try:
            self._hand_on(request)
        except OSError:
            return  # the server was stopped first

    def _silent(self, request: bytes) -> bytes:
        """The server does it, and its answer comes after the client's patience has ended."""
        self._hand_on(request)
        time.sleep(PATIENCE + 0.5)
        return b""

    def _refused(self, request: bytes) -> bytes:
        return _answer(self.plan.rng.choice(_BUSY))

    def _refused_after(self, request: bytes) -> bytes:
        self._hand_on(request)
        return _answer(self.plan.rng.choice(_BUSY))

    def _unauthorized(self, request: bytes) -> bytes:
        return _answer(401)

    def _garbled(self, request: bytes) -> bytes:
        """A login page or the like, in place of the answer."""
        if self.plan.rng.random() < 0.5:
            self._hand_on(request)
        return _answer(200, b"<html>come back later</html>")

    def _struck(self, request: bytes) -> bytes:
        """Something is struck while the server works, before it does, or after."""
        when = self.plan.rng.choice(("before", "while", "while", "after"))
        if when == "before":
            self._strike()
        if when == "while":
            self._begin(self._soon, self.plan.rng.uniform(0, 0.12))
        answer = self._hand_on(request)
        if when == "after":
            self._strike()
        return answer

    def _soon(self, wait: float) -> None:
        time.sleep(wait)
        self._strike()


def _answer(status: int, body: bytes = b'{"detail": "a fault of the test"}') -> bytes:
    head = (
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Fault')}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def _whole(client: socket.socket) -> bytes:
    """A request with its body, which asks for the connection to be closed after it."""
    request = b""
    while b"\r\n\r\n" not in request:
        part = client.recv(1 << 16)
        if not part:
            return b""
        request += part
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        part = client.recv(1 << 16)
        if not part:
            return b""
        body += part
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body
