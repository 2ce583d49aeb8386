"""Numbers that a casualty verb before them is not about: subjects of a clause of their own, sizes of places."""

from __future__ import annotations

from ..passage import DETERMINERS, Passage
from ..word_lists import word_list
from .outcome_words import MOTION

_PEOPLED_PLACES = word_list("peopled_places")
_JOINTS = word_list("clause_joints")
_RELATIVES = word_list("relative_pronouns")
_PLURAL_AUXILIARIES = word_list("plural_auxiliaries")
_INTRANSITIVE = word_list("intransitive_pasts")
_ADVERBS = word_list("before_finite_verbs")
_BEFORE_SUBJECTS = frozenset(("the", "some", "another"))


def is_size_of_place(passage: Passage, first: int) -> bool:
    """Check whether a number says how many live in a place: "a town of 9,000 people"."""
    tokens = passage.tokens
    return tokens.lower(first - 1) == "of" and tokens.lower(first - 2) in _PEOPLED_PLACES


def opens_clause(passage: Passage, first: int, noun: int) -> bool:
    """Check whether those counted are the subject of a clause: "killed five people and 20 firefighters worked on".

    After a relative pronoun that verb may be about what is before it: "raids that killed 12 men and six boys were …".
    """
    tokens = passage.tokens
    joint = first - 2 if tokens.lower(first - 1) in _BEFORE_SUBJECTS else first - 1
    if tokens.lower(joint) not in _JOINTS or not tokens.same_sentence(joint, first):
        return False
    verb = noun + 1
    while tokens.lower(verb) in _ADVERBS:
        verb += 1
    return tokens.same_sentence(noun, verb) and _is_finite(passage, verb) and not _is_in_relative(passage, joint)


def _is_finite(passage: Passage, index: int) -> bool:
    """Check whether a verb has a tense, unlike the participle in "20 civilians trapped in a church"."""
    tokens = passage.tokens
    lower = tokens.lower(index)
    if lower in _PLURAL_AUXILIARIES or lower in _INTRANSITIVE:
        return True
    past = lower.endswith("ed") or (bool(tokens.classes(index) & MOTION) and not lower.endswith(("ing", "s")))
    return past and tokens.lower(index + 1) in DETERMINERS


def _is_in_relative(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    while index > 0 and tokens.same_sentence(index - 1, index):
        index -= 1
        if tokens.lower(index) in _RELATIVES:
            return True
    return False
