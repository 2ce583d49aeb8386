"""Krippendorff's alpha for unitising: agreement on where units are and what they are (Krippendorff 1995; 2004, ch. 11).

Alpha is 1 minus observed over expected disagreement, both summed over categories. Disagreement counts squared lengths:
of two units that overlap, the squares of how far their ends lie apart; of a unit that falls into the other observer's
gap, the square of its length. Expected disagreement is that of the same units strewn over the continuum by chance.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import permutations

Units = Sequence[tuple[int, int]]
"""Half-open stretches of the continuum, in order, none overlapping another."""


def alpha_u(observers: Sequence[Mapping[str, Units]], length: int) -> float:
    """Agreement of two observers or more who marked units of several categories on one continuum from 0.

    Args:
        observers: For each, its units by category.
        length: Of the continuum, in the unit of the offsets.

    Returns:
        1 for perfect agreement, around 0 for chance, below for worse; NaN where nothing was marked, or fewer than two
        observed.
    """
    categories = sorted({category for units in observers for category in units})
    if len(observers) < 2 or length <= 0:
        return float("nan")
    by_category = [[list(units.get(category, ())) for units in observers] for category in categories]
    observed = sum(_observed(units, length) for units in by_category)
    expected = sum(_expected(units, length) for units in by_category)
    return 1 - observed / expected if expected > 0 else float("nan")


def _observed(observers: Sequence[Units], length: int) -> float:
    total = sum(_distance(a, b) for a, b in permutations(observers, 2))
    return total / (len(observers) * (len(observers) - 1) * length**2)


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


def _expected(observers: Sequence[Units], length: int) -> float:
    m = len(observers)
    lengths = [end - start for units in observers for start, end in units]
    gaps = sorted(gap for units in observers for gap in _gaps(units, length))
    reach = [0]  # sums of the longest gaps
    for gap in reversed(gaps):
        reach.append(reach[-1] + gap)
    among_units = sum((len(lengths) - 1) / 3 * (2 * u**3 - 3 * u**2 + u) for u in lengths)
    in_gaps = 0
    for u in lengths:
        fitting = len(gaps) - bisect_left(gaps, u)
        in_gaps += u**2 * (reach[fitting] - fitting * (u - 1))
    places = m * length * (m * length - 1) - sum(u * (u - 1) for u in lengths)
    return 2 / length * (among_units + in_gaps) / places if places else 0.0


def _gaps(units: Units, length: int) -> list[int]:
    edges = [0, *(edge for unit in units for edge in unit), length]
    return [after - before for before, after in zip(edges[::2], edges[1::2], strict=True) if after > before]
