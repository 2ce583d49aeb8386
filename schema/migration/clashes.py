"""Spans that a scheme does not allow together: those that overlap, and two of one label at one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..document import Span
from ..scheme import Scheme

Pair = tuple[int, int]
"""Two spans by their positions in a list, the lower first."""


def clashing_pairs(spans: Sequence[Span], scheme: Scheme) -> Iterator[Pair]:
    """Yield the pairs of spans that the scheme does not allow together."""
    order = sorted(range(len(spans)), key=lambda i: (spans[i].start, spans[i].end))
    for position, i in enumerate(order):
        for j in order[position + 1 :]:
            if spans[j].start >= spans[i].end:
                break
            same = (spans[i].start, spans[i].end, spans[i].label) == (spans[j].start, spans[j].end, spans[j].label)
            if same or not scheme.overlap:
                yield min(i, j), max(i, j)


def clusters(pairs: Sequence[Pair]) -> list[list[int]]:
    """Return the groups of positions that pairs connect, each sorted."""
    group: dict[int, set[int]] = {}
    for a, b in pairs:
        merged = group.get(a, {a}) | group.get(b, {b})
        for position in merged:
            group[position] = merged
    return sorted({id(members): sorted(members) for members in group.values()}.values())
