"""COUNT: numbers that count people, things or events of a conflict, and what they count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from ..passage import Passage
from ..tokens import Word
from ..word_lists import class_names, word_groups, word_list
from .amount_phrases import STARTS, Amount, AmountRun, read_run
from .casualty_outcomes import casualty_outcome
from .count_exclusions import is_excluded
from .count_relations import CountPhrase, RelatedNumber, related_unit, share_outcomes
from .count_subjects import THINGS, is_change_verb, is_exceeded, labelled_unit, subject_unit, unit_of_predicate
from .counted_nouns import NOT_NOUNS, CountedNouns
from .outcome_words import OUTCOMES, is_verb_after_number, word_outcome

_PHRASAL_VERBS = word_list("phrasal_verbs")
_UNCERTAIN_NUMBERS = word_list("uncertain_numbers")
_BEFORE_OF_NUMBER = word_list("before_of_number")
_AFTER_BARE_NUMBER = word_list("after_bare_number")
_AFTER_PRONOUN = NOT_NOUNS | word_list("not_after_one")
_HYPHENATED_NOUNS = word_groups("hyphenated_nouns")
_NOT_COUNTED = class_names("uncounted", "measures")
_ROUNDS = word_list("rounds")
_OF_ROUNDS = word_list("words_of_rounds")
_WEAPONS = class_names("unit_weapon")
_OPEN_UNITS = frozenset(("", "people"))
_INHERITING_UNITS = frozenset(("", "personnel", "people", "other"))
_MAX_WORDS, _MAX_MODIFIERS = 60, 5


class CountMention(NamedTuple):
    """A count in the text, with its amount, its unit, the words of its phrase, and what its unit came from."""

    amount: Amount
    phrase: CountPhrase
    basis: str

    @property
    def unit(self) -> str:
        """The unit of what is counted."""
        return self.phrase.unit


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
    def people(self) -> bool:
        """Whether the noun is known to denote people."""
        return self.unit in ("people", "personnel")

    @property
    def kind(self) -> str:
        """The unit of the noun, or of what the number refers to, whatever befell those counted."""
        kind = self.unit if self.noun else self.inherited
        return "other" if kind in _OPEN_UNITS else kind

    def final_unit(self) -> tuple[str, str]:
        """Return the unit of the count and what it came from.

        The outcome takes precedence, then what the number refers to, then the noun.
        """
        if self.outcome:
            return self.outcome, "outcome"
        unit, basis = self.unit, "noun"
        if self.subject and (not self.noun or unit in _OPEN_UNITS):
            unit, basis = self.subject, "subject"
        elif self.inherited and (not self.noun or unit in _INHERITING_UNITS):
            unit, basis = self.inherited, "earlier count"
        return ("other", "default") if unit in _OPEN_UNITS else (unit, basis)


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
        for index in _starts_of_amounts(tokens.words):
            if tokens.starts[index] < read_until or not _may_start_amount(passage, index):
                continue
            # "rose from 300 to 450"
            apart = tokens.lower(index - 1) == "from" and is_change_verb(tokens.lower(index - 2))
            run = read_run(tokens.text, tokens.starts[index], _search_limit(passage, index), apart=apart)
            if run is not None:
                read_until = run.end
                self._add_counts(passage, index, run, mentions)
        phrases = share_outcomes(passage, [mention.phrase for mention in mentions])
        return [
            mention if phrase.unit == mention.unit else mention._replace(phrase=phrase, basis="shared outcome")
            for mention, phrase in zip(mentions, phrases, strict=True)
        ]

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
        if hyphenated := _hyphenated_unit(passage, amount):
            phrase = CountPhrase(first, last, hyphenated, hyphenated)
            return CountMention(amount, phrase, "hyphenated noun") if hyphenated != "no" else None
        labelled = labelled_unit(passage, first, partial(self._nouns.unit_at, passage))
        if is_excluded(passage, first, last, amount, labelled=bool(labelled)):
            return None
        noun, position = self._nouns.find(passage, last, labelled=bool(labelled))
        unit = self._nouns.unit(passage, noun, position)
        if noun and noun not in self._nouns.cues and _is_uncounted(passage, first, last, position):
            return None
        if is_exceeded(passage, first):
            amount = _exceeded(amount)
        position = position if noun else last - 1
        counted = self._counted(passage, first, last, noun, position, unit, labelled, before)
        if not self._is_count(passage, first, last, amount, counted):
            return None
        final, basis = counted.final_unit()
        return CountMention(amount, CountPhrase(first, position, final, counted.kind, counted.people), basis)

    def _is_count(self, passage: Passage, first: int, last: int, amount: Amount, counted: _Counted) -> bool:
        """Check whether a number counts: "one" only before a known noun, uncertain numbers only what is known."""
        written = passage.tokens.text[amount.start : amount.end].lower()
        if written == "one" and (counted.unit == "" or passage.tokens.lower(last) in _AFTER_PRONOUN):
            return False
        if not counted.certain and not _is_plain_number(amount, written):
            return False
        return not counted.bare or self._counts_without_noun(passage, first, last, amount)

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
        inherited = ""
        if before and not labelled:
            inherited = related_unit(RelatedNumber(passage, first, last, noun, position, unit, before[-1].phrase))
        subject = labelled
        if not labelled and not noun and not inherited:
            unit_at = partial(self._nouns.unit_at, passage)
            subject = subject_unit(passage, first, unit_at) or unit_of_predicate(passage, last, unit_at)
        outcome = ""
        if unit not in THINGS:
            outcome = casualty_outcome(passage, first, last, position, known=unit != "" or not noun)
        if labelled:  # "Casualties: 12 killed"
            stated = "" if passage.tokens.starts_line(last) else word_outcome(passage, last)
            outcome = stated or (labelled if labelled in OUTCOMES else "")
        return _Counted(noun, unit, inherited, subject, outcome)

    def _counts_without_noun(self, passage: Passage, first: int, last: int, amount: Amount) -> bool:
        """Check whether a number without a noun after it is a count."""
        tokens = passage.tokens
        verb = tokens.lower(last) in _AFTER_BARE_NUMBER or is_verb_after_number(passage, last)
        if verb and tokens.same_sentence(first, last):
            return tokens.text[amount.start : amount.end].lower() != "one"
        if tokens.lower(first - 1) == "of" and tokens.lower(first - 2) in _BEFORE_OF_NUMBER:
            return True
        written = tokens.text[amount.start : amount.end].lower()
        return amount.known and (amount.low != amount.high or "dozen" in written)


def _is_uncounted(passage: Passage, first: int, last: int, noun: int) -> bool:
    """Check whether a noun is not counted: a measure or a thing of no conflict, but not the rounds that guns fire."""
    tokens = passage.tokens
    if not tokens.classes(noun) & _NOT_COUNTED:
        return False
    if tokens.lower(noun) not in _ROUNDS:
        return True
    nearby = (
        index for index in (first - 2, first - 1, *range(last, noun), noun + 2) if tokens.same_sentence(index, noun)
    )
    return not any(tokens.lower(index) in _OF_ROUNDS or tokens.classes(index) & _WEAPONS for index in nearby)


def _starts_of_amounts(words: Sequence[Word]) -> list[int]:
    """Return the indices of the numbers, and of the words of `STARTS` that are at most five words before one."""
    numbers = [index for index, word in enumerate(words) if word.number or word.lower == "couple"]
    before = {index - distance for index in numbers for distance in range(1, _MAX_MODIFIERS + 1)}
    starts = {index for index in before if index >= 0 and words[index].lower in STARTS}
    return sorted(starts.union(index for index in numbers if words[index].number))


def _may_start_amount(passage: Passage, index: int) -> bool:
    """Check whether an amount may start at a number or at a word of `STARTS`."""
    if passage.blocked[index] or passage.owners[index] is not None:
        return False
    # "handed over 88 bodies"
    tokens = passage.tokens
    return tokens.lower(index) != "over" or tokens.lower(index - 1) not in _PHRASAL_VERBS


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
        return amount._replace(low=amount.low + 1, high=None)
    return amount._replace(low=None, high=None, known=False)


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
