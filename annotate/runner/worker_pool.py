"""A pool of processes behind the interface of an executor, in which a process that dies takes no other's work along."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from queue import SimpleQueue
from threading import Lock, Thread
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from ...schema import DependencyError
from .worker_process import WorkerProcess

P = ParamSpec("P")
T = TypeVar("T")

_Call = tuple[Future[Any], Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class WorkerPool(Executor):
    """An executor that runs calls in processes: each of its threads hands them over to a process of its own.

    `ProcessPoolExecutor` breaks as a whole when a process dies, and if it dies while it sends a result, the parent
    waits for the rest forever. Here only the call that was being run raises `BrokenExecutor`, and the next one gets a
    new process. The end of the `with` block abandons all calls and leaves no process. The end of the program abandons
    them too, unlike that of a `ThreadPoolExecutor`, which waits for calls that nobody will ask about.

    Args:
        workers: The number of processes, started as needed.
        prepare: Called first in each process. If that ends two processes, the call raises a `DependencyError`.
        failure: What that error says.
    """

    def __init__(self, workers: int, prepare: Callable[[], object], failure: str) -> None:
        self._workers = workers
        self._prepare = prepare
        self._failure = failure
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._lock = Lock()  # held while a process starts, so that the end of the block knows them all
        self._processes: set[WorkerProcess] = set()
        self._closed = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Schedule a call and return its future; function, arguments and result must be ones that can be pickled.

        Of the errors that the function raises, those of goldspan are raised by the future; others end the process.
        """
        future: Future[T] = Future()
        self._calls.put((future, fn, args, kwargs))
        if len(self._threads) < self._workers:
            self._threads.append(Thread(target=self._work, daemon=True))
            self._threads[-1].start()
        return future

    def _work(self) -> None:
        process: WorkerProcess | None = None
        while (call := self._calls.get()) is not None:
            future, function, args, kwargs = call
            if not future.set_running_or_notify_cancel():
                continue
            try:
                process = process or self._start()
                result = process.call(function, *args, **kwargs)
            except BaseException as error:
                if isinstance(error, BrokenExecutor) and process is not None:
                    self._discard(process)
                    process = None
                future.set_exception(error)
            else:
                future.set_result(result)
        if process is not None:
            self._discard(process)

    def _start(self) -> WorkerProcess:
        for last in (False, True):  # one that is ended from outside while it starts is not the extractor's doing
            with self._lock:
                if self._closed:
                    raise BrokenExecutor("the pool is closed")
                process = WorkerProcess()
                self._processes.add(process)
            try:
                process.call(self._prepare)
            except BaseException as error:
                self._discard(process)
                if not isinstance(error, BrokenExecutor) or self._closed:
                    raise
                if last:
                    raise DependencyError(self._failure) from error
            else:
                break
        return process

    def _discard(self, process: WorkerProcess) -> None:
        """End a process of the calling thread and release what it holds; the end of the block does so itself."""
        with self._lock:
            if self._closed:
                return
            self._processes.discard(process)
        process.close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            self._closed = True
            processes = list(self._processes)
        while not self._calls.empty():
            if call := self._calls.get():
                call[0].cancel()
        for process in processes:
            process.request_stop()
        for process in processes:
            process.end()
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join()
        for process in processes:
            process.close()
