"""Capitals and countries as ends of a road, and as where bombs fall: "the Damascus-Aleppo highway", "fell on Kabul"."""

from __future__ import annotations

from ..word_lists import word_list
from .site_cues import Site

_ROADS = word_list("road_words", "track_words")
_DROPPING = word_list("dropping_verbs")
_LANDING = word_list("landing_verbs")
_WEAPONS = word_list("falling_weapons")
_FARTHEST = 8


def is_end_of_road(site: Site) -> bool:
    """Check whether a hyphen joins a name to another, and a road between the two follows."""
    passage, tokens = site.passage, site.passage.tokens
    first, last = site.mention.first, site.mention.last
    if last < len(tokens) and tokens.words[last].hyphen and tokens.is_joined(last):
        other = passage.mention_at(last + 1)
        last = other.last if other is not None and tokens.is_joined(last + 1) else last
    elif not (first > 1 and tokens.words[first - 1].hyphen and passage.mention_at(first - 2) is not None):
        return False
    return tokens.lower(last) in _ROADS and tokens.same_sentence(first, last)


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
