"""Metrics and intervals of a system as they are stored, and as the types that scores have them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ..metric_types.metric_groups import Metric, MetricInterval, NamedMetrics
from ..metric_types.score_intervals import IntervalCoverage, ScoreIntervals
from ..metric_types.slice_metrics import SliceIntervals, SliceMetrics
from ..metric_types.span_metrics import (
    ByMeasure,
    CountedMetrics,
    MeasureIntervals,
    MeasureMetrics,
    PrecisionRecallF1,
    TokenIntervals,
    TokenMetrics,
    UntaggedSpans,
)
from ..metric_types.value_metrics import ClusterMetrics, ValueIntervals, ValueMetrics

Rates = PrecisionRecallF1[Metric]
RateIntervals = PrecisionRecallF1[MetricInterval]


class StoredMeasure(msgspec.Struct):
    """Metrics of a span measure."""

    micro: CountedMetrics
    macro: Rates
    weighted: Rates
    labels: dict[str, CountedMetrics]

    def metrics(self) -> MeasureMetrics:
        """Return the metrics."""
        return MeasureMetrics(self.micro, self.macro, self.weighted, NamedMetrics(self.labels))


class StoredMeasureIntervals(msgspec.Struct):
    """Intervals of a span measure."""

    micro: RateIntervals
    macro: RateIntervals
    weighted: RateIntervals
    labels: dict[str, RateIntervals]

    def intervals(self) -> MeasureIntervals:
        """Return the intervals."""
        return MeasureIntervals(self.micro, self.macro, self.weighted, NamedMetrics(self.labels))


class StoredTokens(msgspec.Struct):
    """Token metrics."""

    micro: CountedMetrics
    labels: dict[str, CountedMetrics]
    untagged: UntaggedSpans


class StoredTokenIntervals(msgspec.Struct):
    """Intervals of token metrics."""

    micro: RateIntervals
    labels: dict[str, RateIntervals]


class StoredSlice(msgspec.Struct):
    """Metrics of a slice."""

    documents: int
    gold_spans: int
    system_spans: int
    spans: dict[str, StoredMeasure]


class StoredSliceIntervals(msgspec.Struct):
    """Intervals of a slice."""

    spans: dict[str, StoredMeasureIntervals]


class StoredIntervals(msgspec.Struct):
    """Intervals of all metrics of a system."""

    coverage: IntervalCoverage | None
    spans: dict[str, StoredMeasureIntervals]
    values: dict[str, dict[str, MetricInterval]]
    tokens: StoredTokenIntervals | None = None
    slices: dict[str, dict[str, StoredSliceIntervals]] | None = None


class StoredCounts(msgspec.Struct):
    """Counts of a system, each table as the numbers of its columns."""

    spans: dict[str, Any]
    values: dict[str, Any]
    tokens: Any = None


class StoredSystem(msgspec.Struct):
    """The scores of a system, under the keys of `SystemScore.to_dict`, with its counts."""

    name: str
    signature: str
    spans: dict[str, StoredMeasure]
    values: dict[str, dict[str, int | float | dict[str, Any] | None]]
    interval: StoredIntervals
    counts: StoredCounts
    tokens: StoredTokens | None = None
    slices: dict[str, dict[str, StoredSlice]] | None = None


def span_metrics(spans: Mapping[str, StoredMeasure]) -> ByMeasure[MeasureMetrics]:
    """Return the metrics of span measures."""
    return ByMeasure.of({measure: stored.metrics() for measure, stored in spans.items()})


def token_metrics(tokens: StoredTokens | None) -> TokenMetrics | None:
    """Return the token metrics; None if there are none."""
    return None if tokens is None else TokenMetrics(tokens.micro, NamedMetrics(tokens.labels), tokens.untagged)


def value_metrics(values: Mapping[str, Mapping[str, Any]]) -> NamedMetrics[ValueMetrics]:
    """Return the value metrics of each label.

    Raises:
        ValidationError: A group of metrics is not one.
    """
    found = {}
    for label, stored in values.items():
        fields = dict(stored)

        def take(name: str, kind: Any, default: Any = None, path: str = f"$.values.{label}", left: Any = fields) -> Any:
            try:
                return msgspec.convert(left.pop(name, default), kind)
            except msgspec.ValidationError as error:
                raise msgspec.ValidationError(f"{error} - at `{path}.{name}`") from error

        accuracy, f1 = take("value_accuracy", Metric), take("value_f1", Metric)
        support, clusters = take("support", int), take("b_cubed", ClusterMetrics | None)
        compared = take("compared", dict[str, int], {})
        rates = NamedMetrics({name: take(name, Metric) for name in list(fields)}, noun="metric")
        found[label] = ValueMetrics(accuracy, f1, rates, clusters, support, compared)
    return NamedMetrics(found)


def slice_metrics(slices: Mapping[str, Mapping[str, StoredSlice]] | None) -> Any:
    """Return the metrics of slices by field and group; None if there are none."""
    if slices is None:
        return None
    return _by_group(slices, lambda s: SliceMetrics(s.documents, s.gold_spans, s.system_spans, span_metrics(s.spans)))


def score_intervals(stored: StoredIntervals) -> ScoreIntervals:
    """Return the intervals of a system."""
    tokens = stored.tokens
    values = {}
    for label, of_label in stored.values.items():
        fields = dict(of_label)
        accuracy, f1 = fields.pop("value_accuracy"), fields.pop("value_f1")
        values[label] = ValueIntervals(accuracy, f1, NamedMetrics(fields, noun="metric"))
    return ScoreIntervals(
        coverage=stored.coverage,
        spans=_span_intervals(stored.spans),
        tokens=None if tokens is None else TokenIntervals(tokens.micro, NamedMetrics(tokens.labels)),
        values=NamedMetrics(values),
        slices=None
        if stored.slices is None
        else _by_group(stored.slices, lambda s: SliceIntervals(_span_intervals(s.spans))),
    )


def _span_intervals(spans: Mapping[str, StoredMeasureIntervals]) -> ByMeasure[MeasureIntervals]:
    return ByMeasure.of({measure: stored.intervals() for measure, stored in spans.items()})


def _by_group(slices: Mapping[str, Mapping[str, Any]], convert: Any) -> Any:
    """Return slices by field and group, each converted."""
    fields = {
        field: NamedMetrics({group: convert(stored) for group, stored in groups.items()}, noun="group")
        for field, groups in slices.items()
    }
    return NamedMetrics(fields, noun="field")
