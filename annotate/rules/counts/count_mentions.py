"""COUNT: numbers that count people, things or events of a conflict, and what they count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from ..passage import Passage
from ..word_lists import class_names, word_groups, word_list
from .amount_phrases import STARTS, Amount, AmountRun, read_run
from .casualty_outcomes import OF_THOSE, PASSIVE, casualty_outcome, word_outcome
from .count_exclusions import is_excluded
from .count_subjects import is_change_verb, is_exceeded, labelled_unit, subject_unit
from .counted_nouns import NOT_NOUNS, CountedNouns

_PHRASAL_VERBS = word_list("phrasal_verbs")
_UNCERTAIN_NUMBERS = word_list("uncertain_numbers")
_BEFORE_OF_NUMBER = word_list("before_of_number")
_AFTER_BARE_NUMBER = word_list("after_bare_number")
_AFTER_PRONOUN = NOT_NOUNS | word_list("not_after_one")
_HYPHENATED_NOUNS = word_groups("hyphenated_nouns")
_NOT_COUNTED = class_names("uncounted", "measures")
_INANIMATE_UNITS = frozenset(("attack", "weapon", "site", "group"))
_OPEN_UNITS = frozenset(("", "people"))
_INHERITING_UNITS = frozenset(("", "personnel", "people", "other"))
_MAX_WORDS = 60


@dataclass(frozen=True, slots=True)
class CountMention:
    """A count in the text, `[start, end)` in code points, with its amount and unit."""

    start: int
    end: int
    amount: Amount
    unit: str


@dataclass(slots=True)
class _Counted:
    """What a number may count.

    Attributes:
        noun: The noun; empty if there is none.
        unit: The unit of the noun; empty for an unknown one.
        inherited: The unit of the count before, if the number refers to it.
        subject: The unit by the label before the number, or by the subject of its verb.
        outcome: The outcome for those counted.
    """

    noun: str
    unit: str
    inherited: str
    subject: str
    outcome: str

    @property
    def certain(self) -> bool:
        """Whether anything indicates that the number is a count."""
        return any((self.unit, self.outcome, self.inherited, self.subject))

    @property
    def bare(self) -> bool:
        """Whether neither a noun nor words around it state what the number counts."""
        return not any((self.noun, self.inherited, self.subject, self.outcome))

    @property
    def final_unit(self) -> str:
        """The unit of the count: the outcome takes precedence, then what the number refers to, then the noun."""
        if self.outcome:
            return self.outcome
        unit = self.unit
        if self.subject and (not self.noun or unit in _OPEN_UNITS):
            unit = self.subject
        elif self.inherited and (not self.noun or unit in _INHERITING_UNITS):
            unit = self.inherited
        return "other" if unit in _OPEN_UNITS else unit


class CountFinder:
    """Finder of counts.

    Args:
        cues: The scheme's words for each unit.
    """

    def __init__(self, cues: Mapping[str, tuple[str, ...]]) -> None:
        self._nouns = CountedNouns(cues)

    def find(self, passage: Passage) -> list[CountMention]:
        """Find the counts of a passage, after its names and dates."""
        tokens = passage.tokens
        mentions: list[CountMention] = []
        read_until = -1
        for index, word in enumerate(tokens.words):
            if not (word.number or word.lower in STARTS) or tokens.starts[index] < read_until:
                continue
            if not _may_start_amount(passage, index):
                continue
            # "rose from 300 to 450"
            apart = tokens.lower(index - 1) == "from" and is_change_verb(tokens.lower(index - 2))
            run = read_run(tokens.text, tokens.starts[index], _search_limit(passage, index), apart=apart)
            if run is not None:
                read_until = run.end
                self._add_counts(passage, index, run, mentions)
        return mentions

    def _add_counts(self, passage: Passage, first: int, run: AmountRun, mentions: list[CountMention]) -> None:
        """Add the counts of a run of amounts that starts at a word; an amount that ends within a word is skipped."""
        tokens = passage.tokens
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

    def _classify(
        self, passage: Passage, first: int, last: int, amount: Amount, before: list[CountMention]
    ) -> CountMention | None:
        """Return the count for an amount; None if the amount is not a count."""
        tokens = passage.tokens
        if hyphenated := _hyphenated_unit(passage, amount):
            return CountMention(amount.start, amount.end, amount, hyphenated) if hyphenated != "no" else None
        labelled = labelled_unit(passage, first, partial(self._nouns.unit_at, passage))
        if is_excluded(passage, first, last, amount, labelled=bool(labelled)):
            return None
        noun, position = self._nouns.find(passage, last, labelled=bool(labelled))
        unit = self._nouns.unit(passage, noun, position)
        written = tokens.text[amount.start : amount.end].lower()
        if written == "one" and (unit == "" or tokens.lower(last) in _AFTER_PRONOUN):
            return None
        if noun and noun not in self._nouns.cues and tokens.classes(position) & _NOT_COUNTED:
            return None
        if is_exceeded(passage, first):
            amount = _exceeded(amount)
        counted = self._counted(passage, first, last, noun, position if noun else last - 1, unit, labelled, before)
        if not counted.certain and not _is_plain_number(amount, written):
            return None
        if counted.bare and not self._counts_without_noun(passage, first, last, amount):
            return None
        return CountMention(amount.start, amount.end, amount, counted.final_unit)

    def _counted(
        self,
        passage: Passage,
        first: int,
        last: int,
        noun: str,
        position: int,
        unit: str,
        labelled: str,
        before: list[CountMention],
    ) -> _Counted:
        """Return what a number counts: with a noun at a position, and the unit by a label before it."""
        inherited = self._inherited_unit(passage, first, last, before) if before else ""
        subject = labelled
        if not labelled and not noun and not inherited:
            subject = subject_unit(passage, first, partial(self._nouns.unit_at, passage))
        outcome = ""
        if unit not in _INANIMATE_UNITS:
            outcome = casualty_outcome(passage, first, last, position, known=unit != "" or not noun)
        if labelled:
            outcome = word_outcome(passage, last) or outcome  # "Casualties: 12 killed"
        return _Counted(noun, unit, inherited, subject, outcome)

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


def _may_start_amount(passage: Passage, index: int) -> bool:
    """Check whether an amount may start at a number or at a word of `STARTS`."""
    tokens = passage.tokens
    word = tokens.words[index]
    if passage.blocked[index] or passage.owners[index] is not None:
        return False
    if not word.number and not any(near.number for near in tokens.words[index + 1 : index + 6]):
        return False
    # "handed over 88 bodies"
    return word.lower != "over" or tokens.lower(index - 1) not in _PHRASAL_VERBS


def _is_plain_number(amount: Amount, written: str) -> bool:
    """Check whether a number may be a count though nothing else indicates it."""
    return amount.known and written not in _UNCERTAIN_NUMBERS and not written.endswith("m")


def _search_limit(passage: Passage, index: int) -> int:
    """Return the offset up to which words after a word are in its sentence and in no mention, zone or date."""
    sentence, owners, blocked = passage.tokens.sentence, passage.owners, passage.blocked
    last, furthest = index, min(index + _MAX_WORDS, len(sentence) - 1)
    while (
        last < furthest and sentence[last + 1] == sentence[index] and owners[last + 1] is None and not blocked[last + 1]
    ):
        last += 1
    return passage.tokens.ends[last]


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
    following = text[amount.end + 1 : amount.end + 12].lower()
    return next((unit for noun, unit in _HYPHENATED_NOUNS.items() if following.startswith(noun)), "no")
