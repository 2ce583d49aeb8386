"""The column of publication dates in a table: the order of day and month is that of the whole column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...schema import DataError, Problem, pluralize
from .articles import SourceOptions, SourceTally
from .readers.written_dates import WrittenDate, day_of, written_date

DATE_NOTES = {
    "unusable": "no publication date, because what is stated cannot be used",
    "none": "no publication date, because the source says so",
    "serial": "publication date read as a serial number of a spreadsheet, counted from 1900",
    "clock": "publication date read as seconds since 1970 or parts of them, in UTC",
    "created": "publication date taken from when the Word file was created",
}
"""What is made of dates other than plain ones, by the kind in `SourceTally.dates`."""

_MONTHS = "January February March April May June July August September October November December".split()
_FIX = "name the order in `dates`: dmy or mdy"


class DateColumn:
    """The publication dates of a file.

    Args:
        path: The file, for messages.
        options: The order of dates if it is known, and the tally.
        cells: Yields the cells of the column with their lines, from the beginning; called once, and only if a date can
            be read in two ways. None for standard input, where only earlier dates decide.
    """

    def __init__(
        self, path: str, options: SourceOptions, cells: Callable[[], Iterator[tuple[int, Any]]] | None
    ) -> None:
        self._path = path
        self._options = options
        self._cells = cells
        self._proofs: dict[str, tuple[int, str]] = {}
        """The first cell that can be of one order alone, by the order."""
        self._scanned = False

    def read(self, cell: Any, line: int) -> str | None:
        """Return a publication date as `YYYY-MM-DD`, or None if the cell has none that can be used.

        Raises:
            DataError: The date can be read in two ways, does not fit the other dates, or has a year of two digits.
        """
        written = written_date(cell)
        if written.kind == "short year":
            raise DataError(Problem(f"the year of the date {cell!r} has two digits", "write YYYY-MM-DD"))
        if written.kind == "numbers":
            return self._read_numbers(written, str(cell), line)
        if written.kind != "day":
            self._options.tally.count_date(written.kind, str(cell)[:40], self._path, line)
        return written.day

    def _read_numbers(self, written: WrittenDate, cell: str, line: int) -> str | None:
        first, second, year = written.numbers
        dmy, mdy = day_of(year, second, first), day_of(year, first, second)
        if dmy is None and mdy is None:
            self._options.tally.count_date("unusable", cell, self._path, line)
            return None
        if dmy == mdy:
            return dmy
        order = self._options.dates
        if order is not None:
            self._options.tally.order_used = True
            day = {"dmy": dmy, "mdy": mdy}.get(order)
            if day is None:
                what = f"the date {cell!r} is not in the order {order}"
                raise DataError(Problem(what, "correct it, or name another order in `dates`"))
            return day
        if dmy is None or mdy is None:
            self._proofs.setdefault("dmy" if mdy is None else "mdy", (line, cell))
            self._require_one_order(cell)
            return dmy or mdy
        self._scan()
        self._require_one_order(cell)
        if not self._proofs:
            readings = f"{_in_full(dmy)} or {_in_full(mdy)}"
            earlier = "earlier date" if self._cells is None else "date of the column"
            raise DataError(Problem(f"the date {cell!r} is {readings}, and no {earlier} decides", _FIX))
        return dmy if "dmy" in self._proofs else mdy

    def _require_one_order(self, cell: str) -> None:
        if len(self._proofs) > 1:
            (day_line, day_first), (month_line, month_first) = self._proofs["dmy"], self._proofs["mdy"]
            what = (
                f"the dates contradict each other: {day_first!r} in line {day_line} has the day first, "
                f"{month_first!r} in line {month_line} the month"
            )
            raise DataError(Problem(f"cannot read the date {cell!r}: {what}", "write all dates as YYYY-MM-DD"))

    def _scan(self) -> None:
        if self._scanned or self._cells is None:
            return
        self._scanned = True
        for line, cell in self._cells():
            written = written_date(cell)
            if written.kind == "numbers":
                first, second, year = written.numbers
                dmy, mdy = day_of(year, second, first), day_of(year, first, second)
                if (dmy is None) != (mdy is None):
                    self._proofs.setdefault("dmy" if mdy is None else "mdy", (line, str(cell)))


def date_notes(tally: SourceTally) -> Iterator[str]:
    """Yield a line for each kind of dates that was met, other than plain ones."""
    for kind, what in DATE_NOTES.items():
        if number := tally.dates[kind]:
            yield f"{pluralize(number, 'article')}: {what} ({tally.date_examples[kind]})"


def _in_full(day: str) -> str:
    year, month, number = day.split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"
