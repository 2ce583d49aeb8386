"""What dates mean: EDTF values of matched texts, resolved against the day of publication.

Each function takes the match of a pattern of `date_patterns` and the anchor, and answers an EDTF string, or None where
nothing is known. A ValueError or OverflowError means a day that no calendar has.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from ..counts.cardinals import parse_integer
from ..word_lists import MONTHS, WEEKDAYS

_MONTH_NAMES = {name[:3]: number for number, name in enumerate(MONTHS[:12], 1)}
_DAY_NAMES = {name[:3]: number for number, name in enumerate(WEEKDAYS[:7])}


@dataclass(frozen=True, slots=True)
class ReferenceDate:
    """What a date without a year is resolved against: the day of publication, and whether the text looks ahead."""

    day: date | None
    ahead: bool


Meaning = Callable[["re.Match[str]", ReferenceDate], str | None]
"""What works out the value of a matched date."""


def unknown(match: re.Match[str], anchor: ReferenceDate) -> None:
    """A date whose scale or anchor is not known: "recent weeks", holidays, seasons."""


def iso(match: re.Match[str], anchor: ReferenceDate) -> str:
    """As in `2023-10-25`."""
    return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()


def numeric(match: re.Match[str], anchor: ReferenceDate) -> str:
    """`25/10/2023`; of `05/10/2023`, which may be May or October, only the year is sure."""
    a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
    if a <= 12 and b <= 12 and a != b:
        return f"{year:04}"
    return date(year, min(a, b) if a != b else a, max(a, b)).isoformat()


def between_years(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "between 2014 and 2016"."""
    return f"{match['y']}/{match['y2']}" if match["y"] <= match["y2"] else None


def decade(match: re.Match[str], anchor: ReferenceDate) -> str:
    """As in "the 1990s"."""
    return f"{match['y'][:3]}X"


def _month_number(name: str) -> int:
    return _MONTH_NAMES[name[:3].lower()]


def _day_number(text: str) -> int:
    return int(re.match(r"\d+", text)[0])  # type: ignore[index]


_NEAR = 92
"""Days ahead that a text which looks ahead may mean: "until 12 December" in November, not the October before."""


def _point(anchor: ReferenceDate, year: str | None, month: int, day: int | None) -> str | None:
    """A day or a month; without a year the latest one that is not after the day of publication."""
    published = anchor.day
    if year is None and published is not None:
        number = published.year
        later = (month, day or 1) > (published.month, published.day if day else 31)
        if anchor.ahead and 0 <= ((month - published.month) % 12) * 30 + (day or 1) - published.day <= _NEAR:
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


