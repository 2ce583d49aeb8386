"""Weak names: whether the text around a name supports that it is one."""

from __future__ import annotations

from dataclasses import dataclass

from .decision_table import DecisionRule, decide, no, yes
from .document_context import DocumentContext
from .passage import Mention, Passage
from .places.place_names import has_place_cue
from .places.place_ranking import rank_places
from .word_lists import class_names, word_list

_LOCATIVE = word_list("locative_cues")
_LIST_JOINTS = word_list("list_joints")
_ACTOR_CUES = class_names("acting", "speech", "adverbs", "rulers", "armed", "officials", "groups", "people", "bodies")


def is_supported(passage: Passage, mention: Mention, context: DocumentContext) -> bool:
    """Check whether a weak name has enough support to be kept."""
    tokens = passage.tokens
    if mention.name_kind == "person":
        size = sum(1 for word in tokens.words[mention.first : mention.last] if word.capital)
        return size > 1 or tokens.words[mention.last - 1].part in context.persons
    if mention.name_kind == "actor":
        return _is_actor(passage, mention)
    if mention.place_kind is None and not mention.places:
        return False
    return _is_place(passage, mention, context)


@dataclass(slots=True)
class _WeakPlace:
    """The weak name of a place and what supports it.

    Attributes:
        locative: Whether a word before it, or the role of the name before it in a list, indicates a place.
        listed: Whether a comma and a place or country follow.
        expected: Whether the likeliest place is in a country that the document mentions.
        population: The population of that place.
    """

    passage: Passage
    mention: Mention
    locative: bool
    listed: bool
    expected: bool
    population: int

    @property
    def short(self) -> bool:
        """Whether it is a single word of less than four letters."""
        mention = self.mention
        return mention.last - mention.first == 1 and len(self.passage.tokens.words[mention.first].text) < 4

    @property
    def alias(self) -> bool:
        """Whether a gazetteer has it as an alias, and no place as its usual name."""
        return self.mention.entry is not None and not self.mention.entry.places

    @property
    def ordinary(self) -> bool:
        """Whether it ends in a word with other meanings, or a short one."""
        word = self.passage.tokens.words[self.mention.last - 1]
        return bool(word.classes) or len(word.text) < 5

    @property
    def headline(self) -> bool:
        """Whether it is in a heading, whose capitals mean little."""
        tokens = self.passage.tokens
        return tokens.headline[tokens.sentence[self.mention.first]]


def _is_place(passage: Passage, mention: Mention, context: DocumentContext) -> bool:
    if mention.name_kind == "place" and has_place_cue(passage, mention.first):
        return True
    tokens = passage.tokens
    before = passage.index_before(mention.first)
    while before >= 0 and "direction" in tokens.classes(before):
        before = passage.index_before(before)
    neighbour = _listed_before(passage, mention, before)
    if neighbour is not None and has_place_cue(passage, neighbour.first):
        return True
    place = rank_places(mention, context.evidence)[0]
    following = passage.mention_at(mention.last + 1) if tokens.lower(mention.last) == "," else None
    weak = _WeakPlace(
        passage,
        mention,
        locative=neighbour is not None or (before >= 0 and tokens.lower(before) in _LOCATIVE),
        listed=following is not None and following.name_kind in ("place", "state", "capital"),
        expected=context.countries.get(place.country, 0) > 0,
        population=place.population,
    )
    return decide(WEAK_PLACE_RULES, weak, otherwise=False)


def _listed_before(passage: Passage, mention: Mention, before: int) -> Mention | None:
    """Return the place that a list has before a name, after the joint at an index; None if there is none."""
    joint = passage.tokens.lower(before) if before > 0 else ""
    neighbour = passage.mention_at(before - 1) if joint in _LIST_JOINTS else None
    listed = neighbour is not None and neighbour is not mention and neighbour.name_kind in ("place", "capital")
    return neighbour if listed else None


WEAK_PLACE_RULES: tuple[DecisionRule[_WeakPlace, bool], ...] = (
    DecisionRule(
        "a short name needs a country that the document mentions, and a large place or its country after it",
        lambda name: name.short,
        lambda name: name.expected and (name.listed or (name.locative and name.population > 100_000)),
    ),
    DecisionRule(
        "an alias needs a country that the document mentions, and a cue unless it has no other meaning",
        lambda name: name.alias,
        lambda name: name.expected and (name.locative or name.listed or not name.ordinary),
    ),
    DecisionRule(
        "in a heading, only a place in a country that the document mentions",
        lambda name: name.headline and not name.expected,
        no,
    ),
    DecisionRule("in a country that the document mentions", lambda name: name.expected, yes),
    DecisionRule("before a comma and its country", lambda name: name.listed, yes),
    DecisionRule("a town after a cue", lambda name: name.locative and name.population > 50_000, yes),
    DecisionRule("a city of a million", lambda name: name.population > 1_000_000, yes),
)
"""When the weak name of a place is one."""


def _is_actor(passage: Passage, mention: Mention) -> bool:
    """Check whether an unknown abbreviation is an actor: it acts, leads people, or occurs more than once."""
    tokens = passage.tokens
    last = mention.last
    after = tokens.classes(last) if tokens.same_sentence(last - 1, last) else frozenset()
    if after & _ACTOR_CUES:
        return True
    if passage.is_possessive(last):
        return True
    before = passage.index_before(mention.first)
    if before >= 0 and ("the" in tokens.lower(mention.first - 1) or "towards_actor" in tokens.classes(before)):
        return True
    text = tokens.words[mention.first].text
    return sum(1 for word in tokens.words if word.text == text) > 1
