"""A small profile of EDTF (ISO 8601-2:2019): dates as exact as a text makes them, and no more.

A date is a year, a month or a day, its digits or `X` where a digit is unknown (`2023`, `2023-10`, `2023-10-17`,
`XXXX-10-17`, `202X`). An interval joins two dates with a slash, either end open (`2023-10-01/2023-10-10`,
`2023-10-17/..`, `../2023-10`). Seasons, times, qualifiers and years outside 0000 to 9999 are outside the profile.

The parser is our own because general ones take about a millisecond a date and rewrite some; it is held against
them in the tests.
"""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from functools import lru_cache

from .errors import DataError, Problem

_DATE = re.compile(r"([0-9X]{4})(?:-([0-9X]{2})(?:-([0-9X]{2}))?)?", re.ASCII)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ADVICE = (
    "write YYYY, YYYY-MM or YYYY-MM-DD with X for unknown digits, or two of these joined by /, '..' for an open end"
)

Day = tuple[int, int, int]
"""Year (0 to 9999), month, day: ordered as time is, and free of `datetime`'s missing year 0."""


@dataclass(frozen=True, slots=True)
class Edtf:
    """A parsed value: the days it may cover.

    Attributes:
        earliest: The first day that it can mean; None for an open start.
        latest: The last day that it can mean; None for an open end.
    """

    earliest: Day | None
    latest: Day | None

    def overlaps(self, other: Edtf) -> bool:
        """Whether some day lies within the bounds of both."""
        return _before(self.earliest, other.latest) and _before(other.earliest, self.latest)


def _before(start: Day | None, end: Day | None) -> bool:
    return start is None or end is None or start <= end


def _fits(pattern: str, number: int) -> bool:
    return all(p in ("X", d) for p, d in zip(pattern, f"{number:0{len(pattern)}d}", strict=True))


def _years(pattern: str) -> list[int]:
    years = [0]
    for symbol in pattern:
        digits = range(10) if symbol == "X" else (int(symbol),)
        years = [year * 10 + digit for year in years for digit in digits]
    return years


def _days(year: int, month: int) -> int:
    return 28 if month == 2 and not isleap(year) else _DAYS[month - 1]


def _bounds(text: str) -> tuple[Day, Day]:
    """First and last day of one date; raises ValueError where no calendar day fits it."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"EDTF value {text!r} is not a date of the profile")
    year, month, day = match.groups()
    months = [m for m in range(1, 13) if month is None or _fits(month, m)]

    def days(y: int) -> list[Day]:
        return [(y, m, d) for m in months for d in range(1, _days(y, m) + 1) if day is None or _fits(day, d)]

    # only 29 February depends on the year: the first and last year that have a fitting day bound the date
    years = _years(year)
    first = next((found for y in years if (found := days(y))), None)
    last = next((found for y in reversed(years) if (found := days(y))), None)
    if first is None or last is None:
        raise ValueError(f"EDTF value {text!r} is no day of the calendar")
    return first[0], last[-1]


@lru_cache(maxsize=65536)
def _parse(text: str) -> Edtf | str:
    """The parsed value or what is wrong with it; cached, because the same few dates fill a corpus."""
    try:
        if "/" not in text:
            return Edtf(*_bounds(text))
        start, _, end = text.partition("/")
        if start == end == "..":
            return "EDTF value '../..' says nothing"
        earliest = None if start == ".." else _bounds(start)[0]
        latest = None if end == ".." else _bounds(end)[1]
    except ValueError as error:
        return str(error)
    if not _before(earliest, latest):
        return f"EDTF interval {text!r} ends before it starts"
    return Edtf(earliest, latest)


def edtf_fault(text: str) -> str | None:
    """What is wrong with an EDTF value, or None where it is in the profile."""
    parsed = _parse(text)
    return parsed if isinstance(parsed, str) else None


def parse_edtf(text: str) -> Edtf:
    """The days that an EDTF value may cover.

    Raises:
        DataError: The value is outside the profile, on no calendar day, or an interval that ends before it starts.
    """
    parsed = _parse(text)
    if isinstance(parsed, str):
        raise DataError(Problem(parsed, _ADVICE))
    return parsed
