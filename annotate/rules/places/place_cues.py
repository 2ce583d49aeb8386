"""Cues that a name is a place, known or not: its form, and the prepositions, nouns and verbs before it."""

from __future__ import annotations

from ..known_names import NEVER_IN_NAMES
from ..passage import Passage
from ..word_lists import NOT_NAME, class_names, word_list
from .place_verbs import is_object_of

OF_PLACES = word_list("before_of_places")
"""Nouns before "of" and the name of a place: "the town of X"."""

_BEFORE_NAMES = word_list("place_prepositions")
_MOTION = class_names("going", "moving")
_PLACE_VERBS = class_names("only_at_places")
_CLASSES_OF_NO_NAME = class_names("calendar", NOT_NAME, "common", "speech", "locative", "titles", "acting")


def is_unknown_name(passage: Passage, index: int) -> bool:
    """Check whether a capitalised word may belong to an unknown name."""
    word = passage.tokens.words[index]
    owner = passage.owners[index]
    if passage.blocked[index] or (owner is not None and not (owner.weak and owner.name_kind == "place")):
        return False
    if not word.capital or word.lower in NEVER_IN_NAMES or word.numbered:
        return False
    if word.name_like or "given" in word.classes:
        return True
    if word.classes & _CLASSES_OF_NO_NAME:
        return False
    return not passage.tokens.starts_sentence(index) and not passage.tokens.headline[passage.tokens.sentence[index]]


def has_place_cue(passage: Passage, index: int) -> bool:
    """Check whether the words before a name indicate a place: "in", "the town of", "shelled"."""
    tokens = passage.tokens
    if is_object_of(passage, index, _PLACE_VERBS):
        return True
    position = passage.index_before(index)
    while position >= 0 and "direction" in tokens.classes(position):
        position = passage.index_before(position)
    if position < 0:
        return False
    lower = tokens.lower(position)
    if lower in _BEFORE_NAMES or (lower == "from" and tokens.words[position].text == "from"):
        return True
    if lower == "of":
        return tokens.lower(position - 1) in OF_PLACES or tokens.lower(position - 1) == "out"
    if lower == "to":
        near = range(max(position - 7, 0), position)
        return any(tokens.classes(back) & _MOTION and tokens.same_sentence(back, position) for back in near) or (
            "direction" in tokens.classes(position - 1)
        )
    return lower in OF_PLACES and not tokens.words[position].capital


def follows_place_noun(passage: Passage, index: int) -> bool:
    """Check whether a noun calls a name a place: "the town of X", "the village X"."""
    tokens = passage.tokens
    position = passage.index_before(index)
    if position >= 0 and tokens.lower(position) == "of":
        position -= 1
    return position >= 0 and tokens.lower(position) in OF_PLACES and not tokens.words[position].capital
