"""Optimal one-to-one pairing of gold and system spans, independent of their order.

Spans are paired by one of two relations: equality and overlap. Equal spans are paired off by count. For overlap, a
sweep finds a largest set of pairs. It visits the spans of both sides by their ends and pairs each with the span of the
other side that ends first among those that have started and are unpaired. This is optimal: of two spans that have both
started, every later partner of the one that ends first is also a possible partner of the other, so pairing the first
one leaves the most options (an exchange argument, as for matching in convex bipartite graphs: Glover 1967).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from ..columns.span_columns import Ints


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of spans, `gold[i]` with `system[i]`, as unique indices into the columns. Shape `(n_pairs,)`."""

    gold: Ints
    system: Ints

    def __len__(self) -> int:
        return len(self.gold)


def equal_pairs(gold: Ints, system: Ints, *, unique: bool = False) -> Pairs:
    """Pair equal keys; of a key that occurs m times on one side and n times on the other, the first min(m, n).

    Args:
        gold: Keys of gold spans, ascending.
        system: Keys of system spans, ascending.
        unique: Whether keys are known to be unique on each side, which is faster.
    """
    if not len(gold) or not len(system):
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
    partner = np.searchsorted(gold, system, side="left")
    if not unique:
        partner += _repetition(system)
    paired = partner < len(gold)
    paired[paired] = gold[partner[paired]] == system[paired]
    return Pairs(partner[paired], np.flatnonzero(paired))


def overlap_pairs(gold_start: Ints, gold_end: Ints, system_start: Ints, system_end: Ints) -> Pairs:
    """Return a largest set of pairs of overlapping spans; adjacent spans do not overlap.

    All spans lie on one axis, on which spans that must not be paired are disjoint.

    Args:
        gold_start: Starts of gold spans, ascending.
        gold_end: Ends of gold spans.
        system_start: Starts of system spans, ascending.
        system_end: Ends of system spans.
    """
    first, stop = _candidate_ranges(gold_start, gold_end, system_start, system_end)
    size = len(system_start) + 1
    # number of candidates of each system span: the ranges that have started and not stopped
    gold_candidates = np.cumsum(np.bincount(first, minlength=size) - np.bincount(stop, minlength=size))[:-1]
    system_candidates = stop - first
    # fast path: most spans have a single candidate, for which they are the only candidate, too
    isolated = np.flatnonzero(system_candidates == 1)
    isolated = isolated[gold_candidates[first[isolated]] == 1]
    partner = first[isolated]
    remaining_gold, remaining_system = system_candidates > 0, gold_candidates > 0
    remaining_gold[isolated] = False
    remaining_system[partner] = False
    g, s = np.flatnonzero(remaining_gold), np.flatnonzero(remaining_system)
    pairs = _sweep(gold_start[g], gold_end[g], system_start[s], system_end[s])
    return Pairs(np.concatenate([isolated, g[pairs.gold]]), np.concatenate([partner, s[pairs.system]]))


def _candidate_ranges(gold_start: Ints, gold_end: Ints, system_start: Ints, system_end: Ints) -> tuple[Ints, Ints]:
    """Return for each gold span the range `[first, stop)` of system spans that contains all overlapping ones.

    If system spans are nested, not all spans in the range overlap the gold span, but the first one does.
    """
    furthest_end = np.maximum.accumulate(system_end)
    first = np.searchsorted(furthest_end, gold_start, side="right")
    stop = np.searchsorted(system_start, gold_end, side="left")
    return first, np.maximum(first, stop)


def _sweep(gold_start: Ints, gold_end: Ints, system_start: Ints, system_end: Ints) -> Pairs:
    """Pair overlapping spans by the sweep that the module describes."""
    n_gold = len(gold_start)
    starts = np.concatenate([gold_start, system_start])
    ends = np.concatenate([gold_end, system_end])
    by_start = np.argsort(starts, kind="stable").tolist()
    by_end = np.lexsort((starts, ends)).tolist()
    starts_list, ends_list = starts.tolist(), ends.tolist()
    open_spans: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])  # heaps by end: gold, system
    done = bytearray(len(starts_list))
    pairs: list[tuple[int, int]] = []
    started = 0
    for current in by_end:
        end = ends_list[current]
        while started < len(by_start) and starts_list[by_start[started]] < end:
            index = by_start[started]
            heapq.heappush(open_spans[index >= n_gold], (ends_list[index], index))
            started += 1
        if done[current]:
            continue
        done[current] = 1  # even without a partner, as no later span overlaps it
        candidates = open_spans[current < n_gold]
        while candidates and done[candidates[0][1]]:
            heapq.heappop(candidates)
        if candidates:
            _, partner = heapq.heappop(candidates)
            done[partner] = 1
            pairs.append((current, partner) if current < n_gold else (partner, current))
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1] - n_gold)


def _repetition(keys: Ints) -> Ints:
    """Return how many equal keys precede each key; keys are ascending."""
    index = np.arange(len(keys))
    is_first = np.ones(len(keys), dtype=bool)
    is_first[1:] = keys[1:] != keys[:-1]
    first: Ints = np.maximum.accumulate(np.where(is_first, index, 0))
    return index - first
