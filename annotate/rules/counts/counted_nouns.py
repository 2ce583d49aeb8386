"""The noun that a number counts, and the unit of the scheme that it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from ..passage import Mention, Passage
from ..tokens import Word
from ..word_lists import class_names, word_groups, word_list, word_sequence
from .outcome_words import OUTCOME_CLASSES, OUTCOME_NOUNS, OUTCOME_WORDS, is_active

_UNITS = ("attack", "weapon", "site", "group", "personnel", "people")
_LINKING_WORDS = word_list("linking_words")
_PLANES = word_list("planes_or_people")
_MODIFIERS = class_names("modifiers")
_NUMBER_NOUNS = word_list("number_nouns")
_PARTITIVE_WORDS = word_list("partitive_words")
_PERSONNEL_NOUNS = word_list("personnel_nouns")
_PEOPLE_ENDINGS = word_sequence("people_endings")
_VERBS = class_names("acting", "moving")
_CLASSES_AFTER_NOUNS = class_names("acting", "speech", "moving", "adverbs")
_ACTOR_UNITS = {"people": "people", "officials": "people", "contractors": "people", "armed": "personnel"}
_ACTOR_UNITS |= {"groups": "personnel"}
_NOUN_CLASSES = class_names(*(f"unit_{unit}" for unit in _UNITS), *_ACTOR_UNITS)
_THINGS = word_groups("counted_things")
_COMPOUND_HEADS = word_groups("heads_of_compounds")
_TYPE = re.compile(r"[A-Z][A-Za-z]{0,4}[-‐‑]?\d+[A-Za-z]{0,3}|\d{2,3}mm")
_OUTCOMES = OUTCOME_WORDS | OUTCOME_NOUNS
_MAX_WORDS = 8
NOT_NOUNS = word_list("not_nouns_after_numbers")
"""Words that end the search for the noun that a number counts."""
_SORTS = {"people": "people", "personnel": "personnel", "weapon": "weapon"}
"""What stands for a noun where a name is in its place: of a people, an armed group, a type of weapon."""
_ARMED_KINDS = frozenset(("armed_group", "military"))


class CountedNouns:
    """Finder of the nouns that numbers count.

    Args:
        cues: The scheme's words for each unit.
    """

    def __init__(self, cues: Mapping[str, tuple[str, ...]]) -> None:
        self.cues = {word: unit for unit, words in cues.items() for word in words if unit in _UNITS}
        self._things = {**_THINGS, **self.cues}

    def find(self, passage: Passage, last: int, *, labelled: bool) -> tuple[str, int]:
        """Return the noun that a number counts, and its index: the last known noun of the phrase, or its last word."""
        search = _NounSearch(self._things, passage, last, labelled=labelled)
        for index in range(last, min(last + _MAX_WORDS, len(passage.tokens))):
            if not search.read(index):
                break
        modifies = search.at_known < search.at_other and passage.tokens.classes(search.at_known) & _MODIFIERS
        if search.known and not (modifies and search.other.endswith("s")):
            return search.known, search.at_known
        return search.other, search.at_other  # "three military objectives"

    def unit_at(self, passage: Passage, index: int) -> str:
        """Return the unit of the noun at an index; empty for an unknown noun."""
        return self.unit(passage, passage.tokens.lower(index), index)

    def unit(self, passage: Passage, noun: str, position: int) -> str:
        """Return the unit of a noun; empty for an unknown noun."""
        if not noun or noun in _SORTS:
            return _SORTS.get(noun, "")
        if noun in self._things:
            return self._things[noun]
        classes = passage.tokens.classes(position)
        unit = next((unit for unit in _UNITS if f"unit_{unit}" in classes), "")
        if unit == "people" and noun in _PERSONNEL_NOUNS:
            return "personnel"
        return (
            unit or next((_ACTOR_UNITS[name] for name in _ACTOR_UNITS if name in classes), "") or _compound_unit(noun)
        )


@lru_cache(4096)
def _compound_unit(noun: str) -> str:
    """Return the unit of a compound by its last part: "schoolgirls", "landmines"; empty for an unknown one."""
    heads = (noun[position:] for position in range(2, len(noun) - 3))
    unit = next((_COMPOUND_HEADS[head] for head in heads if head in _COMPOUND_HEADS), "")
    return unit or ("people" if noun.endswith(_PEOPLE_ENDINGS) else "")


class _NounSearch:
    """A search for the noun of a number, word by word; each step returns whether the search continues.

    Attributes:
        known: The last known noun so far, at the index `at_known`.
        other: The last other word so far, at the index `at_other`; "people" for a name, "weapon" for a type.
    """

    def __init__(self, things: Mapping[str, str], passage: Passage, last: int, *, labelled: bool) -> None:
        self.known = self.other = ""
        self.at_known = self.at_other = last
        self._things = things
        self._passage = passage
        self._last = last
        self._labelled = labelled
        self._resume = last

    def read(self, index: int) -> bool:
        """Read a word."""
        passage = self._passage
        word = passage.tokens.words[index]
        if index < self._resume and not passage.blocked[index]:
            return True
        if self._ends_before(index):
            return False
        if word.digits:
            return self._read_digits(index)
        if word.lower in _LINKING_WORDS:
            return self._read_linking_word(index)
        if self._is_modifier(index):
            return True
        owner = passage.owners[index]
        if owner is not None and (word.capital or not self._is_noun(word)):
            return self._read_name(index, owner)
        if self._is_noun(word):
            return self._read_noun(index)
        return self._read_other(index) if word.text[0].isalpha() else self._read_sign(index)

    def _read_sign(self, index: int) -> bool:
        """Skip a hyphen, and an abbreviation in brackets: "two Coast Guard (PCG) ships"."""
        passage = self._passage
        if passage.tokens.words[index].text == "(" and passage.tokens.lower(index + 2) == ")":
            self._resume = index + 3
            return passage.mention_at(index + 1) is not None
        return passage.tokens.words[index].hyphen

    def _ends_before(self, index: int) -> bool:
        passage, tokens = self._passage, self._passage.tokens
        if self._labelled and (tokens.lower(index + 1) == ":" or tokens.starts_line(index)):
            return True  # the next label: "Killed: 12 Injured: 30"
        if not tokens.same_sentence(self._last - 1, index) or passage.blocked[index]:
            return True
        if (self.known or self.other) and tokens.words[index].number:
            return not self._is_type_number(index)  # "15 strikes hit five units"
        return tokens.lower(index) in NOT_NOUNS or tokens.lower(index) in _NUMBER_NOUNS

    def _is_type_number(self, index: int) -> bool:
        """Check for the number of a type, apart from its letters: "AK 47", "Leopard 2"."""
        words = self._passage.tokens.words
        return words[index].digits and words[index - 1].capital and index > self._last

    def _read_digits(self, index: int) -> bool:
        """Skip a number within the phrase: "two 155mm howitzers", "two 5-ton trucks", "two AK 47 rifles"."""
        tokens = self._passage.tokens
        if self._is_type_number(index):
            self.other, self.at_other = "weapon", index
            return True
        self._resume = index + 2
        return tokens.is_joined(index + 1) and (tokens.words[index + 1].hyphen or tokens.lower(index + 1).isalpha())

    def _read_linking_word(self, index: int) -> bool:
        """Skip a word before the noun, with the total of "58 of 74 drones"; after a noun the phrase ends."""
        words = self._passage.tokens.words
        if words[index].lower in _PARTITIVE_WORDS and index + 1 < len(words) and words[index + 1].number:
            self._resume = index + 2
        return not (self.known or self.other)

    def _is_last(self, index: int) -> bool:
        """Check whether no word that may be a noun follows."""
        tokens, following = self._passage.tokens, index + 1
        if not tokens.same_sentence(index, following) or self._passage.blocked[following]:
            return True
        return tokens.lower(following) in NOT_NOUNS or not tokens.words[following].text[0].isalnum()

    def _precedes_noun(self, index: int) -> bool:
        """Check whether a participle before any noun belongs to the noun after it: "14 mutilated bodies"."""
        tokens, following = self._passage.tokens, index + 1
        if self.known or self.other or not tokens.same_sentence(index, following):
            return False
        return tokens.lower(following) in OUTCOME_NOUNS or self._is_noun(tokens.words[following])

    def _is_modifier(self, index: int) -> bool:
        """Check whether a hyphen joins a word to a neighbour, so that it is not the noun: "US-made", "home-made"."""
        tokens = self._passage.tokens
        following, previous = index + 1, index - 1
        if following < len(tokens) and tokens.words[following].hyphen and tokens.is_joined(following):
            return True
        joined = index > self._last and tokens.words[previous].hyphen and tokens.is_joined(index)
        return joined and not self._is_noun(tokens.words[index])

    def _is_noun(self, word: Word) -> bool:
        return word.lower in self._things or not _NOUN_CLASSES.isdisjoint(word.classes)

    def _read_noun(self, index: int) -> bool:
        word = self._passage.tokens.words[index]
        if (self.known or self.other) and word.classes & _VERBS and word.lower not in self._things:
            return False
        if self.other == "weapon" and (word.capital or word.lower in _PLANES):
            return True  # "F-15E Strike Eagles", "F-16 fighters"
        self.known, self.at_known = word.lower, index
        return True

    def _read_name(self, index: int, owner: Mention) -> bool:
        """Take a name for people: "eight Palestinians", "21 US personnel"."""
        if index == owner.last - 1:
            kind = owner.actor.kind if owner.actor is not None else owner.kind
            self.other, self.at_other = "personnel" if kind in _ARMED_KINDS else "people", index
        return True

    def _read_other(self, index: int) -> bool:
        word = self._passage.tokens.words[index]
        if self._is_verb(word, index):
            return False
        if word.classes & OUTCOME_CLASSES.keys() and word.lower not in _OUTCOMES:
            return self._precedes_noun(index)
        if _TYPE.fullmatch(word.text):
            self.other, self.at_other = "weapon", index
        elif self.other != "weapon" and (not word.capital or word.lower.endswith("s")):
            self.other, self.at_other = word.lower, index
        return True

    def _is_verb(self, word: Word, index: int) -> bool:
        """Check whether a word is the verb behind the noun, or behind a number without one."""
        past = word.lower.endswith("ed")
        if self.known or self.other:
            if word.classes & _CLASSES_AFTER_NOUNS or (self.known and past):
                return True  # "three gunmen ambushed"
            noun = not self.other.endswith("ly")
            return noun and word.lower in OUTCOME_WORDS and is_active(self._passage, index)  # "raiders kidnapped two"
        # "the 200 sent there", "11 surrendered"
        verb = word.classes & _VERBS or (past and word.lower not in _OUTCOMES)
        return bool(verb) and self._is_last(index)