def _year(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """The year that a date states, in digits or as "last year"."""
    if match["ry"] is None or match["y"]:
        return match["y"]
    if anchor.day is None:
        return None
    return f"{anchor.day.year + {'last': -1, 'this': 0, 'next': 1}[match['ry'].lower()]:04}"


def weekend(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "over the weekend": the latest Saturday and Sunday not after the day of publication."""
    if anchor.day is None:
        return None
    saturday = anchor.day - timedelta(days=(anchor.day.weekday() - 5) % 7)
    return _days(saturday, saturday + timedelta(days=1))


def _interval(first: str | None, last: str | None) -> str | None:
    if first is None or last is None:
        return None
    if "X" not in first + last and first > last:
        # December 28 to January 3: the first lies in the year before
        first = f"{int(first[:4]) - 1:04}{first[4:]}"
    return f"{first}/{last}"


def month_day(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "Friday, March 3, 2022", "March 3 to 7"."""
    year = _year(match, anchor)
    month, day = _month_number(match["m"]), _day_number(match["d"])
    first = _point(anchor, year, month, day)
    if not match["d2"]:
        return first
    month2 = _month_number(match["m2"]) if match["m2"] else month
    return _interval(first, _point(anchor, year, month2, _day_number(match["d2"])))


def day_month(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "3 March 2022", "3-7 March", "28 February to 2 March"."""
    year = _year(match, anchor)
    month, day = _month_number(match["m"]), _day_number(match["d"])
    first = _point(anchor, year, month, day)
    if match["d2"]:
        return _interval(first, _point(anchor, year, month, _day_number(match["d2"])))
    if match["d3"]:
        return _interval(first, _point(anchor, year, _month_number(match["m3"]), _day_number(match["d3"])))
    return first


def between_days(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "between March 3 and 7", "between 6 and 9 June"."""
    last_month = match["m4"] or match["m2"] or match["m"] or match["m3"]
    if last_month is None:
        return None
    first_month = match["m"] or match["m3"] or last_month
    first = _point(anchor, match["y"], _month_number(first_month), _day_number(match["d"] or match["d3"]))
    last = _point(anchor, match["y"], _month_number(last_month), _day_number(match["d2"] or match["d4"]))
    return _interval(first, last)


_PARTS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}


def _part(name: str | None) -> str | None:
    return next((part for part in _PARTS if name.lower().startswith(part)), None) if name else None


def month(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "March", "early March 2022", "last March", "March to May"."""
    published = anchor.day
    month = _month_number(match["m"])
    year = _year(match, anchor)
    rel = (match["rel"] or "").lower()
    if rel and not year and published is not None:
        if rel == "next":
            year = f"{published.year + (month <= published.month):04}"
        elif rel == "last" and month == published.month:
            year = f"{published.year - 1:04}"
    head = _point(anchor, year, month, None)
    part, part2 = _part(match["part"]), _part(match["part2"])
    if match["m2"]:
        return _interval(head, _point(anchor, year, _month_number(match["m2"]), None))
    if part is None and part2 is None:
        return head
    return _part_of_month(head, part, part)


def _part_of_month(head: str | None, part: str | None, part2: str | None) -> str | None:
    if head is None or part is None or part2 is None:
        return head
    first, last = _PARTS[part][0], _PARTS[part2][1]
    year, month = head.split("-")
    days = monthrange(int(year) if "X" not in year else 2023, int(month))[1]
    return f"{head}-{first:02}/{head}-{min(last, days):02}"


def share(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "the first quarter of 2025"."""
    length = 3 if match["unit"].lower() == "quarter" else 6
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 12 // length}[match["n"].lower()]
    if number * length > 12:
        return None
    return f"{match['y']}-{(number - 1) * length + 1:02}/{match['y']}-{number * length:02}"


def span_of_parts(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "mid to late March"."""
    head = _point(anchor, match["y"], _month_number(match["m"]), None)
    return _part_of_month(head, match["part"].lower(), match["part2"].lower())


def years(match: re.Match[str], anchor: ReferenceDate) -> str:
    """As in "2014", "2014-16"."""
    first = match["y"]
    last = match["y2"]
    if last is None:
        return first
    last = last if len(last) == 4 else first[:2] + last
    return f"{first}/{last}" if first < last else first


def weekday(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "Friday", "last Friday", "Friday last week"."""
    published = anchor.day
    if published is None:
        return None
    wanted = _DAY_NAMES[match["wd"][:3].lower()]
    back = (published.weekday() - wanted) % 7
    rel = (match["rel"] or "").lower()
    week = (match["wk"] or "").lower()
    if week:
        monday = (
            published - timedelta(days=published.weekday()) + timedelta(days={"last": -7, "next": 7, "this": 0}[week])
        )
        return (monday + timedelta(days=wanted)).isoformat()
    if rel in ("next", "this coming") or (anchor.ahead and not rel and back):
        return (published + timedelta(days=7 - back)).isoformat()
    if rel in ("last", "past") and back == 0:
        back = 7
    return (published - timedelta(days=back)).isoformat()


def relative_day(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "today", "last night's" kin: "tonight", "yesterday", "overnight"."""
    published = anchor.day
    if published is None:
        return None
    shift = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1, "overnight": -1}[match["word"].lower()]
    return (published + timedelta(days=shift)).isoformat()


def _days(first: date, last: date) -> str:
    return f"{first.isoformat()}/{last.isoformat()}"


_LENGTHS = {"day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "decade": 3650}


def _shift_months(day: date, months: int) -> str:
    total = day.year * 12 + day.month - 1 + months
    return f"{total // 12:04}-{total % 12 + 1:02}"


def relative(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "this week", "past month", "last two years", "next weekend"."""
    published = anchor.day
    rel, unit, count = match["rel"].lower(), match["unit"].lower(), match["n"]
    unit = unit.rstrip("s") if unit not in ("hours",) else "hour"
    if published is None:
        return None
    if count:
        number = parse_integer(count)
        length = _LENGTHS.get(unit)
        if number is None or length is None:
            if unit == "hour" and number is not None and rel in ("last", "past"):
                return (
                    _days(published - timedelta(days=max(0, round(number / 24))), published) if number >= 24 else None
                )
            return None
        try:
            if rel in ("last", "past"):
                return _days(published - timedelta(days=number * length - 1), published)
            if rel == "next":
                return _days(published + timedelta(days=1), published + timedelta(days=number * length))
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
        return _days(first, first + timedelta(days=1))
    if unit == "week":
        if rel == "past":
            return _days(published - timedelta(days=6), published)
        monday = (
            published - timedelta(days=published.weekday()) + timedelta(days={"last": -7, "this": 0, "next": 7}[rel])
        )
        return _days(monday, monday + timedelta(days=6))
    if unit == "month":
        if rel == "past":
            return _days(published - timedelta(days=29), published)
        return _shift_months(published, {"last": -1, "this": 0, "next": 1}[rel])
    if unit == "year":
        if rel == "past":
            return _days(published - timedelta(days=364), published)
        return f"{published.year + {'last': -1, 'this': 0, 'next': 1}[rel]:04}"
    if unit == "decade" and rel == "past":
        return _days(published - timedelta(days=3649), published)
    return None


def ago(match: re.Match[str], anchor: ReferenceDate) -> str | None:
    """As in "two weeks ago" (that week), "three years ago" (that year), "over 20 years ago" (that year or before)."""
    published = anchor.day
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
            value = _days(monday, monday + timedelta(days=6))
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
