"""Mentions of the names in registry and gazetteer, unless their context rules them out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ...schema import Actor, Place
from .lexicon import LexiconEntry
from .passage import Mention, Passage
from .tokens import FUNCTION_WORDS, is_article
from .word_lists import NOT_NAME, class_names, word_groups, word_list

NEVER_IN_NAMES = FUNCTION_WORDS | word_list("number_words", "never_in_names")
"""Words that no name starts with or contains, even if they are capitalised."""

_LARGE_DIVISION, _WIDE_KM, _SMALL_TOWN = 100_000, 150, 15_000

_NATURAL_PREFIXES = frozenset(word for word, kind in word_groups("place_prefixes").items() if kind == "natural")
_GIVEN = class_names("given")
_PREDICATES = class_names("acting", "speech")
_WORDS_LIKE_PLACES = word_list("words_like_places")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def slug(surface: str) -> str:
    """Return the id of an actor or place without an entry: its name in kebab case, without diacritics."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", surface.casefold()) if not unicodedata.combining(c))
    plain = plain.translate(_LETTERS)
    return _NOT_SLUG.sub("-", plain).strip("-")[:120] or "unnamed"


_LETTERS = str.maketrans(
    dict.fromkeys("'’‘.", "") | {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "&": " and "}
)


def find_known_names(passage: Passage) -> None:
    """Find the names that are in the lexicon."""
    tokens, lexicon = passage.tokens, passage.lexicon
    starts = [
        index
        for index, word in enumerate(tokens.words)
        if word.capital or word.digits or (word.lower == "al" and is_article(tokens, index))
    ]
    read = 0
    for index in starts:
        if index < read or passage.blocked[index]:
            continue
        match = lexicon.match(tokens, index)
        mention = _known_mention(passage, index, *match) if match is not None else None
        if mention is not None:
            passage.add(mention)
            read = mention.last


def _known_mention(passage: Passage, first: int, last: int, entry: LexiconEntry) -> Mention | None:
    """Return the mention of a known name; None if the words are unlikely to be a name here."""
    if not _is_written_as_name(passage, first, last, entry):
        return None
    nouns, places = entry.nouns, entry.places
    if (state := entry.state) is not None:
        return Mention(first, last, "state", entry, state, places=places)
    if entry.adjectives and all(actor.kind == "civilian" for actor in nouns):
        return Mention(first, last, "adjective", entry, entry.adjectives[0], places=places)
    if entry.capitals:
        return Mention(first, last, "capital", entry, entry.capitals[0], places=places)
    if nouns:
        actor = _actor_so_written(nouns, passage.surface(first, last)) if len(nouns) > 1 else nouns[0]
        return Mention(first, last, "person" if actor.kind == "person" else "actor", entry, actor, places=places)
    return _known_place(passage, first, last, entry)


def _actor_so_written(actors: Sequence[Actor], surface: str) -> Actor:
    """Return, of several actors with one name, the first that has it with these capitals and marks."""
    return next((actor for actor in actors if surface in (actor.name, *actor.aliases)), actors[0])


def _is_written_as_name(passage: Passage, first: int, last: int, entry: LexiconEntry) -> bool:
    """Check whether words of a known name are a name here, by their capitals, digits and other meanings."""
    words = passage.tokens.words[first:last]
    if not words[0].capital and not any(word.capital or word.digits for word in words):
        return bool(entry.nouns) and is_article(passage.tokens, first)
    if len(words) == 1:
        return not words[0].classes or _is_name_here(passage, first, entry)
    return bool(entry.nouns) or words[-1].capital or not words[-1].digits


def _known_place(passage: Passage, first: int, last: int, entry: LexiconEntry) -> Mention | None:
    tokens = passage.tokens
    listed = any(_is_well_known(place) for place in entry.places if not place.level or place is entry.places[0])
    single = last - first == 1
    if not listed and _is_unlikely_here(passage, first, last, entry):
        return None
    weak = (not listed and (single or not entry.places)) or (single and len(tokens.words[first].text) < 4)
    weak = weak or (single and tokens.lower(first) in _WORDS_LIKE_PLACES)
    if single and _is_part_of_unknown_name(passage, first, weak=weak):
        return None
    if not listed and _follows_named_direction(passage, first):
        return Mention(first - 1, last, "place", place_kind="admin")  # "East Gojjam"
    return Mention(first, last, "place", entry, places=entry.candidates, weak=weak)


