"""What is known of the words of a project's texts, by its labeling config."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ....schema import Document, conflict_scheme
from ...registry import load_extractor
from ...runner.readiness import SAMPLE
from ..backend.registration import missing_controls
from .known_words import KnownWords, words_of_extractor

EXTRACTOR = "rules"
"""Extractor of the conflict news scheme, whose values and places of a name are taken."""


@cache
def known_words(config: str) -> Callable[[Document], KnownWords]:
    """Return a function from a document to what is known of its words, for projects with this labeling config."""
    return _plain_words if missing_controls(config, conflict_scheme()) else _conflict_words()


@cache
def _conflict_words() -> Callable[[Document], KnownWords]:
    scheme = conflict_scheme()
    return words_of_extractor(load_extractor(EXTRACTOR, scheme), scheme)


def load_known_words() -> None:
    """Load what is known of the words of conflict news, so that the first mark does not wait for it."""
    _conflict_words()(SAMPLE)


def _plain_words(document: Document) -> KnownWords:
    return KnownWords(document.text or "")
