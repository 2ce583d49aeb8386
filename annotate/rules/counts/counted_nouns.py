"""The noun that a number counts, and the unit of the scheme that it stands for."""

from __future__ import annotations

from collections.abc import Mapping

from ..passage import Mention, Passage
from ..word_lists import class_names, word_list, word_sequence
from .casualty_outcomes import OUTCOME_CLASSES, OUTCOME_NOUNS, OUTCOME_WORDS

_UNITS = ("attack", "weapon", "site", "group", "personnel", "people")
_NOUN_CLASSES = class_names(*(f"unit_{unit}" for unit in _UNITS))
_LINKING_WORDS = word_list("linking_words")
_PARTITIVE_WORDS = word_list("partitive_words")
_PERSONNEL_NOUNS = word_list("personnel_nouns")
_PEOPLE_ENDINGS = word_sequence("people_endings")
_VERBS = class_names("acting", "moving")
_CLASSES_AFTER_NOUNS = class_names("acting", "speech", "moving", "adverbs")
_PEOPLE = class_names("unit_people")
_OUTCOMES = OUTCOME_WORDS | OUTCOME_NOUNS
_MAX_WORDS = 8
NOT_NOUNS = word_list("not_nouns_after_numbers")
"""Words that end the search for the noun that a number counts."""


class CountedNouns:
    """Finder of the nouns that numbers count.

    Args:
        cues: The scheme's words for each unit.
    """

    def __init__(self, cues: Mapping[str, tuple[str, ...]]) -> None:
        self.cues = {word: unit for unit, words in cues.items() for word in words if unit in _UNITS}

    def find(self, passage: Passage, last: int, *, labelled: bool) -> tuple[str, int]:
        """Return the noun that a number counts, and its index: the last known noun of the phrase, or its last word."""
        search = _NounSearch(self.cues, passage, last, labelled=labelled)
        for index in range(last, min(last + _MAX_WORDS, len(passage.tokens))):
            if not search.read(index):
                break
        return (search.known, search.at_known) if search.known else (search.other, search.at_other)

    def unit_at(self, passage: Passage, index: int) -> str:
        """Return the unit of the noun at an index; empty for an unknown noun."""
        return self.unit(passage, passage.tokens.lower(index), index)

    def unit(self, passage: Passage, noun: str, position: int) -> str:
        """Return the unit of a noun; empty for an unknown noun."""
        if not noun:
            return ""
        if noun in self.cues:
            return self.cues[noun]
        classes = passage.tokens.classes(position) if noun != "people" else _PEOPLE
        unit = next((unit for unit in _UNITS if f"unit_{unit}" in classes), "")
        if unit == "people" and noun in _PERSONNEL_NOUNS:
            return "personnel"
        return "people" if not unit and noun.endswith(_PEOPLE_ENDINGS) else unit


class _NounSearch:
    """A search for the noun of a number, word by word; each step returns whether the search continues.

    Attributes:
        known: The last known noun so far, at the index `at_known`.
        other: The last other word so far, at the index `at_other`; "people" for a name.
    """

    def __init__(self, cues: Mapping[str, str], passage: Passage, last: int, *, labelled: bool) -> None:
        self.known = self.other = ""
        self.at_known = self.at_other = last
        self._cues = cues
        self._passage = passage
        self._last = last
        self._labelled = labelled
        self._skipped = -1

    def read(self, index: int) -> bool:
        """Read a word."""
        passage = self._passage
        word = passage.tokens.words[index]
        if index == self._skipped and not passage.blocked[index]:
            return True
        if self._ends_before(index):
            return False
        if word.digits:
            return self._read_digits(index)
        if word.lower in _LINKING_WORDS:
            return self._read_linking_word(index)
        if word.lower in self._cues or word.classes & _NOUN_CLASSES:
            return self._read_noun(index)
        if (owner := passage.owners[index]) is not None:
            return self._read_name(index, owner)
        return self._read_other(index) if word.text[0].isalpha() else word.hyphen

    def _ends_before(self, index: int) -> bool:
        passage, tokens = self._passage, self._passage.tokens
        if self._labelled and tokens.lower(index + 1) == ":":
            return True  # the next label: "Killed: 12 Injured: 30"
        if not tokens.same_sentence(self._last - 1, index) or passage.blocked[index]:
            return True
        return tokens.lower(index) in NOT_NOUNS

    def _read_digits(self, index: int) -> bool:
        """Skip a number within the phrase: "two 155mm howitzers", "two 5-ton trucks"."""
        tokens = self._passage.tokens
        self._skipped = index + 1
        return tokens.is_joined(index + 1) and (tokens.words[index + 1].hyphen or tokens.lower(index + 1).isalpha())

    def _read_linking_word(self, index: int) -> bool:
        """Skip a word before the noun, with the total of "58 of 74 drones"; after a noun the phrase ends."""
        words = self._passage.tokens.words
        if words[index].lower in _PARTITIVE_WORDS and index + 1 < len(words) and words[index + 1].number:
            self._skipped = index + 1
        return not (self.known or self.other)

    def _read_noun(self, index: int) -> bool:
        word = self._passage.tokens.words[index]
        if (self.known or self.other) and word.classes & _VERBS and word.lower not in self._cues:
            return False
        self.known, self.at_known = word.lower, index
        return True

    def _read_name(self, index: int, owner: Mention) -> bool:
        """Take a name for people: "eight Palestinians", "21 US personnel"."""
        if index == owner.last - 1:
            self.other, self.at_other = "people", index
        return True

    def _read_other(self, index: int) -> bool:
        word = self._passage.tokens.words[index]
        if (self.known or self.other) and word.classes & _CLASSES_AFTER_NOUNS:
            return False
        if word.classes & OUTCOME_CLASSES.keys() and word.lower not in _OUTCOMES:
            return False
        if not word.capital or word.lower.endswith("s"):
            self.other, self.at_other = word.lower, index
        return True
