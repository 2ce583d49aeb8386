"""The words of the rules, by the names of their sets in `words/*.toml`.

What the rules know of English is in those files, so that it can be read and corrected without reading code. Patterns
and formulas are in the modules and take their words from here. A name that no file has is a KeyError.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from .word_files import Words, shipped_words

NOT_NAME = "not_name"
"""The class of abbreviations and types of weapons that are neither actors nor places, in the case of the word files."""


@cache
def word_classes() -> Mapping[str, frozenset[str]]:
    """Return the classes of each known word, by the word in lower case."""
    classes: dict[str, set[str]] = {}
    for name, words in _words_by_class().items():
        for word in words:
            classes.setdefault(word.lower(), set()).add(name)
    return {word: frozenset(names) for word, names in classes.items()}


def class_names(*names: str) -> frozenset[str]:
    """Return names of classes, for a comparison with the classes of a word."""
    if unknown := set(names) - _words_by_class().keys() - {NOT_NAME}:
        raise KeyError(unknown)
    return frozenset(names)


@cache
def _words_by_class() -> Mapping[str, Words]:
    """Return the words of each class: those of the files, and given names and the words of the calendar."""
    tables = shipped_words()
    calendar = (*MONTHS, *MONTH_ABBREVIATIONS, *WEEKDAYS, *WEEKDAY_ABBREVIATIONS)
    return {**tables.classes, "given": tables.names["given"], "calendar": calendar}


def word_list(*names: str) -> frozenset[str]:
    """Return the words of one or more lists."""
    return frozenset(word for name in names for word in word_sequence(name))


def word_sequence(name: str) -> Words:
    """Return the words of a list, in order."""
    return shipped_words().lists[name]


def written_names(name: str) -> Words:
    """Return a list of names as they are written, in order."""
    return shipped_words().names[name]


def word_groups(name: str) -> Mapping[str, str]:
    """Return the list that each word of a group is in, by the word."""
    return {word: key for key, words in shipped_words().groups[name].items() for word in words}


def word_values(name: str) -> Mapping[str, int]:
    """Return the number of each word of a table."""
    return shipped_words().values[name]


def alternatives(phrases: Iterable[str]) -> str:
    """Return a pattern that matches the longest of several words or phrases, without a group around it."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+").replace("'", "['’]") for phrase in longest_first)


MONTHS = word_sequence("months")
"""Names of the months, in order."""

MONTH_ABBREVIATIONS = word_sequence("month_abbreviations")
"""Abbreviations of the months."""

WEEKDAYS = word_sequence("weekdays")
"""Names of the days of the week, in order."""

WEEKDAY_ABBREVIATIONS = word_sequence("weekday_abbreviations")
"""Abbreviations of the days of the week."""

PLACE_NOUNS = class_names(
    "place_admin", "place_facility", "place_natural", "place_region", "place_settlement", "place_street"
)
"""Classes of the nouns in names of places."""
