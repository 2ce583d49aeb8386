"""Other numbers, years and days in texts, and the values that follow from them.

A number keeps its digits' count and script, so that a text stays as long as it is and reads as before. A value follows
only where it agreed with the number: `at least 40` with a minimum of 40, `more than 40` with one of 41.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from ...schema import DataError, Document, Scheme, Span, Value, is_english
from ...schema.hashing import draw_key
from ...schema.value_types import EdtfDate, Interval, stated_parts
from ...schema.values.label_field import Field
from ...schema.values.numbers import Number
from ...schema.writing.written_numbers import read_number
from .expectations import Probe
from .text_edits import SpanRewrite, TextEdit, text_probe

_NUMBER = re.compile(r"(?<!\w)\d(?:[\d.,'’\u00a0\u2009\u202f\u066b\u066c]*\d)?(?!\w)")
_DIGITS = re.compile(r"\d+")
_MOST_DIGITS = 15
_DATE = re.compile(r"(?P<year>\d{4})(?:-\d\d(?:-(?P<day>\d\d))?)?[?~%]?")
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
_DAYS = (range(1, 10), range(10, 29))
"""Days of one and of two digits that every month has."""
_YEARS_AROUND = 5

_Draw = Callable[[int, range], int]
"""Draws another number from a range: the same for one number of a document."""


def changed_numbers(scheme: Scheme, seed: int) -> Probe:
    """Return the probe that changes the numbers, years and days within spans whose values hold numbers or dates."""

    def changes(document: Document, answer: Sequence[Span]) -> list[SpanRewrite | None]:
        def draw(number: int, among: range) -> int:
            key = draw_key("numbers", str(seed), document.id, str(number))
            other = among[Random(key).randrange(len(among) - 1)]
            return among[-1] if other == number else other

        return [_changed(document, span, scheme, draw) for span in answer]

    return text_probe("numbers", scheme, changes)


def _changed(document: Document, span: Span, scheme: Scheme, draw: _Draw) -> SpanRewrite | None:
    for item in scheme.labels[span.label].fields.values():
        if isinstance(item.type, Interval | Number):
            return _other_number(document, span, item, scheme, draw)
        if isinstance(item.type, EdtfDate):
            return _other_date(document, span, item, scheme, draw)
    return None


def _other_number(document: Document, span: Span, item: Field, scheme: Scheme, draw: _Draw) -> SpanRewrite | None:
    """Return the change of the only number of a span; None if it has none, several, or one below 2 or with decimals."""
    surface = document.surface(span)
    found = list(_NUMBER.finditer(surface))
    if len(found) != 1 or len(_DIGITS.findall(found[0].re.sub("", surface))):
        return None
    language = document.meta.language
    number = read_number(found[0][0], "en" if is_english(language) else language)
    count = sum(character.isdecimal() for character in found[0][0])
    if not isinstance(number, int) or number < 2 or count > _MOST_DIGITS or len(str(number)) != count:
        return None
    other = draw(number, range(2, 10) if count == 1 else range(10 ** (count - 1), 10**count))
    edit = _edit(span, found[0], str(other))
    if span.value is None:
        return SpanRewrite(edit, None)
    parts = stated_parts(span.value)
    keys = ["min", "max"] if isinstance(item.type, Interval) else [item.name]
    bounds = {key: parts[key] for key in keys if key in parts}
    near = 1 if isinstance(item.type, Interval) else 0  # "more than 40" begins at 41
    if not bounds or any(abs(bound - number) > near for bound in bounds.values()):
        return SpanRewrite(edit, None)
    return SpanRewrite(edit, _value(scheme, span.label, parts | {key: b + other - number for key, b in bounds.items()}))


def _other_date(document: Document, span: Span, item: Field, scheme: Scheme, draw: _Draw) -> SpanRewrite | None:
    """Return the change of the year of a span, or of its day beside the English name of a month; None without them."""
    surface = document.surface(span)
    if _WEEKDAY.search(surface):  # which would not be that of the other day
        return None
    digits = [match for match in _NUMBER.finditer(surface) if match[0].isdecimal()]
    years = [match for match in digits if len(match[0]) == 4]
    days = [match for match in digits if len(match[0]) <= 2] if _is_english_date(document, surface) else []
    if len(years) == 1:
        return _change_of(span, item, scheme, years[0], "year", draw)
    if not years and len(days) == 1 and 0 < int(days[0][0]) <= 31 and _is_of_latest_month(document, span, item):
        return _change_of(span, item, scheme, days[0], "day", draw)
    return None


def _is_english_date(document: Document, surface: str) -> bool:
    return is_english(document.meta.language) and _MONTH.search(surface) is not None


def _is_of_latest_month(document: Document, span: Span, item: Field) -> bool:
    """Check whether another day of the month would be of the same year, which the text does not state.

    It is not in the month of publication, where a later day may be one of the year before, and an earlier one of the
    year after. A date of a year that was not the latest, such as that of an event that all know, is one day only.
    """
    stated = "" if span.value is None else getattr(span.value, item.name) or ""
    date = _DATE.fullmatch(stated)
    if date is None:
        return True  # no value would be judged
    published = document.meta.published or ""
    months = [int(day[:4]) * 12 + int(day[5:7]) for day in (stated, published) if len(day) >= 7]
    return len(months) == 2 and 0 < months[1] - months[0] < 12


def _change_of(
    span: Span, item: Field, scheme: Scheme, found: re.Match[str], part: str, draw: _Draw
) -> SpanRewrite | None:
    number = int(found[0])
    if part == "year":
        if not _YEARS_AROUND < number < 9999:
            return None
        among = range(number - _YEARS_AROUND, number + 1)
    else:
        among = _DAYS[len(found[0]) - 1]
    other = draw(number, among)
    edit = _edit(span, found, str(other))
    stated = "" if span.value is None else getattr(span.value, item.name) or ""
    date = _DATE.fullmatch(stated)
    if date is None or date[part] is None or int(date[part]) != number or span.value is None:
        return SpanRewrite(edit, None)
    changed = f"{stated[: date.start(part)]}{other:0{len(date[part])}}{stated[date.end(part) :]}"
    return SpanRewrite(edit, _value(scheme, span.label, stated_parts(span.value) | {item.name: changed}))


def _edit(span: Span, found: re.Match[str], number: str) -> TextEdit:
    """Return the replacement of digits, which keeps marks between them, and their script."""
    digits = iter(number)
    replaced = "".join(
        chr(ord(old) - unicodedata.decimal(old) + int(next(digits))) if old.isdecimal() else old for old in found[0]
    )
    return TextEdit(span.start + found.start(), span.start + found.end(), replaced)


def _value(scheme: Scheme, label: str, parts: dict[str, Any]) -> Value | None:
    """Return a value; None if the scheme refuses it, such as 29 February of another year."""
    try:
        return scheme.value(label, **parts)
    except DataError:
        return None
