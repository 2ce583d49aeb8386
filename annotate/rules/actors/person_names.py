"""The extent of a person's name: given names, initials, particles, nicknames, surnames and suffixes."""

from __future__ import annotations

from ..known_names import NEVER_IN_NAMES
from ..passage import Passage
from ..places.place_cues import has_place_cue
from ..tokens import is_article
from ..word_lists import NOT_NAME, class_names, word_list, written_names
from .noun_modifiers import HEADS_OF_PHRASES

GIVEN_PLACES = frozenset(written_names("given_places"))
"""Names of states and cities that are given names too."""

NAME_PARTICLES = word_list("name_particles")
"""Particles within personal names."""

NAME_SUFFIXES = word_list("name_suffixes")
"""What follows a surname without being one: "Jr.", "III"."""

_NUMERALS = ("ii", "iii", "iv")
_QUOTES = frozenset("\"'“”‘’")
_SURNAME_TITLES = word_list("surname_titles")
_CLASSES_OF_NO_NAME = class_names("calendar", NOT_NAME, "speech")
_CLASSES_OF_NO_FIRST_WORD = class_names("title_parts", "organisation_heads")
_CLASSES_OF_COMMON_WORDS = class_names("titles", "common")


def person_name_end(passage: Passage, first: int, *, limit: int = 5) -> int:
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
            index = given_name_end(passage, _initial_end(passage, index), count)
            count += 1
        elif count and is_particle(passage, index):
            index += 1
        else:
            break
    last = _without_particles(passage, first, index)
    return name_suffix_end(passage, last, single=count < 2) if count else last


def given_name_end(passage: Passage, last: int, count: int) -> int:
    """Return the index after the second half of a given name: "Suk-yeol" after a surname."""
    tokens = passage.tokens
    if not count or last + 1 >= len(tokens) or not (tokens.words[last].hyphen and tokens.is_joined(last)):
        return last
    half = tokens.words[last + 1]
    plain = half.text.isalpha() and half.text.islower() and len(half.text) <= 6 and not half.classes
    return last + 2 if plain and tokens.is_joined(last + 1) and passage.owners[last + 1] is None else last


def name_suffix_end(passage: Passage, last: int, *, single: bool = False) -> int:
    """Return the index after the suffix of a name, which a comma may precede: "Jr.", "III".

    Args:
        passage: The passage of the name.
        last: The index after the name.
        single: Whether the name is one word, which only a numeral may follow: "Elizabeth II".
    """
    tokens = passage.tokens
    index = last + 1 if tokens.lower(last) == "," and not single else last
    if not tokens.same_sentence(last - 1, index) or not tokens.words[index].capital:
        return last
    suffixes = _NUMERALS if single else NAME_SUFFIXES
    return index + 1 if tokens.lower(index).rstrip(".") in suffixes else last


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


def is_particle(passage: Passage, index: int) -> bool:
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
        return bool(count) and "calendar" in word.classes and _starts_name(passage, index + 1)  # "Khaing Thu Kha"
    if count and word.upper and not passage.tokens.words[first].upper and len(word.text) < 6:
        return False  # an abbreviation after a name
    if "given" in word.classes:
        return True
    if not count:
        common = word.classes & _CLASSES_OF_COMMON_WORDS
        plain = not word.classes & _CLASSES_OF_NO_FIRST_WORD
        return plain and (not common or _is_common_surname(passage, index))
    if "titles" in word.classes:
        return word.lower in _SURNAME_TITLES and not _starts_name(passage, index + 1)
    headline = passage.tokens.headline[passage.tokens.sentence[first]]
    return not (headline and "common" in word.classes)


def _is_common_surname(passage: Passage, index: int) -> bool:
    """Check whether a common word is a name before the rest of one: "Ban Ki-moon", "Win Tin"."""
    tokens = passage.tokens
    heading = tokens.headline[tokens.sentence[index]]
    titled = "titles" in tokens.classes(index)
    return not heading and not titled and _starts_name(passage, index + 1) and tokens.words[index + 1].capital


def _starts_name(passage: Passage, index: int) -> bool:
    """Check whether a word may start a name, so that the word before it is a title: "Sheikh Ahmed"."""
    if not passage.tokens.same_sentence(index - 1, index):
        return False
    word = passage.tokens.words[index]
    suffix = word.lower.rstrip(".") in NAME_SUFFIXES
    return not suffix and (word.name_like or word.article or "given" in word.classes)


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
        return _may_be_state_in_name(passage, index, count)
    if owner.name_kind == "adjective" and count and (size == 1 or is_article(passage.tokens, owner.first)):
        return not passage.tokens.classes(owner.last) & HEADS_OF_PHRASES
    return False


def _may_be_state_in_name(passage: Passage, index: int, count: int) -> bool:
    """Check whether the name of a state may be part of a person's, as in "Chad Wolf" and "Michael Jordan"."""
    if not count:
        return is_given_place(passage, index)
    named = count > 1 or "given" in passage.tokens.classes(index - 1)  # "Roy Vincent Trinidad"
    owner = passage.owners[index]
    return named and owner is not None and owner.last - owner.first == 1 and not passage.is_possessive(owner.last)


def is_given_place(passage: Passage, index: int) -> bool:
    """Check whether a place's name is a given name here, before a surname that is not another word: "Chad Wolf"."""
    tokens, owner = passage.tokens, passage.owners[index]
    if tokens.words[index].text not in GIVEN_PLACES or owner is None or not tokens.same_sentence(index, index + 1):
        return False
    surname = tokens.words[index + 1]
    other = passage.owners[index + 1]
    free = (other is None or (other.weak and other.name_kind == "place")) and not passage.blocked[index + 1]
    single = owner.last - owner.first == 1 and not tokens.headline[tokens.sentence[index]]
    return single and free and surname.name_like and not surname.upper and not has_place_cue(passage, index)
