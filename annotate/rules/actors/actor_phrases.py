"""A1 and A3: nationalities within titles, and the extent of phrases that denote actors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..passage import Mention, Passage
from ..word_lists import class_names, word_list, word_sequence
from .actor_ids import ActorResolver
from .organisations import HEADS_OF_PHRASES

_PROXY_NOUNS = word_list("proxy_nouns")
_TITLE_LINKS = word_list("title_links")
_LOCATED_HEADS = word_list("located_heads")
_PLURAL_ENDINGS = word_sequence("plural_endings")
_PERSON_HEADS = word_list("person_phrase_heads")
_CAPITAL_HEADS = word_list("capital_phrase_heads")
_ADJECTIVE_HEADS = word_list("adjective_heads")
_VERB_HEADS = word_list("verb_heads")
_AFTER_NOUNS = word_list("after_nouns")
_MAX_LENGTH = 8
_TITLE_CLASSES = class_names("title_parts", "modifiers")
_HYPHENATED = class_names("ties", "compounds", "armed", "modifiers")
_JOINED = _HYPHENATED | class_names("direction")
_CLASSES_OF_NO_NOUN = class_names("acting", "speech", "moving", "adverbs", "locative")


def drop_nationalities(passage: Passage) -> None:
    """Drop nationalities, countries and places within the title of a named person (A1); organisations are kept."""
    for mention in list(passage.mentions()):
        if mention.name_kind in ("adjective", "state", "place") and not passage.is_possessive(mention.last):
            end = _title_end(passage, mention)
            person = passage.mention_at(end)
            if (
                end
                and person is not None
                and person.name_kind == "person"
                and person.first == end
                and passage.tokens.same_sentence(end, mention.first)
            ):
                passage.drop(mention)


def _title_end(passage: Passage, mention: Mention) -> int:
    """Return the end of the words of a title after a name, or the end of the name after "minister of"; 0 if none."""
    tokens = passage.tokens
    position = mention.last
    title = tokens.lower(mention.first - 1) == "of" and "titles" in tokens.classes(mention.first - 2)
    while tokens.same_sentence(mention.first, position) and passage.owners[position] is None:
        word = tokens.words[position]
        if "titles" in word.classes:
            title = True
        elif not (
            word.classes & _TITLE_CLASSES or word.text in (".", "&", "-") or (title and word.lower in _TITLE_LINKS)
        ):
            break
        position += 1
    return position if title else 0


def extend_actor_phrases(passage: Passage) -> None:
    """Extend every name that modifies a noun for people or an organisation to the whole phrase (A3)."""
    for mention in list(passage.mentions()):
        if passage.mention_at(mention.first) is mention:
            _extend(passage, mention)


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
    """

    mention: Mention
    first: int
    index: int
    source: Mention
    hyphenated: bool = False
    tied: bool = False


def _extend(passage: Passage, mention: Mention) -> None:
    modifier = _modifier(passage, mention)
    if modifier is None or passage.is_possessive(modifier.index) or not _may_modify(passage, modifier):
        return
    index = modifier.index
    last, head, group = _phrase_end(passage, mention, index, tied=modifier.hyphenated or modifier.tied)
    if last <= index or (head < 0 and group is None):
        return
    if mention.name_kind == "place" and not modifier.hyphenated and passage.tokens.lower(head) in _LOCATED_HEADS:
        return
    phrase = Mention(modifier.first, last, "actor", label="ACTOR")
    if group is not None:
        phrase.actor, phrase.id, phrase.kind = group.actor, group.id, group.kind
    else:
        proxy = any(passage.tokens.lower(between) in _PROXY_NOUNS for between in range(index, head + 1))
        ActorResolver(passage, phrase, modifier.source, index, head).resolve(tied=modifier.tied or proxy)
    passage.add(phrase)


def _modifier(passage: Passage, mention: Mention) -> _Modifier | None:
    """Return a name as a modifier with what hyphens join to it; None if it is one of two hyphenated actors."""
    tokens = passage.tokens
    modifier = _before_bracket(passage, mention) or _Modifier(mention, mention.first, mention.last, mention)
    index = modifier.index
    if _is_joining_hyphen(passage, index):
        other = passage.mention_at(index + 1)
        if other is not None and _are_two_leaders(passage, mention, other):
            modifier.index = other.last  # "Biden-Harris Administration"
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


