"""Groups of metrics and intervals that are addressed by the same paths, and what both consist of.

A path names attributes and keys: the metric `spans.strict.labels.DATE.f1` of a system is
`system.spans.strict.labels["DATE"].f1`, and its interval is `system.intervals.spans.strict.labels["DATE"].f1`. Only the
metrics of single fields are addressed without the word `fields`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, TypeAlias, TypeVar

from ...schema import UsageError, did_you_mean

T = TypeVar("T")


class ConfidenceInterval(NamedTuple):
    """A bootstrap interval of a metric.

    Attributes:
        low: Its lower end, the 2.5th percentile of the resamples.
        high: Its upper end, the 97.5th percentile.
    """

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:.3f}-{self.high:.3f}"


Metric: TypeAlias = float | None
"""A metric; None if it is undefined because its denominator is 0."""

MetricInterval: TypeAlias = ConfidenceInterval | None
"""The interval of a metric; None if it was not computed."""


class NamedMetrics(dict[str, T]):
    """Metrics by the name of a label or field; an unknown name in brackets raises a `UsageError` that lists those."""

    def __init__(self, metrics: Mapping[str, T], *, noun: str = "label") -> None:
        """Initialise the mapping.

        Args:
            metrics: The metrics by name.
            noun: What a name is, for errors.
        """
        super().__init__(metrics)
        self._noun = noun

    def __missing__(self, name: str) -> T:
        raise UsageError(f"unknown {self._noun} {name!r}: {did_you_mean(str(name), list(self))}")


@dataclass(frozen=True, slots=True)
class MetricGroup:
    """A group of metrics or intervals, or of further groups."""

    def parts(self) -> Mapping[str, Any]:
        """Return what the group contains, by the next word of a path."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def parts_of(node: object) -> Mapping[str, Any] | None:
    """Return what a group or mapping contains; None for a single metric, count or interval."""
    return node.parts() if isinstance(node, MetricGroup) else node if isinstance(node, Mapping) else None


def metrics_as_dict(node: Any) -> Any:
    """Return a group as nested dictionaries, and intervals as lists."""
    if (parts := parts_of(node)) is not None:
        return {name: metrics_as_dict(part) for name, part in parts.items()}
    return list(node) if isinstance(node, ConfidenceInterval) else node


def leaves(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield all metrics and counts, or intervals, with their paths."""
    if (parts := parts_of(node)) is None:
        yield path, node
        return
    for name, part in parts.items():
        yield from leaves(part, (*path, name))


def find_metric(root: Mapping[str, Any], path: str) -> Any:
    """Return the metric or count with a path.

    Args:
        root: Groups by the first word of the path.
        path: Path of the metric, such as `spans.strict.micro.f1`.

    Raises:
        UsageError: The path is unknown; the message lists the names that are known at that level.
    """
    found = _follow(root, path)
    if found is not None:
        return found[-1]
    node: Any = root
    walked: list[str] = []
    rest = path
    while (parts := parts_of(node)) is not None:
        name = next(_names(parts, rest), "")
        if not name:
            name = rest.partition(".")[0]
            hint = did_you_mean(name, list(parts))
            if name in (parts_of(parts.get("micro")) or {}):  # attributes have the micro average without its name
                hint = f"did you mean {'.'.join([*walked, 'micro', name])!r}?"
            raise UsageError(f"unknown metric {path!r}: {hint}")
        node = parts[name]
        walked.append(name)
        if rest == name:
            raise UsageError(f"unknown metric {path!r}: it is a group of {', '.join(parts_of(node) or ())}")
        rest = rest[len(name) + 1 :]
    raise UsageError(f"unknown metric {path!r}: there is nothing below {'.'.join(walked)!r}")


def _follow(node: Any, path: str) -> list[Any] | None:
    """Return the groups along a path and the metric at its end; None if there is no such metric."""
    parts = parts_of(node) or {}
    for name in _names(parts, path):
        part = parts[name]
        if path == name and parts_of(part) is None:
            return [part]
        if path != name and (found := _follow(part, path[len(name) + 1 :])) is not None:
            return [part, *found]
    return None


def _names(parts: Mapping[str, Any], path: str) -> Iterator[str]:
    """Yield the names that a path may begin with, the longest first: names of labels may contain dots."""
    words = path.split(".")
    candidates = (".".join(words[:count]) for count in range(len(words), 0, -1))
    return (name for name in candidates if name in parts)


def find_interval(root: object, path: str) -> MetricInterval:
    """Return the interval with the path of a metric; None if the metric has no interval, as counts have none."""
    found = _follow(root, path)
    return found[-1] if found is not None and isinstance(found[-1], ConfidenceInterval) else None
