"""Intervals of all metrics of a system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .metric_groups import MetricGroup, NamedMetrics
from .slice_metrics import SliceIntervals
from .span_metrics import ByMeasure, MeasureIntervals, TokenIntervals
from .value_metrics import ValueIntervals


@dataclass(frozen=True, slots=True)
class IntervalCoverage(MetricGroup):
    """How often intervals contain the true value.

    Attributes:
        nominal: Their level.
        simulated: Share of simulated corpora of this size in which they did; None for a single document.
    """

    nominal: float
    simulated: float | None


@dataclass(frozen=True, slots=True)
class ScoreIntervals(MetricGroup):
    """Intervals of the metrics of a system, under the paths of the metrics; None where they were not computed.

    Attributes:
        coverage: How often such intervals contain the true value; None without resamples.
        spans: Intervals of the span metrics.
        tokens: Intervals of the token metrics; None if there are no token metrics.
        values: Intervals of the value metrics by label.
        slices: Intervals of the slices, by field and group.
    """

    coverage: IntervalCoverage | None
    spans: ByMeasure[MeasureIntervals]
    tokens: TokenIntervals | None
    values: NamedMetrics[ValueIntervals]
    slices: NamedMetrics[NamedMetrics[SliceIntervals]] | None = None

    def parts(self) -> Mapping[str, Any]:
        """Return what the group contains, by the next word of a path."""
        tokens = {} if self.tokens is None else {"tokens": self.tokens}
        slices = {} if self.slices is None else {"slices": self.slices}
        return {"coverage": self.coverage, "spans": self.spans, **tokens, "values": self.values, **slices}
