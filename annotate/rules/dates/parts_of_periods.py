"""EDTF values of parts of months, years and decades: "early May", "the end of 2024", "the first half of 2025".

The functions are resolvers, as in `calendar_dates`. A period is written as its head: "2024-05", "2024" or "197X".
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from ..cardinals import parse_integer
from ..word_lists import WEEKDAYS, word_groups
from .calendar_dates import days_of_month, interval, month_number, resolve_point, year_of
from .reference_date import ReferenceDate, day_interval, shift_months

_PART_WORDS = word_groups("parts_of_time")
_DECADES = word_groups("decades")
_SHARE_NUMBERS = word_groups("shares_of_time")
_LAST = 0
_SHIFTS = {"last": -1, "next": 1}
_SHARES = {"half": 2, "third": 3, "quarter": 4}
_PARTS = {
    "month": {"early": (1, 10), "mid": (11, 20), "late": (21, 31)},
    "year": {"early": (1, 4), "mid": (5, 8), "late": (9, 12)},
    "decade": {"early": (1, 4), "mid": (5, 7), "late": (8, 10)},
}
"""First and last day, month or year of the parts of a period, counted from 1."""
_STEPS = {"year": "month", "decade": "year"}
"""Units that periods consist of, beside days."""


def _kind(head: str) -> str:
    return "month" if "-" in head else "decade" if head.endswith("X") else "year"


def _slice(head: str, first: int, last: int) -> str:
    """Return the days of a month, months of a year or years of a decade from the first to the last, counted from 1."""
    if _kind(head) == "decade":
        return f"{head[:3]}{first - 1}/{head[:3]}{last - 1}"
    return f"{head}-{first:02}/{head}-{last:02}" if first < last else f"{head}-{first:02}"


def _size(head: str) -> int:
    return {"year": 12, "decade": 10}.get(_kind(head)) or days_of_month(head)


def _part_of(head: str | None, part: str | None, part2: str | None = None) -> str | None:
    """Return a part of a period, or from one of its parts to another: "early", "mid" and "late"."""
    if head is None or part is None:
        return head
    bounds = _PARTS[_kind(head)]
    return _slice(head, bounds[part][0], min(bounds[part2 or part][1], _size(head)))


def _part_name(words: str | None) -> str | None:
    """Return "early", "mid" or "late" for words such as "the beginning of"."""
    names = (_PART_WORDS.get(word, word) for word in re.findall("[a-z]+", (words or "").lower()))
    return next((name for name in names if name in _PARTS["month"]), None)


def month(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "March", "early March 2022", "last March", "March to May" and "late March to mid-May"."""
    number = month_number(match["m"])
    year = match["y1"] or year_of(match, reference)
    rel = (match["rel"] or "").lower()
    published = reference.day
    if rel and not year and published is not None:
        if rel == "next":
            year = f"{published.year + (number <= published.month):04}"
        elif rel == "last" and number == published.month:
            year = f"{published.year - 1:04}"
    head = resolve_point(reference, year, number, None)
    return _to_second_month(match, reference, head) if match["m2"] else _part_of(head, _part_name(match["part"]))


