"""A Dask cluster behind the interface of an executor, with errors of goldspan for what is wrong with the cluster."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, ParamSpec, TypeVar

from ...schema import DependencyError, GoldspanError
from .worker_process import uninterrupted

P = ParamSpec("P")
T = TypeVar("T")
Note = Callable[[str], None]

_CONNECT_SECONDS = 20
_LOOK_SECONDS = 1.0

_ALLOWED_LOSSES = 1
"""How many workers of a cluster of our own may be lost with a call before the call is taken to be the cause."""

_LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application", "bokeh")
"""Loggers to which Dask gives handlers that print on standard error."""


class DaskExecutor(Executor):
    """An executor that runs calls on a Dask cluster.

    A call whose worker was lost is run again by Dask on another; if it loses that one too, its future raises
    `BrokenExecutor`. What concerns the cluster as a whole ends all calls with a `DependencyError`.

    Args:
        client: The client of the cluster, which stays open.
        name: What the cluster is called in messages.
        note: Called, by another thread, when the cluster is found to have no workers.
    """

    def __init__(self, client: Any, name: str, note: Note) -> None:
        self._client = client
        self._name = name
        self._note = note
        self._calls: set[Future[Any]] = set()
        self._lock = Lock()
        self._failure: GoldspanError | None = None
        self._idle = False
        self._closed = Event()
        self.slots = 1
        self._look()
        self._watch = Thread(target=self._look_again, daemon=True)
        self._watch.start()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Schedule a call and return its future; function, arguments and result must be ones that can be pickled.

        Raises:
            DependencyError: The cluster is lost.
        """
        outer: Future[T] = Future()
        with self._lock:
            if self._failure is not None:
                raise self._failure
            self._calls.add(outer)
        try:
            inner = self._client.submit(_call, version("goldspan"), fn, args, kwargs, pure=False)
        except Exception as error:  # of any kind, as Dask's own
            self._settle(outer, self._translated(error))
            return outer
        outer.add_done_callback(lambda future: inner.cancel() if future.cancelled() else None)
        inner.add_done_callback(lambda future: self._finish(outer, future))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel what is under way and stop looking at the cluster."""
        self._closed.set()
        self._watch.join()
        with self._lock:
            calls = list(self._calls)
        for call in calls:
            call.cancel()

    def _finish(self, outer: Future[T], inner: Any) -> None:
        try:
            if inner.cancelled():
                raise self._lost()
            result: T = inner.result()
        except Exception as error:
            self._settle(outer, self._translated(error))
            return
        inner.release()  # or the call would be run again if the worker that has its result were lost
        with suppress(InvalidStateError):  # it was cancelled
            outer.set_result(result)
        with self._lock:
            self._calls.discard(outer)

    def _settle(self, call: Future[Any], error: BaseException) -> None:
        with suppress(InvalidStateError):
            call.set_exception(error)
        with self._lock:
            self._calls.discard(call)

    def _translated(self, error: BaseException) -> BaseException:
        if isinstance(error, GoldspanError):
            return error
        if type(error).__name__ == "KilledWorker":
            return BrokenExecutor("the worker has ended")
        if self._client.status != "running" or type(error).__name__ == "CommClosedError":
            return self._lost()
        own = version("goldspan")
        fix = f"install goldspan {own}, and what the extractor needs, where its scheduler and its workers run"
        what = f"{self._name} cannot run a call: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
        return DependencyError(f"{what}. Fix: {fix}")

    def _lost(self) -> DependencyError:
        fix = "start the scheduler again if it has ended; the same command continues"
        return DependencyError(f"{self._name}: the connection to the scheduler is lost. Fix: {fix}")

    def _look_again(self) -> None:
        while not self._closed.wait(_LOOK_SECONDS):
            try:
                self._look()
            except GoldspanError as error:
                with self._lock:
                    self._failure = error
                    calls = list(self._calls)
                for call in calls:
                    self._settle(call, error)
                return

    def _look(self) -> None:
        """Count the workers; say once when there are none."""
        if self._client.status != "running":
            raise self._lost()
        try:
            threads: dict[str, int] = self._client.nthreads()
        except Exception as error:  # of any kind, as Dask's own
            raise self._lost() from error
        self.slots = max(1, sum(threads.values()))
        if not threads and not self._idle:
            self._note(f"{self._name} has no workers: waiting until one joins")
        self._idle = not threads


def _call(wanted: str, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    """Call a function on a worker, which must have the version of goldspan that sent it.

    Raises:
        DependencyError: It has another one.
    """
    own = version("goldspan")
    if own != wanted:
        from distributed import get_worker

        what = f"the Dask worker {get_worker().address} has goldspan {own}, and the command is of {wanted}"
        raise DependencyError(f"{what}. Fix: install goldspan {wanted} where the scheduler and the workers run")
    return function(*args, **kwargs)


@contextmanager
def dask_executor(address: str, workers: int, note: Note) -> Iterator[DaskExecutor]:
    """Start a Dask cluster on this machine, or join one, and yield its executor; it is stopped, or left, at the end.

    Args:
        address: Address of the scheduler of a cluster, or the file in which it states it; if empty, one is started.
        workers: The number of processes to start.
        note: Called with the address of the dashboard, and when the cluster is found to have no workers.

    Raises:
        DependencyError: The cluster cannot be started or reached.
    """
    with _quiet():
        client, cluster = _connected(address, workers)
        try:
            name = f"the Dask cluster {address}" if address else "the Dask cluster on this machine"
            if dashboard := str(getattr(client, "dashboard_link", "") or ""):
                note(f"dashboard: {dashboard}")
            executor = DaskExecutor(client, name, note)
            try:
                yield executor
            finally:
                executor.shutdown()
        finally:
            client.close()  # first, since it takes a cluster that ends for one that is lost
            if cluster is not None:
                cluster.close()


def _connected(address: str, workers: int) -> tuple[Any, Any]:
    import dask
    import distributed

    library: Any = distributed  # it is not typed
    where = _place(address)
    try:
        if where:
            return library.Client(**where, timeout=_CONNECT_SECONDS), None
        # the command ends its workers; interrupted with it, they would print tracebacks
        with dask.config.set({"distributed.scheduler.allowed-failures": _ALLOWED_LOSSES}), uninterrupted():
            cluster = library.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )
        return library.Client(cluster), cluster
    except (OSError, RuntimeError, TimeoutError, ValueError) as error:
        fix = "check that the scheduler runs and that this machine reaches it" if where else "--engine local"
        name = f"the Dask cluster {address}" if where else "a Dask cluster on this machine"
        raise DependencyError(f"{name} cannot be {'reached' if where else 'started'}: {error}. Fix: {fix}") from error


def _place(address: str) -> dict[str, str]:
    """Return what tells Dask where the scheduler is.

    Raises:
        DependencyError: It is to be in a file that does not exist.
    """
    if not address:
        return {}
    if "://" in address:
        return {"address": address}
    if Path(address).is_file():
        return {"scheduler_file": address}
    if re.search(r":\d+$", address):
        return {"address": f"tcp://{address}"}
    fix = "tcp://HOST:PORT, or the file that the scheduler writes with --scheduler-file, once it runs"
    raise DependencyError(f"`engine` dask:{address}: no such file. Fix: {fix}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's log off standard error: what it says of faults is raised as errors, or it helps itself."""
    import distributed  # noqa: F401 - which makes the handlers

    handlers = [handler for name in _LOGGERS for handler in logging.getLogger(name).handlers]
    levels = [handler.level for handler in handlers]
    for handler in handlers:
        handler.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for handler, level in zip(handlers, levels, strict=True):
            handler.setLevel(level)
