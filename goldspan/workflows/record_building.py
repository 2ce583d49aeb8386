"""Build records from articles in files and folders."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..corpus import build_documents, write_records
from ..corpus.formats.format_registry import recognised_formats
from ..corpus.ingest.articles import DATE_ORDERS, ROW_SUFFIXES, SourceOptions, SourceTally
from ..corpus.ingest.date_columns import date_notes
from ..corpus.ingest.sources import open_source, read_articles, source_files
from ..corpus.inspection.check_warnings import CheckWarnings
from ..corpus.storage.checked import CheckedDocuments
from ..corpus.storage.file_io import STANDARD, file_suffix, open_writer
from ..corpus.storage.records import ProblemCallback
from ..corpus.storage.shards.targets import require_apart
from ..corpus.storage.stream_copies import shown_problem
from ..corpus.withdrawal.withdrawn_documents import WithdrawnDocuments, find_withdrawn
from ..schema import DataError, Document, Problem, Scheme, UsageError
from ..schema.errors import pluralize, truncate_problems
from ..schema.progress import Progress, ignore_progress, report_each
from .conversion.cut_shards import CutShards, ShardCut, names_shard_folder, write_shards

_RECORD_FORMATS = ("jsonl", "parquet", "standoff")
"""Formats of records, which may be built again."""
_ANNOTATION_SUFFIXES = (".ann", ".a1", ".bdocjs", ".bio", ".conll", ".conllu", ".iob", ".spacy", ".xmi")
"""Suffixes of files that hold annotations and are not read as articles."""
_TEXTS_SAMPLED = 5  # text files of a folder that are looked at


@dataclass(slots=True)
class BuildSummary:
    """What was built.

    Attributes:
        out: The records file, or the folder of shards.
        documents: Number of documents.
        shards: The shards; None if there is one file.
        undated: Number of these without a publication date.
        zones: Number of zones by kind.
        warnings: Warnings about the documents.
        columns_missing: Columns that no row of a table has, by the name that they were to have.
        tally: What was met in the sources.
        withdrawn: The withdrawn documents that were left out.
    """

    out: str
    documents: int = 0
    shards: CutShards | None = None
    undated: int = 0
    zones: Counter[str] = field(default_factory=Counter)
    warnings: CheckWarnings = field(default_factory=CheckWarnings)
    columns_missing: dict[str, str] = field(default_factory=dict)
    tally: SourceTally = field(default_factory=SourceTally)
    withdrawn: WithdrawnDocuments = field(default_factory=lambda: WithdrawnDocuments(()))

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        counts = {"documents": self.documents, "undated": self.undated, "zones": dict(self.zones)}
        met = {
            "dates": dict(self.tally.dates),
            "extra_columns": dict(self.tally.extra_columns),
            "annotation_columns": dict(self.tally.annotation_columns),
            "cleaned": self.tally.cleaned,
        }
        shards = {} if self.shards is None else self.shards.to_dict()
        return {**counts, **met, **self.warnings.to_dict(), **self.withdrawn.to_dict(), **shards, "out": self.out}

    def source_notes(self) -> Iterator[str]:
        """Yield a line for each thing in the sources that was not read as it is, or not read."""
        tally = self.tally
        yield from self.withdrawn.notes()
        yield from date_notes(tally)
        if tally.cleaned:
            cleaned = pluralize(tally.cleaned, "text")
            yield f"{cleaned} extracted from HTML; `extra.html_source` maps offsets to the source"
        annotated = tally.annotation_columns
        if annotated:
            names = ", ".join(annotated)
            what = f"annotations in the columns {names} ({next(iter(annotated.values()))}) are no spans of the records"
            yield f"{what}; they are kept under extra. Fix: goldspan convert, if it reads the format"
        others = [name for name in tally.extra_columns if name not in annotated]
        if others:
            more = f" and {len(others) - 20} more" if len(others) > 20 else ""
            yield f"columns kept under extra: {', '.join(others[:20])}{more}"


def build_records(
    sources: Sequence[str],
    out: str,
    scheme: Scheme,
    *,
    note: ProblemCallback,
    report: ProblemCallback | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    language: str | None = None,
    dates: str | None = None,
    html: bool = False,
    sheet: str | None = None,
    cut: ShardCut = ShardCut(),  # noqa: B008 - immutable
    resumable: Callable[[int], None] = lambda _kept: None,
    progress: Progress = ignore_progress,
) -> BuildSummary:
    """Build records from articles.

    Args:
        sources: Folders, files or streams (`-` is standard input); a folder is read with its subfolders, and without
            `out`.
        out: The records file to write; `-` is standard output. A folder, as `names_shard_folder` knows it, gets shards.
        scheme: As in `build_documents`.
        note: As in `build_documents`; it is also told how files were read.
        report: As in `build_documents`. If None, all problems of the sources are raised together, and nothing is
            written.
        columns: As in `SourceOptions`.
        encoding: As in `SourceOptions`.
        language: As in `build_documents`.
        dates: As in `SourceOptions`.
        html: As in `SourceOptions`.
        sheet: As in `SourceOptions`.
        cut: How a folder is cut into shards.
        resumable: As in `write_shards`.
        progress: Called after each document.

    Raises:
        DataError: There is no article, a source holds annotations in a format that `goldspan convert` reads, or an
            article is invalid; a file that exists is kept.
        DependencyError: The records cannot be written, or what reads a source is not installed.
        UsageError: As in `build_documents`, a source cannot be read, or `dates` is unknown.
    """
    if dates is not None and dates not in DATE_ORDERS:
        raise UsageError(f"unknown order {dates!r} in `dates`. Fix: {', '.join(DATE_ORDERS)}")
    options = SourceOptions(columns=columns or {}, encoding=encoding, dates=dates, html=html, sheet=sheet, note=note)
    summary = BuildSummary(out, tally=options.tally, withdrawn=find_withdrawn(out, *sources))
    exclude = None if out == STANDARD else Path(out)
    in_shards = names_shard_folder(out)
    if in_shards:
        for source in sources:
            require_apart(source, [] if source == STANDARD else [source], out)
    with ExitStack() as stack:
        copies = [str(stack.enter_context(open_source(source, options))) for source in sources]
        for source in copies:
            _reject_annotations(source, exclude, lambda problem: note(shown_problem(problem)))
        articles = (article for source in copies for article in read_articles(source, options, exclude=exclude))
        faults: list[Problem] = []

        def documents() -> Iterator[Document]:
            built = build_documents(articles, scheme, report=report or faults.append, note=note, language=language)
            for document in report_each(summary.withdrawn.keep(built), "building", progress):
                summary.zones.update(zone.kind for zone in document.zones)
                summary.undated += document.meta.published is None
                summary.warnings.count(document)
                yield document
            if faults:  # raised here, so that an existing file is kept
                raise DataError(truncate_problems(faults, "problems"))
            if summary.withdrawn.left_out and not summary.warnings.documents:
                raise summary.withdrawn.nothing_left(", ".join(sources))
            if not summary.warnings.documents:
                fix = "name files or folders that hold .txt, .csv, .jsonl, .parquet, .xlsx or .docx"
                raise DataError(Problem("no articles", fix, ", ".join(sources)))

        checked = CheckedDocuments(documents(), scheme)
        if in_shards:
            summary.shards = write_shards(out, checked, scheme, cut, {"step": "build"}, resumable=resumable)
            summary.documents = summary.shards.documents
        else:
            write = _write_whole if out == STANDARD else write_records
            summary.documents = write(out, checked, scheme)
    missing = options.columns.keys() - options.tally.columns_seen
    summary.columns_missing = {name: options.columns[name] for name in missing}
    return summary


def _write_whole(out: str, documents: CheckedDocuments, scheme: Scheme) -> int:
    """Write documents to standard output, which is `out`, once all of them are built."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "records.jsonl")
        number = write_records(whole, documents, scheme)
        with whole.open("rb") as built, open_writer(out) as stream:
            shutil.copyfileobj(built, stream)
    return number


