"""Patterns of dates, one for each form, with groups that the modules of resolvers read.

A group of one name means the same in all patterns: `y` and `m` are the year and month of a date; `y1` is the year of
the first day of a range, whose last is in `y`; `ry` a year by its relation to another ("of that year"); `part` a part
such as "early".
"""

from __future__ import annotations

import re

from ..numerals import NUMBER_WORD
from ..word_lists import (
    MONTH_ABBREVIATIONS,
    MONTHS,
    WEEKDAY_ABBREVIATIONS,
    WEEKDAYS,
    alternatives,
    word_groups,
    word_sequence,
    written_names,
)

SEASONS = word_sequence("seasons")
"""Names of the seasons."""

HOLIDAYS = written_names("holidays")
"""Names of holidays."""

COMMEMORATIONS = written_names("commemorations")
"""Words before "Day" in the names of other holidays."""

ORDINAL_DAYS = word_sequence("ordinal_days")
"""Ordinals of days in words, in order from the first."""

_MONTH = rf"(?:{alternatives(MONTHS)}|(?:{alternatives(MONTH_ABBREVIATIONS)})\.?)"
_WEEKDAY = rf"(?:{alternatives(WEEKDAYS)}|(?:{alternatives(WEEKDAY_ABBREVIATIONS)})\b\.?)"
_SEASON = rf"(?:{alternatives(SEASONS)})"
_DAY = r"(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_NTH_DAY = r"(?:[12][0-9]|3[01]|[1-9])(?:st|nd|rd|th)"
_YEAR = r"(?:1[5-9][0-9][0-9]|20[0-9][0-9])"
_YEAR_OF_DAY = r"(?:1[0-9]{3}|20[0-9][0-9])"
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|through|until|till)\s+)"
_AND = r"(?:\s*,(?:\s+(?:and|or))?|\s+(?:and|or|&))\s+"
_PART_WORDS = word_groups("parts_of_time")
_PART = rf"(?:(?:early|mid|late)[-\s]+|(?:{alternatives(_PART_WORDS)})\s+of\s+)"
_UNIT = rf"(?:days?|nights?|weeks?|weekends?|months?|years?|decades?|hours?|fortnight|quarter|century|{_SEASON})"
_TIME_OF_DAY = rf"(?:early\s+)?(?:{alternatives(word_sequence('times_of_day'))})"
_FEW = rf"(?:a\s+)?(?:few|couple\s+of|several|{NUMBER_WORD}|[0-9]+)"
_CLOCK = (
    r"(?:[0-9]{1,2}(?:[:.][0-9][0-9])?\s*(?:a\.m\.|p\.m\.|am\b|pm\b|AM\b|PM\b)|[0-9]{1,2}[:.][0-9][0-9](?:\s*(?:GMT|UTC|hours|hrs|h))?|[0-9]{4}\s*(?:GMT|UTC))"
    r"(?:\s*(?:(?:local|(?-i:[A-Z])\w+)\s+time|GMT|UTC|EST|EDT))?"
)
_SHARE_NUMBER = rf"(?P<n>{alternatives(word_groups('shares_of_time'))})"


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts) + r"(?![\w])(?!-\w*[0-9])", re.IGNORECASE)


_RELATIVE_YEAR = (
    r"(?:\s+(?:of\s+)?(?P<ry>last|this|next|that|the\s+same|the\s+(?:previous|preceding|following|next))\s+year)"
)
_LEAD = rf"(?:(?P<wd>{_WEEKDAY})(?:,\s*|\s+)(?:the\s+)?)?"
_OF_YEAR = rf"(?:,?\s+(?:of\s+)?(?P<y>{_YEAR_OF_DAY})|{_RELATIVE_YEAR})"
_PERIOD = (
    rf"(?:(?:the\s+month\s+of\s+)?(?P<m>{_MONTH}){_OF_YEAR}?|(?:the\s+)?(?P<dec>(?:1[5-9]|20)[0-9]0)['’]?s"
    rf"|(?:the\s+year\s+)?(?P<yy>{_YEAR})|(?P<rel>this|last|next|the|the\s+current)\s+(?P<unit>week|month|year))"
)

