"""Work that is done one piece at a time, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class SerialExecutor:
    """One thread that does what it is given, in order.

    Extractors need not be safe in several threads, and some want the thread that they were first called in. The thread
    does not keep the program alive: work that never ends cannot hold up its end.
    """

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        threading.Thread(target=self._work, name="extractor", daemon=True).start()

    def give(self, work: Callable[[], T]) -> Future[T]:
        """What the work will return, or raise; cancelled before its turn it is not done at all."""
        future: Future[T] = Future()
        self._waiting.put((future, work))
        return future

    def _work(self) -> None:
        while True:
            future, work = self._waiting.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                answer = work()
            except BaseException as error:  # it is the caller's, whatever it is
                future.set_exception(error)
            else:
                future.set_result(answer)
            del future, work  # a text is not kept until the next one comes
