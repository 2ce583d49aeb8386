"""The rules for the bounds of a span in a text: which it breaks, and what can be put right without a guess (G4)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_POSSESSIVE = ("'s", "’s", "'S", "’S")
_TIES = frozenset("-‐‑'’")
_WORD = frozenset(("Lu", "Ll", "Lt", "Lm", "Mn", "Mc", "Nd", "Nl", "No"))
NOWHERE = "outside the text or without a letter"
_CUT = "cut at a hyphen or an apostrophe within a word"


@dataclass(frozen=True, slots=True)
class BoundsFault:
    """A rule that a span's bounds break, and how a person would put it right."""

    what: str
    fix: str


def bound_faults(
    text: str, start: int, end: int, not_first: Collection[str], *, english: bool = True
) -> Iterator[BoundsFault]:
    """The rules that `text[start:end]` breaks as a span between words.

    Args:
        text: The text.
        start: First code point.
        end: Code point behind the last; greater than `start`.
        not_first: Words, in lower case, that the span's label does not begin with.
        english: Whether the text is English, whose possessive 's is no part of a span; Dutch foto's is a plural.
    """
    surface = text[start:end]
    if surface != surface.strip():
        yield BoundsFault("has outer white space", "trim it")
        return
    if _is_punctuation(surface[0]):
        yield BoundsFault(f"starts with {surface[0]!r}", "start with a letter or digit")
    if _is_punctuation(surface[-1]) and not _ends_abbreviation(surface):
        yield BoundsFault(f"ends with {surface[-1]!r}", "end with a letter or digit")
    if english and surface.endswith(_POSSESSIVE):
        yield BoundsFault("ends with a possessive 's", "leave it out")
    first, *rest = surface.split(maxsplit=1)
    if rest and first.lower() in not_first:
        yield BoundsFault(f"starts with {first!r}", "leave it out")
    if start and _joined(text[start - 1], surface[0]):
        yield BoundsFault("starts within a word", "take the whole word")
    if end < len(text) and _joined(surface[-1], text[end]):
        yield BoundsFault("ends within a word", "take the whole word")


def trim_bounds(
    text: str, start: int, end: int, not_first: Collection[str], *, english: bool = True
) -> tuple[int, int] | str:
    """The bounds that a span must have been meant to have, or why nobody can tell.

    White space and punctuation outside, articles and possessives go; a word of which only a part was taken is taken
    whole. A hyphen inside a word joins names ("Abu-Nis") as well as it parts them ("Iran-backed"): a span cut there is
    given up. Arguments as `bound_faults`.
    """
    before = None
    while before != (start, end) and next(bound_faults(text, start, end, not_first, english=english), None) is not None:
        before = (start, end)
        if _ties(text, start) or (_ties(text, end - 1) and not text.startswith(_POSSESSIVE, end - 1)):
            return _CUT
        while start < end and _is_punctuation(text[start]):
            start += 1
        while start < end and _is_punctuation(text[end - 1]) and not _has_inner_stop(text[start:end]):
            end -= 1
        if start == end:
            return NOWHERE
        while start and _joined(text[start - 1], text[start]):
            start -= 1
        while end < len(text) and _joined(text[end - 1], text[end]):
            end += 1
        if english and text[start:end].endswith(_POSSESSIVE) and end - start > 2:
            end -= 2
        first, *rest = text[start:end].split(maxsplit=1)
        if rest and first.lower() in not_first:
            start = end - len(rest[0])
    left = next(bound_faults(text, start, end, not_first, english=english), None)
    return (start, end) if left is None else left.what


def _ties(text: str, at: int) -> bool:
    """Whether a sign ties two halves of one word."""
    inside = 0 < at < len(text) - 1 and text[at] in _TIES
    return inside and _is_word(text[at - 1]) and _is_word(text[at + 1])


def _is_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _is_punctuation(character: str) -> bool:
    return not character.isalnum() and unicodedata.category(character)[0] in "PZC"


def _has_inner_stop(surface: str) -> bool:
    """Whether a final full stop is an abbreviation's for sure: "U.S."."""
    return surface.endswith(".") and "." in surface.rsplit(maxsplit=1)[-1][:-1].lstrip(".")


def _ends_abbreviation(surface: str) -> bool:
    word = surface.rsplit(maxsplit=1)[-1].removesuffix(".")
    return surface.endswith(".") and word != "" and ("." in word or len(word) <= 5)


def _joined(a: str, b: str) -> bool:
    """Whether two neighbours belong to one word; scripts that do not part words are left to the annotator."""
    return not a.isspace() and unicodedata.category(a) in _WORD and unicodedata.category(b) in _WORD