def _is_well_known(place: Place) -> bool:
    """Check whether the name of a place needs no support: it is one of the project's own, or of a large division."""
    if place.level == 1:
        return place.population >= _LARGE_DIVISION or (place.radius_km or 0) >= _WIDE_KM
    return not place.id.startswith("geonames:") or not (place.population or place.level)


def _is_minor(place: Place) -> bool:
    """Check whether a place is unlikely to be meant beside another name: a small town, or part of a province."""
    return place.level == 2 or place.population < _SMALL_TOWN


def _is_unlikely_here(passage: Passage, first: int, last: int, entry: LexiconEntry) -> bool:
    """Check whether a name is one of minor places only, and part of another name or of that of a river or mountain."""
    if not all(map(_is_minor, entry.candidates)):
        return False
    return _is_beside_name(passage, first, last) or passage.tokens.lower(first) in _NATURAL_PREFIXES


def _is_beside_name(passage: Passage, first: int, last: int) -> bool:
    """Check whether a capitalised word that may be part of a person's name is right before or behind a name."""
    tokens = passage.tokens
    return any(
        0 <= index < len(tokens)
        and tokens.same_sentence(index, first)
        and tokens.words[index].capital
        and (tokens.words[index].name_like or "given" in tokens.words[index].classes)
        for index in (first - 1, last)
    )


def _is_part_of_unknown_name(passage: Passage, index: int, *, weak: bool) -> bool:
    """Check whether a place's name of one word is part of a longer, unknown name."""
    tokens = passage.tokens
    if not tokens.same_sentence(index, index + 1):
        return False
    if is_article(tokens, index + 1) and tokens.words[index + 1].text.islower():
        return weak  # "Harith al-Ithari"
    following = tokens.words[index + 1]
    if not following.capital:
        return False
    if not following.name_like and "given" not in following.classes:
        return False
    if "given" in tokens.words[index].classes:
        return True  # "Victoria Nuland"
    return weak and not _starts_known_name(passage, index + 1)  # "Mir Ali"


def _follows_named_direction(passage: Passage, first: int) -> bool:
    """Check whether a capitalised direction precedes a name within the sentence."""
    tokens = passage.tokens
    if not first or not tokens.same_sentence(first - 1, first):
        return False
    before = tokens.words[first - 1]
    return before.capital and "direction" in before.classes and not tokens.starts_sentence(first - 1)


def _starts_known_name(passage: Passage, index: int) -> bool:
    """Check whether a known name of an actor, or of more than one word, starts at a word."""
    match = passage.lexicon.match(passage.tokens, index)
    return match is not None and (bool(match[1].nouns) or match[0] - index > 1)


def _is_name_here(passage: Passage, index: int, entry: LexiconEntry) -> bool:
    """Check whether a single word with other meanings may be a name here."""
    tokens = passage.tokens
    word = tokens.words[index]
    classes = word.classes
    actor = entry.nouns[0] if entry.nouns else None
    if "calendar" in classes or (NOT_NAME in classes and not (actor is not None and word.upper)):
        return False
    headline = tokens.headline[tokens.sentence[index]]
    if (word.upper and not headline) or entry.state is not None or entry.adjectives or classes <= _GIVEN:
        return True
    return actor is not None and actor.kind != "person" and not headline and _is_actor_here(passage, index, actor)


def _is_actor_here(passage: Passage, index: int, actor: Actor) -> bool:
    """Check whether a capitalised common word is the name of an actor, by its place in the sentence."""
    if passage.tokens.starts_sentence(index):
        return actor.kind == "state" and _is_before_predicate(passage, index)
    return _is_before_lower_case(passage, index) and _is_named_so(passage, index, actor)


def _is_before_predicate(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    return tokens.same_sentence(index, index + 1) and bool(tokens.classes(index + 1) & _PREDICATES)


def _is_before_lower_case(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    return not tokens.same_sentence(index, index + 1) or not tokens.words[index + 1].capital


def _is_named_so(passage: Passage, index: int, actor: Actor) -> bool:
    """Check whether an actor may be called by a common word: media and states may, others only with an article."""
    if actor.kind == "armed_group":
        return False
    return actor.kind in ("media", "state", "intergovernmental") or passage.tokens.lower(index - 1) == "the"
