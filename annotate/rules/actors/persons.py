"""Names of persons, found by titles and given names."""

from __future__ import annotations

from dataclasses import dataclass

from ..document_context import GIVEN_PLACES
from ..known_names import NEVER_IN_NAMES, slug
from ..passage import Mention, Passage
from ..places.place_cues import has_place_cue
from ..tokens import is_article
from ..word_lists import NOT_NAME, class_names, word_list
from .organisations import HEADS_OF_PHRASES

NAME_PARTICLES = word_list("name_particles")
"""Particles within personal names."""

_QUOTES = frozenset("\"'“”‘’")
_WEAK_TITLES = word_list("weak_titles")
_AMBIGUOUS_TITLES = class_names("common", "acting")
_HEADS_OF_NAMES = class_names("organisation_heads", "place_facility")
_CLASSES_OF_NO_NAME = class_names("calendar", NOT_NAME, "speech")
_CLASSES_OF_COMMON_WORDS = class_names("titles", "common")


def find_persons(passage: Passage) -> None:
    """Find persons by the titles before their names and by their given names."""
    tokens = passage.tokens
    words = tokens.words
    index, end = 0, len(tokens)
    while index < end:
        word = words[index]
        if (word.capital or (word.article and is_article(tokens, index))) and not passage.blocked[index]:
            index = _find_person(passage, index)
        else:
            index += 1


@dataclass(slots=True)
class _Evidence:
    """What indicates that a person's name starts at a word.

    Attributes:
        title: Whether a title precedes it.
        given: Whether it is a given name.
        known: The known person whose name starts there, if any.
        capital: Whether it is the name of a capital rather than a given name.
    """

    title: bool
    given: bool
    known: Mention | None = None
    capital: bool = False


def _find_person(passage: Passage, index: int) -> int:
    """Find the person whose name starts at a word, if one does; return the index at which to search next."""
    evidence = _evidence(passage, index)
    if evidence is None:
        return index + 1
    last = _name_end(passage, index)
    headline = passage.tokens.headline[passage.tokens.sentence[index]]
    if evidence.known is not None:
        if last <= evidence.known.last or headline:
            return evidence.known.last
    elif _is_namesake(passage, index, last) and not headline:
        return index + 1
    name_words = sum(word.capital for word in passage.tokens.words[index:last])
    if name_words < 2 and (last <= index or not evidence.title or (evidence.capital and name_words == 1)):
        return index + 1
    if _is_place_like_a_person(passage, index, last, evidence):
        passage.add(Mention(index, last, "place", place_kind="settlement"))
    else:
        weak = evidence.title and name_words == 1 and not passage.tokens.words[index - 1].capital
        passage.add(person_mention(passage, index, last, weak=weak))
    return last


def _evidence(passage: Passage, index: int) -> _Evidence | None:
    """Return what indicates that a person's name starts at a word; None if nothing does."""
    words = passage.tokens.words
    owner = passage.owners[index]
    if owner is not None and owner.first != index:
        return None
    title = _has_title(passage, index)
    given = _is_given(passage, index)
    if owner is None or given:
        known = owner if owner is not None and owner.name_kind == "person" else None
        return _Evidence(title, given, known) if title or given else None
    if owner.name_kind == "person":
        return _Evidence(title, given, owner)
    if not title or owner.name_kind not in ("place", "capital"):
        return None
    if not words[index - 1].capital and words[index - 1].lower != "alias":
        return None  # "chief in Goma", "resident of Kharkiv"
    return _Evidence(title, given, capital=owner.name_kind == "capital")


def _is_given(passage: Passage, index: int) -> bool:
    """Check whether a word is a given name, or a place's name that is one here."""
    owner = passage.owners[index]
    free = owner is None or owner.weak
    return (free and "given" in passage.tokens.classes(index)) or _is_given_place(passage, index)


def _is_given_place(passage: Passage, index: int) -> bool:
    """Check whether a place's name is a given name here, with a surname that is no other word: "Chad Wolf"."""
    tokens, owner = passage.tokens, passage.owners[index]
    if tokens.words[index].text not in GIVEN_PLACES or owner is None or not tokens.same_sentence(index, index + 1):
        return False
    surname = tokens.words[index + 1]
    other = passage.owners[index + 1]
    free = (other is None or (other.weak and other.name_kind == "place")) and not passage.blocked[index + 1]
    single = owner.last - owner.first == 1 and not tokens.headline[tokens.sentence[index]]
    return single and free and surname.name_like and not surname.upper and not has_place_cue(passage, index)


def _is_namesake(passage: Passage, first: int, last: int) -> bool:
    """Check whether a name is part of that of an organisation or building: "the Carter Center"."""
    tokens = passage.tokens
    return (
        bool(tokens.classes(last) & _HEADS_OF_NAMES)
        and tokens.words[last].capital
        and tokens.same_sentence(first, last)
    )


