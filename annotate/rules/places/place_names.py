"""Unknown names of places, found by a noun in them: "X Air Base", "Y province", "Lake Z"."""

from __future__ import annotations

from collections.abc import Sequence

from ..passage import Mention, Passage
from ..tokens import Word, is_article
from ..word_lists import class_names, word_list
from .place_cues import is_unknown_name
from .place_heads import PLURAL_HEADS, forms_one_name
from .prefixed_names import FIRST_NOUNS, PREFIX_KINDS, find_by_prefix, find_long_name, is_numbered_road
from .shared_divisions import division_with, is_states_of_list, share_noun
from .unknown_places import ADJECTIVES_OF_NO_PLACE

HEAD_KINDS = {
    "place_admin": "admin",
    "place_region": "region",
    "place_natural": "natural",
    "place_facility": "facility",
    "place_settlement": "settlement",
    "place_street": "facility",
}
"""The kind of place of each class of nouns in names of places."""

_IN_NAMES = class_names("titles", "direction")
_SAME_KINDS = {
    "admin": ("admin", "region"),
    "region": ("region", "admin", "settlement"),
    "settlement": ("settlement",),
}
"""The kinds of places that a name with a head noun of a kind may denote without it: "Homs city" is Homs."""

_FIRST_WORDS = PREFIX_KINDS.keys() | word_list("road_words", "numbered_sites")
_NAME_PARTS = word_list("place_name_parts")


def find_places(passage: Passage) -> None:
    """Find places by the nouns in their names."""
    words = passage.tokens.words
    for index in _candidates(words):
        if passage.blocked[index]:
            continue
        word = words[index]
        if word.capital and word.lower in FIRST_NOUNS:
            find_long_name(passage, index)
        is_head = word.place_noun or is_states_of_list(passage, index)
        if not (word.capital or is_head) or not _may_be_noun_of_name(passage.owners[index]):
            continue
        if index and is_head:
            _find_by_head(passage, index, _head_kind(word.classes))
        if word.capital and word.lower in _FIRST_WORDS and passage.owners[index] is None:
            find_by_prefix(passage, index)


def _candidates(words: Sequence[Word]) -> list[int]:
    """Return the indices of the words by which names of places are found."""
    return [i for i, word in enumerate(words) if word.capital or word.place_noun or word.lower == "states"]


def _head_kind(classes: frozenset[str]) -> str:
    """Return the kind of place that a noun with some classes denotes; states, which have none, are divisions."""
    return next((kind for name, kind in HEAD_KINDS.items() if name in classes), "admin")


def _may_be_noun_of_name(owner: Mention | None) -> bool:
    """Check whether a word is in no known name but that of a town called like it: "Froom Crescent"."""
    return owner is None or (owner.weak and owner.name_kind == "place" and owner.last - owner.first == 1)


def _find_by_head(passage: Passage, head: int, kind: str) -> None:
    tokens = passage.tokens
    position = _before_name_parts(passage, head)
    noun = tokens.words[head]
    if not tokens.same_sentence(position, head) or not (noun.capital or _may_be_written_small(passage, head)):
        return
    named = passage.owners[position]
    fits = (
        forms_unknown_name(passage, head, position) if named is None else forms_one_name(passage, named, head, position)
    )
    if passage.blocked[position] or not fits:
        return
    first = _unknown_start(
        passage, position if named is None else named.first, titled=noun.capital or kind == "facility"
    )
    if first == head:
        return
    _add_with_noun(passage, first, head, kind, named)


def _add_with_noun(passage: Passage, first: int, head: int, kind: str, named: Mention | None) -> None:
    """Add a place with its noun, which in the plural it may share with the names of a list before it."""
    noun = passage.tokens.words[head]
    shared = kind == "admin" and noun.text in PLURAL_HEADS
    entry = passage.lexicon.get(passage.surface(first, head + 1))
    if named is not None and shared:
        entry = entry or division_with(passage, named, noun.lower)
    places = entry.places if entry is not None else []
    if not places and named is not None:
        places = [place for place in named.places if place.kind in _SAME_KINDS.get(kind, ())]
    mention = passage.add(Mention(first, head + 1, "place", entry, places=places, place_kind=kind))
    if named is not None and shared:
        share_noun(passage, mention, noun.lower)


def _may_be_written_small(passage: Passage, head: int) -> bool:
    """Check whether a head noun may be in lower case: not in a heading, nor of a street."""
    tokens = passage.tokens
    heading = tokens.headline[tokens.sentence[head]]
    return not heading and "place_street" not in tokens.classes(head) and passage.owners[head] is None


def _before_name_parts(passage: Passage, head: int) -> int:
    """Return the index before words such as "refugee" in "X refugee camp"; it may be in another sentence, or -1."""
    tokens = passage.tokens
    words = tokens.words
    position = head - 1
    while (
        position >= 0
        and tokens.sentence[position] == tokens.sentence[head]
        and passage.owners[position] is None
        and words[position].lower in _NAME_PARTS
        and (words[head].capital or not words[position].capital)
    ):
        position -= 1
    return position


def _unknown_start(passage: Passage, first: int, *, titled: bool) -> int:
    """Return the index of the first of the words of a name that ends before a word, or that word itself.

    Args:
        passage: The passage.
        first: The index of the word.
        titled: Whether titles and directions may be part of it, as its head noun is capitalised or a building's.
    """
    words = passage.tokens.words
    while first > 0 and _precedes_in_name(passage, first, titled=titled):
        first -= 1
    while words[first].hyphen:
        first += 1
    return first


def _precedes_in_name(passage: Passage, index: int, *, titled: bool) -> bool:
    """Check whether the word before an index belongs to the same name."""
    tokens, before = passage.tokens, index - 1
    word, owner = tokens.words[before], passage.owners[before]
    if passage.blocked[before] or not tokens.same_sentence(before, index):
        return False
    if owner is not None:  # "Champs-Elysees", of which a gazetteer knows the first half
        return tokens.words[index].hyphen and owner.name_kind == "place" and owner.last - owner.first == 1
    if word.hyphen:
        return tokens.is_joined(index) and tokens.is_joined(before)
    named = titled and word.capital and not word.classes.isdisjoint(_IN_NAMES) and not tokens.starts_sentence(before)
    return named or is_unknown_name(passage, before) or is_article(tokens, before)


def forms_unknown_name(passage: Passage, head: int, position: int) -> bool:
    """Check whether an unknown name ends at a position before a head noun, which it shares with no list."""
    noun, word = passage.tokens.words[head], passage.tokens.words[position]
    titled = noun.capital and word.capital and "titles" in word.classes and "place_admin" in noun.classes
    if titled or is_numbered_road(passage, head):
        return not passage.tokens.starts_sentence(position)  # "the M5 highway", "Pope County"
    common = noun.lower in PLURAL_HEADS or word.lower in ADJECTIVES_OF_NO_PLACE  # "Orthodox church"
    return is_unknown_name(passage, position) and (noun.capital or not common)
