"""Tags of tokens: the schemes that are in use, told apart and read strictly.

IOB2 begins every entity with B. IOB1 (CoNLL-2003 as published) has B only between two entities of one label that touch.
BILOU and BIOES also mark the last token of an entity and the only one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from ....schema import DataError, Problem

_TAG = re.compile(r"O|([BIESLU])-(.+)")
_OUTSIDE = ("O", "")


class Entity(NamedTuple):
    """Tokens `[first, beyond)` of a sentence under one label."""

    first: int
    beyond: int
    label: str


def parse_tag(tag: str) -> tuple[str, str]:
    """The letter and label of a tag; the label of `O` is empty.

    Raises:
        DataError: It is no tag.
    """
    found = _TAG.fullmatch(tag)
    if found is None:
        raise DataError(Problem(f"{tag!r} is no tag", "the last column holds O, or a letter of BIESLU as in B-PER"))
    return (found[1], found[2]) if found[1] else _OUTSIDE


def is_tag(tag: str) -> bool:
    """Whether a column holds a tag."""
    return _TAG.fullmatch(tag) is not None


@dataclass(slots=True)
class TagEvidence:
    """Which scheme a file's tags are of, seen tag by tag before they are read.

    Attributes:
        letters: That occurred.
        begins: Whether a B stood where IOB1 has none: not right behind an entity of its label.
    """

    letters: set[str] = field(default_factory=set)
    begins: bool = False
    _before: str = ""

    def see(self, letter: str, label: str) -> None:
        """Takes note of a token's tag."""
        self.letters.add(letter)
        self.begins |= letter == "B" and label != self._before
        self._before = label

    def end_sentence(self) -> None:
        """Takes note of a blank line."""
        self._before = ""

    def scheme(self, *, iob2: bool) -> str:
        """`IOB1`, `IOB2`, `BILOU` or `BIOES`.

        Args:
            iob2: The file says by its name that it is IOB2 where it has no letter but B, I and O.

        Raises:
            DataError: Letters of two schemes occur.
        """
        bilou, bioes = self.letters & {"L", "U"}, self.letters & {"E", "S"}
        if bilou and bioes:
            both = ", ".join(sorted(bilou | bioes))
            raise DataError(Problem(f"tags of BILOU and of BIOES are mixed: {both}", "convert them to one scheme"))
        if bilou or bioes:
            return "BILOU" if bilou else "BIOES"
        return "IOB2" if iob2 or self.begins else "IOB1"


class TagError(DataError):
    """A tag that cannot stand where it does.

    Attributes:
        token: Its index in the sentence.
    """

    def __init__(self, token: int, what: str, fix: str) -> None:
        super().__init__(Problem(what, fix))
        self.token = token


def entities(tags: list[tuple[str, str]], scheme: str) -> list[Entity]:
    """The entities of a sentence.

    Args:
        tags: Letter and label of each token.
        scheme: As `TagEvidence.scheme` names it.

    Raises:
        TagError: The tags break the scheme.
    """
    closed = scheme in ("BILOU", "BIOES")
    last = "L" if scheme == "BILOU" else "E"
    found: list[Entity] = []
    first, open_label = 0, ""
    for at, (letter, label) in enumerate([*tags, _OUTSIDE]):
        goes_on = letter in ("I", last) and label == open_label
        if goes_on:
            if letter == last:
                found.append(Entity(first, at + 1, label))
                open_label = ""
            continue
        if open_label:
            if closed:
                raise _unended(at, tags, open_label, last)
            found.append(Entity(first, at, open_label))
            open_label = ""
        if letter in ("U", "S"):
            found.append(Entity(at, at + 1, label))
        elif letter == "B" or (letter == "I" and scheme == "IOB1"):
            first, open_label = at, label
        elif letter != "O":
            raise TagError(at, f"{letter}-{label} goes on with nothing ({scheme})", f"begin with B-{label}")
    return found


def _unended(at: int, tags: list[tuple[str, str]], label: str, last: str) -> TagError:
    what = f"an entity of {label} ends without {last}-{label}"
    return TagError(min(at, len(tags) - 1), what, f"end an entity of several tokens with {last}-{label}")
