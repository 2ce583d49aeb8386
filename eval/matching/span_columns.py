"""Spans of many documents as columns, so that matching and counting are a few passes over arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...schema import Span, Zone

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SpanColumns:
    """Spans sorted by document, start, end and label. All arrays have shape `(n_spans,)`.

    Attributes:
        document: Index of the document.
        start: Code points, 0-based.
        end: Code points, exclusive.
        label: Index of the label.
    """

    document: Ints
    start: Ints
    end: Ints
    label: Ints

    def __len__(self) -> int:
        return len(self.document)

    def take(self, chosen: NDArray[np.bool_] | Ints) -> SpanColumns:
        """The spans chosen by mask or index."""
        return SpanColumns(self.document[chosen], self.start[chosen], self.end[chosen], self.label[chosen])


def sorted_columns(document: Ints, start: Ints, end: Ints, label: Ints) -> SpanColumns:
    """Columns brought into their order."""
    columns = SpanColumns(document, start, end, label)
    return (
        columns if _in_order(document, start, end, label) else columns.take(np.lexsort((label, end, start, document)))
    )


def span_columns(spans: Iterable[tuple[int, Span]], labels: Mapping[str, int]) -> SpanColumns:
    """Columns of spans that come with the index of their document, in the order of columns already.

    Args:
        spans: Sorted by document, start, end and the label's index.
        labels: The index of each label.
    """
    table = np.array([(index, s.start, s.end, labels[s.label]) for index, s in spans], dtype=np.int64).reshape(-1, 4)
    columns = SpanColumns(table[:, 0], table[:, 1], table[:, 2], table[:, 3])
    assert _in_order(columns.document, columns.start, columns.end, columns.label)
    return columns


ROOM = 2**62
"""Keys made of several numbers stay below this, so that 64 bits hold them."""


def ranked(*offsets: Ints) -> list[Ints]:
    """The same offsets as ranks among all of them: small numbers in the same order, equal where they were equal."""
    values, ranks = np.unique(np.concatenate(offsets), return_inverse=True)
    edges = np.cumsum([len(array) for array in offsets])[:-1]
    return [part.astype(np.int64) for part in np.split(ranks.reshape(-1), edges)] if len(values) else list(offsets)


def outside_zones(spans: SpanColumns, zones: Iterable[tuple[int, Iterable[Zone]]]) -> NDArray[np.bool_]:
    """Which spans do not lie wholly inside one zone. Shape `(n_spans,)`."""
    rows = [(index, zone.start, zone.end) for index, items in zones for zone in items]
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    if not len(table) or not len(spans):
        return np.ones(len(spans), dtype=bool)
    edges = [spans.start, spans.end, table[:, 1], table[:, 2]]
    documents = int(max(spans.document.max(), table[:, 0].max())) + 1
    if documents * (int(max(edge.max() for edge in edges)) + 1) >= ROOM:
        edges = ranked(*edges)
    span_start, span_end, zone_start, zone_end = edges
    stride = int(max(edge.max() for edge in edges)) + 1
    starts = table[:, 0] * stride + zone_start
    reach = np.maximum.accumulate(table[:, 0] * stride + zone_end)
    last = np.searchsorted(starts, spans.document * stride + span_start, side="right") - 1
    # the farthest end of the zones that start at or before the span; those of earlier documents end before it
    inside = (last >= 0) & (reach[last] >= spans.document * stride + span_end)
    return ~inside


def _in_order(*keys: Ints) -> bool:
    """Whether rows ascend by these keys, the first the most significant."""
    tied: NDArray[np.bool_] | bool = True
    for key in keys:
        step = np.diff(key)
        if np.any(tied & (step < 0)):
            return False
        tied = tied & (step == 0)
    return True
