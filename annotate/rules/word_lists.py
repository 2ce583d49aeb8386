"""The word lists of the rules: classes of English words, lists for single rules, given names, and words to ignore."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
).split()
"""Names of the months, followed by their abbreviations."""

WEEKDAYS = (
    """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun""".split()
)
"""Names of the days of the week, followed by their abbreviations."""


@cache
def word_classes() -> Mapping[str, frozenset[str]]:
    """Return the classes of each known word, by the word in lower case."""
    classes: dict[str, set[str]] = {}
    words_by_class = {name: words for name, words in _words_file().items() if name != "lists"}
    words_by_class |= {"given": _read_lines("given_names.txt"), "common": _read_lines("common_words.txt")}
    words_by_class |= {"calendar": " ".join([*MONTHS, *WEEKDAYS])}
    for name, words in words_by_class.items():
        for word in words.split():
            classes.setdefault(word.lower(), set()).add(name)
    return {word: frozenset(names) for word, names in classes.items()}


def word_list(name: str) -> frozenset[str]:
    """Return the words of a list in `words.toml` that a single rule uses."""
    words: str = _words_file()["lists"][name]
    return frozenset(words.split())


@cache
def not_names() -> frozenset[str]:
    """Return abbreviations and types of weapons, as written, that are neither actors nor places."""
    return frozenset(_read_lines("not_names.txt").split())


@cache
def _words_file() -> dict[str, Any]:
    return tomllib.loads(_read("words.toml"))


def _read_lines(name: str) -> str:
    return "\n".join(line for line in _read(name).splitlines() if not line.startswith("#"))


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
