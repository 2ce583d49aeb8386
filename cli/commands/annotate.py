"""`goldspan annotate` and `goldspan extractors`: suggestions by extractors."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...schema.errors import Problem, UsageError, pluralize
from .. import completion, hints
from ..console import ProblemCollector, error, note, progress, result, result_json, when_interrupted
from ..effects import Call, Rule, effects
from ..options import Json, Lenient, RecordsFile, SchemeFile

if TYPE_CHECKING:
    from ...annotate import AnnotationOutcome as Outcome
    from ...schema import Document, Scheme


def _onto_another(call: Call) -> str:
    return "" if _onto_itself(call["records"], call["out"]) else "as --out is not the input"


@effects(Rule("overwrite", _onto_another))
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
    workers: Annotated[int, typer.Option(min=1, help="Processes that read documents at the same time.")] = 1,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let --out be the input, though its spans are somebody else's.")
    ] = False,
    lenient: Lenient = False,
    scheme: SchemeFile = None,
) -> None:
    """Put an extractor's suggestions in place of the spans of records.

    The same records give the same bytes, whatever the number of workers. An interrupted run is continued by the same
    command. Documents that the extractor fails on are named and left out, and the status is 1.
    """
    from ...annotate import annotate as run
    from ...annotate import load_extractor
    from ...corpus import read_records
    from ...schema import load_scheme

    loaded = load_scheme(scheme)
    _check_paths(records, out, loaded)  # before an extractor, which may take long to load
    made = load_extractor(extractor, loaded)
    if warning := getattr(made, "warning", ""):
        note(f"warning: {warning}")
    if not overwrite:
        _spare(records, out, made.name, loaded)
    refusals = ProblemCollector(lenient=lenient)
    documents = read_records(records, loaded, lenient=refusals if lenient else None)

    tally: Counter[str] = Counter()

    def outcomes(left: Iterable[Document]) -> Iterator[Outcome]:
        for outcome in progress(run(left, made, loaded, workers=workers, spec=extractor), "annotating"):
            tally.update(outcome.tally or {})
            yield outcome

    failed: list[Problem] = []

    def told(problem: Problem) -> None:
        error(str(problem.at(records)))
        failed.append(problem)

    if out == "-" or records == "-":
        done = _write(out, _lines(outcomes(documents), told), loaded)
    else:
        identity = "|".join((_state(Path(records)), extractor, made.name, made.version, loaded.fingerprint))
        done = _write_resumable(out, documents, outcomes, identity, told, loaded)
    note(f"{pluralize(done, 'document')} annotated -> {out}")
    for what, count in sorted(tally.items()):
        note(f"{what}: {count}")
    if failed:
        note(f"left out: {len(failed)} on which the extractor failed (each is named above)")
    if refusals.status() or failed:
        raise typer.Exit(1)
    hints.after_annotate(out, scheme=scheme)


def _check_paths(records: str, out: str, scheme: Scheme) -> None:
    """Finds what no extractor could mend.

    Raises:
        DataError: There is no such input.
        UsageError: The input is a folder, the output one, or a suffix names no format.
    """
    from ...corpus import read_records
    from ...corpus.storage.records import record_format

    if records != "-" and Path(records).is_dir():
        fix = shlex.join(["goldspan", "corpus", "build", records, "--out", "corpus.jsonl"])
        raise UsageError(f"{records}: is a folder. Fix: {fix} first")
    record_format(records)
    if out != "-" and Path(out).is_dir():
        raise UsageError(f"{out}: is a folder. Fix: name a file")
    record_format(out)
    if records != "-" and not Path(records).exists():
        next(read_records(records, scheme), None)  # says what is wrong


def _spare(records: str, out: str, name: str, scheme: Scheme) -> None:
    """Keeps somebody else's spans from being replaced in their only file.

    Raises:
        UsageError: The input is the output, and has spans that are not of the extractor.
    """
    from ...corpus import read_records

    if not _onto_itself(records, out):
        return
    for document in read_records(records, scheme, lenient=lambda _: None):  # the run tells what is wrong with it
        whose = document.layer.annotator if document.layer else None
        if document.spans and whose != name:
            raise UsageError(
                f"--out {out}: is the input, whose spans ({whose or 'of nobody named'}: document {document.id!r}) "
                f"would be lost. Fix: another --out, or --overwrite"
            )


def _onto_itself(records: str, out: str) -> bool:
    source, target = Path(records), Path(out)
    return "-" not in (records, out) and source.is_file() and target.is_file() and source.samefile(target)


def _lines(outcomes: Iterable[Outcome], told: Callable[[Problem], None]) -> Iterator[bytes]:
    for outcome in outcomes:
        if outcome.problem is None:
            yield outcome.line
        else:
            told(outcome.problem)


def _write(out: str, lines: Iterable[bytes], scheme: Scheme) -> int:
    """Writes the records and counts them."""
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
    outcomes: Callable[[Iterable[Document]], Iterator[Outcome]],
    identity: str,
    told: Callable[[Problem], None],
    scheme: Scheme,
) -> int:
    """As `_write`, by way of a journal beside the target, which outlives an interruption."""
    from ...annotate.runner.journal import Journal

    target = Path(out)
    if target.exists() and not target.is_file():
        return _write(out, _lines(outcomes(documents), told), scheme)
    journal = Journal(target, identity)  # also the lock of the target
    when_interrupted("the same command goes on from there")
    try:
        problems, done, left = journal.replay(documents)
        if done:
            note(f"continuing an interrupted run: {pluralize(done, 'document')} done before")
        for problem in problems:
            told(problem)
        for number, outcome in enumerate(outcomes(left), 1):
            journal.add(outcome)
            if outcome.problem is not None:
                told(outcome.problem)
            if number % 100 == 0:
                journal.save()
    except BaseException:
        journal.close()
        raise
    count = _write(out, journal.lines(), scheme)
    journal.discard()
    return count


def _state(path: Path) -> str:
    """What tells whether a file is still as it was."""
    try:
        found = path.stat()
    except OSError:
        return str(path)  # reading it says what is wrong
    return f"{path.resolve()}|{found.st_size}|{found.st_mtime_ns}"


def extractors(json: Json = False) -> None:
    """List the installed extractors with their arguments."""
    from ...annotate import installed_extractors

    found = installed_extractors()
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
                for item in found
            ]
        )
        return
    for item in found:
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
