"""Bootstrap intervals of all additive metrics of a system, and of the median distance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..matching.match_counts import MEASURES
from ..metric_types.metric_groups import MetricInterval, NamedMetrics
from ..metric_types.score_intervals import IntervalCoverage, ScoreIntervals
from ..metric_types.span_metrics import ByMeasure, MeasureIntervals, TokenIntervals
from ..metric_types.value_metrics import ValueIntervals
from ..token_measure import TokenCounts
from .bootstrap import percentile_interval, resampled_medians, resampled_sums
from .interval_coverage import NOMINAL, simulated_coverage
from .metrics import Floats, measure_intervals, ratio
from .value_measures import ValueCounts


def no_intervals(measures: Iterable[str], labels: Sequence[str]) -> dict[str, MeasureIntervals]:
    """Return the intervals of span measures that have none, all of them None."""
    table = np.zeros((0, len(labels) + 1, 4))
    return Intervals(labels, 0, 0, 0).of_measures(dict.fromkeys(measures, table))


@dataclass(slots=True)
class Intervals:
    """Intervals of one system.

    Attributes:
        labels: Labels, in the order of the counts.
        documents: Number of documents.
        resamples: Number of resamples; 0 leaves every interval null.
        seed: Random seed; the same seed yields the same resamples for every system.
        undefined: Number of resamples in which a metric is undefined, by the path of the metric; 0 is omitted.
        kept: Paths of metrics whose values in the resamples are kept, for differences between systems.
        resampled: These values, by path. Shape `(n_resamples,)`.
    """

    labels: Sequence[str]
    documents: int
    resamples: int
    seed: int
    undefined: dict[str, int] = field(default_factory=dict)
    kept: Sequence[str] = ()
    resampled: dict[str, Floats] = field(default_factory=dict)

    def of(
        self,
        counts: Mapping[str, Any],
        tokens: TokenCounts | None,
        values: Mapping[str, ValueCounts],
        others: Mapping[str, MeasureIntervals],
    ) -> ScoreIntervals:
        """Return the intervals of all metrics from one set of resamples, with their coverage in simulations.

        Args:
            counts: Counts of each span measure: the four of `MEASURES`, and further ones. Shape
                `(n_documents, n_labels + 1, 4)`.
            tokens: Counts of tokens, if there are any.
            values: Counts of values by label.
            others: Intervals of measures that are not computed from counts.
        """
        tables = [*(counts[measure] for measure in MEASURES), *([] if tokens is None else [tokens.counts])]
        tables += [
            table for item in values.values() for table in (item.log_errors(), item.passed, item.compared, item.shares)
        ]
        sums = iter(resampled_sums(*tables, resamples=self.resamples, seed=self.seed))
        resampled = {measure: next(sums) for measure in MEASURES}
        spans = {
            measure: measure_intervals(resampled[measure], self.labels, self._interval, f"spans.{measure}")
            for measure in MEASURES
        }
        # on their own, so that no other figure depends on which measures were requested
        spans |= self.of_measures({name: table for name, table in counts.items() if name not in MEASURES})
        token_intervals = None
        if tokens is not None:
            all_intervals = measure_intervals(next(sums), self.labels, self._interval, "tokens")
            token_intervals = TokenIntervals(all_intervals.micro, all_intervals.labels)
        totals = resampled["strict"][:, :, 2:].sum(axis=2)  # gold and system spans, by label
        return ScoreIntervals(
            coverage=IntervalCoverage(NOMINAL, simulated_coverage(self.documents)) if self.resamples else None,
            spans=ByMeasure.of({**spans, **others}),
            tokens=token_intervals,
            values=NamedMetrics(
                {
                    label: self._value_intervals(
                        label, item, [next(sums) for _ in range(4)], totals[:, self.labels.index(label)]
                    )
                    for label, item in values.items()
                }
            ),
        )

    def of_measures(self, counts: Mapping[str, Any]) -> dict[str, MeasureIntervals]:
        """Return the intervals of span measures, given their counts as in `of`."""
        if not counts:
            return {}
        sums = resampled_sums(*counts.values(), resamples=self.resamples, seed=self.seed)
        return {
            name: measure_intervals(resampled, self.labels, self._interval, f"spans.{name}")
            for name, resampled in zip(counts, sums, strict=True)
        }

    def _value_intervals(
        self, label: str, counts: ValueCounts, resampled: Sequence[Floats], spans: Floats
    ) -> ValueIntervals:
        rule = counts.rule
        errors, passed, compared, shares = resampled
        rates = ratio(passed, compared)
        value_f1 = ratio(2 * passed[:, 0], spans) if rule.compared_fields is not None else rates[:, 0]
        columns = {"value_accuracy": rates[:, 0], "value_f1": value_f1}
        columns |= {name: rates[:, i] for i, name in enumerate(counts.names) if i}
        if rule.has_points:
            columns["auc"] = ratio(errors[:, 0], errors[:, 1])
        columns |= {
            name: resampled_medians(
                found.document, found.errors, documents=self.documents, resamples=self.resamples, seed=self.seed
            )
            for name, found in counts.errors.items()
        }
        columns |= {name: ratio(*shares[:, at].T) for at, name in enumerate(counts.share_names)}
        intervals = {name: self._interval(column, f"values.{label}.{name}") for name, column in columns.items()}
        accuracy, f1 = intervals.pop("value_accuracy"), intervals.pop("value_f1")
        return ValueIntervals(accuracy, f1, NamedMetrics(intervals, noun="metric"))

    def _interval(self, column: Floats, path: str) -> MetricInterval:
        interval, undefined = percentile_interval(column)
        if path in self.kept:
            self.resampled[path] = column.copy()
        if undefined and interval is not None:  # a metric without an interval needs no note
            self.undefined[path] = undefined
        return interval
