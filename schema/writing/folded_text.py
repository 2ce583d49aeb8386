"""Texts folded for lookup, with the way back to their own offsets: the one folding of all that looks for words.

Folding ignores case, the form of Unicode (NFC, NFD), kinds of white space and of apostrophes, hyphens and dashes; it
keeps diacritics and inflection. In Turkish and Azerbaijani, dotted and dotless i are two letters in either case. A
surface of up to five capitals, with or without 's, is an abbreviation, which keeps its case: US is not us.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\t\n\x0b\x0c\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000", " "),
        **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
        **dict.fromkeys("’‘ʼ＇`´", "'"),
        **dict.fromkeys("‐‑–—", "-"),
    }
)
_JOINING_JAMO = ("\u1160", "\u11ff")  # vowels and finals of Hangul, which compose with what precedes them
_COMPOSED = ((0xC0, 0x3100), (0xF900, 0xFB50), (0x10000, 0x17000), (0x1D000, 0x1D200))
"""Where Unicode has what is composed of two characters; other than Hangul, which is composed by rule."""
_TURKIC = {ord("I"): "ı", ord("İ"): "i"}
_LONGEST_ABBREVIATION = 5


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text.

    Attributes:
        text: The folded text.
        starts: For each of its characters, and for its end, the offset in the original of the letter that it comes
            from; None if the offsets are the same.
    """

    text: str
    starts: list[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the bounds in the original of a stretch; None if it cuts through what is one letter there."""
        if self.starts is None:
            return start, end
        first, stop = self.starts[start], self.starts[end]
        whole = (start == 0 or self.starts[start - 1] < first) and self.starts[end - 1] < stop
        return (first, stop) if whole else None


def fold_text(text: str, *, case: bool = True, turkic: bool = False) -> FoldedText:
    """Return a folded text.

    Args:
        text: The text.
        case: Whether case is ignored.
        turkic: Whether dotted and dotless i are two letters in either case, as `is_turkic` tells.
    """
    plain = text.translate(_PLAIN)
    if unicodedata.is_normalized("NFC", plain):
        folded = _lower(plain, turkic=turkic) if case else plain
        if len(folded) == len(plain) and (plain.isascii() or unicodedata.is_normalized("NFC", folded)):
            return FoldedText(folded)
    pieces: list[str] = []
    starts: list[int] = []
    for start, letter in _letters(plain):
        composed = unicodedata.normalize("NFC", letter).translate(_PLAIN)
        piece = unicodedata.normalize("NFC", _lower(composed, turkic=turkic)) if case else composed
        pieces.append(piece)
        starts += [start] * len(piece)
    return FoldedText("".join(pieces), [*starts, len(text)])


def fold_surface(surface: str, *, case: bool = True, turkic: bool = False) -> str:
    """Return the folded form of a name or another surface: with single spaces, and none around it."""
    return fold_text(" ".join(surface.split()), case=case, turkic=turkic).text


def is_turkic(language: str | None) -> bool:
    """Check whether dotted and dotless i are two letters of a language in either case: Turkish and Azerbaijani.

    Args:
        language: A BCP 47 tag in its canonical form; None if it is unknown.
    """
    return language is not None and language.partition("-")[0] in ("tr", "az")


def abbreviation(surface: str) -> str:
    """Return a surface folded but for case if it is a few capitals, such as US or US's; otherwise nothing."""
    if not surface[:2].isupper():
        return ""
    exact = fold_surface(surface, case=False)
    letters = exact.removesuffix("'").removesuffix("'s").removesuffix("'S")
    return exact if letters.isalpha() and letters.isupper() and 1 < len(letters) <= _LONGEST_ABBREVIATION else ""


def _lower(text: str, *, turkic: bool) -> str:
    if turkic:
        text = text.translate(_TURKIC)
    return text.lower() if text.isascii() else text.casefold().translate(_PLAIN)


def _letters(text: str) -> Iterator[tuple[int, str]]:
    """Yield each letter with what belongs or may be composed with it, and its offset."""
    start = 0
    joining = _joining()
    for at in range(1, len(text) + 1):
        if at < len(text):
            character = text[at]
            if unicodedata.combining(character) or character in joining:
                continue
        if start < at:
            yield start, text[start:at]
        start = at


@cache
def _joining() -> frozenset[str]:
    """Return the characters that Unicode composes with what precedes them, although some are no combining marks."""
    found = {chr(point) for point in range(ord(_JOINING_JAMO[0]), ord(_JOINING_JAMO[1]) + 1)}
    for first, last in _COMPOSED:
        for point in range(first, last):
            parts = unicodedata.decomposition(chr(point)).split()
            if len(parts) == 2 and parts[0][0] != "<":
                found.add(chr(int(parts[1], 16)))
    return frozenset(found)
