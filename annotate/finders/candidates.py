"""Candidates for spans, and the rule by which some of them become spans.

Of candidates that overlap, the longest is taken; of equally long ones that which its file lists first. If the scheme
allows overlaps, all are taken, and of the same words with the same label the one that is listed first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ...corpus.spans.layer_correction import DisjointIntervals
from ...schema import Document, Scheme, Span, Value
from .furthest_ends import FurthestEnds


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch of a text that something listed in a file is found at.

    Attributes:
        start: Offset of its first code point.
        end: Offset after its last one.
        label: Its label.
        rank: The place in the file of what is found, from 0.
        value: Its value; None if it is unknown.
        score: Its score; None if there is none.
    """

    start: int
    end: int
    label: str
    rank: int
    value: Value | None = None
    score: float | None = None


def choose_spans(
    candidates: Iterable[Candidate], document: Document, scheme: Scheme, tally: Counter[str]
) -> list[Span]:
    """Return the spans that candidates become, by the rule of this module, in the order of the text.

    Args:
        candidates: The candidates, in any order.
        document: The document; what overlaps one of its zones is dropped.
        scheme: The scheme, which says whether spans may overlap.
        tally: Incremented for each candidate that is dropped for a zone.
    """
    taken: dict[tuple[int, int, str], Span] = {}
    occupied = DisjointIntervals()
    zones = FurthestEnds(document.zones)
    for item in sorted(candidates, key=lambda c: (c.start - c.end, c.rank, c.start, c.label)):
        key = (item.start, item.end, item.label)
        if zones.before(item.end) > item.start:
            tally["dropped, in a zone"] += 1
        elif key not in taken and (scheme.overlap or occupied.add(item.start, item.end)):
            taken[key] = Span(item.start, item.end, item.label, item.value, score=item.score)
    return sorted(taken.values(), key=lambda span: (span.start, span.end, span.label))
