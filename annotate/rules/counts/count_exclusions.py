"""Numbers that are not counts (C2): money, shares, ages, measures, ordinals and numbers within names."""

from __future__ import annotations

from dataclasses import dataclass

from ..cardinals import parse_integer
from ..decision_table import DecisionRule, decide, yes
from ..passage import Passage
from ..word_lists import NOT_NAME, class_names, word_list, word_values
from .amount_phrases import Amount

_CURRENCY = frozenset("$€£¥₦₹")
_MONEY_WORDS = word_list("money_words")
_FACTORS = word_list("factors")
_SHARE_SIGNS = word_list("share_signs")
_COMPARISONS = word_list("comparisons")
_PLAIN_NAMING = word_list("plain_naming")
_NUMBERING_OR_AGE = word_list("numbering_words", "age_words")
_AFTER_AGES = word_list("after_ages")
_STREETS = word_list("streets")
_WHOLES = word_values("wholes")
_AGES = word_list("age_words")
_MEASURES_THAT_COUNT = word_list("measures_that_count")
_BODIES = word_list("bodies_of_number")
_RANKS = word_list("rank_words")
_PREPOSITIONS = word_list("prepositions_by_numbers")
_PERSONS = class_names("unit_people", "unit_personnel", "titles", "people", "officials", "armed", "groups")


@dataclass(slots=True)
class _Number:
    """A number, `[first, last)` in words, and what is around it.

    Attributes:
        digits: Whether it is written in digits.
        left: The character before it.
        before: The word before it in the sentence, in lower case.
        after: The word after it in the sentence, in lower case.
    """

    passage: Passage
    first: int
    last: int
    amount: Amount
    digits: bool
    left: str
    before: str
    after: str

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
        tokens.words[first].digits,
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
    return number.digits and number.before != "" and number.passage.owners[number.first - 1] is None


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
    return previous.upper and previous.classes <= {NOT_NAME} and not tokens.headline[tokens.sentence[number.first]]


def _is_numbered(number: _Number) -> bool:
    """Check for "aged 12" and "No. 5", but not for "troops number about 5,000"."""
    tokens = number.passage.tokens
    if number.before == "of":
        numbered = tokens.lower(number.first - 2) in _AGES  # "under the age of 12"
    elif number.before in ("and", "to", "-"):
        numbered = tokens.lower(number.first - 3) in _AGES  # "aged 15 and 17"
    else:
        numbered = number.before in _NUMBERING_OR_AGE
    return numbered and tokens.words[number.first].number


def _is_body_of_number(number: _Number) -> bool:
    tokens = number.passage.tokens
    body = number.first - 2
    return number.before == "of" and tokens.lower(body) in _BODIES and tokens.words[body].capital


def _is_rank(number: _Number) -> bool:
    return number.before in _RANKS and number.passage.tokens.words[number.first].number


def _is_reference(number: _Number) -> bool:
    tokens = number.passage.tokens
    if number.last + 1 >= len(tokens) or not tokens.same_sentence(number.first, number.last + 1):
        return False
    return "." in number.after and tokens.words[number.last].upper and tokens.words[number.last + 1].digits


def _follows_model(number: _Number) -> bool:
    """Check for a capitalised word within a sentence that is neither a known word nor a place after a preposition."""
    tokens, previous = number.passage.tokens, number.first - 1
    owner = number.passage.mention_at(previous)
    if owner is not None and owner.actor is not None and owner.actor.kind == "organization":
        return tokens.words[number.first].digits
    if not _follows_unowned_word(number) or not tokens.words[number.first].digits:
        return False
    named = tokens.words[previous].name_like or tokens.classes(previous) == {NOT_NAME}
    if not named or tokens.headline[tokens.sentence[previous]]:
        return False
    return not tokens.starts_sentence(previous) and tokens.lower(previous - 1) not in _PREPOSITIONS


