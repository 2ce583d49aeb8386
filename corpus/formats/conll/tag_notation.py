"""How a file writes its tags: `B-PER`, `B_PER`, `b-per`, `PER-B`, or `B` alone.

A notation is taken only if all tags of the file are in it, so that one odd tag is never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from ....schema import DataError, Problem

UNLABELLED = "_"
"""The label of tags that are a letter alone."""

PLACEHOLDER = "_"
"""What columns may hold instead of O."""

_ONE_OF_SEVERAL = re.compile(r"[|;,+][BIESLUMWbieslumw][-_:]")


@dataclass(frozen=True, slots=True)
class TagNotation:
    """A way to write tags.

    Attributes:
        name: An example.
        pattern: What its tags match, with the groups `letter` and `label`; neither is there for O.
    """

    name: str
    pattern: re.Pattern[str]

    def split(self, tag: str) -> tuple[str, str] | None:
        """Return the letter of a tag in upper case and its label, both empty for O; None for no such tag."""
        match = self.pattern.fullmatch(tag)
        if match is None:
            return ("", "") if tag == PLACEHOLDER else None
        letter = match["letter"]
        if letter is None:
            return "", ""
        label = match["label"] if "label" in self.pattern.groupindex else UNLABELLED
        if _ONE_OF_SEVERAL.search(label):
            return None
        return _SAME.get(letter.upper(), letter.upper()), label


_SAME = {"M": "I", "W": "S"}  # of BMES and BMEWO, which are other letters for BIOES


def _notation(name: str, pattern: str) -> TagNotation:
    return TagNotation(name, re.compile(pattern))


CANONICAL = _notation("B-PER", r"O|(?P<letter>[BIESLU])-(?P<label>.*\S)")
NOTATIONS = (
    CANONICAL,
    *(
        _notation(example, rf"[Oo]|(?P<letter>[BIESLUMWbieslumw]){separator}(?P<label>.*\S)")
        for example, separator in (("b-per or M-PER", "-"), ("B_PER", "_"), ("B:PER", ":"), ("B–PER", "–"))
    ),
    *(
        _notation(example, rf"[Oo]|(?P<label>\S.*){separator}(?P<letter>[BIESLUMWbieslumw])")
        for example, separator in (("PER-B", "-"), ("PER_B", "_"))
    ),
    _notation("B alone", r"O|(?P<letter>[BIESLUMW])"),
)
"""The notations, the surest first."""


def fitting_notation(tags: Collection[str]) -> TagNotation | None:
    """Return the notation that all tags of a column are in; None if there is none.

    Args:
        tags: The different values of the column.
    """
    values = {tag.strip() for tag in tags}
    if values <= {PLACEHOLDER}:
        return None
    for notation in NOTATIONS:
        if all(map(notation.split, values)) and (notation is CANONICAL or _is_certain(values, notation)):
            return notation
    return None


def _is_certain(values: set[str], notation: TagNotation) -> bool:
    """Return whether values are tags and not words that look like them."""
    written = {match["letter"] for value in values if (match := notation.pattern.fullmatch(value)) and match["letter"]}
    letters = set(map(str.upper, written))
    if letters & {"M", "W"} and (letters & {"I", "L", "U"} or not letters & {"E", "S"} or {"W", "S"} <= letters):
        return False
    is_outside = bool(values & {"O", "o"})
    return is_outside if notation.name != "B alone" else is_outside and "B" in letters


def invalid_tag(tag: str, notation: TagNotation) -> DataError:
    """Return the error about a value that is not a tag."""
    if not tag.strip():
        return DataError(Problem("the tag is empty", "write O, or a tag as in B-PER"))
    if _ONE_OF_SEVERAL.search(tag):
        return DataError(Problem(f"{tag!r} is several tags", "give each layer of tags its own column"))
    fix = f"the column of tags must be O, or one of B, I, E, S, L and U with a label, as in {notation.name}"
    fix += "; or name the column of tags with `columns`"
    return DataError(Problem(f"{tag!r} is not a valid tag", fix))


def parse_tag(tag: str) -> tuple[str, str]:
    """Split a tag such as B-PER into its letter and label, both empty for O.

    Raises:
        DataError: It is no such tag.
    """
    parsed = CANONICAL.split(tag)
    if parsed is None:
        raise invalid_tag(tag, CANONICAL)
    return parsed
