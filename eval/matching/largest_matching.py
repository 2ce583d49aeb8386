"""Largest one-to-one pairings of spans under any condition on two spans, independent of their order.

Candidates are the pairs of spans that overlap. In flat layers there are at most as many as spans, and they form trees,
for which pairing off the leaves is optimal and takes linear time (Karp and Sipser 1981). What is left where spans are
nested is paired along shortest augmenting paths (Hopcroft and Karp 1973).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ...schema import DataError, Problem
from ..columns.span_columns import Ints
from .pairing import Pairs

MAX_PAIRS = 5_000_000
"""Number of allowed pairs above which spans are nested too deeply to be paired."""

MAX_CANDIDATES = 500_000_000
"""Number of overlapping pairs above which it would take minutes to look at them."""

_CHUNK = 1 << 22  # candidates looked at together, which bounds memory


def allowed_pairs(
    gold_start: Ints,
    gold_end: Ints,
    system_start: Ints,
    system_end: Ints,
    allowed: Callable[[Pairs], NDArray[np.bool_]],
) -> Pairs:
    """Return all pairs of overlapping spans that are allowed.

    Args:
        gold_start: Starts of gold spans on an axis, ascending.
        gold_end: Ends of gold spans.
        system_start: Starts of system spans, ascending.
        system_end: Ends of system spans.
        allowed: Function from pairs to a mask of those that are allowed.

    Raises:
        DataError: There are more than `MAX_PAIRS`, or more than `MAX_CANDIDATES` overlap.
    """
    first = np.searchsorted(system_start, gold_start, side="left")
    stop = np.searchsorted(system_start, gold_end, side="left")
    kept: list[tuple[Ints, Ints]] = []
    count = 0
    # the system span starts within the gold span, or the gold span starts later and within the system span
    later = np.searchsorted(gold_start, system_start, side="right")
    later_stop = np.maximum(later, np.searchsorted(gold_start, system_end, side="left"))
    if int((stop - first).sum() + (later_stop - later).sum()) > MAX_CANDIDATES:
        raise _too_deep(f"{MAX_CANDIDATES:,} pairs of them overlap")
    for swapped, ranges in ((False, (first, stop)), (True, (later, later_stop))):
        for owner, member in _expanded(*ranges):
            pairs = Pairs(member, owner) if swapped else Pairs(owner, member)
            mask = allowed(pairs)
            kept.append((pairs.gold[mask], pairs.system[mask]))
            count += len(kept[-1][0])
            if count > MAX_PAIRS:
                raise _too_deep(f"{MAX_PAIRS:,} pairs of them may match")
    columns = zip(*kept, strict=True) if kept else ([], [])
    gold, system = (np.concatenate([np.empty(0, np.int64), *column]) for column in columns)
    return Pairs(gold, system)


def _too_deep(what: str) -> DataError:
    problem = f"spans are nested too deeply for a measure: more than {what}"
    return DataError(Problem(problem, "leave out that measure of `measures`"))


def _expanded(first: Ints, stop: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield the index of each range with each number in it, in chunks of whole ranges."""
    sizes = stop - first
    totals = np.cumsum(sizes)
    begin = 0
    while begin < len(sizes):
        before = int(totals[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(totals, before + _CHUNK, side="right")))
        counts = sizes[begin:end]
        owner = np.repeat(np.arange(begin, end), counts)
        shift = first[begin:end] - (totals[begin:end] - counts - before)
        yield owner, np.arange(len(owner)) + np.repeat(shift, counts)
        begin = end


def largest_matching(pairs: Pairs) -> Pairs:
    """Return a largest set of pairs in which each span occurs at most once.

    Args:
        pairs: The allowed pairs, each once.
    """
    if not len(pairs):
        return pairs
    gold_degree, system_degree = np.bincount(pairs.gold), np.bincount(pairs.system)
    isolated = (gold_degree[pairs.gold] == 1) & (system_degree[pairs.system] == 1)
    gold, left = np.unique(pairs.gold[~isolated], return_inverse=True)
    system, right = np.unique(pairs.system[~isolated], return_inverse=True)
    partners = np.array(_matched(len(gold), len(system), left.tolist(), right.tolist()), dtype=np.int64)
    matched = np.flatnonzero(partners >= 0)
    return Pairs(
        np.concatenate([pairs.gold[isolated], gold[matched]]),
        np.concatenate([pairs.system[isolated], system[partners[matched]]]),
    )


def _matched(n_left: int, n_right: int, left: list[int], right: list[int]) -> list[int]:
    """Return the partner of each node on the left, or -1, given the two ends of each edge."""
    neighbours: list[list[int]] = [[] for _ in range(n_left + n_right)]  # those on the right follow those on the left
    for u, v in sorted(zip(left, right, strict=True)):
        neighbours[u].append(n_left + v)
        neighbours[n_left + v].append(u)
    partner = [-1] * (n_left + n_right)
    _match_leaves(neighbours, partner)
    _augment(neighbours, partner, n_left)
    return [v - n_left if v >= 0 else -1 for v in partner[:n_left]]


def _match_leaves(neighbours: list[list[int]], partner: list[int]) -> None:
    """Pair each node that has a single unpaired neighbour with it, until there is no such node."""
    degree = [len(row) for row in neighbours]
    leaves = [node for node, count in enumerate(degree) if count == 1]
    while leaves:
        leaf = leaves.pop()
        if partner[leaf] >= 0:
            continue
        other = next((node for node in neighbours[leaf] if partner[node] < 0), -1)
        if other < 0:
            continue
        partner[leaf], partner[other] = other, leaf
        for node in neighbours[other]:
            degree[node] -= 1
            if degree[node] == 1 and partner[node] < 0:
                leaves.append(node)


def _augment(neighbours: list[list[int]], partner: list[int], n_left: int) -> None:
    """Extend a matching to a largest one."""
    for node in range(n_left):
        if partner[node] < 0:
            other = next((v for v in neighbours[node] if partner[v] < 0), -1)
            if other >= 0:
                partner[node], partner[other] = other, node
    while True:
        unpaired = [node for node in range(n_left) if partner[node] < 0 and neighbours[node]]
        level = _levels(neighbours, partner, unpaired)
        if level is None:
            return
        position = dict.fromkeys(level, 0)
        for root in unpaired:
            _search(root, neighbours, partner, level, position)


def _levels(neighbours: list[list[int]], partner: list[int], unpaired: list[int]) -> dict[int, int] | None:
    """Return the distance of nodes on the left from unpaired ones; None if no path can be augmented."""
    level = dict.fromkeys(unpaired, 0)
    queue, found = list(unpaired), False
    for node in queue:  # which grows
        for v in neighbours[node]:
            follower = partner[v]
            if follower < 0:
                found = True
            elif follower not in level:
                level[follower] = level[node] + 1
                queue.append(follower)
    return level if found else None


def _search(
    root: int, neighbours: list[list[int]], partner: list[int], level: dict[int, int], position: dict[int, int]
) -> None:
    """Augment a path that begins at an unpaired node on the left, if there is one along the levels."""
    path = [root]
    while path:
        node = path[-1]
        if position[node] == len(neighbours[node]):
            level[node] = -1  # a dead end
            path.pop()
            continue
        v = neighbours[node][position[node]]
        position[node] += 1
        follower = partner[v]
        if follower < 0:
            for step in reversed(path):
                partner[step], partner[v], v = v, step, partner[step]
            return
        if level[follower] == level[node] + 1:
            path.append(follower)
