"""Names of persons, found by titles and given names."""

from __future__ import annotations

from ..known_names import NEVER_IN_NAMES, slug
from ..passage import Mention, Passage
from ..places.place_names import has_place_cue
from ..tokens import is_article
from ..word_lists import word_list
from .organisations import HEADS_OF_PHRASES

NAME_PARTICLES = word_list("name_particles")
"""Particles within personal names."""

_QUOTES = frozenset("\"'“”‘’")


def find_persons(passage: Passage) -> None:
    """Find persons by the titles before their names and by their given names."""
    tokens = passage.tokens
    words = tokens.words
    index, end = 0, len(tokens)
    while index < end:
        word = words[index]
        owner = passage.owners[index]
        if (
            passage.blocked[index]
            or not (word.capital or is_article(tokens, index))
            or (owner is not None and owner.first != index)
        ):
            index += 1
            continue
        has_title = _has_title(passage, index)
        has_given_name = "given" in word.classes and (owner is None or owner.weak)
        is_known_person = owner is not None and owner.name_kind == "person"
        is_place = owner is not None and owner.name_kind in ("place", "capital")
        if not (has_title or has_given_name or is_known_person) or (
            owner is not None and not (is_known_person or has_given_name or is_place)
        ):
            index += 1
            continue
        if is_place and not has_given_name and not words[index - 1].capital and words[index - 1].lower != "alias":
            index += 1  # "chief in Goma", "resident of Kharkiv"
            continue
        last = _name_end(passage, index)
        name_words = sum(1 for w in words[index:last] if w.capital)
        if is_known_person and owner is not None and (last <= owner.last or tokens.headline[tokens.sentence[index]]):
            index = owner.last
            continue
        if (
            last <= index
            or (name_words < 2 and not has_title)
            or (
                is_place
                and not has_given_name
                and name_words == 1
                and owner is not None
                and owner.name_kind == "capital"
            )
        ):
            index += 1
            continue
        head_follows = tokens.classes(last) & {"organisation_heads", "place_facility"}
        is_namesake = head_follows and last < end and words[last].capital and tokens.same_sentence(index, last)
        if is_namesake and not is_known_person and not tokens.headline[tokens.sentence[index]]:
            index += 1
            continue
        if (
            has_given_name
            and not has_title
            and not is_known_person
            and has_place_cue(passage, index)
            and not passage.lexicon.actors.find(passage.surface(index, last))
        ):
            passage.add(Mention(index, last, "place", place_kind="settlement"))
        else:
            passage.add(
                person_mention(
                    passage, index, last, weak=has_title and name_words == 1 and not words[index - 1].capital
                )
            )
        index = last


def _has_title(passage: Passage, index: int) -> bool:
    """Check whether a title precedes a word."""
    tokens = passage.tokens
    position = index - 1
    if position < 0 or not tokens.same_sentence(position, index) or passage.owners[position] is not None:
        return False
    if tokens.lower(position) == "." and tokens.is_joined(position):
        position -= 1
    word = tokens.words[position]
    if "titles" not in word.classes or word.lower in ("first", "second", "fellow"):
        return False
    return not tokens.headline[tokens.sentence[index]] or word.classes.isdisjoint(("common", "acting"))


def _name_end(passage: Passage, first: int, *, limit: int = 5) -> int:
    """Return the end of a person's name: capitalised words, initials, particles, a nickname in quotation marks."""
    tokens = passage.tokens
    words = tokens.words
    sentence = tokens.sentence[first]
    index = first
    count = 0
    while count < limit and index < len(words) and tokens.sentence[index] == sentence and not passage.blocked[index]:
        word = words[index]
        owner = passage.owners[index]
        if owner is not None and not _may_be_surname(passage, owner, count):
            break
        if is_article(tokens, index):
            index = passage.name_end(index)
            count += 1
            continue
        if count and word.text in _QUOTES:
            closing = next(
                (
                    position
                    for position in range(index + 2, min(index + 5, len(words) - 1))
                    if words[position].text in _QUOTES
                ),
                0,
            )
            if not closing or not words[closing + 1].name_like or not words[index + 1].capital:
                break
            index = closing + 1
            continue
        if not word.capital:
            following = words[index + 1] if index + 1 < len(words) else None
            if (
                not count
                or word.lower not in NAME_PARTICLES
                or following is None
                or not (following.name_like or following.lower in NAME_PARTICLES or "given" in following.classes)
            ):
                break
            index += 1
            continue
        if word.lower in NEVER_IN_NAMES or word.classes & {"calendar", "not_name", "speech"}:
            break
        if not count and "title_parts" in word.classes and "given" not in word.classes:
            break
        if (
            "given" not in word.classes
            and word.classes & {"titles", "common"}
            and (not count or "titles" in word.classes or tokens.headline[sentence])
        ):
            break
        if count and word.upper and not words[first].upper and len(word.text) < 6:
            break
        last = passage.name_end(index)
        if len(word.text) == 1 and last < len(words) and words[last].text == "." and tokens.is_joined(last):
            last += 1
        index = last
        count += 1
    while index > first and not words[index - 1].capital and words[index - 1].lower in NAME_PARTICLES:
        index -= 1
    return index


def _may_be_surname(passage: Passage, owner: Mention, count: int) -> bool:
    """Check whether a known name may be part of a person's: "Ken Salazar", "Israel Katz", "Secretary Austin"."""
    size = owner.last - owner.first
    if owner.name_kind == "person":
        return True
    if owner.name_kind in ("place", "capital"):
        return size == 1 or is_article(passage.tokens, owner.first)
    if owner.name_kind == "state":
        return count > 1 and size == 1 and not passage.is_possessive(owner.last)  # "Roy Vincent Trinidad"
    if owner.name_kind == "adjective" and count and size == 1:
        return not passage.tokens.classes(owner.last) & HEADS_OF_PHRASES
    return False


def person_mention(passage: Passage, first: int, last: int, *, weak: bool = False) -> Mention:
    """Return the mention of a person, with the actor in the registry if there is one."""
    surface = passage.surface(first, last)
    actor = next((actor for actor in passage.lexicon.actors.find(surface) if actor.kind == "person"), None)
    mention = Mention(first, last, "person", actor=actor, weak=weak)
    if actor is None:
        mention.id, mention.kind = slug(surface), "person"
    return mention
