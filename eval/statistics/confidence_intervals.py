"""Bootstrap intervals of every additive figure of a system, in the shape of the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from ..matching.match_counts import MEASURES
from ..token_measure import TokenCounts
from ..value_measures import ValueCounts
from .bootstrap import percentile_interval, resampled_medians, resampled_sums
from .interval_coverage import NOMINAL, simulated_coverage
from .metrics import Floats, interval_tree, ratio


@dataclass(slots=True)
class Intervals:
    """Intervals of one system.

    Attributes:
        labels: Names, in the order of the counts.
        documents: How many there are.
        resamples: How many; 0 leaves every interval null. The same seed gives the same draws, for every system.
        seed: Of the draws.
        undefined: By the path of a figure that some resamples leave undefined, how many.
    """

    labels: Sequence[str]
    documents: int
    resamples: int
    seed: int
    undefined: dict[str, int] = field(default_factory=dict)

    def tree(
        self, counts: Mapping[str, Any], tokens: TokenCounts | None, values: Mapping[str, ValueCounts]
    ) -> dict[str, Any]:
        """The intervals of all figures from one set of draws, with the coverage that such intervals were seen to have.

        Args:
            counts: Of each span measure. Shape `(n_documents, n_labels + 1, 4)`.
            tokens: Of the token measure, if there is one.
            values: By label.
        """
        tables = [*(counts[measure] for measure in MEASURES), *([] if tokens is None else [tokens.counts])]
        parts = [table.reshape(self.documents, prod(table.shape[1:])) for table in tables]
        parts += [np.column_stack([found.log_errors(), found.passed, found.compared]) for found in values.values()]
        sums = resampled_sums(np.hstack(parts), resamples=self.resamples, seed=self.seed)
        pieces = iter(np.split(sums, np.cumsum([part.shape[1] for part in parts])[:-1], axis=1))
        shape = (self.resamples, len(self.labels) + 1, 4)
        tree: dict[str, Any] = {
            "coverage": {"nominal": NOMINAL, "simulated": simulated_coverage(self.documents)}
            if self.resamples
            else None,
            "spans": {},
        }
        drawn = {measure: next(pieces).reshape(shape) for measure in MEASURES}
        for measure in MEASURES:
            tree["spans"][measure] = interval_tree(drawn[measure], self.labels, self._bounds, f"spans.{measure}")
        if tokens is not None:
            whole = interval_tree(next(pieces).reshape(shape), self.labels, self._bounds, "tokens")
            tree["tokens"] = {"micro": whole["micro"], "labels": whole["labels"]}
        spans = drawn["strict"][:, :, 2:].sum(axis=2)  # gold and system spans, by label
        tree["values"] = {
            label: self._values(label, found, next(pieces), spans[:, self.labels.index(label)])
            for label, found in values.items()
        }
        return tree

    def _values(self, label: str, found: ValueCounts, drawn: Floats, spans: Floats) -> dict[str, Any]:
        errors, passed, compared = np.split(drawn, [2, 2 + len(found.rule.names)], axis=1)
        rates = ratio(passed, compared)
        columns = {"value_accuracy": rates[:, 0]}
        columns["value_f1"] = ratio(2 * passed[:, 0], spans) if found.rule.given is not None else rates[:, 0]
        columns |= {part: rates[:, i] for i, part in enumerate(found.rule.names) if i}
        if found.rule.points:
            columns["auc"] = ratio(errors[:, 0], errors[:, 1])
            columns["median_km"] = resampled_medians(
                found.errors_km, documents=self.documents, resamples=self.resamples, seed=self.seed
            )
        return {part: self._bounds(column, f"values.{label}.{part}") for part, column in columns.items()}

    def _bounds(self, column: Floats, path: str) -> list[float] | None:
        interval, lost = percentile_interval(column)
        if lost and interval is not None:  # of what is undefined for all documents too there is nothing to say
            self.undefined[path] = lost
        return interval
