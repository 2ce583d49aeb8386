"""Rows of other people's datasets, in memory or of a file, read by the format that fits them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ....schema import Document, Scheme
from ...storage.label_map import LabelMap
from ..file_sample import FileSample
from ..format_interface import ReadRequest
from ..transfer_reports import ReadReport
from .annotated_rows import SpanRowsFormat, are_span_rows
from .hub_rows import HubRows, rows_in_memory, sampled_rows
from .token_rows import TokenRowsFormat, are_token_rows

_SAMPLE = 20


def row_format(source: Path) -> TokenRowsFormat | SpanRowsFormat | None:
    """Return the format of the rows in a file or folder; None if they are records, or anything else."""
    rows = sampled_rows(FileSample(source))
    if are_token_rows(rows):
        return TokenRowsFormat()
    return SpanRowsFormat() if are_span_rows(rows) else None


def read_foreign_rows(
    source: Any, scheme: Scheme, report: ReadReport, labels: LabelMap | None = None
) -> Iterator[Document] | None:
    """Return an iterator over the documents of rows in memory; None if they are records, or no rows.

    Args:
        source: A loaded dataset, a table, a list of mappings, or a mapping of columns.
        scheme: Scheme of the documents.
        report: Receives what is left out or changed.
        labels: Maps the labels of the rows to the scheme's.

    Raises:
        DataError: A row is invalid.
    """
    rows = rows_in_memory(source)
    if rows is None:
        return None
    first = [row for _, row in islice(rows.numbered(), _SAMPLE)]
    form = _form_of(rows, first)
    return None if form is None else form.read(Path("rows"), ReadRequest(scheme, report, labels))


def _form_of(rows: HubRows, first: list[Any]) -> TokenRowsFormat | SpanRowsFormat | None:
    if are_token_rows(first):
        return TokenRowsFormat(rows)
    return SpanRowsFormat(rows) if are_span_rows(first) else None
