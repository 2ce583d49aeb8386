"""Bootstrap intervals and paired tests, all from counts per document, all seeded.

The document is the unit of resampling: spans of one article are no independent draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .interval_coverage import FEWEST
from .metrics import Floats

_BATCH = 50  # resamples at once: weights of as many documents times this stay in memory


def _weights(documents: int, *, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each document is drawn, some resamples at a time. Shape `(n, n_documents)`."""
    chance = np.random.default_rng(seed)
    for first in range(0, resamples, _BATCH):
        weights = np.empty((min(_BATCH, resamples - first), documents))
        for row in weights:
            row[:] = np.bincount(chance.integers(0, documents, documents), minlength=documents)
        yield weights


def resampled_sums(counts: NDArray[Any], *, resamples: int, seed: int) -> Floats:
    """Sums over documents drawn with replacement, as many as there are (Efron 1979).

    Args:
        counts: Shape `(n_documents, …)`.
        resamples: How many.
        seed: The same seed gives the same draws, for every system.

    Returns:
        Shape `(n_resamples, …)`.
    """
    flat = counts.reshape(len(counts), prod(counts.shape[1:])).astype(np.float64)
    batches = [weights @ flat for weights in _weights(len(counts), resamples=resamples, seed=seed)]
    return np.concatenate([np.empty((0, flat.shape[1])), *batches]).reshape(resamples, *counts.shape[1:])


def resampled_medians(values: Sequence[tuple[int, float]], *, documents: int, resamples: int, seed: int) -> Floats:
    """Medians of values that belong to documents, in the same draws as `resampled_sums`; NaN where a draw has none.

    Args:
        values: (document, value).
        documents: How many there are.
        resamples: How many.
        seed: As in `resampled_sums`.

    Returns:
        The median of each draw. Shape `(n_resamples,)`.
    """
    if not values:
        return np.full(resamples, np.nan)
    ordered = sorted(values, key=lambda item: item[1])
    owner, sizes = np.array([d for d, _ in ordered]), np.array([value for _, value in ordered])
    medians = []
    for weights in _weights(documents, resamples=resamples, seed=seed):
        for row in weights:
            reach = np.cumsum(row[owner])
            if not reach[-1]:
                medians.append(np.nan)
                continue
            low, high = (np.searchsorted(reach, reach[-1] / 2, side=side) for side in ("left", "right"))
            medians.append((sizes[low] + sizes[min(high, len(sizes) - 1)]) / 2)
    return np.array(medians)


def percentile_interval(values: Floats, *, level: float = 0.95) -> tuple[list[float] | None, int]:
    """The middle `level` of resampled values, and how many were undefined and dropped; None where all were."""
    defined = values[~np.isnan(values)]
    dropped = len(values) - len(defined)
    if not len(defined):
        return None, dropped
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return [float(low), float(high)], dropped


def approximate_randomisation(
    a: NDArray[Any], b: NDArray[Any], figure: Callable[[Floats], Floats], *, resamples: int, seed: int
) -> float | None:
    """Two-sided p-value of the difference of a figure between two systems on the same documents.

    The share of random swaps of the systems' answers, document by document, that give at least the difference seen, one
    added to both counts (Noreen 1989; Yeh 2000 for F1). None where there are too few documents to test on, or the
    figure is undefined.

    Args:
        a: Counts of one system. Shape `(n_documents, …)`.
        b: Of the other, over the same documents.
        figure: From summed counts, shape `(n, …)`, to the figure, shape `(n,)`.
        resamples: How many swaps.
        seed: The same seed gives the same swaps.
    """
    observed = _difference(a, b, figure)
    if len(a) < FEWEST or np.isnan(observed):
        return None
    flat_a, flat_b = (side.reshape(len(side), -1).astype(np.float64) for side in (a, b))
    total, gap = flat_a.sum(axis=0) + flat_b.sum(axis=0), flat_b - flat_a
    chance = np.random.default_rng(seed)
    extreme = counted = 0
    for first in range(0, resamples, _BATCH):
        size = min(_BATCH, resamples - first)
        swapped = chance.integers(0, 2, (size, len(a))).astype(np.float64)
        one = flat_a.sum(axis=0) + swapped @ gap
        shapes = ((size, *a.shape[1:]),) * 2
        differences = figure(one.reshape(shapes[0])) - figure((total - one).reshape(shapes[1]))
        differences = differences[~np.isnan(differences)]
        extreme += int((np.abs(differences) >= abs(observed) - 1e-12).sum())
        counted += len(differences)
    return (1 + extreme) / (1 + counted)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's (1979) step-down correction of a family of p-values; None stays None and does not count."""
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    reached = 0.0
    for rank, (p, i) in enumerate(known):
        reached = max(reached, min(1.0, p * (len(known) - rank)))
        corrected[i] = reached
    return corrected


def _difference(a: NDArray[Any], b: NDArray[Any], figure: Callable[[Floats], Floats]) -> float:
    sums = np.stack([a.sum(axis=0), b.sum(axis=0)]).astype(np.float64)
    one, other = figure(sums)
    return float(one - other)
