"""DATE: extents of calendar dates and anchored relative expressions (D1, D2), with their EDTF values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ....schema.edtf import edtf_fault
from ..passage import Passage
from ..tokens import end_of_paragraph
from ..word_lists import MONTHS, WEEKDAYS, word_list
from . import date_patterns as written
from . import date_resolution as meaning
from .date_resolution import ReferenceDate

_LONGEST = 120
_HOLIDAYS = frozenset("ramadan christmas easter eid nowruz ashura".split())
_FUTURE_CUES = word_list("future_cues")
_MODAL = re.compile(r"May\s+(?:the|God|he|she|they|we|I|you|it|his|her|their|be|have|not|also|well)\b")
_BEFORE_MAY = word_list("before_may")
_BEFORE_MONTHS = word_list("before_months")
_BEFORE_YEARS = word_list("before_years")
_APPROXIMATIONS = word_list("approximations")
# words that name people and stand behind years as well: "2006 resistance", not "2006 soldiers"
_BEHIND_YEARS = frozenset("police resistance terrorist rebel militant coalition".split())
_NOT_NUMBERED = frozenset("of act operation covid agenda law no".split())


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in the text: code points and EDTF value, None where nothing is known."""

    start: int
    end: int
    edtf: str | None


def find_dates(page: Passage, published: date | None) -> list[DateMention]:
    """The dates of a passage; their words belong to no name from then on.

    Args:
        page: With its known names found: "March 23 Movement" is no date.
        published: Day that relative expressions are resolved against.
    """
    tokens = page.tokens
    found: list[DateMention] = []
    index, end = 0, len(tokens)
    while index < end:
        word = tokens.words[index]
        forms = _NUMBERED if word.digits else _BY_WORD.get(word.low)
        match = _match(page, index, forms, published) if forms and not page.blocked[index] else None
        if match is None:
            index += 1
            continue
        found.append(match)
        while index < end and tokens.starts[index] < match.end:
            if (owner := page.owner[index]) is not None:
                page.drop(owner)
            page.blocked[index] = True
            index += 1
    return [_with_clock(tokens.text, item) for item in found]


def _with_clock(text: str, item: DateMention) -> DateMention:
    """A date with the clock time that stands beside it: "Tuesday at 3 a.m."."""
    behind = written.CLOCK_BEHIND.match(text, item.end)
    before = written.CLOCK_BEFORE.search(text, max(0, item.start - 40), item.start)
    return DateMention(before.start() if before else item.start, behind.end() if behind else item.end, item.edtf)


_Guard = Callable[[Passage, int, "re.Match[str]"], bool]


def _match(page: Passage, index: int, forms: Sequence[_Form], published: date | None) -> DateMention | None:
    """The longest date of some forms that starts at a word."""
    tokens = page.tokens
    owner = page.owner[index]
    if owner is not None and not (owner.sort == "place" and tokens.low(index) in _HOLIDAYS):
        return None
    text, start = tokens.text, tokens.starts[index]
    limit = end_of_paragraph(text, start, start + _LONGEST)
    longest: tuple[re.Match[str], meaning.Meaning] | None = None
    for pattern, value, guard in forms:
        match = pattern.match(text, start, limit)
        if match is None or (longest is not None and match.end() <= longest[0].end()):
            continue
        if guard is None or guard(page, index, match):
            longest = match, value
    if longest is None:
        return None
    match, value = longest
    try:
        edtf = value(match, ReferenceDate(published, _looks_ahead(page, index)))
    except (OverflowError, ValueError):
        edtf = None  # no day of the calendar
    if edtf is not None and edtf_fault(edtf) is not None:
        edtf = None  # before the year 0, or an interval that ends before it starts
    return DateMention(start, match.end(), edtf)


def _looks_ahead(page: Passage, index: int) -> bool:
    """Whether words before a date put it into the future: "due by 30 September", "will meet on Friday"."""
    tokens = page.tokens
    for at in range(index - 1, max(-1, index - 13), -1):
        if not tokens.same_sentence(at, index) or tokens.low(at) in (";", ":", "said", "after", "since"):
            return False
        if tokens.low(at) in _FUTURE_CUES:
            return True
    return False


def _is_dated(page: Passage, index: int, match: re.Match[str]) -> bool:
    """Whether the month of a day is written with a capital."""
    return match["m"][0].isupper()


def _names_month(page: Passage, index: int, match: re.Match[str]) -> bool:
    """Whether "between 5 and 8" names a month at all."""
    return any(match[group] for group in ("m", "m2", "m3", "m4"))


def _is_month(page: Passage, index: int, match: re.Match[str]) -> bool:
    """Whether a month's name means the month: not the verbs may and march, not June Smith."""
    tokens = page.tokens
    name = match["m"].rstrip(".")
    if not name[0].isupper() or (len(name) == 3 and name != "May" and not match["y"]):
        return False
    if match[0] != name:
        return True
    before = tokens.low(index - 1) if index and tokens.same_sentence(index - 1, index) else ""
    if name == "May":
        return before in _BEFORE_MONTHS and (before in _BEFORE_MAY or not _MODAL.match(tokens.text, match.start()))
    if name == "March":
        return before in _BEFORE_MONTHS or not tokens.opens(index)
    after = tokens.words[index + 1] if tokens.same_sentence(index, index + 1) else None
    if name in ("April", "June", "August") and after is not None and after.name_like and page.owner[index + 1] is None:
        return before in _BEFORE_MONTHS or tokens.opens(index)
    return True


