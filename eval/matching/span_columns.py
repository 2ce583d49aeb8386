"""Spans of many documents as columns, so that matching and counting are vectorised."""

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
        document: Indices of the documents.
        start: Starts in code points, 0-based.
        end: Ends in code points, exclusive.
        label: Indices of the labels.
    """

    document: Ints
    start: Ints
    end: Ints
    label: Ints

    def __len__(self) -> int:
        return len(self.document)

    def take(self, index: NDArray[np.bool_] | Ints) -> SpanColumns:
        """Select spans by mask or index."""
        return SpanColumns(self.document[index], self.start[index], self.end[index], self.label[index])


def sorted_columns(document: Ints, start: Ints, end: Ints, label: Ints) -> SpanColumns:
    """Return columns sorted by document, start, end and label."""
    columns = SpanColumns(document, start, end, label)
    return (
        columns if _is_sorted(document, start, end, label) else columns.take(np.lexsort((label, end, start, document)))
    )


def span_columns(spans: Iterable[tuple[int, Span]], labels: Mapping[str, int]) -> SpanColumns:
    """Return the columns of sorted spans.

    Args:
        spans: Pairs of the index of a document and a span, sorted by document, start, end and index of the label.
        labels: Index of each label.
    """
    table = np.array([(index, s.start, s.end, labels[s.label]) for index, s in spans], dtype=np.int64).reshape(-1, 4)
    columns = SpanColumns(table[:, 0], table[:, 1], table[:, 2], table[:, 3])
    assert _is_sorted(columns.document, columns.start, columns.end, columns.label)
    return columns


KEY_LIMIT = 2**62
"""Upper limit for keys that combine several numbers, so that they fit into 64 bits."""


def offset_ranks(*offsets: Ints) -> list[Ints]:
    """Replace offsets by their ranks among all offsets, which are small and preserve order and equality."""
    values, ranks = np.unique(np.concatenate(offsets), return_inverse=True)
    edges = np.cumsum([len(array) for array in offsets])[:-1]
    return [part.astype(np.int64) for part in np.split(ranks.reshape(-1), edges)] if len(values) else list(offsets)


def outside_zones(spans: SpanColumns, zones: Iterable[tuple[int, Iterable[Zone]]]) -> NDArray[np.bool_]:
    """Return a mask of the spans that do not lie entirely within a zone. Shape `(n_spans,)`."""
    rows = [(index, zone.start, zone.end) for index, items in zones for zone in items]
    table = np.array(sorted(rows), dtype=np.int64).reshape(-1, 3)
    if not len(table) or not len(spans):
        return np.ones(len(spans), dtype=bool)
    edges = [spans.start, spans.end, table[:, 1], table[:, 2]]
    documents = int(max(spans.document.max(), table[:, 0].max())) + 1
    if documents * (int(max(edge.max() for edge in edges)) + 1) >= KEY_LIMIT:
        edges = offset_ranks(*edges)
    span_start, span_end, zone_start, zone_end = edges
    stride = int(max(edge.max() for edge in edges)) + 1
    starts = table[:, 0] * stride + zone_start
    furthest_end = np.maximum.accumulate(table[:, 0] * stride + zone_end)
    last = np.searchsorted(starts, spans.document * stride + span_start, side="right") - 1
    # the furthest end among zones that start at or before the span; zones of earlier documents end before it
    inside = (last >= 0) & (furthest_end[last] >= spans.document * stride + span_end)
    return ~inside


def _is_sorted(*keys: Ints) -> bool:
    """Check whether rows are sorted by keys, of which the first is the most significant."""
    tied: NDArray[np.bool_] | bool = True
    for key in keys:
        step = np.diff(key)
        if np.any(tied & (step < 0)):
            return False
        tied = tied & (step == 0)
    return True
