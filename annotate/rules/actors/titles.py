"""A1: countries, nationalities and places within the title of a named person, which are not annotated."""

from __future__ import annotations

from ..passage import Mention, Passage
from ..tokens import FUNCTION_WORDS
from ..word_lists import class_names, word_list
from .noun_modifiers import is_plain_modifier

_LINKS = word_list("title_links")
_LINKS_AFTER_TITLES = word_list("title_links_after_titles")
_SIGNS = frozenset((".", "&", "-", "/"))
_TITLE_CLASSES = class_names("title_parts", "modifiers")
_PERSON_NOUNS = class_names("people", "officials", "armed", "groups", "contractors")
_NAMES_IN_TITLES = ("adjective", "state", "place")
_MAX_LENGTH = 20


def drop_nationalities(passage: Passage) -> None:
    """Drop nationalities, countries and places within the title of a named person (A1); organisations are kept."""
    for person in list(passage.mentions()):
        if person.name_kind == "person":
            for mention in _names_in_title(passage, person.first):
                passage.drop(mention)


def _names_in_title(passage: Passage, end: int) -> list[Mention]:
    """Return the names of countries and places in the title before a person's name that starts at an index."""
    tokens = passage.tokens
    names: list[Mention] = []
    titles: list[int] = []
    position = end - 1
    while end - position < _MAX_LENGTH and tokens.same_sentence(position, end):
        owner = passage.owners[position]
        if owner is not None:
            if owner.name_kind == "person":
                break
            if owner.name_kind in _NAMES_IN_TITLES:
                names.append(owner)
            position = owner.first - 1
            continue
        if _is_title(passage, position, end):
            titles.append(position)
        elif not _may_be_in_title(passage, position):
            break
        position -= 1
    return [name for name in names if _is_in_title(passage, name, titles)]


def _is_title(passage: Passage, index: int, end: int) -> bool:
    """Check whether a word is an office, or a noun for a person right before their name: "paramedic X"."""
    classes = passage.tokens.classes(index)
    return "titles" in classes or (
        index == end - 1 and bool(classes & _PERSON_NOUNS) and not passage.tokens.lower(index).endswith("s")
    )


def _may_be_in_title(passage: Passage, index: int) -> bool:
    """Check whether a word other than an office may be part of a title: "Assistant Secretary of State for X"."""
    tokens = passage.tokens
    word = tokens.words[index]
    before = tokens.words[index - 1] if index else None
    if before is None:
        return bool(word.classes & _TITLE_CLASSES)
    if word.lower == "the":
        return before.lower in _LINKS | _LINKS_AFTER_TITLES
    if word.lower in _LINKS_AFTER_TITLES:
        return before.capital or "titles" in before.classes
    if word.lower == "and":
        return "titles" not in before.classes  # "Foreign Minister and Prime Minister X" are two
    if word.lower in _LINKS or word.text in _SIGNS or word.classes & _TITLE_CLASSES:
        return True
    return (word.capital and word.lower not in FUNCTION_WORDS) or is_plain_modifier(word)


def _is_in_title(passage: Passage, name: Mention, titles: list[int]) -> bool:
    """Check whether a name is part of a title with offices at some indices: it leads to one, or an office is of it."""
    tokens = passage.tokens
    before = name.first - 1
    if tokens.lower(before) == "the":
        before -= 1
    link = tokens.lower(before) if tokens.same_sentence(before, name.first) else ""
    if link in _LINKS | _LINKS_AFTER_TITLES and any(title < before for title in titles):
        return True
    located = link == "in" and name.name_kind != "adjective"
    joined = tokens.lower(name.last) in _LINKS | _LINKS_AFTER_TITLES
    return not located and not joined and any(title >= name.last for title in titles)
