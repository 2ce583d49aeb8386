"""Weak names: whether the text around a name supports that it is one."""

from __future__ import annotations

from dataclasses import dataclass

from .decision_table import DecisionRule, decide, no, yes
from .document_context import DocumentContext
from .passage import Mention, Passage
from .places.datelines import is_dateline
from .places.place_cues import has_place_cue
from .places.place_ranking import rank_places
from .places.place_verbs import is_object_of, is_struck
from .places.site_cues import may_be_noun
from .places.unknown_places import ADJECTIVES_OF_NO_PLACE
from .word_lists import class_names, word_list

_LOCATIVE = word_list("locative_cues")
_LARGE_CITY = 100_000
_WORDS_LIKE_PLACES = word_list("words_like_places")
_ENGLISH_SPEAKING = word_list("english_speaking")
_BEFORE_AGENTS = word_list("before_agents")
_PLACE_VERBS = class_names("only_at_places", "striking", "moving")
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
        personal: Whether it speaks, acts, or follows a word that is part of its name: a person rather than a place.
        object: Whether it is the object of a verb such as "captured", or the subject of one such as "was shelled".
        expected: Whether the likeliest place is in a country that the document mentions.
        population: The population of that place.
        english: Whether that place is in a country where English is spoken.
        division: Whether that place is a division, such as a county, whose name is short of the noun in it.
    """

    passage: Passage
    mention: Mention
    locative: bool
    listed: bool
    personal: bool
    object: bool
    expected: bool
    population: int
    english: bool
    division: bool

    @property
    def short(self) -> bool:
        """Whether it is a single word of less than four letters."""
        mention = self.mention
        return mention.last - mention.first == 1 and len(self.passage.tokens.words[mention.first].text) < 4

    @property
    def upper(self) -> bool:
        """Whether it is in capitals."""
        return self.passage.tokens.words[self.mention.first].upper

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
    def homonym(self) -> bool:
        """Whether it may as well be a word, a given name or a surname of English, and nothing indicates a place."""
        if self.locative or self.listed or self.object:
            return False
        word = self.passage.tokens.words[self.mention.last - 1]
        if word.lower in _WORDS_LIKE_PLACES or "given" in word.classes:
            return True
        modifier = may_be_noun(self.passage, self.mention.last) or self.passage.tokens.lower(self.mention.last) == "-"
        unknown = self.division or (self.english and self.population < _LARGE_CITY)
        return unknown and not modifier  # not "Danbury police"

    @property
    def headline(self) -> bool:
        """Whether it is in a heading, whose capitals mean little."""
        tokens = self.passage.tokens
        return tokens.headline[tokens.sentence[self.mention.first]]


def _is_place(passage: Passage, mention: Mention, context: DocumentContext) -> bool:
    if mention.last - mention.first == 1 and passage.tokens.lower(mention.first) in ADJECTIVES_OF_NO_PLACE:
        return False
    if mention.name_kind == "place" and has_place_cue(passage, mention.first):
        return True
    tokens = passage.tokens
    before = passage.index_before(mention.first)
    while before >= 0 and "direction" in tokens.classes(before):
        before = passage.index_before(before)
    neighbour = _listed_before(passage, mention, before)
    if neighbour is not None and has_place_cue(passage, neighbour.first):
        return True
    if is_dateline(passage, mention):
        return True
    place = rank_places(mention, context.evidence)[0]
    following = passage.mention_at(mention.last + 1) if tokens.lower(mention.last) == "," else None
    weak = _WeakPlace(
        passage,
        mention,
        locative=neighbour is not None or (before >= 0 and tokens.lower(before) in _LOCATIVE),
        listed=following is not None and following.name_kind in ("place", "state", "capital"),
        personal=_is_personal(passage, mention),
        object=_is_in_battle(passage, mention, neighbour),
        expected=context.countries.get(place.country, 0) > 0,
        population=place.population,
        english=place.country.lower() in _ENGLISH_SPEAKING,
        division=place.kind == "admin",
    )
    return decide(WEAK_PLACE_RULES, weak, otherwise=False)


def _is_in_battle(passage: Passage, mention: Mention, neighbour: Mention | None) -> bool:
    """Check whether a name, or the place before it in a list, is captured, shelled, left or the like."""
    if is_object_of(passage, mention.first, _PLACE_VERBS) or is_struck(passage, mention.last):
        return True
    return neighbour is not None and is_object_of(passage, neighbour.first, _PLACE_VERBS)


def _is_personal(passage: Passage, mention: Mention) -> bool:
    """Check whether the words around a name are those of a person: speech beside it, "by", another name before it."""
    tokens, first, last = passage.tokens, mention.first, mention.last
    if tokens.same_sentence(first, last) and "speech" in tokens.classes(last):
        return True
    if not first or not tokens.same_sentence(first - 1, first):
        return False
    before = tokens.words[first - 1]
    if "speech" in before.classes or (before.lower in _BEFORE_AGENTS and not tokens.classes(last) & _ACTOR_CUES):
        return True
    return before.name_like and not tokens.starts_sentence(first - 1) and passage.owners[first - 1] is None


def _listed_before(passage: Passage, mention: Mention, before: int) -> Mention | None:
    """Return the place that a list has before a name, after the joint at an index; None if there is none."""
    joint = passage.tokens.lower(before) if before > 0 else ""
    neighbour = passage.mention_at(before - 1) if joint in _LIST_JOINTS else None
    listed = neighbour is not None and neighbour is not mention and neighbour.name_kind in ("place", "capital")
    return neighbour if listed else None


def _is_taken(name: _WeakPlace) -> bool:
    word = name.passage.tokens.words[name.mention.last - 1]
    other_word = bool(word.classes) or word.lower in _WORDS_LIKE_PLACES
    return name.object and (not other_word or name.population > _LARGE_CITY)


def _is_metropolis(name: _WeakPlace) -> bool:
    return name.population > 1_000_000 and not name.division


WEAK_PLACE_RULES: tuple[DecisionRule[_WeakPlace, bool], ...] = (
    DecisionRule(
        "a short name needs a country that the document mentions, and a large place or its country after it",
        lambda name: name.short,
        lambda name: name.expected and (name.listed or (name.locative and name.population > _LARGE_CITY)),
    ),
    DecisionRule(
        "an alias needs a country that the document mentions, and a cue unless it has no other meaning",
        lambda name: name.alias,
        lambda name: _is_taken(name) or (name.expected and (name.locative or name.listed or not name.ordinary)),
    ),
    DecisionRule(
        "in a heading, only a place in a country that the document mentions",
        lambda name: name.headline and not name.expected,
        no,
    ),
    DecisionRule("an abbreviation", lambda name: name.upper and not name.headline, no),
    DecisionRule("no place says something, or has a first name: said Johnnie Moore", lambda name: name.personal, no),
    DecisionRule("no homonym without a cue, but a city of a million", lambda name: name.homonym, _is_metropolis),
    DecisionRule("in a country that the document mentions", lambda name: name.expected, yes),
    DecisionRule("before a comma and its country", lambda name: name.listed, yes),
    DecisionRule("captured X, X was shelled", _is_taken, yes),
    DecisionRule("a town after a cue", lambda name: name.locative and name.population > 50_000, yes),
    DecisionRule("a city of a million", _is_metropolis, yes),
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
