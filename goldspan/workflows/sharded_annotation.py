"""Annotate a corpus of shards with an extractor, on one machine or on a cluster, in runs that continue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from ..annotate import load_extractor
from ..annotate.extractor_specs import spec_of_result
from ..annotate.runner.annotate_documents import annotate_documents, executor_error
from ..annotate.runner.engines import LOCAL, Engine, open_engine, open_pool, require_engine
from ..annotate.runner.shard_tasks import ShardResult, ShardTask, annotate_shard, shard_documents, write_shard
from ..corpus.inspection.repeated_ids import ListedShard, report_repeated, require_no_repeated
from ..corpus.storage.expected_documents import expected_documents
from ..corpus.storage.file_io import STANDARD, file_suffix
from ..corpus.storage.records import ProblemCallback
from ..corpus.storage.shards.run_state import FinishedShard, require_complete
from ..corpus.storage.shards.shard_listing import Shard, holds_shards, list_shards
from ..corpus.storage.shards.sharded_run import ShardedRun
from ..corpus.storage.shards.targets import FILE_SUFFIXES, require_apart
from ..schema import DataError, Extractor, Scheme
from ..schema.files.addresses import is_address
from ..schema.progress import Progress, ignore_progress

_CALLS_PER_SLOT = 2


@dataclass(slots=True)
class AnnotatedShards:
    """The outcome of annotating a corpus of shards.

    Attributes:
        finished: The shards of the target, those of an interrupted run included.
        resumed: How many of them were finished before.
        unread: Shards that could not be read, by name; they are not in the target.
        failed: Number of documents that the extractor failed on, which are not written.
        skipped: Number of invalid records that are not in it.
        repeated: Number of documents that an earlier shard has too, for which the target is not finished.
        tally: Counts of what happened to spans, and of what the extractor counts, in this run.
    """

    finished: list[FinishedShard] = field(default_factory=list)
    resumed: int = 0
    unread: list[str] = field(default_factory=list)
    failed: int = 0
    skipped: int = 0
    repeated: int = 0
    tally: Counter[str] = field(default_factory=Counter)

    @property
    def documents(self) -> int:
        """Number of documents in the target."""
        return sum(shard.documents for shard in self.finished)


def makes_shards(records: str, out: str) -> bool:
    """Return whether a call reads a corpus of shards and writes another, and not a single file."""
    return holds_shards(records) and out != STANDARD and file_suffix(out) not in FILE_SUFFIXES


def annotate_shards(
    records: str,
    out: str,
    extractor: str,
    scheme: Scheme,
    *,
    engine: str = LOCAL,
    workers: int = 1,
    overwrite: bool = False,
    retry_failed: bool = False,
    lenient: bool = False,
    report: ProblemCallback = lambda _problem: None,
    note: Callable[[str], None] = lambda _line: None,
    resumable: Callable[[int], None] = lambda _done: None,
    progress: Progress = ignore_progress,
) -> AnnotatedShards:
    """Annotate the shards of a corpus: a folder of shards of the same names, in which the extractor's spans stand.

    The same records give the same bytes on any engine. The same call continues an interrupted run: it makes the shards
    that are missing, or whose source has changed, and no other.

    Args:
        records: A folder of shards, a pattern, or the address of such a folder.
        out: The folder to write, or its address.
        extractor: The extractor's name and arguments, as in `load_extractor`.
        scheme: The scheme of the records.
        engine: As in `open_engine`.
        workers: The number of processes to start.
        overwrite: Whether shards in `out` that somebody changed, or that another program wrote, may be replaced.
        retry_failed: Whether shards in which documents failed are annotated again.
        lenient: Whether invalid records are skipped; otherwise a shard that has one is not annotated.
        report: Called with the first problems of each shard.
        note: Called with a warning of the extractor, and the address of the engine's dashboard.
        resumable: Called when the run can be continued from here on, with the number of shards done already.
        progress: Called with numbers of documents, before the first shard and after each.

    Raises:
        DataError: There are no shards; or a document is in two of them, and this was found before anything was
            annotated, as it is unless `lenient` and where ids can be read quickly.
        DependencyError: The extractor cannot be loaded or cannot continue; the target cannot be written.
        UsageError: A path, the extractor or the engine is wrong, or the target holds something else.
    """
    require_engine(engine)
    if engine != LOCAL:
        records, out = _from_anywhere(records), _from_anywhere(out)
    shards = _shards(records, out)
    loaded = load_extractor(extractor, scheme)
    if warning := getattr(loaded, "warning", ""):
        note(f"warning: {warning}")
    if hasattr(loaded, "note"):
        loaded.note = note
    if is_address(out) and getattr(loaded, "keeping_answers", None) is not None:
        note("note: if a shard is interrupted, all of it is asked for again, as files cannot grow at addresses")
    run = ShardedRun(out, _description(extractor, loaded, scheme, lenient), [(s.name, s.state) for s in shards])
    annotated = AnnotatedShards()
    with run.started(overwrite=overwrite, retry_failed=retry_failed) as finished:
        resumable(len(finished))
        annotated.resumed, annotated.finished = len(finished), list(finished.values())
        remaining = [shard for shard in shards if shard.name not in finished]
        expected = expected_documents(records) if remaining else 0
        if remaining and not lenient:  # which may skip one of two documents of the same id
            require_no_repeated(shards, lambda read: progress("reading ids", read, expected))
        step = _Step(run, loaded, annotated, report, progress, annotated.documents, expected)
        if remaining:
            with open_engine(engine, workers, loaded, extractor, scheme, note) as opened:
                tasks = (_begin(run, shard, opened.spec, scheme, lenient) for shard in remaining)
                _run_all(opened, zip(remaining, tasks, strict=True), step)
        annotated.finished.sort(key=lambda shard: shard.name)
        annotated.failed = sum(shard.failed for shard in annotated.finished)
        annotated.skipped = sum(shard.skipped for shard in annotated.finished)
        paths = {shard.name: shard for shard in shards}
        listed = [ListedShard(paths[shard.name], run.ids_path(shard.name)) for shard in annotated.finished]
        annotated.repeated = report_repeated(listed, scheme, report)
        if not annotated.unread and not annotated.repeated:
            run.finish(annotated.finished)
    return annotated


@dataclass(slots=True)
class _Step:
    """What is done with each shard that has been annotated, or cannot be."""

    run: ShardedRun
    extractor: Extractor
    annotated: AnnotatedShards
    report: ProblemCallback
    progress: Progress
    done: int
    expected: int

    def __post_init__(self) -> None:
        self._advance(0)

    def finish(self, shard: Shard, result: ShardResult) -> None:
        record = self.run.finished_shard(
            shard.name,
            sha256=result.sha256,
            documents=result.documents,
            failed=result.failed,
            skipped=result.skipped,
            tally=dict(result.tally),
        )
        self.run.record(record, bytes(result.ids))
        self.annotated.finished.append(record)
        self.annotated.tally.update(result.tally)
        for problem in result.problems:
            self.report(problem)
        self._advance(record.documents)

    def _advance(self, documents: int) -> None:
        self.done += documents
        self.progress("annotating", self.done, self.expected)

    def fail(self, shard: Shard, error: DataError) -> None:
        self.annotated.unread.append(shard.name)
        for problem in error.problems:
            self.report(problem if problem.path else problem.with_location(shard.path))


def _run_all(engine: Engine, tasks: Iterator[tuple[Shard, ShardTask]], step: _Step) -> None:
    """Run the tasks, a few at a time, and handle each as it is done."""
    running: dict[Future[ShardResult], tuple[Shard, ShardTask]] = {}
    try:
        while True:
            while len(running) < _CALLS_PER_SLOT * engine.slots() and (item := next(tasks, None)) is not None:
                try:
                    running[engine.executor.submit(annotate_shard, item[1])] = item
                except RuntimeError as error:
                    raise executor_error(str(error)) from error
            if not running:
                return
            done = wait(running, return_when=FIRST_COMPLETED).done
            for future in sorted(done, key=_has_failed):  # what is finished is recorded before an error ends the run
                shard, task = running.pop(future)
                try:
                    step.finish(shard, _result(future, task, step.extractor))
                except DataError as error:
                    step.fail(shard, error)
    finally:
        for future in running:
            future.cancel()


def _has_failed(future: Future[ShardResult]) -> bool:
    return future.cancelled() or future.exception() is not None


def _result(future: Future[ShardResult], task: ShardTask, extractor: Extractor) -> ShardResult:
    """Return what came of a shard; if its process was lost, in batches and then by documents, as one may be the cause.

    This is done in a process of our own on any engine: a document that ends its process would cost a cluster a worker
    each time it is tried.
    """
    try:
        return future.result()
    except CancelledError as error:
        raise executor_error("its calls were cancelled") from error
    except BrokenExecutor:
        result = ShardResult()
        with open_pool(1, task.spec, task.scheme) as pool:
            documents = shard_documents(task, result)
            outcomes = annotate_documents(documents, extractor, task.scheme, workers=1, executor=pool, spec=task.spec)
            return write_shard(task, outcomes, result)


def _shards(records: str, out: str) -> list[Shard]:
    require_complete(records)
    shards = list_shards(records)
    require_apart(records, (shard.path for shard in shards), out)
    return shards


def _begin(run: ShardedRun, shard: Shard, extractor: str, scheme: Scheme, lenient: bool) -> ShardTask:
    run.begin(shard.name)
    answers = run.answers_path(shard.name)
    return ShardTask(
        shard.path, run.path(shard.name), run.failures_path(shard.name), answers, extractor, scheme, lenient
    )


def _from_anywhere(path: str) -> str:
    """Return a path as it is in any working folder, since the workers of a cluster have their own."""
    return path if is_address(path) else str(Path(path).absolute())


def _description(spec: str, extractor: Extractor, scheme: Scheme, lenient: bool) -> dict[str, object]:
    """Return what determines the shards of a run, apart from their sources."""
    return {
        "step": "annotate",
        "extractor": spec_of_result(spec),
        "name": extractor.name,
        "version": extractor.version,
        **({"state": state} if (state := getattr(extractor, "state", "")) else {}),
        "scheme": scheme.ref,
        "scheme_sha256": scheme.fingerprint,
        "lenient": lenient,
    }


def shard_names(names: Sequence[str], shown: int = 3) -> str:
    """Name a few of some shards."""
    return ", ".join(names[:shown]) + (f" and {len(names) - shown} more" if len(names) > shown else "")
