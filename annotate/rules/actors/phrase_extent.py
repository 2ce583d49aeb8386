"""A3: how far a phrase goes that starts with a name: through modifiers to its head, or on into the name of a group."""

from __future__ import annotations

from dataclasses import dataclass

from ..passage import Mention, Passage
from ..word_lists import class_names, word_list, word_sequence
from .noun_modifiers import HEADS_OF_PHRASES, is_adjective, is_plain_modifier

_PLURAL_ENDINGS = word_sequence("plural_endings")
_ADJECTIVE_HEADS = word_list("adjective_heads")
_VERB_HEADS = word_list("verb_heads")
_AFTER_NOUNS = word_list("after_nouns")
_MAX_LENGTH = 8
_MAX_PLAIN_MODIFIERS = 2
_JOINED = class_names("ties", "compounds", "armed", "modifiers", "direction")
_PERSONS = class_names("people", "officials")
_NAMED_HEADS = class_names("groups", "bodies")
_NATIONALITIES = ("adjective", "state")
_NAMED_KINDS = ("armed_group", "media", "organization")
_CLASSES_OF_NO_NOUN = class_names("acting", "speech", "moving", "adverbs", "locative")


@dataclass(slots=True)
class PhraseExtent:
    """How far a phrase goes.

    Attributes:
        last: The index after its last word.
        head: The index of its head; -1 if it has none.
        group: The group whose name ends it: "Rwandan-backed M23".
        nearest: The nationality next to the head, where several precede it: "Syrian Kurdish forces".
        plain: The number of modifiers that no list has.
        any_noun: Whether any noun may be a modifier, because no verb may follow the name.
    """

    last: int
    head: int = -1
    group: Mention | None = None
    nearest: Mention | None = None
    plain: int = 0
    any_noun: bool = False


def phrase_extent(passage: Passage, mention: Mention, index: int, *, tied: bool) -> PhraseExtent:
    """Return how far the phrase goes that a name starts.

    Args:
        passage: The passage of the name.
        mention: The name.
        index: The index of the first word after the name and what a hyphen joins to it.
        tied: Whether a hyphen joins a word such as "backed" to it.
    """
    tokens = passage.tokens
    extent = PhraseExtent(index, any_noun=tied or mention.name_kind == "adjective")
    position = index
    while (
        position - index < _MAX_LENGTH
        and tokens.same_sentence(mention.first, position)
        and not passage.blocked[position]
    ):
        owner = passage.owners[position]
        if owner is None:
            if not _includes_word(passage, mention, extent, position):
                break
            position += 1
        elif _includes_group(passage, mention, owner, extent, position, tied=tied):
            extent.group, extent.last, position = owner, owner.last, owner.last
        elif _includes_nationality(mention, owner, extent, tied=tied):
            extent.nearest, extent.any_noun, position = owner, True, owner.last
        else:
            break
    if extent.group is not None:
        extent.head = -1
    return extent


def _includes_word(passage: Passage, mention: Mention, extent: PhraseExtent, index: int) -> bool:
    """Check whether a word is in a phrase, as a head, which becomes that of the phrase, or as a modifier."""
    if _is_head_of(passage, index, extent.head):
        extent.head, extent.last = index, index + 1
        return True
    if _may_be_before_head(passage, index):
        return True
    extent.plain += 1
    free = extent.head < 0 or _is_head_of_compound(passage, extent.head, index)
    any_noun = extent.any_noun or extent.head >= 0 or _is_before_person(passage, mention, index)
    return free and extent.plain <= _MAX_PLAIN_MODIFIERS and _may_modify_head(passage, index, any_noun=any_noun)


def _includes_nationality(mention: Mention, owner: Mention, extent: PhraseExtent, *, tied: bool) -> bool:
    """Check whether a nationality is in a phrase: "Saudi-backed Yemeni government", "Syrian Kurdish forces"."""
    if owner.name_kind != "adjective" or extent.head >= 0:
        return False
    return tied or _follows_nationality(mention, owner, extent)


def _follows_nationality(mention: Mention, owner: Mention, extent: PhraseExtent) -> bool:
    """Check whether a nationality follows another directly: "Syrian Kurdish forces"."""
    before = extent.nearest or mention
    return before.name_kind in _NATIONALITIES and before.last == owner.first


def _is_head_of_compound(passage: Passage, head: int, index: int) -> bool:
    """Check whether a body and the noun after it modify a noun for people: "the US military base employee"."""
    tokens = passage.tokens
    singular = not tokens.lower(head).endswith(_PLURAL_ENDINGS)
    return singular and tokens.same_sentence(head, index + 1) and bool(tokens.classes(index + 1) & _PERSONS)


def _is_inner_hyphen(passage: Passage, index: int) -> bool:
    tokens = passage.tokens
    return tokens.words[index].hyphen and tokens.is_joined(index) and tokens.is_joined(index + 1)


def _is_head_of(passage: Passage, index: int, head: int) -> bool:
    tokens = passage.tokens
    if tokens.lower(index) in ("tank", "tanks") and tokens.lower(index - 1) == "think":
        return True
    heads = tokens.words[index].classes & HEADS_OF_PHRASES
    return bool(heads) and not _is_inner_hyphen(passage, index) and _is_head(passage, index, head)


def _may_be_before_head(passage: Passage, index: int) -> bool:
    """Check whether a word known as a modifier, or a hyphen between two, may be between a name and the head."""
    tokens = passage.tokens
    if _is_inner_hyphen(passage, index):
        return bool((tokens.classes(index - 1) | tokens.classes(index + 1)) & _JOINED)
    if _is_inner_hyphen(passage, index - 1) and tokens.classes(index) & _JOINED:
        return True  # "state-run"
    return "modifiers" in tokens.words[index].classes and not _is_person(passage.mention_at(index + 1))


def _may_modify_head(passage: Passage, index: int, *, any_noun: bool) -> bool:
    """Check whether any other word may be between a name and the head: a noun only where no verb may be."""
    word = passage.tokens.words[index]
    return is_plain_modifier(word) if any_noun else is_adjective(word)


def _is_before_person(passage: Passage, mention: Mention, index: int) -> bool:
    """Check whether a word is between an organisation and a noun for one person: "US military base employee"."""
    tokens = passage.tokens
    if mention.name_kind != "actor" or not tokens.same_sentence(index, index + 1):
        return False
    person = tokens.words[index + 1]
    return bool(person.classes & _PERSONS) and not person.lower.endswith(_PLURAL_ENDINGS)


def _is_person(mention: Mention | None) -> bool:
    return mention is not None and mention.name_kind == "person"


def _includes_group(
    passage: Passage, mention: Mention, owner: Mention, extent: PhraseExtent, position: int, *, tied: bool
) -> bool:
    """Check whether a phrase includes the name of a group: "Rwandan-backed M23", "Turkish broadcaster NTV"."""
    if owner.name_kind != "actor":
        return False
    if tied:
        return True
    kind = owner.actor.kind if owner.actor is not None else owner.kind
    if extent.head < 0 or kind not in _NAMED_KINDS or mention.name_kind not in (*_NATIONALITIES, "place"):
        return False
    tokens = passage.tokens
    named = bool(tokens.classes(extent.head) & _NAMED_HEADS) and not tokens.lower(extent.head).endswith("s")
    return kind == "armed_group" if not named else extent.head == position - 1


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
    plain = word.text[0].isalpha() and not word.capital and not word.name_like and not word.lower.endswith("ed")
    return plain and word.lower not in _AFTER_NOUNS and not word.classes & _CLASSES_OF_NO_NOUN
