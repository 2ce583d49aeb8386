"""Bootstrap intervals of all additive metrics of a system, in the same structure as the metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from ..matching.match_counts import MEASURES
from ..token_measure import TokenCounts
from .bootstrap import percentile_interval, resampled_medians, resampled_sums
from .interval_coverage import NOMINAL, simulated_coverage
from .metrics import Floats, interval_tree, ratio
from .value_measures import ValueCounts


@dataclass(slots=True)
class Intervals:
    """Intervals of one system.

    Attributes:
        labels: Labels, in the order of the counts.
        documents: Number of documents.
        resamples: Number of resamples; 0 leaves every interval null.
        seed: Random seed; the same seed yields the same resamples for every system.
        undefined: Number of resamples in which a metric is undefined, by the path of the metric; 0 is omitted.
    """

    labels: Sequence[str]
    documents: int
    resamples: int
    seed: int
    undefined: dict[str, int] = field(default_factory=dict)

    def tree(
        self, counts: Mapping[str, Any], tokens: TokenCounts | None, values: Mapping[str, ValueCounts]
    ) -> dict[str, Any]:
        """Return the intervals of all metrics from one set of resamples, with their coverage in simulations.

        Args:
            counts: Counts of each span measure. Shape `(n_documents, n_labels + 1, 4)`.
            tokens: Counts of tokens, if there are any.
            values: Counts of values by label.
        """
        tables = [*(counts[measure] for measure in MEASURES), *([] if tokens is None else [tokens.counts])]
        parts = [table.reshape(self.documents, prod(table.shape[1:])) for table in tables]
        parts += [np.column_stack([item.log_errors(), item.passed, item.compared]) for item in values.values()]
        sums = resampled_sums(np.hstack(parts), resamples=self.resamples, seed=self.seed)
        pieces = iter(np.split(sums, np.cumsum([part.shape[1] for part in parts])[:-1], axis=1))
        shape = (self.resamples, len(self.labels) + 1, 4)
        tree: dict[str, Any] = {
            "coverage": {"nominal": NOMINAL, "simulated": simulated_coverage(self.documents)}
            if self.resamples
            else None,
            "spans": {},
        }
        resampled = {measure: next(pieces).reshape(shape) for measure in MEASURES}
        for measure in MEASURES:
            tree["spans"][measure] = interval_tree(resampled[measure], self.labels, self._interval, f"spans.{measure}")
        if tokens is not None:
            token_tree = interval_tree(next(pieces).reshape(shape), self.labels, self._interval, "tokens")
            tree["tokens"] = {"micro": token_tree["micro"], "labels": token_tree["labels"]}
        spans = resampled["strict"][:, :, 2:].sum(axis=2)  # gold and system spans, by label
        tree["values"] = {
            label: self._value_intervals(label, value_counts, next(pieces), spans[:, self.labels.index(label)])
            for label, value_counts in values.items()
        }
        return tree

    def _value_intervals(
        self, label: str, value_counts: ValueCounts, resampled: Floats, spans: Floats
    ) -> dict[str, Any]:
        rule = value_counts.rule
        errors, passed, compared = np.split(resampled, [2, 2 + len(rule.names)], axis=1)
        rates = ratio(passed, compared)
        columns = {"value_accuracy": rates[:, 0]}
        columns["value_f1"] = ratio(2 * passed[:, 0], spans) if rule.compared_fields is not None else rates[:, 0]
        columns |= {name: rates[:, i] for i, name in enumerate(rule.names) if i}
        if rule.has_points:
            columns["auc"] = ratio(errors[:, 0], errors[:, 1])
            columns["median_km"] = resampled_medians(
                value_counts.errors_km, documents=self.documents, resamples=self.resamples, seed=self.seed
            )
        return {name: self._interval(column, f"values.{label}.{name}") for name, column in columns.items()}

    def _interval(self, column: Floats, path: str) -> list[float] | None:
        interval, undefined = percentile_interval(column)
        if undefined and interval is not None:  # a metric without an interval needs no note
            self.undefined[path] = undefined
        return interval
