"""Runs of one system, for instance with several seeds: names of the runs, mean and standard deviation of metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any, NamedTuple, TypeVar

from ..metric_types.metric_groups import Metric, leaves
from ..system_score import SystemScore

T = TypeVar("T")


class RunStatistics(NamedTuple):
    """A metric over the runs of a system.

    Attributes:
        mean: Mean over the runs; None if the metric is undefined for one of them.
        deviation: Standard deviation over the runs (with n - 1 as the denominator); None likewise.
    """

    mean: Metric
    deviation: Metric

    def __str__(self) -> str:
        return "-" if self.mean is None or self.deviation is None else f"{self.mean:.3f}±{self.deviation:.3f}"


@dataclass(frozen=True, slots=True, repr=False)
class SystemRuns:
    """The runs of one system that was scored several times.

    Attributes:
        name: Name of the system.
        systems: Score of each run, at least two; they are among the systems of the scores too.
    """

    name: str
    systems: tuple[SystemScore, ...]

    def metric(self, path: str) -> RunStatistics:
        """Return mean and deviation of a metric or count by its path, such as `spans.strict.micro.f1`.

        Raises:
            UsageError: There is no metric with that path.
        """
        return _statistics([system.metric(path) for system in self.systems])

    def to_dict(self) -> dict[str, Any]:
        """Return names, number, means and deviations as plain data; both have the tree of a system's metrics."""
        trees: dict[str, dict[str, Any]] = {"mean": {}, "deviation": {}}
        columns = zip(*(leaves(system.metric_groups) for system in self.systems), strict=True)
        for column in columns:
            *groups, last = column[0][0]
            for tree, value in zip(trees.values(), _statistics([value for _, value in column]), strict=True):
                for group in groups:
                    tree = tree.setdefault(group, {})
                tree[last] = value
        return {"name": self.name, "systems": [s.name for s in self.systems], "n": len(self.systems), **trees}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}: {len(self.systems)} runs>"


def _statistics(values: Sequence[Metric]) -> RunStatistics:
    defined = [value for value in values if value is not None]
    if len(defined) < len(values):
        return RunStatistics(None, None)
    return RunStatistics(fmean(defined), stdev(defined))


def run_names(names: Sequence[str]) -> list[str]:
    """Return a name for each run: a name that is given several times gets a number, as in `rules-1` and `rules-2`."""
    times = Counter(names)
    taken = set(names)
    unique = []
    numbers: Counter[str] = Counter()
    for name in names:
        candidate = name
        while times[name] > 1 and candidate in taken:
            numbers[name] += 1
            candidate = f"{name}-{numbers[name]}"
        taken.add(candidate)
        unique.append(candidate)
    return unique


def runs_of(names: Iterable[str], runs: Iterable[T]) -> dict[str, list[T]]:
    """Return the runs of each system by its name, one or several, in the order of the names.

    Args:
        names: Name of the system of each run.
        runs: The runs.
    """
    groups: dict[str, list[T]] = {}
    for name, run in zip(names, runs, strict=True):
        groups.setdefault(name, []).append(run)
    return groups


def repeated_systems(names: Sequence[str], systems: Sequence[SystemScore]) -> list[SystemRuns]:
    """Return the systems that have several runs; arguments as in `runs_of`."""
    return [SystemRuns(name, tuple(runs)) for name, runs in runs_of(names, systems).items() if len(runs) > 1]
