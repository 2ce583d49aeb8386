"""Units that observers marked, and their disagreement if they were placed at random (Krippendorff 1995; 2004, ch. 11).

With n units of lengths u, of which each fits into a gap of length g at g - u + 1 places, it is twice the sum over units
of (n - 1)/3 (2u^3 - 3u^2 + u) + u^2 (sum over gaps g >= u of g - u + 1), divided by the number of places. As the gaps
of an observer add up to what no unit covers, the inner sum is that of all gaps plus a term for the gaps that are
shorter than u - 1. All but this term are sums over documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..columns.span_columns import KEY_LIMIT, Ints, SpanColumns, offset_ranks
from ..statistics.metrics import Floats

_EXACT = 2**53  # whole numbers up to here are exact as floats


@dataclass(frozen=True, slots=True)
class MarkedUnits:
    """Units that observers marked in documents, those of an observer, document and category without overlap.

    Attributes:
        observer: Index of the observer of each unit.
        spans: Document, start, end and category (`label`) of each unit, sorted by observer, document, category and
            start.
        read: Whether an observer has read a document. Shape `(n_observers, n_documents)`.
        lengths: Lengths of the documents, in the unit of the offsets. Shape `(n_documents,)`.
        categories: Names of the categories.
    """

    observer: Ints
    spans: SpanColumns
    read: NDArray[np.bool_]
    lengths: Ints
    categories: Sequence[str]

    @property
    def cell(self) -> Ints:
        """Document and category of each unit, as an index into a flat table of documents and categories."""
        return self.spans.document * len(self.categories) + self.spans.label

    @property
    def shape(self) -> tuple[int, int]:
        """Number of documents and of categories."""
        return self.read.shape[1], len(self.categories)


def length_powers(length: Any) -> tuple[Any, Any, Any, Any]:
    """Return 2u^3 - 3u^2 + u, u^2, u^2 (u - 1) and u of lengths u."""
    return 2 * length**3 - 3 * length**2 + length, length**2, length**2 * (length - 1), length


class UnitPlacement:
    """The units and gaps of one category on the documents that each observer has read, one after another."""

    def __init__(self, units: MarkedUnits, category: int) -> None:
        rows = np.flatnonzero(units.spans.label == category)
        spans, observer = units.spans.take(rows), units.observer[rows]
        # whole numbers of any size where the total would be too large to be exact
        total = sum(units.lengths.tolist()) * len(units.read)
        lengths = units.lengths if total < _EXACT else units.lengths.astype(object)
        gaps, owners = [], []
        for index, row in enumerate(units.read):
            read = np.flatnonzero(row)
            if not len(read):
                continue
            own = np.flatnonzero(observer == index)
            origin = np.zeros(len(row), dtype=lengths.dtype)
            origin[read] = np.cumsum(lengths[read]) - lengths[read]
            shift = origin[spans.document[own]]
            ends = np.append(spans.start[own] + shift, origin[read[-1]] + lengths[read[-1]])
            gaps.append(ends - np.concatenate([[0], spans.end[own] + shift]))
            owners.append(np.append(spans.document[own], read[-1]))
        self._documents, self._observers = units.read.shape[1], len(gaps)
        self._unit_documents, self._gap_documents = spans.document, np.concatenate([np.empty(0, np.int64), *owners])
        self._gaps = np.concatenate([np.empty(0, lengths.dtype), *gaps])
        length = spans.end - spans.start
        self._lengths, kind, self._counts = np.unique(length, return_inverse=True, return_counts=True)
        self._kind = kind.reshape(-1)
        self._order = np.lexsort((spans.start, observer, spans.document))

    def _shortage(self) -> list[int]:
        """Return by how much all gaps are shorter than each length of a unit minus 1, where they are."""
        gaps = np.sort(self._gaps)
        sums = [0, *np.cumsum(gaps).tolist()]
        limits = (self._lengths - 1).tolist()
        counts = np.searchsorted(gaps, np.array(limits, dtype=gaps.dtype), side="left").tolist()
        return [limit * count - sums[count] for limit, count in zip(limits, counts, strict=True)]

    def expected(self, total: int) -> float:
        """Return the expected disagreement, exact but for the rounding of floats.

        Args:
            total: Sum of the lengths that all observers have read.
        """
        lengths, counts = self._lengths.tolist(), self._counts.tolist()
        n = sum(counts)
        powers = [length_powers(length) for length in lengths]
        by_length = np.array([(n - 1) / 3 * cubes for cubes, *_ in powers])
        among_units = sum(by_length[self._kind[self._order]].tolist())
        squares, slopes, covered = (sum(c * p[i] for c, p in zip(counts, powers, strict=True)) for i in (1, 2, 3))
        short = sum(c * u**2 * s for c, u, s in zip(counts, lengths, self._shortage(), strict=True))
        in_gaps = squares * (total - covered) - (n + self._observers) * slopes + short
        placements = total * (total - 1) - (squares - covered)
        return 2 * (among_units + in_gaps) / placements if placements else 0.0

    def short_gaps(self) -> Floats:
        """Return the term for short gaps by document of the units, and by document of the gaps.

        Each adds up to the whole term.

        Returns:
            Shape `(n_documents, 2)`.
        """
        lengths = self._lengths.astype(np.float64)
        of_length = lengths**2 * np.array(self._shortage(), dtype=np.float64)
        by_unit = of_length[self._kind]
        weight = self._counts * lengths**2
        above = np.searchsorted(lengths, self._gaps.astype(np.float64) + 1, side="right")
        squares, slopes = (
            np.append(np.cumsum(part[::-1])[::-1], 0.0)[above] for part in (weight, weight * (lengths - 1))
        )
        by_gap = slopes - squares * self._gaps.astype(np.float64)
        return np.column_stack(
            [
                np.bincount(documents, weights=part, minlength=self._documents)
                for documents, part in ((self._unit_documents, by_unit), (self._gap_documents, by_gap))
            ]
        )


def short_gaps_by_document(units: MarkedUnits) -> Floats:
    """Return the term for short gaps of each document on its own. Shape `(n_documents, n_categories)`."""
    spans, cell, categories = units.spans, units.cell, len(units.categories)
    size = units.shape[0] * categories
    owner = units.observer * size + cell
    before = np.where(np.diff(owner, prepend=-1) != 0, 0, np.concatenate([[0], spans.end])[:-1])
    lasts = np.flatnonzero(np.diff(owner, append=-1) != 0)
    tails = np.tile(np.repeat(units.lengths, categories), len(units.read))  # of each observer, document and category
    tails[owner[lasts]] -= spans.end[lasts]
    has_read = np.repeat(units.read.reshape(-1), categories)
    gaps = np.concatenate([spans.start - before, tails[has_read]])
    places = np.concatenate([cell, (np.arange(len(tails)) % size)[has_read]])
    order = np.lexsort((gaps, places))
    gaps, places = gaps[order], places[order]
    limits = spans.end - spans.start - 1
    ranks = [gaps, limits]
    if size * (max(int(part.max(initial=0)) for part in ranks) + 1) >= KEY_LIMIT:
        ranks = offset_ranks(gaps, limits)
    stride = max(int(part.max(initial=0)) for part in ranks) + 1
    first = np.searchsorted(places, cell, side="left")
    last = np.searchsorted(places * stride + ranks[0], cell * stride + ranks[1], side="left")
    sums = np.concatenate([[0.0], np.cumsum(gaps.astype(np.float64))])
    length, limit = (limits + 1).astype(np.float64), limits.astype(np.float64)
    shortage = length**2 * (limit * (last - first) - (sums[last] - sums[first]))
    table: Floats = np.bincount(cell, weights=shortage, minlength=size).reshape(units.shape).astype(np.float64)
    return table
