"""Tests whether words with the form of a date are one in their sentence: "March" or "march", 2014 or 2,014 people."""

from __future__ import annotations

import re

from ..passage import DETERMINERS, Passage
from ..tokens import FUNCTION_WORDS
from ..word_lists import MONTHS, WEEKDAYS, alternatives, class_names, word_list, written_names

_MODAL = re.compile(rf"May\s+(?:{alternatives(written_names('after_may'))})\b")
_NUMBER = re.compile("[0-9]+")
_CONJUNCTION = re.compile(r"\b(?:and|or)\b|&", re.IGNORECASE)
_EDITIONS = word_list("before_edition_numbers")
_BEFORE_MAY = word_list("before_may")
_BEFORE_MONTHS = word_list("before_months")
_BEFORE_ABBREVIATIONS = word_list("before_abbreviations")
_BEFORE_YEARS = word_list("before_years")
_APPROXIMATIONS = word_list("approximations")
_AFTER_YEARS = word_list("people_after_years")
_NOT_NUMBERED = word_list("naming_before_years")
_COMPARING = word_list("comparing_words")
_BEFORE_WEEKEND = word_list("before_weekend")
_BEFORE_SEASON = word_list("before_seasons")
_BEFORE_DAY_ALONE = word_list("before_day_alone")
_NAMED_DAYS = word_list("before_named_days")
_AFTER_NAMED_DAYS = word_list("after_named_days")
_FREQUENCIES = word_list("frequencies")
_DECADES_BEFORE = word_list("before_short_decades")
_BEFORE_PARTS = word_list("before_parts")
_STORY_UNITS = word_list("times_of_day", "seasons") | {"day"}
_BEFORE_NEXT = word_list("before_next")
_AMOUNTS = word_list("amounts_before_of")
_PLAIN_WEEKDAYS = frozenset(written_names("plain_weekday_abbreviations"))
_NEGATIONS = word_list("negations_before_overnight")
_REACH_OF_NEGATION = 5
_AFTER_HOLIDAYS = word_list("after_holidays")
_GIVEN_NAMES = frozenset(written_names("months_as_given_names"))
_COUNTED = class_names("measures", "people", "armed", "groups")


