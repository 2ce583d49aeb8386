"""A3: phrases that denote actors, from the name that modifies a noun for people or a body through that noun."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..known_names import slug
from ..passage import Mention, Passage
from ..word_lists import class_names, word_list
from .actor_ids import ActorResolver, id_prefix
from .next_subjects import starts_next_subject
from .phrase_extent import PhraseExtent, phrase_extent

_MODEL = re.compile(r"(?:[A-Z]{1,3}-?\d|\d{3}(?!\d))")
_RELIGIONS = word_list("religions")
_CUISINE = word_list("cuisine_nouns")
_NO_NOUNS = word_list("after_nouns", "function_words")
_VERBS = class_names("acting", "speech", "moving", "adverbs", "locative")
_PROXY_NOUNS = word_list("proxy_nouns")
_LOCATED_HEADS = word_list("located_heads")
_PERSON_HEADS = word_list("person_phrase_heads")
_CAPITAL_HEADS = word_list("capital_phrase_heads")
_CAPITAL_CLASSES = class_names("people", "officials", "rulers", "groups")
_HYPHENATED = class_names("ties", "compounds", "armed", "modifiers")


def extend_actor_phrases(passage: Passage) -> None:
    """Extend every name that modifies a noun for people or an organisation to the whole phrase (A3)."""
    for mention in list(passage.mentions()):
        if passage.owners[mention.first] is not mention or _extend_to_name(passage, mention):
            continue
        if _precedes_word(passage, mention):
            _extend(passage, mention)
    for mention in list(passage.mentions()):
        thing = mention.name_kind == "adjective" and _describes_thing(passage, mention)
        if thing or (mention.name_kind == "actor" and _names_model(passage, mention)):
            passage.drop(mention)
        elif mention.name_kind == "adjective" and _denotes_person(passage, mention):
            mention.id, mention.kind, mention.actor = f"{id_prefix(passage, mention)}-people", "civilian", None


def _precedes_word(passage: Passage, mention: Mention) -> bool:
    """Check whether something that may be in the phrase of a name follows it: a word, a hyphen, a bracket."""
    tokens, last = passage.tokens, mention.last
    if not tokens.same_sentence(mention.first, last):
        return False
    word = tokens.words[last]
    return word.text[0].isalnum() or word.hyphen or word.text == "(" or passage.owners[last] is not None


def _denotes_person(passage: Passage, mention: Mention) -> bool:
    """Check whether a nationality is a noun for one person: "a Jordanian, who"."""
    tokens = passage.tokens
    if tokens.lower(mention.first - 1) not in ("a", "an", "another"):
        return False
    if not tokens.same_sentence(mention.first, mention.last):
        return True
    word = tokens.words[mention.last]
    if word.hyphen or passage.owners[mention.last] is not None:
        return False
    noun = word.text.isalpha() and word.lower not in _NO_NOUNS and not word.classes & _VERBS
    return not noun


def _extend_to_name(passage: Passage, mention: Mention) -> bool:
    """Join a nationality and the name of its people or body right after it; return whether it did.

    Examples are "Syrian Kurds", "Haitian Americans" and "US Federal Bureau of Investigation".
    """
    name = passage.mention_at(mention.last) if mention.name_kind in ("adjective", "state") else None
    if name is None or name.name_kind != "actor" or name.actor is None or mention.actor is None:
        return False
    first, last = mention.first, name.last
    if not passage.tokens.same_sentence(first, last - 1):
        return False
    if name.actor.kind == "civilian":
        phrase = Mention(first, last, "actor", id=slug(passage.surface(first, last)), kind="civilian", label="ACTOR")
    elif name.actor.country == mention.actor.id:
        phrase = Mention(first, last, "actor", actor=name.actor, label="ACTOR")
    else:
        return False
    passage.add(phrase)
    return True


def _names_model(passage: Passage, mention: Mention) -> bool:
    """Check whether a company is part of the name of a type: "Boeing 737", "Airbus A320" (A2)."""
    kind = mention.kind if mention.actor is None else mention.actor.kind
    if kind != "organization" or not passage.tokens.same_sentence(mention.first, mention.last):
        return False
    text = passage.tokens.words[mention.last].text
    return _MODEL.match(text) is not None


def _describes_thing(passage: Passage, mention: Mention) -> bool:
    """Check whether a religion or cuisine describes a thing and so is not an actor: "Orthodox church"."""
    tokens = passage.tokens
    if not tokens.same_sentence(mention.first, mention.last) or passage.owners[mention.last] is not None:
        return False
    word = tokens.words[mention.last]
    if word.lower in _CUISINE:
        return True
    religious = mention.actor is not None and mention.actor.id in _RELIGIONS
    hyphen = word.hyphen and tokens.is_joined(mention.last)
    noun = word.text.isalpha() and word.lower not in _NO_NOUNS
    return religious and (hyphen or (noun and not word.classes & _VERBS))


@dataclass(slots=True)
class _Modifier:
    """A name that may modify the noun after it.

    Attributes:
        mention: The name.
        first: The index at which the phrase starts.
        index: The index of the first word after the name and what a hyphen joins to it.
        source: The name next to that hyphen, where the name has an abbreviation in brackets.
        hyphenated: Whether a hyphen joins a word such as "backed" or "held" to it.
        tied: Whether that word, or "pro-" before the name, makes a group of others of the phrase.
        joint: Whether a hyphen joins another nationality to it, the source.
    """

    mention: Mention
    first: int
    index: int
    source: Mention
    hyphenated: bool = False
    tied: bool = False
    joint: bool = False


def _extend(passage: Passage, mention: Mention) -> None:
    modifier = _modifier(passage, mention)
    if modifier is None or passage.is_possessive(modifier.index) or not _may_modify(passage, modifier):
        return
    index = modifier.index
    extent = phrase_extent(passage, mention, index, tied=modifier.hyphenated or modifier.tied)
    last, head, group = extent.last, extent.head, extent.group
    if last <= index or (head < 0 and group is None) or not _suits_capital(passage, modifier, head):
        return
    if _is_no_phrase(passage, modifier, head):
        return
    if starts_next_subject(passage, mention, last):
        mention.label, mention.cue = "LOCATION", "by the preposition before it"
        return
    _add_phrase(passage, modifier, extent)


def _add_phrase(passage: Passage, modifier: _Modifier, extent: PhraseExtent) -> None:
    """Add the phrase of a modifier, with the actor of the group that ends it or of its head."""
    mention, index, head, group = modifier.mention, modifier.index, extent.head, extent.group
    phrase = Mention(modifier.first, extent.last, "actor", label="ACTOR")
    if group is not None:
        phrase.actor, phrase.id, phrase.kind = group.actor, group.id, group.kind
    else:
        proxy = any(passage.tokens.lower(between) in _PROXY_NOUNS for between in range(index, head + 1))
        tied = modifier.tied or proxy
        source = modifier.source if tied else _source(modifier.source, extent.nearest)
        ActorResolver(passage, phrase, source, max(index, source.last), head).resolve(tied=tied)
        if modifier.joint and phrase.id is not None:
            phrase.actor, phrase.id = None, f"{id_prefix(passage, mention)}-{phrase.id}"
    passage.add(phrase)


def _source(first: Mention, nearest: Mention | None) -> Mention:
    """Return the name that decides about a phrase: of those before its head, the last one that is not a religion."""
    religious = nearest is not None and nearest.actor is not None and nearest.actor.id in _RELIGIONS
    return first if nearest is None or religious else nearest


def _modifier(passage: Passage, mention: Mention) -> _Modifier | None:
    """Return a name as a modifier with what hyphens join to it; None if it is one of two hyphenated actors."""
    tokens = passage.tokens
    modifier = _before_bracket(passage, mention) or _Modifier(mention, mention.first, mention.last, mention)
    index = modifier.index
    if _is_joining_hyphen(passage, index):
        other = passage.mention_at(index + 1)
        if other is not None and _are_two_leaders(passage, mention, other):
            modifier.index = other.last  # "Biden-Harris Administration"
        elif other is not None and _are_two_nationalities(mention, other):
            modifier.index, modifier.source, modifier.joint = other.last, other, True  # "German-Iraqi boy"
        elif tokens.classes(index + 1) & _HYPHENATED and tokens.is_joined(index + 1):
            modifier.hyphenated = True
            modifier.tied = "ties" in tokens.classes(index + 1)
            modifier.index = index + 2
        else:
            return None  # "Israel-Hamas": two actors
    first = modifier.first
    if first >= 2 and tokens.is_joined(first) and tokens.words[first - 1].hyphen and tokens.lower(first - 2) == "pro":
        modifier.first = first - 2
        modifier.tied = True
    return modifier


def _before_bracket(passage: Passage, mention: Mention) -> _Modifier | None:
    """Return a name with its abbreviation: "Rapid Support Forces (RSF)-allied militias"; None if it has none."""
    tokens = passage.tokens
    index = mention.last
    if tokens.lower(index) != "(" or tokens.lower(index + 2) != ")" or not _is_joining_hyphen(passage, index + 3):
        return None
    source = passage.mention_at(index + 1)
    if source is None:
        return None
    lead = passage.mention_at(mention.first - 1) if mention.name_kind == "actor" else None
    named = lead is not None and lead.name_kind in ("adjective", "state") and lead.last == mention.first
    first = lead.first if lead is not None and named else mention.first
    return _Modifier(mention, first, index + 3, source)


def _are_two_leaders(passage: Passage, mention: Mention, other: Mention) -> bool:
    """Check whether two persons that a hyphen joins lead what follows."""
    persons = other.name_kind == mention.name_kind == "person"
    return persons and passage.tokens.lower(other.last) in _PERSON_HEADS


def _are_two_nationalities(mention: Mention, other: Mention) -> bool:
    return mention.name_kind in ("adjective", "state") and other.name_kind == "adjective" and other.last > other.first


def _may_modify(passage: Passage, modifier: _Modifier) -> bool:
    """Check whether a person may modify the noun after it; other names always may."""
    person = modifier.mention.name_kind == "person"
    return not person or modifier.hyphenated or passage.tokens.lower(modifier.index) in _PERSON_HEADS


def _is_no_phrase(passage: Passage, modifier: _Modifier, head: int) -> bool:
    """Check whether a name and a head denote a building or a country: "a Gaza hospital", "a NATO member"."""
    noun, mention = passage.tokens.lower(head), modifier.mention
    if mention.name_kind == "place":
        return noun in _LOCATED_HEADS and not modifier.hyphenated
    return noun == "member" and mention.actor is not None and mention.actor.kind == "intergovernmental"


def _suits_capital(passage: Passage, modifier: _Modifier, head: int) -> bool:
    """Check whether a name may modify a head: a capital only people and those who govern."""
    if modifier.mention.name_kind != "capital" or modifier.hyphenated or modifier.tied:
        return True
    tokens = passage.tokens
    nouns = (modifier.index, head)
    return any(tokens.lower(noun) in _CAPITAL_HEADS or tokens.classes(noun) & _CAPITAL_CLASSES for noun in nouns)


def _is_joining_hyphen(passage: Passage, index: int) -> bool:
    return 0 <= index < len(passage.tokens) and passage.tokens.words[index].hyphen and passage.tokens.is_joined(index)
