"""Metrics for the values of strictly matched spans, by the value types of the scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...schema import Scheme, Value, load_actors
from ...schema.value_types import EARTH_RADIUS_KM
from ..columns.span_columns import Ints
from ..matching.cluster_measures import CLUSTER_FIGURES
from ..matching.match_counts import smallest_type
from ..matching.mention_clusters import ClusterSide, MentionClusters
from ..metric_types.metric_groups import NamedMetrics
from ..metric_types.value_metrics import ClusterMetrics, ValueMetrics
from ..value_comparison import ValueRule
from .metrics import Floats, cluster_metrics, nan_to_none, ratio
from .place_ancestors import ANCESTORS, compare_ancestors, has_ancestors

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
class UnregisteredActors:
    """The pairs of values whose gold actor is not in the registry; by their ids, they form clusters.

    Attributes:
        document: Index of the document of each pair. Shape `(n_pairs,)`.
        gold: Index of each gold id.
        system: Index of each system id; -1 if there is none, which is a cluster of its own.
        ids: The ids.
    """

    document: NDArray[np.int32]
    gold: NDArray[np.int32]
    system: NDArray[np.int32]
    ids: Sequence[str]

    def metrics(self, label: str) -> ClusterMetrics:
        """Return the metrics of the clusters."""
        clusters = self._clusters()
        b_cubed = cluster_metrics(CLUSTER_FIGURES["b_cubed"].sums(clusters, 1), [label]).micro
        return ClusterMetrics(*b_cubed.rates, support=b_cubed.support)

    def _clusters(self) -> MentionClusters:
        """Return the clusters, as `mention_clusters` does of mentions; there may be millions, of a few distinct ids."""
        count = len(self.ids)
        known, alone = np.flatnonzero(self.system >= 0), np.flatnonzero(self.system < 0)
        keys = self.gold[known].astype(np.int64) * count + self.system[known]
        pairs, first, shared = np.unique(keys, return_index=True, return_counts=True)
        order = np.argsort(np.concatenate([known[first], alone]))
        gold = np.concatenate([pairs // max(1, count), self.gold[alone]])[order]
        system = np.concatenate([pairs % max(1, count), count + np.arange(len(alone))])[order]
        gold_size = np.bincount(self.gold, minlength=count)
        system_size = np.concatenate([np.bincount(self.system[known], minlength=count), np.ones(len(alone), np.int64)])
        return MentionClusters(
            ClusterSide(gold_size, np.zeros_like(gold_size), gold),
            ClusterSide(system_size, np.zeros_like(system_size), system),
            np.concatenate([shared, np.ones(len(alone), np.int64)])[order],
        )


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """Counts of matching values in each document for one label, from whose sums over documents metrics are computed.

    Attributes:
        rule: Rule by which values were compared.
        names: Names of what was compared: those of the rule, then the ancestors of places.
        passed: How often each of `names` matched. Shape `(n_documents, n_names)`.
        compared: How often each of `names` could be compared. Shape `(n_documents, n_names)`.
        matched: Number of strictly matched spans.
        error_document: Index of the document of each pair of known points. Shape `(n_errors,)`; empty without
            coordinates.
        errors_km: The distance of each of these pairs, in km.
        actors: The pairs whose gold actor is not in the registry; None if ids of the label are not actors.
    """

    rule: ValueRule
    names: Sequence[str]
    passed: NDArray[Any]
    compared: NDArray[Any]
    matched: int
    error_document: Ints
    errors_km: Floats
    actors: UnregisteredActors | None

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
        fields = dict(zip(self.names[1:], rates, strict=True))
        support = {name: int(compared[at]) for at, name in enumerate(self.names) if name in ANCESTORS}
        if self.rule.has_points:
            fields["median_km"] = float(np.median(self.errors_km)) if len(self.errors_km) else None
            fields["auc"] = nan_to_none(error_area(self.errors_km))
        clusters = None if self.actors is None else self.actors.metrics(self.rule.label.name)
        return ValueMetrics(
            value_accuracy, value_f1, NamedMetrics(fields, noun="metric"), clusters, self.matched, support
        )


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
    compared: NDArray[np.bool_] = np.array([compared for _, compared, _ in results], dtype=bool).reshape(shape)
    passed: NDArray[np.bool_] = np.array([passed for passed, _, _ in results], dtype=bool).reshape(shape) & compared
    errors = np.array([np.nan if error is None else error for *_, error in results], dtype=np.float64)[of_pair]
    known = ~np.isnan(errors)
    names = rule.names
    if has_ancestors(rule.label):
        names = (*names, *ANCESTORS)
        fields = rule.compared_fields or frozenset()
        further = compare_ancestors(rule.label, fields, pairs.values, distinct // size, distinct % size)
        passed, compared = np.hstack([passed, further[0]]), np.hstack([compared, further[1]])
    return ValueCounts(
        rule,
        names,
        _by_document(passed[of_pair], pairs.document, documents),
        _by_document(compared[of_pair], pairs.document, documents),
        len(of_pair),
        pairs.document[known],
        errors[known],
        _unregistered_actors(rule, values, of_pair, pairs.document, scheme),
    )


def merged_counts(parts: Sequence[ValueCounts], places: Sequence[Ints]) -> ValueCounts:
    """Return the counts of a label in all documents from its counts in parts of them.

    Args:
        parts: The counts of each part, all by the same rule.
        places: The index among all documents of each document of each part.
    """
    if len(parts) == 1:
        return parts[0]
    error_document = np.concatenate([place[part.error_document] for part, place in zip(parts, places, strict=True)])
    errors = np.argsort(error_document, kind="stable")
    return replace(
        parts[0],
        passed=_merged_table([part.passed for part in parts], places),
        compared=_merged_table([part.compared for part in parts], places),
        matched=sum(part.matched for part in parts),
        error_document=error_document[errors],
        errors_km=np.concatenate([part.errors_km for part in parts])[errors],
        actors=_merged_actors([part.actors for part in parts if part.actors is not None], places),
    )


def _merged_table(tables: Sequence[NDArray[Any]], places: Sequence[Ints]) -> NDArray[Any]:
    merged = np.empty((sum(map(len, tables)), tables[0].shape[1]), dtype=np.result_type(*tables))
    for table, place in zip(tables, places, strict=True):
        merged[place] = table
    return merged


def _merged_actors(parts: Sequence[UnregisteredActors], places: Sequence[Ints]) -> UnregisteredActors | None:
    if not parts:
        return None
    numbers: dict[str, int] = {}
    columns: list[NDArray[np.int32]] = []
    for part, place in zip(parts, places, strict=True):
        # the last one, at -1, is that of no id
        own = np.array([*(numbers.setdefault(name, len(numbers)) for name in part.ids), -1], dtype=np.int32)
        columns.append(np.stack([place[part.document].astype(np.int32), own[part.gold], own[part.system]]))
    document, gold, system = np.concatenate(columns, axis=1)
    order = np.argsort(document, kind="stable")
    return UnregisteredActors(document[order], gold[order], system[order], list(numbers))


def _by_document(flags: NDArray[np.bool_], document: Ints, documents: int) -> NDArray[Any]:
    """Count by document which flags are set. Shape `(n_documents, n_names)`."""
    columns = [np.bincount(document[column], minlength=documents) for column in flags.T]
    return np.stack(columns, axis=1, dtype=smallest_type(*columns)) if columns else np.zeros((documents, 0), np.int16)


def error_area(errors_km: Floats) -> float:
    """Return the normalised area under the curve of sorted log errors, from 0 (best) to 1 (worst); NaN without errors.

    This is the mean of ln(error + 1) divided by ln(largest possible error) (Jurgens et al. 2015).
    """
    if not len(errors_km):
        return float("nan")
    return float(np.mean(np.log(np.asarray(errors_km) + 1)) / np.log(MAX_ERROR_KM))


def _unregistered_actors(
    rule: ValueRule,
    values: Sequence[tuple[Value | None, Value | None]],
    of_pair: Ints,
    document: Ints,
    scheme: Scheme,
) -> UnregisteredActors | None:
    """Return the pairs whose gold actor is not in the registry; None if ids of the label are not actors.

    Args:
        rule: Rule for the values of the label.
        values: All that are compared.
        of_pair: Index of each pair among them.
        document: Index of the document of each pair.
        scheme: Scheme of the label.
    """
    field = next(iter(scheme.actor_fields.get(rule.label.name, ())), None)
    if field is None:
        return None
    compared = values if field in (rule.compared_fields or ()) else []
    registry = load_actors()
    ids = [[None if value is None else getattr(value, field) for value in both] for both in compared]
    canonical = {name: registry.canonical(name) for both in ids for name in both if name is not None}
    numbers = {name: number for number, name in enumerate(dict.fromkeys(canonical.values()))}
    pairs = [[canonical.get(name) for name in both] for both in ids]
    kept = [gold is not None and registry.get(gold) is None for gold, _ in pairs]
    rows = np.flatnonzero(np.array(kept, dtype=bool)[of_pair]) if compared else np.empty(0, np.int64)
    codes = [[-1 if name is None else numbers[name] for name in both] for both in pairs]
    gold, system = np.array(codes, np.int32).reshape(-1, 2)[of_pair[rows]].T
    return UnregisteredActors(document[rows].astype(np.int32), gold, system, list(numbers))
