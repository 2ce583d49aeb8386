"""Spans of many documents as columns, so that matching and counting are vectorised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

NO_VALUE = -1
"""Index of the value of a span whose value is unknown."""

KEY_LIMIT = 2**62
"""Upper limit for keys that combine several numbers, so that they fit into 64 bits."""


@dataclass(frozen=True, slots=True)
class SpanColumns:
    """Spans sorted by document, start, end and label. All arrays have shape `(n_spans,)`.

    Attributes:
        document: Indices of the documents.
        start: Starts in code points, 0-based.
        end: Ends in code points, exclusive.
        label: Indices of the labels.
        value: Indices of the values; `NO_VALUE` if unknown.
    """

    document: Ints
    start: Ints
    end: Ints
    label: Ints
    value: Ints

    def __len__(self) -> int:
        return len(self.document)

    def take(self, index: NDArray[np.bool_] | Ints | slice) -> SpanColumns:
        """Select spans by mask, index or slice."""
        return SpanColumns(
            self.document[index], self.start[index], self.end[index], self.label[index], self.value[index]
        )

    def with_values_after(self, count: int) -> SpanColumns:
        """Return the spans with values that follow `count` others."""
        return replace(self, value=np.where(self.value == NO_VALUE, NO_VALUE, self.value + count))


def sorted_columns(columns: SpanColumns) -> SpanColumns:
    """Return columns sorted by document, start, end and label; what is equal in these stays in its order."""
    keys = (columns.document, columns.start, columns.end, columns.label)
    return columns if _is_sorted(*keys) else columns.take(np.lexsort(keys[::-1]))


def concatenated_spans(parts: Sequence[SpanColumns]) -> SpanColumns:
    """Return the spans of all parts, one after another."""
    names = ("document", "start", "end", "label", "value")
    return SpanColumns(*(np.concatenate([np.empty(0, np.int64), *(getattr(p, name) for p in parts)]) for name in names))


def spans_of_documents(spans: SpanColumns, documents: Ints) -> SpanColumns:
    """Return the spans of the given documents, in their order; `document` becomes the position there.

    Args:
        spans: Sorted spans.
        documents: Indices of documents, without repetition; those past the end have no spans.
    """
    size = int(max(documents.max(initial=0), spans.document.max(initial=0))) + 1
    counts = np.bincount(spans.document, minlength=size)
    firsts = np.cumsum(counts) - counts
    chosen = counts[documents]
    shift = np.repeat(firsts[documents] - (np.cumsum(chosen) - chosen), chosen)
    taken = spans.take(np.arange(len(shift)) + shift)
    return replace(taken, document=np.repeat(np.arange(len(documents)), chosen))


def offset_ranks(*offsets: Ints) -> list[Ints]:
    """Replace offsets by their ranks among all offsets, which are small and preserve order and equality."""
    values, ranks = np.unique(np.concatenate(offsets), return_inverse=True)
    edges = np.cumsum([len(array) for array in offsets])[:-1]
    return [part.astype(np.int64) for part in np.split(ranks.reshape(-1), edges)] if len(values) else list(offsets)


def outside_zones(spans: SpanColumns, zones: Ints) -> SpanColumns:
    """Return the spans that do not lie entirely within a zone.

    Args:
        spans: The spans.
        zones: Document, start and end of each zone. Shape `(n_zones, 3)`.
    """
    if not len(zones) or not len(spans):
        return spans
    table = zones[np.lexsort(zones.T[::-1])]
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
    return spans.take((last < 0) | (furthest_end[last] < spans.document * stride + span_end))


def _is_sorted(*keys: Ints) -> bool:
    """Check whether rows are sorted by keys, of which the first is the most significant."""
    tied: NDArray[np.bool_] | bool = True
    for key in keys:
        step = np.diff(key)
        if np.any(tied & (step < 0)):
            return False
        tied = tied & (step == 0)
    return True
