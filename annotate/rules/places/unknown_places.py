"""Unknown names after the cue of a place that are none: "in a Communist state", "at Adamu's house", "at Euro 2024"."""

from __future__ import annotations

from ..passage import Passage
from ..word_lists import class_names, word_list, word_sequence
from .site_cues import possesses_place

_DETERMINERS_OF_NO_PLACE = word_list("determiners_of_no_place")
_ENDINGS_OF_NO_PLACE = word_sequence("endings_of_no_place")
_DIRECTIONS = class_names("direction")
_LANDSCAPES = class_names("place_natural", "place_region")


def may_name_place(passage: Passage, first: int, last: int) -> bool:
    """Check whether unknown words may be a place, by their form, the determiner before and what they possess."""
    tokens = passage.tokens
    if first and tokens.same_sentence(first - 1, first):
        if tokens.lower(first - 1) in _DETERMINERS_OF_NO_PLACE:
            return False
        named = _is_of_region(passage, first - 1) or tokens.classes(first) & _LANDSCAPES  # "in the Gulf"
        if tokens.lower(first - 1) == "the" and last - first == 1 and not named:
            return False
    if tokens.lower(last - 1).endswith(_ENDINGS_OF_NO_PLACE) or (
        tokens.same_sentence(first, last) and tokens.words[last].digits
    ):
        return False
    if passage.is_possessive(last):
        return possesses_place(passage, last + 1)
    capitals = [word.upper for word in tokens.words[first:last] if word.capital and len(word.text) > 1]
    return all(capitals) or not any(capitals)  # "Ontario DMV" is no place


def _is_of_region(passage: Passage, article: int) -> bool:
    """Check whether a direction or an area is before an article, as in "north of the Litani"."""
    tokens = passage.tokens
    position = article - 1
    if tokens.lower(position) == "of":
        position -= 1
    return not tokens.classes(position).isdisjoint(_DIRECTIONS)
