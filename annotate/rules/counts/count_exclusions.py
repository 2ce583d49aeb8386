"""Numbers that are not counts (C2): money, shares, ages, measures, ordinals and numbers within names."""

from __future__ import annotations

from ..passage import Passage
from ..word_lists import word_list
from .amount_phrases import Amount

_CURRENCY = frozenset("$€£¥₦₹")
_BEFORE_MONEY = frozenset(("us$", "usd", "eur", "gbp", "rs", "minus", "negative"))
_FACTORS = frozenset("twice thrice times double triple half".split())
_NUMBERED = frozenset("number no no. nos # chapter article".split())
_PLAIN_NAMING = word_list("plain_naming")


def is_excluded(passage: Passage, first: int, last: int, amount: Amount, *, labelled: bool) -> bool:
    """Check whether a number is no count (C2): money, a share, an age, a measure, an ordinal, part of a name."""
    tokens = passage.tokens
    text = tokens.text
    words = tokens.words
    before = tokens.lower(first - 1) if tokens.same_sentence(first - 1, first) else ""
    after = tokens.lower(last) if tokens.same_sentence(first, last) else ""
    left = text[amount.start - 1] if amount.start else " "
    if left == ":" and labelled:
        left = " "
    if left in _CURRENCY or left in "-–+#.:/" or before[-1:] in _CURRENCY or before in _BEFORE_MONEY:
        return True
    if before in _FACTORS and words[first].lower == "as":
        return True  # "twice as many as 20"
    if text[amount.end : amount.end + 1] in ("%", "°") or after in ("%", "°", "per"):
        return True
    if after == "times" and tokens.lower(last + 1) in (
        "higher",
        "larger",
        "bigger",
        "greater",
        "as",
        "more",
        "the",
        "smaller",
    ):
        return True
    digits = words[first].digits
    previous = words[first - 1] if first and before else None
    if digits and previous is not None and passage.owners[first - 1] is None:
        if "naming" in previous.classes and (previous.capital or before in _PLAIN_NAMING):
            return True
        if previous.upper and not previous.classes and not tokens.headline[tokens.sentence[first]]:
            return True
    if before in ("aged", "age", "ages") or before in _NUMBERED:
        return True
    age = digits and amount.low is not None and amount.low == amount.high and amount.low < 110
    if age and before == "," and after in (",", ".", ")") and passage.mention_at(first - 2) is not None:
        return True  # "Danilo Abrenica, 51, a fisherman"
    if age and before == "," and tokens.classes(first - 2) & {"unit_people", "unit_personnel", "titles"}:
        return not tokens.lower(first - 2).endswith("s")  # "killed a teacher, 34"
    return (
        bool(tokens.classes(last) & {"measures"}) and bool(after) and after not in ("second", "rounds", "points", "m")
    )