def _reject_annotations(source: str, exclude: Path | None, note: ProblemCallback) -> None:
    """Refuse files that are annotations in another tool's format by their contents, and note those beside texts.

    Raises:
        DataError: A file is in such a format.
    """
    root = Path(source)
    if not root.exists():
        return
    texts = 0
    problems: list[Problem] = []
    for path in sorted(source_files(root)) if root.is_dir() else [root]:
        if exclude is not None and exclude.exists() and path.samefile(exclude):
            continue
        if file_suffix(path) not in ROW_SUFFIXES:
            texts += 1
            if texts > _TEXTS_SAMPLED:
                continue
        if names := [form.name for form in recognised_formats(path) if form.name not in _RECORD_FORMATS]:
            what = f"annotations in the format {' or '.join(names)}, not articles"
            problems.append(Problem(what, f"goldspan convert {path} --from {names[0]} --out records.jsonl", str(path)))
    if problems:
        raise DataError(truncate_problems(problems, "files"))
    if root.is_dir():
        others = Counter(path.suffix for path in root.rglob("*") if path.suffix in _ANNOTATION_SUFFIXES)
        if others:
            kinds = ", ".join(f"{suffix} {number}" for suffix, number in sorted(others.items()))
            note(Problem(f"files of annotations are not read: {kinds}", "goldspan convert reads them", source))
