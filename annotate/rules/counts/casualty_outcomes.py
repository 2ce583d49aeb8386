"""The outcome for the people that a number counts: killed, injured, detained, displaced. The predicate decides (C1)."""

from __future__ import annotations

from ..passage import Passage
from ..word_lists import word_list

OUTCOME_CLASSES = {f"outcome_{unit}": unit for unit in ("killed", "injured", "casualties", "detained", "displaced")}
"""The unit of each class of words that state an outcome."""

OUTCOME_WORDS = word_list("outcome_words")
OUTCOME_NOUNS = word_list("outcome_nouns")
OF_THOSE = frozenset("them whom which these those".split())
PASSIVE = frozenset("were was been being are is".split())

_FORCING = frozenset("forced forcing drove driven driving".split())
_SMALL_NUMBERS = word_list("small_numbers")
_TAKEN = frozenset("held taken killing seized capture captured holding".split())
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
            later = (
                _outcome_after(passage, last, noun)
                if lower in ("hostages", "prisoners", "detainees", "captives", "refugees")
                else ""
            )
            before = word_outcome(passage, first - 2) if tokens.lower(first - 1) == "of" else ""
            return "killed" if "killed" in (later, before) else word_outcome(passage, index)
    if not known:
        return word_outcome(passage, first - 1) if tokens.same_sentence(first - 1, first) else ""
    if tokens.lower(first - 1) == "of" and word_outcome(passage, first - 2) == "killed":
        return "killed"  # "the bodies of six hostages"
    # a relative clause or "of whom" refers to this number alone, and so does a verb after the second of two numbers
    second = tokens.lower(first - 1) in ("and", ",", "while") and tokens.same_sentence(first - 1, first)
    if (
        second
        or tokens.lower(noun + 1) in ("who", "were", "was")
        or (tokens.lower(last) == "of" and tokens.lower(last + 1) in OF_THOSE)
    ):
        return _outcome_after(passage, last, noun) or (
            "" if tokens.lower(last) == "of" else _outcome_before(passage, first)
        )
    return _outcome_before(passage, first) or _outcome_after(passage, last, noun)


def _outcome_before(passage: Passage, first: int) -> str:
    tokens = passage.tokens
    for steps, index in enumerate(range(first - 1, max(-1, first - 16), -1)):
        lower = tokens.lower(index)
        if lower == ":" and tokens.same_sentence(index, first):
            return coordinated_outcome(passage, index - 1, word_outcome(passage, index - 1))  # "Killed: 12 soldiers"
        if not tokens.same_sentence(index, first) or lower in _LEFT_LIMITS:
            return ""
        if steps < 3 and (tokens.words[index].digits or lower in _SMALL_NUMBERS) and tokens.lower(index + 1) == "of":
            return ""  # "two of the 22 sailors": the verb refers to the two
        if lower == "," and (steps > 2 or (tokens.lower(index + 1) not in ("and", "including") and index != first - 1)):
            return ""
        outcome = word_outcome(passage, index)
        if lower == "shot" and tokens.lower(index + 1) == "down":
            return ""
        if lower in _FORCING and index == first - 1:
            return "displaced"
        if lower == "lost" and index == first - 1:
            return "killed"
        if outcome:
            if tokens.classes(index) & {"unit_people"} or (
                lower in ("wounded", "injured", "dead") and index + 1 < first and steps > 3
            ):
                return ""
            return coordinated_outcome(passage, index, outcome)
        if tokens.classes(index) & {"acting", "speech", "moving", "going"} and not tokens.words[index].digits:
            among = range(max(index - 4, 0), index - 1)
            if lower in ("were", "are") and any(tokens.lower(position) == "among" for position in among):
                return word_outcome(passage, index - 1)  # "Among the dead were four women"
            return ""
    return ""


def _outcome_after(passage: Passage, last: int, noun: int) -> str:
    tokens = passage.tokens
    index = last
    stop = min(noun + 18, len(tokens))
    in_aside = tokens.lower(last - 2) in ("including", "among") or tokens.lower(last - 3) == "including"
    while index < stop and tokens.same_sentence(last - 1, index):
        lower = tokens.lower(index)
        if lower == "(":
            while index < stop and tokens.lower(index) != ")":
                index += 1
        elif lower == "," and index > noun:
            # an aside: "Eight people, five of them officers, died"
            following = tokens.words[index + 1] if index + 1 < stop else None
            if in_aside:
                in_aside = False
            elif following is not None and (following.number or following.lower in _ASIDE_OPENERS):
                closing = next((position for position in range(index + 1, stop) if tokens.lower(position) == ","), 0)
                if not closing or not tokens.same_sentence(last, closing):
                    return ""
                index = closing
            else:
                return ""
        elif index > noun:
            if lower in _RIGHT_LIMITS:
                return ""
            if tokens.words[index].digits or lower in _SMALL_NUMBERS:
                if tokens.lower(index - 1) not in ("aged", "to", "-", "and") or tokens.lower(index - 2) == "killed":
                    return ""
            elif outcome := word_outcome(passage, index):
                if lower in _TAKEN and tokens.lower(index - 1) not in PASSIVE:
                    return ""
                return coordinated_outcome(passage, index, outcome)
            elif lower == "crossed" and "unit_people" in tokens.classes(noun):
                return "displaced"
        index += 1
    return ""


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
        if tokens.lower(index + step) in ("and", "or", "/"):
            other = word_outcome(passage, index + 2 * step)
            if {outcome, other} == {"killed", "injured"}:
                return "casualties"
    return outcome
