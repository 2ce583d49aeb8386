"""Names with a capitalised direction before them, which belongs to the name (L2): "Southern California"."""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import class_names, word_list

_DIRECTIONS = class_names("direction")
_MORE_DIRECTIONS = word_list("capital_directions")
_NAMES = frozenset(("state", "capital", "place"))


def find_directed_names(passage: Passage) -> None:
    """Extend known names of places by the capitalised directions before them."""
    for mention in list(passage.mentions()):
        first = mention.first
        while first and _is_direction(passage, first - 1, mention):
            first -= 1
        if first < mention.first and mention.name_kind in _NAMES:
            passage.add(_directed(passage, first, mention))


def _is_direction(passage: Passage, index: int, mention: Mention) -> bool:
    """Check whether a capitalised word belongs to the name after it: a direction, not at the start of a sentence."""
    tokens = passage.tokens
    word = tokens.words[index]
    if not word.capital or word.upper != tokens.words[mention.first].upper or passage.owners[index] is not None:
        return False
    if passage.blocked[index] or not tokens.same_sentence(index, mention.first):
        return False
    if word.classes.isdisjoint(_DIRECTIONS) and word.lower not in _MORE_DIRECTIONS:
        return False
    return not tokens.starts_sentence(index) and not tokens.headline[tokens.sentence[index]]


def _directed(passage: Passage, first: int, mention: Mention) -> Mention:
    entry = passage.lexicon.get(passage.surface(first, mention.last))
    if entry is not None and entry.places:
        return Mention(first, mention.last, "place", entry, places=entry.places)
    settlements = [place for place in mention.places if place.kind == "settlement"]
    kind = "settlement" if settlements and mention.name_kind != "state" else "region"
    return Mention(first, mention.last, "place", places=settlements if kind == "settlement" else [], place_kind=kind)
