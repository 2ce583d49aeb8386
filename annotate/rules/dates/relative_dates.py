"""EDTF values of relative dates, such as "last Friday", "this week" and "two years ago".

Each function takes a match of a pattern in `date_patterns` and the reference date, and returns an EDTF string, or None
if the value is not known. A ValueError or OverflowError means that the day does not exist.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from ..cardinals import parse_integer
from ..word_lists import WEEKDAYS
from .reference_date import ReferenceDate, day_interval

_WEEKDAY_NUMBERS = {name[:3]: number for number, name in enumerate(WEEKDAYS[:7])}
_UNIT_DAYS = {"day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "decade": 3650}


def weekend(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "over the weekend": the latest Saturday that is not after the reference date, and the Sunday after it."""
    if reference.day is None:
        return None
    saturday = reference.day - timedelta(days=(reference.day.weekday() - 5) % 7)
    return day_interval(saturday, saturday + timedelta(days=1))


def weekday(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "Friday", "last Friday" and "Friday last week"."""
    published = reference.day
    if published is None:
        return None
    target = _WEEKDAY_NUMBERS[match["wd"][:3].lower()]
    back = (published.weekday() - target) % 7
    rel = (match["rel"] or "").lower()
    week = (match["wk"] or "").lower()
    if week:
        monday = (
            published - timedelta(days=published.weekday()) + timedelta(days={"last": -7, "next": 7, "this": 0}[week])
        )
        return (monday + timedelta(days=target)).isoformat()
    if rel in ("next", "this coming") or (reference.ahead and not rel and back):
        return (published + timedelta(days=7 - back)).isoformat()
    if rel in ("last", "past") and back == 0:
        back = 7
    return (published - timedelta(days=back)).isoformat()


def relative_day(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "today", "tonight", "yesterday", "tomorrow" and "overnight"."""
    published = reference.day
    if published is None:
        return None
    shift = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1, "overnight": -1}[match["word"].lower()]
    return (published + timedelta(days=shift)).isoformat()


def _shift_months(day: date, months: int) -> str:
    total = day.year * 12 + day.month - 1 + months
    return f"{total // 12:04}-{total % 12 + 1:02}"


def relative(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "this week", "past month", "last two years" and "next weekend"."""
    published = reference.day
    rel, unit, count = match["rel"].lower(), match["unit"].lower(), match["n"]
    unit = unit.rstrip("s") if unit not in ("hours",) else "hour"
    if published is None:
        return None
    if count:
        number = parse_integer(count)
        length = _UNIT_DAYS.get(unit)
        if number is None or length is None:
            if unit == "hour" and number is not None and rel in ("last", "past"):
                return (
                    day_interval(published - timedelta(days=max(0, round(number / 24))), published)
                    if number >= 24
                    else None
                )
            return None
        try:
            if rel in ("last", "past"):
                return day_interval(published - timedelta(days=number * length - 1), published)
            if rel == "next":
                return day_interval(published + timedelta(days=1), published + timedelta(days=number * length))
        except OverflowError:
            return None
        return None
    if match["unit"].lower() in ("days", "weeks", "months", "years", "hours", "nights", "decades"):
        return None
    if unit in ("morning", "afternoon", "evening", "night"):
        shift = {"this": 0, "last": -1, "next": 1}.get(rel)
        return None if shift is None else (published + timedelta(days=shift)).isoformat()
    if unit == "weekend":
        monday = published - timedelta(days=published.weekday())
        shift = {"last": -2, "past": -2, "this": 5, "next": 12}[rel]
        if rel == "this" and published.weekday() < 5:
            shift = 5 if (match["part"] or "").lower() != "earlier" else -2
        first = monday + timedelta(days=shift)
        return day_interval(first, first + timedelta(days=1))
    if unit == "week":
        if rel == "past":
            return day_interval(published - timedelta(days=6), published)
        monday = (
            published - timedelta(days=published.weekday()) + timedelta(days={"last": -7, "this": 0, "next": 7}[rel])
        )
        return day_interval(monday, monday + timedelta(days=6))
    if unit == "month":
        if rel == "past":
            return day_interval(published - timedelta(days=29), published)
        return _shift_months(published, {"last": -1, "this": 0, "next": 1}[rel])
    if unit == "year":
        if rel == "past":
            return day_interval(published - timedelta(days=364), published)
        return f"{published.year + {'last': -1, 'this': 0, 'next': 1}[rel]:04}"
    if unit == "decade" and rel == "past":
        return day_interval(published - timedelta(days=3649), published)
    return None


def ago(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "two weeks ago" (that week), "three years ago" (that year) and "over 20 years ago" (until that year)."""
    published = reference.day
    if published is None or match["n"] is None:
        return None
    number = 1 if match["n"].lower() in ("a", "an") else parse_integer(match["n"])
    unit = match["unit"].lower().rstrip("s")
    if number is None:
        return None
    mod = " ".join((match["mod"] or "").lower().split())
    try:
        if unit in ("day", "night"):
            value = (published - timedelta(days=number)).isoformat()
        elif unit == "week":
            value = (published - timedelta(days=7 * number)).isoformat()
            monday = published - timedelta(days=7 * number + published.weekday())
            value = day_interval(monday, monday + timedelta(days=6))
        elif unit == "month":
            value = _shift_months(published, -number)
        elif unit in ("year", "decade"):
            year = published.year - number * (10 if unit == "decade" else 1)
            if year < 1:
                return None
            value = f"{year:04}"
        else:
            return None
    except (OverflowError, ValueError):
        return None
    if mod.endswith("more than") or mod in ("over", "at least"):
        return f"../{value}" if "/" not in value else None
    return value
