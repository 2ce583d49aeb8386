"""Columns of brackets, as of CoNLL-2012: `(PERSON*`, `*`, `*)` and `(GPE)`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .tag_schemes import Entity, IllFormed

_STEP = re.compile(r"\(([^()*\s]+)|(\))")


def decode_brackets(cells: Sequence[str]) -> tuple[list[Entity], list[IllFormed]]:
    """Return the entities of a sentence, and the brackets without their counterpart.

    Args:
        cells: The brackets of each token.
    """
    entities: list[Entity] = []
    faults: list[IllFormed] = []
    opened: list[tuple[int, str]] = []
    for index, cell in enumerate(cells):
        for step in _STEP.finditer(cell):
            if step[1]:
                opened.append((index, step[1]))
            elif opened:
                first, label = opened.pop()
                entities.append(Entity(first, index + 1, label))
            else:
                faults.append(IllFormed(index, f"{cell!r} closes what was not opened", "add the bracket that opens it"))
    faults += [
        IllFormed(n, f"the bracket of {label} is not closed", "add `*)` to its last token") for n, label in opened
    ]
    return sorted(entities), faults
