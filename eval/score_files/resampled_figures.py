"""Intervals and tests from the counts of documents: those of a file checked, those of merged files computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...schema import UsageError
from ..comparisons.system_runs import runs_of
from ..matching.field_measures import is_median
from ..metric_types.document_counts import DocumentCounts
from ..metric_types.metric_groups import MetricInterval, leaves
from ..metric_types.score_intervals import IntervalCoverage
from ..publishing.published_tables import score_entries
from ..score_results import Scores
from ..statistics.bootstrap import percentile_interval, resampled_sums
from ..statistics.compared_metrics import ComparedMetric, compared_metrics
from ..statistics.confidence_intervals import Intervals
from ..statistics.interval_coverage import MIN_DOCUMENTS, NOMINAL, simulated_coverage
from ..statistics.metrics import measure_intervals, ratio
from ..statistics.significance import compare_systems
from ..system_score import SystemScore
from .derived_figures import is_same
from .stored_checks import changed_error


def compared_in_resamples(
    systems: Sequence[SystemScore], tests: Sequence[str], resamples: int, seed: int
) -> list[Mapping[str, ComparedMetric]]:
    """Return the tested metrics of each system, with their values in the same resamples."""
    found = [compared_metrics(tests, system.counts, {}) for system in systems]
    if not resamples or len(systems[0].counts.documents) < MIN_DOCUMENTS:
        return list(found)
    tables = [metric.counts for metrics in found for metric in metrics.values()]
    sums = iter(resampled_sums(*tables, resamples=resamples, seed=seed))
    return [
        {path: replace(metric, resampled=metric.of_sums(next(sums))) for path, metric in metrics.items()}
        for metrics in found
    ]


def require_resampled_figures(scores: Scores) -> None:
    """Check that intervals and tests follow from the counts, the number of resamples and the seed.

    Not checked are the intervals of slices and of medians: the documents of slices and the errors are not stored.
    Without resamples, or with too few documents, there is none of these either.

    Raises:
        DataError: They do not.
    """
    resamples, seed = (int(scores.settings[name]) for name in ("boot", "seed"))
    documents = scores.gold.documents
    of_intervals = resamples if documents >= (2 if "intervals" in scores.settings else MIN_DOCUMENTS) else 0
    coverage = IntervalCoverage(NOMINAL, simulated_coverage(documents)) if of_intervals else None
    for system in scores:
        if system.intervals.coverage != coverage:
            raise changed_error(f"interval.coverage of {system.name!r} is not that of {documents} documents")
        expected = _intervals(system.counts, of_intervals, seed)
        for path, interval in leaves(system.intervals):
            if path[0] == "coverage" or (is_median(path[-1]) and of_intervals) or (path[0] == "slices" and resamples):
                continue
            other = expected.get(".".join(path))
            if not all(map(is_same, interval or (None, None), other or (None, None))):
                raise changed_error(f"interval.{'.'.join(path)} of {system.name!r} does not follow from the counts")
    _require_tests(scores, resamples, seed)


def _intervals(counts: DocumentCounts, resamples: int, seed: int) -> dict[str, MetricInterval]:
    """Return the intervals that counts give, by the paths of their metrics; others are None."""
    found = dict(leaves({"spans": Intervals(counts.labels, 0, resamples, seed).of_measures(counts.spans)}))
    tables = [*counts.values.values(), *([] if counts.tokens is None else [counts.tokens])]
    sums = iter(resampled_sums(*tables, resamples=resamples, seed=seed) if tables else ())
    quotients = {path: ratio(*np.moveaxis(next(sums), -1, 0)) for path in counts.values}
    if counts.tokens is not None:
        measure = measure_intervals(next(sums), counts.labels, lambda column, _: percentile_interval(column)[0], "")
        found |= dict(leaves({"tokens": measure}))
    return {".".join(path): interval for path, interval in found.items()} | {
        path: percentile_interval(column)[0] for path, column in quotients.items()
    }


def _require_tests(scores: Scores, resamples: int, seed: int) -> None:
    tests = list(dict.fromkeys(comparison.measure for comparison in scores.comparisons))
    if not tests:
        return
    runs = [(entry.name, run) for entry in score_entries(scores) for run in entry.scored]
    try:
        compared = compared_in_resamples([run for _, run in runs], tests, resamples, seed)
    except UsageError as error:
        raise changed_error(str(error)) from error
    expected = compare_systems(runs_of([name for name, _ in runs], compared), tests, resamples=resamples, seed=seed)
    by_pair = {(test.a, test.b, test.measure): test for test in expected}
    for test in scores.comparisons:
        other = by_pair.get((test.a, test.b, test.measure))
        figures = (
            (test.difference, test.p_value, test.p_holm, test.detectable, *(test.interval or (None, None)))
            if (test.method, test.resamples) == (other and other.method, other and other.resamples)
            else ()
        )
        if (
            other is None
            or not figures
            or not all(
                map(
                    is_same,
                    figures,
                    (
                        other.difference,
                        other.p_value,
                        other.p_holm,
                        other.detectable,
                        *(other.interval or (None, None)),
                    ),
                )
            )
        ):
            raise changed_error(
                f"the test of {test.a!r} and {test.b!r} by {test.measure} does not follow from the counts"
            )
