"""What a number without a noun after it counts: by the label before it, or by the subject of its verb."""

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
_MAX_DISTANCE = 12

UnitOf = Callable[[int], str]
"""A function that returns the unit of the noun at an index; empty for an unknown noun."""


def labelled_unit(passage: Passage, first: int, unit_of: UnitOf) -> str:
    """Return the unit of a number by the label before it: "Wounded: 7", "Deaths - 5"; empty if there is none."""
    tokens = passage.tokens
    sign = tokens.lower(first - 1)
    if not tokens.same_sentence(first - 1, first) or not (
        sign in _LABEL_ENDS or (sign in _DASHES and not tokens.is_joined(first) and not tokens.is_joined(first - 1))
    ):
        return ""
    begin = first - 1
    while begin > 0 and first - begin < 6 and tokens.same_sentence(begin - 1, first):
        lower = tokens.lower(begin - 1)
        if not lower[:1].isalpha() and lower not in ("/", "&"):
            break
        begin -= 1
    starts_line = begin == 0 or not tokens.same_sentence(begin - 1, first) or not tokens.lower(begin - 1)[:1].isalpha()
    if sign in _DASHES and not starts_line:
        return ""
    words = range(first - 2, begin - 1, -1)
    for position in words:
        if outcome := word_outcome(passage, position) or _INITIALS.get(tokens.lower(position), ""):
            return coordinated_outcome(passage, position, outcome)
    return next(
        (unit for position in words if tokens.lower(position).endswith("s") and (unit := unit_of(position))), ""
    )


def subject_unit(passage: Passage, first: int, unit_of: UnitOf) -> str:
    """Return the unit of a number by the subject of its verb: "The toll rose to 45"; empty if there is none."""
    tokens = passage.tokens
    position = first - 1
    while tokens.lower(position) in _ADVERBS and position > 0:
        position -= 1
    if not tokens.same_sentence(position, first):
        return ""
    before = [
        index
        for index in range(position - 1, max(position - _MAX_DISTANCE, -1), -1)
        if tokens.same_sentence(index, first)
    ]
    words_before = {tokens.lower(index) for index in before}
    lower = tokens.lower(position)
    if lower in ("to", "from"):
        changed = next((index for index in before[:8] if tokens.lower(index) in _CHANGE_VERBS), None)
        if changed is not None:
            return _toll_unit(passage, before, unit_of) or _changed_unit(passage, changed, first, unit_of)
        return _toll_unit(passage, before, unit_of) if words_before & _BRING_VERBS else ""
    if lower == "at":
        return _toll_unit(passage, before, unit_of) if words_before & _STATE_VERBS else ""
    if lower in _REACH_VERBS or lower in _EXCEED_VERBS:
        return _toll_unit(passage, before, unit_of)
    return _toll_unit(passage, before, unit_of, strict=True) if lower in _IS else ""


def is_change_verb(word: str) -> bool:
    """Check whether a word, in lower case, states a change of a number."""
    return word in _CHANGE_VERBS


def is_exceeded(passage: Passage, first: int) -> bool:
    """Check whether the verb before a number states that it is exceeded."""
    return passage.tokens.lower(first - 1) in _EXCEED_VERBS


def _toll_unit(passage: Passage, before: list[int], unit_of: UnitOf, *, strict: bool = False) -> str:
    """Return the unit of the nearest toll: "death toll", "number of wounded" or, unless `strict`, "casualties"."""
    tokens = passage.tokens
    for index in before:
        lower = tokens.lower(index)
        if lower in _TOLLS:
            return word_outcome(passage, index - 1) or "killed"
        if lower in _NUMBERS and tokens.lower(index + 1) in ("of", "killed", "wounded", "injured", "dead"):
            after = [position for position in range(index + 1, index + 7) if position <= before[0]]
            units = [outcome for position in after if (outcome := word_outcome(passage, position))]
            units += [noun_unit for position in after if (noun_unit := unit_of(position))]
            return "other" if units and units[0] == "people" else units[0] if units else ""
        if not strict and (lower in OUTCOME_NOUNS or lower in _LOSSES) and passage.mention_at(index) is None:
            return word_outcome(passage, index)
        if not strict and lower in OUTCOME_WORDS and tokens.lower(index - 1) == "the":
            return word_outcome(passage, index)
    return ""


def _changed_unit(passage: Passage, changed: int, first: int, unit_of: UnitOf) -> str:
    for position in range(changed - 1, max(changed - 6, -1), -1):
        if passage.tokens.same_sentence(position, first) and (
            unit := word_outcome(passage, position) or unit_of(position)
        ):
            return "other" if unit == "people" else unit
    return "other"
