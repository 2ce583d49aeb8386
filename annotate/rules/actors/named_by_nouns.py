"""Unknown names that a noun beside them makes organisations: "the drone maker X", "X newspaper", "the platform X"."""

from __future__ import annotations

from ..known_names import slug
from ..passage import Mention, Passage
from ..places.place_cues import is_unknown_name
from ..word_lists import word_groups, word_list
from .organisation_tails import NAME_CLASSES

_INTRODUCING = word_groups("introducing_nouns")
_COMPLETING = word_groups("completing_nouns")
_NOUNS = frozenset((*_INTRODUCING, *_COMPLETING))
_ARMED_MODIFIERS = word_list("armed_modifiers")
_BETWEEN = word_list("between_name_and_noun")
_BEFORE_PLATFORMS = word_list("before_platforms")
_AFTER_PLATFORMS = word_list("after_platforms")
_DOMAINS = word_list("web_domains")
_MAX_LENGTH = 4


def find_names_by_nouns(passage: Passage) -> None:
    """Find organisations by the noun before or after their name, websites by their domain, and the platform X."""
    for index in passage.indices(_NOUNS, capitals=True):
        word = passage.tokens.words[index]
        if word.capital:
            if "." in word.text and passage.owners[index] is None and not passage.blocked[index]:
                _find_website(passage, index)
            elif word.text == "X":
                _find_platform(passage, index)
        if word.lower in _NOUNS:
            if word.lower in _INTRODUCING and not word.capital:
                _find_after_noun(passage, index)
            if word.lower in _COMPLETING and not word.capital and passage.owners[index] is None:
                _find_before_noun(passage, index)


def _find_website(passage: Passage, index: int) -> None:
    """Find a website or the digital edition of a medium: "Reuters.com"."""
    text = passage.tokens.words[index].text
    name, _, domain = text.partition(".")
    if domain not in _DOMAINS or not name.isalnum():
        return
    actor = next((a for a in passage.lexicon.actors.find(name) if a.kind in ("media", "organization")), None)
    passage.add(Mention(index, index + 1, "actor", actor=actor, id=slug(text.replace(".", "-")), kind="media"))


def _find_platform(passage: Passage, index: int) -> None:
    """Find the platform X, whose name is a letter, by the words beside it: "on X", "his X account"."""
    tokens = passage.tokens
    before = tokens.lower(index - 1) if tokens.same_sentence(index - 1, index) else ""
    after = tokens.lower(index + 1) if tokens.same_sentence(index, index + 1) else ""
    if index + 1 < len(tokens) and (tokens.words[index + 1].hyphen or tokens.words[index + 1].name_like):
        return
    if before in _BEFORE_PLATFORMS or after in _AFTER_PLATFORMS:
        actor = passage.lexicon.actors.get("twitter")
        passage.add(Mention(index, index + 1, "actor", actor=actor, id="twitter", kind="organization"))


def _find_after_noun(passage: Passage, noun: int) -> None:
    """Find the unknown name after a noun: "the newspaper X", "rights group Y", "its state news agency, Z,"."""
    tokens = passage.tokens
    comma = tokens.lower(noun + 1) == ","
    first = noun + 2 if comma else noun + 1
    last = first
    while last < first + _MAX_LENGTH and tokens.same_sentence(noun, last) and _is_free_name(passage, last, first=first):
        last = passage.name_end(last)
    if last == first or passage.mention_at(last) is not None:
        return
    following = tokens.words[last] if tokens.same_sentence(noun, last) else None
    if following is not None and (following.capital or following.hyphen):
        return  # part of a longer name
    if comma and (following is None or following.text != ","):
        return
    armed = tokens.lower(noun - 1) in _ARMED_MODIFIERS
    kind = "armed_group" if armed else _INTRODUCING[tokens.lower(noun)]
    if tokens.lower(noun - 1) == "news":
        kind = "media"
    passage.add(Mention(first, last, "actor", id=slug(passage.surface(first, last)), kind=kind))


def _find_before_noun(passage: Passage, noun: int) -> None:
    """Find the unknown name that a noun completes: "X newspaper", "the Y militia"."""
    tokens = passage.tokens
    last = noun
    while last > 0 and tokens.lower(last - 1) in _BETWEEN and not tokens.words[last - 1].capital:
        last -= 1
    first = last
    earliest = max(0, last - _MAX_LENGTH)
    while (
        first > earliest
        and tokens.same_sentence(first - 1, noun)
        and _is_free_name(passage, first - 1, first=first - 1)
    ):
        first -= 1
    if first == last or tokens.starts_sentence(first):
        return
    if first and (passage.owners[first - 1] is not None or tokens.words[first - 1].hyphen):
        return
    kind = "media" if tokens.lower(last) == "news" else _COMPLETING[tokens.lower(noun)]
    passage.add(Mention(first, noun + 1, "actor", id=slug(passage.surface(first, last)), kind=kind))


def _is_free_name(passage: Passage, index: int, *, first: int) -> bool:
    """Check whether a word belongs to no mention and may be in the name that starts at an index."""
    word = passage.tokens.words[index]
    further = index > first
    owner = passage.owners[index]
    return (
        (owner is None or (further and owner.weak))
        and (word.name_like or (further and word.capital and bool(word.classes & NAME_CLASSES)))
        and is_unknown_name(passage, index)
        and not passage.tokens.headline[passage.tokens.sentence[index]]
    )
