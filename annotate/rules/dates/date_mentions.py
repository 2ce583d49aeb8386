"""DATE: calendar dates and relative expressions with a reference date (D1, D2), with their EDTF values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ....schema.edtf import edtf_error
from ..passage import Passage, end_of_paragraph
from ..word_lists import (
    MONTH_ABBREVIATIONS,
    MONTHS,
    WEEKDAY_ABBREVIATIONS,
    WEEKDAYS,
    alternatives,
    class_names,
    word_list,
    written_names,
)
from . import calendar_dates, relative_dates
from . import date_patterns as patterns
from .date_patterns import COMMEMORATIONS, HOLIDAYS, SEASONS
from .reference_date import ReferenceDate, Resolver, unresolved

_MAX_LENGTH = 120
_PLACE_HOLIDAYS = word_list("place_holidays")
_FUTURE_CUES = word_list("future_cues")
_MODAL = re.compile(rf"May\s+(?:{alternatives(written_names('after_may'))})\b")
_BEFORE_MAY = word_list("before_may")
_BEFORE_MONTHS = word_list("before_months")
_BEFORE_YEARS = word_list("before_years")
_APPROXIMATIONS = word_list("approximations")
_AFTER_YEARS = word_list("people_after_years")
_NOT_NUMBERED = word_list("naming_before_years")
_COMPARING = word_list("comparing_words")
_PAST_CUES = word_list("past_cues")
_BEFORE_WEEKEND = word_list("before_weekend")
_PLAIN_WEEKDAYS = frozenset(written_names("plain_weekday_abbreviations"))
_GIVEN_NAMES = frozenset(written_names("months_as_given_names"))
_COUNTED = class_names("measures", "people", "armed", "groups")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in the text: offsets in code points, and the EDTF value or None if it is not known."""

    start: int
    end: int
    edtf: str | None


def find_dates(passage: Passage, published: date | None) -> list[DateMention]:
    """Find the dates of a passage and exclude their words from names.

    Args:
        passage: The passage, with its known names: "March 23 Movement" is not a date.
        published: The day of publication, against which relative dates are resolved.
    """
    tokens = passage.tokens
    mentions: list[DateMention] = []
    index, end = 0, len(tokens)
    while index < end:
        word = tokens.words[index]
        forms = _NUMBERED if word.digits else _BY_WORD.get(word.lower)
        mention = _match(passage, index, forms, published) if forms and not passage.blocked[index] else None
        if mention is None:
            index += 1
            continue
        mentions.append(mention)
        while index < end and tokens.starts[index] < mention.end:
            if (owner := passage.owners[index]) is not None:
                passage.drop(owner)
            passage.blocked[index] = True
            index += 1
    return [_with_time(tokens.text, mention) for mention in mentions]


def _with_time(text: str, mention: DateMention) -> DateMention:
    """Extend a date by an adjacent time of day: "Tuesday at 3 a.m."."""
    after = patterns.CLOCK_AFTER.match(text, mention.end)
    before = patterns.CLOCK_BEFORE.search(text, max(0, mention.start - 40), mention.start)
    return DateMention(before.start() if before else mention.start, after.end() if after else mention.end, mention.edtf)


_Guard = Callable[[Passage, int, "re.Match[str]"], bool]


def _match(passage: Passage, index: int, forms: Sequence[_Form], published: date | None) -> DateMention | None:
    """Return the longest date in one of the forms that starts at a word."""
    tokens = passage.tokens
    owner = passage.owners[index]
    if owner is not None and not (owner.name_kind == "place" and tokens.lower(index) in _PLACE_HOLIDAYS):
        return None
    text, start = tokens.text, tokens.starts[index]
    limit = end_of_paragraph(text, start, start + _MAX_LENGTH)
    longest: tuple[re.Match[str], Resolver] | None = None
    for pattern, resolver, guard in forms:
        match = pattern.match(text, start, limit)
        if match is None or (longest is not None and match.end() <= longest[0].end()):
            continue
        if guard is None or guard(passage, index, match):
            longest = match, resolver
    if longest is None:
        return None
    match, resolver = longest
    try:
        edtf = resolver(match, ReferenceDate(published, _looks_ahead(passage, index)))
    except (OverflowError, ValueError):
        edtf = None  # the day does not exist
    if edtf is not None and edtf_error(edtf) is not None:
        edtf = None  # before the year 0, or an interval that ends before it starts
    return DateMention(start, match.end(), edtf)


