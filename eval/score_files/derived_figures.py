"""Checks of stored figures against the counts of documents, so that neither can be changed without the other."""

from __future__ import annotations

from math import inf, isclose

import numpy as np
from numpy.typing import NDArray

from ...schema import pluralize
from ..matching.field_measures import MEDIAN_KM, is_median
from ..metric_types.metric_groups import Metric, MetricGroup, leaves
from ..metric_types.span_metrics import CountedMetrics, MeasureMetrics
from ..metric_types.value_metrics import ClusterMetrics
from ..score_results import Scores
from ..statistics.metrics import Floats, averaged_metrics, cluster_rates, measure_metrics, nan_to_none, ratio
from ..statistics.value_measures import MAX_ERROR_KM
from ..system_score import SystemScore
from .stored_checks import changed_error

_MOST = 2**53
"""Number up to which counts are exact as floating-point numbers."""

Figures = dict[tuple[str, ...], Metric]
"""Figures by their paths."""


def require_derived_figures(scores: Scores) -> None:
    """Check the gold, and that the figures of all systems follow from the counts, as far as these determine them.

    Of clusters and of medians, which are no sums over documents, the averages, F1 and bounds are checked; of
    slices, whose documents are not stored, that figures follow from counts, and that the counts add up.

    Raises:
        DataError: They do not.
    """
    for system in scores:
        for path, value in leaves({**system.metric_groups, "slices": system.slices or {}}):
            if not _is_possible(path, value):
                _refuse(system, path)
    _require_gold(scores)
    for system in scores:
        known = dict(leaves(system.metric_groups))
        for path, value in _expected(system).items():
            if path not in known or not is_same(known[path], value):
                _refuse(system, path)
        _require_slices(system)


def _require_gold(scores: Scores) -> None:
    gold, settings = scores.gold, scores.settings
    labels = scores.systems[0].counts.labels
    parts = [f"{name}:{text}" for name, text in settings.items()]
    for system in scores:
        if int(system.counts.spans["strict"][:, -1, 2].sum()) != gold.spans:
            raise changed_error(f"gold.spans is not the number of gold spans in the counts of {system.name!r}")
        if system.counts.labels != labels:
            raise changed_error("the systems do not have the same labels")
        if not all(f"|{part}|" in f"|{system.signature}|" for part in parts):
            raise changed_error(f"the signature of {system.name!r} does not have the settings")
    if len(gold.sha256) != 64 or settings.get("gold") != gold.sha256[:12]:
        raise changed_error("gold.sha256 is not the gold of the settings")
    if not settings.get("scheme", "").startswith(f"{gold.scheme}+"):
        raise changed_error("gold.scheme is not the scheme of the settings")
    if settings.get("labels") not in ("all", ",".join(labels)):
        raise changed_error("the labels are not those of the settings")


def _expected(system: SystemScore) -> Figures:
    """Return the figures that the counts give."""
    counts = system.counts
    found: Figures = {}
    for measure, table in counts.spans.items():
        found |= _paths(("spans", measure), measure_metrics(table.sum(axis=0), counts.labels))
    for measure, stored in system.spans.parts().items():
        if measure not in counts.spans:
            found |= _paths(("spans", measure), _of_clusters(stored))
    if counts.tokens is not None:
        metrics = measure_metrics(counts.tokens.sum(axis=0), counts.labels)
        found |= {
            ("tokens", *path): value for path, value in leaves({"micro": metrics.micro, "labels": metrics.labels})
        }
    for name, table in counts.values.items():
        above, below = table.sum(axis=0).astype(np.float64)
        label, _, figure = name.removeprefix("values.").rpartition(".")
        found["values", label, figure] = nan_to_none(float(ratio(above, below)))
        if label in system.values and figure in system.values[label].compared:
            found["values", label, "compared", figure] = int(below)
    for label, values in system.values.items():
        found["values", label, "support"] = system.spans.strict.labels[label].matched
        if values.b_cubed is not None:
            found |= _paths(("values", label, "b_cubed"), _of_cluster(values.b_cubed))
    return found


def _paths(above: tuple[str, ...], metrics: MetricGroup) -> Figures:
    return {(*above, *path): value for path, value in leaves(metrics)}


def _of_clusters(stored: MeasureMetrics) -> MeasureMetrics:
    """Return the metrics of clusters that follow from the precision, recall and counts of labels and of all labels."""
    groups = [*stored.labels.values(), stored.micro]
    rates = np.stack([_rates(group) for group in groups])
    return averaged_metrics(rates, counts_of(stored), list(stored.labels))


def _of_cluster(stored: ClusterMetrics) -> ClusterMetrics:
    precision, recall, f1 = map(nan_to_none, _rates(stored))
    return ClusterMetrics(precision, recall, f1, support=stored.support)


def _rates(group: CountedMetrics | ClusterMetrics) -> Floats:
    """Return precision and recall, and the F1 that they give."""
    sums = [part for rate in (group.precision, group.recall) for part in (rate or 0.0, float(rate is not None))]
    return cluster_rates(np.array(sums))


def counts_of(metrics: MeasureMetrics) -> NDArray[np.int64]:
    """Return (matched, partial, gold, system) of each label and then of all labels, as the metrics state them."""
    rows = []
    for group in (*metrics.labels.values(), metrics.micro):
        paired = group.matched + group.partial
        rows.append((group.matched, group.partial, group.missed + paired, group.spurious + paired))
    return np.array(rows, dtype=np.int64)


def _is_possible(path: tuple[str, ...], value: Metric) -> bool:
    if value is None:
        return True
    if is_median(path[-1]):
        return 0 <= value <= (MAX_ERROR_KM if path[-1] == MEDIAN_KM else inf)
    return 0 <= value <= (_MOST if isinstance(value, int) else 1 + 1e-9)


def _require_slices(system: SystemScore) -> None:
    """Check that the figures of slices follow from their counts, and that these add up to those of all documents."""
    totals = {measure: counts_of(metrics) for measure, metrics in system.spans.parts().items()}
    for field, groups in (system.slices or {}).items():
        sums: dict[str, NDArray[np.int64]] = {}
        for group, metrics in groups.items():
            for measure, stored in metrics.spans.parts().items():
                counts = counts_of(stored)
                sums[measure] = sums.get(measure, 0) + counts
                expected = leaves(measure_metrics(counts.astype(np.float64), list(stored.labels)))
                known = dict(leaves(stored))
                for path, value in expected:
                    if not is_same(known.get(path), value):
                        _refuse(system, ("slices", field, group, "spans", measure, *path))
            strict = counts_of(metrics.spans.strict)[-1]
            if (metrics.gold_spans, metrics.system_spans) != (strict[2], strict[3]):
                _refuse(system, ("slices", field, group, "gold_spans"))
        if sum(group.documents for group in groups.values()) != len(system.counts.documents) or not all(
            measure in totals and np.array_equal(totals[measure], found) for measure, found in sums.items()
        ):
            documents = pluralize(len(system.counts.documents), "document")
            raise changed_error(f"slices.{field} of {system.name!r} does not add up to all {documents}")


def is_same(a: Metric, b: Metric) -> bool:
    """Return whether two figures are the same, apart from rounding."""
    return a is b if a is None or b is None else isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def _refuse(system: SystemScore, path: tuple[str, ...]) -> None:
    raise changed_error(f"{'.'.join(path)} of {system.name!r} does not follow from the counts")
