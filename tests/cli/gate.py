"""A proxy before a server that holds one exchange back, as long as a test wants."""

from __future__ import annotations

import random
from threading import Event
from types import TracebackType

from ..annotate.label_studio.proxy import Plan, Proxy


class _First(Plan):
    """The first request that has some words in its first line is held, all others are handed on."""

    def __init__(self, words: str) -> None:
        self.rng = random.Random(0)
        self._words = words
        self._done = False

    def fault(self, request: str) -> str:
        """`held` for the one."""
        if self._done or self._words not in request:
            return ""
        self._done = True
        return "held"


class Gate(Proxy):
    """Hands exchanges on; the server's answer to one comes only when the test is over with it.

    Args:
        server: Host and port.
        words: In the first line of the request that is held.

    Attributes:
        reached: Set once the server has done what the request asks.
    """

    def __init__(self, server: tuple[str, int], words: str) -> None:
        super().__init__(server, _First(words))
        self.reached = Event()
        self._released = Event()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._released.set()
        super().__exit__(kind, error, trace)

    def _held(self, request: bytes) -> bytes:
        answer = self._hand_on(request)
        self.reached.set()
        self._released.wait()
        return answer
