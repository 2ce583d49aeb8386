"""Patterns of dates, one for each form, with groups that `calendar_dates` and `relative_dates` read."""

from __future__ import annotations

import re

from ..numerals import NUMBER_WORD
from ..word_lists import (
    MONTH_ABBREVIATIONS,
    MONTHS,
    WEEKDAY_ABBREVIATIONS,
    WEEKDAYS,
    alternatives,
    word_sequence,
    written_names,
)

SEASONS = word_sequence("seasons")
"""Names of the seasons."""

HOLIDAYS = written_names("holidays")
"""Names of holidays."""

COMMEMORATIONS = written_names("commemorations")
"""Words before "Day" in the names of other holidays."""

_MONTH = rf"(?:{alternatives(MONTHS)}|(?:{alternatives(MONTH_ABBREVIATIONS)})\.?)"
_WEEKDAY = rf"(?:{alternatives((*WEEKDAYS, *WEEKDAY_ABBREVIATIONS))})"
_SEASON = rf"(?:{alternatives(SEASONS)})"
_DAY = r"(?:[12][0-9]|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1[5-9][0-9][0-9]|20[0-9][0-9])"
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|through|until|till)\s+)"
_PART = r"(?:(?:early|mid|late)(?:\s+|-))"
_UNIT = rf"(?:days?|nights?|weeks?|weekends?|months?|years?|decades?|hours?|fortnight|quarter|century|{_SEASON})"
_TIME_OF_DAY = rf"(?:early\s+)?(?:{alternatives(word_sequence('times_of_day'))})"
_FEW = rf"(?:a\s+)?(?:few|couple\s+of|several|{NUMBER_WORD}|[0-9]+)"
_CLOCK = (
    r"(?:[0-9]{1,2}(?:[:.][0-9][0-9])?\s*(?:a\.m\.|p\.m\.|am\b|pm\b|AM\b|PM\b)|[0-9]{1,2}[:.][0-9][0-9](?:\s*(?:GMT|UTC|hours|hrs|h))?|[0-9]{4}\s*(?:GMT|UTC))"
    r"(?:\s*(?:local\s+time|GMT|UTC|EST|EDT))?"
)


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("".join(parts) + r"(?![\w])(?!-\w*[0-9])", re.IGNORECASE)


_RELATIVE_YEAR = r"(?:\s+(?:of\s+)?(?P<ry>last|this|next)\s+year)"
_LEAD = rf"(?:(?P<wd>{_WEEKDAY})(?:,\s*|\s+)(?:the\s+)?)?"

ISO = _pattern(r"(?P<y>[0-9]{4})-(?P<m>[0-9][0-9])-(?P<d>[0-9][0-9])")
NUMERIC = _pattern(r"(?P<a>[0-9]{1,2})[/.](?P<b>[0-9]{1,2})[/.](?P<y>[0-9]{4})")
MONTH_DAY = _pattern(
    rf"{_LEAD}(?P<m>{_MONTH})\s+(?P<d>{_DAY})(?![0-9,]*[0-9])",
    rf"(?:{_TO}(?:(?P<m2>{_MONTH})\s+)?(?P<d2>{_DAY})(?![0-9,]*[0-9]))?",
    rf"(?:,?\s+(?:of\s+)?(?P<y>{_YEAR})(?!\s*(?:people|fighters|troops|soldiers))|{_RELATIVE_YEAR})?",
)
DAY_MONTH = _pattern(
    rf"{_LEAD}(?P<d>{_DAY})(?:{_TO}(?P<d2>{_DAY}))?\s+(?:of\s+)?(?P<m>{_MONTH})",
    rf"(?:{_TO}(?P<d3>{_DAY})\s+(?P<m3>{_MONTH}))?(?:,?\s+(?P<y>{_YEAR})|{_RELATIVE_YEAR})?",
)
MONTH = _pattern(
    rf"(?P<part>{_PART})?(?:(?P<rel>last|this|next)\s+)?(?P<m>{_MONTH})",
    rf"(?:{_TO}(?P<part2>{_PART})?(?P<m2>{_MONTH}))?(?:,?\s+(?:of\s+)?(?P<y>{_YEAR})|{_RELATIVE_YEAR})?",
)
PART_TO_PART = _pattern(
    r"(?P<part>early|mid|late)[-–\s]+(?:to[-–\s]+)(?P<part2>mid|late)[-–\s]+",
    rf"(?P<m>{_MONTH})(?:,?\s+(?P<y>{_YEAR}))?",
)
YEARS = _pattern(rf"(?P<part>{_PART})?(?P<y>{_YEAR})(?:{_TO}(?P<y2>{_YEAR}|[0-9][0-9])|/[0-9][0-9])?")
BETWEEN_YEARS = _pattern(rf"between\s+(?P<y>{_YEAR})\s+and\s+(?P<y2>{_YEAR})")
BETWEEN_DAYS = _pattern(
    rf"between\s+(?:(?P<m>{_MONTH})\s+(?P<d>{_DAY})|(?P<d3>{_DAY})(?:\s+(?P<m3>{_MONTH}))?)\s+and\s+",
    rf"(?:(?P<d4>{_DAY})\s+(?P<m4>{_MONTH})|(?:(?P<m2>{_MONTH})\s+)?(?P<d2>{_DAY}))(?:,?\s+(?P<y>{_YEAR}))?",
)
DECADE = _pattern(rf"(?P<part>{_PART})?(?P<y>(?:1[5-9]|20)[0-9]0)['’]?s")
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
    r"(?:(?P<mod>(?:just\s+)?(?:more|less)\s+than|over|nearly|almost|about|around|some|roughly|at\s+least|just)\s+)?",
    rf"(?P<n>an?\s+few|a\s+couple\s+of|an?|{NUMBER_WORD}|[0-9]+|several|many)?\s*(?P<unit>{_UNIT})\s+ago",
)
WEEKEND = _pattern(r"weekend")
SHARE = _pattern(
    rf"(?P<n>first|second|third|fourth|last)\s+(?P<unit>quarter|half)\s+of\s+(?P<y>{_YEAR})",
)
SEASON = _pattern(
    rf"(?:(?P<part>{_PART})?{_SEASON}(?:\s+of)?\s+(?P<y>{_YEAR})|(?:last|this|next)\s+{_SEASON})",
)
HOLIDAY = re.compile(
    rf"(?:Orthodox\s+)?(?:{alternatives(HOLIDAYS)}|(?:(?:{alternatives(COMMEMORATIONS)})\s+)+Day)"
    r"(?:\s+(?:Day|Eve))?(?!\w)"
)
CLOCK_BEFORE = re.compile(rf"(?<![\w.:]){_CLOCK}\s*(?:,\s*|\s+)(?:on\s+)?$", re.IGNORECASE)
CLOCK_AFTER = re.compile(rf",?\s+(?:at\s+)?(?:around\s+|about\s+)?{_CLOCK}", re.IGNORECASE)
