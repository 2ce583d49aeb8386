"""A1 and A3: nationalities within titles, and the extent of phrases that denote actors."""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import word_list
from .actor_ids import ActorResolver
from .organisations import HEADS_OF_PHRASES

_PROXY_NOUNS = frozenset(("proxy", "proxies"))
_PERSON_HEADS = word_list("person_phrase_heads")
_CAPITAL_HEADS = word_list("capital_phrase_heads")
_ADJECTIVE_HEADS = word_list("adjective_heads")
_VERB_HEADS = word_list("verb_heads")
_AFTER_NOUNS = word_list("after_nouns")


def drop_nationalities(passage: Passage) -> None:
    """Drop nationalities, countries and places within the title of a named person (A1); organisations are kept."""
    tokens = passage.tokens
    for mention in list(passage.mentions()):
        if mention.name_kind not in ("adjective", "state", "place") or passage.is_possessive(mention.last):
            continue
        position = mention.last
        title = tokens.lower(mention.first - 1) == "of" and "titles" in tokens.classes(mention.first - 2)
        while (
            position < len(tokens)
            and tokens.same_sentence(mention.first, position)
            and passage.owners[position] is None
        ):
            classes = tokens.classes(position)
            word = tokens.words[position]
            if "titles" in classes:
                title = True
            elif not (
                classes & {"title_parts", "modifiers"}
                or word.text in (".", "&", "-")
                or (title and word.lower in ("of", "for", "and"))
            ):
                break
            position += 1
        person = passage.mention_at(position)
        if (
            title
            and person is not None
            and person.first == position
            and person.name_kind == "person"
            and tokens.same_sentence(position, mention.first)
        ):
            passage.drop(mention)


def extend_actor_phrases(passage: Passage) -> None:
    """Extend every name that modifies a noun for people or an organisation to the whole phrase (A3)."""
    for mention in list(passage.mentions()):
        if passage.mention_at(mention.first) is mention:
            _extend(passage, mention)


def _extend(passage: Passage, mention: Mention) -> None:
    tokens = passage.tokens
    words = tokens.words
    first, index = mention.first, mention.last
    source = mention
    if (
        tokens.lower(index) == "("
        and tokens.lower(index + 2) == ")"
        and _is_joining_hyphen(passage, index + 3)
        and passage.mention_at(index + 1) is not None
    ):
        # "Rapid Support Forces (RSF)-allied militias": the source is the name next to the tie
        source = passage.mention_at(index + 1) or mention
        index += 3
        if (
            mention.name_kind == "actor"
            and (lead := passage.mention_at(first - 1)) is not None
            and lead.name_kind in ("adjective", "state")
            and lead.last == first
        ):
            first = lead.first
    tie = ""
    if _is_joining_hyphen(passage, index):
        other = passage.mention_at(index + 1)
        if (
            other is not None
            and other.name_kind == mention.name_kind == "person"
            and tokens.lower(other.last) in _PERSON_HEADS
        ):
            index = other.last  # "Biden-Harris Administration"
        elif tokens.classes(index + 1) & {"ties", "compounds", "armed", "modifiers"} and tokens.is_joined(index + 1):
            tie = tokens.lower(index + 1)
            index += 2
        else:
            return  # "Israel-Hamas": two actors
    tied = bool(tie) and "ties" in tokens.classes(index - 1)
    if first >= 2 and tokens.is_joined(first) and words[first - 1].hyphen and tokens.lower(first - 2) == "pro":
        first -= 2
        tied = True
    if passage.is_possessive(index):
        return
    if mention.name_kind == "person" and not tie and tokens.lower(index) not in _PERSON_HEADS:
        return
    if mention.name_kind == "capital" and not tie and tokens.lower(index) not in _CAPITAL_HEADS:
        return
    last, head, group = _phrase_end(passage, mention, index, bool(tie) or tied)
    if last <= index or (head < 0 and group is None):
        return
    if mention.name_kind == "place" and not tie and not _forms_phrase(passage, index, head):
        return
    phrase = Mention(first, last, "actor", label="ACTOR")
    if group is not None:
        phrase.actor, phrase.id, phrase.kind = group.actor, group.id, group.kind
    else:
        tied = (
            tied
            or tokens.lower(head) in _PROXY_NOUNS
            or any(tokens.lower(between) in _PROXY_NOUNS for between in range(index, head))
        )
        ActorResolver(passage, phrase, source, index, head).resolve(tied=tied)
    passage.add(phrase)


def _is_joining_hyphen(passage: Passage, index: int) -> bool:
    return 0 <= index < len(passage.tokens) and passage.tokens.words[index].hyphen and passage.tokens.is_joined(index)


def _forms_phrase(passage: Passage, index: int, head: int) -> bool:
    """Check whether a place and a head noun form a phrase, rather than the noun merely being located there."""
    lower = passage.tokens.lower(head)
    return lower not in ("hospital", "hospitals", "court", "courts", "university", "embassy", "embassies")


def _phrase_end(passage: Passage, mention: Mention, index: int, tied: bool) -> tuple[int, int, Mention | None]:
    """Return the end of the phrase after a modifier, the index of its head (-1 if none), and a group named in it."""
    tokens = passage.tokens
    words = tokens.words
    last, head = index, -1
    group: Mention | None = None
    position = index
    while (
        position < len(words)
        and position - index < 8
        and tokens.same_sentence(mention.first, position)
        and not passage.blocked[position]
    ):
        word = words[position]
        owner = passage.owners[position]
        if owner is not None:
            if owner.name_kind == "actor" and _includes_group(mention, owner, tied=tied, head=head >= 0):
                group, last, position = owner, owner.last, owner.last
                continue
            if owner.name_kind == "adjective" and tied and head < 0:
                position = owner.last  # "Saudi-backed Yemeni government"
                continue
            break
        if word.hyphen and tokens.is_joined(position) and tokens.is_joined(position + 1):
            if not (tokens.classes(position - 1) | tokens.classes(position + 1)) & {
                "modifiers",
                "ties",
                "compounds",
                "armed",
                "direction",
            }:
                break
        elif word.classes & HEADS_OF_PHRASES and _is_head(passage, position, head):
            head, last = position, position + 1
        elif "modifiers" not in word.classes or _is_person(passage.mention_at(position + 1)):
            break
        position += 1
    if group is not None:
        head = -1
    return last, head, group


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
    plural = head >= 0 and tokens.lower(head).endswith(("s", "men", "people"))
    return not (plural and lower in _VERB_HEADS)


def _noun_follows(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    if index >= len(tokens) or not tokens.same_sentence(index - 1, index) or passage.owners[index] is not None:
        return False
    word = tokens.words[index]
    plain = word.text[0].isalpha() and not word.capital and not word.name_like
    return (
        plain
        and word.lower not in _AFTER_NOUNS
        and not word.classes & {"acting", "speech", "moving", "adverbs", "locative"}
    )
