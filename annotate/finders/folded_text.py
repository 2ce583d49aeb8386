"""Texts folded for lookup, with the way back to their own offsets.

Folding ignores case, the form of Unicode (NFC, NFD), kinds of white space, of apostrophes and of hyphens; it keeps
diacritics and inflection.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\t\n\x0b\x0c\r\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000", " "),
        **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
        **dict.fromkeys("’‘ʼ＇", "'"),
        **dict.fromkeys("‐‑", "-"),
    }
)
_JOINING_JAMO = ("\u1160", "\u11ff")  # vowels and finals of Hangul, which compose with what precedes them


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


def fold_text(text: str, *, case: bool = True) -> FoldedText:
    """Return a folded text.

    Args:
        text: The text.
        case: Whether case is ignored.
    """
    plain = text.translate(_PLAIN)
    if text.isascii():
        return FoldedText(plain.lower() if case else plain)
    if unicodedata.is_normalized("NFC", plain):
        folded = plain.casefold() if case else plain
        if len(folded) == len(plain) and unicodedata.is_normalized("NFC", folded):
            return FoldedText(folded)
    pieces: list[str] = []
    starts: list[int] = []
    for start, letter in _letters(plain):
        composed = unicodedata.normalize("NFC", letter)
        piece = unicodedata.normalize("NFC", composed.casefold()) if case else composed
        pieces.append(piece)
        starts += [start] * len(piece)
    return FoldedText("".join(pieces), [*starts, len(text)])


def fold_surface(surface: str, *, case: bool = True) -> str:
    """Return the folded form of a name or another surface: with single spaces, and none around it."""
    return fold_text(" ".join(surface.split()), case=case).text


def _letters(text: str) -> Iterator[tuple[int, str]]:
    """Yield each letter with the marks that belong to it, and its offset."""
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text):
            character = text[at]
            if unicodedata.combining(character) or _JOINING_JAMO[0] <= character <= _JOINING_JAMO[1]:
                continue
        if start < at:
            yield start, text[start:at]
        start = at
