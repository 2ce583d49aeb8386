"""Quotes found in the text that they were taken from."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LIKE = {"'": "['’‘`´]", "’": "['’‘`´]", "‘": "['’‘`´]", '"': '["“”«»]', "“": '["“”«»]', "”": '["“”«»]'}
_LIKE |= dict.fromkeys("-‐‑–—", "[-‐‑–—]")


def align_quotes(text: str, quotes: Sequence[str]) -> list[tuple[int, int] | None]:
    """Where each quote stands, `[start, end)` in code points; None for one that is not in the text.

    Quotes come in the order of the text, so each is looked for behind the start of the one before, and, where it is not
    there, from the beginning. No place is taken twice. Other kinds of blanks, quotation marks and hyphens do not
    matter; a quote begins and ends with whole words.
    """
    taken: set[tuple[int, int]] = set()
    cursor = 0
    places: list[tuple[int, int] | None] = []
    for quote in quotes:
        pattern = _pattern(quote)
        place = _first(pattern, text, cursor, taken) or _first(pattern, text, 0, taken) if pattern is not None else None
        places.append(place)
        if place is not None:
            taken.add(place)
            cursor = place[0]
    return places


def _first(pattern: re.Pattern[str], text: str, start: int, taken: set[tuple[int, int]]) -> tuple[int, int] | None:
    return next((match.span() for match in pattern.finditer(text, start) if match.span() not in taken), None)


def _pattern(quote: str) -> re.Pattern[str] | None:
    words = quote.split()
    if not words or len(quote) > 2000:
        return None
    body = r"\s+".join("".join(_LIKE.get(sign) or re.escape(sign) for sign in word) for word in words)
    before = r"(?<!\w)" if re.match(r"\w", words[0]) else ""
    behind = r"(?!\w)" if re.match(r"\w", words[-1][-1]) else ""
    return re.compile(before + body + behind)
