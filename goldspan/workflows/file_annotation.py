"""Annotate a records file with an extractor, in a run that continues where it was interrupted."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..annotate import AnnotationOutcome, load_extractor
from ..annotate.extractor_specs import spec_of_result
from ..annotate.runner.annotate_documents import annotate_documents
from ..annotate.runner.engines import LOCAL, open_engine, require_engine
from ..annotate.runner.journal import Journal
from ..annotate.runner.shard_tasks import write_record_lines
from ..corpus import read_records
from ..corpus.storage.expected_documents import expected_documents
from ..corpus.storage.file_io import STANDARD
from ..corpus.storage.records import ProblemCallback, record_files, record_format
from ..corpus.storage.shards.shard_listing import holds_shards, state_of
from ..schema import DependencyError, Document, Extractor, Problem, Scheme, UsageError
from ..schema.errors import pluralize
from ..schema.files.addresses import is_address
from ..schema.progress import Progress, ignore_progress


@dataclass(slots=True)
class AnnotatedFile:
    """The outcome of annotating a file.

    Attributes:
        documents: Number of documents written, those of an interrupted run included.
        failed: Problems of the documents that the extractor failed on, which are not written.
        tally: Counts of what happened to spans, and of what the extractor counts, in this run.
    """

    documents: int = 0
    failed: list[Problem] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)


def annotate_file(
    records: str,
    out: str,
    extractor: str,
    scheme: Scheme,
    *,
    engine: str = LOCAL,
    workers: int = 1,
    overwrite: bool = False,
    lenient: ProblemCallback | None = None,
    report: ProblemCallback = lambda _problem: None,
    note: Callable[[str], None] = lambda _line: None,
    resumable: Callable[[int], None] = lambda _done: None,
    progress: Progress = ignore_progress,
) -> AnnotatedFile:
    """Annotate a records file: the extractor's spans replace those of the documents.

    The same records give the same bytes for any number of workers. The same call continues an interrupted run.

    Args:
        records: The file to read, or a corpus of shards; `-` is standard input.
        out: The file to write; `-` is standard output.
        extractor: The extractor's name and arguments, as in `load_extractor`.
        scheme: The scheme of the records.
        engine: What runs the extractor, as in `open_engine`.
        workers: The number of processes.
        overwrite: Whether `out` may be the input although spans of another annotator would be lost.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        report: Called with the problem of each document that the extractor fails on, which is skipped.
        note: Called with a warning of the extractor, such as that it waits for a service.
        resumable: Called when the run can be continued from here on, with the number of documents done already.
        progress: Called before the first document and after each.

    Raises:
        DataError: The input does not exist, or a record is invalid.
        DependencyError: The extractor cannot be loaded or cannot continue, or the output cannot be written.
        UsageError: A path or the extractor is wrong; or the output is the input, and spans would be lost.
    """
    require_engine(engine)
    _check_paths(records, out, scheme)  # before the extractor, which may take long to load
    loaded = load_extractor(extractor, scheme)
    if warning := getattr(loaded, "warning", ""):
        note(f"warning: {warning}")
    if hasattr(loaded, "note"):
        loaded.note = note
    if not overwrite:
        _check_no_span_lost(records, out, loaded.name, scheme)
    documents = read_records(records, scheme, lenient=lenient)
    annotated = AnnotatedFile()
    expected = expected_documents(records)
    before = 0

    def begin(done: int) -> None:
        nonlocal before
        before = done
        resumable(done)
        progress("annotating", done, expected)

    def outcomes(remaining: Iterable[Document]) -> Iterator[AnnotationOutcome]:
        for number, outcome in enumerate(_run(remaining, loaded, scheme, engine, workers, extractor, note), 1):
            annotated.tally.update(outcome.tally or {})
            progress("annotating", before + number, expected)
            yield outcome

    def fail(problem: Problem) -> None:
        located = problem.with_location(records)
        annotated.failed.append(located)
        report(located)

    if STANDARD in (out, records) or is_address(out) or (Path(out).exists() and not Path(out).is_file()):
        annotated.documents = write_record_lines(out, _lines(outcomes(documents), fail), scheme)
    else:
        spec = spec_of_result(extractor)
        facts = (*map(_file_state, record_files(records)), spec, loaded.name, loaded.version, scheme.fingerprint)
        identity = "|".join((*facts, *filter(None, [getattr(loaded, "state", "")])))
        journal = Journal(Path(out), identity)  # also locks the target
        annotated.documents = _write_resumable(out, documents, outcomes, journal, fail, begin, note, scheme)
    return annotated


def _run(
    documents: Iterable[Document],
    loaded: Extractor,
    scheme: Scheme,
    engine: str,
    workers: int,
    spec: str,
    note: Callable[[str], None],
) -> Iterator[AnnotationOutcome]:
    if engine == LOCAL:
        yield from annotate_documents(documents, loaded, scheme, workers=workers, spec=spec)
        return
    with open_engine(engine, workers, loaded, spec, scheme, note) as opened:
        slots = opened.slots()
        yield from annotate_documents(documents, loaded, scheme, workers=slots, executor=opened.executor, spec=spec)


def is_same_file(records: str, out: str) -> bool:
    """Check whether two names of records files are one existing file; standard input and output never are."""
    source, target = Path(records), Path(out)
    return STANDARD not in (records, out) and source.is_file() and target.is_file() and source.samefile(target)


def _check_paths(records: str, out: str, scheme: Scheme) -> None:
    """Check the paths before anything is loaded.

    Raises:
        DataError: The input does not exist.
        UsageError: The input or output is a folder, or has an unknown suffix.
    """
    for file in record_files(records):
        record_format(file)
    if out != STANDARD and Path(out).is_dir():
        fix = (
            f"goldspan corpus shard {shlex.quote(records)} --out FOLDER, and annotate that"
            if records != STANDARD
            else ""
        )
        raise UsageError(f"{out} is a folder, and {records} is a single file. Fix: name a file{fix and f'; or {fix}'}")
    record_format(out)
    if records != STANDARD and not holds_shards(records) and not Path(records).exists():
        next(read_records(records, scheme), None)  # raises the error


def _check_no_span_lost(records: str, out: str, name: str, scheme: Scheme) -> None:
    """Check that the output does not replace spans of other annotators in their only file.

    Raises:
        UsageError: The output is the input, and has spans that are not the extractor's.
    """
    if not is_same_file(records, out):
        return
    for document in read_records(records, scheme, lenient=lambda _: None):  # the run reports problems
        annotator = document.layer.annotator if document.layer else None
        if document.spans and annotator != name:
            raise UsageError(
                f"`out` {out} is the input, and its spans (by {annotator or 'an unnamed annotator'}, first in document "
                f"{document.id!r}) would be lost. Fix: another `out`, or `overwrite`"
            )


def _lines(outcomes: Iterable[AnnotationOutcome], fail: ProblemCallback) -> Iterator[bytes]:
    for outcome in outcomes:
        if outcome.problem is None:
            yield outcome.line
        else:
            fail(outcome.problem)


def _write_resumable(
    out: str,
    documents: Iterable[Document],
    outcomes: Callable[[Iterable[Document]], Iterator[AnnotationOutcome]],
    journal: Journal,
    fail: ProblemCallback,
    resumable: Callable[[int], None],
    note: Callable[[str], None],
    scheme: Scheme,
) -> int:
    """Write the records through a journal beside the target that survives an interruption."""
    done = number = 0
    try:
        problems, done, remaining = journal.replay(documents)
        resumable(done)
        for problem in problems:
            fail(problem)
        for number, outcome in enumerate(outcomes(remaining), 1):
            journal.add(outcome)
            if outcome.problem is not None:
                fail(outcome.problem)
            if number % 100 == 0:
                journal.save()
    except BaseException as error:
        journal.close()
        if isinstance(error, DependencyError) and done + number:
            note(f"{pluralize(done + number, 'document')} done; the same command continues from there")
        raise
    if journal.becomes_target:
        journal.finish()
    else:
        write_record_lines(out, journal.lines(), scheme)
        journal.discard()
    return journal.records


def _file_state(path: str) -> str:
    """Return what identifies the current content of a file: its path and state."""
    return f"{path if is_address(path) else Path(path).resolve()}|{state_of(path)}"