def _may_modify(passage: Passage, modifier: _Modifier) -> bool:
    """Check whether a person or capital may modify the noun after it; other names always may."""
    heads = _HEADS_BY_KIND.get(modifier.mention.name_kind)
    return heads is None or modifier.hyphenated or passage.tokens.lower(modifier.index) in heads


_HEADS_BY_KIND: Mapping[str, frozenset[str]] = {"person": _PERSON_HEADS, "capital": _CAPITAL_HEADS}


def _is_joining_hyphen(passage: Passage, index: int) -> bool:
    return 0 <= index < len(passage.tokens) and passage.tokens.words[index].hyphen and passage.tokens.is_joined(index)


def _phrase_end(passage: Passage, mention: Mention, index: int, *, tied: bool) -> tuple[int, int, Mention | None]:
    """Return the end of the phrase after a modifier, the index of its head (-1 if none), and a group named in it."""
    tokens = passage.tokens
    last, head = index, -1
    group: Mention | None = None
    position = index
    while (
        position - index < _MAX_LENGTH
        and tokens.same_sentence(mention.first, position)
        and not passage.blocked[position]
    ):
        owner = passage.owners[position]
        if owner is None:
            if _is_head_of(passage, position, head):
                head, last = position, position + 1
            elif not _may_be_before_head(passage, position):
                break
            position += 1
        elif owner.name_kind == "actor" and _includes_group(mention, owner, tied=tied, head=head >= 0):
            group, last, position = owner, owner.last, owner.last
        elif owner.name_kind == "adjective" and tied and head < 0:
            position = owner.last  # "Saudi-backed Yemeni government"
        else:
            break
    return last, head if group is None else -1, group


def _is_inner_hyphen(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    return tokens.words[index].hyphen and tokens.is_joined(index) and tokens.is_joined(index + 1)


def _is_head_of(passage: Passage, index: int, head: int) -> bool:
    heads = passage.tokens.words[index].classes & HEADS_OF_PHRASES
    return bool(heads) and not _is_inner_hyphen(passage, index) and _is_head(passage, index, head)


def _may_be_before_head(passage: Passage, index: int) -> bool:
    """Check whether a word, or a hyphen between two, may be between a modifier and the head."""
    tokens = passage.tokens
    if _is_inner_hyphen(passage, index):
        return bool((tokens.classes(index - 1) | tokens.classes(index + 1)) & _JOINED)
    return "modifiers" in tokens.words[index].classes and not _is_person(passage.mention_at(index + 1))


def _is_person(mention: Mention | None) -> bool:
    return mention is not None and mention.name_kind == "person"


def _includes_group(mention: Mention, owner: Mention, *, tied: bool, head: bool) -> bool:
    """Check whether a phrase includes the name of a group: "Rwandan-backed M23", "Iranian-backed militia X"."""
    armed = owner.actor is not None and owner.actor.kind == "armed_group"
    return tied or (head and mention.name_kind in ("adjective", "state") and armed)


def _is_head(passage: Passage, position: int, head: int) -> bool:
    """Check whether a noun for people or an organisation is the head of the phrase, or part of it, at its position."""
    tokens = passage.tokens
    lower = tokens.lower(position)
    person = passage.mention_at(position + 1)
    if (
        person is not None
        and person.name_kind == "person"
        and not lower.endswith("s")
        and not passage.is_possessive(position + 1)
    ):
        return False  # "VDP recruit Issouf Zerbo": a title
    if (
        tokens.words[position].capital
        and "titles" in tokens.classes(position + 1)
        and tokens.same_sentence(position, position + 1)
    ):
        return False  # "Israeli National Security Advisor"
    if lower in _ADJECTIVE_HEADS and _noun_follows(passage, position + 1):
        return False
    plural = head >= 0 and tokens.lower(head).endswith(_PLURAL_ENDINGS)
    return not (plural and lower in _VERB_HEADS)


def _noun_follows(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    if index >= len(tokens) or not tokens.same_sentence(index - 1, index) or passage.owners[index] is not None:
        return False
    word = tokens.words[index]
    plain = word.text[0].isalpha() and not word.capital and not word.name_like
    return plain and word.lower not in _AFTER_NOUNS and not word.classes & _CLASSES_OF_NO_NOUN
