"""What single words state about people, whatever number is before or after them: outcomes, passive and active verbs."""

from __future__ import annotations

from functools import cache

from ..passage import Passage
from ..word_lists import class_names, word_list

OUTCOMES = ("killed", "injured", "casualties", "detained", "displaced")
"""The units that say what befell people."""
OUTCOME_CLASSES = {f"outcome_{unit}": unit for unit in (*OUTCOMES, "other")}
"""The unit of each class of words that state an outcome; what befell the missing is not known."""

OUTCOME_WORDS = word_list("outcome_words")
OUTCOME_NOUNS = word_list("outcome_nouns")
OF_THOSE = word_list("those")
PASSIVE = word_list("passive_verbs")
MOTION = class_names("acting", "moving")
"""Classes of verbs."""

_ACTIVE = word_list("active_verbs")
_INTRANSITIVE = word_list("intransitive_outcomes")
_NOT_OBJECTS = word_list("after_passives")
_OWN_VERBS = word_list("verbs_after_bare_numbers")
_JOINTS = word_list("outcome_joints")
_DETENTION = word_list("places_of_detention")
_CAPTIVE = word_list("captive_words")


def word_outcome(passage: Passage, index: int) -> str:
    """Return the outcome that a word states by itself; empty if it states none."""
    return class_outcome(passage, index) if passage.mention_at(index) is None else ""


def class_outcome(passage: Passage, index: int) -> str:
    """Return the outcome that a word states, also as a part of a name's phrase: "ISIS detainees"."""
    tokens = passage.tokens
    classes, lower = tokens.classes(index), tokens.lower(index)
    if lower in _DETENTION and tokens.lower(index - 1) in ("in", "behind"):
        return "detained"
    if not classes or not _is_complete(lower, tokens.lower(index + 1)):
        return ""
    return _unit_of_classes(classes)


@cache
def _unit_of_classes(classes: frozenset[str]) -> str:
    return next((unit for name, unit in OUTCOME_CLASSES.items() if name in classes), "")


def _is_complete(lower: str, following: str) -> bool:
    """Check whether the word after a verb leaves it its outcome: "taken hostage", "rounded up", but not "shot down"."""
    if lower == "taken":
        return following in _CAPTIVE
    return following == "up" if lower == "rounded" else lower != "shot" or following != "down"


def coordinated_outcome(passage: Passage, index: int, outcome: str) -> str:
    """Return the outcome of a word together with a coordinated one: "killed and wounded" are casualties."""
    tokens = passage.tokens
    for step in (1, -1):
        if tokens.lower(index + step) in _JOINTS:
            other = word_outcome(passage, index + 2 * step)
            if "injured" in (outcome, other) and "shot" in (tokens.lower(index), tokens.lower(index + 2 * step)):
                return "injured"
            if {outcome, other} == {"killed", "injured"}:
                return "casualties"
    return outcome


def is_active(passage: Passage, index: int) -> bool:
    """Check whether a verb that states an outcome has an object: "gunmen killed five", "rebels holding hostages"."""
    tokens = passage.tokens
    lower, previous = tokens.lower(index), tokens.lower(index - 1)
    if previous in PASSIVE or lower in _INTRANSITIVE:
        return False
    if lower.endswith("ing"):
        return True
    following = index + 1
    if not (lower.endswith("ed") or lower in _ACTIVE) or not tokens.same_sentence(index, following):
        return False
    if passage.blocked[following] or tokens.lower(following) in _NOT_OBJECTS:
        return False
    word = tokens.words[following]
    return word.number or word.text[0].isalpha()


def is_verb_after_number(passage: Passage, index: int) -> bool:
    """Check whether a word directly after a number is a verb, rather than its noun: "11 surrendered"."""
    lower = passage.tokens.lower(index)
    if lower in OUTCOME_WORDS:
        return False  # "12 wounded" are people
    return lower in _OWN_VERBS or lower.endswith("ed") or bool(passage.tokens.classes(index) & MOTION)
