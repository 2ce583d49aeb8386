"""What becomes of tags that do not follow their scheme."""

from __future__ import annotations

from collections.abc import Sequence

from ....schema import DataError, Problem, UsageError, did_you_mean
from .tag_schemes import OUTSIDE, Entity, IllFormed, Tag, decode_entities

REPAIRS = {
    "none": "they are refused",
    "conlleval": "as conlleval and seqeval count them",
    "discard": "as O",
}
"""What may become of ill-formed tags."""

REPAIR_FIX = "or choose how they are read with `repair` (conlleval: an entity begins there; discard: as O)"


def require_repair(rule: str) -> str:
    """Return the name of a rule, by default `none`.

    Raises:
        UsageError: There is no such rule.
    """
    if rule and rule not in REPAIRS:
        raise UsageError(f"unknown rule {rule!r} for `repair`. Fix: {did_you_mean(rule, list(REPAIRS))}")
    return rule or "none"


def decode_tags(tags: Sequence[Tag], scheme: str, repair: str) -> tuple[list[Entity], list[IllFormed]]:
    """Return the entities of a sentence, and its ill-formed chunks.

    Args:
        tags: Letter and label of each token.
        scheme: Name of the tagging scheme.
        repair: Name of a rule. Without repair and with `discard`, the ill-formed chunks are no entities.
    """
    entities, faults = decode_entities(tags, scheme)
    if faults and repair == "conlleval":
        return conlleval_entities(tags), faults
    return entities, faults


def conlleval_entities(tags: Sequence[Tag]) -> list[Entity]:
    """Return the entities that conlleval and seqeval by default find in any sequence of tags.

    They know the letters B, I, E and S; L and U are taken for E and S.
    """
    entities = []
    first = 0
    previous, previous_label = OUTSIDE
    for index, (letter, label) in enumerate([*tags, OUTSIDE]):
        letter = {"L": "E", "U": "S"}.get(letter, letter)
        other = label != previous_label
        if previous and (previous in "ES" or letter in ("", "B", "S") or other):
            entities.append(Entity(first, index, previous_label))
        if letter and (letter in "BS" or not previous or previous in "ES" or other):
            first = index
        previous, previous_label = letter, label
    return entities


def require_entities(tags: Sequence[Tag], scheme: str, repair: str) -> tuple[list[Entity], int]:
    """Return the entities of a sentence, and the number of its ill-formed chunks.

    Args:
        tags: Letter and label of each token.
        scheme: Name of the tagging scheme.
        repair: Name of a rule.

    Raises:
        DataError: There are ill-formed chunks, and no rule for them; all are reported.
    """
    entities, faults = decode_tags(tags, scheme, repair)
    if faults and repair == "none":
        problems = [Problem(f"token {fault.token}: {fault.what}", f"{fault.fix}, {REPAIR_FIX}") for fault in faults]
        raise DataError(problems)
    return entities, len(faults)
