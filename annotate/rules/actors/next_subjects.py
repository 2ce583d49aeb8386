"""Where a place at the start of a sentence ends and its subject begins: "In Mosul police fled"."""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import class_names, word_list, word_sequence

_LOCATIVES = word_list("opening_locatives")
_JOINTS = word_list("list_joints")
_SHORT_VERBS = word_list("short_verbs", "passive_auxiliaries", "perfects_of_places")
_PLURAL_ENDINGS = word_sequence("plural_endings")
_VERBS = class_names("acting", "speech", "moving", "striking")
_PLACES = ("place", "capital", "state")


def starts_next_subject(passage: Passage, mention: Mention, last: int) -> bool:
    """Check whether a place ends a locative, and the noun for people after it, which ends before `last`, has a verb.

    Examples are "In Kabul and Herat women marched" and "In Cairo officials denied it", but not "In the Kabul police".
    """
    tokens = passage.tokens
    noun = tokens.lower(last - 1)
    if mention.name_kind not in _PLACES or not (noun.endswith(_PLURAL_ENDINGS) or noun == "police"):
        return False
    if tokens.words[last - 1].capital or not tokens.same_sentence(mention.first, last):
        return False
    return _is_finite_verb(passage, last) and _ends_opening_locative(passage, mention)


def _is_finite_verb(passage: Passage, index: int) -> bool:
    word = passage.tokens.words[index]
    if word.capital or passage.owners[index] is not None or not word.text.isalpha():
        return False
    return word.lower.endswith("ed") or word.lower in _SHORT_VERBS or not word.classes.isdisjoint(_VERBS)


def _ends_opening_locative(passage: Passage, mention: Mention) -> bool:
    """Check whether only other places are between a name and a preposition of place that starts its sentence."""
    tokens, position = passage.tokens, mention.first - 1
    while position > 0 and tokens.same_sentence(position, mention.first):
        other = passage.mention_at(position)
        if other is not None and other.name_kind in _PLACES:
            position = other.first - 1
        elif tokens.lower(position) in _JOINTS:
            position -= 1
        else:
            break
    opening = tokens.same_sentence(position, mention.first) and tokens.starts_sentence(position)
    return opening and tokens.lower(position) in _LOCATIVES
