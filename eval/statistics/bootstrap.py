"""Seeded bootstrap intervals and paired tests, computed from counts per document.

Documents are the units of resampling, because spans within an article are not independent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..metric_types.metric_groups import ConfidenceInterval, MetricInterval
from .interval_coverage import MIN_DOCUMENTS
from .metrics import Floats

_BATCH = 50  # resamples per batch, which bounds the memory for the weights of documents


def _weights(documents: int, *, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each document is drawn, in batches of resamples. Shape `(n, n_documents)`."""
    rng = np.random.default_rng(seed)
    for first in range(0, resamples, _BATCH):
        weights = np.empty((min(_BATCH, resamples - first), documents))
        for row in weights:
            row[:] = np.bincount(rng.integers(0, documents, documents), minlength=documents)
        yield weights


def resampled_sums(counts: NDArray[Any], *, resamples: int, seed: int) -> Floats:
    """Return sums over as many documents as there are, drawn with replacement (Efron 1979).

    Args:
        counts: Counts per document. Shape `(n_documents, …)`.
        resamples: Number of resamples.
        seed: Random seed; the same seed yields the same draws for every system.

    Returns:
        Shape `(n_resamples, …)`.
    """
    flat = counts.reshape(len(counts), prod(counts.shape[1:])).astype(np.float64)
    batches = [weights @ flat for weights in _weights(len(counts), resamples=resamples, seed=seed)]
    return np.concatenate([np.empty((0, flat.shape[1])), *batches]).reshape(resamples, *counts.shape[1:])


def resampled_medians(values: Sequence[tuple[int, float]], *, documents: int, resamples: int, seed: int) -> Floats:
    """Return medians of values over the same draws as `resampled_sums`; NaN for a draw without values.

    Args:
        values: Pairs of the index of a document and a value.
        documents: Number of documents.
        resamples: Number of resamples.
        seed: Random seed, as in `resampled_sums`.

    Returns:
        The median of each draw. Shape `(n_resamples,)`.
    """
    if not values:
        return np.full(resamples, np.nan)
    pairs = sorted(values, key=lambda item: item[1])
    indices, sorted_values = np.array([index for index, _ in pairs]), np.array([value for _, value in pairs])
    medians = []
    for weights in _weights(documents, resamples=resamples, seed=seed):
        for row in weights:
            cumulative = np.cumsum(row[indices])
            if not cumulative[-1]:
                medians.append(np.nan)
                continue
            low, high = (np.searchsorted(cumulative, cumulative[-1] / 2, side=side) for side in ("left", "right"))
            medians.append((sorted_values[low] + sorted_values[min(high, len(sorted_values) - 1)]) / 2)
    return np.array(medians)


def percentile_interval(values: Floats, *, level: float = 0.95) -> tuple[MetricInterval, int]:
    """Return the percentile interval of resampled values, None if all are NaN, and the number of NaN values."""
    defined = values[~np.isnan(values)]
    dropped = len(values) - len(defined)
    if not len(defined):
        return None, dropped
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return ConfidenceInterval(float(low), float(high)), dropped


def approximate_randomisation(
    a: NDArray[Any], b: NDArray[Any], metric: Callable[[Floats], Floats], *, resamples: int, seed: int
) -> float | None:
    """Return the two-sided p-value of the difference in a metric between two systems on the same documents.

    This is the share of random swaps of the systems' predictions, document by document, that yield at least the
    observed difference, with one added to both counts (Noreen 1989; Yeh 2000 for F1). It is None if there are too few
    documents for a test or the metric is undefined.

    Args:
        a: Counts of one system. Shape `(n_documents, …)`.
        b: Counts of the other system on the same documents.
        metric: Function from summed counts, shape `(n, …)`, to the metric, shape `(n,)`.
        resamples: Number of random swaps.
        seed: Random seed.
    """
    observed = _difference(a, b, metric)
    if len(a) < MIN_DOCUMENTS or np.isnan(observed):
        return None
    flat_a, flat_b = (side.reshape(len(side), -1).astype(np.float64) for side in (a, b))
    total, difference = flat_a.sum(axis=0) + flat_b.sum(axis=0), flat_b - flat_a
    rng = np.random.default_rng(seed)
    extreme = defined = 0
    for first in range(0, resamples, _BATCH):
        size = min(_BATCH, resamples - first)
        swapped = rng.integers(0, 2, (size, len(a))).astype(np.float64)
        sums = flat_a.sum(axis=0) + swapped @ difference
        shape = (size, *a.shape[1:])
        differences = metric(sums.reshape(shape)) - metric((total - sums).reshape(shape))
        differences = differences[~np.isnan(differences)]
        extreme += int((np.abs(differences) >= abs(observed) - 1e-12).sum())
        defined += len(differences)
    return (1 + extreme) / (1 + defined)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Apply Holm's (1979) step-down correction to a family of p-values; None stays None and is not counted."""
    ranked = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    maximum = 0.0
    for rank, (p, i) in enumerate(ranked):
        maximum = max(maximum, min(1.0, p * (len(ranked) - rank)))
        corrected[i] = maximum
    return corrected


def _difference(a: NDArray[Any], b: NDArray[Any], metric: Callable[[Floats], Floats]) -> float:
    sums = np.stack([a.sum(axis=0), b.sum(axis=0)]).astype(np.float64)
    metric_a, metric_b = metric(sums)
    return float(metric_a - metric_b)
