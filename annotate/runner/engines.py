"""Engines: what runs the parts of a run, processes of our own or a Dask cluster, behind one interface, `Executor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from ...schema import Extractor, Scheme, UsageError
from ...schema.extras import require_extras
from ..extractor_specs import spec_for_workers
from .worker_tasks import prepare_run, run_here

if TYPE_CHECKING:
    from .worker_pool import WorkerPool

P = ParamSpec("P")
T = TypeVar("T")

LOCAL = "local"
DASK = "dask"


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs the parts of a run.

    Attributes:
        executor: Takes the calls.
        slots: Returns how many calls run at a time; a cluster may grow and shrink.
        spec: The name and arguments by which its workers load the extractor.
    """

    executor: Executor
    slots: Callable[[], int]
    spec: str


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


def require_engine(name: str) -> None:
    """Check that there is such an engine, before anything that takes long.

    Raises:
        DependencyError: Dask is not installed.
        UsageError: The name is not that of an engine.
    """
    kind, _, _ = name.partition(":")
    if kind == DASK:
        require_extras("the engine dask", "dask")
    elif name != LOCAL:
        raise UsageError(f"`engine` {name}: unknown engine. Fix: {LOCAL}, {DASK}, or {DASK}:ADDRESS")


@contextmanager
def open_engine(
    name: str,
    workers: int,
    extractor: Extractor,
    spec: str,
    scheme: Scheme,
    note: Callable[[str], None] = lambda _line: None,
) -> Iterator[Engine]:
    """Start an engine, or join one, for runs of an extractor; it is stopped, or left, at the end.

    Args:
        name: `local` for processes of our own; `dask` for a Dask cluster on this machine; `dask:ADDRESS` for one that
            runs already, by the address of its scheduler, or the file in which the scheduler states it.
        workers: The number of processes to start.
        extractor: The extractor, which is used as it is, and closed in the end, where all runs in this process.
        spec: The extractor's name and arguments.
        scheme: The scheme of the layers.
        note: Called with what the user should know of the engine, such as the address of its dashboard.

    Raises:
        DependencyError: Dask is not installed, or the cluster cannot be reached.
        UsageError: The name is not that of an engine, or the extractor does not allow as many workers.
    """
    require_engine(name)
    if name != LOCAL:
        from .dask_cluster import dask_executor

        with dask_executor(name.partition(":")[2], workers, note) as executor:
            spec = spec_for_workers(spec, extractor, executor.slots)
            yield Engine(executor, lambda: executor.slots, spec)
    elif workers == 1:
        with run_here(extractor, spec, scheme):
            yield Engine(InlineExecutor(), lambda: 1, spec)
    else:
        spec = spec_for_workers(spec, extractor, workers)
        with open_pool(workers, spec, scheme) as pool:
            yield Engine(pool, lambda: workers, spec)


def open_pool(workers: int, spec: str, scheme: Scheme) -> WorkerPool:
    """Return a pool of processes of our own that load an extractor first."""
    from .worker_pool import WorkerPool  # imports multiprocessing, which a single process does not need

    failure = f"the extractor {spec!r} cannot be started in a separate process. Fix: 1 as `workers`"
    return WorkerPool(workers, partial(prepare_run, spec, scheme), failure)
