"""What a number with no noun behind it counts: the label before it, or the subject of which it is told."""

from __future__ import annotations

from collections.abc import Callable

from ..passage import Passage
from ..word_lists import word_list
from .casualty_outcomes import OUTCOME_NOUNS, OUTCOME_WORDS, coordinated_outcome, word_outcome

_CHANGE_VERBS = word_list("change_verbs")
_BRING_VERBS = word_list("bring_verbs")
_STATE_VERBS = word_list("state_verbs")
_REACH_VERBS = word_list("reach_verbs")
_EXCEED_VERBS = word_list("exceed_verbs")
_IS = frozenset("is was are were".split())
_ADVERBS = word_list("toll_adverbs")
_NUMBERS = frozenset("number numbers total tally count figure".split())
_TOLLS = frozenset(("toll", "tolls"))
_LOSSES = frozenset(("loss", "losses"))
_LABEL_ENDS = frozenset((":", "="))
_INITIALS = {"kia": "killed", "wia": "injured"}
_DASHES = frozenset(("-", "–", "—"))
_REACH = 12

UnitOf = Callable[[int], str]
"""What the noun at an index is counted as; empty where no list has it."""


def labelled_unit(passage: Passage, first: int, unit: UnitOf) -> str:
    """The unit that a label gives the number behind it: "Wounded: 7", "Deaths - 5"; empty where there is none."""
    tokens = passage.tokens
    sign = tokens.lower(first - 1)
    if not tokens.same_sentence(first - 1, first) or not (
        sign in _LABEL_ENDS or (sign in _DASHES and not tokens.is_joined(first) and not tokens.is_joined(first - 1))
    ):
        return ""
    begin = first - 1
    while begin > 0 and first - begin < 6 and tokens.same_sentence(begin - 1, first):
        low = tokens.lower(begin - 1)
        if not low[:1].isalpha() and low not in ("/", "&"):
            break
        begin -= 1
    opens = begin == 0 or not tokens.same_sentence(begin - 1, first) or not tokens.lower(begin - 1)[:1].isalpha()
    if sign in _DASHES and not opens:
        return ""
    words = range(first - 2, begin - 1, -1)
    for at in words:
        if found := word_outcome(passage, at) or _INITIALS.get(tokens.lower(at), ""):
            return coordinated_outcome(passage, at, found)
    return next((found for at in words if tokens.lower(at).endswith("s") and (found := unit(at))), "")


def subject_unit(passage: Passage, first: int, unit: UnitOf) -> str:
    """The unit of the subject whose number a predicate tells: "The toll rose to 45"; empty where there is none."""
    tokens = passage.tokens
    at = first - 1
    while tokens.lower(at) in _ADVERBS and at > 0:
        at -= 1
    if not tokens.same_sentence(at, first):
        return ""
    before = [index for index in range(at - 1, max(at - _REACH, -1), -1) if tokens.same_sentence(index, first)]
    lows = {tokens.lower(index) for index in before}
    low = tokens.lower(at)
    if low in ("to", "from"):
        changed = next((index for index in before[:8] if tokens.lower(index) in _CHANGE_VERBS), None)
        if changed is not None:
            return _toll(passage, before, unit) or _subject(passage, changed, first, unit)
        return _toll(passage, before, unit) if lows & _BRING_VERBS else ""
    if low == "at":
        return _toll(passage, before, unit) if lows & _STATE_VERBS else ""
    if low in _REACH_VERBS or low in _EXCEED_VERBS:
        return _toll(passage, before, unit)
    return _toll(passage, before, unit, strict=True) if low in _IS else ""


def is_change_verb(word: str) -> bool:
    """Whether a word (in lower case) tells of a number that changes."""
    return word in _CHANGE_VERBS


def is_exceeded(passage: Passage, first: int) -> bool:
    """Whether the verb before a number says that there are more."""
    return passage.tokens.lower(first - 1) in _EXCEED_VERBS


def _toll(passage: Passage, before: list[int], unit: UnitOf, *, strict: bool = False) -> str:
    """The unit of the nearest toll: "death toll", "number of wounded", "casualties" (not where `strict`)."""
    tokens = passage.tokens
    for index in before:
        low = tokens.lower(index)
        if low in _TOLLS:
            return word_outcome(passage, index - 1) or "killed"
        if low in _NUMBERS and tokens.lower(index + 1) in ("of", "killed", "wounded", "injured", "dead"):
            behind = [at for at in range(index + 1, index + 7) if at <= before[0]]
            units = [found for at in behind if (found := word_outcome(passage, at))]
            units += [found for at in behind if (found := unit(at))]
            return "other" if units and units[0] == "people" else units[0] if units else ""
        if not strict and (low in OUTCOME_NOUNS or low in _LOSSES) and passage.mention_at(index) is None:
            return word_outcome(passage, index)
        if not strict and low in OUTCOME_WORDS and tokens.lower(index - 1) == "the":
            return word_outcome(passage, index)
    return ""


def _subject(passage: Passage, changed: int, first: int, unit: UnitOf) -> str:
    for at in range(changed - 1, max(changed - 6, -1), -1):
        if passage.tokens.same_sentence(at, first) and (found := word_outcome(passage, at) or unit(at)):
            return "other" if found == "people" else found
    return "other"