def _is_year(page: Passage, index: int, match: re.Match[str]) -> bool:
    """Whether four digits are a year: no price, no share, no number of people, no part of a longer number."""
    if match["part"]:
        return True
    tokens = page.tokens
    text, start, end = tokens.text, match.start(), match.end()
    left = text[start - 1 : start]
    if left and left in "$€£#,.-–/:":
        return False
    if text[end : end + 1] in ("%", ",") and text[end + 1 : end + 2].isdigit():
        return False
    before = tokens.low(index - 1) if index and tokens.same_sentence(index - 1, index) else ""
    if "naming" in tokens.classes(index - 1) and before and before not in _NOT_NUMBERED:
        return False
    if match["y2"]:
        return True
    after = index + 1
    while after < len(tokens) and tokens.starts[after] < end:
        after += 1
    if tokens.same_sentence(index, after):
        follows = tokens.words[after]
        counted = follows.text[0].islower() and follows.classes & {"measures", "people", "armed", "groups"}
        if counted and follows.low not in _BEHIND_YEARS:
            return False
    if match["y"][:2] in ("19", "20"):
        return before not in _APPROXIMATIONS
    return before in _BEFORE_YEARS and before not in ("than", "as", "to", "over")


def _is_weekday(page: Passage, index: int, match: re.Match[str]) -> bool:
    """Whether a weekday is written as one: abbreviations mean other things."""
    day = match["wd"]
    return day[0].isupper() and (len(day) > 5 or day in ("Mon", "Tues", "Thurs"))


def _is_weekend(page: Passage, index: int, match: re.Match[str]) -> bool:
    """Whether "the weekend" says when: "over the weekend", not "weekend traffic"."""
    tokens = page.tokens
    return tokens.low(index - 1) == "the" and tokens.low(index - 2) in ("over", "at", "during", "on", "since")


def _is_relative(page: Passage, index: int, match: re.Match[str]) -> bool:
    """Whether "this", "last", "next" and "past" say when: "last hour" and "this day" do not."""
    rel, unit = match["rel"].lower(), match["unit"].lower()
    if unit in ("hour", "hours") and not match["n"]:
        return rel == "past" and unit == "hours"
    if unit == "day":
        return rel == "past" or bool(match["n"])
    return not (rel == "past" and unit in ("night", "morning", "evening"))


_Form = tuple["re.Pattern[str]", meaning.Meaning, _Guard | None]

_MONTH: _Form = (written.MONTH, meaning.month, _is_month)
_MONTH_DAY: _Form = (written.MONTH_DAY, meaning.month_day, _is_dated)
_DAY_MONTH: _Form = (written.DAY_MONTH, meaning.day_month, _is_dated)
_WEEKDAY: _Form = (written.WEEKDAY, meaning.weekday, _is_weekday)
_DECADE: _Form = (written.DECADE, meaning.decade, None)
_YEARS: _Form = (written.YEARS, meaning.years, _is_year)
_SEASON: _Form = (written.SEASON, meaning.unknown, None)
_HOLIDAY: _Form = (written.HOLIDAY, meaning.unknown, None)
_RELATIVE_DAY: _Form = (written.RELATIVE_DAY, meaning.relative_day, None)
_RELATIVE: _Form = (written.RELATIVE, meaning.relative, _is_relative)
_VAGUE: _Form = (written.VAGUE, meaning.unknown, None)
_AGO: _Form = (written.AGO, meaning.ago, None)

_NUMBERED: tuple[_Form, ...] = (
    (written.ISO, meaning.iso, None),
    (written.NUMERIC, meaning.numeric, None),
    _DAY_MONTH,
    _DECADE,
    _YEARS,
    _AGO,
)
# by first word, so that the commonest words are tried for the fewest forms
_GROUPS: tuple[tuple[str, tuple[_Form, ...]], ...] = (
    (" ".join(f"{month} {month}." for month in MONTHS), (_MONTH_DAY, _MONTH, _HOLIDAY)),
    (" ".join(WEEKDAYS), (_MONTH_DAY, _DAY_MONTH, _WEEKDAY)),
    (
        "early mid late earlier later",
        (
            (written.PART_TO_PART, meaning.span_of_parts, None),
            *(_MONTH, _DECADE, _YEARS, _SEASON, _WEEKDAY, _RELATIVE_DAY, _RELATIVE),
        ),
    ),
    ("today yesterday tomorrow tonight overnight", (_RELATIVE_DAY,)),
    (
        "last next this past recent coming upcoming very",
        (_MONTH, _SEASON, _WEEKDAY, _RELATIVE, _VAGUE),
    ),
    (
        "between",
        (
            (written.BETWEEN_DAYS, meaning.between_days, _names_month),
            (written.BETWEEN_YEARS, meaning.between_years, None),
        ),
    ),
    ("first second third fourth last", ((written.SHARE, meaning.share, None),)),
    ("spring summer autumn fall winter", (_SEASON,)),
    ("weekend", ((written.WEEKEND, meaning.weekend, _is_weekend),)),
    ("days weeks months years hours", ((written.AHEAD, meaning.unknown, None), _AGO)),
    (
        """more less over nearly almost about around some roughly at just a an several many decades one two
    three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty""",
        (_AGO,),
    ),
    ("more", (_VAGUE,)),
    (
        """christmas easter ramadan eid passover yom hanukkah rosh sukkot nowruz thanksgiving new ashura
    diwali simchat mother good palm orthodox arbaeen international world national ukraine victory
    independence armed memorial veterans labor labour republic army navy constitution liberation
    holocaust remembrance quds jerusalem martyrs human women press refugee""",
        (_HOLIDAY,),
    ),
)
_BY_WORD: dict[str, tuple[_Form, ...]] = {}
for _words, _forms in _GROUPS:
    for _word in _words.split():
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), *_forms)
