"""A small profile of EDTF (ISO 8601-2:2019) for dates that are only as precise as the text.

A date is a year, a month or a day, with `X` for unknown digits (`2023`, `2023-10`, `2023-10-17`, `XXXX-10-17`,
`202X`). An interval joins two dates with a slash, and either end may be open (`2023-10-01/2023-10-10`,
`2023-10-17/..`, `../2023-10`). Seasons, times, qualifiers and years outside 0000 to 9999 are not part of the profile.

General EDTF parsers take about a millisecond per date and rewrite some dates, hence this one; the tests compare it with
them.
"""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from functools import cache, lru_cache

from ..errors import DataError, Problem
from .fixes import edtf_fix

_DATE = re.compile(r"([0-9X]{4})(?:-([0-9X]{2})(?:-([0-9X]{2}))?)?", re.ASCII)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

Day = tuple[int, int, int]
"""Year (0 to 9999), month and day, in chronological order; unlike `datetime` it has a year 0."""


@dataclass(frozen=True, slots=True)
class Edtf:
    """A parsed EDTF value: the days that it may cover.

    Attributes:
        earliest: First day that the value can mean; None for an open start.
        latest: Last day that the value can mean; None for an open end.
    """

    earliest: Day | None
    latest: Day | None

    def overlaps(self, other: Edtf) -> bool:
        """Check whether any day lies within the bounds of both values."""
        return _before(self.earliest, other.latest) and _before(other.earliest, self.latest)


def _before(start: Day | None, end: Day | None) -> bool:
    return start is None or end is None or start <= end


@cache
def _numbers(pattern: str | None, last: int) -> list[int]:
    """Return the numbers of two digits from 1 to `last` that fit a pattern; all of them without a pattern."""
    numbers = range(1, last + 1)
    return [
        n for n in numbers if pattern is None or all(p in ("X", d) for p, d in zip(pattern, f"{n:02d}", strict=True))
    ]


def _years(pattern: str) -> list[int]:
    years = [0]
    for symbol in pattern:
        digits = range(10) if symbol == "X" else (int(symbol),)
        years = [year * 10 + digit for year in years for digit in digits]
    return years


def _days(year: int, month: int) -> int:
    return 28 if month == 2 and not isleap(year) else _DAYS[month - 1]


def _bounds(text: str) -> tuple[Day, Day]:
    """Return the first and last day of a date.

    Raises:
        ValueError: No calendar day matches the date.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date of the profile" if text else "an end is empty")
    year, month, day = match.groups()
    months = _numbers(month, 12)

    def days(y: int) -> list[Day]:
        return [(y, m, d) for m in months for d in _numbers(day, _days(y, m))]

    # only 29 February depends on the year, so the first and last years with a matching day bound the date
    years = _years(year)
    first = next((matches for y in years if (matches := days(y))), None)
    last = next((matches for y in reversed(years) if (matches := days(y))), None)
    if first is None or last is None:
        raise ValueError(f"no calendar day matches {text!r}")
    return first[0], last[-1]


@lru_cache(maxsize=65536)
def _parse(text: str) -> Edtf | str:
    """Return the parsed value or an error message; cached, because dates recur often within a corpus."""
    try:
        if "/" not in text:
            return Edtf(*_bounds(text))
        start, _, end = text.partition("/")
        if start == end == "..":
            return "EDTF value '../..' is open at both ends"
        earliest = None if start == ".." else _bounds(start)[0]
        latest = None if end == ".." else _bounds(end)[1]
    except ValueError as error:
        return f"cannot parse EDTF value {text!r}: {error}"
    if not _before(earliest, latest):
        return f"EDTF interval {text!r} ends before it starts"
    return Edtf(earliest, latest)


def edtf_error(text: str) -> str | None:
    """Return what is wrong with an EDTF value; None if it is valid."""
    parsed = _parse(text)
    return parsed if isinstance(parsed, str) else None


def fix_of_edtf(text: str) -> str:
    """Return how to fix an EDTF value that is not valid."""
    return edtf_fix(text, lambda value: not isinstance(_parse(value), str))


def parse_edtf(text: str) -> Edtf:
    """Parse an EDTF value into the days that it may cover.

    Raises:
        DataError: The value is outside the profile, matches no calendar day, or ends before it starts.
    """
    parsed = _parse(text)
    if isinstance(parsed, str):
        raise DataError(Problem(parsed, fix_of_edtf(text)))
    return parsed
