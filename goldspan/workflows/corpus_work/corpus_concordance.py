"""Find words, ids and labels in a corpus, each with its context."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ...corpus import read_records
from ...corpus.queries.concordance import ORDERS, Occurrence, Search
from ...corpus.queries.table_lines import csv_line, inert_cell
from ...corpus.storage.file_io import file_suffix, open_writer
from ...corpus.storage.records import ProblemCallback
from ...schema import Scheme, UsageError, did_you_mean
from ...schema.progress import Progress, ignore_progress, report_each
from .safe_output import require_other_file

_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = (".jsonl", ".ndjson")
_COLUMNS = ("document", "start", "end", "before", "surface", "after", "labels", "value")


@dataclass(slots=True)
class ConcordanceCounts:
    """What a search has found so far.

    Attributes:
        documents: Number of documents searched.
        text_free: Number of text-free documents, in which nothing can be found.
        found_in: Number of documents with an occurrence.
        occurrences: Number of occurrences.
    """

    documents: int = 0
    text_free: int = 0
    found_in: int = 0
    occurrences: int = 0


@dataclass(slots=True)
class CorpusConcordance:
    """The occurrences of what is searched for, read as they are asked for, or sorted.

    Attributes:
        source: A corpus, as in `read_records`.
        scheme: The scheme of the records.
        search: What to search for.
        order: One of `ORDERS`; None for the order of the corpus, in which nothing is kept in memory.
        lenient: Called with the problem of each invalid record, which is skipped; if None, the first one is raised.
        progress: Called now and then.
        counts: What was found so far.
    """

    source: str
    scheme: Scheme
    search: Search
    order: str | None = None
    lenient: ProblemCallback | None = None
    progress: Progress = ignore_progress
    counts: ConcordanceCounts = field(default_factory=ConcordanceCounts)

    def __post_init__(self) -> None:
        if self.order is not None and self.order not in ORDERS:
            raise UsageError(f"unknown order {self.order!r} as `order`. Fix: {did_you_mean(self.order, list(ORDERS))}")

    def __iter__(self) -> Iterator[Occurrence]:
        found = self._read()
        return found if self.order is None else iter(sorted(found, key=ORDERS[self.order]))

    def _read(self) -> Iterator[Occurrence]:
        counts = self.counts
        documents = read_records(self.source, self.scheme, lenient=self.lenient)
        for document in report_each(documents, "searching", self.progress):
            counts.documents += 1
            counts.text_free += document.text is None
            before = counts.occurrences
            for item in self.search.occurrences(document):
                counts.occurrences += 1
                yield item
            counts.found_in += counts.occurrences > before


def check_table_file(source: str, path: str) -> None:
    """Check the name of a table of occurrences before the search.

    Raises:
        UsageError: It ends with no known suffix, or is the corpus itself.
    """
    suffix = file_suffix(path)
    if suffix not in (*_DELIMITERS, *_JSON_LINES):
        raise UsageError(f"`out` {path}: unknown table format {suffix!r}. Fix: .csv, .tsv or .jsonl")
    require_other_file(source, path)


def write_concordance(path: Path, occurrences: Iterable[Occurrence]) -> None:
    """Write occurrences to a table, all of it or nothing: `.csv`, `.tsv` or `.jsonl`.

    In tables, labels are separated by bars, and no cell is one that a spreadsheet would run.

    Raises:
        DependencyError: The file cannot be written.
    """
    delimiter = _DELIMITERS.get(file_suffix(path))
    encode = msgspec.json.Encoder().encode
    with open_writer(str(path)) as stream:
        if delimiter is not None:
            stream.write(csv_line(_COLUMNS, delimiter))
        for item in occurrences:
            if delimiter is None:
                stream.write(encode(occurrence_row(item)) + b"\n")
            else:
                where: tuple[str | int, ...] = (item.document, item.start, item.end)
                row = (*where, item.before, item.surface, item.after, "|".join(item.labels), item.value)
                stream.write(csv_line(map(inert_cell, row), delimiter))


def occurrence_row(item: Occurrence) -> dict[str, str | int | list[str]]:
    """Return an occurrence as plain data."""
    return {
        "document": item.document,
        "start": item.start,
        "end": item.end,
        "before": item.before,
        "surface": item.surface,
        "after": item.after,
        "labels": list(item.labels),
        "value": item.value,
    }
