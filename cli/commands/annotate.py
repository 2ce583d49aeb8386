"""`goldspan annotate` and `goldspan extractors`: run extractors, and list them."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import Problem, UsageError, pluralize
from .. import completion, hints
from ..console import ProblemCollector, error, note, result, result_json, when_interrupted, with_progress
from ..option_effects import Call, Rule, effects
from ..options import Json, Lenient, RecordsFile, SchemeFile

if TYPE_CHECKING:
    from ...annotate import AnnotationOutcome
    from ...schema import Document, Scheme


def _out_is_not_input(call: Call) -> str:
    return "" if _is_same_file(call["records"], call["out"]) else "as --out is not the input"


@effects(Rule("overwrite", _out_is_not_input))
def annotate(
    records: RecordsFile,
    out: Annotated[str, typer.Option("--out", help="Records to write: .jsonl or .parquet; - is standard output.")],
    extractor: Annotated[
        str,
        typer.Option(
            "--extractor",
            metavar="NAME[:ARG]",
            help="As `goldspan extractors` lists them.",
            autocompletion=completion.complete_extractors,
        ),
    ] = "rules",
    workers: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 1,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Allow --out to be the input, and replace its spans.")
    ] = False,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
) -> None:
    """Annotate records with an extractor: its suggestions replace their spans.

    The same records give the same bytes for any number of workers. The same command continues an interrupted run.
    Documents that the extractor fails on are reported and skipped; the status is then 1.
    """
    from ...annotate import annotate as run
    from ...annotate import load_extractor
    from ...corpus import read_records
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    _check_paths(records, out, loaded)  # before the extractor, which may take long to load
    loaded_extractor = load_extractor(extractor, loaded)
    if warning := getattr(loaded_extractor, "warning", ""):
        note(f"warning: {warning}")
    if not overwrite:
        _check_no_span_lost(records, out, loaded_extractor.name, loaded)
    refusals = ProblemCollector(lenient=lenient)
    documents = read_records(records, loaded, lenient=refusals if lenient else None)

    tally: Counter[str] = Counter()

    def outcomes(remaining: Iterable[Document]) -> Iterator[AnnotationOutcome]:
        for outcome in with_progress(
            run(remaining, loaded_extractor, loaded, workers=workers, spec=extractor), "annotating"
        ):
            tally.update(outcome.tally or {})
            yield outcome

    failed: list[Problem] = []

    def report(problem: Problem) -> None:
        error(str(problem.with_location(records)))
        failed.append(problem)

    if out == "-" or records == "-":
        done = _write(out, _lines(outcomes(documents), report), loaded)
    else:
        identity = "|".join(
            (_file_state(Path(records)), extractor, loaded_extractor.name, loaded_extractor.version, loaded.fingerprint)
        )
        done = _write_resumable(out, documents, outcomes, identity, report, loaded)
    note(f"{pluralize(done, 'document')} annotated -> {out}")
    for what, count in sorted(tally.items()):
        note(f"{what}: {count}")
    if failed:
        note(f"{pluralize(len(failed), 'document')} skipped because the extractor failed (see above)")
    if refusals.status() or failed:
        raise typer.Exit(1)
    hints.after_annotate(out, scheme=scheme)


def _check_paths(records: str, out: str, scheme: Scheme) -> None:
    """Check the paths before anything is loaded.

    Raises:
        DataError: The input does not exist.
        UsageError: The input or output is a folder, or has an unknown suffix.
    """
    from ...corpus import read_records
    from ...corpus.storage.records import record_format

    if records != "-" and Path(records).is_dir():
        fix = shlex.join(["goldspan", "corpus", "build", records, "--out", "corpus.jsonl"])
        raise UsageError(f"{records} is a folder. Fix: first {fix}")
    record_format(records)
    if out != "-" and Path(out).is_dir():
        raise UsageError(f"{out} is a folder. Fix: name a file")
    record_format(out)
    if records != "-" and not Path(records).exists():
        next(read_records(records, scheme), None)  # raises the error


def _check_no_span_lost(records: str, out: str, name: str, scheme: Scheme) -> None:
    """Check that the output does not replace spans of other annotators in their only file.

    Raises:
        UsageError: The output is the input, and has spans that are not the extractor's.
    """
    from ...corpus import read_records

    if not _is_same_file(records, out):
        return
    for document in read_records(records, scheme, lenient=lambda _: None):  # the run reports problems
        annotator = document.layer.annotator if document.layer else None
        if document.spans and annotator != name:
            raise UsageError(
                f"--out {out} is the input, and its spans (by {annotator or 'an unnamed annotator'}, first in document "
                f"{document.id!r}) would be lost. Fix: another --out, or --overwrite"
            )


def _is_same_file(records: str, out: str) -> bool:
    source, target = Path(records), Path(out)
    return "-" not in (records, out) and source.is_file() and target.is_file() and source.samefile(target)


def _lines(outcomes: Iterable[AnnotationOutcome], report: Callable[[Problem], None]) -> Iterator[bytes]:
    for outcome in outcomes:
        if outcome.problem is None:
            yield outcome.line
        else:
            report(outcome.problem)


def _write(out: str, lines: Iterable[bytes], scheme: Scheme) -> int:
    """Write the records and return their number."""
    from ...corpus import write_records
    from ...corpus.storage.file_io import open_writer
    from ...corpus.storage.records import PARQUET, record_format
    from ...schema import RecordCodec

    if record_format(out) in PARQUET:
        decode = RecordCodec(scheme).decode
        return write_records(out, (decode(line) for line in lines), scheme)
    count = 0
    with open_writer(out) as stream:
        for line in lines:
            stream.write(line + b"\n")
            count += 1
    return count


def _write_resumable(
    out: str,
    documents: Iterable[Document],
    outcomes: Callable[[Iterable[Document]], Iterator[AnnotationOutcome]],
    identity: str,
    report: Callable[[Problem], None],
    scheme: Scheme,
) -> int:
    """Write as `_write`, through a journal beside the target that survives an interruption."""
    from ...annotate.runner.journal import Journal

    target = Path(out)
    if target.exists() and not target.is_file():
        return _write(out, _lines(outcomes(documents), report), scheme)
    journal = Journal(target, identity)  # also locks the target
    when_interrupted("the same command continues from there")
    try:
        problems, done, remaining = journal.replay(documents)
        if done:
            note(f"continuing an interrupted run: {pluralize(done, 'document')} done already")
        for problem in problems:
            report(problem)
        for number, outcome in enumerate(outcomes(remaining), 1):
            journal.add(outcome)
            if outcome.problem is not None:
                report(outcome.problem)
            if number % 100 == 0:
                journal.save()
    except BaseException:
        journal.close()
        raise
    count = _write(out, journal.lines(), scheme)
    journal.discard()
    return count


def _file_state(path: Path) -> str:
    """Return what identifies the current content of a file: path, size and time of modification."""
    try:
        status = path.stat()
    except OSError:
        return str(path)  # reading it raises the error
    return f"{path.resolve()}|{status.st_size}|{status.st_mtime_ns}"


def extractors(json: Json = False) -> None:
    """List the installed extractors with their arguments."""
    from ...annotate import installed_extractors

    extractor_infos = installed_extractors()
    if json:
        result_json(
            [
                {
                    "name": item.name,
                    "package": item.package or None,
                    "summary": item.summary or None,
                    "fault": item.fault or None,
                    "arguments": [
                        {
                            "name": p.name,
                            "help": p.help,
                            "type": p.type.__name__,
                            "default": p.default,
                            "required": p.required,
                            "positional": p.positional,
                            "choices": list(p.choices) or None,
                        }
                        for p in item.parameters
                    ],
                }
                for item in extractor_infos
            ]
        )
        return
    for item in extractor_infos:
        result(f"{item.name}  ({item.package})" if item.package else item.name)
        result(f"  {item.fault or item.summary}")
        if item.parameters:
            rows = [(f"  {p.name}={p.type.__name__}", p.help, _default(p.required, p.default)) for p in item.parameters]
            width = max(len(row[0]) for row in rows)
            for name, text, default in rows:
                result(f"  {name.ljust(width)}  {text}{default}")


def _default(required: bool, default: object) -> str:
    if required:
        return " (required)"
    return f" (default {default})" if default is not None else ""
