"""Overlap of ranges of a text."""

from __future__ import annotations

from typing import Protocol


class TextRange(Protocol):
    """Anything with half-open bounds, such as a span, a zone or a conflict."""

    @property
    def start(self) -> int:
        """Position of the first code point."""

    @property
    def end(self) -> int:
        """Position after the last code point."""


def overlaps(a: TextRange, b: TextRange) -> bool:
    """Check whether two ranges have a code point in common."""
    return a.start < b.end and b.start < a.end
