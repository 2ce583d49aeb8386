"""Counts of matches per document and label: everything that precision, recall, intervals and tests are made of.

Counts are summed first and divided last, so a score, its interval and its test read the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .pairing import Pairs, equal_pairs, overlap_pairs
from .span_columns import ROOM, Ints, SpanColumns, ranked

_NONE = np.empty(0, np.int64)

MEASURES = ("strict", "exact", "partial", "type")
"""Span measures of SemEval-2013 task 9: bounds and label; bounds; overlap counts half; overlap and the same label."""


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """Of one measure. Arrays have shape `(n_documents, n_labels + 1)`; the last column is over all labels together.

    Attributes:
        matched: Pairs that earn full credit.
        partial: Pairs that earn half.
        gold: Gold spans.
        system: System spans.
    """

    matched: Ints
    partial: Ints
    gold: Ints
    system: Ints

    def stacked(self) -> NDArray[np.int32]:
        """The four as one array. Shape `(n_documents, n_labels + 1, 4)`."""
        return np.stack([self.matched, self.partial, self.gold, self.system], axis=2, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class SpanMatches:
    """Counts of every measure, and the strictly matched pairs, on which values are compared.

    Attributes:
        counts: By the names of `MEASURES`.
        strict: Indices into the gold and the system columns.
        overlapping: Pairs of the measure `partial`: equal bounds first, then overlapping ones, labels aside.
    """

    counts: dict[str, MatchCounts]
    strict: Pairs
    overlapping: Pairs


def count_matches(gold: SpanColumns, system: SpanColumns, *, documents: int, labels: int) -> SpanMatches:
    """Pairs the spans of both sides under every measure and counts them.

    Pairing is one to one and earns the most credit that any pairing can. For `partial`, pairs of equal bounds come
    first: giving one up frees two spans for at most two half credits, so it never pays.

    Args:
        gold: Sorted.
        system: Sorted.
        documents: How many there are.
        labels: How many there are.
    """
    totals = [_tally(side.document, side.label, documents, labels) for side in (gold, system)]
    gold, system = _within_reach(gold, system, documents * labels)
    stride = max([1, *(int(side.end.max()) + 1 for side in (gold, system) if len(side))])
    bounds = _bounds(gold, system, stride, labels)
    flat = _flat(gold) and _flat(system)
    exact = equal_pairs(*bounds, unique=flat)
    if flat:  # each span has one equal at most
        alike = gold.label[exact.gold] == system.label[exact.system]
        strict = Pairs(exact.gold[alike], exact.system[alike])
    else:
        strict = equal_pairs(*(key * labels + side.label for key, side in zip(bounds, (gold, system), strict=True)))
    halves = _overlaps(gold, system, exact, stride, 0)
    within_label = _overlaps(gold, system, strict, stride, labels)
    # in flat layers nothing else overlaps a span that has its equal: strict pairs are safe to keep
    of_type = _with(strict, within_label) if flat else _overlaps(gold, system, Pairs(_NONE, _NONE), stride, labels)

    def tally(pairs: Pairs) -> Ints:
        return _tally(gold.document[pairs.gold], gold.label[pairs.gold], documents, labels)

    def overall(table: Ints, pairs: Pairs) -> Ints:
        """The same by label, with other pairs over all labels together."""
        return np.column_stack([table[:, :-1], np.bincount(gold.document[pairs.gold], minlength=documents)])

    none = np.zeros_like(totals[0])
    matched = tally(strict)
    same_bounds = overall(matched, exact)  # with both sides held to one label, equal bounds are strict matches
    counts = {
        "strict": MatchCounts(matched, none, *totals),
        "exact": MatchCounts(same_bounds, none, *totals),
        "partial": MatchCounts(same_bounds, overall(tally(within_label), halves), *totals),
        "type": MatchCounts(tally(of_type), none, *totals),
    }
    return SpanMatches(counts, strict, _with(exact, halves))


def _within_reach(gold: SpanColumns, system: SpanColumns, groups: int) -> tuple[SpanColumns, SpanColumns]:
    """Both sides with offsets so small that an axis of all groups laid end to end has room in 64 bits.

    What spans share and where they overlap stays the same.
    """
    farthest = max([0, *(int(side.end.max()) for side in (gold, system) if len(side))])
    if groups * (farthest + 1) < ROOM:
        return gold, system
    starts_ends = ranked(gold.start, gold.end, system.start, system.end)
    return (
        SpanColumns(gold.document, starts_ends[0], starts_ends[1], gold.label),
        SpanColumns(system.document, starts_ends[2], starts_ends[3], system.label),
    )


def _bounds(gold: SpanColumns, system: SpanColumns, stride: int, labels: int) -> tuple[Ints, Ints]:
    """For each side one ascending number a span, the same for the same bounds in the same document.

    With a label's index added after multiplying by their number it still fits 63 bits.
    """
    sides = (gold, system)
    longest = max([1, *(int((side.end - side.start).max()) + 1 for side in sides if len(side))])
    documents = max([1, *(int(side.document[-1]) + 1 for side in sides if len(side))])
    if documents * stride * longest * labels < ROOM:
        a, b = ((s.document * stride + s.start) * longest + (s.end - s.start) for s in sides)
        return a, b
    # too large for one number: ranks do as well
    columns = [np.concatenate(both) for both in zip(*((s.document, s.start, s.end) for s in sides), strict=True)]
    order = np.lexsort(columns[::-1])
    fresh = np.any([np.diff(column[order], prepend=-1) != 0 for column in columns], axis=0)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.cumsum(fresh)
    return rank[: len(gold)], rank[len(gold) :]


def _overlaps(gold: SpanColumns, system: SpanColumns, but: Pairs, stride: int, labels: int) -> Pairs:
    """A largest set of overlapping pairs among the spans in no pair of `but`, within a label where labels are given."""
    rest, indices = [], []
    for side, taken in ((gold, but.gold), (system, but.system)):
        free = np.ones(len(side), dtype=bool)
        free[taken] = False
        index = np.flatnonzero(free)
        group = side.document[index] * labels + side.label[index] if labels else side.document[index]
        start = group * stride + side.start[index]
        order = np.argsort(start, kind="stable") if labels else slice(None)
        index, start = index[order], start[order]
        rest += [start, start + (side.end[index] - side.start[index])]
        indices.append(index)
    found = overlap_pairs(*rest)
    return Pairs(indices[0][found.gold], indices[1][found.system])


def _flat(spans: SpanColumns) -> bool:
    """Whether no span overlaps another of its document."""
    same = spans.document[1:] == spans.document[:-1]
    return not np.any(same & (spans.start[1:] < spans.end[:-1]))


def _with(first: Pairs, then: Pairs) -> Pairs:
    return Pairs(np.concatenate([first.gold, then.gold]), np.concatenate([first.system, then.system]))


def _tally(document: Ints, label: Ints, documents: int, labels: int) -> Ints:
    """Counts by document and label, and their sum over labels. Shape `(n_documents, n_labels + 1)`."""
    table = np.bincount(document * labels + label, minlength=documents * labels).reshape(documents, labels)
    return np.column_stack([table, table.sum(axis=1)])
