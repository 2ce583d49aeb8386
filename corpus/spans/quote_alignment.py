"""Alignment of quotes with the text that they were taken from."""

from __future__ import annotations

import re
from collections.abc import Sequence

_EQUIVALENTS = {"'": "['’‘`´]", "’": "['’‘`´]", "‘": "['’‘`´]", '"': '["“”«»]', "“": '["“”«»]', "”": '["“”«»]'}
_EQUIVALENTS |= dict.fromkeys("-‐‑–—", "[-‐‑–—]")
_MAX_QUOTE = 2000


def align_quotes(text: str, quotes: Sequence[str]) -> list[tuple[int, int] | None]:
    """Return the bounds of each quote, `[start, end)` in code points; None for a quote that is not in the text.

    Quotes are expected in text order: each is searched for from the start of the one before, then from the beginning
    of the text. No two quotes get the same bounds. Different kinds of white space, quotation marks and hyphens match
    each other; a quote starts and ends with whole words.
    """
    used: set[tuple[int, int]] = set()
    position = 0
    aligned: list[tuple[int, int] | None] = []
    for quote in quotes:
        pattern = _pattern(quote)
        bounds = None
        if pattern is not None:
            bounds = _first_unused(pattern, text, position, used) or _first_unused(pattern, text, 0, used)
        aligned.append(bounds)
        if bounds is not None:
            used.add(bounds)
            position = bounds[0]
    return aligned


def _first_unused(
    pattern: re.Pattern[str], text: str, start: int, used: set[tuple[int, int]]
) -> tuple[int, int] | None:
    return next((match.span() for match in pattern.finditer(text, start) if match.span() not in used), None)


def _pattern(quote: str) -> re.Pattern[str] | None:
    words = quote.split()
    if not words or len(quote) > _MAX_QUOTE:
        return None
    body = r"\s+".join(
        "".join(_EQUIVALENTS.get(character) or re.escape(character) for character in word) for word in words
    )
    before = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    after = r"(?!\w)" if re.match(r"\w", words[-1][-1]) else ""
    return re.compile(before + body + after)
