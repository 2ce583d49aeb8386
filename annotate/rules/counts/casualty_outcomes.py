"""The outcome for the people that a number counts: killed, injured, detained, displaced. The predicate decides (C1)."""

from __future__ import annotations

from functools import partial

from ..passage import Passage
from ..word_lists import class_names, word_groups, word_list
from .outcome_words import (
    MOTION,
    OF_THOSE,
    OUTCOME_NOUNS,
    OUTCOME_WORDS,
    PASSIVE,
    class_outcome,
    coordinated_outcome,
    is_active,
    is_verb_after_number,
    word_outcome,
)
from .own_clauses import is_size_of_place, opens_clause

_ADJACENT = word_groups("adjacent_outcomes")
_SMALL_NUMBERS = word_list("small_numbers")
_HELD_PEOPLE = word_list("held_people")
_SECOND_JOINTS = word_list("second_joints")
_CLAUSE_OPENERS = word_list("clause_openers")
_INCLUSIONS = word_list("inclusions")
_CONTINUING_WORDS = word_list("continuing_words")
_ADJECTIVES = word_list("adjective_outcomes")
_AMONG_VERBS = word_list("among_verbs")
_BEFORE_OTHER_NUMBERS = word_list("before_other_numbers")
_LEAVING = word_list("verbs_of_leaving")
_OF_THINGS = word_list("outcomes_of_things")
_ONLY = word_list("before_bodies")
_DEATHS = word_list("deaths_before_of")
_HOSPITALS = word_list("hospitals")
_ASIDE_MARKS = frozenset((",", "–", "—"))
_AUXILIARIES = PASSIVE | word_list("perfect_auxiliaries")
_BEFORE_PREDICATES = PASSIVE | word_list("before_predicates")
_VERBS = class_names("acting", "speech", "moving", "going")
_ASIDE_OPENERS = word_list("aside_openers")
_LEFT_LIMITS = word_list("left_limits")
_RIGHT_LIMITS = word_list("right_limits")


def casualty_outcome(passage: Passage, first: int, last: int, noun: int, *, known: bool) -> str:
    """Return the outcome for those counted: by a word of the phrase, the verb before the number, or the verb after it.

    For an unknown noun (`known` is False) only a verb directly before the number counts: trucks are not killed.
    """
    tokens = passage.tokens
    for index in range(last, noun + 1):
        lower = tokens.lower(index)
        if lower in OUTCOME_WORDS or lower in OUTCOME_NOUNS:
            return _outcome_in_phrase(passage, first, last, noun, index)
    if outcome := _own_predicate(passage, noun):
        return outcome
    if not known:
        return "" if tokens.lower(first - 1) in _OF_THINGS else _adjacent_outcome(passage, first)
    return "killed" if _follows_death(passage, first) else _outcome_around(passage, first, last, noun)


def _outcome_around(passage: Passage, first: int, last: int, noun: int) -> str:
    """Return the outcome that the verb before a number states, or the verb after it."""
    tokens = passage.tokens
    before, after = partial(_outcome_before, passage, first), partial(_outcome_after, passage, last, noun)
    if noun < last and (tokens.lower(last) in PASSIVE or is_verb_after_number(passage, last)):
        return after()
    if tokens.lower(last) == "of" and (tokens.lower(last + 1) in OF_THOSE or _stands_alone(passage, first, noun)):
        return after() or _adjacent_outcome(passage, first)
    if is_size_of_place(passage, first) or opens_clause(passage, first, noun):
        return after()
    return after() or before() if _stands_alone(passage, first, noun) else before() or after()


def _adjacent_outcome(passage: Passage, first: int) -> str:
    """Return the outcome that the word directly before a number states."""
    return word_outcome(passage, first - 1) if passage.tokens.same_sentence(first - 1, first) else ""


def _outcome_in_phrase(passage: Passage, first: int, last: int, noun: int, index: int) -> str:
    """Return the outcome that a word within the phrase states, unless those held are said to have been killed."""
    tokens = passage.tokens
    before = word_outcome(passage, first - 2) if tokens.lower(first - 1) == "of" else ""
    if before == "killed":
        return "killed"
    if tokens.lower(index) in _HELD_PEOPLE and _outcome_after(passage, last, noun) == "killed":
        return "killed"
    return class_outcome(passage, index)


def _follows_death(passage: Passage, first: int) -> bool:
    """Check for a noun before a number that states a death: "the bodies of six hostages", "the remains of only 12"."""
    tokens = passage.tokens
    of = first - 2 if tokens.lower(first - 1) in _ONLY else first - 1
    if tokens.lower(of) != "of" or not tokens.same_sentence(of - 1, first):
        return False
    return tokens.lower(of - 1) in _DEATHS or word_outcome(passage, of - 1) == "killed"


def _own_predicate(passage: Passage, noun: int) -> str:
    """Return the outcome that the words directly after a noun state: "people (were also) taken hostage"."""
    tokens = passage.tokens
    index = noun + 1
    while tokens.lower(index) in _BEFORE_PREDICATES and tokens.same_sentence(noun, index):
        index += 1
    outcome = class_outcome(passage, index) if tokens.same_sentence(noun, index) else ""
    if not outcome or is_active(passage, index):
        return ""
    return coordinated_outcome(passage, index, outcome)


def _stands_alone(passage: Passage, first: int, noun: int) -> bool:
    """Check whether a verb after the noun refers to this number alone: the second of two, or one with a clause."""
    tokens = passage.tokens
    second = tokens.lower(first - 1) in _SECOND_JOINTS and tokens.same_sentence(first - 1, first)
    return second or tokens.lower(noun + 1) in _CLAUSE_OPENERS


