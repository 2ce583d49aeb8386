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


def drop_nationalities(page: Passage) -> None:
    """Frees nationalities, countries and places inside the title of a named person (A1); bodies there stay."""
    tokens = page.tokens
    for mention in list(page.mentions()):
        if mention.sort not in ("adjective", "state", "place") or page.possessive(mention.last):
            continue
        at = mention.last
        title = tokens.low(mention.first - 1) == "of" and "titles" in tokens.classes(mention.first - 2)
        while at < len(tokens) and tokens.same_sentence(mention.first, at) and page.owner[at] is None:
            classes = tokens.classes(at)
            word = tokens.words[at]
            if "titles" in classes:
                title = True
            elif not (
                classes & {"title_parts", "modifiers"}
                or word.text in (".", "&", "-")
                or (title and word.low in ("of", "for", "and"))
            ):
                break
            at += 1
        person = page.at(at)
        if (
            title
            and person is not None
            and person.first == at
            and person.sort == "person"
            and tokens.same_sentence(at, mention.first)
        ):
            page.drop(mention)


def extend_actor_phrases(page: Passage) -> None:
    """Lets every name that modifies people or a body take the phrase up to that noun (A3)."""
    for mention in list(page.mentions()):
        if page.at(mention.first) is mention:
            _grow(page, mention)


def _grow(page: Passage, mention: Mention) -> None:
    tokens = page.tokens
    words = tokens.words
    first, index = mention.first, mention.last
    source = mention
    if (
        tokens.low(index) == "("
        and tokens.low(index + 2) == ")"
        and _hyphen(page, index + 3)
        and page.at(index + 1) is not None
    ):
        # "Rapid Support Forces (RSF)-allied militias": X is the name next to the tie
        source = page.at(index + 1) or mention
        index += 3
        if (
            mention.sort == "actor"
            and (lead := page.at(first - 1)) is not None
            and lead.sort in ("adjective", "state")
            and lead.last == first
        ):
            first = lead.first
    tie = ""
    if _hyphen(page, index):
        other = page.at(index + 1)
        if other is not None and other.sort == mention.sort == "person" and tokens.low(other.last) in _PERSON_HEADS:
            index = other.last  # "Biden-Harris Administration"
        elif tokens.classes(index + 1) & {"ties", "compounds", "armed", "modifiers"} and tokens.joined(index + 1):
            tie = tokens.low(index + 1)
            index += 2
        else:
            return  # "Israel-Hamas": two parties
    tied = bool(tie) and "ties" in tokens.classes(index - 1)
    if first >= 2 and tokens.joined(first) and words[first - 1].hyphen and tokens.low(first - 2) == "pro":
        first -= 2
        tied = True
    if page.possessive(index):
        return
    if mention.sort == "person" and not tie and tokens.low(index) not in _PERSON_HEADS:
        return
    if mention.sort == "capital" and not tie and tokens.low(index) not in _CAPITAL_HEADS:
        return
    last, head, named = _run(page, mention, index, bool(tie) or tied)
    if last <= index or (head < 0 and named is None):
        return
    if mention.sort == "place" and not tie and not _place_modifies(page, index, head):
        return
    grown = Mention(first, last, "actor", label="ACTOR")
    if named is not None:
        grown.actor, grown.id, grown.kind = named.actor, named.id, named.kind
    else:
        tied = (
            tied or tokens.low(head) in _TIES_BY_NOUN or any(tokens.low(i) in _TIES_BY_NOUN for i in range(index, head))
        )
        ActorResolver(page, grown, source, index, head).name(tied=tied)
    page.add(grown)


def _hyphen(page: Passage, index: int) -> bool:
    return 0 <= index < len(page.tokens) and page.tokens.words[index].hyphen and page.tokens.joined(index)


def _place_modifies(page: Passage, index: int, head: int) -> bool:
    """Whether a place and a head noun are one phrase: not where the noun only stands there."""
    low = page.tokens.low(head)
    return low not in ("hospital", "hospitals", "court", "courts", "university", "embassy", "embassies")


def _run(page: Passage, mention: Mention, index: int, tied: bool) -> tuple[int, int, Mention | None]:
    """Where the phrase behind a modifier ends: the index behind it, its head's index, or the group named in it."""
    tokens = page.tokens
    words = tokens.words
    last, head = index, -1
    named: Mention | None = None
    at = index
    while at < len(words) and at - index < 8 and tokens.same_sentence(mention.first, at) and not page.blocked[at]:
        word = words[at]
        owner = page.owner[at]
        if owner is not None:
            if owner.sort == "actor" and _runs_into(mention, owner, tied=tied, head=head >= 0):
                named, last, at = owner, owner.last, owner.last
                continue
            if owner.sort == "adjective" and tied and head < 0:
                at = owner.last  # "Saudi-backed Yemeni government"
                continue
            break
        if word.hyphen and tokens.joined(at) and tokens.joined(at + 1):
            if not (tokens.classes(at - 1) | tokens.classes(at + 1)) & {
                "modifiers",
                "ties",
                "compounds",
                "armed",
                "direction",
            }:
                break
        elif word.classes & HEADS_OF_PHRASES and _is_head(page, at, head):
            head, last = at, at + 1
        elif "modifiers" not in word.classes or (page.at(at + 1) is not None and page.at(at + 1).sort == "person"):  # type: ignore[union-attr]
            break
        at += 1
    if named is not None:
        head = -1
    return last, head, named


def _runs_into(mention: Mention, owner: Mention, *, tied: bool, head: bool) -> bool:
    """Whether a modifier runs on into a group's own name: "Rwandan-backed M23", "Iranian-backed militia X"."""
    armed = owner.actor is not None and owner.actor.kind == "armed_group"
    return tied or (head and mention.sort in ("adjective", "state") and armed)


def _is_head(page: Passage, at: int, head: int) -> bool:
    """Whether a noun for people or a body is the phrase's head, or a part of it, where it stands."""
    tokens = page.tokens
    low = tokens.low(at)
    person = page.at(at + 1)
    if person is not None and person.sort == "person" and not low.endswith("s") and not page.possessive(at + 1):
        return False  # "VDP recruit Issouf Zerbo": a title
    if tokens.words[at].capital and "titles" in tokens.classes(at + 1) and tokens.same_sentence(at, at + 1):
        return False  # "Israeli National Security Advisor"
    if low in _ADJECTIVE_HEADS and _noun_follows(page, at + 1):
        return False
    plural = head >= 0 and tokens.low(head).endswith(("s", "men", "people"))
    return not (plural and low in _VERB_HEADS)


def _noun_follows(page: Passage, index: int) -> bool:
    tokens = page.tokens
    if index >= len(tokens) or not tokens.same_sentence(index - 1, index) or page.owner[index] is not None:
        return False
    word = tokens.words[index]
    plain = word.text[0].isalpha() and not word.capital and not word.name_like
    return (
        plain
        and word.low not in _AFTER_NOUNS
        and not word.classes & {"acting", "speech", "moving", "adverbs", "locative"}
    )
