"""A1 and A3: nationalities inside titles, and how far an actor's phrase runs."""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import word_list
from .actor_ids import ActorResolver
from .organisations import HEADS_OF_PHRASES

_TIES_BY_NOUN = frozenset(("proxy", "proxies"))
_PERSON_HEADS = word_list("person_phrase_heads")
_CAPITAL_HEADS = word_list("capital_phrase_heads")
# heads that are adjectives as well, or verbs: not heads before another noun, or behind a plural
_ADJECTIVE_HEADS = word_list("adjective_heads")
_VERB_HEADS = word_list("verb_heads")
_AFTER_NOUNS = word_list("after_nouns")


def drop_nationalities(passage: Passage) -> None:
    """Frees nationalities, countries and places inside the title of a named person (A1); bodies there stay."""
    tokens = passage.tokens
    for mention in list(passage.mentions()):
        if mention.name_kind not in ("adjective", "state", "place") or passage.is_possessive(mention.last):
            continue
        at = mention.last
        title = tokens.lower(mention.first - 1) == "of" and "titles" in tokens.classes(mention.first - 2)
        while at < len(tokens) and tokens.same_sentence(mention.first, at) and passage.owners[at] is None:
            classes = tokens.classes(at)
            word = tokens.words[at]
            if "titles" in classes:
                title = True
            elif not (
                classes & {"title_parts", "modifiers"}
                or word.text in (".", "&", "-")
                or (title and word.lower in ("of", "for", "and"))
            ):
                break
            at += 1
        person = passage.mention_at(at)
        if (
            title
            and person is not None
            and person.first == at
            and person.name_kind == "person"
            and tokens.same_sentence(at, mention.first)
        ):
            passage.drop(mention)


def extend_actor_phrases(passage: Passage) -> None:
    """Lets every name that modifies people or a body take the phrase up to that noun (A3)."""
    for mention in list(passage.mentions()):
        if passage.mention_at(mention.first) is mention:
            _grow(passage, mention)


def _grow(passage: Passage, mention: Mention) -> None:
    tokens = passage.tokens
    words = tokens.words
    first, index = mention.first, mention.last
    source = mention
    if (
        tokens.lower(index) == "("
        and tokens.lower(index + 2) == ")"
        and _hyphen(passage, index + 3)
        and passage.mention_at(index + 1) is not None
    ):
        # "Rapid Support Forces (RSF)-allied militias": X is the name next to the tie
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
    if _hyphen(passage, index):
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
            return  # "Israel-Hamas": two parties
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
    last, head, named = _run(passage, mention, index, bool(tie) or tied)
    if last <= index or (head < 0 and named is None):
        return
    if mention.name_kind == "place" and not tie and not _place_modifies(passage, index, head):
        return
    grown = Mention(first, last, "actor", label="ACTOR")
    if named is not None:
        grown.actor, grown.id, grown.kind = named.actor, named.id, named.kind
    else:
        tied = (
            tied
            or tokens.lower(head) in _TIES_BY_NOUN
            or any(tokens.lower(i) in _TIES_BY_NOUN for i in range(index, head))
        )
        ActorResolver(passage, grown, source, index, head).name(tied=tied)
    passage.add(grown)


def _hyphen(passage: Passage, index: int) -> bool:
    return 0 <= index < len(passage.tokens) and passage.tokens.words[index].hyphen and passage.tokens.is_joined(index)


def _place_modifies(passage: Passage, index: int, head: int) -> bool:
    """Whether a place and a head noun are one phrase: not where the noun only stands there."""
    low = passage.tokens.lower(head)
    return low not in ("hospital", "hospitals", "court", "courts", "university", "embassy", "embassies")


def _run(passage: Passage, mention: Mention, index: int, tied: bool) -> tuple[int, int, Mention | None]:
    """Where the phrase behind a modifier ends: the index behind it, its head's index, or the group named in it."""
    tokens = passage.tokens
    words = tokens.words
    last, head = index, -1
    named: Mention | None = None
    at = index
    while at < len(words) and at - index < 8 and tokens.same_sentence(mention.first, at) and not passage.blocked[at]:
        word = words[at]
        owner = passage.owners[at]
        if owner is not None:
            if owner.name_kind == "actor" and _runs_into(mention, owner, tied=tied, head=head >= 0):
                named, last, at = owner, owner.last, owner.last
                continue
            if owner.name_kind == "adjective" and tied and head < 0:
                at = owner.last  # "Saudi-backed Yemeni government"
                continue
            break
        if word.hyphen and tokens.is_joined(at) and tokens.is_joined(at + 1):
            if not (tokens.classes(at - 1) | tokens.classes(at + 1)) & {
                "modifiers",
                "ties",
                "compounds",
                "armed",
                "direction",
            }:
                break
        elif word.classes & HEADS_OF_PHRASES and _is_head(passage, at, head):
            head, last = at, at + 1
        elif "modifiers" not in word.classes or (
            passage.mention_at(at + 1) is not None and passage.mention_at(at + 1).name_kind == "person"
        ):  # type: ignore[union-attr]
            break
        at += 1
    if named is not None:
        head = -1
    return last, head, named


def _runs_into(mention: Mention, owner: Mention, *, tied: bool, head: bool) -> bool:
    """Whether a modifier runs on into a group's own name: "Rwandan-backed M23", "Iranian-backed militia X"."""
    armed = owner.actor is not None and owner.actor.kind == "armed_group"
    return tied or (head and mention.name_kind in ("adjective", "state") and armed)


def _is_head(passage: Passage, at: int, head: int) -> bool:
    """Whether a noun for people or a body is the phrase's head, or a part of it, where it stands."""
    tokens = passage.tokens
    low = tokens.lower(at)
    person = passage.mention_at(at + 1)
    if (
        person is not None
        and person.name_kind == "person"
        and not low.endswith("s")
        and not passage.is_possessive(at + 1)
    ):
        return False  # "VDP recruit Issouf Zerbo": a title
    if tokens.words[at].capital and "titles" in tokens.classes(at + 1) and tokens.same_sentence(at, at + 1):
        return False  # "Israeli National Security Advisor"
    if low in _ADJECTIVE_HEADS and _noun_follows(passage, at + 1):
        return False
    plural = head >= 0 and tokens.lower(head).endswith(("s", "men", "people"))
    return not (plural and low in _VERB_HEADS)


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