def _looks_ahead(passage: Passage, index: int) -> bool:
    """Check whether words before a date place it in the future: "due by 30 September", "will meet on Friday"."""
    tokens = passage.tokens
    for position in range(index - 1, max(-1, index - 13), -1):
        if not tokens.same_sentence(position, index) or tokens.lower(position) in _PAST_CUES:
            return False
        if tokens.lower(position) in _FUTURE_CUES:
            return True
    return False


def _is_dated(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether the month is capitalised."""
    return match["m"][0].isupper()


def _names_month(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "between 5 and 8" includes a month."""
    return any(match[group] for group in ("m", "m2", "m3", "m4"))


def _is_month(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether the name of a month means the month, unlike the verbs "may" and "march", or "June Smith"."""
    name = match["m"].rstrip(".")
    if not name[0].isupper() or (len(name) == 3 and name != "May" and not match["y"]):
        return False
    if match[0] != name:
        return True
    before = _word_before(passage, index)
    if name == "May":
        modal = _MODAL.match(passage.tokens.text, match.start())
        return before in _BEFORE_MONTHS and (before in _BEFORE_MAY or not modal)
    if name == "March":
        return before in _BEFORE_MONTHS or not passage.tokens.starts_sentence(index)
    if name in _GIVEN_NAMES and _precedes_surname(passage, index):
        return before in _BEFORE_MONTHS or passage.tokens.starts_sentence(index)
    return True


def _word_before(passage: Passage, index: int) -> str:
    """Return the word before another in its sentence, in lower case; empty if there is none."""
    tokens = passage.tokens
    return tokens.lower(index - 1) if index and tokens.same_sentence(index - 1, index) else ""


def _precedes_surname(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    return (
        tokens.same_sentence(index, index + 1)
        and tokens.words[index + 1].name_like
        and passage.owners[index + 1] is None
    )


def _is_year(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether four digits are a year rather than a price, a share, a number of people or part of a number."""
    if match["part"]:
        return True
    before = _word_before(passage, index)
    if _is_part_of_number(match) or _is_numbered(passage, index, before):
        return False
    if match["y2"]:
        return True
    if _counts_people(passage, index, match.end()):
        return False
    if match["y"].startswith(("19", "20")):
        return before not in _APPROXIMATIONS
    return before in _BEFORE_YEARS and before not in _COMPARING


def _is_part_of_number(match: re.Match[str]) -> bool:
    """Check whether a sign or further digits beside a match make it part of a number or price."""
    text, start, end = match.string, match.start(), match.end()
    left = text[start - 1 : start]
    if left and left in "$€£#,.-–/:":
        return True
    return text[end : end + 1] in ("%", ",") and text[end + 1 : end + 2].isdigit()


def _is_numbered(passage: Passage, index: int, before: str) -> bool:
    """Check whether the word before a number forms a name with it: "Resolution 2254"."""
    return "naming" in passage.tokens.classes(index - 1) and before != "" and before not in _NOT_NUMBERED


def _counts_people(passage: Passage, index: int, end: int) -> bool:
    """Check whether a number that ends at an offset counts the people or things after it: "2006 soldiers"."""
    tokens = passage.tokens
    after = index + 1
    while after < len(tokens) and tokens.starts[after] < end:
        after += 1
    if not tokens.same_sentence(index, after):
        return False
    following = tokens.words[after]
    counted = following.text[0].islower() and following.classes & _COUNTED
    return bool(counted) and following.lower not in _AFTER_YEARS


def _is_weekday(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a weekday is written as one; many abbreviations have other meanings."""
    day = match["wd"]
    return day[0].isupper() and (len(day) > 5 or day in _PLAIN_WEEKDAYS)


def _is_weekend(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "the weekend" is a date: "over the weekend", unlike "weekend traffic"."""
    tokens = passage.tokens
    return tokens.lower(index - 1) == "the" and tokens.lower(index - 2) in _BEFORE_WEEKEND


def _is_relative(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "this", "last", "next" or "past" makes a date: "last hour" and "this day" are not dates."""
    rel, unit = match["rel"].lower(), match["unit"].lower()
    if unit in ("hour", "hours") and not match["n"]:
        return rel == "past" and unit == "hours"
    if unit == "day":
        return rel == "past" or bool(match["n"])
    return not (rel == "past" and unit in ("night", "morning", "evening"))


_Form = tuple["re.Pattern[str]", Resolver, _Guard | None]

_MONTH: _Form = (patterns.MONTH, calendar_dates.month, _is_month)
_MONTH_DAY: _Form = (patterns.MONTH_DAY, calendar_dates.month_day, _is_dated)
_DAY_MONTH: _Form = (patterns.DAY_MONTH, calendar_dates.day_month, _is_dated)
_WEEKDAY: _Form = (patterns.WEEKDAY, relative_dates.weekday, _is_weekday)
_DECADE: _Form = (patterns.DECADE, calendar_dates.decade, None)
_YEARS: _Form = (patterns.YEARS, calendar_dates.year_range, _is_year)
_SEASON: _Form = (patterns.SEASON, unresolved, None)
_HOLIDAY: _Form = (patterns.HOLIDAY, unresolved, None)
_RELATIVE_DAY: _Form = (patterns.RELATIVE_DAY, relative_dates.relative_day, None)
_RELATIVE: _Form = (patterns.RELATIVE, relative_dates.relative, _is_relative)
_VAGUE: _Form = (patterns.VAGUE, unresolved, None)
_AGO: _Form = (patterns.AGO, relative_dates.ago, None)

_NUMBERED: tuple[_Form, ...] = (
    (patterns.ISO, calendar_dates.iso, None),
    (patterns.NUMERIC, calendar_dates.numeric, None),
    _DAY_MONTH,
    _DECADE,
    _YEARS,
    _AGO,
)
_MONTH_STARTS = [month + stop for month in (*MONTHS, *MONTH_ABBREVIATIONS) for stop in ("", ".")]
_HOLIDAY_STARTS = frozenset(re.split("[ ']", name.lower())[0] for name in (*HOLIDAYS, *COMMEMORATIONS, "Orthodox"))
# by first word, so that few forms are tried for common words
_GROUPS: tuple[tuple[Iterable[str], tuple[_Form, ...]], ...] = (
    (_MONTH_STARTS, (_MONTH_DAY, _MONTH, _HOLIDAY)),
    ((*WEEKDAYS, *WEEKDAY_ABBREVIATIONS), (_MONTH_DAY, _DAY_MONTH, _WEEKDAY)),
    (
        word_list("part_starts"),
        (
            (patterns.PART_TO_PART, calendar_dates.parts_of_month, None),
            *(_MONTH, _DECADE, _YEARS, _SEASON, _WEEKDAY, _RELATIVE_DAY, _RELATIVE),
        ),
    ),
    (word_list("day_starts"), (_RELATIVE_DAY,)),
    (word_list("relative_starts"), (_MONTH, _SEASON, _WEEKDAY, _RELATIVE, _VAGUE)),
    (
        ["between"],
        (
            (patterns.BETWEEN_DAYS, calendar_dates.between_days, _names_month),
            (patterns.BETWEEN_YEARS, calendar_dates.between_years, None),
        ),
    ),
    (word_list("share_starts"), ((patterns.SHARE, calendar_dates.part_of_year, None),)),
    (SEASONS, (_SEASON,)),
    (["weekend"], ((patterns.WEEKEND, relative_dates.weekend, _is_weekend),)),
    (word_list("ahead_starts"), ((patterns.AHEAD, unresolved, None), _AGO)),
    (word_list("ago_starts"), (_AGO,)),
    (["more"], (_VAGUE,)),
    (_HOLIDAY_STARTS - set(MONTHS), (_HOLIDAY,)),
)
_BY_WORD: dict[str, tuple[_Form, ...]] = {}
for _words, _forms in _GROUPS:
    for _word in _words:
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), *_forms)


def date_forms(word: str) -> Sequence[_Form]:
    """Return the forms of dates that may start with a word, in upper or lower case."""
    return _NUMBERED if word[:1].isdigit() else _BY_WORD.get(word.lower(), ())
