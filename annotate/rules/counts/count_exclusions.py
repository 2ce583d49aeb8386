"""Numbers that are not counts (C2): money, shares, ages, measures, ordinals and numbers within names."""

from __future__ import annotations

from dataclasses import dataclass

from ..decision_table import DecisionRule, decide, yes
from ..passage import Passage
from ..word_lists import class_names, word_list
from .amount_phrases import Amount

_CURRENCY = frozenset("$€£¥₦₹")
_MONEY_WORDS = word_list("money_words")
_FACTORS = word_list("factors")
_SHARE_SIGNS = word_list("share_signs")
_COMPARISONS = word_list("comparisons")
_PLAIN_NAMING = word_list("plain_naming")
_NUMBERING_OR_AGE = word_list("numbering_words", "age_words")
_MEASURES_THAT_COUNT = word_list("measures_that_count")
_PERSONS = class_names("unit_people", "unit_personnel", "titles")


@dataclass(slots=True)
class _Number:
    """A number, `[first, last)` in words, and what is around it.

    Attributes:
        left: The character before it.
        before: The word before it in the sentence, in lower case.
        after: The word after it in the sentence, in lower case.
    """

    passage: Passage
    first: int
    last: int
    amount: Amount
    left: str
    before: str
    after: str

    @property
    def digits(self) -> bool:
        """Whether it is written in digits."""
        return self.passage.tokens.words[self.first].digits

    @property
    def may_be_age(self) -> bool:
        """Whether it is a number in digits that may be someone's age."""
        low = self.amount.low
        return self.digits and low is not None and low == self.amount.high and low < 110


def is_excluded(passage: Passage, first: int, last: int, amount: Amount, *, labelled: bool) -> bool:
    """Check whether a number is no count (C2): money, a share, an age, a measure, an ordinal, part of a name."""
    tokens = passage.tokens
    left = tokens.text[amount.start - 1] if amount.start else " "
    number = _Number(
        passage,
        first,
        last,
        amount,
        " " if left == ":" and labelled else left,
        tokens.lower(first - 1) if tokens.same_sentence(first - 1, first) else "",
        tokens.lower(last) if tokens.same_sentence(first, last) else "",
    )
    return decide(EXCLUSION_RULES, number, otherwise=False)


def _is_money_or_part(number: _Number) -> bool:
    left, before = number.left, number.before
    return left in _CURRENCY or left in "-–+#.:/" or before[-1:] in _CURRENCY or before in _MONEY_WORDS


def _is_factor(number: _Number) -> bool:
    return number.before in _FACTORS and number.passage.tokens.words[number.first].lower == "as"


def _is_share(number: _Number) -> bool:
    end = number.amount.end
    return number.passage.tokens.text[end : end + 1] in ("%", "°") or number.after in _SHARE_SIGNS


def _is_comparison(number: _Number) -> bool:
    return number.after == "times" and number.passage.tokens.lower(number.last + 1) in _COMPARISONS


def _follows_unowned_word(number: _Number) -> bool:
    unowned = bool(number.first) and number.passage.owners[number.first - 1] is None
    return number.digits and number.before != "" and unowned


def _is_in_name(number: _Number) -> bool:
    if not _follows_unowned_word(number):
        return False
    previous = number.passage.tokens.words[number.first - 1]
    return "naming" in previous.classes and (previous.capital or number.before in _PLAIN_NAMING)


def _follows_abbreviation(number: _Number) -> bool:
    if not _follows_unowned_word(number):
        return False
    tokens = number.passage.tokens
    previous = tokens.words[number.first - 1]
    return previous.upper and not previous.classes and not tokens.headline[tokens.sentence[number.first]]


def _is_age_after_name(number: _Number) -> bool:
    if not number.may_be_age or number.before != "," or number.after not in (",", ".", ")"):
        return False
    return number.passage.mention_at(number.first - 2) is not None


def _is_age_after_noun(number: _Number) -> bool:
    persons = number.passage.tokens.classes(number.first - 2) & _PERSONS
    return bool(persons) and number.before == "," and number.may_be_age


def _follows_singular(number: _Number) -> bool:
    return not number.passage.tokens.lower(number.first - 2).endswith("s")


def _is_measure(number: _Number) -> bool:
    measure = "measures" in number.passage.tokens.classes(number.last)
    return measure and number.after != "" and number.after not in _MEASURES_THAT_COUNT


EXCLUSION_RULES: tuple[DecisionRule[_Number, bool], ...] = (
    DecisionRule("money, or a part of a longer number: $12, 3-12", _is_money_or_part, yes),
    DecisionRule("a factor: twice as many as 20", _is_factor, yes),
    DecisionRule("a share or a rate: 12%", _is_share, yes),
    DecisionRule("a comparison: three times higher", _is_comparison, yes),
    DecisionRule("part of a name: Resolution 2254", _is_in_name, yes),
    DecisionRule("part of a name with an abbreviation: AK 47", _follows_abbreviation, yes),
    DecisionRule("an age or the number of something", lambda number: number.before in _NUMBERING_OR_AGE, yes),
    DecisionRule("an age after a name: Danilo Abrenica, 51, a fisherman", _is_age_after_name, yes),
    DecisionRule("an age after a noun: killed a teacher, 34", _is_age_after_noun, _follows_singular),
    DecisionRule("a measure: 12 kilometers", _is_measure, yes),
)
"""When a number is not a count."""
