"""Metrics for the values of strictly matched spans, by the value types of the scheme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from ...schema import Scheme, Value, load_actors
from ...schema.value_types import EARTH_RADIUS_KM
from ..matching.span_columns import Ints
from ..metric_types.metric_groups import NamedMetrics
from ..metric_types.value_metrics import ClusterMetrics, ValueMetrics
from ..value_comparison import ValueRule
from .metrics import nan_to_none, ratio

MAX_ERROR_KM = pi * EARTH_RADIUS_KM
"""Half the Earth's circumference, the largest possible error, for the area under the error curve."""


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """Counts of matching values in each document for one label, from whose sums over documents metrics are computed.

    Attributes:
        rule: Rule by which values were compared.
        passed: How often each of `rule.names` matched. Shape `(n_documents, n_names)`.
        compared: How often each of `rule.names` could be compared. Shape `(n_documents, n_names)`.
        matched: Number of strictly matched spans.
        errors_km: Document and error of each pair of known points; empty without coordinates.
        clusters: Ids of pairs whose gold actor is not in the registry; None if ids of the label are not actors.
    """

    rule: ValueRule
    passed: Ints
    compared: Ints
    matched: int
    errors_km: tuple[tuple[int, float], ...]
    clusters: list[tuple[str | None, str | None]] | None

    def log_errors(self) -> NDArray[np.float64]:
        """Return the sum of normalised log errors and the number of errors of each document. Shape `(n, 2)`."""
        table = np.zeros((len(self.passed), 2))
        for document, error in self.errors_km:
            table[document] += error_area([error]), 1
        return table

    def metrics(self, spans: int) -> ValueMetrics:
        """Return the metrics of the label, None if nothing was compared.

        Args:
            spans: Number of gold spans plus system spans of the label, matched or not.
        """
        passed, compared = self.passed.sum(axis=0), self.compared.sum(axis=0)
        value_accuracy, *rates = map(nan_to_none, ratio(passed, compared))
        value_f1 = None
        if self.rule.compared_fields is not None:
            value_f1 = nan_to_none(float(ratio(2 * passed[0], np.array(spans))))
        fields = dict(zip(self.rule.names[1:], rates, strict=True))
        if self.rule.has_points:
            errors = [error for _, error in self.errors_km]
            fields["median_km"] = float(np.median(errors)) if errors else None
            fields["auc"] = nan_to_none(error_area(errors))
        clusters = None
        if self.clusters is not None:
            precision, recall, f1 = map(nan_to_none, b_cubed(self.clusters))
            clusters = ClusterMetrics(precision, recall, f1, support=len(self.clusters))
        return ValueMetrics(value_accuracy, value_f1, NamedMetrics(fields, noun="metric"), clusters, self.matched)


def count_values(
    rule: ValueRule, pairs: Sequence[tuple[int, Value | None, Value | None]], scheme: Scheme, documents: int
) -> ValueCounts:
    """Compare the values of strictly matched spans of one label.

    Args:
        rule: Rule for the values of the label.
        pairs: Index of the document, gold value and system value of each pair.
        scheme: Scheme of the label.
        documents: Number of documents.
    """
    passed = np.zeros((documents, len(rule.names)), dtype=np.int64)
    compared = np.zeros_like(passed)
    errors: list[tuple[int, float]] = []
    for document, gold, system in pairs:
        matching, comparable, error = rule.compare(gold, system)
        passed[document] += np.logical_and(matching, comparable)
        compared[document] += comparable
        if error is not None:
            errors.append((document, error))
    clusters = _unregistered_actors(rule, pairs, scheme)
    return ValueCounts(rule, passed, compared, len(pairs), tuple(errors), clusters)


def error_area(errors_km: Sequence[float]) -> float:
    """Return the normalised area under the curve of sorted log errors, from 0 (best) to 1 (worst); NaN without errors.

    This is the mean of ln(error + 1) divided by ln(largest possible error) (Jurgens et al. 2015).
    """
    if not errors_km:
        return float("nan")
    return float(np.mean(np.log(np.asarray(errors_km) + 1)) / np.log(MAX_ERROR_KM))


def b_cubed(pairs: Sequence[tuple[str | None, str | None]]) -> tuple[float, float, float]:
    """Return B³ precision, recall and F1 (Bagga and Baldwin 1998) of the clusters of mentions that share an id.

    A mention without an id forms its own cluster. The metrics are NaN without mentions.
    """
    if not pairs:
        return (float("nan"),) * 3
    gold, system = (
        [mention_id if mention_id is not None else f"\\0{i}" for i, mention_id in enumerate(side)]
        for side in zip(*pairs, strict=True)
    )
    sizes_gold, sizes_system, both = Counter(gold), Counter(system), Counter(zip(gold, system, strict=True))
    precision = sum(n * n / sizes_system[s] for (_, s), n in both.items()) / len(pairs)
    recall = sum(n * n / sizes_gold[g] for (g, _), n in both.items()) / len(pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def _unregistered_actors(
    rule: ValueRule, pairs: Sequence[tuple[int, Value | None, Value | None]], scheme: Scheme
) -> list[tuple[str | None, str | None]] | None:
    """Return the ids of pairs whose gold actor is not in the registry; None if ids of the label are not actors."""
    for label, field, authority in scheme.identifiers():
        if label.name == rule.label.name and authority == "actors":
            if field.name not in (rule.compared_fields or ()):
                return []
            registry = load_actors()
            ids = [[None if v is None else field.parts(v)[0] for v in (gold, system)] for _, gold, system in pairs]
            canonical = [[None if name is None else registry.canonical(name) for name in pair] for pair in ids]
            return [(a, b) for a, b in canonical if a is not None and registry.get(a) is None]
    return None
