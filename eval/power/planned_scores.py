"""Figures of score files as pilots: the interval of a metric, and the difference that two systems are told apart by."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import numpy as np

from ...schema import DataError, Problem, UsageError, did_you_mean
from ..metric_types.metric_groups import MetricInterval
from ..publishing.published_tables import score_entries
from ..score_results import Scores
from ..statistics.compared_metrics import ComparedMetric, planned_metric
from ..statistics.difference_error import LEVEL, POWER, difference_error, pseudovalues
from ..statistics.metrics import Floats
from ..system_score import SystemScore
from .pilot_spread import PilotSpread
from .power_plan import DIFFERENCE, WIDTH, PilotFigure

_NORMAL = 1.959963984540054
_CHANCE = 0.951
"""Relative standard deviation of the distance of the 2.5th and 97.5th percentiles of as many normal numbers as there
are resamples, times the square root of their number: sqrt(2 p (1 - 2 p)) / density / distance, with p = 0.025."""


def plan_metric(scores: Scores, path: str, system: str | None = None) -> PilotFigure:
    """Return the interval of a metric of a system as a pilot.

    Args:
        scores: The scores.
        path: Path of the metric, such as `spans.strict.micro.f1`.
        system: Name of the system; None if there is one.

    Raises:
        DataError: The metric is undefined.
        UsageError: There is no such metric or system, or it is no function of counts that are summed over documents.
    """
    names = [score.name for score in scores]
    if system is None and len(names) > 1:
        raise UsageError(f"`system` is needed, as there are {len(names)}. Fix: one of {', '.join(names)}")
    if system is not None and system not in names:
        raise UsageError(f"`system` {system}: there is no such system. Fix: {did_you_mean(system, names)}")
    score = scores[names[0] if system is None else system]
    metric = _metric(score, path)
    interval = score.interval(path)
    resamples = int(scores.settings["boot"])
    settings = {"system": score.name, "scores": score.signature.replace("|", ",")}
    return bootstrapped_figure(f"{path} of {score.name}", metric, interval, resamples, settings)


def bootstrapped_figure(
    target: str, metric: ComparedMetric, interval: MetricInterval, resamples: int, settings: dict[str, str]
) -> PilotFigure:
    """Return a metric with a bootstrap interval as a pilot.

    The interval is as wide as the normal one of the jackknife, up to what the resamples leave to chance.

    Args:
        target: What is planned.
        metric: The metric.
        interval: Its interval, as printed.
        resamples: Number of resamples of the interval.
        settings: What else the plan depends on.

    Raises:
        DataError: The metric is undefined, or would be without one of the documents.
    """
    spread = PilotSpread.of(_influence(target, metric))

    def expected(documents: int) -> float:
        return 2 * _NORMAL * spread.deviation * sqrt((documents - 1) / documents) / sqrt(documents)

    chance = _CHANCE / sqrt(resamples) if resamples else 0.0
    boot = {**settings, "boot": str(resamples)}
    return PilotFigure(target, WIDTH, metric.value, interval, spread, expected, chance, boot)


def plan_difference(scores: Scores, path: str, systems: tuple[str, str] | None = None) -> PilotFigure:
    """Return the difference between two systems that a test finds, as `score` states it, as a pilot.

    Args:
        scores: The scores.
        path: Path of the metric.
        systems: The names of the two systems, each of which may have several runs; None if there are two.

    Raises:
        DataError: The metric is undefined for one of the systems, or there is no variance.
        UsageError: As in `plan_metric`.
    """
    entries = {entry.name: list(entry.scored) for entry in score_entries(scores)}
    names = list(entries) if systems is None else list(systems)
    if len(names) != 2 or len(set(names)) < 2:
        raise UsageError(f"`systems` are two, and these are {len(names)}. Fix: two of {', '.join(entries)}")
    if unknown := [name for name in names if name not in entries]:
        raise UsageError(
            f"`systems` {unknown[0]}: there is no such system. Fix: {did_you_mean(unknown[0], list(entries))}"
        )
    target = f"difference in {path} between {names[0]} and {names[1]}"
    runs = [[_metric(run, path) for run in entries[name]] for name in names]
    settings = {
        "scores": entries[names[0]][0].signature.replace("|", ","),
        "level": f"{LEVEL:g}",
        "power": f"{POWER:g}",
    }
    return difference_figure(target, runs, settings)


def difference_figure(target: str, runs: Sequence[Sequence[ComparedMetric]], settings: dict[str, str]) -> PilotFigure:
    """Return the difference that a test finds between two systems as a pilot.

    Args:
        target: What is planned.
        runs: The metric in each run of each of the two systems.
        settings: What else the plan depends on.

    Raises:
        DataError: The metric is undefined, or would be without one of the documents.
    """
    influence = [np.mean([_influence(target, run) for run in side], axis=0) for side in runs]
    one, other = ([run.counts for run in side] for side in runs)

    def expected(documents: int) -> float:
        error = difference_error(one, other, runs[0][0].of_sums, documents=documents)
        return 0.0 if error is None else error.detectable

    value = float(np.mean([run.value for run in runs[0]]) - np.mean([run.value for run in runs[1]]))
    spread = PilotSpread.of(influence[0] - influence[1])
    return PilotFigure(target, DIFFERENCE, value, None, spread, expected, 0.0, settings)


def _metric(score: SystemScore, path: str) -> ComparedMetric:
    score.metric(path)  # which refuses paths that do not exist
    if path.startswith("slices."):
        raise UsageError(
            f"`measure` {path} cannot be planned. Fix: score a gold of the slice's documents, and plan with it"
        )
    return planned_metric(path, score.counts)


def _influence(target: str, metric: ComparedMetric) -> Floats:
    values = pseudovalues(metric.counts, metric.of_sums)
    if not np.isfinite(values).all():
        what = f"{target} is undefined in the pilot, or without one of its documents"
        raise DataError(Problem(what, "annotate more documents, or plan another figure"))
    return values
