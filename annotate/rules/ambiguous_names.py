"""Weak names: whether the text around a name supports that it is one."""

from __future__ import annotations

from .document_context import DocumentContext
from .passage import Mention, Passage
from .places.place_names import has_place_cue
from .places.place_ranking import rank_places
from .word_lists import word_list

_LOCATIVE = word_list("locative_cues")
_ACTOR_CUES = frozenset(
    ("acting", "speech", "adverbs", "rulers", "armed", "officials", "groups", "people", "bodies"),
)


def is_supported(passage: Passage, mention: Mention, context: DocumentContext) -> bool:
    """Check whether a weak name has enough support to be kept."""
    tokens = passage.tokens
    if mention.name_kind == "person":
        size = sum(1 for word in tokens.words[mention.first : mention.last] if word.capital)
        return size > 1 or tokens.words[mention.last - 1].part in context.persons
    if mention.name_kind == "actor":
        return _is_actor(passage, mention)
    if mention.place_kind is None and not mention.places:
        return False
    return _is_place(passage, mention, context)


def _is_place(passage: Passage, mention: Mention, context: DocumentContext) -> bool:
    tokens = passage.tokens
    first, last = mention.first, mention.last
    if has_place_cue(passage, first) and mention.name_kind == "place":
        return True
    before = passage.index_before(first)
    while before >= 0 and "direction" in tokens.classes(before):
        before = passage.index_before(before)
    lower = tokens.lower(before) if before >= 0 else ""
    locative = lower in _LOCATIVE
    neighbour = passage.mention_at(before - 1) if lower in ("and", ",", "or") and before > 0 else None
    if neighbour is not None and neighbour is not mention and neighbour.name_kind in ("place", "capital"):
        locative = True
        if has_place_cue(passage, neighbour.first):
            return True
    place = rank_places(passage, mention, context.countries)[0]
    in_known_country = context.countries.get(place.country, 0) > 0
    following = passage.mention_at(last + 1) if tokens.lower(last) == "," else None
    listed = following is not None and following.name_kind in ("place", "state", "capital")
    if len(tokens.words[first].text) < 4 and last - first == 1:
        return (locative and in_known_country and place.population > 100_000) or (listed and in_known_country)
    if mention.entry is not None and not mention.entry.places:
        known_word = bool(tokens.words[last - 1].classes) or len(tokens.words[last - 1].text) < 5
        return in_known_country and (locative or listed or not known_word)
    if tokens.headline[tokens.sentence[first]] and not in_known_country:
        return False
    return in_known_country or (locative and place.population > 50_000) or listed or place.population > 1_000_000


def _is_actor(passage: Passage, mention: Mention) -> bool:
    """Check whether an unknown abbreviation is an actor: it acts, leads people, or occurs more than once."""
    tokens = passage.tokens
    last = mention.last
    after = tokens.classes(last) if tokens.same_sentence(last - 1, last) else frozenset()
    if after & _ACTOR_CUES:
        return True
    if passage.is_possessive(last):
        return True
    before = passage.index_before(mention.first)
    if before >= 0 and ("the" in tokens.lower(mention.first - 1) or "towards_actor" in tokens.classes(before)):
        return True
    text = tokens.words[mention.first].text
    return sum(1 for word in tokens.words if word.text == text) > 1