def is_dated(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether the month is capitalised."""
    return match["m"][0].isupper()


def is_listed_day(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a number before a date is a day of its month: "5 and 7 May", unlike "Report No. 12, 4 March"."""
    if not is_dated(passage, index, match) or passage.tokens.lower(index - 1) in _EDITIONS:
        return False
    days = [int(number) for number in _NUMBER.findall(match.string, match.start(), match.start("m"))]
    return bool(_CONJUNCTION.search(match.string, match.end(), match.start("m"))) or days == sorted(days)


def names_month(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "between 5 and 8" includes a month."""
    return any(match[group] for group in ("m", "m2", "m3", "m4"))


def is_part(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a part of a period is a date: "early 2024", unlike "the end of the year" as of any year."""
    if (match["rel"] or "").lower() == "the":
        before = word_before(passage, index - 1) if word_before(passage, index) == "the" else ""
        return before in _BEFORE_PARTS and match["part3"] is not None
    if match["m"]:
        return match["m"][0].isupper()
    return not match["yy"] or not _counts_people(passage, index, match.end())


def names_capital_month(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether the month of a period, if it has one, is capitalised: "the end of May"."""
    return not match["m"] or match["m"][0].isupper()


def is_month(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether the name of a month means the month, unlike the verbs "may" and "march", or "June Smith"."""
    written = match["m"]
    name = written.rstrip(".")
    before = word_before(passage, index)
    if not name[0].isupper() or (match[0] == written and before in _FREQUENCIES):
        return False
    if name.lower() not in MONTHS and not match["y"]:
        return match[0] != written or (before in _BEFORE_ABBREVIATIONS and not _precedes_capital(passage, index, match))
    if match[0] != name:
        return True
    if name == "May":
        modal = _MODAL.match(passage.tokens.text, match.start())
        return before in _BEFORE_MONTHS and (before in _BEFORE_MAY or not modal)
    if name == "March":
        return _is_march(passage, index, match, before)
    if name in _GIVEN_NAMES and _precedes_surname(passage, index):
        return before in _BEFORE_MAY
    return True


def _is_march(passage: Passage, index: int, match: re.Match[str], before: str) -> bool:
    """Check whether "March" alone is the month, unlike "the Long March", "March to the Sea" and "the March on Rome"."""
    if _precedes_capital(passage, index, match) and before != "in":
        return False
    if before in ("the", "a"):
        after = passage.tokens.lower(index + 1)
        return after.isalpha() and after not in FUNCTION_WORDS
    if before in _BEFORE_MONTHS:
        return True
    previous = passage.tokens.words[index - 1] if index else None
    named = previous is not None and (
        previous.capital or not previous.text[-1].isalnum() or passage.is_possessive(index - 1)
    )
    listed = before in (",", "and", "or", "/", "-", "–")
    return not passage.tokens.starts_sentence(index) and (not named or listed)


def word_before(passage: Passage, index: int) -> str:
    """Return the word before another in its sentence, in lower case; empty if there is none."""
    tokens = passage.tokens
    return tokens.lower(index - 1) if index and tokens.same_sentence(index - 1, index) else ""


def _index_at(passage: Passage, index: int, offset: int) -> int:
    """Return the index of the first word that starts at an offset or later, searched from an index on."""
    tokens = passage.tokens
    while index < len(tokens) and tokens.starts[index] < offset:
        index += 1
    return index


def _precedes_capital(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a date is part of a name that continues after it: "Easter Offensive", unlike "Easter. Russia"."""
    tokens = passage.tokens
    after = _index_at(passage, index, match.end())
    if not tokens.same_sentence(index, after) or tokens.starts[after] - match.end() > 1:
        return False
    word = tokens.words[after]
    unknown = passage.owners[after] is None and not tokens.headline[tokens.sentence[after]]
    return word.capital and len(word.text) > 1 and unknown


def ends_phrase(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether no noun or "of" follows a match, of which it would be a part: "spring rains", "the 7th floor"."""
    after = _index_at(passage, index, match.end())
    following = passage.tokens.lower(after)
    same = passage.tokens.same_sentence(index, after)
    return not same or not following[:1].isalnum() or (following in FUNCTION_WORDS and following != "of")


def _precedes_surname(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    return (
        tokens.same_sentence(index, index + 1)
        and tokens.words[index + 1].name_like
        and passage.owners[index + 1] is None
    )


def is_year(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether four digits are a year rather than a price, a share, a number of people or part of a number."""
    before = word_before(passage, index)
    if _is_part_of_number(match) or _is_numbered(passage, index, before):
        return False
    if match["y2"] or match["open"]:
        return True
    if _counts_people(passage, index, match.end()):
        return False
    if match["y"].startswith(("19", "20")):
        return before not in _APPROXIMATIONS and (before != "over" or ends_phrase(passage, index, match))
    return _is_early_year(passage, index, match, before)


def _is_early_year(passage: Passage, index: int, match: re.Match[str], before: str) -> bool:
    """Check whether four digits before 1900 are a year: "in 1812", "the War of 1812", "(1812)", "as late as 1812"."""
    tokens = passage.tokens
    if before == "of":
        return tokens.lower(index - 2) not in _AMOUNTS
    if before == "as":
        return tokens.lower(index - 2) in ("late", "early")
    if before == "(":
        return tokens.lower(index + 1) in (")", ",", ";")
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
    after = _index_at(passage, index + 1, end)
    if not tokens.same_sentence(index, after):
        return False
    following = tokens.words[after]
    counted = following.text[0].islower() and following.classes & _COUNTED
    return bool(counted) and following.lower not in _AFTER_YEARS


def is_short_decade(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "70s" or "sixties" is a decade: "the '70s", "the late sixties", unlike "in his seventies"."""
    if "'" in match[0][:-2] or "’" in match[0][:-2] or match.string[match.start() - 1 : match.start()] in ("'", "’"):
        return True
    before = word_before(passage, index)
    return before == "the" and (word_before(passage, index - 1) in _DECADES_BEFORE or bool(match["part"]))


def is_era(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether the era is in capitals: "480 BC"."""
    return (match["era"] or "AD").isupper() and (not match["ad"] or match[0][:2].isupper())


def is_weekday(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a weekday is written as one, and neither a frequency nor part of a name."""
    day = match["wd"].rstrip(".")
    if not day[0].isupper():
        return False
    before = word_before(passage, index)
    if day.lower() not in WEEKDAYS and day not in _PLAIN_WEEKDAYS:
        return before in _BEFORE_ABBREVIATIONS and not _precedes_capital(passage, index, match)
    after = passage.tokens.lower(_index_at(passage, index, match.end()))
    return before not in _FREQUENCIES and before not in _NAMED_DAYS and after not in _AFTER_NAMED_DAYS


def is_weekend(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "the weekend" is a date: "over the weekend", unlike "weekend traffic"."""
    tokens = passage.tokens
    return tokens.lower(index - 1) == "the" and tokens.lower(index - 2) in _BEFORE_WEEKEND


def is_season(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a season is a date: dated, or "in the spring", unlike "spring rains" and "the fall of Kabul"."""
    if match["dated"] or match["rel"]:
        return True
    before = word_before(passage, index)
    if before == "the":
        before = word_before(passage, index - 1)
    if before not in _BEFORE_SEASON or match["season"][0].isupper():
        return False
    return ends_phrase(passage, index, match)


def is_holiday(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a holiday is a date rather than part of a name: "Easter Offensive", "Operation Ramadan"."""
    if word_before(passage, index) in _FREQUENCIES or "naming" in passage.tokens.classes(index - 1):
        return False
    previous = passage.tokens.words[index - 1] if word_before(passage, index) else None
    named = previous is not None and previous.name_like and passage.owners[index - 1] is None
    after = passage.tokens.lower(_index_at(passage, index, match.end()))
    return not named and after not in _AFTER_HOLIDAYS and not _precedes_capital(passage, index, match)


def is_relative(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "this", "last", "next" or "past" makes a date, unlike "last hour" and "the next morning"."""
    rel, unit = match["rel"].lower(), match["unit"].lower()
    if _is_of_event(passage, index, match):
        return False
    if rel == "next" and not match["n"] and word_before(passage, index) == "the":
        return unit not in _STORY_UNITS and word_before(passage, index - 1) in _BEFORE_NEXT
    if unit in ("hour", "hours") and not match["n"]:
        return rel == "past" and unit == "hours"
    if unit == "day":
        return rel == "past" or bool(match["n"])
    return not (rel == "past" and unit in ("night", "morning", "evening"))


def is_relative_day(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "overnight" is the last night, unlike "this cannot be done overnight"."""
    if match["word"].lower() != "overnight":
        return True
    return not any(
        passage.tokens.same_sentence(position, index) and passage.tokens.lower(position) in _NEGATIONS
        for position in range(index - _REACH_OF_NEGATION, index)
    )


def is_vague(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether "last days" and the like count from publication, unlike "the last days of the war"."""
    return not _is_of_event(passage, index, match)


def _is_of_event(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether a time is of an event named after it: "the last week of the war"."""
    after = _index_at(passage, index, match.end())
    return passage.tokens.lower(after) == "of" and passage.tokens.lower(after + 1) in DETERMINERS


def is_day_alone(passage: Passage, index: int, match: re.Match[str]) -> bool:
    """Check whether an ordinal is a day of a month named before: "on the 7th", unlike "the 7th Brigade"."""
    if word_before(passage, index) != "the" or word_before(passage, index - 1) not in _BEFORE_DAY_ALONE:
        return False
    return ends_phrase(passage, index, match)
