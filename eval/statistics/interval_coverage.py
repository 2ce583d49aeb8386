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

SIMULATED: Mapping[int, float] = {
    2: 0.5,
    3: 0.73,
    4: 0.78,
    5: 0.82,
    6: 0.84,
    7: 0.86,
    8: 0.87,
    9: 0.88,
    10: 0.9,
    12: 0.89,
    15: 0.9,
    20: 0.92,
    30: 0.93,
    50: 0.94,
}
"""Share of simulated corpora whose interval of micro F1 holds the true value, by number of documents."""


def simulated_coverage(documents: int) -> float | None:
    """The simulated coverage of the largest corpus simulated that is not larger; None for fewer than 2 documents."""
    sizes = [size for size in SIMULATED if size <= documents]
    return SIMULATED[max(sizes)] if sizes else None
