"""Precision, recall and F1 from summed counts, and their nested representation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

METRICS = ("precision", "recall", "f1")


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the quotient; NaN where the denominator is 0, as the metric is then undefined, not 0 or 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def precision_recall_f1(counts: Floats) -> Floats:
    """Compute precision, recall and F1 from (matched, partial, gold, system).

    With the credit c = matched + partial / 2, g gold spans and s system spans, these are c / s, c / g and 2c / (g + s).

    Args:
        counts: Shape `(…, 4)`.

    Returns:
        Shape `(…, 3)`, in the order of `METRICS`.
    """
    matched, partial, gold, system = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    credit = matched + partial / 2
    return np.stack([ratio(credit, system), ratio(credit, gold), ratio(2 * credit, gold + system)], axis=-1)


def macro(metrics: Floats, support: Floats) -> Floats:
    """Return the mean over labels with gold spans, excluding labels for which a metric is undefined.

    Args:
        metrics: Metrics of each label. Shape `(…, n_labels, 3)`.
        support: Number of gold spans of each label. Shape `(…, n_labels)`.

    Returns:
        Shape `(…, 3)`; NaN if no label is included.
    """
    included = (support[..., None] > 0) & ~np.isnan(metrics)
    return ratio(np.where(included, metrics, 0.0).sum(axis=-2), included.sum(axis=-2).astype(np.float64))


def metrics_tree(counts: Floats, labels: Sequence[str]) -> dict[str, Any]:
    """Return the metrics of a measure by `micro`, `macro` and `labels`.

    Args:
        counts: (matched, partial, gold, system) of each label, then of all labels. Shape `(n_labels + 1, 4)`.
        labels: Names of the labels.
    """
    metrics = precision_recall_f1(counts)
    rows = [_with_counts(metrics[i], counts[i]) for i in range(len(labels) + 1)]
    mean = macro(metrics[:-1], counts[:-1, 2])
    return {
        "micro": rows[-1],
        "macro": {name: nan_to_none(value) for name, value in zip(METRICS, mean, strict=True)},
        "labels": dict(zip(labels, rows[:-1], strict=True)),
    }


def nan_to_none(value: float) -> float | None:
    """Return a metric as stored in JSON, with None if it is undefined."""
    return None if np.isnan(value) else float(value)


def _with_counts(metrics: Floats, counts: Floats) -> dict[str, Any]:
    matched, partial, gold, system = (int(count) for count in counts)
    row: dict[str, Any] = {name: nan_to_none(value) for name, value in zip(METRICS, metrics, strict=True)}
    return row | {
        "matched": matched,
        "partial": partial,
        "missed": gold - matched - partial,
        "spurious": system - matched - partial,
        "support": gold,
    }


def interval_tree(
    resampled: Floats, labels: Sequence[str], interval: Callable[[Floats, str], Any], path: str
) -> dict[str, Any]:
    """Return the intervals of a measure, in the same structure as `metrics_tree`.

    Args:
        resampled: Summed counts of each resample. Shape `(n_resamples, n_labels + 1, 4)`.
        labels: Names of the labels.
        interval: Function that computes an interval from the resampled values of a metric and its path.
        path: Path of the measure, such as `spans.strict`.
    """
    metrics = precision_recall_f1(resampled)
    mean = macro(metrics[:, :-1], resampled[:, :-1, 2])

    def intervals(columns: Floats, group: str) -> dict[str, Any]:
        return {name: interval(columns[:, i], f"{path}.{group}.{name}") for i, name in enumerate(METRICS)}

    return {
        "micro": intervals(metrics[:, -1], "micro"),
        "macro": intervals(mean, "macro"),
        "labels": {name: intervals(metrics[:, i], f"labels.{name}") for i, name in enumerate(labels)},
    }
