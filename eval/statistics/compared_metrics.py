"""Metrics that systems can be compared by: functions of counts that are summed over documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...schema import UsageError
from ..matching.field_measures import MEDIAN_KM, is_median
from ..metric_types.document_counts import DocumentCounts
from .metrics import METRICS, Floats, macro, precision_recall_f1, ratio, weighted
from .value_measures import ValueCounts

_MEANS = {"macro": macro, "weighted": weighted}

MetricOfSums = Callable[[Floats], Floats]
"""A function from summed counts, shape `(n, …)`, to a metric, shape `(n,)`."""

_COUNTS = ("matched", "partial", "missed", "spurious", "support", "gold", "system")

_CLUSTERS = "clusters are no function of counts that are summed over documents"


@dataclass(frozen=True, slots=True)
class ComparedMetric:
    """A metric of one system, as a test needs it.

    Attributes:
        counts: Counts per document. Shape `(n_documents, …)`.
        of_sums: Function from sums of these counts to the metric.
        resampled: The metric in each bootstrap resample; empty without resamples.
    """

    counts: NDArray[Any]
    of_sums: MetricOfSums
    resampled: Floats

    @property
    def value(self) -> float:
        """The metric over all documents; NaN if it is undefined."""
        return float(self.of_sums(self.counts.sum(axis=0, dtype=np.float64)[None])[0])


def compared_metrics(
    paths: Sequence[str], counts: DocumentCounts, resampled: Mapping[str, Floats]
) -> dict[str, ComparedMetric]:
    """Return metrics of a system by their paths.

    Args:
        paths: Paths of metrics that exist.
        counts: Counts of the system.
        resampled: Metrics in the bootstrap resamples, by path, where there are any.

    Raises:
        UsageError: A metric cannot be compared, since it is a count or no function of summed counts.
    """
    known = _known(paths, counts)
    found = {}
    for path in paths:
        if path not in known:
            raise UsageError(f"`tests`: {path} cannot be tested: {_reason(path)}")
        found[path] = ComparedMetric(*known[path], resampled.get(path, np.empty(0)))
    return found


def planned_metric(path: str, counts: DocumentCounts) -> ComparedMetric:
    """Return a metric of a system whose interval is to be planned, by its path.

    Raises:
        UsageError: It is a count or no function of summed counts.
    """
    known = _known([path], counts)
    if path not in known:
        raise UsageError(f"`measure` {path} cannot be planned: {_reason(path)}")
    return ComparedMetric(*known[path], np.empty(0))


def _known(paths: Sequence[str], counts: DocumentCounts) -> dict[str, tuple[NDArray[Any], MetricOfSums]]:
    """Return counts and function of the metrics that have them, of values only those that are asked for."""
    known: dict[str, tuple[NDArray[Any], MetricOfSums]] = {}
    for measure, table in counts.spans.items():
        known |= _rates(f"spans.{measure}", table, counts.labels)
    if counts.tokens is not None:
        known |= _rates("tokens", counts.tokens, counts.labels)
    return known | {path: (counts.values[path], quotient) for path in paths if path in counts.values}


def _reason(path: str) -> str:
    name = path.rpartition(".")[2]
    if name in _COUNTS or ".compared." in path:
        return "it is a count. Fix: a rate, such as spans.strict.micro.f1"
    if is_median(name):
        fix = "acc_25km, acc_161km or auc" if name == MEDIAN_KM else "the accuracy of the field"
        return f"a median is no function of counts that are summed over documents. Fix: {fix}"
    if path.startswith("spans.clusters."):
        return f"{_CLUSTERS}. Fix: spans.linked.strict.micro.f1"
    if ".b_cubed." in path:
        return f"{_CLUSTERS}. Fix: value_accuracy or id_accuracy"
    return "it is no function of counts that are summed over documents"


def _rates(path: str, counts: NDArray[Any], labels: Sequence[str]) -> dict[str, tuple[NDArray[Any], MetricOfSums]]:
    """Return precision, recall and F1 of a measure for all averages and labels."""

    def column(index: int) -> MetricOfSums:
        return lambda sums: precision_recall_f1(sums)[..., index]

    def mean(name: str, index: int) -> MetricOfSums:
        return lambda sums: _MEANS[name](precision_recall_f1(sums)[..., :-1, :], sums[..., :-1, 2])[..., index]

    found: dict[str, tuple[NDArray[Any], MetricOfSums]] = {}
    for index, name in enumerate(METRICS):
        found[f"{path}.micro.{name}"] = counts[:, -1], column(index)
        for average in _MEANS if path != "tokens" else ():
            found[f"{path}.{average}.{name}"] = counts, mean(average, index)
        for number, label in enumerate(labels):
            found[f"{path}.labels.{label}.{name}"] = counts[:, number], column(index)
    return found


def quotient(sums: Floats) -> Floats:
    """Return the first sum over the second; NaN where that is 0. Shape `(n,)`."""
    return ratio(sums[..., 0], sums[..., 1])


class ValueQuotients(Mapping[str, NDArray[Any]]):
    """Numerator and denominator of the value metrics that are quotients of sums, by path, put together when asked for.

    Args:
        counts: Counts of values by label, and the number of gold spans plus system spans of each document. Tables have
            shape `(n_documents, 2)`.
    """

    def __init__(self, counts: Mapping[str, tuple[ValueCounts, NDArray[Any]]]) -> None:
        self._columns: dict[str, tuple[int, NDArray[Any], NDArray[Any]]] = {}
        for label, (values, spans) in counts.items():
            rule, path = values.rule, f"values.{label}"
            for number, name in enumerate(values.names):
                key = f"{path}.{name if number else 'value_accuracy'}"
                self._columns[key] = 1, values.passed[:, number], values.compared[:, number]
            # without values on one side no span can be right or wrong
            below = spans if rule.compared_fields is not None else np.zeros_like(spans)
            self._columns[f"{path}.value_f1"] = 2, values.passed[:, 0], below
            for number, name in enumerate(values.share_names):
                self._columns[f"{path}.{name}"] = 1, values.shares[:, number, 0], values.shares[:, number, 1]
            if rule.has_points:
                errors = values.log_errors()
                self._columns[f"{path}.auc"] = 1, errors[:, 0], errors[:, 1]

    def __getitem__(self, path: str) -> NDArray[Any]:
        factor, numerator, denominator = self._columns[path]
        return np.column_stack([factor * numerator.astype(np.result_type(numerator, np.int64)), denominator])

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)
