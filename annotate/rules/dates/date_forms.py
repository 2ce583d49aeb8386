"""The forms of dates by their first word: a pattern, the function for its value, and a test of the words around it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..passage import Passage
from ..word_lists import (
    MONTH_ABBREVIATIONS,
    MONTHS,
    WEEKDAY_ABBREVIATIONS,
    WEEKDAYS,
    word_groups,
    word_list,
)
from . import calendar_dates, date_guards, months_of_stories, parts_of_periods, relative_dates
from . import date_patterns as patterns
from .date_patterns import COMMEMORATIONS, HOLIDAYS, ORDINAL_DAYS, SEASONS
from .reference_date import Resolver, unresolved

Guard = Callable[[Passage, int, "re.Match[str]"], bool]


class DateForm(NamedTuple):
    """A form of dates.

    Attributes:
        pattern: Its pattern.
        resolve: The function for the value of a match.
        guard: The test whether a match is a date where it stands; None if it always is.
        relative: Whether it counts from the day of publication.
    """

    pattern: re.Pattern[str]
    resolve: Resolver
    guard: Guard | None = None
    relative: bool = False


_MONTH = DateForm(patterns.MONTH, parts_of_periods.month, date_guards.is_month)
_MONTH_OF_STORY = DateForm(
    patterns.MONTH_OF_STORY, months_of_stories.month_of_story, months_of_stories.is_month_of_story
)
_MONTH_DAY = DateForm(patterns.MONTH_DAY, calendar_dates.month_day, date_guards.is_dated)
_DAY_MONTH = DateForm(patterns.DAY_MONTH, calendar_dates.day_month, date_guards.is_dated)
_ORDINAL_OF_MONTH = DateForm(patterns.ORDINAL_OF_MONTH, calendar_dates.single_day, date_guards.is_dated)
_PART_OF_PERIOD = DateForm(patterns.PART_OF_PERIOD, parts_of_periods.part_of_period, date_guards.is_part)
_SHARE = DateForm(patterns.SHARE, parts_of_periods.share_of_period, date_guards.names_capital_month)
_WEEKDAY_OF_MONTH = DateForm(patterns.WEEKDAY_OF_MONTH, parts_of_periods.weekday_of_month, date_guards.is_dated)
_WEEKDAY = DateForm(patterns.WEEKDAY, relative_dates.weekday, date_guards.is_weekday, relative=True)
_YEARS = DateForm(patterns.YEARS, calendar_dates.year_range, date_guards.is_year)
_PARTS_OF_YEARS = DateForm(patterns.PARTS_OF_YEARS, parts_of_periods.parts_of_years)
_ERA = DateForm(patterns.YEAR_OF_ERA, calendar_dates.year_of_era, date_guards.is_era)
_DATE_OF_ERA = DateForm(patterns.DATE_OF_ERA, unresolved, date_guards.is_era)
_CENTURY = DateForm(patterns.CENTURY, calendar_dates.century)
_SHORT_DECADE = DateForm(patterns.SHORT_DECADE, parts_of_periods.short_decade, date_guards.is_short_decade)
_SEASON = DateForm(patterns.SEASON, unresolved, date_guards.is_season)
_HOLIDAY = DateForm(patterns.HOLIDAY, unresolved, date_guards.is_holiday)
_RELATIVE_DAY = DateForm(patterns.RELATIVE_DAY, relative_dates.relative_day, date_guards.is_relative_day, relative=True)
_RELATIVE = DateForm(patterns.RELATIVE, relative_dates.relative, date_guards.is_relative, relative=True)
_VAGUE = DateForm(patterns.VAGUE, unresolved, date_guards.is_vague, relative=True)
_AHEAD = DateForm(patterns.AHEAD, unresolved, relative=True)
_AGO = DateForm(patterns.AGO, relative_dates.ago, relative=True)
_WEEKEND = DateForm(patterns.WEEKEND, relative_dates.weekend, date_guards.is_weekend, relative=True)

DAY_IN_LIST = DateForm(patterns.DAY_AFTER_AND, calendar_dates.day_of_same_month, date_guards.ends_phrase)
"""A day after "and" that follows another: "May 5 and 7"."""

# by the shape of the number, so that few forms are tried for numbers that are counts
_NUMBERED: tuple[tuple[re.Pattern[str], tuple[DateForm, ...]], ...] = (
    (re.compile("[0-9]{4}(?![0-9])"), (DateForm(patterns.ISO, calendar_dates.iso), _YEARS, _PARTS_OF_YEARS)),
    (re.compile("[0-9]{1,2}[./]"), (DateForm(patterns.NUMERIC, calendar_dates.numeric),)),
    (
        re.compile("[0-9]{1,2}(?![0-9])"),
        (
            _DAY_MONTH,
            DateForm(patterns.DAY_BEFORE_AND, calendar_dates.single_day, date_guards.is_listed_day),
            _DATE_OF_ERA,
        ),
    ),
    (
        re.compile("[0-9]+(?:st|nd|rd|th)"),
        (
            DateForm(patterns.DAY_ALONE, calendar_dates.day_of_same_month, date_guards.is_day_alone),
            _CENTURY,
            _SHARE,
            _WEEKDAY_OF_MONTH,
        ),
    ),
    (re.compile("[0-9]{3}0"), (DateForm(patterns.DECADE, calendar_dates.decade),)),
    (re.compile("[0-9]0(?![0-9])"), (_SHORT_DECADE,)),
    (re.compile("[0-9]{1,4}(?:s|[-–]|$)"), (_ERA,)),
    (re.compile("[0-9]"), (_AGO,)),
)
_MONTH_STARTS = [month + stop for month in (*MONTHS, *MONTH_ABBREVIATIONS) for stop in ("", ".")]
_HOLIDAY_STARTS = frozenset(
    re.split("[ ']", name.lower())[0] for name in (*HOLIDAYS, *COMMEMORATIONS, "Orthodox", "Holy")
)
# by first word, so that few forms are tried for common words
_GROUPS: tuple[tuple[Iterable[str], tuple[DateForm, ...]], ...] = (
    (_MONTH_STARTS, (_MONTH_DAY, _MONTH, _DATE_OF_ERA, _HOLIDAY)),
    ((*WEEKDAYS, *WEEKDAY_ABBREVIATIONS), (_MONTH_DAY, _DAY_MONTH, _WEEKDAY)),
    (
        word_list("part_starts"),
        (_PART_OF_PERIOD, _PARTS_OF_YEARS, _MONTH, _SEASON, _WEEKDAY, _RELATIVE_DAY, _RELATIVE),
    ),
    (word_list("part_starts"), (_CENTURY, _SHORT_DECADE, _DATE_OF_ERA)),
    ((*word_groups("parts_of_time"), "very"), (_PART_OF_PERIOD, _PARTS_OF_YEARS, _MONTH, _SEASON)),
    (word_list("day_starts"), (_RELATIVE_DAY,)),
    (word_list("relative_starts"), (_MONTH, _SEASON, _WEEKDAY, _RELATIVE, _VAGUE)),
    (["following", "that"], (_MONTH_OF_STORY,)),
    (
        ["between"],
        (
            DateForm(patterns.BETWEEN_DAYS, calendar_dates.between_days, date_guards.names_month),
            DateForm(patterns.BETWEEN_MONTHS, parts_of_periods.months_between, date_guards.is_dated),
            _PARTS_OF_YEARS,
        ),
    ),
    (word_groups("shares_of_time"), (_SHARE, _WEEKDAY_OF_MONTH)),
    (ORDINAL_DAYS, (_ORDINAL_OF_MONTH, _CENTURY)),
    (word_list("quarter_starts"), (DateForm(patterns.QUARTER, parts_of_periods.quarter),)),
    (word_groups("decades"), (_SHORT_DECADE,)),
    (["ad"], (_ERA,)),
    (SEASONS, (_SEASON, _DATE_OF_ERA)),
    (["weekend"], (_WEEKEND,)),
    (word_list("ahead_starts"), (_AHEAD, _AGO)),
    (word_list("ago_starts"), (_AGO,)),
    (["more"], (_VAGUE,)),
    (_HOLIDAY_STARTS - set(MONTHS), (_HOLIDAY,)),
)
_BY_WORD: dict[str, tuple[DateForm, ...]] = {}
for _words, _forms in _GROUPS:
    for _word in _words:
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), *_forms)
_BY_WORD = {_word: tuple(dict.fromkeys(_forms)) for _word, _forms in _BY_WORD.items()}


@lru_cache(maxsize=100_000)
def date_forms(word: str, ago: bool) -> Sequence[DateForm]:
    """Return the forms of dates that may start with a word in lower case; of "mid-May" those of "mid".

    Args:
        word: The word.
        ago: Whether the text has "ago" in it: many words may start "two days ago", and few texts have any.
    """
    if word[:1].isdigit():
        found = tuple(form for shape, forms in _NUMBERED if shape.match(word) for form in forms)
    else:
        found = _BY_WORD.get(word) or _BY_WORD.get(word.partition("-")[0], ())
    return found if ago else tuple(form for form in found if form is not _AGO)
