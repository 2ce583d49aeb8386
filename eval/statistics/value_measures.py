"""Metrics for the values of strictly matched spans, by the value types of the scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import pi
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...schema import Scheme, Value
from ...schema.value_types import EARTH_RADIUS_KM
from ..columns.span_columns import Ints
from ..matching.field_measures import MEDIAN_KM
from ..matching.match_counts import smallest_type
from ..metric_types.metric_groups import NamedMetrics
from ..metric_types.value_metrics import ValueMetrics
from ..value_comparison import ValueRule
from .metrics import Floats, nan_to_none, ratio
from .place_ancestors import ANCESTORS, compare_ancestors, has_ancestors
from .unregistered_actors import UnregisteredActors, merged_actors, unregistered_actors

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


class PairErrors(NamedTuple):
    """How far values differ.

    Attributes:
        document: Index of the document of each pair of values on one scale. Shape `(n_errors,)`.
        errors: The difference of each of these pairs.
    """

    document: Ints
    errors: Floats


_NO_ERRORS = PairErrors(np.empty(0, np.int64), np.empty(0))


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """Counts of matching values in each document for one label, from whose sums over documents metrics are computed.

    Attributes:
        rule: Rule by which values were compared.
        names: Names of what was compared: those of the rule, then the ancestors of places.
        passed: How often each of `names` matched. Shape `(n_documents, n_names)`.
        compared: How often each of `names` could be compared. Shape `(n_documents, n_names)`.
        matched: Number of strictly matched spans.
        errors: The errors of pairs by the figure that is their median, as `median_km` of the distances in km of points.
        shares: Sum and number of the shares by which pairs agree, by the figure that is their mean. Shape
            `(n_documents, n_figures, 2)`.
        actors: The pairs whose gold actor is not in the registry; None if ids of the label are not actors.
    """

    rule: ValueRule
    names: Sequence[str]
    passed: NDArray[Any]
    compared: NDArray[Any]
    matched: int
    errors: Mapping[str, PairErrors]
    shares: Floats
    actors: UnregisteredActors | None

    @property
    def share_names(self) -> list[str]:
        """The figures of `shares`."""
        return [measure.name for measure in self.rule.measures if measure.is_mean]

    def log_errors(self) -> Floats:
        """Return the sum of normalised log errors and the number of errors of each document. Shape `(n, 2)`."""
        documents = len(self.passed)
        found = self.errors.get(MEDIAN_KM, _NO_ERRORS)
        areas = np.log(found.errors + 1) / np.log(MAX_ERROR_KM)
        sums = np.bincount(found.document, weights=areas, minlength=documents)
        return np.column_stack([sums, np.bincount(found.document, minlength=documents)])

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
        for name, found in self.errors.items():
            fields[name] = float(np.median(found.errors)) if len(found.errors) else None
            if name == MEDIAN_KM:
                fields["auc"] = nan_to_none(error_area(found.errors))
        sums = self.shares.sum(axis=0)
        fields |= {name: nan_to_none(float(ratio(*sums[at]))) for at, name in enumerate(self.share_names)}
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
    measured = np.array([[np.nan if part is None else part for part in parts] for *_, parts in results], np.float64)
    measured = measured.reshape(len(values), len(rule.measures))[of_pair]
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
        {
            measure.name: PairErrors(pairs.document[known], column[known])
            for measure, column in zip(rule.measures, measured.T, strict=True)
            if not measure.is_mean
            for known in [~np.isnan(column)]
        },
        _share_sums(rule, measured, pairs.document, documents),
        unregistered_actors(rule, values, of_pair, pairs.document, scheme),
    )


def merged_counts(parts: Sequence[ValueCounts], places: Sequence[Ints]) -> ValueCounts:
    """Return the counts of a label in all documents from its counts in parts of them.

    Args:
        parts: The counts of each part, all by the same rule.
        places: The index among all documents of each document of each part.
    """
    if len(parts) == 1:
        return parts[0]
    return replace(
        parts[0],
        passed=_merged_table([part.passed for part in parts], places),
        compared=_merged_table([part.compared for part in parts], places),
        matched=sum(part.matched for part in parts),
        errors={name: _merged_errors([part.errors[name] for part in parts], places) for name in parts[0].errors},
        shares=_merged_table([part.shares for part in parts], places),
        actors=merged_actors([part.actors for part in parts if part.actors is not None], places),
    )


def _merged_table(tables: Sequence[NDArray[Any]], places: Sequence[Ints]) -> NDArray[Any]:
    merged = np.empty((sum(map(len, tables)), *tables[0].shape[1:]), dtype=np.result_type(*tables))
    for table, place in zip(tables, places, strict=True):
        merged[place] = table
    return merged


def _merged_errors(parts: Sequence[PairErrors], places: Sequence[Ints]) -> PairErrors:
    document = np.concatenate([place[part.document] for part, place in zip(parts, places, strict=True)])
    order = np.argsort(document, kind="stable")
    return PairErrors(document[order], np.concatenate([part.errors for part in parts])[order])


def _share_sums(rule: ValueRule, measured: Floats, document: Ints, documents: int) -> Floats:
    """Return sum and number of the shares of each document. Shape `(n_documents, n_figures, 2)`."""
    columns = [column for measure, column in zip(rule.measures, measured.T, strict=True) if measure.is_mean]
    sums = np.zeros((documents, len(columns), 2))
    for number, column in enumerate(columns):
        known = ~np.isnan(column)
        sums[:, number, 0] = np.bincount(document[known], weights=column[known], minlength=documents)
        sums[:, number, 1] = np.bincount(document[known], minlength=documents)
    return sums


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
