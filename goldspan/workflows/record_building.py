"""Build records from articles in files and folders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..corpus import build_documents, write_records
from ..corpus.ingest.articles import SourceOptions
from ..corpus.ingest.sources import read_articles
from ..corpus.inspection.check_warnings import CheckWarnings
from ..corpus.storage.checked import CheckedDocuments
from ..corpus.storage.records import ProblemCallback
from ..schema import DataError, Document, Problem, Scheme
from ..schema.progress import Progress, ignore_progress, report_each


@dataclass(slots=True)
class BuildSummary:
    """What was built.

    Attributes:
        out: The records file.
        documents: Number of documents.
        undated: Number of these without a publication date.
        zones: Number of zones by kind.
        warnings: Warnings about the documents.
        columns_missing: Columns that no row of a table has, by the name that they were to have.
    """

    out: str
    documents: int = 0
    undated: int = 0
    zones: Counter[str] = field(default_factory=Counter)
    warnings: CheckWarnings = field(default_factory=CheckWarnings)
    columns_missing: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as JSON-compatible data."""
        counts = {"documents": self.documents, "undated": self.undated, "zones": dict(self.zones)}
        return {**counts, **self.warnings.to_dict(), "out": self.out}


def build_records(
    sources: Sequence[str],
    out: str,
    scheme: Scheme,
    *,
    report: ProblemCallback,
    note: ProblemCallback,
    columns: Mapping[str, str] | None = None,
    encoding: str = "utf-8",
    language: str | None = None,
    progress: Progress = ignore_progress,
) -> BuildSummary:
    """Build records from articles.

    Args:
        sources: Folders or files; a folder is read with its subfolders, and without `out`.
        out: The records file to write; `-` is standard output.
        scheme: As in `build_documents`.
        report: As in `build_documents`.
        note: As in `build_documents`.
        columns: As in `SourceOptions`.
        encoding: As in `SourceOptions`.
        language: As in `build_documents`.
        progress: Called after each document.

    Raises:
        DataError: There is no article; a file that exists is kept.
        DependencyError: The records cannot be written.
        UsageError: As in `build_documents`, or a source cannot be read.
    """
    options = SourceOptions(columns=columns or {}, encoding=encoding)
    exclude = None if out == "-" else Path(out)
    articles = (article for source in sources for article in read_articles(source, options, exclude=exclude))
    summary = BuildSummary(out)

    def documents() -> Iterator[Document]:
        built = build_documents(articles, scheme, report=report, note=note, language=language)
        for document in report_each(built, "building", progress):
            summary.zones.update(zone.kind for zone in document.zones)
            summary.undated += document.meta.published is None
            summary.warnings.count(document)
            yield document
        if not summary.warnings.documents:  # raised here, so that an existing file is kept
            fix = "name files or folders that hold .txt, .csv, .jsonl or .parquet"
            raise DataError(Problem("no articles", fix, ", ".join(sources)))

    summary.documents = write_records(out, CheckedDocuments(documents(), scheme), scheme)
    missing = options.columns.keys() - options.columns_seen
    summary.columns_missing = {name: options.columns[name] for name in missing}
    return summary
