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


def casualty_outcome(page: Passage, first: int, last: int, noun: int, *, known: bool) -> str:
    """What befell those counted: a word of the phrase, else the verb before the number, else the one behind.

    Of a noun that no list has (`known` is False) only a verb right before the number does: trucks are not killed.
    """
    tokens = page.tokens
    for index in range(last, noun + 1):
        low = tokens.low(index)
        if low in OUTCOME_WORDS or low in OUTCOME_NOUNS:
            later = (
                _right(page, last, noun)
                if low in ("hostages", "prisoners", "detainees", "captives", "refugees")
                else ""
            )
            before = word_outcome(page, first - 2) if tokens.low(first - 1) == "of" else ""
            return "killed" if "killed" in (later, before) else word_outcome(page, index)
    if not known:
        return word_outcome(page, first - 1) if tokens.same_sentence(first - 1, first) else ""
    if tokens.low(first - 1) == "of" and word_outcome(page, first - 2) == "killed":
        return "killed"  # "the bodies of six hostages"
    # a relative clause or "of whom" speaks of these alone, as does what is said behind the second of two numbers
    second = tokens.low(first - 1) in ("and", ",", "while") and tokens.same_sentence(first - 1, first)
    if (
        second
        or tokens.low(noun + 1) in ("who", "were", "was")
        or (tokens.low(last) == "of" and tokens.low(last + 1) in OF_THOSE)
    ):
        return _right(page, last, noun) or ("" if tokens.low(last) == "of" else _left(page, first))
    return _left(page, first) or _right(page, last, noun)


def _left(page: Passage, first: int) -> str:
    tokens = page.tokens
    for steps, index in enumerate(range(first - 1, max(-1, first - 16), -1)):
        low = tokens.low(index)
        if low == ":" and tokens.same_sentence(index, first):
            return coordinated_outcome(page, index - 1, word_outcome(page, index - 1))  # "Killed: 12 soldiers"
        if not tokens.same_sentence(index, first) or low in _LEFT_LIMITS:
            return ""
        if steps < 3 and (tokens.words[index].digits or low in _SMALL_NUMBERS) and tokens.low(index + 1) == "of":
            return ""  # "two of the 22 sailors": the verb speaks of the two
        if low == "," and (steps > 2 or (tokens.low(index + 1) not in ("and", "including") and index != first - 1)):
            return ""
        outcome = word_outcome(page, index)
        if low == "shot" and tokens.low(index + 1) == "down":
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
            return coordinated_outcome(page, index, outcome)
        if tokens.classes(index) & {"acting", "speech", "moving", "going"} and not tokens.words[index].digits:
            among = range(max(index - 4, 0), index - 1)
            if low in ("were", "are") and any(tokens.low(at) == "among" for at in among):
                return word_outcome(page, index - 1)  # "Among the dead were four women"
            return ""
    return ""


def _right(page: Passage, last: int, noun: int) -> str:
    tokens = page.tokens
    index = last
    stop = min(noun + 18, len(tokens))
    aside = tokens.low(last - 2) in ("including", "among") or tokens.low(last - 3) == "including"
    while index < stop and tokens.same_sentence(last - 1, index):
        low = tokens.low(index)
        if low == "(":
            while index < stop and tokens.low(index) != ")":
                index += 1
        elif low == "," and index > noun:
            # an aside: "Eight people, five of them officers, died"
            follows = tokens.words[index + 1] if index + 1 < stop else None
            if aside:
                aside = False
            elif follows is not None and (follows.number or follows.low in _ASIDE_OPENERS):
                closing = next((at for at in range(index + 1, stop) if tokens.low(at) == ","), 0)
                if not closing or not tokens.same_sentence(last, closing):
                    return ""
                index = closing
            else:
                return ""
        elif index > noun:
            if low in _RIGHT_LIMITS:
                return ""
            if tokens.words[index].digits or low in _SMALL_NUMBERS:
                if tokens.low(index - 1) not in ("aged", "to", "-", "and") or tokens.low(index - 2) == "killed":
                    return ""
            elif outcome := word_outcome(page, index):
                if low in _TAKEN and tokens.low(index - 1) not in PASSIVE:
                    return ""
                return coordinated_outcome(page, index, outcome)
            elif low == "crossed" and "unit_people" in tokens.classes(noun):
                return "displaced"
        index += 1
    return ""


def word_outcome(page: Passage, index: int) -> str:
    """The fate that a word by itself tells; empty for any other word."""
    classes = page.tokens.classes(index)
    if page.at(index) is not None or not classes:
        return ""
    return next((unit for name, unit in BEFELL.items() if name in classes), "")


def coordinated_outcome(page: Passage, index: int, outcome: str) -> str:
    """Killed and wounded told together are casualties."""
    tokens = page.tokens
    for step in (1, -1):
        if tokens.low(index + step) in ("and", "or", "/"):
            other = word_outcome(page, index + 2 * step)
            if {outcome, other} == {"killed", "injured"}:
                return "casualties"
    return outcome
