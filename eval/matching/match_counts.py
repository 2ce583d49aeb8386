"""Counts of matches per document and label, from which metrics, intervals and tests are computed.

Counts are summed before they are divided, so a score, its interval and its test are based on the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..columns.span_columns import KEY_LIMIT, Ints, SpanColumns, offset_ranks
from .pairing import Pairs, equal_pairs, overlap_pairs

_EMPTY = np.empty(0, np.int64)

MEASURES = ("strict", "exact", "partial", "type")
"""SemEval-2013 task 9 measures: equal bounds and label, equal bounds, overlap for half credit, overlap and label."""


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """Counts of one measure. Arrays have shape `(n_documents, n_labels + 1)`; the last column is over all labels.

    Attributes:
        matched: Number of pairs with full credit.
        partial: Number of pairs with half credit.
        gold: Number of gold spans, or of what else a measure counts.
        system: Number of system spans, likewise.
    """

    matched: Ints
    partial: Ints
    gold: Ints
    system: Ints

    def stacked(self) -> NDArray[Any]:
        """Return the four counts as one array. Shape `(n_documents, n_labels + 1, 4)`."""
        counts = [self.matched, self.partial, self.gold, self.system]
        return np.stack(counts, axis=2, dtype=smallest_type(*counts))


def smallest_type(*tables: Ints) -> type[np.signedinteger[Any]]:
    """Return the smallest type that holds the counts of tables, since there may be millions of documents."""
    largest = max(int(table.max(initial=0)) for table in tables)
    return np.int16 if largest < 2**15 else np.int32 if largest < 2**31 else np.int64


@dataclass(frozen=True, slots=True)
class SpanMatches:
    """Counts of all measures, and the strictly matched pairs, for which values are compared.

    Attributes:
        counts: Counts by name of the measure: `MEASURES`, then further ones that were requested.
        strict: Strict pairs, as indices into the gold and system columns.
    """

    counts: dict[str, MatchCounts]
    strict: Pairs


def count_matches(gold: SpanColumns, system: SpanColumns, *, documents: int, labels: int) -> SpanMatches:
    """Pair gold and system spans under every measure and count the pairs.

    Pairing is one-to-one and yields the maximum credit. For `partial`, spans with equal bounds are paired first:
    splitting such a pair frees two spans for at most two half credits, so it cannot increase the total.

    Args:
        gold: Gold spans, sorted.
        system: System spans, sorted.
        documents: Number of documents.
        labels: Number of labels.
    """
    totals = [count_by_label(side.document, side.label, documents, labels) for side in (gold, system)]
    gold, system = _bounded_offsets(gold, system, documents * labels)
    stride = max([1, *(int(side.end.max()) + 1 for side in (gold, system) if len(side))])
    bounds = _bounds(gold, system, stride, labels)
    flat = _is_flat(gold) and _is_flat(system)
    exact = equal_pairs(*bounds, unique=flat)
    if flat:  # each span equals at most one other, so strict pairs are the exact pairs with equal labels
        same_label = gold.label[exact.gold] == system.label[exact.system]
        strict = Pairs(exact.gold[same_label], exact.system[same_label])
    else:
        strict = equal_pairs(*(key * labels + side.label for key, side in zip(bounds, (gold, system), strict=True)))
    overlapping = _overlaps(gold, system, exact, stride, 0)
    overlapping_in_label = _overlaps(gold, system, strict, stride, labels)
    # in flat layers nothing else overlaps a strictly paired span, so the strict pairs are part of a largest set
    if flat:
        same_type = _concatenate(strict, overlapping_in_label)
    else:
        same_type = _overlaps(gold, system, Pairs(_EMPTY, _EMPTY), stride, labels)

    def count(pairs: Pairs) -> Ints:
        return count_by_label(gold.document[pairs.gold], gold.label[pairs.gold], documents, labels)

    def with_total(table: Ints, pairs: Pairs) -> Ints:
        """Replace the column over all labels by counts of `pairs`."""
        return np.column_stack([table[:, :-1], np.bincount(gold.document[pairs.gold], minlength=documents)])

    zeros = np.zeros_like(totals[0])
    matched = count(strict)
    same_bounds = with_total(matched, exact)  # for a single label, equal bounds are strict matches
    counts = {
        "strict": MatchCounts(matched, zeros, *totals),
        "exact": MatchCounts(same_bounds, zeros, *totals),
        "partial": MatchCounts(same_bounds, with_total(count(overlapping_in_label), overlapping), *totals),
        "type": MatchCounts(count(same_type), zeros, *totals),
    }
    return SpanMatches(counts, strict)


def _bounded_offsets(gold: SpanColumns, system: SpanColumns, groups: int) -> tuple[SpanColumns, SpanColumns]:
    """Return both sides with offsets so small that the concatenation of all groups fits into 64 bits.

    Equality and overlaps of spans are preserved.
    """
    maximum = max([0, *(int(side.end.max()) for side in (gold, system) if len(side))])
    if groups * (maximum + 1) < KEY_LIMIT:
        return gold, system
    ranks = offset_ranks(gold.start, gold.end, system.start, system.end)
    return (
        replace(gold, start=ranks[0], end=ranks[1]),
        replace(system, start=ranks[2], end=ranks[3]),
    )


def _bounds(gold: SpanColumns, system: SpanColumns, stride: int, labels: int) -> tuple[Ints, Ints]:
    """Return an ascending key per span for each side, equal for equal bounds in the same document.

    The key still fits into 63 bits when it is multiplied by the number of labels and the index of a label is added.
    """
    sides = (gold, system)
    longest = max([1, *(int((side.end - side.start).max()) + 1 for side in sides if len(side))])
    documents = max([1, *(int(side.document[-1]) + 1 for side in sides if len(side))])
    if documents * stride * longest * labels < KEY_LIMIT:
        a, b = ((s.document * stride + s.start) * longest + (s.end - s.start) for s in sides)
        return a, b
    # the keys would be too large, so use ranks instead
    columns = [np.concatenate(both) for both in zip(*((s.document, s.start, s.end) for s in sides), strict=True)]
    order = np.lexsort(columns[::-1])
    differs = np.any([np.diff(column[order], prepend=-1) != 0 for column in columns], axis=0)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.cumsum(differs)
    return rank[: len(gold)], rank[len(gold) :]


def _overlaps(gold: SpanColumns, system: SpanColumns, excluded: Pairs, stride: int, labels: int) -> Pairs:
    """Return a largest set of overlapping pairs of spans that are not in `excluded`.

    Args:
        gold: Gold spans, sorted.
        system: System spans, sorted.
        excluded: Pairs whose spans must not be paired again.
        stride: A number above all offsets.
        labels: Number of labels, to pair only spans of the same label; 0 to ignore labels.
    """
    bounds, indices = [], []
    for side, paired in ((gold, excluded.gold), (system, excluded.system)):
        unpaired = np.ones(len(side), dtype=bool)
        unpaired[paired] = False
        index = np.flatnonzero(unpaired)
        group = side.document[index] * labels + side.label[index] if labels else side.document[index]
        start = group * stride + side.start[index]
        order = np.argsort(start, kind="stable") if labels else slice(None)
        index, start = index[order], start[order]
        bounds += [start, start + (side.end[index] - side.start[index])]
        indices.append(index)
    pairs = overlap_pairs(*bounds)
    return Pairs(indices[0][pairs.gold], indices[1][pairs.system])


def _is_flat(spans: SpanColumns) -> bool:
    """Check that no spans of a document overlap."""
    same = spans.document[1:] == spans.document[:-1]
    return not np.any(same & (spans.start[1:] < spans.end[:-1]))


def _concatenate(first: Pairs, second: Pairs) -> Pairs:
    return Pairs(np.concatenate([first.gold, second.gold]), np.concatenate([first.system, second.system]))


def count_by_label(document: Ints, label: Ints, documents: int, labels: int) -> Ints:
    """Count by document and label, with the sum over labels. Shape `(n_documents, n_labels + 1)`."""
    table = np.bincount(document * labels + label, minlength=documents * labels).reshape(documents, labels)
    return np.column_stack([table, table.sum(axis=1)])
