"""Spans of two layers of one document, paired: what is the same, what is the same thing drawn or named otherwise."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..schema import Span, Zone


@dataclass(frozen=True, slots=True)
class Pair:
    """Two spans of two layers that are about one thing; one side None where the other layer has nothing there."""

    a: Span | None
    b: Span | None


def align(a: Iterable[Span], b: Iterable[Span]) -> list[Pair]:
    """Pairs the spans of two layers one to one, in the order of the text.

    Spans of the same bounds and label pair first, then those of the same bounds, then overlapping ones of the same
    label, then other overlapping ones; within each step the pair that shares most, then the earlier one. The result
    depends on the spans alone, not on their order.
    """
    left = sorted(a, key=_key)
    right = sorted(b, key=_key)
    pairs: list[Pair] = []
    candidates = sorted(_candidates(left, right))
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for *_, i, j in candidates:
        if i not in taken_left and j not in taken_right:
            taken_left.add(i)
            taken_right.add(j)
            pairs.append(Pair(left[i], right[j]))
    pairs += [Pair(span, None) for i, span in enumerate(left) if i not in taken_left]
    pairs += [Pair(None, span) for j, span in enumerate(right) if j not in taken_right]
    return sorted(pairs, key=lambda pair: _key(pair.a or pair.b))


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
