"""Running an extractor over documents: in batches and in order, in one process or several."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from typing import NamedTuple

from ...schema import DependencyError, Document, Extractor, GoldspanError, Problem, RecordCodec, Scheme, UsageError
from ..extractor_specs import spec_for_workers
from .engines import open_pool
from .extractor_run import ExtractorRun, batches_of, without_spans
from .outcome import AnnotationOutcome
from .readiness import close_extractor
from .worker_tasks import annotate_in_worker

_BATCHES_PER_WORKER = 2


def annotate_documents(
    documents: Iterable[Document],
    extractor: Extractor,
    scheme: Scheme,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    spec: str = "",
) -> Iterator[AnnotationOutcome]:
    """Run an extractor over documents and yield the outcomes one by one, in the order of the documents.

    A successful outcome is the document with the extractor's layer in place of its own.

    Memory use does not depend on the number of documents: only a few batches are processed at a time. The result is
    identical, byte for byte, for any number of workers and any executor, and passes `check_spans`: spans that break its
    rules are adjusted or dropped, and counted. If the extractor fails on a document, or returns spans that cannot form
    a layer (an unknown label, offsets outside the text, a value that the scheme rejects), the outcome is a problem and
    the run continues. The same holds for a document that crashes its process, if `workers` is more than 1.

    Args:
        documents: The documents, consumed as needed. Their spans and layers are replaced, everything else is kept. The
            extractor does not see their spans.
        extractor: The extractor.
        scheme: The scheme of the layers.
        workers: The number of processes, by default 1; or of batches that `executor` runs at a time, by default the
            number of processors of this machine.
        executor: What runs the batches instead of processes of our own. It is not shut down.
        spec: The extractor's name and arguments, as `load_extractor` takes them; each worker loads its own extractor.

    Raises:
        UsageError: There are several workers, or an executor, but no `spec`; or the extractor does not allow as many.
        DependencyError: The extractor cannot be loaded in a worker, or cannot continue; or the executor cannot.
    """
    if (executor is not None or (workers or 1) > 1) and not spec:
        raise UsageError("several workers need the extractor's name and arguments. Fix: give spec")
    batches = batches_of(without_spans(documents))
    if executor is not None:
        workers = workers or os.cpu_count() or 1
        yield from _annotate_in(executor, workers, batches, spec_for_workers(spec, extractor, workers), scheme)
    elif workers is not None and workers > 1:
        spec = spec_for_workers(spec, extractor, workers)
        with open_pool(workers, spec, scheme) as pool:
            yield from _annotate_in(pool, workers, batches, spec, scheme)
    else:
        run = ExtractorRun(extractor, scheme)
        try:
            for batch in batches:
                yield from run.outcomes(batch)
        finally:
            close_extractor(extractor)


class _Work(NamedTuple):
    """A batch that a worker annotates."""

    batch: list[Document]
    future: Future[tuple[list[AnnotationOutcome], GoldspanError | None]]
    retried: bool


def _annotate_in(
    executor: Executor, workers: int, batches: Iterable[list[Document]], spec: str, scheme: Scheme
) -> Iterator[AnnotationOutcome]:
    codec = RecordCodec(scheme)
    pending: deque[_Work] = deque()

    def submit(batch: list[Document], *, retried: bool = False) -> _Work:
        try:
            return _Work(batch, executor.submit(annotate_in_worker, spec, scheme, batch), retried)
        except RuntimeError as error:  # a BrokenExecutor, or one that was shut down
            raise executor_error(str(error)) from error

    def outcomes_until(most_pending: int) -> Iterator[AnnotationOutcome]:
        while len(pending) > most_pending:
            work = pending.popleft()
            try:
                outcomes, ending = work.future.result()
            except CancelledError as error:
                raise executor_error("its calls were cancelled") from error
            except BrokenExecutor:
                if not work.retried:  # separately, since only some documents may end their process
                    pending.extendleft(reversed([submit([document], retried=True) for document in work.batch]))
                    continue
                [document] = work.batch
                problem = Problem("the process that read it ended", "look at its text", document=document.id)
                ending = None
                outcomes = [AnnotationOutcome(None, problem, text_sha256=document.with_hash().text_sha256)]
            for outcome in outcomes:
                outcome.codec = codec
                yield outcome
            if ending is not None:
                raise ending

    try:
        for batch in batches:
            pending.append(submit(batch))
            yield from outcomes_until(_BATCHES_PER_WORKER * workers - 1)
        yield from outcomes_until(0)
    finally:
        for work in pending:
            work.future.cancel()


def executor_error(reason: str) -> DependencyError:
    """Return the error of an executor that takes no more calls."""
    fix = "a new `executor`, or `workers` instead, which continues when a document ends its process"
    return DependencyError(f"the executor cannot continue: {reason}. Fix: {fix}")
