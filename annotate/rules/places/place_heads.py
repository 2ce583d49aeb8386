"""Whether a known name and the noun behind it form one name: "Homs city" and "Baker Street", not "a Homs suburb"."""

from __future__ import annotations

from dataclasses import dataclass

from ..decision_table import DecisionRule, decide, no, yes
from ..passage import Mention, Passage
from ..tokens import Word
from ..word_lists import class_names, word_list

PLURAL_HEADS = word_list("plural_place_heads")
"""Nouns in the plural, which belong to the last name of a list."""

_PARTS = word_list("parts_of_places")
_GENERIC_HEADS = word_list("generic_place_heads")
_NAMED_HEADS = word_list("named_place_heads")
_NOT_COUNTRY_HEADS = word_list("not_country_heads")
_REGION_NOUNS = word_list("region_nouns")
_NAME_PARTS = word_list("place_name_parts")
_INDEFINITE = word_list("determiners_of_no_place")
_LIST_JOINTS = word_list("list_joints")
_SETTLEMENTS = class_names("place_settlement")
_FACILITIES = class_names("place_facility", "place_street")
_AREAS = ("admin", "region")


@dataclass(slots=True)
class _HeadAndName:
    """A known name and the noun behind it.

    Attributes:
        distance: The number of words from the end of the name to the noun; 1 if there is none between.
    """

    passage: Passage
    named: Mention
    head: int
    distance: int

    @property
    def noun(self) -> Word:
        """The noun."""
        return self.passage.tokens.words[self.head]

    @property
    def kinds(self) -> set[str]:
        """The kinds of the places that the name may stand for."""
        return {place.kind for place in self.named.places} or {self.named.place_kind or ""}


def forms_one_name(passage: Passage, named: Mention, head: int, position: int) -> bool:
    """Check whether a known name that ends at a position and the noun at an index after it form one name."""
    case = _HeadAndName(passage, named, head, head - position)
    return named.last - 1 == position and decide(HEAD_RULES, case, otherwise=True)


def _is_headed_by_facility(case: _HeadAndName) -> bool:
    """Check whether the name of a person or organisation, or one in progress, names a building: "Mandela Square"."""
    if not case.noun.capital or case.noun.classes.isdisjoint(_FACILITIES):
        return False
    unfinished = case.passage.tokens.lower(case.named.last - 1) in _NAME_PARTS  # "Pearson International Airport"
    return case.named.name_kind == "person" or unfinished


def _is_named_country(case: _HeadAndName) -> bool:
    headline = case.passage.tokens.headline[case.passage.tokens.sentence[case.head]]
    return case.noun.capital and not headline and case.noun.lower not in _NOT_COUNTRY_HEADS


def _is_one_of_several(case: _HeadAndName) -> bool:
    """Check whether a noun denotes one of the places in a place: "a Homs suburb", "another Kabul district"."""
    before = case.passage.tokens.lower(case.named.first - 1)
    return before in _INDEFINITE and case.passage.tokens.same_sentence(case.named.first - 1, case.head)


def _is_followed_by_part(case: _HeadAndName) -> bool:
    """Check whether the noun belongs to the name after it: "the Damascus suburb of Jobar"."""
    tokens, after = case.passage.tokens, case.head + 2
    named = tokens.same_sentence(case.head, after) and tokens.words[after].capital
    return case.noun.lower in _PARTS and tokens.lower(case.head + 1) == "of" and named


def _is_shared(case: _HeadAndName) -> bool:
    """Check whether the noun in the plural belongs to a list of names: "Kutum and Kabkabiya towns"."""
    tokens, joint = case.passage.tokens, case.named.first - 1
    if tokens.lower(joint) != "," and tokens.lower(joint - 1) == ",":
        joint -= 1  # "Borno, Yobe, and Adamawa states"
    other = case.passage.mention_at(joint - 1)
    listed = other is not None and other.name_kind in ("place", "capital")
    return listed and tokens.lower(case.named.first - 1) in _LIST_JOINTS


def _is_specific(case: _HeadAndName) -> bool:
    before = case.passage.tokens.words[case.named.first - 1]
    titled = case.named.first > 0 and before.capital and "titles" in before.classes  # "General Santander stadium"
    return case.noun.lower not in _GENERIC_HEADS or ((case.named.weak or titled) and case.noun.lower in _NAMED_HEADS)


HEAD_RULES: tuple[DecisionRule[_HeadAndName, bool], ...] = (
    DecisionRule(
        "Nelson Mandela Square", lambda case: case.named.name_kind in ("person", "actor"), _is_headed_by_facility
    ),
    DecisionRule("a nationality: Turkish city", lambda case: case.named.name_kind == "adjective", no),
    DecisionRule("a country only in capitals", lambda case: case.named.name_kind == "state", _is_named_country),
    DecisionRule("in capitals", lambda case: case.noun.capital, yes),
    DecisionRule("one of several: a Homs suburb", _is_one_of_several, no),
    DecisionRule("the noun of the name after it", _is_followed_by_part, no),
    DecisionRule("the towns of a list", lambda case: case.noun.lower in PLURAL_HEADS, _is_shared),
    DecisionRule("the area around it", lambda case: case.noun.lower == "area", yes),
    DecisionRule("no settlement is named like its region", lambda case: _is_in_area(case), no),
    DecisionRule(
        "a region, with nouns of regions",
        lambda case: "region" in case.kinds and case.noun.lower not in _REGION_NOUNS,
        no,
    ),
    DecisionRule(
        "a camp with one word before it", lambda case: case.noun.lower == "camp", lambda case: case.distance <= 2
    ),
    DecisionRule("no building within one", lambda case: case.kinds == {"facility"} and not case.named.place_kind, no),
    DecisionRule("a noun that is part of names", yes, _is_specific),
)
"""When a known name and the noun behind it form one name."""


def _is_in_area(case: _HeadAndName) -> bool:
    """Check whether a noun denotes a settlement in an area: "the Helmand town"."""
    return not case.noun.classes.isdisjoint(_SETTLEMENTS) and case.kinds.issubset(_AREAS)
