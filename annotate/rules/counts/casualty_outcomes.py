"""The outcome for the people that a number counts: killed, injured, detained, displaced. The predicate decides (C1)."""

from __future__ import annotations

from functools import partial

from ..passage import Passage
from ..word_lists import class_names, word_list

OUTCOME_CLASSES = {f"outcome_{unit}": unit for unit in ("killed", "injured", "casualties", "detained", "displaced")}
"""The unit of each class of words that state an outcome."""

OUTCOME_WORDS = word_list("outcome_words")
OUTCOME_NOUNS = word_list("outcome_nouns")
OF_THOSE = word_list("those")
PASSIVE = word_list("passive_verbs")

_FORCING = word_list("forcing_verbs")
_SMALL_NUMBERS = word_list("small_numbers")
_ACTIVE = word_list("active_verbs")
_HELD_PEOPLE = word_list("held_people")
_SECOND_JOINTS = word_list("second_joints")
_CLAUSE_OPENERS = word_list("clause_openers")
_INCLUSIONS = word_list("inclusions")
_CONTINUING_WORDS = word_list("continuing_words")
_ADJECTIVES = word_list("adjective_outcomes")
_AMONG_VERBS = word_list("among_verbs")
_BEFORE_OTHER_NUMBERS = word_list("before_other_numbers")
_JOINTS = word_list("outcome_joints")
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
    if not known:
        return word_outcome(passage, first - 1) if tokens.same_sentence(first - 1, first) else ""
    if tokens.lower(first - 1) == "of" and word_outcome(passage, first - 2) == "killed":
        return "killed"  # "the bodies of six hostages"
    before, after = partial(_outcome_before, passage, first), partial(_outcome_after, passage, last, noun)
    of = tokens.lower(last) == "of"
    if _stands_alone(passage, first, noun) or (of and tokens.lower(last + 1) in OF_THOSE):
        return after() or ("" if of else before())
    return before() or after()


def _outcome_in_phrase(passage: Passage, first: int, last: int, noun: int, index: int) -> str:
    """Return the outcome that a word within the phrase states, unless those held are said to have been killed."""
    tokens = passage.tokens
    before = word_outcome(passage, first - 2) if tokens.lower(first - 1) == "of" else ""
    if before == "killed":
        return "killed"
    if tokens.lower(index) in _HELD_PEOPLE and _outcome_after(passage, last, noun) == "killed":
        return "killed"
    return word_outcome(passage, index)


def _stands_alone(passage: Passage, first: int, noun: int) -> bool:
    """Check whether a verb after the noun refers to this number alone: the second of two, or one with a clause."""
    tokens = passage.tokens
    second = tokens.lower(first - 1) in _SECOND_JOINTS and tokens.same_sentence(first - 1, first)
    return second or tokens.lower(noun + 1) in _CLAUSE_OPENERS


def _outcome_before(passage: Passage, first: int) -> str:
    """Return the outcome that the nearest verb before a number states; empty if there is none."""
    tokens = passage.tokens
    for index in range(first - 1, max(-1, first - 16), -1):
        lower = tokens.lower(index)
        if not tokens.same_sentence(index, first) or lower in _LEFT_LIMITS:
            return ""
        if lower == ":":
            return coordinated_outcome(passage, index - 1, word_outcome(passage, index - 1))  # "Killed: 12 soldiers"
        if _starts_other_part(passage, index, first):
            return ""
        if index == first - 1 and lower in _FORCING:
            return "displaced"
        if index == first - 1 and lower == "lost":
            return "killed"
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
        elif lower == "," and index > noun:
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
    """Return the comma that closes an aside ("Eight people, five of them officers, died"); 0 if there is none."""
    tokens = passage.tokens
    if comma + 1 >= stop:
        return 0
    following = tokens.words[comma + 1]
    if not following.number and following.lower not in _ASIDE_OPENERS:
        return 0
    closing = next((position for position in range(comma + 1, stop) if tokens.lower(position) == ","), 0)
    return closing if tokens.same_sentence(last, closing) else 0


def _outcome_at(passage: Passage, noun: int, index: int) -> str | None:
    """Return the outcome that a word after the noun states, or empty if it ends the search; None to search on."""
    tokens = passage.tokens
    lower, previous = tokens.lower(index), tokens.lower(index - 1)
    if lower in _RIGHT_LIMITS:
        return ""
    if tokens.words[index].digits or lower in _SMALL_NUMBERS:
        return None if previous in _BEFORE_OTHER_NUMBERS and tokens.lower(index - 2) != "killed" else ""
    if outcome := word_outcome(passage, index):
        active = lower in _ACTIVE and previous not in PASSIVE
        return "" if active else coordinated_outcome(passage, index, outcome)
    return "displaced" if lower == "crossed" and "unit_people" in tokens.classes(noun) else None


def word_outcome(passage: Passage, index: int) -> str:
    """Return the outcome that a word states by itself; empty if it states none."""
    classes = passage.tokens.classes(index)
    if passage.mention_at(index) is not None or not classes:
        return ""
    return next((unit for name, unit in OUTCOME_CLASSES.items() if name in classes), "")


def coordinated_outcome(passage: Passage, index: int, outcome: str) -> str:
    """Return the outcome of a word together with a coordinated one: "killed and wounded" are casualties."""
    tokens = passage.tokens
    for step in (1, -1):
        if tokens.lower(index + step) in _JOINTS:
            other = word_outcome(passage, index + 2 * step)
            if {outcome, other} == {"killed", "injured"}:
                return "casualties"
    return outcome
