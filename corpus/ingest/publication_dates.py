"""Parsing of publication dates as articles and tables write them, if they are unambiguous."""

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
"""Month numbers (1 to 12) by English name or abbreviation, in lower case."""

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TIME = r"(?:[T ,]+(?:at )?\d{1,2}[:h.]\d{2}.{0,25})?"
_FORMS = [
    re.compile(rf"(?P<y>\d{{4}})[-/.]?(?P<m>\d{{2}})[-/.]?(?P<d>\d{{2}}){_TIME}"),
    re.compile(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{_MONTH})\.?,? (?P<y>\d{{4}}){_TIME}", re.I),
    re.compile(rf"(?P<month>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}}){_TIME}", re.I),
]
_NUMERIC = re.compile(rf"(?P<a>\d{{1,2}})[-/.](?P<b>\d{{1,2}})[-/.](?P<y>\d{{4}}){_TIME}")
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +", re.I)

DATE_PATTERN = "|".join(re.sub(r"\?P<\w+>", "?:", form.pattern) for form in (*_FORMS, _NUMERIC))
"""A pattern without groups for a written date with or without a time, to be matched case-insensitively."""


def parse_publication_date(text: str) -> str | None:
    """Parse a date and return it as `YYYY-MM-DD`, or None if it is not a date or is ambiguous.

    Accepts ISO 8601, English dates with the name of a month, RFC 2822, and numeric dates in which the day is certain;
    `05/10/2023` is ambiguous.
    """
    text = _WEEKDAY.sub("", " ".join(text.split()), count=1)
    for form in _FORMS:
        if match := form.fullmatch(text):
            parts = match.groupdict()
            month = MONTHS[parts["month"].lower()] if "month" in parts else int(parts["m"])
            return _iso_date(int(parts["y"]), month, int(parts["d"]))
    if match := _NUMERIC.fullmatch(text):
        a, b, year = int(match["a"]), int(match["b"]), int(match["y"])
        return _iso_date(year, b, a) if a > 12 or a == b else _iso_date(year, a, b) if b > 12 else None
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return None


def _iso_date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
