"""Alignment of quotes with the text that they were taken from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from ...schema.writing.word_scripts import same_word

_EQUIVALENTS = {"'": "['’‘`´]", "’": "['’‘`´]", "‘": "['’‘`´]", '"': '["“”«»]', "“": '["“”«»]', "”": '["“”«»]'}
_EQUIVALENTS |= dict.fromkeys("-‐‑–—", "[-‐‑–—]")
_MAX_QUOTE = 2000
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNSPACED += "\U00020000-\U0003ffff"
"""Letters of scripts without spaces between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese."""
_LETTER = rf"[^\W{_UNSPACED}]"


def align_quotes(
    text: str, quotes: Sequence[str], known: Sequence[tuple[int, int] | None] = ()
) -> list[tuple[int, int] | None]:
    """Return the bounds of each quote, `[start, end)` in code points; None for a quote that is not in the text.

    Quotes are expected in text order: each is searched for from the start of the one before, then from the beginning
    of the text. No two quotes get the same bounds. Different kinds of white space, quotation marks and hyphens match
    each other; a quote starts and ends with whole words. In scripts that write a short word and the next one together,
    such as Arabic, it may also be a part of a word, where it is no whole one.

    Args:
        text: The text.
        quotes: The quotes.
        known: The bounds of quotes whose place is known, and None for each of the others.
    """
    used = {place for place in known if place is not None}
    position = 0
    aligned: list[tuple[int, int] | None] = []
    for quote, bounds in zip_longest(quotes, known):
        for start in (position, 0) if bounds is None else ():
            bounds = next((place for place in _places(text, quote, start) if place not in used), bounds)
            if bounds is not None:
                break
        aligned.append(bounds)
        if bounds is not None:
            used.add(bounds)
            position = bounds[0]
    return aligned


def align_unordered(text: str, quotes: Sequence[str]) -> list[tuple[int, int] | None]:
    """Return the bounds of quotes like `align_quotes`, for quotes in any order.

    The longest are placed first. Each gets the first place that does not overlap another's, or else the first with
    bounds of its own.
    """
    aligned: list[tuple[int, int] | None] = [None] * len(quotes)
    taken: list[tuple[int, int]] = []
    for index in sorted(range(len(quotes)), key=lambda n: -len(quotes[n])):
        places = [place for place in _places(text, quotes[index]) if place not in taken]
        free = (p for p in places if not any(p[0] < end and start < p[1] for start, end in taken))
        bounds = next(free, places[0] if places else None)
        aligned[index] = bounds
        if bounds is not None:
            taken.append(bounds)
    return aligned


def _places(text: str, quote: str, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the bounds of a quote's occurrences, from an offset: first those that are whole words."""
    for pattern in _patterns(quote):
        for match in pattern.finditer(text, start):
            first, end = match.span()
            if not any(0 < edge < len(text) and same_word(text[edge - 1], text[edge]) for edge in (first, end)):
                yield first, end


def _patterns(quote: str) -> Iterator[re.Pattern[str]]:
    """Yield a pattern for a quote as whole words and, where its ends may be within a word, one for it anywhere."""
    words = quote.split()
    if not words or len(quote) > _MAX_QUOTE:
        return
    body = r"\s+".join(
        "".join(_EQUIVALENTS.get(character) or re.escape(character) for character in word) for word in words
    )
    before = f"(?<!{_LETTER})" if re.match(_LETTER, words[0]) else ""
    after = f"(?!{_LETTER})" if re.match(_LETTER, words[-1][-1]) else ""
    yield re.compile(before + body + after)
    if not all(same_word(edge, edge) for edge in (words[0][0], words[-1][-1])):
        yield re.compile(body)
