"""Correction of several tests that keeps the share of false ones among those that are said to find something."""

from __future__ import annotations

from collections.abc import Sequence


def benjamini_yekutieli(p_values: Sequence[float | None]) -> list[float | None]:
    """Apply the step-up correction of Benjamini and Yekutieli (2001) to a family of p-values, however they depend.

    A test finds something at a level if its corrected p-value is at most the level.

    Args:
        p_values: The p-values; None stays None and is not counted.
    """
    ranked = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    factor = len(ranked) * sum(1 / rank for rank in range(1, len(ranked) + 1))
    corrected: list[float | None] = [None] * len(p_values)
    smallest = 1.0
    for rank, (p, i) in reversed(list(enumerate(ranked, 1))):
        smallest = min(smallest, p * factor / rank)
        corrected[i] = smallest
    return corrected
