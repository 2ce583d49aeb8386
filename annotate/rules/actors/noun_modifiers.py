"""Nouns that form a phrase with a name before them, and the words between: adjectives and nouns, told by their form."""

from __future__ import annotations

from ..tokens import FUNCTION_WORDS, Word
from ..word_lists import class_names, word_list, word_sequence

HEADS_OF_PHRASES = class_names("rulers", "armed", "officials", "groups", "people", "contractors", "bodies")
"""Classes of nouns that form a phrase of guideline A3 with a name before them."""

_NO_MODIFIERS = word_list("after_nouns", "deed_nouns", "short_verbs")
_ADJECTIVE_ENDINGS = word_sequence("adjective_endings")
_SINGULAR_ENDINGS = word_sequence("singular_endings")
_CLASSES_OF_OTHER_WORDS = class_names(
    *("acting", "speech", "moving", "adverbs", "locative", "striking", "conflicts", "calendar")
)


def is_plain_modifier(word: Word) -> bool:
    """Check whether a word in lower case may be an adjective or a noun before another noun: "nuclear", "cocaine".

    Plural nouns are no modifiers, and verbs that end like one ("kills") are not either.
    """
    text = word.text
    if not (text.isalpha() and text.islower()) or len(text) < 3 or word.number:
        return False
    if text in FUNCTION_WORDS or text in _NO_MODIFIERS or word.classes & _CLASSES_OF_OTHER_WORDS:
        return False
    return not text.endswith("ly") and (not text.endswith("s") or text.endswith(_SINGULAR_ENDINGS))


def is_adjective(word: Word) -> bool:
    """Check whether a word in lower case has the form of an adjective, which no verb has: "clandestine", "tribal"."""
    return is_plain_modifier(word) and word.text.endswith(_ADJECTIVE_ENDINGS)
