"""Paired significance tests between systems that were scored against the same gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from ...schema import UsageError, pluralize
from ..comparisons.system_comparison import COMPARED, SystemComparison
from ..metric_types.metric_groups import ConfidenceInterval, MetricInterval
from .bootstrap import approximate_randomisation, holm, percentile_interval
from .compared_metrics import ComparedMetric
from .difference_error import DifferenceError, difference_error
from .interval_coverage import MIN_DOCUMENTS
from .metrics import nan_to_none

METHOD = "approximate randomisation"

RUNS_METHOD = "t test over documents and runs"

_LARGEST = 1.0
"""The largest difference of a metric: all that can be tested are rates from 0 to 1."""

Runs = Sequence[Mapping[str, ComparedMetric]]
"""Metrics by path of each run of a system."""


def checked_tests(tests: Sequence[str], systems: Set[str]) -> list[str]:
    """Return the paths of the metrics to test; `COMPARED` if none are named.

    Raises:
        UsageError: There are no two systems to be tested, or `tests` is a string.
    """
    if isinstance(tests, str):
        raise UsageError(f"`tests` is a string. Fix: a list, [{tests!r}]")
    if sliced := next((path for path in tests if path.startswith("slices.")), ""):
        raise UsageError(f"`tests`: {sliced}: metrics of slices cannot be tested. Fix: the metric over all documents")
    if tests and len(systems) < 2:
        raise UsageError("`tests` compare systems, and there is one. Fix: score two systems or more")
    return list(dict.fromkeys(tests)) or [COMPARED]


def compare_systems(
    systems: Mapping[str, Runs], measures: Sequence[str], *, resamples: int, seed: int
) -> list[SystemComparison]:
    """Test all pairs of systems by all measures, with Holm's correction over all of these tests.

    Args:
        systems: The runs of each system, one or several, by the name of the system.
        measures: Paths of the metrics.
        resamples: Number of resamples; 0 for no tests.
        seed: Random seed.
    """
    cases = list(product(measures, combinations(systems, 2)))
    found = [_compare(systems, pair, measure, resamples, seed) for measure, pair in cases]
    corrected = holm([comparison.p_value for comparison in found])
    return [replace(comparison, p_holm=p) for comparison, p in zip(found, corrected, strict=True)]


def _compare(
    systems: Mapping[str, Runs], pair: tuple[str, str], measure: str, resamples: int, seed: int
) -> SystemComparison:
    a, b = ([run[measure] for run in systems[name]] for name in pair)
    of_runs = len(a) > 1 or len(b) > 1
    difference = float(np.mean([run.value for run in a]) - np.mean([run.value for run in b]))
    p_value: float | None = None
    interval: MetricInterval = None
    error: DifferenceError | None = None
    if resamples and len(a[0].counts) >= MIN_DOCUMENTS and not np.isnan(difference):
        error = _error(systems, pair, measure)
        if not of_runs:
            first, second = a[0], b[0]
            p_value = approximate_randomisation(
                first.counts, second.counts, first.of_sums, resamples=resamples, seed=seed
            )
            interval, _ = percentile_interval(first.resampled - second.resampled)
        elif error is None:
            p_value = None if difference else 1.0
        else:
            p_value = error.p_value(difference)
            interval = _possible(ConfidenceInterval(difference - error.margin, difference + error.margin))
    return SystemComparison(
        a=pair[0],
        b=pair[1],
        measure=measure,
        difference=nan_to_none(difference),
        p_value=p_value,
        p_holm=None,
        method=RUNS_METHOD if of_runs else METHOD,
        resamples=0 if of_runs else resamples,
        interval=interval,
        detectable=None if error is None or error.detectable > _LARGEST else error.detectable,
    )


def _error(systems: Mapping[str, Runs], pair: tuple[str, str], measure: str) -> DifferenceError | None:
    a, b = ([run[measure] for run in systems[name]] for name in pair)
    return difference_error([run.counts for run in a], [run.counts for run in b], a[0].of_sums)


def _possible(interval: ConfidenceInterval) -> MetricInterval:
    """Return the interval unless it reaches beyond what differences can be."""
    return interval if interval.low >= -_LARGEST and interval.high <= _LARGEST else None


def notes_on_tests(
    systems: Mapping[str, Runs], measures: Sequence[str], comparisons: Sequence[SystemComparison]
) -> list[str]:
    """Return notes on the tests: the family of Holm's correction, systems with one run beside others, missing p-values.

    Args:
        systems: As in `compare_systems`.
        measures: Likewise.
        comparisons: Its result.
    """
    notes = [
        f"{c.a} - {c.b}: {c.measure} was not tested: the runs leave no variance to test it by, or it is undefined for "
        "a run or without one of the documents"
        for c in comparisons
        if c.method == RUNS_METHOD and c.p_value is None and c.difference is not None
        if len(systems[c.a][0][c.measure].counts) >= MIN_DOCUMENTS
    ]
    for c in comparisons:
        # without a detectable difference there is no error, or one too large
        if c.p_value is None or c.detectable is not None or _error(systems, (c.a, c.b), c.measure) is None:
            continue
        what = "interval and detectable difference are" if c.interval is None else "the detectable difference is"
        notes.append(
            f"{c.a} - {c.b}: {what} null for {c.measure}: these documents and runs tell so little that it would "
            "exceed 1, the largest difference there can be. Fix: score more runs or documents"
        )
    pairs = len(systems) * (len(systems) - 1) // 2
    if len(measures) > 1 and pairs:
        notes.append(
            f"Holm's correction is over {pluralize(pairs * len(measures), 'test')}: "
            f"{pluralize(pairs, 'pair')} of systems by {len(measures)} measures"
        )
    single = [name for name, runs in systems.items() if len(runs) == 1]
    if single and len(single) < len(systems):
        notes.append(f"one run of {', '.join(single)}: how much its runs differ is unknown and taken to be 0")
    return notes
