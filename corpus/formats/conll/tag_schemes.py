"""Tagging schemes for tokens: detection of the scheme that a file uses, and decoding of its tags.

IOB2 begins every entity with B. IOB1 (CoNLL-2003 as published) has B only between two adjacent entities of one label.
BILOU and BIOES also mark the last token of an entity, and entities of a single token. CoNLL-2012 has brackets instead:
`(PERSON*`, `*`, `*)` and `(GPE)`.

A tag is a pair of a letter and a label, both empty outside of entities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ....schema import DataError, Problem

Tag = tuple[str, str]
"""Letter and label; both are empty outside of entities."""

_BRACKET = re.compile(r"\(([^()*\s]+)|(\))")

OUTSIDE = ("", "")


SCHEME_LETTERS = {
    "IOB1": frozenset("BI"),
    "IOB2": frozenset("BI"),
    "BIOES": frozenset("BIES"),
    "BILOU": frozenset("BILU"),
}
"""The letters of each scheme."""


class Entity(NamedTuple):
    """Tokens `[first, end)` of a sentence under one label."""

    first: int
    end: int
    label: str


class IllFormed(NamedTuple):
    """A chunk that its scheme does not allow.

    Attributes:
        token: Index of the token at which it is seen.
        what: What is wrong.
        fix: How to write it.
    """

    token: int
    what: str
    fix: str


@dataclass(slots=True)
class TagSchemeDetector:
    """Detects the tagging scheme of a file from all of its tags.

    Attributes:
        letters: Letters that occur.
        has_iob2_begin: Whether a B occurs where IOB1 has none: not directly after an entity of the same label.
    """

    letters: set[str] = field(default_factory=set)
    has_iob2_begin: bool = False

    def add_sentence(self, tags: Sequence[Tag]) -> None:
        """Add the tags of a sentence."""
        previous = ""
        for letter, label in tags:
            self.letters.add(letter)
            if letter == "B" and label != previous:
                self.has_iob2_begin = True
            previous = label

    @property
    def is_certain(self) -> bool:
        """Whether no further tag of the scheme could tell another one."""
        return self.has_iob2_begin or bool(self.letters & set("ESLU"))

    def scheme(self, *, assume_iob2: bool) -> str:
        """Return `IOB1`, `IOB2`, `BILOU` or `BIOES`.

        Args:
            assume_iob2: Whether a file with no letters but B, I and O is IOB2 by its name or origin.

        Raises:
            DataError: Letters of two schemes occur.
        """
        bilou, bioes = self.letters & {"L", "U"}, self.letters & {"E", "S"}
        if bilou and bioes:
            letters = ", ".join(sorted(bilou | bioes))
            raise DataError(Problem(f"BILOU and BIOES tags are mixed: {letters}", "convert them to one scheme"))
        if bilou or bioes:
            return "BILOU" if bilou else "BIOES"
        return "IOB2" if assume_iob2 or self.has_iob2_begin else "IOB1"


def decode_entities(tags: Sequence[Tag], scheme: str) -> tuple[list[Entity], list[IllFormed]]:
    """Return the entities of a sentence, and the chunks that the scheme does not allow.

    Args:
        tags: Letter and label of each token.
        scheme: A scheme as `TagSchemeDetector.scheme` names it.
    """
    marks_last = scheme in ("BILOU", "BIOES")
    last = "L" if scheme == "BILOU" else "E"
    entities: list[Entity] = []
    faults: list[IllFormed] = []
    first, open_label, orphan, expected = 0, "", "", 0
    inside = [index for index, tag in enumerate(tags) if tag is not OUTSIDE and tag[0]]
    for index in [*inside, len(tags) + 1]:
        letter, label = tags[index] if index < len(tags) else OUTSIDE
        if index == expected and letter in ("I", last) and label in (open_label, orphan):  # it goes on
            expected += 1
            if letter == last:
                if open_label:
                    entities.append(Entity(first, index + 1, label))
                open_label = orphan = ""
            continue
        if open_label:
            if marks_last:
                faults.append(_unterminated(min(expected, len(tags) - 1), open_label, last))
            else:
                entities.append(Entity(first, expected, open_label))
        open_label = orphan = ""
        expected = index + 1
        if letter in ("U", "S"):
            entities.append(Entity(index, index + 1, label))
        elif letter == "B" or (letter == "I" and scheme == "IOB1"):
            first, open_label = index, label
        elif letter:
            what = f"{letter}-{label} does not continue an entity ({scheme})"
            faults.append(IllFormed(index, what, f"begin with B-{label}"))
            orphan = "" if letter == last else label
    return entities, faults


def _unterminated(index: int, label: str, last: str) -> IllFormed:
    what = f"an entity of {label} ends without {last}-{label}"
    return IllFormed(index, what, f"end an entity of several tokens with {last}-{label}")


def decode_brackets(cells: Sequence[str]) -> tuple[list[Entity], list[IllFormed]]:
    """Return the entities of a sentence, and the brackets without their counterpart.

    Args:
        cells: The brackets of each token.
    """
    entities: list[Entity] = []
    faults: list[IllFormed] = []
    opened: list[tuple[int, str]] = []
    for index, cell in enumerate(cells):
        for step in _BRACKET.finditer(cell):
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
