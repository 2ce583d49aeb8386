"""Engines: what runs the parts of a run, processes of our own or a Dask cluster, behind one interface, `Executor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

from ...schema import DependencyError, Extractor, Scheme, UsageError
from ...schema.extras import require_extras
from ..extractor_specs import spec_for_workers
from .worker_tasks import prepare_run, run_here

P = ParamSpec("P")
T = TypeVar("T")

LOCAL = "local"
DASK = "dask"

_RETRIES = 3
"""How often Dask runs a call again whose worker was lost."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs the parts of a run.

    Attributes:
        executor: Takes the calls.
        slots: Returns how many calls run at a time; a cluster may grow and shrink.
        spec: The name and arguments by which its workers load the extractor.
        dashboard: Address of the page that shows what is going on; empty if there is none.
    """

    executor: Executor
    slots: Callable[[], int]
    spec: str
    dashboard: str = ""


class InlineExecutor(Executor):
    """An executor that runs each call at once, in this process and thread."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a call and return its future, which is done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def open_engine(name: str, workers: int, extractor: Extractor, spec: str, scheme: Scheme) -> Iterator[Engine]:
    """Start an engine, or join one, for runs of an extractor; it is stopped, or left, at the end.

    Args:
        name: `local` for processes of our own; `dask` for a Dask cluster on this machine; `dask:ADDRESS` for one that
            runs already, by the address of its scheduler, or the file in which the scheduler states it.
        workers: The number of processes to start.
        extractor: The extractor, which is used as it is, and closed in the end, where all runs in this process.
        spec: The extractor's name and arguments.
        scheme: The scheme of the layers.

    Raises:
        DependencyError: Dask is not installed, or the cluster cannot be reached.
        UsageError: There is no such engine, or the extractor does not allow as many workers.
    """
    kind, _, address = name.partition(":")
    if name == LOCAL and workers == 1:
        with run_here(extractor, spec, scheme):
            yield Engine(InlineExecutor(), lambda: 1, spec)
    elif name == LOCAL:
        from .worker_pool import WorkerPool  # imports multiprocessing, which a single process does not need

        spec = spec_for_workers(spec, extractor, workers)
        failure = f"the extractor {spec!r} cannot be started in a separate process. Fix: 1 as `workers`"
        with WorkerPool(workers, partial(prepare_run, spec, scheme), failure) as pool:
            yield Engine(pool, lambda: workers, spec)
    elif kind == DASK:
        require_extras("the engine dask", "dask")
        with _dask_engine(address, workers, extractor, spec) as engine:
            yield engine
    else:
        raise UsageError(f"`engine` {name}: unknown engine. Fix: {LOCAL}, {DASK}, or {DASK}:ADDRESS")


def is_lost_worker(error: BaseException) -> bool:
    """Return whether an error says that the process which ran a call has ended."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


@contextmanager
def _dask_engine(address: str, workers: int, extractor: Extractor, spec: str) -> Iterator[Engine]:
    import distributed

    dask: Any = distributed  # it is not typed

    try:
        if not address:
            cluster = dask.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address="127.0.0.1:0")
            client = dask.Client(cluster)
        else:
            cluster = None
            by_file = "://" not in address
            client = dask.Client(**({"scheduler_file": address} if by_file else {"address": address}), timeout=20)
    except (OSError, TimeoutError, ValueError) as error:
        where = address or "on this machine"
        fix = "check that the scheduler runs and that this machine reaches it"
        raise DependencyError(f"the Dask cluster {where} cannot be reached: {error}. Fix: {fix}") from error
    try:
        dashboard = str(getattr(client, "dashboard_link", "") or "")
        executor = client.get_executor(retries=_RETRIES, pure=False)
        spec = spec_for_workers(spec, extractor, _threads(client))
        yield Engine(executor, lambda: _threads(client), spec, dashboard)
    finally:
        client.close()
        if cluster is not None:
            cluster.close()


def _threads(client: Any) -> int:
    """Return how many calls a cluster runs at a time; 1 while it has no workers yet."""
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))
