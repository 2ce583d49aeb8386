"""An index of surfaces, which finds those that occur in a text.

Surfaces are listed by their first word, and for it by their lengths: for a word of a text that begins none, one lookup
is all there is to do. In scripts without spaces each letter counts as a word, so that a surface may begin at any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...schema.writing.word_scripts import UNSPACED_CLASS, within_word
from .folded_text import FoldedText

_FIRST_WORD = re.compile(rf"[{UNSPACED_CLASS}]|[^\W_{UNSPACED_CLASS}]+|[^\w\s]|_")


class SurfaceIndex:
    """An index of surfaces.

    Args:
        surfaces: The surfaces, folded as the texts will be.
    """

    def __init__(self, surfaces: Iterable[str]) -> None:
        self._surfaces = frozenset(surfaces)
        lengths: dict[str, set[int]] = {}
        for surface in self._surfaces:
            if first := _FIRST_WORD.match(surface):
                lengths.setdefault(first[0], set()).add(len(surface))
        self._lengths = {first: tuple(sorted(found)) for first, found in lengths.items()}

    def find(self, folded: FoldedText) -> Iterator[tuple[int, int, str]]:
        """Yield each occurrence of a surface between words: its bounds in the original text, and the folded surface."""
        text = folded.text
        lengths = self._lengths
        for match in _FIRST_WORD.finditer(text):
            for length in lengths.get(match[0], ()):
                start, end = match.start(), match.start() + length
                surface = text[start:end]
                if end > len(text) or surface not in self._surfaces:
                    continue
                if within_word(text, start) or within_word(text, end):
                    continue
                if (bounds := folded.original(start, end)) is not None:
                    yield *bounds, surface
