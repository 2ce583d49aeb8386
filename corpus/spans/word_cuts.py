"""Spans that begin or end within a word, which is how shifted offsets show where no words are stated."""

from __future__ import annotations

import unicodedata

_UNSPACED = ((0x0E00, 0x10A0), (0x1780, 0x1800), (0x3040, 0xAC00), (0xF900, 0xFB00), (0x20000, 0x110000))
"""Code points of scripts that do not separate words by spaces."""


def cuts_words(text: str, start: int, end: int) -> bool:
    """Return whether a span begins or ends within a word.

    Args:
        text: The text.
        start: First character of the span.
        end: Its end, exclusive.
    """
    return any(
        _is_word(text[offset - 1]) and (_is_word(text[offset]) or unicodedata.category(text[offset])[0] == "M")
        for offset in (start, end)
        if 0 < offset < len(text)
    )


def _is_word(character: str) -> bool:
    if not character.isalnum() and unicodedata.category(character)[0] != "M":
        return False
    return not any(first <= ord(character) < last for first, last in _UNSPACED)
