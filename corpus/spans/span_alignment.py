"""Alignment of the spans of two layers of one document."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...schema import Span, Zone
from .optimal_assignment import best_pairs
from .span_keys import comparison_order

Similarity = Callable[[Span, Span], float]
"""A similarity of two spans with the same bounds and label, maximised where a layer has several such spans."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two aligned spans; one of them is None if the other layer has no matching span."""

    a: Span | None
    b: Span | None

    @property
    def first(self) -> Span:
        """The span of the first layer, or else that of the second."""
        span = self.a or self.b
        assert span is not None
        return span


def same_value(a: Span, b: Span) -> float:
    """Return 2 if the values are equal, plus 1 if the spans are entirely equal."""
    return 2.0 * (a.value == b.value) + (a == b)


def align(a: Iterable[Span], b: Iterable[Span], similarity: Similarity = same_value) -> list[Pair]:
    """Pair the spans of two layers one to one, in text order.

    Spans with the same bounds and label are paired first, then those with the same bounds, then overlapping spans with
    the same label, then other overlapping spans; within each step, the pair with the longest overlap first, then the
    earliest. If a layer has several spans with the same bounds and label, the pairing with the greatest total
    similarity is chosen. The result does not depend on the order of the spans.

    Args:
        a: The spans of the first layer.
        b: The spans of the second layer.
        similarity: Compares two spans with the same bounds and label.
    """
    left, right = sorted(a, key=comparison_order), sorted(b, key=comparison_order)
    same = pair_same_spans(left, right, similarity)
    pairs = [Pair(left[i], right[j]) for i, j in same]
    left, right = (
        [span for i, span in enumerate(side) if i not in paired]
        for side, paired in ((left, {i for i, _ in same}), (right, {j for _, j in same}))
    )
    paired_left: set[int] = set()
    paired_right: set[int] = set()
    for *_, i, j in sorted(_candidates(left, right)):
        if i not in paired_left and j not in paired_right:
            paired_left.add(i)
            paired_right.add(j)
            pairs.append(Pair(left[i], right[j]))
    pairs += [Pair(span, None) for i, span in enumerate(left) if i not in paired_left]
    pairs += [Pair(None, span) for j, span in enumerate(right) if j not in paired_right]
    return sorted(pairs, key=lambda pair: comparison_order(pair.first))


def pair_same_spans(left: Sequence[Span], right: Sequence[Span], similarity: Similarity) -> list[tuple[int, int]]:
    """Return the indices of spans with the same bounds and label, paired one to one with the greatest similarity."""
    groups: dict[tuple[int, int, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, spans in enumerate((left, right)):
        for i, span in enumerate(spans):
            groups[span.start, span.end, span.label][side].append(i)
    pairs: list[tuple[int, int]] = []
    for ours, theirs in groups.values():
        if len(ours) == 1 == len(theirs):
            pairs.append((ours[0], theirs[0]))
        elif ours and theirs:
            table = [[similarity(left[i], right[j]) for j in theirs] for i in ours]
            pairs += [(ours[i], theirs[j]) for i, j in best_pairs(table)]
    return pairs


def _candidates(left: list[Span], right: list[Span]) -> Iterator[tuple[int, int, int, int]]:
    """Yield (step, negative overlap length, index in left, index in right) for every overlapping pair."""
    for i, j in overlapping_pairs(left, right):
        yield *pairing_order(left[i], right[j]), i, j


def pairing_order(a: Span, b: Span) -> tuple[int, int]:
    """Return a sort key for pairs of overlapping spans, those to be aligned first: the step, and the negative overlap.

    Steps: 0 for the same bounds and label, 1 for the same bounds, 2 for the same label, 3 for others. The overlap is in
    code points.
    """
    same = (a.start, a.end) == (b.start, b.end)
    return (0 if same else 2) + (a.label != b.label), max(a.start, b.start) - min(a.end, b.end)


def overlapping_pairs(left: Sequence[Span | Zone], right: Sequence[Span | Zone]) -> Iterator[tuple[int, int]]:
    """Yield the indices of all overlapping pairs, by a sweep: time grows with the spans and with the pairs."""
    sides = (left, right)
    events = sorted((item.start, item.end, side, i) for side in (0, 1) for i, item in enumerate(sides[side]))
    active: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])  # heaps, by end
    for start, end, side, i in events:
        others = active[1 - side]
        while others and others[0][0] <= start:
            heapq.heappop(others)
        for _, j in others:
            yield (i, j) if side == 0 else (j, i)
        heapq.heappush(active[side], (end, i))
