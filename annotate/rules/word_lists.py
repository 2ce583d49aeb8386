"""Classes of English words, and lists of given names, of common words and of what is no name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
).split()
WEEKDAYS = (
    """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun""".split()
)


@cache
def word_classes() -> Mapping[str, frozenset[str]]:
    """The classes of each known word, by the word in lower case."""
    classes: dict[str, set[str]] = {}
    listed = tomllib.loads(_read("words.toml"))
    listed |= {"given": _lines("given_names.txt"), "common": _lines("common_words.txt")}
    listed |= {"calendar": " ".join([*MONTHS, *WEEKDAYS])}
    for name, words in listed.items():
        for word in words.split():
            classes.setdefault(word.lower(), set()).add(name)
    return {word: frozenset(names) for word, names in classes.items()}


@cache
def not_names() -> frozenset[str]:
    """Abbreviations and types of weapons that are neither actors nor places, as they are written."""
    return frozenset(_lines("not_names.txt").split())


def _lines(name: str) -> str:
    return "\n".join(line for line in _read(name).splitlines() if not line.startswith("#"))


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
