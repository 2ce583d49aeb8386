"""Checks that stored scores have all parts, the same for all systems."""

from __future__ import annotations

from itertools import combinations

from ...schema import DataError, Problem
from ..matching.match_counts import MEASURES
from ..metric_types.metric_groups import leaves
from ..publishing.published_tables import score_entries
from ..score_results import Scores
from ..statistics.metrics import METRICS
from ..system_score import SystemScore
from .stored_metrics import StoredSystem

WRITTEN = "a file that `goldspan score … --out FILE` wrote"
"""How to fix a file that is not one, or was changed."""


def changed_error(what: str) -> DataError:
    """Return the error of a file that is not as it was written."""
    return DataError(Problem(f"was changed after it was written: {what}", WRITTEN))


def require_figures(stored: StoredSystem) -> None:
    """Check that a system has the figures that all systems have.

    Raises:
        DataError: It has not.
    """
    always = {"value_accuracy", "value_f1"}
    trees = [stored.spans, stored.counts.spans, stored.interval.spans]
    trees += [group.spans for groups in (stored.slices or {}).values() for group in groups.values()]
    trees += [group.spans for groups in (stored.interval.slices or {}).values() for group in groups.values()]
    if not (
        all(set(MEASURES) <= tree.keys() for tree in trees)
        and all({*always, "support"} <= of_label.keys() for of_label in stored.values.values())
        and all(always <= of_label.keys() for of_label in stored.interval.values.values())
    ):
        raise changed_error(f"{stored.name!r} lacks figures")


def require_consistency(scores: Scores) -> None:
    """Check that all systems have the same figures, with intervals and tests.

    Raises:
        DataError: They do not.
    """
    paths = {tuple(sorted(_paths(system))) for system in scores}
    if len(paths) > 1:
        raise changed_error("the systems do not have the same figures")
    for system in scores:
        _require_intervals(system)
    pairs = {frozenset(pair) for pair in combinations([entry.name for entry in score_entries(scores)], 2)}
    tested = {comparison.measure for comparison in scores.comparisons}
    found = [{frozenset((c.a, c.b)) for c in scores.comparisons if c.measure == measure} for measure in tested]
    if (
        any(of_measure != pairs for of_measure in found)
        or (pairs and not found)
        or not tested <= {".".join(path) for path in next(iter(paths))}
    ):
        raise changed_error("the tests are not those of the systems")
    if any(len(group.systems) < 2 for group in scores.runs):
        raise changed_error("a system with several runs has one")


def _paths(system: SystemScore) -> set[tuple[str, ...]]:
    slices = {} if system.slices is None else {"slices": system.slices}
    return {path for path, _ in leaves({**system.metric_groups, **slices})}


def _require_intervals(system: SystemScore) -> None:
    """Check that each rate has an interval, if only None."""
    rates = {p for p in _paths(system) if _is_rate(p)}
    intervals = {path for path, _ in leaves(system.intervals) if path[0] != "coverage"}
    if rates != intervals:
        raise changed_error(f"{system.name!r} has figures without intervals, or intervals without figures")


def _is_rate(path: tuple[str, ...]) -> bool:
    if path[0] == "values":
        return len(path) == 3 and path[2] != "support"
    return path[-1] in METRICS
