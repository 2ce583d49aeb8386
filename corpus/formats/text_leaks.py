"""Detection of passages of a text that are quoted elsewhere in its record, and must not leave with it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

MIN_QUOTE_LENGTH = 20
"""Code points of text, with white space collapsed, from which on a passage counts as a quotation."""


class TextLeakDetector:
    """Finds and removes strings that quote a text.

    Args:
        text: The text.

    Attributes:
        count: Number of quoting strings found so far.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.count = 0

    def quotes_text(self, string: str) -> bool:
        """Return whether a string quotes the text, and count it if it does."""
        leaks = any(passage in self._passages for passage in _passages(string))
        self.count += leaks
        return leaks

    def redact(self, extra: dict[str, Any]) -> dict[str, Any]:
        """Return an `extra` object without the strings that quote the text, keys included."""
        return {
            key: self._redact_item(item)
            for key, item in extra.items()
            if not self._is_quote(item) and not self.quotes_text(key)
        }

    @cached_property
    def _passages(self) -> set[str]:
        return set(_passages(self._text))

    def _is_quote(self, item: Any) -> bool:
        return isinstance(item, str) and self.quotes_text(item)

    def _redact_item(self, item: Any) -> Any:
        if isinstance(item, dict):
            return self.redact(item)
        if isinstance(item, list | tuple):
            return [self._redact_item(part) for part in item if not self._is_quote(part)]
        return item


def _passages(text: str) -> Iterator[str]:
    """Yield every stretch of `MIN_QUOTE_LENGTH` code points of a text, with white space collapsed."""
    collapsed = " ".join(text.split())
    for start in range(len(collapsed) - MIN_QUOTE_LENGTH + 1):
        yield collapsed[start : start + MIN_QUOTE_LENGTH]
