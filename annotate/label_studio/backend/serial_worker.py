"""A worker thread that runs one job at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class SerialExecutor:
    """A single thread that runs jobs in order.

    Extractors need not be thread-safe, and some must always be called from the same thread. The thread is a daemon:
    a job that never ends cannot keep the program from exiting.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        threading.Thread(target=self._run, name="extractor", daemon=True).start()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Queue a job and return its future; a job that is cancelled before its turn does not run."""
        future: Future[T] = Future()
        self._queue.put((future, job))
        return future

    def _run(self) -> None:
        while True:
            future, job = self._queue.get()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = job()
            except BaseException as error:  # any error is for the caller to handle
                future.set_exception(error)
            else:
                future.set_result(result)
            del future, job  # do not keep texts in memory while waiting for the next job
