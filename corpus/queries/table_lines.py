"""Lines of CSV files, and cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet runs."""


def csv_line(cells: Iterable[object], delimiter: str = ",") -> bytes:
    """Return a line of a table, in UTF-8 and with its line end; None is an empty cell."""
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def inert_cell(item: str | int) -> str:
    """Return a cell as text that no spreadsheet runs as a formula."""
    text = str(item)
    return f"'{text}" if isinstance(item, str) and text.startswith(_FORMULA) else text
