"""Mentions of the names in registry and gazetteer, unless their context rules them out."""

from __future__ import annotations

import re
import unicodedata

from .lexicon import LexiconEntry
from .passage import Mention, Passage
from .tokens import FUNCTION_WORDS, is_article
from .word_lists import word_list

_NUMBER_WORDS = word_list("number_words")
NEVER_IN_NAMES = _NUMBER_WORDS | FUNCTION_WORDS | frozenset("said says however meanwhile although per via".split())
"""Words that no name starts with or contains, even if they are capitalised."""

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
    words = tokens.words
    index, end = 0, len(tokens)
    while index < end:
        word = words[index]
        if passage.blocked[index] or not (
            word.capital or word.digits or (word.lower == "al" and is_article(tokens, index))
        ):
            index += 1
            continue
        match = lexicon.match(tokens, index)
        mention = _known_mention(passage, index, *match) if match is not None else None
        if mention is None:
            index += 1
            continue
        passage.add(mention)
        index = mention.last


def _known_mention(passage: Passage, first: int, last: int, entry: LexiconEntry) -> Mention | None:
    """Return the mention of a known name; None if the words are unlikely to be a name here."""
    words = passage.tokens.words[first:last]
    capital = any(word.capital for word in words)
    if (
        not capital
        and not any(word.digits for word in words)
        and not (entry.nouns and is_article(passage.tokens, first))
    ):
        return None
    if len(words) == 1 and words[0].classes and not _is_name_here(passage, first, entry):
        return None
    if len(words) > 1 and words[-1].digits and not words[-1].capital and not entry.nouns:
        return None
    nouns = entry.nouns
    if entry.state is not None:
        return Mention(first, last, "state", entry, entry.state, places=entry.places)
    if entry.adjectives and all(actor.kind == "civilian" for actor in nouns):
        return Mention(first, last, "adjective", entry, entry.adjectives[0], places=entry.places)
    if entry.capitals:
        return Mention(first, last, "capital", entry, entry.capitals[0], places=entry.places)
    if nouns:
        surface = passage.surface(first, last)
        exact = [actor for actor in nouns if surface in (actor.name, *actor.aliases)]
        actor = (exact or nouns)[0]
        return Mention(first, last, "person" if actor.kind == "person" else "actor", entry, actor, places=entry.places)
    if entry.adjectives:
        return Mention(first, last, "adjective", entry, entry.adjectives[0], places=entry.places)
    return _known_place(passage, first, last, entry)


def _known_place(passage: Passage, first: int, last: int, entry: LexiconEntry) -> Mention | None:
    tokens = passage.tokens
    listed = any(not place.id.startswith("geonames:") or not place.population for place in entry.places)
    single = last - first == 1
    word = tokens.words[first]
    weak = (not listed and (single or not entry.places)) or (single and len(word.text) < 4)
    if single and last < len(tokens) and tokens.same_sentence(first, last) and tokens.words[last].capital:
        following = tokens.words[last]
        unknown = following.name_like or "given" in following.classes
        if weak and unknown and not _starts_known_name(passage, last):
            return None  # "Mir Ali": part of an unknown name
        if "given" in word.classes and unknown:
            return None  # "Victoria Nuland"
    before = tokens.words[first - 1] if first and tokens.same_sentence(first - 1, first) else None
    if (
        before is not None
        and before.capital
        and "direction" in before.classes
        and not tokens.starts_sentence(first - 1)
        and not listed
    ):
        return Mention(first - 1, last, "place", place_kind="admin")  # "East Gojjam"
    return Mention(first, last, "place", entry, places=entry.places or entry.towns, weak=weak)


def _starts_known_name(passage: Passage, index: int) -> bool:
    """Check whether a known name of an actor, or of more than one word, starts at a word."""
    match = passage.lexicon.match(passage.tokens, index)
    return match is not None and (bool(match[1].nouns) or match[0] - index > 1)


def _is_name_here(passage: Passage, index: int, entry: LexiconEntry) -> bool:
    """Check whether a single word with other meanings may be a name here."""
    tokens = passage.tokens
    word = tokens.words[index]
    classes = word.classes
    if "calendar" in classes or ("not_name" in classes and not (entry.nouns and word.upper)):
        return False
    headline = tokens.headline[tokens.sentence[index]]
    if (word.upper and not headline) or entry.state is not None or entry.adjectives or classes <= {"given"}:
        return True
    if not entry.nouns or entry.nouns[0].kind == "person" or headline:
        return False
    following = tokens.words[index + 1] if tokens.same_sentence(index, index + 1) else None
    if tokens.starts_sentence(index):
        return (
            following is not None and bool(following.classes & {"acting", "speech"}) and entry.nouns[0].kind == "state"
        )
    named = entry.nouns[0].kind in ("media", "state", "intergovernmental") or tokens.lower(index - 1) == "the"
    return named and entry.nouns[0].kind != "armed_group" and (following is None or not following.capital)
