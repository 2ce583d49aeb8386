"""Spans that begin or end within a word, which is how shifted offsets show where no words are stated."""

from __future__ import annotations

import unicodedata

_UNSPACED = ((0x0E00, 0x10A0), (0x1780, 0x1800), (0x3040, 0xAC00), (0xF900, 0xFB00), (0x20000, 0x110000))
"""Code points of scripts that do not separate words by spaces."""
UNSPACED_CLASS = "".join(f"{chr(first)}-{chr(last - 1)}" for first, last in _UNSPACED)
"""The same as a class of regular expressions, without brackets."""
_FIRST_UNSPACED = chr(_UNSPACED[0][0])


def cuts_word(text: str, offset: int) -> bool:
    """Return whether an offset is within a word, or between a letter and its combining mark.

    Args:
        text: The text.
        offset: Number of code points before the cut.
    """
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    if before == " " or after == " ":  # as at most ends of spans
        return False
    if _is_mark(after):
        return before.isalnum() or _is_mark(before)
    return _is_word(after) and (_is_word(before) or (_is_mark(before) and not _is_unspaced(before)))


def _is_word(character: str) -> bool:
    return character.isalnum() and not _is_unspaced(character)


def _is_mark(character: str) -> bool:
    return character > "\u02ff" and unicodedata.category(character)[0] == "M"


def _is_unspaced(character: str) -> bool:
    if character < _FIRST_UNSPACED:  # as in most texts
        return False
    return any(first <= ord(character) < last for first, last in _UNSPACED)
