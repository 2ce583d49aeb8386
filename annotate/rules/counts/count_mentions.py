"""COUNT: numbers that count people, things or events of a conflict, and what they count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from ..passage import Passage
from ..word_lists import word_list
from .amount_phrases import STARTS, Amount, read_run
from .casualty_outcomes import (
    OF_THOSE,
    OUTCOME_CLASSES,
    OUTCOME_NOUNS,
    OUTCOME_WORDS,
    PASSIVE,
    casualty_outcome,
    word_outcome,
)
from .count_exclusions import is_excluded
from .count_subjects import is_change_verb, is_exceeded, labelled_unit, subject_unit

_UNITS = ("attack", "weapon", "site", "group", "personnel", "people")
_NOT_NOUNS = word_list("not_nouns_after_numbers")
_LINKING_WORDS = word_list("linking_words")
_PHRASAL_VERBS = word_list("phrasal_verbs")
_UNCERTAIN_NUMBERS = frozenset(("zero",))
_INANIMATE_UNITS = frozenset(("attack", "weapon", "site", "group"))
_BEFORE_OF_NUMBER = word_list("before_of_number")
_MAX_WORDS = 60
_AFTER_BARE_NUMBER = word_list("after_bare_number")


@dataclass(frozen=True, slots=True)
class CountMention:
    """A count in the text, `[start, end)` in code points, with its amount and unit."""

    start: int
    end: int
    amount: Amount
    unit: str


class CountFinder:
    """Finder of counts.

    Args:
        cues: The scheme's words for each unit.
    """

    def __init__(self, cues: Mapping[str, tuple[str, ...]]) -> None:
        self._nouns = {word: unit for unit, words in cues.items() for word in words if unit in _UNITS}

    def find(self, passage: Passage) -> list[CountMention]:
        """Find the counts of a passage, after its names and dates."""
        tokens = passage.tokens
        mentions: list[CountMention] = []
        read_until = -1
        for index, word in enumerate(tokens.words):
            if not (word.number or word.lower in STARTS) or tokens.starts[index] < read_until:
                continue
            if passage.blocked[index] or passage.owners[index] is not None:
                continue
            if not (word.number or any(near.number for near in tokens.words[index + 1 : index + 6])):
                continue
            if word.lower == "over" and tokens.lower(index - 1) in _PHRASAL_VERBS:
                continue  # "handed over 88 bodies"
            # "rose from 300 to 450"
            apart = tokens.lower(index - 1) == "from" and is_change_verb(tokens.lower(index - 2))
            run = read_run(tokens.text, tokens.starts[index], _search_limit(passage, index), apart=apart)
            if run is None:
                continue
            read_until = run.end
            first = index
            for amount in run.amounts:
                while tokens.starts[first] < amount.start:
                    first += 1
                last = first
                while last < len(tokens) and tokens.starts[last] < amount.end:
                    last += 1
                if tokens.starts[first] == amount.start and last > first and tokens.ends[last - 1] == amount.end:
                    count = self._classify(passage, first, last, amount, mentions)
                    if count is not None:
                        mentions.append(count)
        return mentions

    def _classify(
        self, passage: Passage, first: int, last: int, amount: Amount, before: list[CountMention]
    ) -> CountMention | None:
        """Return the count for an amount; None if the amount is not a count."""
        tokens = passage.tokens
        if hyphenated := _hyphenated_unit(passage, amount):
            return CountMention(amount.start, amount.end, amount, hyphenated) if hyphenated != "no" else None
        labelled = labelled_unit(passage, first, partial(self._noun_unit_at, passage))
        if is_excluded(passage, first, last, amount, labelled=bool(labelled)):
            return None
        noun, position = self._noun(passage, last, labelled=bool(labelled))
        position = position if noun else last - 1
        if noun and noun not in self._nouns and tokens.classes(position) & {"uncounted", "measures"}:
            return None
        unit = self._noun_unit(passage, noun, position)
        written = tokens.text[amount.start : amount.end].lower()
        if written == "one" and (
            not noun or unit == "" or tokens.lower(last) in _NOT_NOUNS | {"another", "other", "of"}
        ):
            return None
        if is_exceeded(passage, first):
            amount = _exceeded(amount)
        inherited = self._inherited_unit(passage, first, last, before) if before else ""
        outcome = (
            ""
            if unit in _INANIMATE_UNITS
            else casualty_outcome(passage, first, last, position, known=unit != "" or not noun)
        )
        if labelled:
            outcome = word_outcome(passage, last) or outcome  # "Casualties: 12 killed"
        subject = labelled or (
            "" if noun or inherited else subject_unit(passage, first, partial(self._noun_unit_at, passage))
        )
        certain = unit != "" or outcome != "" or inherited != "" or subject != ""
        if not certain and (not amount.known or written in _UNCERTAIN_NUMBERS or written.endswith("m")):
            return None
        if outcome:
            return CountMention(amount.start, amount.end, amount, outcome)
        if not noun and not inherited and not subject and not self._counts_without_noun(passage, first, last, amount):
            return None
        if subject and (not noun or unit in ("", "people")):
            unit = subject
        elif inherited and (not noun or unit in ("", "personnel", "people", "other")):
            unit = inherited
        return CountMention(amount.start, amount.end, amount, "other" if unit in ("", "people") else unit)

    def _inherited_unit(self, passage: Passage, first: int, last: int, before: list[CountMention]) -> str:
        """Return the unit of the count before if the number refers to it: "nine, two of them", "six were lost"."""
        tokens = passage.tokens
        of_those = tokens.lower(last) == "of" and tokens.lower(last + 1) in OF_THOSE
        same = before[-1].start >= tokens.starts[first] - 200 and tokens.lower(last) in PASSIVE
        return before[-1].unit if of_those or same else ""

    def _counts_without_noun(self, passage: Passage, first: int, last: int, amount: Amount) -> bool:
        """Check whether a number without a noun after it is a count."""
        tokens = passage.tokens
        if tokens.lower(last) in _AFTER_BARE_NUMBER and tokens.same_sentence(first, last):
            return tokens.text[amount.start : amount.end].lower() != "one"
        if tokens.lower(first - 1) == "of" and tokens.lower(first - 2) in _BEFORE_OF_NUMBER:
            return True
        written = tokens.text[amount.start : amount.end].lower()
        return amount.known and (amount.low != amount.high or "dozen" in written)

    def _noun(self, passage: Passage, last: int, *, labelled: bool) -> tuple[str, int]:
        """Return the noun that a number counts, and its index: the last known noun of the phrase, or its last word."""
        tokens = passage.tokens
        known, other = "", ""
        at_known = at_other = last
        skipped = -1
        for index in range(last, min(last + 8, len(tokens))):
            word = tokens.words[index]
            lower = word.lower
            if index == skipped and not passage.blocked[index]:
                continue
            if labelled and tokens.lower(index + 1) == ":":
                break  # the next label: "Killed: 12 Injured: 30"
            if not tokens.same_sentence(last - 1, index) or passage.blocked[index] or lower in _NOT_NOUNS:
                break
            if word.digits:
                if not tokens.is_joined(index + 1) or not (
                    tokens.words[index + 1].hyphen or tokens.lower(index + 1).isalpha()
                ):
                    break
                skipped = index + 1  # "two 155mm howitzers", "two 5-ton trucks"
                continue
            if lower in _LINKING_WORDS:
                if known or other:
                    break
                if lower in ("of", "the") and index + 1 < len(tokens) and tokens.words[index + 1].number:
                    skipped = index + 1  # "58 of 74 drones"
                continue
            owner = passage.owners[index]
            if lower in self._nouns or word.classes & _NOUN_CLASSES:
                if word.classes & {"acting", "moving"} and (known or other) and lower not in self._nouns:
                    break
                known, at_known = lower, index
            elif owner is not None:
                if index < owner.last - 1:
                    continue
                other, at_other = "people", index  # "eight Palestinians", "21 US personnel"
            elif word.text[0].isalpha():
                if (known or other) and word.classes & {"acting", "speech", "moving", "adverbs"}:
                    break
                if word.classes & OUTCOME_CLASSES.keys() and lower not in OUTCOME_WORDS and lower not in OUTCOME_NOUNS:
                    break
                if word.capital and not lower.endswith("s"):
                    continue
                other, at_other = lower, index
            elif not word.hyphen:
                break
        return (known, at_known) if known else (other, at_other)

    def _noun_unit_at(self, passage: Passage, index: int) -> str:
        return self._noun_unit(passage, passage.tokens.lower(index), index)

    def _noun_unit(self, passage: Passage, noun: str, position: int) -> str:
        """Return the unit of a noun; empty for an unknown noun."""
        if not noun:
            return ""
        if noun in self._nouns:
            return self._nouns[noun]
        classes = passage.tokens.classes(position) if noun != "people" else frozenset(("unit_people",))
        unit = next((unit for unit in _UNITS if f"unit_{unit}" in classes), "")
        if unit == "people" and noun in ("members", "member", "crew", "staff", "recruits"):
            return "personnel"
        if not unit and noun.endswith(("men", "ians", "ists", "ees")):
            return "people"
        return unit


_NOUN_CLASSES = frozenset(f"unit_{unit}" for unit in _UNITS)


def _search_limit(passage: Passage, index: int) -> int:
    """Return the offset up to which words after a word are in its sentence and in no mention, zone or date."""
    tokens = passage.tokens
    last = index
    while (
        last + 1 < len(tokens)
        and tokens.same_sentence(last + 1, index)
        and passage.owners[last + 1] is None
        and not passage.blocked[last + 1]
        and last - index < _MAX_WORDS
    ):
        last += 1
    return tokens.ends[last]


def _exceeded(amount: Amount) -> Amount:
    """Return the amount for a number that was exceeded."""
    if amount.known and amount.low is not None and amount.low == amount.high:
        return replace(amount, low=amount.low + 1, high=None)
    return replace(amount, low=None, high=None, known=False)


def _hyphenated_unit(passage: Passage, amount: Amount) -> str:
    """Return the unit of a number with a hyphenated noun ("50-nation coalition"); "no" if it is not a count."""
    text = passage.tokens.text
    if (
        text[amount.end : amount.end + 1] not in ("-", "–", "/", ":")
        or not text[amount.end + 1 : amount.end + 2].isalnum()
    ):
        return ""
    follow = text[amount.end + 1 : amount.end + 12].lower()
    if follow.startswith(("strong", "man ", "member")):
        return "personnel"
    return "other" if follow.startswith(("nation", "country", "party")) else "no"
