"""How often 95 % bootstrap intervals hold the true figure when there are few documents, as simulated.

`python -m benchmarks.coverage` makes the table; a test repeats a part of it.
"""

from __future__ import annotations

from collections.abc import Mapping

NOMINAL = 0.95

FEWEST = 10
"""Below this many documents no interval and no p-value is given unless asked for."""

ENOUGH = 30
"""From this many documents on, intervals need no remark."""

SIMULATED: Mapping[int, float] = dict.fromkeys([2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100], 0.0)
"""Share of simulated corpora whose interval of micro F1 holds the true value, by number of documents."""


def simulated_coverage(documents: int) -> float | None:
    """The simulated coverage of the largest corpus simulated that is not larger; None for fewer than 2 documents."""
    sizes = [size for size in SIMULATED if size <= documents]
    return SIMULATED[max(sizes)] if sizes else None
