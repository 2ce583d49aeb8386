"""What a count shares with one before it or after it: "12 people, five of them children", "two men and six boys"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..decision_table import DecisionRule, decide
from ..passage import Passage
from ..word_lists import class_names, word_list
from .outcome_words import (
    MOTION,
    OF_THOSE,
    OUTCOME_CLASSES,
    OUTCOME_NOUNS,
    OUTCOME_WORDS,
    OUTCOMES,
    PASSIVE,
    is_verb_after_number,
)
from .own_clauses import opens_clause

_INCLUSIONS = word_list("inclusions", "those")
_COORDINATIONS = word_list("coordinations")
_CONJUNCTIONS = word_list("conjunctions")
_COORDINATED = word_list("before_coordinated")
_COMPARISON_ENDS = word_list("comparison_ends")
_TOTALS = word_list("number_nouns")
_PREPOSITIONS = word_list("prepositions_by_numbers")
_FINITE = PASSIVE | word_list("finite_auxiliaries")
_VERBS = MOTION | class_names("speech") | OUTCOME_CLASSES.keys()
_SHARING_UNITS = frozenset(("people", "personnel"))
_PARTS = frozenset((*OUTCOMES, "personnel"))
_MAX_DISTANCE = 200
_MAX_WORDS = 14


class CountPhrase(NamedTuple):
    """The words of a count, and what it counts.

    Attributes:
        first: The index of its first word.
        last: The index of its last word, its noun included.
        unit: Its unit.
        kind: The unit of its noun, whatever befell those counted.
        people: Whether its noun is known to denote people.
    """

    first: int
    last: int
    unit: str
    kind: str
    people: bool = False


class RelatedNumber(NamedTuple):
    """A number, `[first, last)` in words, with its noun, the index and unit of that, and the count before it."""

    passage: Passage
    first: int
    last: int
    noun: str
    position: int
    unit: str
    earlier: CountPhrase

    @property
    def same_sentence(self) -> bool:
        """Whether the count before it is in the same sentence."""
        return self.passage.tokens.same_sentence(self.earlier.first, self.first)

    @property
    def near(self) -> bool:
        """Whether the count before it is at most a sentence away."""
        starts = self.passage.tokens.starts
        return starts[self.earlier.first] >= starts[self.first] - _MAX_DISTANCE

    def word(self, offset: int) -> str:
        """Return a word before the number, in lower case."""
        return self.passage.tokens.lower(self.first - offset)


def related_unit(number: RelatedNumber) -> str:
    """Return the unit that a number shares with the count before it; empty if it shares none."""
    return decide(RELATION_RULES, number, otherwise="")


def _earlier_unit(number: RelatedNumber) -> str:
    return number.earlier.unit


def _earlier_kind(number: RelatedNumber) -> str:
    return number.earlier.kind


def _earlier_whole(number: RelatedNumber) -> str:
    return number.earlier.unit if number.earlier.unit in _PARTS else ""


def _earlier_outcome(number: RelatedNumber) -> str:
    return number.earlier.unit if number.earlier.unit in OUTCOMES else ""


def _stands_for_earlier(number: RelatedNumber) -> bool:
    return number.noun in ("one", "ones")


def _is_of_those(number: RelatedNumber) -> bool:
    tokens = number.passage.tokens
    return tokens.lower(number.last) == "of" and tokens.lower(number.last + 1) in OF_THOSE


def _is_passive(number: RelatedNumber) -> bool:
    return number.near and number.passage.tokens.lower(number.last) in PASSIVE


def _is_compared(number: RelatedNumber) -> bool:
    words = (number.word(1), number.word(2))
    return not number.noun and number.same_sentence and any(word in _COMPARISON_ENDS for word in words)


def _is_total(number: RelatedNumber) -> bool:
    totalled = number.word(1) in ("to", "at") and any(number.word(offset) in _TOTALS for offset in (2, 3, 4))
    return not number.noun and number.near and totalled


def _is_existential(number: RelatedNumber) -> bool:
    return not number.noun and number.near and number.word(1) in PASSIVE and number.word(2) == "there"


def _is_in_series(number: RelatedNumber) -> bool:
    """Check for "12 drones, nine over Odesa and four over Kherson"."""
    placed = number.passage.tokens.lower(number.last) in _PREPOSITIONS
    return not number.noun and placed and number.same_sentence and number.word(1) in _COORDINATIONS


def _is_rest(number: RelatedNumber) -> bool:
    """Check for "of the 12 hostages, five remain" and "the 2,000 sent before"."""
    earlier = number.earlier.first
    of_all = number.passage.tokens.lower(earlier - 1) in ("the", "of") and number.word(1) == ","
    return not number.noun and number.same_sentence and (of_all or number.word(1) == "the")


def _has_own_verb(number: RelatedNumber) -> bool:
    return not number.noun and number.same_sentence and is_verb_after_number(number.passage, number.last)


def _is_part(number: RelatedNumber) -> bool:
    if number.unit not in _SHARING_UNITS or not number.same_sentence:
        return False
    between = range(max(number.earlier.last + 1, number.first - 5), number.first)
    return any(number.passage.tokens.lower(index) in _INCLUSIONS for index in between)


def _is_breakdown(number: RelatedNumber) -> bool:
    return number.word(1) == ":" and number.unit in _SHARING_UNITS and number.same_sentence


def _is_coordinated(number: RelatedNumber) -> bool:
    """Check whether only a conjunction, and no verb, is between the count before and a number without its own verb."""
    tokens = number.passage.tokens
    if not number.noun or number.unit not in _SHARING_UNITS or not number.same_sentence:
        return False
    following = tokens.lower(number.position + 1)
    if following in _FINITE or (following.endswith("ed") and tokens.same_sentence(number.first, number.position + 1)):
        return False
    if opens_clause(number.passage, number.first, number.position):
        return False
    joint = 2 if number.word(1) in _COORDINATED else 1
    between = range(number.earlier.last + 1, number.first)
    if number.word(joint) not in _COORDINATIONS or len(between) > _MAX_WORDS:
        return False
    return not any(tokens.classes(index) & _VERBS for index in between)


RELATION_RULES: tuple[DecisionRule[RelatedNumber, str], ...] = (
    DecisionRule("a noun that stands for the earlier one: three new ones", _stands_for_earlier, _earlier_unit),
    DecisionRule("a part: nine blasts, two of them at night", _is_of_those, _earlier_unit),
    DecisionRule("a passive: six were lost", _is_passive, _earlier_unit),
    DecisionRule("a comparison: 40 raids, compared with 25 in May", _is_compared, _earlier_unit),
    DecisionRule("a total: raising the total to 604", _is_total, _earlier_unit),
    DecisionRule("an existential clause: 900 officers are needed and there are 400", _is_existential, _earlier_unit),
    DecisionRule("a series of places: nine over Odesa and four over Kherson", _is_in_series, _earlier_unit),
    DecisionRule("the rest: of the 12 hostages, five remain", _is_rest, _earlier_unit),
    DecisionRule("another verb: three rebels died and 11 surrendered", _has_own_verb, _earlier_kind),
    DecisionRule("people among those before: 40 people, including 12 children", _is_part, _earlier_whole),
    DecisionRule("people by kind: 30 deaths in May: 20 soldiers, 10 rebels", _is_breakdown, _earlier_outcome),
    DecisionRule("people beside those before: killed two guards and three drivers", _is_coordinated, _earlier_outcome),
)
"""What a number shares with the count before it."""


def share_outcomes(passage: Passage, counts: Sequence[CountPhrase]) -> list[CountPhrase]:
    """Return counts, in text order, with the outcome that one verb states of several: "two guards and 12 men died"."""
    shared: list[CountPhrase] = []
    following: CountPhrase | None = None
    for count in reversed(counts):
        if following is not None and _shares_verb(passage, count, following):
            count = count._replace(unit=following.unit)
        shared.append(count)
        following = count
    return shared[::-1]


def _shares_verb(passage: Passage, count: CountPhrase, following: CountPhrase) -> bool:
    """Check whether only a conjunction separates a count of people from one of whom a verb tells what befell them."""
    tokens = passage.tokens
    if following.unit not in OUTCOMES or count.unit not in ("personnel", "other") or not count.people:
        return False
    between = [tokens.lower(index) for index in range(count.last + 1, following.first)]
    if not 1 <= len(between) <= 3 or not all(word in _CONJUNCTIONS for word in between):
        return False
    phrase = (tokens.lower(index) for index in range(following.first, following.last + 1))
    return not any(word in OUTCOME_WORDS or word in OUTCOME_NOUNS for word in phrase)
