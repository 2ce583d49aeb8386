"""What follows the head noun of an organisation's name: "of Y", "for Y and Z", a number, a direction, a state."""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import class_names, word_list
from .noun_modifiers import HEADS_OF_PHRASES

_HEADS_WITH_DIRECTION = word_list("heads_with_direction")
_NUMBERED_HEADS = word_list("numbered_heads")
_HEADS_AFTER_NUMBERS = word_list("heads_after_numbers")
_LONGEST_NUMBER = 3
_TAIL_PREPOSITIONS = word_list("tail_prepositions")
_TAIL_JOINTS = word_list("tail_joints")
NAME_CLASSES = class_names(
    *("modifiers", "title_parts", "organisation_heads", "armed", "groups", "bodies", "given", "people")
)
"""Classes of words that may be part of the name of an organisation."""

_TAIL_CLASSES = NAME_CLASSES | class_names("common")
_CLASSES_WITH_TITLES = class_names("organisation_heads", "title_parts")


def tail_end(passage: Passage, last: int) -> tuple[int, bool]:
    """Return the end of "of Y" or "for Y and Z" after a head noun, and whether there is such a tail."""
    has_tail = False
    while begin := _tail_start(passage, last, continued=has_tail):
        end = _tail_name_end(passage, last, begin)
        if end == begin:
            break
        last, has_tail = end, True
    return last, has_tail


def _tail_start(passage: Passage, index: int, *, continued: bool) -> int:
    """Return the index after the preposition or "and" that starts or continues a tail at an index; 0 if none does."""
    tokens = passage.tokens
    if not tokens.same_sentence(index - 1, index):
        return 0
    lower = tokens.lower(index)
    if lower in _TAIL_PREPOSITIONS:
        return index + (2 if tokens.lower(index + 1) == "the" else 1)
    if not continued or lower not in _TAIL_JOINTS or passage.mention_at(index + 1) is not None:
        return 0
    return index + 1 if tokens.classes(index + 1) & _TAIL_CLASSES else 0


def _tail_name_end(passage: Passage, last: int, begin: int) -> int:
    """Return the end of the capitalised words, from an index, of a tail of the name that ends before `last`."""
    tokens = passage.tokens
    index = begin
    while tokens.same_sentence(last - 1, index) and not passage.blocked[index]:
        word = tokens.words[index]
        if not (word.capital or (word.hyphen and tokens.is_joined(index))) or "calendar" in word.classes:
            break
        if index > begin and "titles" in word.classes and not word.classes & _CLASSES_WITH_TITLES:
            break
        owner = passage.owners[index]
        if owner is not None and not _may_be_in_tail(passage, owner):
            break
        index = owner.last if owner is not None else index + 1
    return index


def _may_be_in_tail(passage: Passage, owner: Mention) -> bool:
    """Check whether a known name may be part of a tail."""
    if owner.name_kind == "person" or not passage.tokens.words[owner.last - 1].capital:
        return False
    # "the 57th Brigade of the Ukrainian army": two actors
    return owner.name_kind != "adjective" or is_capitalised(passage, owner.last)


def suffix_end(passage: Passage, last: int, head: int) -> int:
    """Return the index after a suffix without "of": "Battlegroup West", "Border Guard Bangladesh (BGB)"."""
    tokens = passage.tokens
    if last >= len(tokens) or not tokens.same_sentence(head, last):
        return last
    if tokens.lower(head - 1) == "task" and (end := _task_force_end(passage, last)) > last:
        return end
    if tokens.lower(head) in _NUMBERED_HEADS and _is_number_of_unit(passage, last):
        return last + 1  # "Squadron 211"
    if not tokens.words[last].capital:
        return last
    if (
        "direction" in tokens.classes(last)
        and passage.owners[last] is None
        and tokens.lower(head) in _HEADS_WITH_DIRECTION
    ):
        return last + 1
    owner = passage.owners[last]
    return owner.last if owner is not None and owner.name_kind == "state" and tokens.lower(owner.last) == "(" else last


def _task_force_end(passage: Passage, last: int) -> int:
    """Return the index after the name of a task force, which a dash may precede: "Task Force Scorpion"."""
    words = passage.tokens.words
    end = first = last + 1 if words[last].hyphen else last
    while is_capitalised(passage, end) and passage.owners[end] is None and words[end].name_like:
        end += 1
    return end if end > first else last


def _is_number_of_unit(passage: Passage, index: int) -> bool:
    """Check whether a word is the number of a unit, which no counted noun follows: "Unit 8200"."""
    tokens = passage.tokens
    if not tokens.words[index].text.isdecimal() or len(tokens.words[index].text) > 4:
        return False
    following = tokens.words[index + 1] if tokens.same_sentence(index, index + 1) else None
    return following is None or not (following.classes & HEADS_OF_PHRASES or following.hyphen)


def is_number_before_unit(passage: Passage, index: int, head: int) -> bool:
    """Check whether a word is the number before the head of a unit's name: "617 Squadron", not "3 Squadron pilots"."""
    tokens = passage.tokens
    text = tokens.words[index].text
    if not text.isdecimal() or len(text) > _LONGEST_NUMBER or tokens.lower(head) not in _HEADS_AFTER_NUMBERS:
        return False
    people = tokens.same_sentence(head, head + 1) and not tokens.words[head + 1].capital
    return not (people and tokens.classes(head + 1) & HEADS_OF_PHRASES)


def is_capitalised(passage: Passage, index: int) -> bool:
    """Check whether there is a word at an index, and it is capitalised."""
    return index < len(passage.tokens) and passage.tokens.words[index].capital