ISO = _pattern(r"(?P<y>[0-9]{4})(?P<s>[-/])(?P<m>[0-9][0-9])(?P=s)(?P<d>[0-9][0-9])")
NUMERIC = _pattern(r"(?P<a>[0-9]{1,2})[/.](?P<b>[0-9]{1,2})[/.](?P<y>[0-9]{4})")
MONTH_DAY = _pattern(
    rf"{_LEAD}(?P<m>{_MONTH})\s+(?:the\s+(?={_NTH_DAY}))?(?P<d>{_DAY})(?![0-9,]*[0-9])",
    rf"(?:(?:,?\s+(?P<y1>{_YEAR_OF_DAY}),?)?{_TO}(?:the\s+)?(?:(?P<m2>{_MONTH})\s+)?(?P<d2>{_DAY})(?![0-9,/]*[0-9]))?",
    rf"(?:,?\s+(?:of\s+)?(?P<y>{_YEAR_OF_DAY})(?!\s*(?:people|fighters|troops|soldiers))|{_RELATIVE_YEAR})?",
)
DAY_MONTH = _pattern(
    rf"{_LEAD}(?P<d>{_DAY})(?:{_TO}(?:the\s+)?(?P<d2>{_DAY}))?\s+(?:of\s+)?(?P<m>{_MONTH})",
    rf"(?:(?:,?\s+(?P<y1>{_YEAR_OF_DAY}))?{_TO}(?:the\s+)?(?P<d3>{_DAY})\s+(?:of\s+)?(?P<m3>{_MONTH}))?{_OF_YEAR}?",
)
ORDINAL_OF_MONTH = _pattern(rf"(?P<d>{alternatives(ORDINAL_DAYS)})\s+(?:day\s+)?of\s+(?P<m>{_MONTH}){_OF_YEAR}?")
DAY_BEFORE_AND = _pattern(
    rf"(?P<d>{_DAY})(?=(?:,\s+{_DAY})*{_AND}(?:the\s+)?{_DAY}\s+(?:of\s+)?(?P<m>{_MONTH}){_OF_YEAR}?)"
)
DAY_AFTER_AND = _pattern(rf"{_AND}(?:the\s+)?(?P<d>{_DAY})(?![0-9,]*[0-9])(?:,?\s+(?P<y>{_YEAR_OF_DAY}))?")
DAY_ALONE = _pattern(
    rf"(?P<d>{_NTH_DAY})(?:{_TO}(?:the\s+)?(?P<d2>{_NTH_DAY}))?(?:\s+of\s+(?:that|the\s+same)\s+month)?"
)
MONTH = _pattern(
    rf"(?P<part>{_PART})?(?:(?P<rel>last|this|next)\s+)?(?P<m>{_MONTH})",
    rf"(?:(?:,?\s+(?:of\s+)?(?P<y1>{_YEAR_OF_DAY}))?(?:{_TO}|/)(?P<part2>(?:the\s+)?{_PART})?(?P<m2>{_MONTH}))?{_OF_YEAR}?",
)
MONTH_OF_STORY = _pattern(rf"(?P<story>following|that)\s+(?P<m>{_MONTH})(?!\.?,?\s+(?:of\s+)?[0-9])")
BETWEEN_MONTHS = _pattern(
    rf"between\s+(?:the\s+)?(?P<part>{_PART})?(?P<m>{_MONTH})(?:,?\s+(?P<y1>{_YEAR_OF_DAY}))?\s+and\s+",
    rf"(?:the\s+)?(?P<part2>{_PART})?(?P<m2>{_MONTH}){_OF_YEAR}?",
)
PART_OF_PERIOD = _pattern(
    r"(?:(?P<part>early|mid|late)(?:[-–\s]+|\s+in\s+)(?:(?:to|or)[-–\s]+(?P<part2>mid|late)[-–\s]+)?",
    rf"|(?:very\s+)?(?P<part3>{alternatives(_PART_WORDS)})\s+of\s+){_PERIOD}",
)
SHARE = _pattern(
    rf"{_SHARE_NUMBER}\s+(?P<share>half|third|quarter|week|weekend|(?:(?P<count>{_FEW})\s+)?(?:days|weeks|months|years))",
    rf"\s+of\s+{_PERIOD}",
)
QUARTER = _pattern(rf"(?P<q>[QH][1-4])\s+(?:of\s+)?(?P<y>{_YEAR})")
WEEKDAY_OF_MONTH = _pattern(
    rf"{_SHARE_NUMBER}\s+(?P<wd>{_WEEKDAY})\s+(?:of|in)\s+(?P<m>{_MONTH}){_OF_YEAR}?",
)
YEARS = _pattern(
    rf"(?P<y>{_YEAR})(?:{_TO}(?P<y2>{_YEAR}|[0-9][0-9])|(?:\s*[-–]\s*|\s+to\s+(?:the\s+)?)(?P<open>present|today|date)|/[0-9][0-9])?"
)
PARTS_OF_YEARS = _pattern(
    rf"(?P<between>between\s+)?(?:the\s+)?(?P<part>{_PART})?(?P<y1>{_YEAR})",
    rf"(?(between)\s+and\s+|{_TO})(?:the\s+)?(?P<part2>{_PART})?(?P<y>{_YEAR})",
)
_ERA = (
    r"(?:AD\s+(?P<ad>[0-9]{1,4})|(?P<first>[0-9]{1,4})(?:s|\s*[-–]\s*[0-9]{1,4})?\s*"
    r"(?P<era>BCE?|AD|CE|B\.\s?C\.(?:\s?E\.)?|A\.\s?D\.|C\.\s?E\.))"
)
YEAR_OF_ERA = _pattern(_ERA)
DATE_OF_ERA = _pattern(
    rf"(?:(?:{_DAY}\s+)?(?:{_PART})?(?:{_MONTH}(?:\s+{_DAY},?)?|{_SEASON})(?:\s+of)?\s+|{_PART}){_ERA}"
)
CENTURY = _pattern(
    r"(?P<part>(?:early|mid|late)[-\s]+)?",
    rf"(?P<n>[0-9]{{1,2}}(?:st|nd|rd|th)|{alternatives(ORDINAL_DAYS)})\s+century(?P<era>\s+(?:BCE?|B\.\s?C\.))?",
)
BETWEEN_DAYS = _pattern(
    rf"between\s+(?:(?P<m>{_MONTH})\s+(?P<d>{_DAY})|(?P<d3>{_DAY})(?:\s+(?P<m3>{_MONTH}))?)(?:,?\s+(?P<y1>{_YEAR}),?)?\s+and\s+",
    rf"(?:(?P<d4>{_DAY})\s+(?P<m4>{_MONTH})|(?:(?P<m2>{_MONTH})\s+)?(?P<d2>{_DAY})){_OF_YEAR}?",
)
DECADE = _pattern(r"(?P<y>(?:1[5-9]|20)[0-9]0)['’]?s")
SHORT_DECADE = _pattern(
    r"(?:(?P<part>early|mid|late)[-\s]+)?['’]?",
    rf"(?P<dec>[0-9]0['’]?s|{alternatives(word_groups('decades'))})",
)
WEEKDAY = _pattern(
    r"(?P<part>(?:early|earlier|late|later)\s+)?",
    rf"(?:(?P<rel>last|this|next|past|this\s+past|this\s+coming)\s+)?(?P<wd>{_WEEKDAY})",
    rf"(?:,?\s+(?P<tod>{_TIME_OF_DAY}))?(?:\s+(?P<wk>last|next|this)\s+week)?",
)
RELATIVE_DAY = _pattern(
    r"(?:(?:early|earlier|late|later)\s+)?(?P<word>today|yesterday|tomorrow|tonight|overnight)",
    rf"(?:\s+(?P<tod>{_TIME_OF_DAY}))?",
)
RELATIVE = _pattern(
    r"(?:(?P<part>early|earlier|late|later)\s+)?(?P<rel>this|last|next|past)\s+",
    rf"(?:(?P<n>{_FEW}|several|many)\s+)?(?P<unit>{_UNIT}|morning|afternoon|evening)",
    r"(?:\s+(?:early\s+)?(?P<tod>morning|evening|night))?",
)
VAGUE = _pattern(
    r"(?:very\s+|more\s+)?(?P<rel>recent|coming|past|upcoming|next|last)\s+(?:several\s+|few\s+|couple\s+of\s+)?",
    r"(?P<unit>days|weeks|months|years|hours|decades|nights)(?:\s+and\s+(?:days|weeks|months|years))?",
)
AHEAD = _pattern(
    r"(?:days|weeks|months|years|hours)(?:\s+and\s+(?:weeks|months|years))?\s+(?:ahead|to\s+come)",
)
AGO = _pattern(
    r"(?=(?s:.){1,60}?\sago\b)",  # quicker than to try the numbers before any noun
    r"(?:(?P<mod>(?:just\s+)?(?:more|less)\s+than|over|nearly|almost|about|around|some|roughly|at\s+least|just)\s+)?",
    rf"(?P<n>an?\s+few|a\s+couple\s+of|an?|{NUMBER_WORD}|[0-9]+|several|many)?\s*(?P<unit>{_UNIT})\s+ago",
)
WEEKEND = _pattern(r"weekend")
SEASON = _pattern(
    rf"(?P<part>{_PART}(?:the\s+)?)?(?:(?P<rel>last|this|next|past)\s+)?(?P<season>{_SEASON})",
    rf"(?P<dated>,?(?:\s+of)?(?:\s+(?P<y>{_YEAR})(?:\s*[-–/]\s*(?:{_YEAR}|[0-9][0-9]))?|{_RELATIVE_YEAR}))?",
)
HOLIDAY = re.compile(
    rf"(?:Orthodox\s+|[Hh]oly\s+[Mm]onth\s+of\s+)?(?:{alternatives(HOLIDAYS)}|(?:(?:{alternatives(COMMEMORATIONS)})\s+)+Day)"
    rf"(?:\s+(?:Day|Eve|Sunday|Monday))?(?:\s+(?:{_TIME_OF_DAY}))?(?:,?\s+(?:of\s+)?(?P<y>{_YEAR}))?(?!\w)"
)
CLOCK_BEFORE = re.compile(rf"(?<![\w.:]){_CLOCK}\s*(?:,\s*|\s+)(?:on\s+)?$", re.IGNORECASE)
CLOCK_AFTER = re.compile(rf",?\s+(?:at\s+)?(?:around\s+|about\s+)?{_CLOCK}", re.IGNORECASE)
TIME_OF_DAY_BEFORE = re.compile(
    rf"(?<![\w-])(?:(?:(?:early|late|pre-?dawn|small|wee|first|final|morning|evening)\s+)*"
    rf"(?:hours|{alternatives(word_sequence('times_of_day'))})(?:\s+hours)?\s+of\s+(?:the\s+)?"
    rf"|(?:{alternatives(word_sequence('moments_of_day'))})\s+)$",
    re.IGNORECASE,
)
