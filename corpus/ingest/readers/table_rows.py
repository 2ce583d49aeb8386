"""Rows of tables with a header, as articles are read from: delimited files and spreadsheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ....schema import DataError, Problem, did_you_mean
from ..articles import SourceOptions

NumberedRow = tuple[int, dict[str, Any]]
"""The line of a row, and its cells by column, without empty ones."""


def column_names(cells: Sequence[Any]) -> list[str]:
    """Return the names of columns as the header gives them; one without a name is called by its number."""
    return [str("" if cell is None else cell).strip() or f"column {number}" for number, cell in enumerate(cells, 1)]


def check_header(header: Sequence[str], path: str, line: int, options: SourceOptions) -> None:
    """Check that the columns of a table have different names, and that the named ones and the text are among them.

    Raises:
        DataError: They are not.
    """
    if not any(header):
        raise DataError(Problem("the file is empty", "write a header, and a row for each article", path))
    if duplicates := [name for name, count in Counter(header).items() if count > 1]:
        raise DataError(Problem(f"duplicate column {duplicates[0]!r}", "rename one of them", path, line))
    missing = [column for column in options.columns.values() if column not in header]
    missing += ["text"] if "text" not in (*options.columns, *header) else []
    if missing:
        hint = did_you_mean(missing[0], header)
        raise DataError(Problem(f"no column {missing[0]!r}", f"name it in `columns`; {hint}", path, line))


def cells_by_column(header: Sequence[str], cells: Sequence[Any]) -> dict[str, Any] | str:
    """Return the cells of a row that are not empty by their columns, or why the row does not fit the header."""
    if len(cells) < len(header):
        return f"fewer cells than the header: {len(cells)} of {len(header)}"
    if len(cells) > len(header):
        return f"more cells than the header: {len(cells)} instead of {len(header)}"
    return {name: cell for name, cell in zip(header, cells, strict=False) if cell not in (None, "")}
