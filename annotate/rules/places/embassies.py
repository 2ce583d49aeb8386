"""Embassies and consulates with the country that they are of: "the Turkish embassy", "the US Consulate General"."""

from __future__ import annotations

from ..passage import Mention, Passage
from ..word_lists import word_list

_HEADS = word_list("embassy_heads")
_AFTER_HEADS = word_list("after_embassies")
_BETWEEN = word_list("within_embassies")


def find_embassies(passage: Passage) -> None:
    """Find embassies and consulates, each one span that is an actor or a place as its context has it."""
    tokens = passage.tokens
    for head in passage.indices(_HEADS):
        word = tokens.words[head]
        if passage.blocked[head]:
            continue
        if word.capital and _add_embassy_of(passage, head):
            continue
        position = head - 1
        while position >= 0 and tokens.lower(position) in _BETWEEN:
            position -= 1
        state = passage.mention_at(position)
        if state is None or state.name_kind not in ("state", "adjective") or not tokens.same_sentence(position, head):
            continue
        last = head + 1
        if last < len(tokens) and tokens.lower(last) in _AFTER_HEADS and tokens.same_sentence(head, last):
            last += 1
        passage.add(Mention(state.first, last, "actor", actor=state.actor, place_kind="facility"))


def _add_embassy_of(passage: Passage, head: int) -> bool:
    """Add "Embassy of the Netherlands", if the country of an embassy follows its noun."""
    tokens = passage.tokens
    position = head + 1 + (tokens.lower(head + 1) in _AFTER_HEADS)
    if tokens.lower(position) != "of":
        return False
    position += 2 if tokens.lower(position + 1) == "the" else 1
    state = passage.mention_at(position)
    if state is None or state.name_kind != "state" or not tokens.same_sentence(head, position):
        return False
    passage.add(Mention(head, state.last, "actor", actor=state.actor, place_kind="facility"))
    return True
