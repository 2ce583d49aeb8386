"""Krippendorff's alpha for units on a continuum (1995; 2004, ch. 11) and for nominal categories of items (2011).

Alpha is 1 minus observed over expected disagreement. An observer contributes only to the parts that they have read:
the pairs of observers of a part are weighted by 1 / (observers - 1), and parts with a single observer do not count.

For units, both disagreements are summed over categories and measured in squared lengths: for two overlapping units the
squared differences of their starts and ends, for a unit within a gap of the other observer its squared length. Expected
disagreement is that of the same units placed at random within what their observers have read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Units = Sequence[tuple[int, int]]
"""Half-open intervals on a continuum, sorted and non-overlapping."""


@dataclass(frozen=True, slots=True)
class Continuum:
    """A part of the data, such as a document, with the observers who have read it.

    Attributes:
        length: Length, in the unit of the offsets.
        observers: Units by category, by name of the observer.
    """

    length: int
    observers: Mapping[str, Mapping[str, Units]]


def alpha_u(continua: Sequence[Continuum]) -> float:
    """Return the agreement of observers who marked units of several categories on concatenated continua.

    If all observers have read everything, this is Krippendorff's coefficient for a single continuum.

    Returns:
        1 for perfect agreement, about 0 for chance agreement, less for systematic disagreement; NaN if nothing was
        marked or no part has two observers.
    """
    shared = [part for part in continua if part.length > 0 and len(part.observers) > 1]
    categories = sorted({category for part in shared for units in part.observers.values() for category in units})
    total_length = sum(part.length * len(part.observers) for part in shared)
    observed = sum(_observed(shared, category) for category in categories) / total_length if total_length else 0.0
    expected = sum(_expected(shared, category, total_length) for category in categories)
    return 1 - observed / expected if expected > 0 else float("nan")


def nominal_alpha(counts: NDArray[np.int64]) -> float:
    """Return the agreement on one category per item.

    Args:
        counts: Number of observers who assigned each category to each item. Shape `(n_items, n_categories)`.

    Returns:
        As `alpha_u`; also NaN if all observers assigned the same category to all items.
    """
    pairable = counts[counts.sum(axis=1) > 1].astype(np.float64)
    observers, total = pairable.sum(axis=1), pairable.sum()
    observed = ((observers**2 - (pairable**2).sum(axis=1)) / (observers - 1)).sum()
    expected = (total**2 - (pairable.sum(axis=0) ** 2).sum()) / (total - 1) if total else 0.0
    return float(1 - observed / expected) if expected > 0 else float("nan")


def _observed(shared: Sequence[Continuum], category: str) -> float:
    total = 0.0
    for part in shared:
        units = [units_by_category.get(category, ()) for units_by_category in part.observers.values()]
        total += sum(_distance(a, b) for a, b in permutations(units, 2)) / (len(units) - 1)
    return total


def _distance(a: Units, b: Units) -> int:
    """Return the sum of squared differences of one observer's units from another's."""
    total, first = 0, 0
    for start, end in a:
        while first < len(b) and b[first][1] <= start:
            first += 1
        overlaps = False
        index = first
        while index < len(b) and b[index][0] < end:
            overlaps = True
            total += (start - b[index][0]) ** 2 + (end - b[index][1]) ** 2
            index += 1
        if not overlaps:  # the gap of `b` differs from the unit just as much but is not iterated over, so count both
            total += 2 * (end - start) ** 2
    return total


def _expected(shared: Sequence[Continuum], category: str, total_length: int) -> float:
    """Return the disagreement of the category's units if placed at random within what their observers have read.

    Args:
        shared: Parts with two or more observers.
        category: Category of the units.
        total_length: Sum of the lengths that all observers have read.
    """
    lengths: list[int] = []
    edges: dict[str, list[int]] = defaultdict(lambda: [0])  # starts and ends of units, from 0 on, by observer
    origin: dict[str, int] = defaultdict(int)
    for part in shared:
        for name, units_by_category in part.observers.items():
            for start, end in units_by_category.get(category, ()):
                lengths.append(end - start)
                edges[name] += (origin[name] + start, origin[name] + end)
            origin[name] += part.length
    gaps = sorted(
        after - before
        for name, length in origin.items()
        for before, after in zip(edges[name][::2], [*edges[name][1::2], length], strict=True)
        if after > before
    )
    gap_sums = [0]  # cumulative sums of the gaps, longest first
    for gap in reversed(gaps):
        gap_sums.append(gap_sums[-1] + gap)
    among_units = sum((len(lengths) - 1) / 3 * (2 * u**3 - 3 * u**2 + u) for u in lengths)
    in_gaps = 0
    for u in lengths:
        fitting = len(gaps) - bisect_left(gaps, u)  # number of gaps that are at least as long as the unit
        in_gaps += u**2 * (gap_sums[fitting] - fitting * (u - 1))
    placements = total_length * (total_length - 1) - sum(u * (u - 1) for u in lengths)
    return 2 * (among_units + in_gaps) / placements if placements else 0.0
