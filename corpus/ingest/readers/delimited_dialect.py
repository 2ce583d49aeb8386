"""The separators and quotes of a table, told by its first rows."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
_ROWS = 500
_DIRECTIVE = re.compile(r'"?sep=(.)"?;*,*\s*')
"""A first line by which Excel is told the separator."""

csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a table are written.

    Attributes:
        delimiter: The separator.
        quote: The character around cells.
        backslash: Whether a quote within a cell follows a backslash; otherwise it is doubled.
        blanks: Whether blanks after a separator are no part of a cell.
        skipped: Number of lines before the header.
    """

    delimiter: str
    quote: str = '"'
    backslash: bool = False
    blanks: bool = False
    skipped: int = 0

    def describe(self, usual: str) -> str:
        """Return what differs from the usual table, with `usual` as its separator; empty if nothing does."""
        quotes = "single quotes" if self.quote == "'" else ""
        escapes = "backslashes before quotes within cells" if self.backslash else ""
        blanks = "blanks after separators, which are left out" if self.blanks else ""
        separators = DELIMITERS.get(self.delimiter, repr(self.delimiter)) if self.delimiter != usual else ""
        return ", ".join(filter(None, (separators and f"{separators} between cells", quotes, escapes, blanks)))


Row = tuple[int, list[str] | csv.Error]
"""The line in which a row begins, and its cells, or why they cannot be told apart."""


def dialect_rows(lines: Iterable[str], dialect: Dialect) -> Iterator[Row]:
    """Yield the rows of a table, the header included."""
    if dialect.backslash:
        lines = map(_doubling(dialect.quote), lines)
    reader = csv.reader(
        itertools.islice(lines, dialect.skipped, None),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        skipinitialspace=dialect.blanks,
        strict=True,
    )
    while True:
        line = reader.line_num + 1 + dialect.skipped
        try:
            row: list[str] | csv.Error = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            row = error
        if row:
            yield line, row


def sniff_dialect(lines: Sequence[str], wanted: str, usual: str, *, whole: bool) -> Dialect:
    """Return the dialect in which the header names the wanted column and the most rows fit it; else the usual one.

    Args:
        lines: The first lines of the table.
        wanted: The column that the table should have.
        usual: The usual separator of such a table.
        whole: Whether these are all lines; otherwise the last row may be cut.
    """
    if lines and (directive := _DIRECTIVE.fullmatch(lines[0])):
        return replace(_best(lines[1:], wanted, directive[1], (directive[1],), whole), skipped=1)
    return _best(lines, wanted, usual, (usual, *(mark for mark in DELIMITERS if mark != usual)), whole)


def _best(lines: Sequence[str], wanted: str, usual: str, delimiters: Sequence[str], whole: bool) -> Dialect:
    header = next((line for line in lines if line.strip()), "")
    best, best_rank = Dialect(usual), (0, 0, 0, 0)
    quotes = ('"', "'") if any("'" in line for line in lines) else ('"',)
    escapes = (False, True) if any("\\" in line for line in lines) else (False,)
    for delimiter in delimiters:
        if delimiter != usual and delimiter not in header:
            continue
        blanks = (False, True) if any(f'{delimiter} "' in line for line in lines) else (False,)
        for quote, backslash, skips in itertools.product(quotes, escapes, blanks):
            dialect = Dialect(delimiter, quote, backslash, skips)
            rank = _rank(list(itertools.islice(dialect_rows(lines, dialect), _ROWS)), dialect, wanted, whole)
            if rank > best_rank:
                best, best_rank = dialect, rank
    return best


def _rank(rows: list[Row], dialect: Dialect, wanted: str, whole: bool) -> tuple[int, int, int, int]:
    """Return how well rows fit a dialect: a greater rank is a better one, and the first of equal ones is taken."""
    if not rows or isinstance(rows[0][1], csv.Error):
        return (0, 0, 0, 0)
    if not whole and len(rows) > 1:
        rows.pop()
    header = [cell.strip() for cell in rows[0][1]]
    fitting = [row for _, row in rows[1:] if isinstance(row, list) and len(row) == len(header)]
    odd = _left_quotes(header, fitting, dialect, wanted)
    return (1 + (wanted in header), len(fitting) - len(rows), -odd, len(header))


def _left_quotes(header: list[str], rows: list[list[str]], dialect: Dialect, wanted: str) -> int:
    """Count the columns whose cells are still in quotes, which another dialect would take off."""
    other = "'" if dialect.quote == '"' else '"'
    quoted = re.compile(rf" ?{other}.*{other}", re.DOTALL)
    count = sum(bool(quoted.fullmatch(name)) for name in header)
    for name, cells in zip(header, zip(*rows, strict=True), strict=True) if rows else ():
        filled = [cell for cell in cells if cell]
        whole = name == wanted and filled and all(quoted.fullmatch(cell) for cell in filled)
        count += bool(whole or any(_has_doubled(cell, other) for cell in filled))
        count += not dialect.blanks and any(cell.startswith(' "') and cell.endswith('"') for cell in filled)
    return count


def _has_doubled(cell: str, quote: str) -> bool:
    """Check whether a cell is in quotes, and has quotes within that are all doubled."""
    inner = cell[1:-1]
    return cell[:1] == quote == cell[-1:] and quote * 2 in inner and quote not in inner.replace(quote * 2, "")


def _doubling(quote: str) -> Callable[[str], str]:
    """Return a function that doubles the quotes of a line that follow a backslash, and halves doubled backslashes."""
    escaped = re.compile(rf"\\([\\{quote}])")
    return lambda line: escaped.sub(lambda match: quote * 2 if match[1] == quote else "\\", line)
