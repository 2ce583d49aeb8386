"""Divisions of a list that share a noun in the plural: "the Kursk and Belgorod oblasts", "Borno and Yobe states"."""

from __future__ import annotations

from ..lexicon import LexiconEntry
from ..passage import Mention, Passage
from ..word_lists import word_list

_JOINTS = word_list("list_joints")
_NAMES = ("place", "capital")


def is_states_of_list(passage: Passage, index: int) -> bool:
    """Check whether a word is the noun of states in a list of divisions, as other words than those of places are."""
    named = passage.mention_at(index - 1)
    if named is None or passage.tokens.words[index].text != "states" or not named.places:
        return False
    verb = passage.tokens.lower(index + 1) == "that"
    return not verb and named.name_kind == "place" and named.places[0].kind == "admin"


def division_with(passage: Passage, named: Mention, noun: str) -> LexiconEntry | None:
    """Return the entry of a name with a noun in the plural as the noun of one: "Belgorod oblasts"."""
    name = passage.surface(named.first, named.last)
    entry = passage.lexicon.get(f"{name} {_singular(noun)}")
    return entry if entry is not None and any(place.kind == "admin" for place in entry.places) else None


def share_noun(passage: Passage, last: Mention, noun: str) -> None:
    """Let the names of a list before its last mean divisions too: Kursk, in "the Kursk and Belgorod oblasts"."""
    tokens, position = passage.tokens, last.first - 1
    while position > 0 and tokens.lower(position) in _JOINTS and tokens.same_sentence(position - 1, last.first):
        if tokens.lower(position - 1) in _JOINTS:
            position -= 1  # "Borno, Yobe, and Adamawa states"
            continue
        named = passage.mention_at(position - 1)
        if named is None or named.name_kind not in _NAMES:
            return
        entry = division_with(passage, named, noun)
        if entry is not None:
            places = [place for place in entry.places if place.kind == "admin"]
            passage.add(Mention(named.first, named.last, "place", entry, places=places, place_kind="admin"))
        position = named.first - 1


def _singular(noun: str) -> str:
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")
