"""What a number without a noun after it counts: by the label before it, or by the subject of its verb."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from ..passage import Passage
from ..word_lists import word_groups, word_list
from .outcome_words import OUTCOME_NOUNS, OUTCOME_WORDS, coordinated_outcome, word_outcome

_CHANGE_VERBS = word_list("change_verbs")
_BRING_VERBS = word_list("bring_verbs")
_STATE_VERBS = word_list("state_verbs")
_REACH_VERBS = word_list("reach_verbs")
_EXCEED_VERBS = word_list("exceed_verbs")
_BEFORE_NOUNS = word_list("prepositions_by_numbers")
THINGS = frozenset(("attack", "weapon", "site", "group"))
"""Units of what is neither killed nor detained."""
_PERSONNEL_VERBS = word_list("personnel_verbs")
_NUMBER_VERBS = word_list("number_verbs")
_EQUAL_VERBS = word_list("equal_verbs")
_ADVERBS = word_list("toll_adverbs")
_NUMBERS = word_list("number_nouns")
_AFTER_NUMBERS = word_list("after_number_nouns")
_TOLLS = word_list("toll_nouns")
_LOSSES = OUTCOME_NOUNS | word_list("loss_nouns")
_CHANGE_JOINTS = word_list("change_joints")
_PLURALS = word_list("irregular_plurals")
_LABEL_ENDS = frozenset((":", "="))
_INITIALS = word_groups("labels_of_casualties")
_DASHES = frozenset(("-", "–", "—"))
_MAX_DISTANCE = 12

UnitOf = Callable[[int], str]
"""A function that returns the unit of the noun at an index; empty for an unknown noun."""


def labelled_unit(passage: Passage, first: int, unit_of: UnitOf) -> str:
    """Return the unit of a number by the label before it: "Wounded: 7", "Deaths - 5"; empty if there is none."""
    tokens = passage.tokens
    begin = _label_start(passage, first)
    if begin < 0:
        return ""
    last = first - 2
    if last > begin and tokens.lower(last - 1) not in _BEFORE_NOUNS and (thing := unit_of(last)) in THINGS:
        return thing  # "Captured tanks: 4"
    words = range(last, begin - 1, -1)
    for position in words:
        if outcome := word_outcome(passage, position) or _INITIALS.get(tokens.lower(position), ""):
            return coordinated_outcome(passage, position, outcome)
    return next((unit for position in words if _is_plural(tokens.lower(position)) and (unit := unit_of(position))), "")


def _is_plural(word: str) -> bool:
    return word.endswith("s") or word in _PLURALS


def _label_start(passage: Passage, first: int) -> int:
    """Return the index of the first word of the label before a number; -1 if no sign or no label is there."""
    tokens = passage.tokens
    sign = tokens.lower(first - 1)
    if not tokens.same_sentence(first - 1, first):
        return -1
    dashed = sign in _DASHES and not tokens.is_joined(first) and not tokens.is_joined(first - 1)
    if not dashed and sign not in _LABEL_ENDS:
        return -1
    begin = first - 1
    while first - begin < 6 and _is_in_label(passage, begin - 1, first):
        begin -= 1
    if begin == 0 or not tokens.same_sentence(begin - 1, first):
        return begin
    if tokens.words[begin - 1].number or (dashed and tokens.lower(begin - 1)[-1].isalnum()):
        return -1  # the aside of "14 people - three of them children"
    return begin


def _is_in_label(passage: Passage, index: int, first: int) -> bool:
    in_sentence = passage.tokens.same_sentence(index, first)
    return in_sentence and (_is_word(passage, index) or passage.tokens.lower(index) in ("/", "&"))


def _is_word(passage: Passage, index: int) -> bool:
    return passage.tokens.lower(index)[:1].isalpha()


def subject_unit(passage: Passage, first: int, unit_of: UnitOf) -> str:
    """Return the unit of a number by the subject of its verb: "The toll rose to 45"; empty if there is none."""
    tokens = passage.tokens
    position = first - 1
    while tokens.lower(position) in _ADVERBS and position > 0:
        position -= 1
    if not tokens.same_sentence(position, first):
        return ""
    nearest = range(position - 1, max(position - _MAX_DISTANCE, -1), -1)
    before = [index for index in nearest if tokens.same_sentence(index, first)]
    lower = tokens.lower(position)
    if lower in _CHANGE_JOINTS:
        return _unit_of_change(passage, before, first, unit_of)
    if lower == "at":
        stated = any(tokens.lower(index) in _STATE_VERBS for index in before)
        return _toll_unit(passage, before, unit_of) if stated else ""
    if lower in _REACH_VERBS or lower in _EXCEED_VERBS:
        return _toll_unit(passage, before, unit_of) or _subject_noun_unit(before, unit_of)
    if lower in _NUMBER_VERBS:
        return _subject_noun_unit(before, unit_of)
    return _toll_unit(passage, before, unit_of, strict=True) if lower in _EQUAL_VERBS else ""


def _unit_of_change(passage: Passage, before: list[int], first: int, unit_of: UnitOf) -> str:
    """Return the unit of a number to or from which something changed, or to which something brought it."""
    tokens = passage.tokens
    changed = next((index for index in before[:8] if tokens.lower(index) in _CHANGE_VERBS), None)
    if changed is not None:
        return _toll_unit(passage, before, unit_of) or _changed_unit(passage, changed, first, unit_of)
    brought = any(tokens.lower(index) in _BRING_VERBS for index in before)
    return _toll_unit(passage, before, unit_of) if brought else ""


def unit_of_predicate(passage: Passage, last: int, unit_of: UnitOf) -> str:
    """Return the unit of a number by the words after it: "bringing to 40 the number of dead", "14 surrendered"."""
    tokens = passage.tokens
    if not tokens.same_sentence(last - 1, last):
        return ""
    if tokens.lower(last) in _PERSONNEL_VERBS:
        return "personnel"
    if tokens.lower(last) == "the" and tokens.lower(last + 1) in _NUMBERS:
        return _numbered_unit(passage, range(last + 2, min(last + 9, len(tokens))), unit_of)
    return ""


def _subject_noun_unit(before: list[int], unit_of: UnitOf) -> str:
    """Return the unit of the noun that is the subject of a verb: "the rebels number about 300"."""
    unit = next(filter(None, map(unit_of, before[:6])), "")
    return "other" if unit == "people" else unit


def is_change_verb(word: str) -> bool:
    """Check whether a word, in lower case, states a change of a number."""
    return word in _CHANGE_VERBS


def is_exceeded(passage: Passage, first: int) -> bool:
    """Check whether the verb before a number states that it is exceeded."""
    return passage.tokens.lower(first - 1) in _EXCEED_VERBS and passage.tokens.lower(first - 2) not in ("the", "its")


def _toll_unit(passage: Passage, before: list[int], unit_of: UnitOf, *, strict: bool = False) -> str:
    """Return the unit of the nearest toll: "death toll", "number of wounded" or, unless `strict`, "casualties"."""
    tokens = passage.tokens
    for index in before:
        lower = tokens.lower(index)
        if lower in _TOLLS:
            return word_outcome(passage, index - 1) or "killed"
        if lower in _NUMBERS and tokens.lower(index + 1) in _AFTER_NUMBERS:
            return _numbered_unit(passage, range(index + 1, min(index + 7, before[0] + 1)), unit_of)
        if not strict and _states_casualties(passage, index):
            return word_outcome(passage, index)
    return ""


def _numbered_unit(passage: Passage, after: range, unit_of: UnitOf) -> str:
    """Return the unit of "the number of X" by the words after "number": an outcome, or otherwise a noun."""
    outcomes = (word_outcome(passage, position) for position in after)
    nouns = (unit_of(position) for position in after)
    unit = next(filter(None, chain(outcomes, nouns)), "")
    return "other" if unit == "people" else unit


def _states_casualties(passage: Passage, index: int) -> bool:
    """Check whether a word is a noun for casualties, or the adjective of "the wounded"."""
    lower = passage.tokens.lower(index)
    if lower in _LOSSES and passage.mention_at(index) is None:
        return True
    return lower in OUTCOME_WORDS and passage.tokens.lower(index - 1) == "the"


def _changed_unit(passage: Passage, changed: int, first: int, unit_of: UnitOf) -> str:
    for position in range(changed - 1, max(changed - 6, -1), -1):
        if passage.tokens.same_sentence(position, first) and (
            unit := word_outcome(passage, position) or unit_of(position)
        ):
            return "other" if unit == "people" else unit
    return "other"
