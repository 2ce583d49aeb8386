"""Tagging schemes for tokens: detection of the scheme that a file uses, and strict decoding of its tags.

IOB2 begins every entity with B. IOB1 (CoNLL-2003 as published) has B only between two adjacent entities of one label.
BILOU and BIOES also mark the last token of an entity, and entities of a single token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ....schema import DataError, Problem

_TAG = re.compile(r"O|([BIESLU])-(.+)")
_OUTSIDE = ("O", "")


class Entity(NamedTuple):
    """Tokens `[first, end)` of a sentence under one label."""

    first: int
    end: int
    label: str


def parse_tag(tag: str) -> tuple[str, str]:
    """Split a tag into its letter and label; the label of `O` is empty.

    Raises:
        DataError: The tag is invalid.
    """
    match = _TAG.fullmatch(tag)
    if match is None:
        fix = "the last column must be O, or one of B, I, E, S, L and U with a label, as in B-PER"
        raise DataError(Problem(f"{tag!r} is not a valid tag", fix))
    return (match[1], match[2]) if match[1] else _OUTSIDE


def is_tag(tag: str) -> bool:
    """Return whether a column is a valid tag."""
    return _TAG.fullmatch(tag) is not None


@dataclass(slots=True)
class TagSchemeDetector:
    """Detects the tagging scheme of a file from all of its tags.

    Attributes:
        letters: Letters that occur.
        has_iob2_begin: Whether a B occurs where IOB1 has none: not directly after an entity of the same label.
    """

    letters: set[str] = field(default_factory=set)
    has_iob2_begin: bool = False
    _previous_label: str = ""

    def add(self, letter: str, label: str) -> None:
        """Add the tag of a token."""
        self.letters.add(letter)
        self.has_iob2_begin |= letter == "B" and label != self._previous_label
        self._previous_label = label

    def end_sentence(self) -> None:
        """Add the end of a sentence."""
        self._previous_label = ""

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


class TagError(DataError):
    """A tag that its scheme does not allow at its position.

    Attributes:
        token: Index of the token in the sentence.
    """

    def __init__(self, token: int, message: str, fix: str) -> None:
        super().__init__(Problem(message, fix))
        self.token = token


def decode_entities(tags: list[tuple[str, str]], scheme: str) -> list[Entity]:
    """Return the entities of a sentence.

    Args:
        tags: Letter and label of each token.
        scheme: A scheme as `TagSchemeDetector.scheme` names it.

    Raises:
        TagError: The tags violate the scheme.
    """
    marks_last = scheme in ("BILOU", "BIOES")
    last = "L" if scheme == "BILOU" else "E"
    entities: list[Entity] = []
    first, open_label = 0, ""
    for index, (letter, label) in enumerate([*tags, _OUTSIDE]):
        continues = letter in ("I", last) and label == open_label
        if continues:
            if letter == last:
                entities.append(Entity(first, index + 1, label))
                open_label = ""
            continue
        if open_label:
            if marks_last:
                raise _unterminated(index, tags, open_label, last)
            entities.append(Entity(first, index, open_label))
            open_label = ""
        if letter in ("U", "S"):
            entities.append(Entity(index, index + 1, label))
        elif letter == "B" or (letter == "I" and scheme == "IOB1"):
            first, open_label = index, label
        elif letter != "O":
            raise TagError(index, f"{letter}-{label} does not continue an entity ({scheme})", f"begin with B-{label}")
    return entities


def _unterminated(index: int, tags: list[tuple[str, str]], label: str, last: str) -> TagError:
    message = f"an entity of {label} ends without {last}-{label}"
    return TagError(min(index, len(tags) - 1), message, f"end an entity of several tokens with {last}-{label}")
