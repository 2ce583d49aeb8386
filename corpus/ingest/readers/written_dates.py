"""Dates as tables write them: texts, numbers of spreadsheets and of clocks, or a word that there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ....schema.writing.written_numbers import ascii_digits
from ..publication_dates import MONTHS, parse_publication_date

_NO_DATE = frozenset(
    """n/a na n.a. n.a #n/a none null nil nan nat unknown undated n.d. n.d nd tbd tba tbc ? ?? unspecified missing
    undefined \\n 0000-00-00 00/00/0000 00.00.0000""".split()
) | {
    "no date",
    "not available",
    "not known",
    "not stated",
    "not given",
    "not applicable",
    "date unknown",
    "0000-00-00 00:00:00",
}
_ONLY_MARKS = re.compile(r"[\s\-\u2010-\u2015\u2212._*/?\\]*")
_PARTS = re.compile(r"(?P<a>\d{1,2})\s?[-/.]\s?(?P<b>\d{1,2})\s?[-/.]\s?(?P<y>\d{4})(?P<time>\D.*)?", re.DOTALL)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?P<time>\D.*)?", re.DOTALL)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?:T?\d{4}(?:\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)?")
_TIME = re.compile(r"[\sT,]*(?:at\s+)?(?:\d{1,2}[:h.]\d{2}.{0,40})?", re.DOTALL | re.I)
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_SHORT_YEAR = re.compile(
    rf"(?:\w+\.?,?\s+)?(?:\d{{1,2}}[-/.]\d{{1,2}}[-/.]'?\d{{2}}|\d{{1,2}}[-\s/.]*(?:{_MONTH})[-\s/.,]*'?\d{{2}}"
    rf"|(?:{_MONTH})[-\s.]*\d{{1,2}}[-\s,]+'?\d{{2}})(?:[\sT,]+\d{{1,2}}:.*)?",
    re.I | re.DOTALL,
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u061c]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = range(100_000_000, 4_102_444_800)  # March 1973 to 2099
_SERIALS = range(20_000, 73_051)  # October 1954 to 2099
_SERIAL_START = date(
    1899, 12, 30
)  # day 0, for all days after the 29 February 1900 that Excel has and the world had not


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """What a cell says of a date.

    Attributes:
        kind: `day`, `serial` or `clock` (a certain day, and how it is written), `numbers` (two numbers and a year, in
            either order), `short year`, `none` (no date) or `unusable`.
        day: The day as `YYYY-MM-DD`, if it is certain.
        numbers: The two numbers and the year.
    """

    kind: str
    day: str | None = None
    numbers: tuple[int, int, int] = (0, 0, 0)


NO_DATE = WrittenDate("none")
UNUSABLE = WrittenDate("unusable")


def written_date(cell: Any) -> WrittenDate:
    """Return what a cell says of a date: a string or a number of a table, or an object of extended JSON.

    Digits may be of any script. Years of other calendars, such as 1402 and 2566, are out of range, so that no day of
    another century is read.
    """
    if isinstance(cell, dict) and cell.keys() == {"$date"}:  # of MongoDB
        cell = cell["$date"]
    if isinstance(cell, dict) and cell.keys() == {"$numberLong"}:
        cell = cell["$numberLong"]
    if cell is None:
        return NO_DATE
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return UNUSABLE
    text = " ".join((repr(cell) if isinstance(cell, float) else str(cell)[:200]).split()) if _is_short(cell) else ""
    text = ascii_digits(_DIRECTION_MARKS.sub("", text))
    if text.lower() in _NO_DATE or (_ONLY_MARKS.fullmatch(text) and _is_short(cell)):
        return NO_DATE
    if match := _COMPACT.fullmatch(text) or _YEAR_FIRST.fullmatch(text):
        parts = match.groupdict()
        if _TIME.fullmatch(parts.get("time") or ""):
            if not _is_century(match["y"]):
                return _number(text) if _NUMBER.fullmatch(text) else UNUSABLE
            return _day(int(match["y"]), int(match["m"]), int(match["d"]))
    if _NUMBER.fullmatch(text):
        return _number(text)
    return _in_words(text)


def day_of(year: int, month: int, day: int) -> str | None:
    """Return a day as `YYYY-MM-DD`; None if there is no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _is_short(cell: object) -> bool:
    return not isinstance(cell, str) or len(cell) <= 200


def _is_century(year: str) -> bool:
    return "1500" <= year <= "2199"  # other numbers of eight or fourteen digits are no days


def _in_words(text: str) -> WrittenDate:
    bare = re.sub(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", "", text, count=1, flags=re.I)
    if (match := _PARTS.fullmatch(bare)) and _TIME.fullmatch(match["time"] or ""):
        if not _is_century(match["y"]):
            return UNUSABLE
        return WrittenDate("numbers", numbers=(int(match["a"]), int(match["b"]), int(match["y"])))
    if _SHORT_YEAR.fullmatch(text):
        return WrittenDate("short year")
    day = parse_publication_date(text)
    return UNUSABLE if day is None else WrittenDate("day", day)


def _day(year: int, month: int, day: int) -> WrittenDate:
    written = day_of(year, month, day)
    return UNUSABLE if written is None else WrittenDate("day", written)


def _number(text: str) -> WrittenDate:
    """Return the day of a number: a serial number of a spreadsheet, or seconds or parts of them since 1970."""
    whole = text.partition(".")[0]
    if len(whole) > 20:
        return UNUSABLE
    number = int(whole)
    if number in _SERIALS:
        return WrittenDate("serial", (_SERIAL_START + timedelta(days=number)).isoformat())
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if number // unit in _SECONDS and (unit == 1 or number >= _SECONDS.start * unit):
            return WrittenDate("clock", (_EPOCH + timedelta(seconds=number // unit)).date().isoformat())
    return UNUSABLE
