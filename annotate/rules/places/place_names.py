"""Unknown names of places, found by a noun in them: "X Air Base", "Y province", "Lake Z"."""

from __future__ import annotations

from ..known_names import NEVER_IN_NAMES
from ..passage import Mention, Passage
from ..tokens import is_article
from ..word_lists import NOT_NAME, class_names, word_groups, word_list
from .place_heads import PLURAL_HEADS, forms_one_name
from .place_verbs import is_object_of

_HEAD_KINDS = {
    "place_admin": "admin",
    "place_region": "region",
    "place_natural": "natural",
    "place_facility": "facility",
    "place_settlement": "settlement",
}
_HEAD_CLASSES = class_names(*_HEAD_KINDS)
_PREFIX_KINDS = word_groups("place_prefixes")
_SAME_KINDS = {
    "admin": ("admin", "region"),
    "region": ("region", "admin", "settlement"),
    "settlement": ("settlement",),
}
"""The kinds of places that a name with a head noun of a kind may denote without it: "Homs city" is Homs."""

_NAME_PARTS = word_list("place_name_parts")
OF_PLACES = word_list("before_of_places")
"""Nouns before "of" and the name of a place: "the town of X"."""

_BEFORE_NAMES = word_list("place_prepositions")
_PARTICLES = word_list("place_particles")
_MOTION = class_names("going", "moving")
_PLACE_VERBS = class_names("only_at_places")
_CLASSES_OF_NO_NAME = class_names("calendar", NOT_NAME, "common", "speech", "locative", "titles", "acting")


def find_places(passage: Passage) -> None:
    """Find places by the nouns in their names."""
    for index, word in enumerate(passage.tokens.words):
        if passage.blocked[index] or passage.owners[index] is not None:
            continue
        if index and not word.classes.isdisjoint(_HEAD_CLASSES):
            kind = next(kind for name, kind in _HEAD_KINDS.items() if name in word.classes)
            _find_by_head(passage, index, kind)
        if word.capital and word.lower in _PREFIX_KINDS and passage.owners[index] is None:
            _find_by_prefix(passage, index)


def _find_by_head(passage: Passage, head: int, kind: str) -> None:
    tokens = passage.tokens
    position = _before_name_parts(passage, head)
    headline = tokens.headline[tokens.sentence[head]]
    if not tokens.same_sentence(position, head) or (headline and not tokens.words[head].capital):
        return
    named = passage.owners[position]
    fits = (
        forms_unknown_name(passage, head, position) if named is None else forms_one_name(passage, named, head, position)
    )
    if passage.blocked[position] or not fits:
        return
    first = _unknown_start(passage, position if named is None else named.first)
    if first == head:
        return
    entry = passage.lexicon.get(passage.surface(first, head + 1))
    places = entry.places if entry is not None else []
    if not places and named is not None:
        places = [place for place in named.places if place.kind in _SAME_KINDS.get(kind, ())]
    passage.add(Mention(first, head + 1, "place", entry, places=places, place_kind=kind))


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


def _unknown_start(passage: Passage, first: int) -> int:
    """Return the index of the first of the unknown words that end before a word, or that word itself."""
    tokens = passage.tokens
    words = tokens.words
    sentence = tokens.sentence[first]
    while first > 0 and tokens.sentence[first - 1] == sentence:
        before = first - 1
        hyphen = words[before].hyphen and tokens.is_joined(first) and tokens.is_joined(before)
        free = passage.owners[before] is None and not passage.blocked[before]
        if not free or not (hyphen or is_unknown_name(passage, before) or is_article(tokens, before)):
            break
        first = before
    while words[first].hyphen:
        first += 1
    half = passage.owners[first - 2] if first > 1 and words[first - 1].hyphen and tokens.is_joined(first) else None
    return half.first if half is not None and half.name_kind == "place" and not half.place_kind else first


def forms_unknown_name(passage: Passage, head: int, position: int) -> bool:
    """Check whether an unknown name ends at a position before a head noun, which it shares with no list."""
    noun = passage.tokens.words[head]
    return is_unknown_name(passage, position) and (noun.capital or noun.lower not in PLURAL_HEADS)


def is_unknown_name(passage: Passage, index: int) -> bool:
    """Check whether a capitalised word may belong to an unknown name."""
    word = passage.tokens.words[index]
    owner = passage.owners[index]
    if passage.blocked[index] or (owner is not None and not (owner.weak and owner.name_kind == "place")):
        return False
    if not word.capital or word.lower in NEVER_IN_NAMES or any(c.isdigit() for c in word.text):
        return False
    if word.name_like or "given" in word.classes:
        return True
    if word.classes & _CLASSES_OF_NO_NAME:
        return False
    return not passage.tokens.starts_sentence(index) and not passage.tokens.headline[passage.tokens.sentence[index]]


def _find_by_prefix(passage: Passage, index: int) -> None:
    tokens = passage.tokens
    if tokens.headline[tokens.sentence[index]] or not tokens.same_sentence(index, index + 1):
        return
    last = index + 1
    while last < len(tokens) and tokens.lower(last) in _PARTICLES and last < index + 4:
        last += 1
    if not is_unknown_name(passage, last) if last < len(tokens) else True:
        return
    if not tokens.same_sentence(index, last):
        return
    if _PREFIX_KINDS[tokens.lower(index)] == "settlement" and not has_place_cue(passage, index):
        return
    passage.add(Mention(index, passage.name_end(last), "place", place_kind=_PREFIX_KINDS[tokens.lower(index)]))


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