def months_between(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "between late March and May 2022"."""
    head = resolve_point(reference, match["y1"] or year_of(match, reference), month_number(match["m"]), None)
    return _to_second_month(match, reference, head)


def _to_second_month(match: re.Match[str], reference: ReferenceDate, head: str | None) -> str | None:
    """Return the interval from a month, or its part, to the second month of a match."""
    year = year_of(match, reference) or match["y1"]
    head2 = resolve_point(reference, year, month_number(match["m2"]), None)
    whole = interval(head, head2)
    if whole is None:
        return None
    first, last = whole.split("/")
    part, part2 = _part_name(match["part"]), _part_name(match["part2"])
    if part is None and part2 is None:
        return whole
    days = days_of_month(last)
    start = f"{first}-{_PARTS['month'][part][0] if part else 1:02}"
    return f"{start}/{last}-{min(_PARTS['month'][part2][1], days) if part2 else days:02}"


def part_of_period(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "late 2023", "the end of May", "mid to late March", "the mid-1970s" and "late last month"."""
    part = _part_name(match["part"] or match["part3"])
    if (match["unit"] or "").lower() == "week":
        return _part_of_week(match, reference, part)
    return _part_of(_head(match, reference), part, _part_name(match["part2"]))


def parts_of_years(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "between 1990 and 1994", "late 2019 to early 2020" and "between the end of 2007 and 2009"."""
    part, part2 = _part_name(match["part"]), _part_name(match["part2"])
    if match["y1"] >= match["y"]:
        return None
    if part is None and part2 is None:
        return f"{match['y1']}/{match['y']}"
    first = _PARTS["year"][part][0] if part else 1
    last = _PARTS["year"][part2][1] if part2 else 12
    return f"{match['y1']}-{first:02}/{match['y']}-{last:02}"


def short_decade(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "'70s", "the late sixties" and "the mid-'90s"; "the twenties" may be in one of two centuries."""
    written = match["dec"].lower()
    tens = written[0] if written[0].isdigit() else _DECADES[written]
    return None if tens < "3" else _part_of(f"19{tens}X", _part_name(match["part"]))


def _head(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Return the month, year or decade of a match."""
    if match["m"]:
        return resolve_point(reference, year_of(match, reference), month_number(match["m"]), None)
    if match["dec"]:
        return f"{match['dec'][:3]}X"
    published = reference.day
    if match["yy"] or published is None or reference.told:
        return match["yy"]
    shift = _SHIFTS.get(match["rel"].lower(), 0)
    return shift_months(published, shift) if match["unit"].lower() == "month" else f"{published.year + shift:04}"


def _part_of_week(match: re.Match[str], reference: ReferenceDate, part: str | None) -> str | None:
    """Resolve "early next week" and "late last week": its first and last three days."""
    if reference.day is None or part == "mid" or match["part2"]:
        return None
    shift = 7 * _SHIFTS.get(match["rel"].lower(), 0) + (4 if part == "late" else 0)
    first = reference.day + timedelta(days=shift - reference.day.weekday())
    return day_interval(first, first + timedelta(days=2))


def share_of_period(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "the first half of 2025", "the second week of May" and "the last three months of 2023"."""
    head = None if (match["unit"] or "").lower() == "week" else _head(match, reference)
    if head is None:
        return None
    number, size = int(_SHARE_NUMBERS[match["n"].lower()]), _size(head)
    words = match["share"].lower().split()
    unit = words[-1].rstrip("s")
    if parts := _SHARES.get(unit):
        return _equal_part(head, number or parts, parts)
    count = 1 if words[-1] == unit else parse_integer(match["count"] or "")
    if not count or "X" in head[:3]:
        return None
    if unit in ("day", "week"):
        return _days_of(head, number, count * (7 if unit == "week" else 1))
    if unit != _STEPS.get(_kind(head)) or count > size or number > 1:
        return None
    return _slice(head, size - count + 1, size) if number == _LAST else _slice(head, 1, count)


def _days_of(head: str, number: int, length: int) -> str | None:
    """Return the n-th of equally long runs of days in a month or year; the last if `number` is 0."""
    if _kind(head) == "decade":
        return None
    year, month = int(head[:4]), int(head[5:] or 0)
    start = date(year, month or 1, 1)
    end = date(year, month or 12, monthrange(year, month or 12)[1])
    first = end - timedelta(days=length - 1) if number == _LAST else start + timedelta(days=length * (number - 1))
    last = first + timedelta(days=length - 1)
    return day_interval(first, last) if start <= first and last <= end else None


def _equal_part(head: str, number: int, parts: int) -> str | None:
    """Return one of several equal parts of a period, if they are as long as each other, or halves of a month."""
    size = _size(head)
    if number > parts or (size % parts and parts != 2) or (_kind(head) == "month" and parts != 2):
        return None
    length = size // parts
    if _kind(head) == "month":
        return _slice(head, 1, 15) if number == 1 else _slice(head, 16, size)
    return _slice(head, (number - 1) * length + 1, number * length)


def quarter(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "Q1 2024" and "H2 2023"."""
    written = match["q"].upper()
    return _equal_part(match["y"], int(written[1]), 4 if written[0] == "Q" else 2)


def weekday_of_month(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "the first Monday of May 2023"."""
    head = resolve_point(reference, year_of(match, reference), month_number(match["m"]), None)
    if head is None or "X" in head:
        return None
    year, number = (int(part) for part in head.split("-"))
    target = next(i for i, name in enumerate(WEEKDAYS) if name.startswith(match["wd"][:3].lower()))
    nth = int(_SHARE_NUMBERS[match["n"].lower()])
    first = 1 + (target - date(year, number, 1).weekday()) % 7
    length = monthrange(year, number)[1]
    day = first + 7 * ((nth - 1) if nth != _LAST else (length - first) // 7)
    return f"{head}-{day:02}" if day <= length else None
