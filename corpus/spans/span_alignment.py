"""Spans of two layers of one document, paired: what is the same, what is the same thing drawn or named otherwise."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...schema import Span, Zone
from .optimal_assignment import best_pairs

Likeness = Callable[[Span, Span], float]
"""How much two spans of the same bounds and label are alike; what a pairing of doubled spans maximises."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two spans of two layers that are about one thing; one side None where the other layer has nothing there."""

    a: Span | None
    b: Span | None


def same_value(a: Span, b: Span) -> float:
    """2 for equal values, 1 more where all else is equal too."""
    return 2.0 * (a.value == b.value) + (a == b)


def align(a: Iterable[Span], b: Iterable[Span], likeness: Likeness = same_value) -> list[Pair]:
    """Pairs the spans of two layers one to one, in the order of the text.

    Spans of the same bounds and label pair first, then those of the same bounds, then overlapping ones of the same
    label, then other overlapping ones; within each step the pair that shares most, then the earlier one. Where a layer
    has several spans of the same bounds and label, the pairing that is most alike is taken. The result depends on the
    spans alone, not on their order.

    Args:
        a: One layer.
        b: The other.
        likeness: Of two spans that share bounds and label.
    """
    left, right = sorted(a, key=_key), sorted(b, key=_key)
    found = same_spans(left, right, likeness)
    pairs = [Pair(left[i], right[j]) for i, j in found]
    left, right = (
        [span for i, span in enumerate(side) if i not in taken]
        for side, taken in ((left, {i for i, _ in found}), (right, {j for _, j in found}))
    )
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for *_, i, j in sorted(_candidates(left, right)):
        if i not in taken_left and j not in taken_right:
            taken_left.add(i)
            taken_right.add(j)
            pairs.append(Pair(left[i], right[j]))
    pairs += [Pair(span, None) for i, span in enumerate(left) if i not in taken_left]
    pairs += [Pair(None, span) for j, span in enumerate(right) if j not in taken_right]
    return sorted(pairs, key=lambda pair: _key(pair.a or pair.b))


def same_spans(left: Sequence[Span], right: Sequence[Span], likeness: Likeness) -> list[tuple[int, int]]:
    """Indices of spans of the same bounds and label, paired one to one as much alike as possible."""
    groups: dict[tuple[int, int, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, spans in enumerate((left, right)):
        for i, span in enumerate(spans):
            groups[span.start, span.end, span.label][side].append(i)
    pairs: list[tuple[int, int]] = []
    for ours, theirs in groups.values():
        if len(ours) == 1 == len(theirs):
            pairs.append((ours[0], theirs[0]))
        elif ours and theirs:
            table = [[likeness(left[i], right[j]) for j in theirs] for i in ours]
            pairs += [(ours[i], theirs[j]) for i, j in best_pairs(table)]
    return pairs


def _key(span: Span | None) -> tuple[int, int, str, str]:
    assert span is not None
    return span.start, span.end, span.label, repr(span.value)


def _candidates(left: list[Span], right: list[Span]) -> Iterator[tuple[int, int, int, int]]:
    """(step, minus the shared length, index in left, index in right) of every pair that overlaps."""
    for i, j in overlapping(left, right):
        a, b = left[i], right[j]
        same = (a.start, a.end) == (b.start, b.end)
        step = (0 if same else 2) + (a.label != b.label)
        yield step, max(a.start, b.start) - min(a.end, b.end), i, j


def overlapping(left: Sequence[Span | Zone], right: Sequence[Span | Zone]) -> Iterator[tuple[int, int]]:
    """Indices of each two that overlap, by a sweep: time grows with the spans and with the pairs they make."""
    sides = (left, right)
    coming = sorted((place.start, place.end, side, i) for side in (0, 1) for i, place in enumerate(sides[side]))
    open_: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])  # by end
    for start, end, side, i in coming:
        others = open_[1 - side]
        while others and others[0][0] <= start:
            heapq.heappop(others)
        for _, j in others:
            yield (i, j) if side == 0 else (j, i)
        heapq.heappush(open_[side], (end, i))
