"""Krippendorff's alpha: of units on a continuum (1995; 2004, ch. 11), and of a category for each thing (2011).

Alpha is 1 minus observed over expected disagreement. Whoever has not read a part takes no part there: each part counts
with its pairs of readers over one less than their number, and what one alone has read does not count.

Of units, both are summed over categories. Disagreement counts squared lengths: of two units that overlap, the squares
of how far their ends lie apart; of a unit that falls into the other observer's gap, the square of its length. Expected
disagreement is that of the same units strewn over what their observers have read by chance.
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
"""Half-open stretches of a continuum, in order, none overlapping another."""


@dataclass(frozen=True, slots=True)
class Continuum:
    """A part of the whole, as a document, with those who have read it.

    Attributes:
        length: In the unit of the offsets.
        observers: The units of each, by category, by the observer's name.
    """

    length: int
    observers: Mapping[str, Mapping[str, Units]]


def alpha_u(continua: Sequence[Continuum]) -> float:
    """Agreement of observers who marked units of several categories on continua that lie end to end.

    Where all have read all, this is Krippendorff's coefficient for one continuum.

    Returns:
        1 for perfect agreement, around 0 for chance, below for worse; NaN where nothing was marked, or two have read
        no part.
    """
    read = [part for part in continua if part.length > 0 and len(part.observers) > 1]
    categories = sorted({category for part in read for units in part.observers.values() for category in units})
    whole = sum(part.length * len(part.observers) for part in read)
    observed = sum(_observed(read, category) for category in categories) / whole if whole else 0.0
    expected = sum(_expected(read, category, whole) for category in categories)
    return 1 - observed / expected if expected > 0 else float("nan")


def nominal_alpha(counts: NDArray[np.int64]) -> float:
    """Agreement on one category for each thing.

    Args:
        counts: How many gave a thing a category. Shape `(n_things, n_categories)`.

    Returns:
        As `alpha_u`; NaN too where all have given the same category to all.
    """
    pairable = counts[counts.sum(axis=1) > 1].astype(np.float64)
    readers, total = pairable.sum(axis=1), pairable.sum()
    observed = ((readers**2 - (pairable**2).sum(axis=1)) / (readers - 1)).sum()
    expected = (total**2 - (pairable.sum(axis=0) ** 2).sum()) / (total - 1) if total else 0.0
    return float(1 - observed / expected) if expected > 0 else float("nan")


def _observed(read: Sequence[Continuum], category: str) -> float:
    total = 0.0
    for part in read:
        units = [held.get(category, ()) for held in part.observers.values()]
        total += sum(_distance(a, b) for a, b in permutations(units, 2)) / (len(units) - 1)
    return total


def _distance(one: Units, other: Units) -> int:
    """Squared differences of one observer's units to the other's."""
    total, first = 0, 0
    for start, end in one:
        while first < len(other) and other[first][1] <= start:
            first += 1
        met = False
        at = first
        while at < len(other) and other[at][0] < end:
            met = True
            total += (start - other[at][0]) ** 2 + (end - other[at][1]) ** 2
            at += 1
        if not met:  # it lies in a gap, which differs from it as it from the gap: both ways count here
            total += 2 * (end - start) ** 2
    return total


def _expected(read: Sequence[Continuum], category: str, whole: int) -> float:
    """Of the category's units, strewn over all that their observers have read: `whole` is the sum of its lengths."""
    lengths: list[int] = []
    edges: dict[str, list[int]] = defaultdict(lambda: [0])  # of units and of all that the observer has read
    origin: dict[str, int] = defaultdict(int)
    for part in read:
        for name, held in part.observers.items():
            for start, end in held.get(category, ()):
                lengths.append(end - start)
                edges[name] += (origin[name] + start, origin[name] + end)
            origin[name] += part.length
    gaps = sorted(
        after - before
        for name, length in origin.items()
        for before, after in zip(edges[name][::2], [*edges[name][1::2], length], strict=True)
        if after > before
    )
    reach = [0]  # sums of the longest gaps
    for gap in reversed(gaps):
        reach.append(reach[-1] + gap)
    among_units = sum((len(lengths) - 1) / 3 * (2 * u**3 - 3 * u**2 + u) for u in lengths)
    in_gaps = 0
    for u in lengths:
        fitting = len(gaps) - bisect_left(gaps, u)
        in_gaps += u**2 * (reach[fitting] - fitting * (u - 1))
    places = whole * (whole - 1) - sum(u * (u - 1) for u in lengths)
    return 2 * (among_units + in_gaps) / places if places else 0.0
