"""How far the ranges of a text reach that begin before a position: one lookup tells whether any covers another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from ...schema.overlap import TextRange


class FurthestEnds:
    """The furthest end of the ranges that begin before a position.

    Args:
        ranges: The ranges, in any order; they may overlap.
    """

    def __init__(self, ranges: Iterable[TextRange]) -> None:
        bounds = sorted((item.start, item.end) for item in ranges)
        self._starts = [start for start, _ in bounds]
        self._ends = list(accumulate((end for _, end in bounds), max, initial=-1))

    def before(self, position: int) -> int:
        """Return the furthest end of the ranges that begin before a position; -1 if there are none."""
        return self._ends[bisect_left(self._starts, position)]