def _is_place_like_a_person(passage: Passage, first: int, last: int, evidence: _Evidence) -> bool:
    """Check whether a name that starts with a given name is that of a place, as the words before it indicate."""
    return (
        evidence.given
        and not evidence.title
        and evidence.known is None
        and has_place_cue(passage, first)
        and not passage.lexicon.actors.find(passage.surface(first, last))
    )


def _has_title(passage: Passage, index: int) -> bool:
    """Check whether a title precedes a word."""
    tokens = passage.tokens
    position = index - 1
    if position < 0 or not tokens.same_sentence(position, index) or passage.owners[position] is not None:
        return False
    if tokens.lower(position) == "." and tokens.is_joined(position):
        position -= 1
    word = tokens.words[position]
    if "titles" not in word.classes or word.lower in _WEAK_TITLES:
        return False
    return not tokens.headline[tokens.sentence[index]] or word.classes.isdisjoint(_AMBIGUOUS_TITLES)


def _name_end(passage: Passage, first: int, *, limit: int = 5) -> int:
    """Return the end of a person's name: capitalised words, initials, particles, a nickname in quotation marks."""
    tokens = passage.tokens
    words = tokens.words
    index = first
    count = 0
    while count < limit and tokens.same_sentence(first, index) and not passage.blocked[index]:
        if not _may_be_surname(passage, index, count):
            break
        word = words[index]
        if word.article and is_article(tokens, index):
            index = passage.name_end(index)
            count += 1
        elif count and word.text in _QUOTES:
            closing = _nickname_end(passage, index)
            if not closing:
                break
            index = closing
        elif word.capital:
            if not _may_be_in_name(passage, first, index, count):
                break
            index = _initial_end(passage, index)
            count += 1
        elif count and _is_particle(passage, index):
            index += 1
        else:
            break
    return _without_particles(passage, first, index)


def _without_particles(passage: Passage, first: int, last: int) -> int:
    """Return the end of a name without the particles at its end."""
    words = passage.tokens.words
    while last > first and not words[last - 1].capital and words[last - 1].lower in NAME_PARTICLES:
        last -= 1
    return last


def _nickname_end(passage: Passage, opening: int) -> int:
    """Return the index after a quoted nickname within a name; 0 if there is none."""
    words = passage.tokens.words
    positions = range(opening + 2, min(opening + 5, len(words) - 1))
    closing = next((position for position in positions if words[position].text in _QUOTES), 0)
    return closing + 1 if closing and words[closing + 1].name_like and words[opening + 1].capital else 0


def _is_particle(passage: Passage, index: int) -> bool:
    """Check whether a word in lower case is a particle within a name that continues after it."""
    words = passage.tokens.words
    if words[index].lower not in NAME_PARTICLES or index + 1 >= len(words):
        return False
    following = words[index + 1]
    return following.name_like or following.lower in NAME_PARTICLES or "given" in following.classes


def _may_be_in_name(passage: Passage, first: int, index: int, count: int) -> bool:
    """Check whether a capitalised word may be part of a person's name, after `count` others."""
    word = passage.tokens.words[index]
    if word.lower in NEVER_IN_NAMES or word.classes & _CLASSES_OF_NO_NAME:
        return False
    if count and word.upper and not passage.tokens.words[first].upper and len(word.text) < 6:
        return False  # an abbreviation after a name
    if "given" in word.classes:
        return True
    if not count:
        return "title_parts" not in word.classes and not word.classes & _CLASSES_OF_COMMON_WORDS
    headline = passage.tokens.headline[passage.tokens.sentence[first]]
    return "titles" not in word.classes and not (headline and "common" in word.classes)


def _initial_end(passage: Passage, index: int) -> int:
    """Return the index after a word of a name, with the full stop of an initial."""
    tokens = passage.tokens
    last = passage.name_end(index)
    initial = len(tokens.words[index].text) == 1 and last < len(tokens)
    return last + 1 if initial and tokens.words[last].text == "." and tokens.is_joined(last) else last


def _may_be_surname(passage: Passage, index: int, count: int) -> bool:
    """Check whether a word is in no known name, or in one like "Ken Salazar", "Israel Katz", "Secretary Austin"."""
    owner = passage.owners[index]
    if owner is None:
        return True
    size = owner.last - owner.first
    if owner.name_kind == "person":
        return True
    if owner.name_kind in ("place", "capital"):
        particle = bool(count) and size == 2 and passage.tokens.lower(owner.first) in NAME_PARTICLES  # "Bruno Le Roux"
        return size == 1 or particle or is_article(passage.tokens, owner.first)
    if owner.name_kind == "state":
        if not count:
            return _is_given_place(passage, index)
        named = count > 1 or "given" in passage.tokens.classes(index - 1)  # "Roy Vincent Trinidad", "Michael Jordan"
        return named and size == 1 and not passage.is_possessive(owner.last)
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
