"""Rows of tables whose cells are separated by commas, semicolons, tabs or pipes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ....schema import Problem, pluralize
from ..articles import SourceOptions
from .decoding import SAMPLE, choose_codec, open_lines, read_sample
from .delimited_dialect import Dialect, dialect_rows, sniff_dialect
from .table_rows import NumberedRow, cells_by_column, check_header, column_names

_FITS = "quote cells that contain separators"


def delimited_rows(path: str, usual: str, options: SourceOptions) -> Iterator[NumberedRow | Problem]:
    """Yield the rows of a table with the lines in which they begin, and a problem for each that does not fit.

    Args:
        path: The file.
        usual: The separator that the suffix stands for. If the first rows have another one, or other quotes, that is
            noted.
        options: Columns and encoding.

    Raises:
        DataError: The table cannot be read, or lacks a column.
        UsageError: The encoding is unknown.
    """
    sample = read_sample(path)
    codec = choose_codec(sample, path, options)
    dialect = _dialect(sample, codec, usual, options)
    if how := dialect.describe(usual):
        options.note(Problem(f"read with {how}", "", path))
    with open_lines(path, sample, codec) as lines:
        yield from _fitting_rows(lines, dialect, path, options)


def _dialect(sample: bytes, codec: str, usual: str, options: SourceOptions) -> Dialect:
    text = sample.decode(codec, "replace").removeprefix("\ufeff")
    lines = list(io.StringIO(text, newline=""))
    whole = len(sample) < SAMPLE
    if not whole and len(lines) > 1:
        lines.pop()
    return sniff_dialect(lines, options.column("text"), usual, whole=whole)


def _fitting_rows(
    lines: Iterator[str], dialect: Dialect, path: str, options: SourceOptions
) -> Iterator[NumberedRow | Problem]:
    empty = 0
    header: list[str] = []
    for line, row in dialect_rows(lines, dialect):
        if isinstance(row, csv.Error):
            yield _broken_row(row, path, line)
        elif not any(cell.strip() for cell in row):
            empty += 1
        elif not header:
            header = column_names(row)
            check_header(header, path, line, options)
        elif isinstance(cells := cells_by_column(header, row), str):
            yield Problem(cells, _FITS, path, line)
        else:
            yield line, cells
    if not header:
        check_header(header, path, 1, options)
    if empty:
        options.note(Problem(f"left out {pluralize(empty, 'row')} without content", "", path))


def _broken_row(error: csv.Error, path: str, line: int) -> Problem:
    if "unexpected end" in str(error):
        what = "a quote that is opened in this row is not closed before the end of the file"
        return Problem(f"not CSV: {what}", "close it, or double it if it is part of the cell", path, line)
    return Problem(f"not CSV: {error}", "quote cells as in RFC 4180", path, line)
