"""DATE: calendar dates and relative expressions with a reference date (D1, D2), with their EDTF values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ....schema.edtf import edtf_error
from ..passage import Passage, end_of_paragraph
from ..word_lists import word_list
from . import date_patterns as patterns
from .date_forms import DAY_IN_LIST, DateForm, date_forms
from .reference_date import ReferenceDate
from .telling_clauses import tells
from .told_time import DateInText, ToldTime, last_year

_MAX_LENGTH = 120
_REACH_OF_TIME = 40
_AFTER_TIMES = word_list("moments_of_day") | {"of", "the"}
_PLACE_HOLIDAYS = word_list("place_holidays")
_FUTURE_CUES = word_list("future_cues")
_PAST_CUES = word_list("past_cues")
_DIGIT = re.compile("[0-9]")
_LIST_GAP = re.compile(r"\s*(?:,\s*)?(?:and|or|to|&|,)?\s*(?:the\s+)?")


class DateMention(NamedTuple):
    """A date in the text.

    Attributes:
        start: The offset of its first code point.
        end: The offset after its last one.
        edtf: Its EDTF value; None if it is not known.
        basis: What its value is counted from.
        form: The name of its form.
    """

    start: int
    end: int
    edtf: str | None
    basis: str
    form: str


@dataclass(slots=True)
class _Found:
    """A date that has no value yet: the index of its first word, its form and its match."""

    index: int
    form: DateForm
    match: re.Match[str]


def find_dates(passage: Passage, told: ToldTime) -> list[DateMention]:
    """Find the dates of a passage and exclude their words from names.

    Args:
        passage: The passage, with its known names: "March 23 Movement" is not a date.
        told: The day of publication, against which dates are resolved, and what the text before states.
    """
    found = list(_search(passage))
    told.weigh(DateInText(date.match, date.form.relative, tells(passage, date.index, date.match)) for date in found)
    mentions = []
    for position, date in enumerate(found):
        listed = _year_of_list(found, position)
        edtf = _resolve(passage, date, told, listed)
        basis = "no value" if edtf is None else _basis(date, told, listed)
        told.follow(date.match, edtf)
        start, end = _bounds_with_time(passage, date)
        mentions.append(DateMention(start, end, edtf, basis, date.form.resolve.__name__))
    return mentions


def _basis(date: _Found, told: ToldTime, listed: str | None) -> str:
    """Return what the value of a date is counted from: the year that it states, or another."""
    if date.form.relative:
        return "relative"
    if last_year(date.match) is not None:
        return "year stated"
    if listed:
        return "year of list"
    return "year told" if told.year else "year of publication"


def _start(date: _Found) -> int:
    """Return the offset of a date; that of a day in a list follows the conjunction."""
    return date.match.start("d") if date.form is DAY_IN_LIST else date.match.start()


def _search(passage: Passage) -> Iterator[_Found]:
    """Yield the dates of a passage in text order, and drop the names that they contain."""
    words = passage.tokens.words
    ago = "ago" in passage.tokens.text.lower()
    forms_of = {word: forms for word in passage.lowers if (forms := date_forms(word, ago))}
    starts = [(index, forms_of[word.lower]) for index, word in enumerate(words) if word.lower in forms_of]
    read = 0
    for index, forms in starts:
        if index < read or passage.blocked[index]:
            continue
        date = _match(passage, index, forms)
        while date is not None:
            yield date
            read = _block(passage, date)
            date = _next_of_list(passage, date, read)


def _block(passage: Passage, date: _Found) -> int:
    """Exclude the words of a date from names; return the index after them."""
    index, starts, end = date.index, passage.tokens.starts, date.match.end()
    while index < len(starts) and starts[index] < end:
        if (owner := passage.owners[index]) is not None:
            passage.drop(owner)
        passage.blocked[index] = True
        index += 1
    return index


def _next_of_list(passage: Passage, date: _Found, index: int) -> _Found | None:
    """Return the day that follows another in a list: "7" in "May 5 and 7"."""
    groups = date.match.groupdict()
    if not groups.get("d") or groups.get("y") or index >= len(passage.tokens) or passage.blocked[index]:
        return None
    if not passage.tokens.same_sentence(index - 1, index):
        return None
    form = DAY_IN_LIST
    match = form.pattern.match(passage.tokens.text, date.match.end())
    return _Found(index, form, match) if match and form.guard and form.guard(passage, index, match) else None


def _bounds_with_time(passage: Passage, date: _Found) -> tuple[int, int]:
    """Return the bounds of a date with an adjacent time of day: "Tuesday at 3 a.m.", "the early hours of Monday"."""
    text, start, end = passage.tokens.text, _start(date), date.match.end()
    if after := patterns.CLOCK_AFTER.match(text, end, _end_of_line(passage, date.index, end + _REACH_OF_TIME)):
        end = after.end()
    reach = max(0, start - _REACH_OF_TIME)
    before = patterns.CLOCK_BEFORE.search(text, reach, start) if _DIGIT.search(text, reach, start) else None
    if before is None and passage.tokens.lower(date.index - 1) in _AFTER_TIMES:
        before = patterns.TIME_OF_DAY_BEFORE.search(text, reach, start)
    return before.start() if before else start, end


def _match(passage: Passage, index: int, forms: Sequence[DateForm]) -> _Found | None:
    """Return the longest date in one of the forms that starts at a word."""
    tokens = passage.tokens
    owner = passage.owners[index]
    if owner is not None and not (owner.name_kind == "place" and tokens.lower(index) in _PLACE_HOLIDAYS):
        return None
    text, start = tokens.text, tokens.starts[index]
    limit = _end_of_line(passage, index, end_of_paragraph(text, start, start + _MAX_LENGTH))
    longest: _Found | None = None
    for form in forms:
        match = form.pattern.match(text, start, limit)
        if match is None or (longest is not None and match.end() <= longest.match.end()):
            continue
        if form.guard is None or form.guard(passage, index, match):
            longest = _Found(index, form, match)
    return longest


def _end_of_line(passage: Passage, index: int, limit: int) -> int:
    """Return the offset of the end of the line of a word, unless that is merely wrapped, but at most `limit`."""
    tokens = passage.tokens
    if tokens.text.find("\n", tokens.ends[index], limit) < 0:
        return limit
    following = index + 1
    while following < len(tokens) and tokens.starts[following] < limit:
        if tokens.starts_line(following) and not tokens.same_sentence(following - 1, following):
            return tokens.ends[following - 1]
        following += 1
    return limit


def _year_of_list(found: Sequence[_Found], position: int) -> str | None:
    """Return the year that a later date of the same list states: of "May" in "May and June 1941"."""
    for date, following in zip(found[position:], found[position + 1 :], strict=False):
        text = date.match.string
        gap = text[date.match.end() : _start(following)]
        if date.form.relative or not following.match.groupdict().get("m", following.form is DAY_IN_LIST):
            return None
        if not _LIST_GAP.fullmatch(gap):
            return None
        if year := last_year(following.match):
            return year
    return None


def _resolve(passage: Passage, date: _Found, told: ToldTime, listed: str | None) -> str | None:
    """Return the value of a date; None if it is not known."""
    if date.form.relative and told.distant:
        return None  # "today" in a speech that a history quotes
    ahead = last_year(date.match) is None and _looks_ahead(passage, date.index)
    reference = ReferenceDate(told.published, ahead, listed or told.year, told.stated, told.month, told.days)
    try:
        edtf = date.form.resolve(date.match, reference)
    except (OverflowError, ValueError):
        return None  # the day does not exist
    # before the year 0, or an interval that ends before it starts
    return None if edtf is None or edtf_error(edtf) is not None else edtf


def _looks_ahead(passage: Passage, index: int) -> bool:
    """Check whether words before a date place it in the future: "due by 30 September", "will meet on Friday"."""
    tokens = passage.tokens
    for position in range(index - 1, max(-1, index - 13), -1):
        if not tokens.same_sentence(position, index) or tokens.lower(position) in _PAST_CUES:
            return False
        if tokens.lower(position) in _FUTURE_CUES:
            return True
    return False
