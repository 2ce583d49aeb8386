"""Pairing gold and system spans one to one, the best way possible, whatever their order.

Two relations: the same span, and spans that overlap. For the first, equal spans pair off by count. For the second, the
largest possible set of pairs is found by a sweep. It goes through the spans of both sides by their end; each takes, of
the other side's spans that have begun and are unpaired, the one that ends first. That is best: of two spans that have
both begun, whatever can still pair with the one that ends first can also pair with the other, so giving away the first
costs least (an exchange argument, as for matching in convex bipartite graphs: Glover 1967).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from .span_columns import Ints


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of spans: `gold[i]` with `system[i]`, indices into the columns, none twice. Shape `(n_pairs,)`."""

    gold: Ints
    system: Ints

    def __len__(self) -> int:
        return len(self.gold)


def equal_pairs(gold: Ints, system: Ints, *, unique: bool = False) -> Pairs:
    """Pairs of equal keys; of a key that stands m times in one and n times in the other, the first min(m, n).

    Args:
        gold: Keys, ascending.
        system: Keys, ascending.
        unique: Whether no key stands twice on one side, which saves looking.
    """
    if not len(gold) or not len(system):
        return Pairs(np.empty(0, np.int64), np.empty(0, np.int64))
    partner = np.searchsorted(gold, system, side="left")
    if not unique:
        partner += _repetition(system)
    found = partner < len(gold)
    found[found] = gold[partner[found]] == system[found]
    return Pairs(partner[found], np.flatnonzero(found))


def overlap_pairs(gold_start: Ints, gold_end: Ints, system_start: Ints, system_end: Ints) -> Pairs:
    """A largest set of pairs of overlapping spans; touching ones do not overlap.

    All spans lie on one axis, on which spans that must not pair are kept apart.

    Args:
        gold_start: Ascending.
        gold_end: After its start.
        system_start: Ascending.
        system_end: After its start.
    """
    first, beyond = _range_of_partners(gold_start, gold_end, system_start, system_end)
    many = len(system_start) + 1
    # candidates of each system span: how many ranges have begun and not ended
    golds = np.cumsum(np.bincount(first, minlength=many) - np.bincount(beyond, minlength=many))[:-1]
    systems = beyond - first
    # most spans have one candidate, of which they are the only one
    alone = np.flatnonzero(systems == 1)
    alone = alone[golds[first[alone]] == 1]
    partner = first[alone]
    loose_gold, loose_system = systems > 0, golds > 0
    loose_gold[alone] = False
    loose_system[partner] = False
    g, s = np.flatnonzero(loose_gold), np.flatnonzero(loose_system)
    matched = _sweep(gold_start[g], gold_end[g], system_start[s], system_end[s])
    return Pairs(np.concatenate([alone, g[matched.gold]]), np.concatenate([partner, s[matched.system]]))


def _range_of_partners(gold_start: Ints, gold_end: Ints, system_start: Ints, system_end: Ints) -> tuple[Ints, Ints]:
    """For each gold span the range `[first, beyond)` of system spans outside of which none overlaps it.

    Where system spans nest, not all in the range overlap it, but the first does.
    """
    reach = np.maximum.accumulate(system_end)
    first = np.searchsorted(reach, gold_start, side="right")
    beyond = np.searchsorted(system_start, gold_end, side="left")
    return first, np.maximum(first, beyond)


def _sweep(gold_start: Ints, gold_end: Ints, system_start: Ints, system_end: Ints) -> Pairs:
    n_gold = len(gold_start)
    starts = np.concatenate([gold_start, system_start])
    ends = np.concatenate([gold_end, system_end])
    by_start = np.argsort(starts, kind="stable").tolist()
    by_end = np.lexsort((starts, ends)).tolist()
    starts_list, ends_list = starts.tolist(), ends.tolist()
    waiting: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])  # begun, by end: gold, system
    taken = bytearray(len(starts_list))
    found: list[tuple[int, int]] = []
    begun = 0
    for ending in by_end:
        now = ends_list[ending]
        while begun < len(by_start) and starts_list[by_start[begun]] < now:
            index = by_start[begun]
            heapq.heappush(waiting[index >= n_gold], (ends_list[index], index))
            begun += 1
        if taken[ending]:
            continue
        taken[ending] = 1  # whether it finds a partner or not, its turn is over
        others = waiting[ending < n_gold]
        while others and taken[others[0][1]]:
            heapq.heappop(others)
        if others:
            _, partner = heapq.heappop(others)
            taken[partner] = 1
            found.append((ending, partner) if ending < n_gold else (partner, ending))
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1] - n_gold)


def _repetition(keys: Ints) -> Ints:
    """How many equal keys stand before each; keys ascending."""
    index = np.arange(len(keys))
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = keys[1:] != keys[:-1]
    first: Ints = np.maximum.accumulate(np.where(fresh, index, 0))
    return index - first
