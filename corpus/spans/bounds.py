"""Rules for span bounds (G4 of the guidelines): detecting violations, and correcting those with only one remedy."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ...schema.names.actors import default_actors
from ...schema.writing.word_scripts import is_word_mark, same_word

_POSSESSIVE = ("'s", "’s", "'S", "’S")
_APOSTROPHES = ("'", "’")
_JOINERS = frozenset("-‐‑'’")
NOT_IN_TEXT = "outside the text or without a letter"
"""The reason for dropping a span that selects nothing."""
_CUT = "cut at a hyphen or an apostrophe within a word"


@dataclass(frozen=True, slots=True)
class BoundsProblem:
    """A rule that the bounds of a span break, and how to fix it."""

    what: str
    fix: str


def bounds_problems(
    text: str, start: int, end: int, not_first: Collection[str], *, english: bool = True
) -> Iterator[BoundsProblem]:
    """Yield the rules for spans at word boundaries that `text[start:end]` breaks.

    Args:
        text: The text.
        start: Offset of the first code point.
        end: Offset after the last code point; greater than `start`.
        not_first: Lower-case words with which spans of the label must not start; one that ends with an apostrophe is
            written together with the next word, as in "l'ONU".
        english: Whether the text is English, where a possessive 's is not part of a span. (Dutch foto's is a plural.)
    """
    surface = text[start:end]
    if surface != surface.strip():
        yield BoundsProblem("has leading or trailing white space", "trim it")
        return
    if _is_punctuation(surface[0]):
        yield BoundsProblem(f"starts with {surface[0]!r}", "start with a letter or digit")
    if _is_punctuation(surface[-1]) and not _ends_abbreviation(surface):
        yield BoundsProblem(f"ends with {surface[-1]!r}", "end with a letter or digit")
    if english and surface.endswith(_POSSESSIVE):
        yield BoundsProblem("ends with a possessive 's", "leave it out")
    if name := _after_article(surface, not_first):
        yield BoundsProblem(f"starts with {surface.removesuffix(name).rstrip()!r}", "leave it out")
    if start and same_word(text[start - 1], surface[0]):
        yield BoundsProblem("starts within a word", "include the whole word")
    if end < len(text) and same_word(surface[-1], text[end]) and not (english and _lacks_apostrophe(text, start, end)):
        yield BoundsProblem("ends within a word", "include the whole word")


def trim_bounds(
    text: str, start: int, end: int, not_first: Collection[str], *, english: bool = True
) -> tuple[int, int] | str:
    """Return the corrected bounds of a span, or the reason why they cannot be corrected unambiguously.

    Outer white space and punctuation, articles and possessives are removed, and partial words are completed. A hyphen
    within a word may join one name ("Abu-Nis") or separate two parts ("Iran-backed"), so a span cut there is not
    corrected. Arguments as in `bounds_problems`.
    """
    before = None
    while (
        before != (start, end) and next(bounds_problems(text, start, end, not_first, english=english), None) is not None
    ):
        before = (start, end)
        if _is_joiner(text, start) or (_is_joiner(text, end - 1) and not text.startswith(_POSSESSIVE, end - 1)):
            return _CUT
        while start < end and _is_punctuation(text[start]):
            start += 1
        while start < end and _is_punctuation(text[end - 1]) and not _ends_dotted_abbreviation(text[start:end]):
            end -= 1
        if start == end:
            return NOT_IN_TEXT
        while start and same_word(text[start - 1], text[start]):
            start -= 1
        lost = english and _lacks_apostrophe(text, start, end)
        while end < len(text) and same_word(text[end - 1], text[end]) and not lost:
            end += 1
        if english and text[start:end].endswith(_POSSESSIVE) and end - start > 2:
            end -= 2
        if name := _after_article(text[start:end], not_first):
            start = end - len(name)
    problem = next(bounds_problems(text, start, end, not_first, english=english), None)
    return (start, end) if problem is None else problem.what


def _after_article(surface: str, not_first: Collection[str]) -> str:
    """Return what follows a first word that spans must not start with; empty if there is none, or nothing follows."""
    first, *rest = surface.split(maxsplit=1)
    if rest and first.lower() in not_first:
        return rest[0]
    if any(apostrophe in first for apostrophe in _APOSTROPHES):
        for article in not_first:
            if article.endswith(_APOSTROPHES) and surface.lower().startswith(article) and len(surface) > len(article):
                return surface[len(article) :]
    return ""


def _lacks_apostrophe(text: str, start: int, end: int) -> bool:
    """Check whether the s after a name is a possessive without its apostrophe, as in "Libyas army" (G4).

    Only a text that has lost its apostrophes is read so, and only a word that is neither a name nor a plural itself.
    """
    surface = text[start:end]
    alone = text[end : end + 1] == "s" and not _is_word(text[end + 1 : end + 2] or " ")
    if not alone or not surface[:1].isupper() or any(possessive in text for possessive in _POSSESSIVE):
        return False
    return not default_actors().find(surface.rsplit(maxsplit=1)[-1] + "s")


def _is_joiner(text: str, at: int) -> bool:
    """Check whether a character joins two parts of one word."""
    inside = 0 < at < len(text) - 1 and text[at] in _JOINERS
    return inside and _is_word(text[at - 1]) and _is_word(text[at + 1])


def _is_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


def _is_punctuation(character: str) -> bool:
    return not character.isalnum() and unicodedata.category(character)[0] in "PZC" and not is_word_mark(character)


def _ends_dotted_abbreviation(surface: str) -> bool:
    """Check whether the final full stop certainly belongs to an abbreviation, as in "U.S."."""
    return surface.endswith(".") and "." in surface.rsplit(maxsplit=1)[-1][:-1].lstrip(".")


def _ends_abbreviation(surface: str) -> bool:
    word = surface.rsplit(maxsplit=1)[-1].removesuffix(".")
    return surface.endswith(".") and word != "" and ("." in word or len(word) <= 5)
