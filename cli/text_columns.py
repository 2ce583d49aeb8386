"""Columns of text in a terminal: wide characters take two columns, marks none, and no text turns another round."""

from __future__ import annotations

import unicodedata

LEFT_TO_RIGHT_MARK = "\u200e"
"""An invisible letter that keeps the neighbours of a cell that is written from right to left in their places."""


def column_width(text: str) -> int:
    """Return the number of columns that a text takes in a terminal."""
    return len(text) if text.isascii() else sum(map(_width, text))


def cut_columns(text: str, width: int, *, keep_end: bool = False) -> str:
    """Return as much of a text as fits into columns, filled up with spaces on the side that is cut.

    Args:
        text: The text, without line ends.
        width: Number of columns.
        keep_end: Keep the end of the text, at the right edge, rather than its start.
    """
    kept: list[str] = []
    left = width
    for character in reversed(text) if keep_end else text:
        left -= _width(character)
        if left < 0:
            left += _width(character)
            break
        kept.append(character)
    if keep_end:
        return " " * left + "".join(reversed(kept))
    return "".join(kept) + " " * left


def isolated(*cells: str) -> str:
    """Join cells so that each stays in its place, whatever the directions of their scripts."""
    mark = LEFT_TO_RIGHT_MARK if any(map(_is_right_to_left, cells)) else ""
    return mark.join(cells)


def _is_right_to_left(text: str) -> bool:
    return not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
