"""Names of places found by their first word: "Lake Z", "Fort Z", "St. Mark's Cathedral", "Highway 12", "M5 highway"."""

from __future__ import annotations

import re

from ..passage import Mention, Passage
from ..word_lists import class_names, word_groups, word_list
from .place_cues import has_place_cue, is_unknown_name

PREFIX_KINDS = word_groups("place_prefixes")
"""The kind of a place by the first word of its name."""

FIRST_NOUNS = word_list("saint_words", "base_words")
"""Words that names of several words start with, of which a gazetteer may know a part."""

_SAINTS = word_list("saint_words")

_PARTICLES = word_list("place_particles")
_ROADS = word_list("road_words")
_NUMBERED_SITES = word_list("numbered_sites")
_COUNTED = class_names("people", "armed", "officials", "groups")
_BEFORE_BASES = word_list("words_before_bases")
_NUMBERED = re.compile(r"[A-Z]{0,3}-?\d{1,4}[A-Z]?")
_FACILITIES = class_names("place_facility")
_KNOWN_NAMES = frozenset(("place", "capital", "person"))
_LONGEST_SAINT = 9


def find_by_prefix(passage: Passage, index: int) -> None:
    """Add the place whose name starts with a capitalised word, if one does."""
    tokens = passage.tokens
    lower = tokens.lower(index)
    if tokens.headline[tokens.sentence[index]] or not tokens.same_sentence(index, index + 1):
        return
    kind = PREFIX_KINDS.get(lower, "facility")
    road = lower in _ROADS and _NUMBERED.fullmatch(tokens.words[index + 1].text)
    if road or (lower in _NUMBERED_SITES and _is_number_of_site(passage, index + 1)):
        passage.add(Mention(index, index + 2, "place", place_kind="facility"))
    elif lower in PREFIX_KINDS and (kind != "settlement" or has_place_cue(passage, index)):
        last = _prefixed_end(passage, index, kind)
        if last:
            passage.add(Mention(index, last, "place", place_kind=kind))


def _is_number_of_site(passage: Passage, index: int) -> bool:
    """Check whether a word is the number of a site, which counts no people after it: "Checkpoint 12"."""
    tokens = passage.tokens
    if not tokens.words[index].text.isdecimal():
        return False
    return not (tokens.same_sentence(index, index + 1) and tokens.classes(index + 1) & _COUNTED)


def find_long_name(passage: Passage, index: int) -> None:
    """Add "St. Mark's Church" or "Forward Operating Base Chapman", if its saint or noun is at an index."""
    owner = passage.owners[index]
    saint = passage.tokens.lower(index) in _SAINTS
    last = _saint_end(passage, index) if saint else _base_end(passage, index)
    if last and (owner is None or (owner.first == index and owner.last < last)):
        first = index if saint else _base_start(passage, index)
        passage.add(Mention(first, last, "place", place_kind="facility"))


def is_numbered_road(passage: Passage, head: int) -> bool:
    """Check whether a noun follows the number of a road: "the M5 highway"."""
    before = passage.tokens.words[head - 1]
    numbered = before.text[:1].isalpha() and _NUMBERED.fullmatch(before.text) is not None
    return numbered and passage.tokens.lower(head) in _ROADS and passage.tokens.same_sentence(head - 1, head)


def _prefixed_end(passage: Passage, index: int, kind: str) -> int:
    """Return the end of the name after a first word such as "Lake"; 0 if none follows."""
    tokens = passage.tokens
    last = index + 1
    while last < len(tokens) and tokens.lower(last) in _PARTICLES and last < index + 4:
        last += 1
    if last >= len(tokens) or not tokens.same_sentence(index, last) or not tokens.words[last].capital:
        return 0
    if is_unknown_name(passage, last):
        return passage.name_end(last)
    owner = passage.owners[last]
    known = kind != "settlement" and owner is not None and owner.name_kind in _KNOWN_NAMES and owner.first == last
    return owner.last if known and owner is not None else 0


def _base_start(passage: Passage, index: int) -> int:
    """Return the index of the first of the capitalised words before a base's noun: "Forward Operating Base"."""
    tokens = passage.tokens
    while index and tokens.same_sentence(index - 1, index) and tokens.lower(index - 1) in _BEFORE_BASES:
        if not tokens.words[index - 1].capital:
            break
        index -= 1
    return index


def _base_end(passage: Passage, index: int) -> int:
    """Return the end of a base's name after its noun: "Forward Operating Base Chapman"; 0 if none follows."""
    before = passage.tokens.lower(index - 1)
    return _prefixed_end(passage, index, "facility") if before in _BEFORE_BASES else 0


def _saint_end(passage: Passage, index: int) -> int:
    """Return the end of a building's name that starts with a saint's; 0 if no building has it: "St. Mark's Church"."""
    tokens = passage.tokens
    last = 0
    for position in range(index + 1, min(index + _LONGEST_SAINT, len(tokens))):
        word = tokens.words[position]
        joint = word.lower == "and" and tokens.lower(position + 1) in _SAINTS
        if not tokens.same_sentence(index, position) or not (
            word.capital or joint or passage.is_possessive(position) or word.text == "."
        ):
            break
        if word.capital and not word.classes.isdisjoint(_FACILITIES):
            last = position + 1
    return last
