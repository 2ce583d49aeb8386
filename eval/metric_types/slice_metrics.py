"""Metrics and intervals of a slice of the documents, such as those of one publisher."""

from __future__ import annotations

from dataclasses import dataclass

from .metric_groups import MetricGroup
from .span_metrics import ByMeasure, MeasureIntervals, MeasureMetrics


@dataclass(frozen=True, slots=True)
class SliceMetrics(MetricGroup):
    """Metrics of a slice, computed from the same pairs as those of all documents.

    Attributes:
        documents: Number of documents.
        gold_spans: Number of gold spans.
        system_spans: Number of system spans.
        spans: Span metrics by measure.
    """

    documents: int
    gold_spans: int
    system_spans: int
    spans: ByMeasure[MeasureMetrics]


@dataclass(frozen=True, slots=True)
class SliceIntervals(MetricGroup):
    """Intervals of the metrics of a slice; None where it has too few documents.

    Attributes:
        spans: Intervals of the span metrics.
    """

    spans: ByMeasure[MeasureIntervals]
