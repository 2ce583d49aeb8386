"""What befell those that a number counts: killed, injured, detained, displaced. The predicate decides (C1)."""

from __future__ import annotations

from ..passage import Passage
from ..word_lists import word_list

BEFELL = {f"befell_{unit}": unit for unit in ("killed", "injured", "casualties", "detained", "displaced")}
OUTCOME_WORDS = word_list("outcome_words")
_FORCING = frozenset("forced forcing drove driven driving".split())
OUTCOME_NOUNS = word_list("outcome_nouns")
OF_THOSE = frozenset("them whom which these those".split())
_SMALL_NUMBERS = word_list("small_numbers")
_TAKEN = frozenset("held taken killing seized capture captured holding".split())
PASSIVE = frozenset("were was been being are is".split())
_ASIDE_OPENERS = word_list("aside_openers")
_LEFT_LIMITS = word_list("left_limits")
_RIGHT_LIMITS = word_list("right_limits")


def casualty_outcome(passage: Passage, first: int, last: int, noun: int, *, known: bool) -> str:
    """What befell those counted: a word of the phrase, else the verb before the number, else the one behind.

    Of a noun that no list has (`known` is False) only a verb right before the number does: trucks are not killed.
    """
    tokens = passage.tokens
    for index in range(last, noun + 1):
        low = tokens.lower(index)
        if low in OUTCOME_WORDS or low in OUTCOME_NOUNS:
            later = (
                _right(passage, last, noun)
                if low in ("hostages", "prisoners", "detainees", "captives", "refugees")
                else ""
            )
            before = word_outcome(passage, first - 2) if tokens.lower(first - 1) == "of" else ""
            return "killed" if "killed" in (later, before) else word_outcome(passage, index)
    if not known:
        return word_outcome(passage, first - 1) if tokens.same_sentence(first - 1, first) else ""
    if tokens.lower(first - 1) == "of" and word_outcome(passage, first - 2) == "killed":
        return "killed"  # "the bodies of six hostages"
    # a relative clause or "of whom" speaks of these alone, as does what is said behind the second of two numbers
    second = tokens.lower(first - 1) in ("and", ",", "while") and tokens.same_sentence(first - 1, first)
    if (
        second
        or tokens.lower(noun + 1) in ("who", "were", "was")
        or (tokens.lower(last) == "of" and tokens.lower(last + 1) in OF_THOSE)
    ):
        return _right(passage, last, noun) or ("" if tokens.lower(last) == "of" else _left(passage, first))
    return _left(passage, first) or _right(passage, last, noun)


def _left(passage: Passage, first: int) -> str:
    tokens = passage.tokens
    for steps, index in enumerate(range(first - 1, max(-1, first - 16), -1)):
        low = tokens.lower(index)
        if low == ":" and tokens.same_sentence(index, first):
            return coordinated_outcome(passage, index - 1, word_outcome(passage, index - 1))  # "Killed: 12 soldiers"
        if not tokens.same_sentence(index, first) or low in _LEFT_LIMITS:
            return ""
        if steps < 3 and (tokens.words[index].digits or low in _SMALL_NUMBERS) and tokens.lower(index + 1) == "of":
            return ""  # "two of the 22 sailors": the verb speaks of the two
        if low == "," and (steps > 2 or (tokens.lower(index + 1) not in ("and", "including") and index != first - 1)):
            return ""
        outcome = word_outcome(passage, index)
        if low == "shot" and tokens.lower(index + 1) == "down":
            return ""
        if low in _FORCING and index == first - 1:
            return "displaced"
        if low == "lost" and index == first - 1:
            return "killed"
        if outcome:
            if tokens.classes(index) & {"unit_people"} or (
                low in ("wounded", "injured", "dead") and index + 1 < first and steps > 3
            ):
                return ""
            return coordinated_outcome(passage, index, outcome)
        if tokens.classes(index) & {"acting", "speech", "moving", "going"} and not tokens.words[index].digits:
            among = range(max(index - 4, 0), index - 1)
            if low in ("were", "are") and any(tokens.lower(at) == "among" for at in among):
                return word_outcome(passage, index - 1)  # "Among the dead were four women"
            return ""
    return ""


def _right(passage: Passage, last: int, noun: int) -> str:
    tokens = passage.tokens
    index = last
    stop = min(noun + 18, len(tokens))
    aside = tokens.lower(last - 2) in ("including", "among") or tokens.lower(last - 3) == "including"
    while index < stop and tokens.same_sentence(last - 1, index):
        low = tokens.lower(index)
        if low == "(":
            while index < stop and tokens.lower(index) != ")":
                index += 1
        elif low == "," and index > noun:
            # an aside: "Eight people, five of them officers, died"
            follows = tokens.words[index + 1] if index + 1 < stop else None
            if aside:
                aside = False
            elif follows is not None and (follows.number or follows.lower in _ASIDE_OPENERS):
                closing = next((at for at in range(index + 1, stop) if tokens.lower(at) == ","), 0)
                if not closing or not tokens.same_sentence(last, closing):
                    return ""
                index = closing
            else:
                return ""
        elif index > noun:
            if low in _RIGHT_LIMITS:
                return ""
            if tokens.words[index].digits or low in _SMALL_NUMBERS:
                if tokens.lower(index - 1) not in ("aged", "to", "-", "and") or tokens.lower(index - 2) == "killed":
                    return ""
            elif outcome := word_outcome(passage, index):
                if low in _TAKEN and tokens.lower(index - 1) not in PASSIVE:
                    return ""
                return coordinated_outcome(passage, index, outcome)
            elif low == "crossed" and "unit_people" in tokens.classes(noun):
                return "displaced"
        index += 1
    return ""


def word_outcome(passage: Passage, index: int) -> str:
    """The fate that a word by itself tells; empty for any other word."""
    classes = passage.tokens.classes(index)
    if passage.mention_at(index) is not None or not classes:
        return ""
    return next((unit for name, unit in BEFELL.items() if name in classes), "")


def coordinated_outcome(passage: Passage, index: int, outcome: str) -> str:
    """Killed and wounded told together are casualties."""
    tokens = passage.tokens
    for step in (1, -1):
        if tokens.lower(index + step) in ("and", "or", "/"):
            other = word_outcome(passage, index + 2 * step)
            if {outcome, other} == {"killed", "injured"}:
                return "casualties"
    return outcome
