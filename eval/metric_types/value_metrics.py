"""Metrics and intervals for the values of a label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .metric_groups import Metric, MetricGroup, MetricInterval, NamedMetrics
from .span_metrics import PrecisionRecallF1


@dataclass(frozen=True, slots=True)
class ClusterMetrics(PrecisionRecallF1[Metric]):
    """B³ of the clusters that ids form, for actors that are not in the registry (Bagga and Baldwin 1998).

    Attributes:
        support: Number of such gold actors among the matched spans.
    """

    support: int


@dataclass(frozen=True, slots=True)
class ValueMetrics(MetricGroup):
    """Metrics for the values of a label, compared on strictly matched spans.

    Attributes:
        value_accuracy: Share of matched spans whose value is correct.
        value_f1: F1 that counts a span only if its value is correct too.
        fields: Metrics of the label's fields, such as `id_accuracy` and `edtf_overlap`; for coordinates `acc_25km`,
            `acc_161km`, the median error `median_km` in km, and `auc`, the area under the error curve (0 is best);
            for places of the gazetteer `same_country` and `same_admin1`, the shares that lie in the same country and in
            the same first-level administrative division.
        b_cubed: Clusters of ids that are not in the registry; None if ids of the label are not actors.
        support: Number of strictly matched spans.
        compared: Number of those whose ancestors could be compared, by the names of these metrics.
    """

    value_accuracy: Metric
    value_f1: Metric
    fields: NamedMetrics[Metric]
    b_cubed: ClusterMetrics | None
    support: int
    compared: Mapping[str, int] = field(default_factory=dict)

    def parts(self) -> Mapping[str, Any]:
        """Return what the group contains, by the next word of a path."""
        clusters = {} if self.b_cubed is None else {"b_cubed": self.b_cubed}
        overall = {"value_accuracy": self.value_accuracy, "value_f1": self.value_f1}
        compared = {"compared": self.compared} if self.compared else {}
        return {**overall, **self.fields, **clusters, **compared, "support": self.support}


@dataclass(frozen=True, slots=True)
class ValueIntervals(MetricGroup):
    """Intervals of the metrics for the values of a label.

    Attributes:
        value_accuracy: Interval of the share of matched spans whose value is correct.
        value_f1: Interval of the F1 that counts a span only if its value is correct too.
        fields: Intervals of the metrics in `ValueMetrics.fields`.
    """

    value_accuracy: MetricInterval
    value_f1: MetricInterval
    fields: NamedMetrics[MetricInterval]

    def parts(self) -> Mapping[str, Any]:
        """Return what the group contains, by the next word of a path."""
        return {"value_accuracy": self.value_accuracy, "value_f1": self.value_f1, **self.fields}
