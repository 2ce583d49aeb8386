"""Verbs that take a place as their object or subject: "shelled X", "X was shelled", "X fell to the rebels"."""

from __future__ import annotations

from ..passage import Passage
from ..word_lists import class_names, word_list
from .site_cues import Site

_BEFORE_OBJECTS = class_names("direction", "before_country")
_AUXILIARIES = word_list("passive_auxiliaries")
_PERFECTS = word_list("perfects_of_places")
_COMING = word_list("coming_verbs")
_FALLING = word_list("falling_verbs")
_SITE_NOUNS = word_list("site_nouns")
_FARTHEST_PARTICIPLE = 3
_DROPPING = word_list("dropping_verbs")
_LANDING = word_list("landing_verbs")
_WEAPONS = word_list("falling_weapons")
_FARTHEST = 8


def is_object_of(passage: Passage, first: int, verbs: frozenset[str]) -> bool:
    """Check whether a name is the object of a verb of one of some classes, with adjectives and directions between."""
    tokens = passage.tokens
    position = passage.index_before(first)
    # "Rebels Enter Goma"; elsewhere a capitalised verb is part of a name
    headline = tokens.headline[tokens.sentence[first]]
    while position >= 0 and (headline or not tokens.words[position].capital):
        classes = tokens.classes(position)
        if not classes.isdisjoint(verbs):
            return True
        if classes.isdisjoint(_BEFORE_OBJECTS):
            return False
        position = passage.index_before(position)
    return False


def is_struck(passage: Passage, last: int) -> bool:
    """Check whether the words after a name state what befell it: "was bombed", "fell to", "the Kabul blast"."""
    tokens = passage.tokens
    if not tokens.same_sentence(last - 1, last):
        return False
    lower = tokens.lower(last)
    if lower in _PERFECTS:  # "has been shelled", "had fallen", but not "has shelled"
        last += 1
        if tokens.lower(last) == "fallen":
            return True
    if lower in _AUXILIARIES or (lower in _PERFECTS and tokens.lower(last) == "been"):
        near = range(last + 1, min(last + 1 + _FARTHEST_PARTICIPLE, len(tokens)))
        return any("struck" in tokens.classes(index) and tokens.same_sentence(last, index) for index in near)
    return lower in _FALLING or lower in _SITE_NOUNS or (lower in _COMING and tokens.lower(last + 1) == "under")


def falls_on(site: Site) -> bool:
    """Check whether something is dropped on a place, or weapons fall on it: "dropped 2,000 tons on Berlin"."""
    tokens, governor = site.passage.tokens, site.governor
    fell = False
    for index in range(governor - 1, max(governor - _FARTHEST, -1), -1):
        if not tokens.same_sentence(index, governor) or tokens.lower(index) == ";":
            return False
        if tokens.lower(index) in _DROPPING or (fell and tokens.lower(index) in _WEAPONS):
            return True
        fell = fell or tokens.lower(index) in _LANDING
    return False
