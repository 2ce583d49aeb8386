"""Krippendorff's alpha for units on a continuum (1995; 2004, ch. 11), over all documents and for each of them.

Alpha is 1 minus observed over expected disagreement. An observer contributes only to the documents that they have read:
the pairs of observers of a document are weighted by 1 / (observers - 1).

Both disagreements are measured in squared lengths: for two overlapping units the squared differences of their starts
and ends, for a unit within a gap of the other observer its squared length. Expected disagreement is that of the same
units placed at random within what their observers have read. The coefficient of all categories sums both over
categories; that of a single category has only the units of that category.

Resamples of documents are computed from sums over documents; see `unit_placement`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from math import prod
from typing import Any

import numpy as np

from ..columns.span_columns import KEY_LIMIT, offset_ranks
from ..statistics.metrics import Floats
from .pass_columns import SharedDocuments, observed_spans
from .unit_placement import MarkedUnits, UnitPlacement, length_powers, short_gaps_by_document


def units_of(shared: SharedDocuments, categories: Sequence[str]) -> tuple[MarkedUnits, list[tuple[int, int]]]:
    """Return the spans of passes as units, and where spans of a pass and category overlap, which are left out.

    Args:
        shared: The documents.
        categories: Names of the labels.

    Returns:
        The units, and the document and category of each place that is left out, for all passes, in order.
    """
    observer, spans = observed_spans(shared.spans)
    order = np.lexsort((spans.end, spans.start, spans.label, spans.document, observer))
    observer, spans = observer[order], spans.take(order)
    units = MarkedUnits(observer, spans, shared.read, np.maximum(shared.lengths, 0), categories)
    same = (observer[1:] == observer[:-1]) & (units.cell[1:] == units.cell[:-1])
    overlapping = np.flatnonzero(same & (spans.start[1:] < spans.end[:-1])) + 1
    kept = ~np.isin(units.cell, units.cell[overlapping])
    # in the order in which a reader of the documents comes to them
    at = overlapping[np.lexsort((spans.start[overlapping], observer[overlapping], spans.document[overlapping]))]
    places = dict.fromkeys(zip(spans.document[at].tolist(), spans.label[at].tolist(), strict=True))
    return replace(units, observer=observer[kept], spans=spans.take(kept)), list(places)


class UnitDisagreement:
    """Observed and expected disagreement of observers over units, by document and category."""

    def __init__(self, units: MarkedUnits) -> None:
        self._units = units
        self._observers = units.read.sum(axis=0)
        self._read = (units.lengths * self._observers).astype(np.float64)
        observed = observed_disagreement(units) / np.maximum(self._observers - 1, 1)[:, None]
        length = (units.spans.end - units.spans.start).astype(np.float64)
        size = len(self._read) * len(units.categories)
        parts = [np.ones(len(length)), *length_powers(length)]
        columns = [np.bincount(units.cell, weights=part, minlength=size).reshape(units.shape) for part in parts]
        self._sums = np.stack([observed, *columns], axis=-1)
        self._placements = [UnitPlacement(units, category) for category in range(len(units.categories))]

    def alpha(self) -> Floats:
        """Return alpha of each category, then of all. Shape `(n_categories + 1,)`.

        It is 1 for perfect agreement, about 0 for chance agreement, less for systematic disagreement, and NaN if
        nothing was marked or no document has two observers.
        """
        total = sum(map(int, self._units.lengths.astype(object) * self._observers))
        observed = [float(np.cumsum(column)[-1]) if total else 0.0 for column in self._sums[..., 0].T]
        expected = [placement.expected(total) for placement in self._placements]
        by_name = sorted(range(len(observed)), key=self._units.categories.__getitem__)
        observed.append(sum(observed[i] for i in by_name))
        expected.append(sum(expected[i] for i in by_name))
        pairs = zip(observed, expected, strict=True)
        return np.array([1 - o / total / e if e > 0 else np.nan for o, e in pairs])

    def by_document(self) -> Floats:
        """Return alpha of each document on its own, over all categories; NaN as in `alpha`. Shape `(n_documents,)`."""
        short = short_gaps_by_document(self._units)
        return self._alphas(self._sums, self._read, self._observers[:, None], short)[:, -1]

    @cached_property
    def columns(self) -> Floats:
        """The sums over which documents are resampled. Shape `(n_documents, n_columns)`."""
        short = np.stack([placement.short_gaps() for placement in self._placements], axis=1)
        sums = np.concatenate([self._sums, short], axis=-1)
        return np.column_stack([sums.reshape(len(sums), prod(sums.shape[1:])), self._read])

    def resampled(self, sums: Floats) -> Floats:
        """Return alpha of each category, then of all, given sums of `columns` over resampled documents.

        The short gaps between a document and the next are those of the order of all documents.

        Args:
            sums: Shape `(n_resamples, n_columns)`.

        Returns:
            Shape `(n_resamples, n_categories + 1)`.
        """
        shape = len(self._units.categories), self._sums.shape[-1] + 2
        table, whole = (part[:, :-1].reshape(len(part), *shape) for part in (sums, self.columns))
        # the term is a sum of products over units and gaps, of both of which the resample has a share
        term = whole[..., -1].sum(axis=0)
        short = np.divide(table[..., -2] * table[..., -1], term, out=np.zeros(table.shape[:2]), where=term > 0)
        return self._alphas(table[..., :-2], sums[:, -1], self._units.read.any(axis=1).sum(), short)

    def _alphas(self, sums: Floats, read: Floats, observers: Any, short: Floats) -> Floats:
        """Return alpha of each category, then of all. Shape `(…, n_categories + 1)`.

        Args:
            sums: Observed disagreement, number of units and sums of `length_powers`. Shape `(…, n_categories, 6)`.
            read: Lengths that all observers have read, summed. Shape `(…,)`.
            observers: Number of observers, for whom there is one gap more than units.
            short: The term for short gaps. Shape `(…, n_categories)`.
        """
        observed, count, cubes, squares, slopes, lengths = np.moveaxis(sums, -1, 0)
        total = read[..., None]
        placements = total * (total - 1) - (squares - lengths)
        in_gaps = squares * (total - lengths) - (count + observers) * slopes + short
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = np.where(placements > 0, 2 * ((count - 1) / 3 * cubes + in_gaps) / placements, 0.0)
            parts = np.stack([np.where(total > 0, observed / total, 0.0), expected])
            both = np.concatenate([parts, parts.sum(axis=-1, keepdims=True)], axis=-1)
            return np.where(both[1] > 0, 1 - both[0] / both[1], np.nan)


def observed_disagreement(units: MarkedUnits) -> Floats:
    """Return the disagreement of all ordered pairs of observers by document and category.

    Returns:
        Shape `(n_documents, n_categories)`.
    """
    spans, cell = units.spans, units.cell
    table = np.zeros(units.shape[0] * units.shape[1])
    starts, ends = spans.start, spans.end
    if len(table) * (int(ends.max(initial=0)) + 1) >= KEY_LIMIT:
        starts, ends = offset_ranks(starts, ends)
    stride = int(ends.max(initial=0)) + 1
    keys = cell * stride + starts, cell * stride + ends
    of_observer = [np.flatnonzero(units.observer == index) for index in range(len(units.read))]
    start, end = spans.start.astype(np.float64), spans.end.astype(np.float64)
    for a, b in combinations(range(len(units.read)), 2):
        left, right = of_observer[a], of_observer[b]
        first = np.searchsorted(keys[1][right], keys[0][left], side="right")
        counts = np.maximum(0, np.searchsorted(keys[0][right], keys[1][left], side="left") - first)
        one = np.repeat(left, counts)
        other = right[np.arange(len(one)) + np.repeat(first - (np.cumsum(counts) - counts), counts)]
        met = np.zeros(len(spans), dtype=bool)
        met[one] = met[other] = True
        alone = np.concatenate([side[~met[side]] for side in (left, right)])
        alone = alone[(units.read[a] & units.read[b])[spans.document[alone]]]
        distance = (start[one] - start[other]) ** 2 + (end[one] - end[other]) ** 2
        places = np.concatenate([cell[one], cell[alone]])
        # for the gap that a unit alone falls into, the other observer differs from this one just as much
        weights = 2 * np.concatenate([distance, (end[alone] - start[alone]) ** 2])
        table += np.bincount(places, weights=weights, minlength=len(table))
    return table.reshape(units.shape)
