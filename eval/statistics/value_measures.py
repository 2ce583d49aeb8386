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
from ..columns.span_columns import Ints
from ..metric_types.metric_groups import NamedMetrics
from ..metric_types.value_metrics import ClusterMetrics, ValueMetrics
from ..value_comparison import ValueRule
from .metrics import Floats, nan_to_none, ratio

MAX_ERROR_KM = pi * EARTH_RADIUS_KM
"""Half the Earth's circumference, the largest possible error, for the area under the error curve."""


@dataclass(frozen=True, slots=True)
class ValuePairs:
    """The values of the strictly matched spans of one label.

    Attributes:
        document: Index of the document of each pair. Shape `(n_pairs,)`.
        gold: Index of each gold value.
        system: Index of each system value.
        values: The values by index; the last is None.
    """

    document: Ints
    gold: Ints
    system: Ints
    values: Sequence[Value | None]


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """Counts of matching values in each document for one label, from whose sums over documents metrics are computed.

    Attributes:
        rule: Rule by which values were compared.
        passed: How often each of `rule.names` matched. Shape `(n_documents, n_names)`.
        compared: How often each of `rule.names` could be compared. Shape `(n_documents, n_names)`.
        matched: Number of strictly matched spans.
        error_document: Index of the document of each pair of known points. Shape `(n_errors,)`; empty without
            coordinates.
        errors_km: The distance of each of these pairs, in km.
        clusters: Ids of pairs whose gold actor is not in the registry; None if ids of the label are not actors.
    """

    rule: ValueRule
    passed: Ints
    compared: Ints
    matched: int
    error_document: Ints
    errors_km: Floats
    clusters: list[tuple[str | None, str | None]] | None

    def log_errors(self) -> Floats:
        """Return the sum of normalised log errors and the number of errors of each document. Shape `(n, 2)`."""
        documents = len(self.passed)
        areas = np.log(self.errors_km + 1) / np.log(MAX_ERROR_KM)
        sums = np.bincount(self.error_document, weights=areas, minlength=documents)
        return np.column_stack([sums, np.bincount(self.error_document, minlength=documents)])

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
            fields["median_km"] = float(np.median(self.errors_km)) if len(self.errors_km) else None
            fields["auc"] = nan_to_none(error_area(self.errors_km))
        clusters = None
        if self.clusters is not None:
            precision, recall, f1 = map(nan_to_none, b_cubed(self.clusters))
            clusters = ClusterMetrics(precision, recall, f1, support=len(self.clusters))
        return ValueMetrics(value_accuracy, value_f1, NamedMetrics(fields, noun="metric"), clusters, self.matched)


def count_values(rule: ValueRule, pairs: ValuePairs, scheme: Scheme, documents: int) -> ValueCounts:
    """Compare the values of strictly matched spans of one label; each two values are compared once.

    Args:
        rule: Rule for the values of the label.
        pairs: The values.
        scheme: Scheme of the label.
        documents: Number of documents.
    """
    size = len(pairs.values)
    distinct, of_pair = np.unique((pairs.gold % size) * size + pairs.system % size, return_inverse=True)
    values = [(pairs.values[key // size], pairs.values[key % size]) for key in distinct.tolist()]
    results = [rule.compare(*both) for both in values]
    shape = (len(values), len(rule.names))
    compared = np.array([compared for _, compared, _ in results], dtype=bool).reshape(shape)
    passed = np.array([passed for passed, _, _ in results], dtype=bool).reshape(shape) & compared
    errors = np.array([np.nan if error is None else error for *_, error in results], dtype=np.float64)[of_pair]
    known = ~np.isnan(errors)
    return ValueCounts(
        rule,
        _by_document(passed[of_pair], pairs.document, documents),
        _by_document(compared[of_pair], pairs.document, documents),
        len(of_pair),
        pairs.document[known],
        errors[known],
        _unregistered_actors(rule, values, of_pair, scheme),
    )


def _by_document(flags: NDArray[np.bool_], document: Ints, documents: int) -> Ints:
    """Count by document which flags are set. Shape `(n_documents, n_names)`."""
    columns = [np.bincount(document[column], minlength=documents) for column in flags.T]
    return np.stack(columns, axis=1) if columns else np.zeros((documents, 0), np.int64)


def error_area(errors_km: Floats) -> float:
    """Return the normalised area under the curve of sorted log errors, from 0 (best) to 1 (worst); NaN without errors.

    This is the mean of ln(error + 1) divided by ln(largest possible error) (Jurgens et al. 2015).
    """
    if not len(errors_km):
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
    rule: ValueRule, values: Sequence[tuple[Value | None, Value | None]], of_pair: Ints, scheme: Scheme
) -> list[tuple[str | None, str | None]] | None:
    """Return the ids of pairs whose gold actor is not in the registry; None if ids of the label are not actors.

    Args:
        rule: Rule for the values of the label.
        values: All that are compared.
        of_pair: Index of each pair among them.
        scheme: Scheme of the label.
    """
    field = next(iter(scheme.actor_fields.get(rule.label.name, ())), None)
    if field is None:
        return None
    if field not in (rule.compared_fields or ()):
        return []
    registry = load_actors()
    ids = {getattr(value, field) for both in values for value in both if value is not None} - {None}
    canonical = {name: registry.canonical(name) for name in ids} | {None: None}
    registered = {name for name in canonical.values() if name is not None and registry.get(name) is not None} | {None}
    pairs = [
        (canonical[None if a is None else getattr(a, field)], canonical[None if b is None else getattr(b, field)])
        for a, b in values
    ]
    kept = [None if gold in registered else (gold, system) for gold, system in pairs]
    return [pair for i in of_pair.tolist() if (pair := kept[i]) is not None]
