"""EDTF values of relative dates, such as "last Friday", "this week" and "two years ago".

Each function takes a match of a pattern in `date_patterns` and the reference date, and returns an EDTF string, or None
if the value is not known. A ValueError or OverflowError means that the day does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from ..cardinals import parse_integer
from ..word_lists import WEEKDAYS, word_list, word_values
from .reference_date import ReferenceDate, day_interval, shift_months

_WEEKDAY_NUMBERS = {name[:3]: number for number, name in enumerate(WEEKDAYS)}
_PLURALS = word_list("plural_units")
_UNIT_DAYS = word_values("unit_days")


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
    """Resolve "today", "tonight", "yesterday", "tomorrow" and "overnight", which is the day before and the day."""
    published = reference.day
    if published is None:
        return None
    if match["word"].lower() == "overnight":
        return day_interval(published - timedelta(days=1), published)
    shift = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}[match["word"].lower()]
    return (published + timedelta(days=shift)).isoformat()


def relative(match: re.Match[str], reference: ReferenceDate) -> str | None:
    """Resolve "this week", "past month", "last two years" and "next weekend"."""
    published = reference.day
    if published is None:
        return None
    rel, written = match["rel"].lower(), match["unit"].lower()
    unit = written.rstrip("s")
    if match["n"]:
        return _several(published, rel, unit, match["n"])
    if written in _PLURALS:
        return None
    if rel == "past" and unit in _PAST_UNITS:
        return day_interval(published - timedelta(days=_UNIT_DAYS[unit] - 1), published)
    if unit == "weekend":
        return _weekend_of(published, rel, (match["part"] or "").lower())
    shift = _SHIFTS.get(rel)
    resolve = _BY_UNIT.get(unit)
    return None if shift is None or resolve is None else resolve(published, shift)


def _several(published: date, rel: str, unit: str, count: str) -> str | None:
    """Resolve "last two years" and "next ten days"."""
    number = parse_integer(count)
    if number is None:
        return None
    try:
        if unit == "hour":
            if rel in _BACK and number >= 24:
                return day_interval(published - timedelta(days=round(number / 24)), published)
        elif length := _UNIT_DAYS.get(unit):
            if rel in _BACK:
                return day_interval(published - timedelta(days=number * length - 1), published)
            if rel == "next":
                return day_interval(published + timedelta(days=1), published + timedelta(days=number * length))
    except OverflowError:
        pass
    return None


def _weekend_of(published: date, rel: str, part: str) -> str:
    shift = {"last": -2, "past": -2, "this": 5, "next": 12}[rel]
    if rel == "this" and part == "earlier" and published.weekday() < 5:
        shift = -2
    saturday = published + timedelta(days=shift - published.weekday())
    return day_interval(saturday, saturday + timedelta(days=1))


def _week(published: date, shift: int) -> str:
    monday = published + timedelta(days=7 * shift - published.weekday())
    return day_interval(monday, monday + timedelta(days=6))


def _shift_days(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _shift_years(day: date, years: int) -> str:
    return f"{day.year + years:04}"


_SHIFTS = {"last": -1, "this": 0, "next": 1}
_BACK = ("last", "past")
_PAST_UNITS = ("week", "month", "year", "decade")
_BY_UNIT: Mapping[str, Callable[[date, int], str]] = {
    **dict.fromkeys(("morning", "afternoon", "evening", "night"), _shift_days),
    "week": _week,
    "month": shift_months,
    "year": _shift_years,
}


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
            value = shift_months(published, -number)
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
