"""Metrics and intervals of slices of the documents, from the same counts as those of all documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...corpus.queries.document_groups import MAX_GROUPS
from ...schema import UsageError, pluralize
from ..metric_types.metric_groups import NamedMetrics
from ..metric_types.slice_metrics import SliceIntervals, SliceMetrics
from ..metric_types.span_metrics import ByMeasure
from .confidence_intervals import Intervals, no_intervals
from .metrics import measure_metrics

Slices = NamedMetrics[NamedMetrics[SliceMetrics]]
"""Metrics of slices by field and group."""

SlicesIntervals = NamedMetrics[NamedMetrics[SliceIntervals]]
"""Intervals of slices by field and group."""


def slice_scores(
    counts: Mapping[str, Any],
    groups: Mapping[str, Sequence[str]],
    labels: Sequence[str],
    *,
    resamples: int,
    seed: int,
    minimum: int,
) -> tuple[Slices, SlicesIntervals]:
    """Return metrics and intervals of the groups of documents, sorted.

    Args:
        counts: Counts of each measure. Shape `(n_documents, n_labels + 1, 4)`.
        groups: By field, the group of each document.
        labels: Names of the labels.
        resamples: Number of resamples.
        seed: Random seed.
        minimum: Number of documents below which a slice has no intervals.

    Raises:
        UsageError: A field has more than `MAX_GROUPS` groups.
    """
    # the same for all slices without intervals
    absent = SliceIntervals(ByMeasure.of(no_intervals(counts, labels)))
    metrics: dict[str, NamedMetrics[SliceMetrics]] = {}
    intervals: dict[str, NamedMetrics[SliceIntervals]] = {}
    for name, of_document in groups.items():
        found, place = np.unique(np.array(of_document, dtype=object), return_inverse=True)
        if len(found) > MAX_GROUPS:
            what = f"`by` {name} has {len(found):,} groups, at most {MAX_GROUPS:,} are shown"
            raise UsageError(f"{what}. Fix: a field with fewer values; metrics of each document do not need `by`")
        order = np.argsort(place, kind="stable")
        parts = np.split(order, np.cumsum(np.bincount(place, minlength=len(found)))[:-1])
        of_field = {
            str(group): _slice(
                {measure: table[rows] for measure, table in counts.items()},
                labels,
                Intervals(labels, len(rows), resamples, seed) if resamples and len(rows) >= minimum else None,
                absent,
            )
            for group, rows in zip(found.tolist(), parts, strict=bool(len(found)))
        }
        metrics[name] = NamedMetrics({group: both[0] for group, both in of_field.items()}, noun="group")
        intervals[name] = NamedMetrics({group: both[1] for group, both in of_field.items()}, noun="group")
    return NamedMetrics(metrics, noun="field"), NamedMetrics(intervals, noun="field")


def slice_notes(slices: Slices, minimum: int) -> list[str]:
    """Return a note for each field with groups that have too few documents for intervals."""
    small = {name: sum(group.documents < minimum for group in groups.values()) for name, groups in slices.items()}
    return [
        f"slices by {name}: {pluralize(count, 'group')} of {len(slices[name])} with fewer than {minimum} documents, "
        "too few for intervals"
        for name, count in small.items()
        if count
    ]


def _slice(
    counts: Mapping[str, Any], labels: Sequence[str], intervals: Intervals | None, absent: SliceIntervals
) -> tuple[SliceMetrics, SliceIntervals]:
    sums = {measure: table.sum(axis=0) for measure, table in counts.items()}
    gold_spans, system_spans = map(int, sums["strict"][-1, 2:])
    spans = ByMeasure.of({measure: measure_metrics(total, labels) for measure, total in sums.items()})
    metrics = SliceMetrics(len(counts["strict"]), gold_spans, system_spans, spans)
    return metrics, absent if intervals is None else SliceIntervals(ByMeasure.of(intervals.of_measures(counts)))
