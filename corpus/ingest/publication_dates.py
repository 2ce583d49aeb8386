"""Days of publication as articles and tables write them, read only where they can mean one day."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            *("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august"),
            *("sep sept september", "oct october", "nov november", "dec december"),
        ],
        1,
    )
    for name in names.split()
}
"""English names of months and their abbreviations, lower-cased, to 1 to 12."""

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TIME = r"(?:[T ,]+(?:at )?\d{1,2}[:h.]\d{2}.{0,25})?"
_FORMS = [
    re.compile(rf"(?P<y>\d{{4}})[-/.]?(?P<m>\d{{2}})[-/.]?(?P<d>\d{{2}}){_TIME}"),
    re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH})\.?,? (?P<y>\d{{4}}){_TIME}", re.I),
    re.compile(rf"(?P<month>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}}){_TIME}", re.I),
]
_NUMERIC = re.compile(rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y>\d{{4}}){_TIME}")
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +", re.I)

DATE_FORM = "|".join(re.sub(r"\?P<\w+>", "?:", form.pattern) for form in (*_FORMS, _NUMERIC))
"""A pattern (no groups, to be used without regard to case) that a written day with or without a time matches."""


def parse_published(text: str) -> str | None:
    """The day that a text names, as `YYYY-MM-DD`.

    ISO 8601, English dates with a month's name, RFC 2822, and numeric dates where one of the two numbers can only be
    the day. `05/10/2023` is read by no one the same way: None, as for anything that names no day.
    """
    text = _WEEKDAY.sub("", " ".join(text.split()), count=1)
    for form in _FORMS:
        if match := form.fullmatch(text):
            parts = match.groupdict()
            month = MONTHS[parts["month"].lower()] if "month" in parts else int(parts["m"])
            return _day(int(parts["y"]), month, int(parts["d"]))
    if match := _NUMERIC.fullmatch(text):
        a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
        return _day(year, b, a) if a > 12 or a == b else _day(year, a, b) if b > 12 else None
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
