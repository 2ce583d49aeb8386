"""Which unknown names after the cue of a place name something else: "in a Communist state", "at Adamu's house"."""

from __future__ import annotations

from dataclasses import dataclass

from ..decision_table import DecisionRule, decide, no
from ..passage import Passage
from ..word_lists import class_names, word_list, word_sequence
from .site_cues import possesses_place

ADJECTIVES_OF_NO_PLACE = word_list("adjectives_of_no_place")
"""Adjectives that make no place of the noun after them: "Orthodox church"."""

_DETERMINERS_OF_NO_PLACE = word_list("determiners_of_no_place")
_ENDINGS_OF_NO_PLACE = word_sequence("endings_of_no_place")
_DIRECTIONS = class_names("direction")
_SURNAME_KINDS = frozenset(("settlement", "natural", "admin"))
_LANDSCAPES = class_names("place_natural", "place_region")


@dataclass(slots=True)
class _UnknownWords:
    """Unknown words, `[first, last)`, after the cue of a place.

    Attributes:
        before: The word before them in the sentence, in lower case.
    """

    passage: Passage
    first: int
    last: int
    before: str

    @property
    def single(self) -> bool:
        """Whether it is one word."""
        return self.last - self.first == 1

    @property
    def final(self) -> str:
        """The last word, in lower case."""
        return self.passage.tokens.lower(self.last - 1)


def may_name_place(passage: Passage, first: int, last: int) -> bool:
    """Check whether unknown words may be a place, by their form, the determiner before and what they possess."""
    tokens = passage.tokens
    before = tokens.lower(first - 1) if tokens.same_sentence(first - 1, first) else ""
    return decide(UNKNOWN_PLACE_RULES, _UnknownWords(passage, first, last, before), otherwise=True)


def _has_article_of_thing(words: _UnknownWords) -> bool:
    """Check whether "the" is before one word that is neither a landscape nor part of a region: "the Games"."""
    if words.before != "the" or not words.single:
        return False
    tokens, position = words.passage.tokens, words.first - 2
    if tokens.lower(position) == "of":
        position -= 1  # "north of the Litani"
    return tokens.classes(position).isdisjoint(_DIRECTIONS) and tokens.classes(words.first).isdisjoint(_LANDSCAPES)


def _precedes_number(words: _UnknownWords) -> bool:
    tokens = words.passage.tokens
    return tokens.same_sentence(words.first, words.last) and tokens.words[words.last].digits


def _mixes_capitals(words: _UnknownWords) -> bool:
    """Check whether an abbreviation is beside other words: "Ontario DMV"."""
    written = words.passage.tokens.words[words.first : words.last]
    return len({word.upper for word in written if word.capital and len(word.text) > 1}) > 1


UNKNOWN_PLACE_RULES: tuple[DecisionRule[_UnknownWords, bool], ...] = (
    DecisionRule("an adjective", lambda words: words.single and words.final in ADJECTIVES_OF_NO_PLACE, no),
    DecisionRule("a thing: in his X, at a X", lambda words: words.before in _DETERMINERS_OF_NO_PLACE, no),
    DecisionRule("the Games", _has_article_of_thing, no),
    DecisionRule("a belief or a field", lambda words: words.final.endswith(_ENDINGS_OF_NO_PLACE), no),
    DecisionRule("Euro 2024", _precedes_number, no),
    DecisionRule(
        "a possessor of a place only",
        lambda words: words.passage.is_possessive(words.last),
        lambda words: possesses_place(words.passage, words.last + 1),
    ),
    DecisionRule("with an abbreviation", _mixes_capitals, no),
)
"""Whether unknown words after the cue of a place are one."""


def is_unsupported_place(passage: Passage, index: int) -> bool:
    """Check whether a word is a place that nothing supports yet, such as the surname in "Jenny Palma"."""
    owner = passage.owners[index]
    if owner is None or owner.name_kind != "place" or owner.place_kind or owner.last - owner.first > 1:
        return False
    if passage.tokens.is_joined(index + 1) and passage.tokens.words[index + 1].hyphen:
        return False  # "Arleigh Burke-class"
    kinds = {place.kind for place in owner.places}
    return owner.weak or bool(kinds <= _SURNAME_KINDS and kinds != {"admin"})
