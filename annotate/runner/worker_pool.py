"""A pool of processes behind the interface of an executor, in which a process that dies takes no other's work along."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from threading import Lock, local
from types import TracebackType
from typing import ParamSpec, TypeVar

from ...schema import DependencyError
from .worker_process import WorkerProcess

P = ParamSpec("P")
T = TypeVar("T")


class WorkerPool(ThreadPoolExecutor):
    """An executor that runs calls in processes: each of its threads hands them over to a process of its own.

    `ProcessPoolExecutor` breaks as a whole when a process dies, and if it dies while it sends a result, the parent
    waits for the rest forever. Here only the call that was being run raises `BrokenExecutor`, and the next one gets a
    new process. The end of the `with` block abandons all calls and leaves no process.

    Args:
        workers: The number of processes, started as needed.
        prepare: Called first in each process. If that ends the process, the call raises a `DependencyError`.
        failure: What that error says.
    """

    def __init__(self, workers: int, prepare: Callable[[], object], failure: str) -> None:
        super().__init__(workers)
        self._prepare = prepare
        self._failure = failure
        self._of_thread = local()
        self._lock = Lock()  # held while a process starts, so that the end of the block knows them all
        self._processes: set[WorkerProcess] | None = set()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Schedule a call and return its future; function, arguments and result must be ones that can be pickled.

        Of the errors that the function raises, those of goldspan are raised by the future; others end the process.
        """
        return super().submit(self._call, fn, *args, **kwargs)

    def _call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        process: WorkerProcess | None = getattr(self._of_thread, "process", None)
        if process is None:
            process = self._of_thread.process = self._start()
        try:
            return process.call(function, *args, **kwargs)
        except BrokenExecutor:
            self._of_thread.process = None
            raise

    def _start(self) -> WorkerProcess:
        with self._lock:
            if self._processes is None:
                raise BrokenExecutor("the pool is closed")
            process = WorkerProcess()
            self._processes.add(process)
        try:
            process.call(self._prepare)
        except BrokenExecutor as error:
            if self._processes is None:
                raise
            raise DependencyError(self._failure) from error
        return process

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            processes, self._processes = self._processes or set(), None
        for process in processes:
            process.request_stop()
        for process in processes:
            process.close()
        self.shutdown()
