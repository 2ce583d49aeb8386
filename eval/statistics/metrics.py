"""Precision, recall and F1 from summed counts, and their intervals from resampled counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..matching.cluster_measures import ClusterSums
from ..metric_types.metric_groups import MetricInterval, NamedMetrics
from ..metric_types.span_metrics import CountedMetrics, MeasureIntervals, MeasureMetrics, PrecisionRecallF1

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


def weighted(metrics: Floats, support: Floats) -> Floats:
    """Return the mean over labels, weighted by gold spans, excluding labels for which a metric is undefined.

    Arguments and result are those of `macro`.
    """
    weights = np.where(np.isnan(metrics), 0.0, support[..., None])
    return ratio((np.nan_to_num(metrics) * weights).sum(axis=-2), weights.sum(axis=-2))


def measure_metrics(counts: Floats, labels: Sequence[str]) -> MeasureMetrics:
    """Return the metrics of a measure.

    Args:
        counts: (matched, partial, gold, system) of each label, then of all labels. Shape `(n_labels + 1, 4)`.
        labels: Names of the labels.
    """
    return averaged_metrics(precision_recall_f1(counts), counts, labels)


def cluster_metrics(sums: ClusterSums, labels: Sequence[str]) -> MeasureMetrics:
    """Return the metrics of a measure of clusters; its counts are those of mentions.

    Args:
        sums: What the measure summed.
        labels: Names of the labels.
    """
    return averaged_metrics(cluster_rates(sums.rates), sums.mentions, labels)


def cluster_rates(sums: Floats) -> Floats:
    """Compute precision, recall and F1 from credit and its maximum for precision, then for recall.

    F1 is their harmonic mean: 0 if one of them is undefined, and undefined only if both are.

    Args:
        sums: Shape `(…, 4)`.

    Returns:
        Shape `(…, 3)`, in the order of `METRICS`.
    """
    precision, recall = ratio(sums[..., 0], sums[..., 1]), ratio(sums[..., 2], sums[..., 3])
    either = ~(np.isnan(precision) & np.isnan(recall))
    p, r = np.nan_to_num(precision), np.nan_to_num(recall)
    f1 = np.where(either & (p + r == 0), 0.0, ratio(2 * p * r, p + r))
    return np.stack([precision, recall, f1], axis=-1)


def averaged_metrics(metrics: Floats, counts: NDArray[Any], labels: Sequence[str]) -> MeasureMetrics:
    """Return the metrics of labels and all labels, shape `(n_labels + 1, 3)`, with their averages and counts."""
    *rows, total = map(counted_metrics, metrics, counts)
    mean, weighted_mean = (
        PrecisionRecallF1(*map(nan_to_none, average(metrics[:-1], counts[:-1, 2]))) for average in (macro, weighted)
    )
    return MeasureMetrics(total, mean, weighted_mean, NamedMetrics(dict(zip(labels, rows, strict=True))))


def nan_to_none(value: float) -> float | None:
    """Return a metric as stored in JSON, with None if it is undefined."""
    return None if np.isnan(value) else float(value)


def counted_metrics(metrics: Floats, counts: Floats) -> CountedMetrics:
    """Return precision, recall and F1 with the counts (matched, partial, gold, system) that they are computed from."""
    matched, partial, gold, system = map(int, counts)
    precision, recall, f1 = map(nan_to_none, metrics)
    return CountedMetrics(
        precision=precision,
        recall=recall,
        f1=f1,
        matched=matched,
        partial=partial,
        missed=gold - matched - partial,
        spurious=system - matched - partial,
        support=gold,
    )


def measure_intervals(
    resampled: Floats, labels: Sequence[str], interval: Callable[[Floats, str], MetricInterval], path: str
) -> MeasureIntervals:
    """Return the intervals of a measure.

    Args:
        resampled: Summed counts of each resample. Shape `(n_resamples, n_labels + 1, 4)`.
        labels: Names of the labels.
        interval: Function that computes an interval from the resampled values of a metric and its path.
        path: Path of the measure, such as `spans.strict`.
    """
    metrics = precision_recall_f1(resampled)
    mean, weighted_mean = (average(metrics[:, :-1], resampled[:, :-1, 2]) for average in (macro, weighted))

    def intervals(columns: Floats, group: str) -> PrecisionRecallF1[MetricInterval]:
        return PrecisionRecallF1(*(interval(columns[:, i], f"{path}.{group}.{name}") for i, name in enumerate(METRICS)))

    return MeasureIntervals(
        micro=intervals(metrics[:, -1], "micro"),
        macro=intervals(mean, "macro"),
        weighted=intervals(weighted_mean, "weighted"),
        labels=NamedMetrics({name: intervals(metrics[:, i], f"labels.{name}") for i, name in enumerate(labels)}),
    )
