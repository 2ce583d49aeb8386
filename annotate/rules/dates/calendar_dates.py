"""EDTF values of calendar dates: days, months, years and intervals, with a missing year taken from the reference date.

Each function takes a match of a pattern in `date_patterns` and the reference date, and returns an EDTF string, or None
if the value is not known. A ValueError or OverflowError means that the day does not exist.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from ..word_lists import MONTHS
from .date_patterns import ORDINAL_DAYS
from .reference_date import ReferenceDate

_MONTH_NUMBERS = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_ORDINAL_NUMBERS = {name: number for number, name in enumerate(ORDINAL_DAYS, 1)}
_RELATIVE_YEARS = {"last": -1, "this": 0, "next": 1}
_STATED_YEARS = {"previous": -1, "preceding": -1, "that": 0, "same": 0, "following": 1, "next": 1}
"""Years by their distance from the year that the text stated last: "in May of that year"."""
_NEAR_FUTURE_DAYS = 92
"""How far ahead a date may be in a text about the future: "until 12 December" in November is not the past December."""


def iso(match: re.Match[str], reference: ReferenceDate) -> str:
    """Resolve "2023-10-25"."""
    return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()


def numeric(match: re.Match[str], reference: ReferenceDate) -> str:
    """Resolve "25/10/2023"; of "05/10/2023", which may be in May or October, only the year is certain."""
    a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
    if is_ambiguous(match):
        return f"{year:04}"
    return date(year, min(a, b) if a != b else a, max(a, b)).isoformat()


def is_ambiguous(match: re.Match[str]) -> bool:
    """Check whether a date is of the form "05/10/2023" with numbers that may both be the month."""
    numbers = {int(match[group]) for group in ("a", "b") if group in match.re.groupindex}
    return len(numbers) == 2 and max(numbers) <= 12


def decade(match: re.Match[str], reference: ReferenceDate) -> str:
    """Resolve "the 1990s"."""
    return f"{match['y'][:3]}X"


def year_of_era(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "AD 70"; years before it are not known to the profile."""
    era = re.sub(r"\W", "", match["era"] or "AD").upper()
    return f"{int(match['ad'] or match['first']):04}" if era in ("AD", "CE") else None


def century(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "the 19th century"; how far its parts extend is not known."""
    number = match["n"].lower()
    count = _ORDINAL_NUMBERS.get(number) or _day_number(number)
    return None if match["part"] or match["era"] or not 1 <= count <= 21 else f"{count - 1:02}XX"


def month_number(name: str) -> int:
    """Return the number of a month by its name or an abbreviation."""
    return _MONTH_NUMBERS[name[:3].lower()]


def _day_number(text: str) -> int:
    return _ORDINAL_NUMBERS.get(text.lower()) or int(re.match(r"\d+", text)[0])  # type: ignore[index]


def days_of_month(head: str) -> int:
    """Return the number of days of a month, "2024-02" or "XXXX-02"."""
    year, month = head.split("-")
    return monthrange(int(year) if year.isdigit() else 2023, int(month))[1]


def resolve_point(reference: ReferenceDate, year: str | None, month: int, day: int | None) -> str | None:
    """Return a day or month; without a year, that of the told time, or the latest one not after the reference date."""
    year = year or reference.told or reference.days.get((month, day)) or _latest_year(reference, month, day)
    if day is None:
        return f"{year}-{month:02}"
    if day > monthrange(int(year) if year.isdigit() else 2024, month)[1]:
        return None
    return f"{year}-{month:02}-{day:02}"


def _latest_year(reference: ReferenceDate, month: int, day: int | None) -> str:
    """Return the latest year in which a day or month is not after the reference date, or in a near future, if meant."""
    published = reference.day
    if published is None:
        return "XXXX"
    number = published.year
    days_ahead = ((month - published.month) % 12) * 30 + (day or 1) - published.day
    if reference.ahead and 0 <= days_ahead <= _NEAR_FUTURE_DAYS:
        number += month < published.month
    elif (month, day or 1) > (published.month, published.day if day else 31):
        number -= 1
    if day == 29 and month == 2:
        while monthrange(number, 2)[1] < 29:
            number -= 1
    return f"{number:04}"


def year_of(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Return the year that a date states in digits, as "last year" or as "that year"; None if it states none."""
    if match["ry"] is None or match["y"]:
        return match["y"]
    words = match["ry"].lower().split()
    if words[-1] in _RELATIVE_YEARS and len(words) == 1:
        start, shift = reference.day.year if reference.day else 0, _RELATIVE_YEARS[words[-1]]
    else:
        start, shift = int(reference.stated or 0), _STATED_YEARS[words[-1]]
    return f"{start + shift:04}" if start else "XXXX"


def interval(first: str | None, last: str | None) -> str | None:
    """Return the interval between two dates; if it would end before it starts, the first is in the year before."""
    if first is None or last is None:
        return None
    if "X" not in first + last and first > last:
        # "December 28 to January 3"
        first = f"{int(first[:4]) - 1:04}{first[4:]}"
    return f"{first}/{last}"


def month_day(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "Friday, March 3, 2022" and "March 3 to 7"."""
    year = year_of(match, reference)
    month, day = month_number(match["m"]), _day_number(match["d"])
    first = resolve_point(reference, match["y1"] or year, month, day)
    if not match["d2"]:
        return first
    month2 = month_number(match["m2"]) if match["m2"] else month
    return interval(first, resolve_point(reference, year or match["y1"], month2, _day_number(match["d2"])))


def day_month(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "3 March 2022", "3-7 March" and "28 February to 2 March"."""
    year = year_of(match, reference)
    month, day = month_number(match["m"]), _day_number(match["d"])
    first = resolve_point(reference, match["y1"] or year, month, day)
    if match["d3"]:
        last = resolve_point(reference, year or match["y1"], month_number(match["m3"]), _day_number(match["d3"]))
        return interval(first, last)
    if match["d2"]:
        return interval(first, resolve_point(reference, year, month, _day_number(match["d2"])))
    return first


def single_day(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "the fifth of May", and "5" in "5 and 7 May"."""
    return resolve_point(reference, year_of(match, reference), month_number(match["m"]), _day_number(match["d"]))


def day_of_same_month(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "7" in "May 5 and 7" and "on the 7th", in the month of the date before."""
    if reference.month is None:
        return None
    groups = match.groupdict()
    year, month = reference.month.split("-")
    head = f"{groups.get('y') or year}-{month}"
    first = _day_in(head, match["d"])
    return interval(first, _day_in(head, match["d2"])) if groups.get("d2") else first


def _day_in(head: str, day: str) -> str | None:
    number = _day_number(day)
    return f"{head}-{number:02}" if number <= days_of_month(head) else None


def between_days(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "between March 3 and 7" and "between 6 and 9 June"."""
    last_month = match["m4"] or match["m2"] or match["m"] or match["m3"]
    if last_month is None:
        return None
    first_month = match["m"] or match["m3"] or last_month
    year = year_of(match, reference)
    first = resolve_point(
        reference, match["y1"] or year, month_number(first_month), _day_number(match["d"] or match["d3"])
    )
    last = resolve_point(
        reference, year or match["y1"], month_number(last_month), _day_number(match["d2"] or match["d4"])
    )
    return interval(first, last)


def year_range(match: re.Match[str], reference: ReferenceDate) -> str:
    """Resolve "2014", "2014-16" and "2014-present"."""
    first, last = match["y"], match["y2"]
    if match["open"]:
        return f"{first}/.."
    if last is None:
        return first
    last = last if len(last) == 4 else first[:2] + last
    return f"{first}/{last}" if first < last else first
