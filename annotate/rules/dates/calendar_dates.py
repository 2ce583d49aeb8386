"""EDTF values of calendar dates: days, months, years and intervals, with a missing year taken from the reference date.

Each function takes a match of a pattern in `date_patterns` and the reference date, and returns an EDTF string, or None
if the value is not known. A ValueError or OverflowError means that the day does not exist.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from ..word_lists import MONTHS
from .reference_date import ReferenceDate

_MONTH_NUMBERS = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_PARTS_OF_MONTH = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
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


def between_years(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "between 2014 and 2016"."""
    return f"{match['y']}/{match['y2']}" if match["y"] <= match["y2"] else None


def decade(match: re.Match[str], reference: ReferenceDate) -> str:
    """Resolve "the 1990s"."""
    return f"{match['y'][:3]}X"


def _month_number(name: str) -> int:
    return _MONTH_NUMBERS[name[:3].lower()]


def _day_number(text: str) -> int:
    return int(re.match(r"\d+", text)[0])  # type: ignore[index]


def _resolve_point(reference: ReferenceDate, year: str | None, month: int, day: int | None) -> str | None:
    """Return a day or month; without a year, the latest one that is not after the reference date."""
    published = reference.day
    if year is None and published is not None:
        number = published.year
        later = (month, day or 1) > (published.month, published.day if day else 31)
        if (
            reference.ahead
            and 0 <= ((month - published.month) % 12) * 30 + (day or 1) - published.day <= _NEAR_FUTURE_DAYS
        ):
            number += month < published.month
        elif later:
            number -= 1
        if day == 29 and month == 2:
            while monthrange(number, 2)[1] < 29:
                number -= 1
        year = f"{number:04}"
    head = year or "XXXX"
    if day is None:
        return f"{head}-{month:02}"
    if day > monthrange(int(year) if year else 2024, month)[1]:
        return None
    return f"{head}-{month:02}-{day:02}"


def _stated_year(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Return the year that a date states in digits or as "last year"; None if it states none."""
    if match["ry"] is None or match["y"]:
        return match["y"]
    if reference.day is None:
        return None
    return f"{reference.day.year + {'last': -1, 'this': 0, 'next': 1}[match['ry'].lower()]:04}"


def _interval(first: str | None, last: str | None) -> str | None:
    if first is None or last is None:
        return None
    if "X" not in first + last and first > last:
        # "December 28 to January 3": the first is in the year before
        first = f"{int(first[:4]) - 1:04}{first[4:]}"
    return f"{first}/{last}"


def month_day(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "Friday, March 3, 2022" and "March 3 to 7"."""
    year = _stated_year(match, reference)
    month, day = _month_number(match["m"]), _day_number(match["d"])
    first = _resolve_point(reference, year, month, day)
    if not match["d2"]:
        return first
    month2 = _month_number(match["m2"]) if match["m2"] else month
    return _interval(first, _resolve_point(reference, year, month2, _day_number(match["d2"])))


def day_month(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "3 March 2022", "3-7 March" and "28 February to 2 March"."""
    year = _stated_year(match, reference)
    month, day = _month_number(match["m"]), _day_number(match["d"])
    first = _resolve_point(reference, year, month, day)
    if match["d2"]:
        return _interval(first, _resolve_point(reference, year, month, _day_number(match["d2"])))
    if match["d3"]:
        return _interval(first, _resolve_point(reference, year, _month_number(match["m3"]), _day_number(match["d3"])))
    return first


def between_days(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "between March 3 and 7" and "between 6 and 9 June"."""
    last_month = match["m4"] or match["m2"] or match["m"] or match["m3"]
    if last_month is None:
        return None
    first_month = match["m"] or match["m3"] or last_month
    first = _resolve_point(reference, match["y"], _month_number(first_month), _day_number(match["d"] or match["d3"]))
    last = _resolve_point(reference, match["y"], _month_number(last_month), _day_number(match["d2"] or match["d4"]))
    return _interval(first, last)


def _part_of(name: str | None) -> str | None:
    return next((part for part in _PARTS_OF_MONTH if name.lower().startswith(part)), None) if name else None


def month(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "March", "early March 2022", "last March" and "March to May"."""
    published = reference.day
    month = _month_number(match["m"])
    year = _stated_year(match, reference)
    rel = (match["rel"] or "").lower()
    if rel and not year and published is not None:
        if rel == "next":
            year = f"{published.year + (month <= published.month):04}"
        elif rel == "last" and month == published.month:
            year = f"{published.year - 1:04}"
    head = _resolve_point(reference, year, month, None)
    part, part2 = _part_of(match["part"]), _part_of(match["part2"])
    if match["m2"]:
        return _interval(head, _resolve_point(reference, year, _month_number(match["m2"]), None))
    if part is None and part2 is None:
        return head
    return _part_of_month(head, part, part)


def _part_of_month(head: str | None, part: str | None, part2: str | None) -> str | None:
    if head is None or part is None or part2 is None:
        return head
    first, last = _PARTS_OF_MONTH[part][0], _PARTS_OF_MONTH[part2][1]
    year, month = head.split("-")
    days = monthrange(int(year) if "X" not in year else 2023, int(month))[1]
    return f"{head}-{first:02}/{head}-{min(last, days):02}"


def part_of_year(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "the first quarter of 2025"."""
    length = 3 if match["unit"].lower() == "quarter" else 6
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 12 // length}[match["n"].lower()]
    if number * length > 12:
        return None
    return f"{match['y']}-{(number - 1) * length + 1:02}/{match['y']}-{number * length:02}"


def parts_of_month(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "mid to late March"."""
    head = _resolve_point(reference, match["y"], _month_number(match["m"]), None)
    return _part_of_month(head, match["part"].lower(), match["part2"].lower())


def year_range(match: re.Match[str], reference: ReferenceDate) -> str:
    """Resolve "2014" and "2014-16"."""
    first = match["y"]
    last = match["y2"]
    if last is None:
        return first
    last = last if len(last) == 4 else first[:2] + last
    return f"{first}/{last}" if first < last else first