def _outcome_before(passage: Passage, first: int) -> str:
    """Return the outcome that the nearest verb before a number states; empty if there is none."""
    tokens = passage.tokens
    if tokens.lower(first - 1) == "by":
        return ""  # "killed by 12 gunmen"
    for index in range(first - 1, max(-1, first - 16), -1):
        lower = tokens.lower(index)
        if not tokens.same_sentence(index, first) or lower in _LEFT_LIMITS:
            return ""
        if lower in _LEAVING:
            return ""  # "fled seven villages"
        if lower == ":":
            return coordinated_outcome(passage, index - 1, word_outcome(passage, index - 1))  # "Killed: 12 soldiers"
        if _starts_other_part(passage, index, first):
            return ""
        if index == first - 1 and lower in _ADJACENT:
            return _ADJACENT[lower]
        if _ADJACENT.get(lower) == "killed" and tokens.words[index + 1].number:
            return "killed"  # "lost four tanks and 30 men"
        if outcome := word_outcome(passage, index):
            return "" if _is_of_others(passage, index, first) else coordinated_outcome(passage, index, outcome)
        if tokens.classes(index) & _VERBS and not tokens.words[index].digits:
            return _outcome_among(passage, index)
    return ""


def _starts_other_part(passage: Passage, index: int, first: int) -> bool:
    """Check whether a word before a number shows that verbs before it are about something else."""
    tokens = passage.tokens
    lower, following = tokens.lower(index), tokens.lower(index + 1)
    distance = first - 1 - index
    if lower == ",":
        return distance > 2 or (distance > 0 and following not in _CONTINUING_WORDS)
    if lower == "shot":
        return following == "down"
    # "two of the 22 sailors": the verb refers to the two
    return distance < 3 and following == "of" and (tokens.words[index].digits or lower in _SMALL_NUMBERS)


def _is_of_others(passage: Passage, index: int, first: int) -> bool:
    """Check whether a word that states an outcome, before a number, is not about those that it counts."""
    if "unit_people" in passage.tokens.classes(index):
        return True
    return passage.tokens.lower(index) in _ADJECTIVES and first - 1 - index > 3


def _outcome_among(passage: Passage, index: int) -> str:
    """Return the outcome that a verb has as in "Among the dead were four women"; empty for any other verb."""
    tokens = passage.tokens
    if tokens.lower(index) not in _AMONG_VERBS:
        return ""
    among = any(tokens.lower(position) == "among" for position in range(max(index - 4, 0), index - 1))
    return word_outcome(passage, index - 1) if among else ""


def _outcome_after(passage: Passage, last: int, noun: int) -> str:
    """Return the outcome that the verb after a number and its noun states; empty if there is none."""
    tokens = passage.tokens
    index = last
    stop = min(noun + 18, len(tokens))
    in_aside = tokens.lower(last - 2) in _INCLUSIONS or tokens.lower(last - 3) == "including"
    while index < stop and tokens.same_sentence(last - 1, index):
        lower = tokens.lower(index)
        if lower == "(":
            while index < stop and tokens.lower(index) != ")":
                index += 1
        elif lower in _ASIDE_MARKS and index > noun:
            if not in_aside:
                index = _aside_end(passage, last, index, stop)
                if not index:
                    return ""
            in_aside = False
        elif index > noun and (outcome := _outcome_at(passage, noun, index)) is not None:
            return outcome
        index += 1
    return ""


def _aside_end(passage: Passage, last: int, comma: int, stop: int) -> int:
    """Return the comma or dash that closes an aside: "Eight people, five of them officers, died"; 0 if none does."""
    tokens = passage.tokens
    if comma + 1 >= stop:
        return 0
    mark = tokens.lower(comma)
    closings = [position for position in range(comma + 1, stop) if tokens.lower(position) == mark]
    # "five residents, including a boy, 7, were hurt"
    closing = next((position for position in closings if tokens.lower(position + 1) in _AUXILIARIES), 0)
    following = tokens.words[comma + 1]
    if not closing and (following.number or following.lower in _ASIDE_OPENERS):
        closing = closings[0] if closings else 0
    return closing if tokens.same_sentence(last, closing) else 0


def _outcome_at(passage: Passage, noun: int, index: int) -> str | None:
    """Return the outcome that a word after the noun states, or empty if it ends the search; None to search on."""
    tokens = passage.tokens
    lower, previous = tokens.lower(index), tokens.lower(index - 1)
    if lower in _RIGHT_LIMITS:
        return ""
    if tokens.words[index].digits or lower in _SMALL_NUMBERS:
        own_verb = any(tokens.classes(position) & MOTION for position in range(noun + 1, index))
        joined = previous in _BEFORE_OTHER_NUMBERS and tokens.lower(index - 2) != "killed"
        return None if joined and not own_verb else ""
    if outcome := word_outcome(passage, index):
        of_others = lower in OUTCOME_NOUNS and tokens.words[index - 1].number  # "12 hostages and two bodies"
        return "" if of_others or is_active(passage, index) else coordinated_outcome(passage, index, outcome)
    if lower in _HOSPITALS and "to" in (tokens.lower(index - 1), tokens.lower(index - 2), tokens.lower(index - 3)):
        return "injured"
    return "displaced" if lower == "crossed" and "unit_people" in tokens.classes(noun) else None
