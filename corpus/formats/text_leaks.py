"""Words of a text that stand elsewhere in its record, and must not stay where the text goes."""

from __future__ import annotations

from functools import cached_property
from typing import Any

QUOTE = 20
"""Code points, white space folded, from which on a stretch of the text is a quote."""


class TextLeakDetector:
    """Finds what quotes a text.

    Args:
        text: The text.

    Attributes:
        found: How many strings were found to quote it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.found = 0

    def has(self, said: str) -> bool:
        """Whether a string quotes the text; counted where it does."""
        folded = _folded(said)
        quotes = any(folded[at : at + QUOTE] in self._stretches for at in range(len(folded) - QUOTE + 1))
        self.found += quotes
        return quotes

    def without(self, extra: dict[str, Any]) -> dict[str, Any]:
        """An `extra` object without the strings that quote the text, keys included."""
        return {key: self._kept(item) for key, item in extra.items() if not self._quoted(item) and not self.has(key)}

    @cached_property
    def _stretches(self) -> set[str]:
        folded = _folded(self._text)
        return {folded[at : at + QUOTE] for at in range(len(folded) - QUOTE + 1)}

    def _quoted(self, item: Any) -> bool:
        return isinstance(item, str) and self.has(item)

    def _kept(self, item: Any) -> Any:
        if isinstance(item, dict):
            return self.without(item)
        if isinstance(item, list):
            return [self._kept(part) for part in item if not self._quoted(part)]
        return item


def _folded(text: str) -> str:
    return " ".join(text.split())
