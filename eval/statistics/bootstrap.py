"""Seeded bootstrap intervals and paired tests, computed from counts per document.

Documents are the units of resampling, because spans within an article are not independent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..columns.span_columns import Ints
from ..metric_types.metric_groups import ConfidenceInterval, MetricInterval
from .interval_coverage import MIN_DOCUMENTS
from .metrics import Floats

_BLOCKS = 16  # of sorted values, so that a median need not pass through all of them
_BATCH = 50  # resamples per batch, which bounds the memory for the weights of documents
_LARGEST_BATCH = 1 << 22  # numbers in the weights of a batch
_LARGEST_TABLE = 1 << 24  # numbers in the columns that are summed at once


def _weights(documents: int, *, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield how often each document is drawn, in batches of resamples. Shape `(n, n_documents)`."""
    rng = np.random.default_rng(seed)
    size = _batch(documents)
    for first in range(0, resamples, size):
        weights = np.empty((min(size, resamples - first), documents))
        for row in weights:
            row[:] = np.bincount(rng.integers(0, documents, documents), minlength=documents)
        yield weights


def _batch(documents: int) -> int:
    """Return the number of resamples in a batch: of many documents, fewer."""
    return max(1, min(_BATCH, _LARGEST_BATCH // max(1, documents)))


def resampled_sums(*tables: NDArray[Any], resamples: int, seed: int) -> list[Floats]:
    """Return sums over as many documents as there are, drawn with replacement (Efron 1979), of each table.

    Args:
        tables: Counts per document, at least one table. Shape `(n_documents, …)`.
        resamples: Number of resamples.
        seed: Random seed; the same seed yields the same draws for every system.

    Returns:
        Shape `(n_resamples, …)` for each table.
    """
    documents = len(tables[0])
    # many counts are the same for several measures, and each column is summed once
    numbers: dict[bytes, int] = {}
    columns: list[NDArray[Any]] = []
    places: list[list[int]] = []
    for table in tables:
        places.append([])
        for column in table.reshape(documents, prod(table.shape[1:])).T:
            key = sha256(column.astype(np.float64).tobytes()).digest()
            places[-1].append(numbers.setdefault(key, len(numbers)))
            if len(columns) < len(numbers):
                columns.append(column)
    parts = []
    at_once = max(1, _LARGEST_TABLE // max(1, documents))
    for first in range(0, len(columns), at_once):  # the same draws for each
        distinct = np.stack(columns[first : first + at_once], axis=1, dtype=np.float64)
        batches = [weights @ distinct for weights in _weights(documents, resamples=resamples, seed=seed)]
        parts.append(np.concatenate([np.empty((0, distinct.shape[1])), *batches]))
    sums = np.concatenate(parts, axis=1)
    return [sums[:, place].reshape(resamples, *table.shape[1:]) for place, table in zip(places, tables, strict=True)]


def resampled_medians(document: Ints, values: Floats, *, documents: int, resamples: int, seed: int) -> Floats:
    """Return medians of values over the same draws as `resampled_sums`; NaN for a draw without values.

    Args:
        document: Index of the document of each value. Shape `(n_values,)`.
        values: The values.
        documents: Number of documents.
        resamples: Number of resamples.
        seed: Random seed, as in `resampled_sums`.

    Returns:
        The median of each draw. Shape `(n_resamples,)`.
    """
    if not len(values):
        return np.full(resamples, np.nan)
    order = np.argsort(values, kind="stable")
    blocks = np.array_split(np.arange(len(values)), min(_BLOCKS, len(values)))
    indices, sorted_values = document[order], values[order]
    table = np.stack([np.bincount(indices[block], minlength=documents) for block in blocks], axis=1).astype(np.float64)
    medians = []
    for weights in _weights(documents, resamples=resamples, seed=seed):
        for row, totals in zip(weights, np.cumsum(weights @ table, axis=1), strict=True):
            half = totals[-1] / 2
            if not half:
                medians.append(np.nan)
                continue
            ends = []
            for side in ("left", "right"):  # the block in which half of the weight is reached, then the place in it
                number = min(int(np.searchsorted(totals, half, side=side)), len(blocks) - 1)
                within = np.cumsum(row[indices[blocks[number]]]) + (totals[number - 1] if number else 0.0)
                at = min(int(np.searchsorted(within, half, side=side)), len(within) - 1)
                ends.append(sorted_values[blocks[number][at]])
            medians.append(sum(ends) / 2)
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
    for first in range(0, resamples, batch := _batch(len(a))):
        size = min(batch, resamples - first)
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