def _is_address(number: _Number) -> bool:
    """Check for the number of a house: "10 Hill Street"."""
    if not number.digits:
        return False
    tokens = number.passage.tokens
    for index in range(number.last, min(number.last + 4, len(tokens))):
        if not tokens.words[index].capital or not tokens.same_sentence(number.first, index):
            return False
        if index > number.last and tokens.lower(index) in _STREETS:
            return True
    return False


def _is_solution(number: _Number) -> bool:
    following = number.passage.tokens.lower(number.last + 1)
    return number.after == "state-solution" or (number.after == "state" and following in ("solution", "-"))


def _is_time(number: _Number) -> bool:
    following = number.passage.tokens.lower(number.last + 1)
    return number.digits and number.after in ("local", "universal") and following == "time"


def _is_age_after_name(number: _Number) -> bool:
    if number.before != "," or number.after not in (",", ".", ")") or not number.may_be_age:
        return False
    return number.passage.mention_at(number.first - 2) is not None


def _is_age_after_noun(number: _Number) -> bool:
    if number.before != "," or number.after == "of" or not number.may_be_age:
        return False
    return not _PERSONS.isdisjoint(number.passage.tokens.classes(number.first - 2))


def _is_age_after_of(number: _Number) -> bool:
    if number.before != "of" or not number.may_be_age:
        return False
    ended = number.after == "" or not number.after[0].isalnum() or number.after in _AFTER_AGES
    return ended and not _PERSONS.isdisjoint(number.passage.tokens.classes(number.first - 2))


def _is_proportion(number: _Number) -> bool:
    """Check for a number that is part of a proportion, "four in ten", or the number that it is out of."""
    low = number.amount.low
    if "in" not in (number.before, number.after) or low is None or low != number.amount.high:
        return False
    tokens = number.passage.tokens
    if number.after == "in" and tokens.lower(number.last + 1) in _WHOLES:
        return low < _WHOLES[tokens.lower(number.last + 1)]
    whole = _WHOLES.get(tokens.lower(number.first), 0)
    if not whole or number.before != "in" or not tokens.words[number.first - 2].number:
        return False
    part = parse_integer(tokens.lower(number.first - 2))
    return part is not None and part < whole


def _follows_singular(number: _Number) -> bool:
    return not number.passage.tokens.lower(number.first - 2).endswith("s")


def _is_measure(number: _Number) -> bool:
    if number.after == "" or number.after in _MEASURES_THAT_COUNT:
        return False
    return "measures" in number.passage.tokens.classes(number.last)


EXCLUSION_RULES: tuple[DecisionRule[_Number, bool], ...] = (
    DecisionRule("money, or a part of a longer number: $12, 3-12", _is_money_or_part, yes),
    DecisionRule("a factor: twice as many as 20", _is_factor, yes),
    DecisionRule("a share or a rate: 12%", _is_share, yes),
    DecisionRule("a comparison: three times higher", _is_comparison, yes),
    DecisionRule("part of a name: Resolution 2254", _is_in_name, yes),
    DecisionRule("part of a name with an abbreviation: AK 47", _follows_abbreviation, yes),
    DecisionRule("an age or the number of something", _is_numbered, yes),
    DecisionRule("a name with a number: the Group of 77", _is_body_of_number, yes),
    DecisionRule("a rank: the first two", _is_rank, yes),
    DecisionRule("a reference: 8 U.S.C. 1189", _is_reference, yes),
    DecisionRule("a name with its number: Boeing 737-800", _follows_model, yes),
    DecisionRule("an address: 10 Hill Street", _is_address, yes),
    DecisionRule("a state of its own: a two state solution", _is_solution, yes),
    DecisionRule("a time of day: 10.30 local time", _is_time, yes),
    DecisionRule("an age after a name: Danilo Abrenica, 51, a fisherman", _is_age_after_name, yes),
    DecisionRule("an age after a noun: killed a teacher, 34", _is_age_after_noun, _follows_singular),
    DecisionRule("an age after of: a boy of 15", _is_age_after_of, _follows_singular),
    DecisionRule("a part of each number: four in ten", _is_proportion, yes),
    DecisionRule("a measure: 12 kilometers", _is_measure, yes),
)
"""When a number is not a count."""
