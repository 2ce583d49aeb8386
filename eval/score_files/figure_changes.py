"""Figures of two scores of the same systems that differ, to the last digit, and the documents that they differ by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..metric_types.document_counts import DocumentCounts
from ..metric_types.metric_groups import Metric
from ..score_results import Scores


class FigureChange(NamedTuple):
    """A figure that is another one now.

    Attributes:
        where: The system, the two that are tested, or `gold`.
        path: Path of the figure, such as `spans.strict.micro.f1` or `interval.spans.strict.micro.f1.0`.
        then: What it was; None if it was undefined, or not computed.
        now: What it is; None likewise.
    """

    where: str
    path: str
    then: Metric
    now: Metric

    def to_dict(self) -> dict[str, Any]:
        """Return the change as plain data."""
        return self._asdict()


def figures_of(scores: Scores) -> dict[tuple[str, str], Metric]:
    """Return every number that scores hold, by what it belongs to (gold, system, runs, test) and its path."""
    data = scores.to_dict()
    groups: list[tuple[str, Any]] = [("gold", data["gold"])]
    groups += [(system["name"], system) for system in data["systems"]]
    groups += [(group["name"], group) for group in data.get("runs", ())]
    groups += [(f"{test['a']} - {test['b']}: {test['measure']}", test) for test in data["comparisons"]]
    return {(where, ".".join(path)): figure for where, group in groups for path, figure in _numbers(group)}


def _numbers(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Metric]]:
    if isinstance(node, Mapping):
        for name, part in node.items():
            yield from _numbers(part, (*path, name))
    elif isinstance(node, list | tuple):
        for number, part in enumerate(node):
            yield from _numbers(part, (*path, str(number)))
    elif node is None or isinstance(node, int | float):
        yield path, node


def figure_changes(then: Scores, now: Scores) -> list[FigureChange]:
    """Return the figures of two scores that are not equal to the last digit; those that only one has are among them."""
    before, after = figures_of(then), figures_of(now)
    return [
        FigureChange(*key, before.get(key), after.get(key))
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    ]


def changed_documents(then: DocumentCounts, now: DocumentCounts) -> list[str]:
    """Return the ids of the documents in which a system has other counts, in order.

    Documents that only one of both has are among them.
    """
    before, after = _rows(then), _rows(now)
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _rows(counts: DocumentCounts) -> dict[str, bytes]:
    """Return the counts of each document, comparable by equality."""
    tokens = {} if counts.tokens is None else {"tokens": counts.tokens}
    tables: dict[str, NDArray[Any]] = {**counts.spans, **counts.values, **tokens}
    size = len(counts.documents)
    flat = [tables[name].reshape(size, -1).astype(np.float64) for name in sorted(tables)]
    whole = np.ascontiguousarray(np.hstack(flat)) if flat and size else np.zeros((size, 0))
    return {name: row.tobytes() for name, row in zip(counts.documents, whole, strict=True)}
