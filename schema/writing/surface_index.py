"""An index of surfaces, which finds those that occur in a text.

It is a trie of words, each with what stands before it: for a word of a text that begins no surface, one lookup is all
there is to do. In scripts without spaces each letter counts as a word, so that a surface may begin at any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .folded_text import FoldedText
from .word_scripts import UNSPACED_CLASS, within_word

_WORD = re.compile(rf"[{UNSPACED_CLASS}]|[^\W_{UNSPACED_CLASS}]+|[^\w\s]|_")
_Node = dict[str, Any]
_END = ""
"""The key of a node at which a surface ends."""


class SurfaceIndex:
    """An index of surfaces.

    Args:
        surfaces: The surfaces, folded as the texts will be.
    """

    def __init__(self, surfaces: Iterable[str]) -> None:
        self._root: _Node = {}
        for surface in surfaces:
            node, before = self._root, 0
            for word in _WORD.finditer(surface):
                node = node.setdefault(surface[before : word.end()], {})
                before = word.end()
            node[_END] = surface

    def find(self, folded: FoldedText) -> Iterator[tuple[int, int, str]]:
        """Yield each occurrence of a surface between words: its bounds in the original text, and the folded surface."""
        text = folded.text
        words = [match.span() for match in _WORD.finditer(text)]
        for number, (start, end) in enumerate(words):
            node = self._root.get(text[start:end])
            following = number + 1
            while node is not None:
                if _END in node and not within_word(text, start) and not within_word(text, end):
                    bounds = folded.original(start, end)
                    if bounds is not None:
                        yield *bounds, node[_END]
                if following == len(words):
                    break
                node = node.get(text[end : words[following][1]])
                end = words[following][1]
                following += 1
