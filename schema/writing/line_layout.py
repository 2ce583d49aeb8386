"""Lines of text in columns and in two directions: their width, and how words from right to left stay in their place."""

from __future__ import annotations

import re
import unicodedata

_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RUN = re.compile(rf"[{_RIGHT_TO_LEFT}]+(?:[^\w\s]{{0,2}}[ \u00a0]?(?:[0-9]+[ \u00a0]?)?[{_RIGHT_TO_LEFT}]+)*")
"""Words from right to left, with numbers and marks between them; two blanks part columns."""

_LEFT_TO_RIGHT_MARK, _FIRST_STRONG, _END = "\u200e", "\u2068", "\u2069"


def display_width(text: str) -> int:
    """Return the number of columns that a terminal uses for a text: two for most of Chinese, none for marks."""
    if text.isascii():
        return len(text)
    return sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def align_left(text: str, width: int) -> str:
    """Return a text with blanks after it, up to a width in columns of a terminal."""
    return text + " " * (width - display_width(text))


def align_right(text: str, width: int) -> str:
    """Return a text with blanks before it, up to a width in columns of a terminal."""
    return " " * (width - display_width(text)) + text


def has_right_to_left(text: str) -> bool:
    """Check whether a text has letters that run from right to left, such as those of Arabic and Hebrew."""
    return not text.isascii() and _RUN.search(text) is not None


def isolate_directions(line: str) -> str:
    """Return a line from left to right in which words from right to left move nothing around them.

    Each such phrase is put between isolates (Unicode Standard Annex 9); a line without any is unchanged.
    """
    if not has_right_to_left(line):
        return line
    return _LEFT_TO_RIGHT_MARK + _RUN.sub(lambda run: f"{_FIRST_STRONG}{run[0]}{_END}", line)
