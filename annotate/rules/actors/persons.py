"""Names of persons, found by titles and given names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..known_names import slug
from ..passage import Mention, Passage
from ..places.place_cues import has_place_cue
from ..tokens import is_article
from ..word_lists import class_names, word_list
from .person_names import is_given_place, name_suffix_end, person_name_end

_NICKNAME = re.compile(r"\s[\"'“‘][^\"'“”‘’]+[\"'”’]\s")
_CLASSES_OF_BODIES = class_names("rulers", "organisation_heads", "groups", "place_facility")
_OTHER_ENDS = word_list("ends_of_other_names")
_WEAK_TITLES = word_list("weak_titles")
_AMBIGUOUS_TITLES = class_names("common", "acting")
_HEADS_OF_NAMES = class_names("organisation_heads", "place_facility")


def find_persons(passage: Passage) -> None:
    """Find persons by the titles before their names and by their given names."""
    tokens = passage.tokens
    starts = passage.capitals
    if passage.articles:
        starts = sorted({*starts, *(index for index in passage.articles if is_article(tokens, index))})
    read = 0
    for index in starts:
        if index >= read and not passage.blocked[index]:
            read = _find_person(passage, index)


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
    last = person_name_end(passage, index)
    headline = passage.tokens.headline[passage.tokens.sentence[index]]
    if evidence.known is not None:
        return _extend_known(passage, evidence.known, index, last, extend=not headline)
    name_words = sum(word.capital for word in passage.tokens.words[index:last])
    namesake = (not headline and _is_namesake(passage, index, last)) or passage.tokens.lower(last - 1) in _OTHER_ENDS
    if namesake or (name_words < 2 and not _may_be_one_word(evidence, last - index)):
        return index + 1
    if evidence.given and not evidence.title:
        index = _name_start(passage, index)
    if _is_place_like_a_person(passage, index, last, evidence):
        passage.add(Mention(index, last, "place", place_kind="settlement"))
    else:
        weak = evidence.title and name_words == 1 and not passage.tokens.words[index - 1].capital
        passage.add(person_mention(passage, index, last, weak=weak))
    return last


def _extend_known(passage: Passage, known: Mention, first: int, last: int, *, extend: bool) -> int:
    """Extend a known person to the end of a longer name; return the index at which to search next."""
    if not extend:
        last = name_suffix_end(passage, known.last)
    added = passage.tokens.words[known.last : last]
    if not added or any(word.classes & _CLASSES_OF_BODIES for word in added):
        return known.last  # "Trump Administration"
    if known.actor is not None and known.last - first > 1:
        # "Juan Manuel Santos Calderón": a known name with a second surname
        passage.add(Mention(first, last, "person", known.entry, known.actor))
    else:
        passage.add(person_mention(passage, first, last))
    return last


def _may_be_one_word(evidence: _Evidence, size: int) -> bool:
    """Check whether a name of at most one word is a person's: a title makes it one, except for a capital."""
    return size > 0 and evidence.title and not evidence.capital


def _name_start(passage: Passage, first: int) -> int:
    """Return the index of the unknown word before a given name, within the sentence, that may be another of them."""
    tokens = passage.tokens
    before = first - 1
    if before <= 0 or not tokens.same_sentence(before, first) or tokens.starts_sentence(before):
        return first
    word = tokens.words[before]
    free = passage.owners[before] is None and not passage.blocked[before]
    alike = word.upper == tokens.words[first].upper
    return before if free and word.name_like and alike and len(word.text) > 2 and word.text.isalpha() else first


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
    return (free and "given" in passage.tokens.classes(index)) or is_given_place(passage, index)


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


def person_mention(passage: Passage, first: int, last: int, *, weak: bool = False) -> Mention:
    """Return the mention of a person, with the actor in the registry if there is one."""
    surface = passage.surface(first, last)
    plain = _NICKNAME.sub(" ", surface)
    found = [*passage.lexicon.actors.find(surface), *passage.lexicon.actors.find(plain)]
    actor = next((actor for actor in found if actor.kind == "person"), None)
    mention = Mention(first, last, "person", actor=actor, weak=weak)
    if actor is None:
        mention.id, mention.kind = slug(plain), "person"
    return mention
