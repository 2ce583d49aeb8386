"""Rows of other people's datasets, in memory or of a file, read by the format that fits them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ....schema import Document
from ..file_sample import FileSample
from ..format_interface import ReadRequest, require_known
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


def read_foreign_rows(source: Any, request: ReadRequest) -> Iterator[Document] | None:
    """Return an iterator over the documents of rows in memory; None if they are records, or no rows.

    Args:
        source: A loaded dataset, a table, a list of mappings, or a mapping of columns.
        request: The scheme, the label map, the options, and the report to fill.

    Raises:
        DataError: A row is invalid.
        UsageError: The rows' format does not know an option.
    """
    rows = rows_in_memory(source)
    if rows is None:
        return None
    first = [row for _, row in islice(rows.numbered(), _SAMPLE)]
    form = _form_of(rows, first)
    if form is None:
        return None
    require_known(request.options, form.name, form.read_options)
    return form.read(Path("rows"), request)


def _form_of(rows: HubRows, first: list[Any]) -> TokenRowsFormat | SpanRowsFormat | None:
    if are_token_rows(first):
        return TokenRowsFormat(rows)
    return SpanRowsFormat(rows) if are_span_rows(first) else None
