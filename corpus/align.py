"""Spans of two layers of one document, paired: what is the same, what is the same thing drawn or named otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..schema import Span


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
    first = 0
    reach = max((span.end - span.start for span in right), default=0)
    for i, a in enumerate(left):
        while first < len(right) and right[first].start + reach <= a.start:
            first += 1
        for j in range(first, len(right)):
            b = right[j]
            if b.start >= a.end:
                break
            shared = min(a.end, b.end) - max(a.start, b.start)
            if shared > 0:
                same = (a.start, a.end) == (b.start, b.end)
                step = (0 if same else 2) + (a.label != b.label)
                yield step, -shared, i, j
