"""What is known of the words of a project's texts, by its labeling config."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ....schema import Document, conflict_scheme
from ...registry import load_extractor
from ...runner.readiness import SAMPLE
from ..backend.registration import missing_controls
from .known_words import KnownWords, words_of_extractor

EXTRACTOR = "rules"
"""Extractor of the conflict news scheme, whose values and places of a name are taken."""

_OTHERWISE = "ACTOR"
_PHRASE = re.compile(r"[ \u00a0-]([a-z]+)[ \u00a0-]([a-z]+)\b")


@cache
def known_words(config: str) -> Callable[[Document], KnownWords]:
    """Return a function from a document to what is known of its words, for projects with this labeling config."""
    return _plain_words if missing_controls(config, conflict_scheme()) else _conflict_words()


@cache
def _conflict_words() -> Callable[[Document], KnownWords]:
    scheme = conflict_scheme()
    return words_of_extractor(load_extractor(EXTRACTOR, scheme), scheme, _goes_on, _OTHERWISE)


def _goes_on(text: str, end: int) -> bool:
    """Return whether a name is followed by one more word and the people whom it describes: "IS suicide attackers"."""
    from ...rules.word_lists import class_names, word_classes

    phrase = _PHRASE.match(text, end)
    if phrase is None:
        return False
    between, people = (word_classes().get(word, frozenset()) for word in phrase.groups())
    return "acting" not in between and bool(people & class_names("groups", "armed", "people", "officials"))


def load_known_words() -> None:
    """Load what is known of the words of conflict news, so that the first mark does not wait for it."""
    _conflict_words()(SAMPLE)


def _plain_words(document: Document) -> KnownWords:
    return KnownWords(document.text or "")
