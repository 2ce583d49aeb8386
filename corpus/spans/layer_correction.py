"""Correction and filtering of spans, so that they pass the check of bounds, zones and overlaps."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

import msgspec

from ...schema import Document, Scheme, Span, is_english
from ...schema.overlap import overlaps
from .bounds import trim_bounds

BOUNDS_CORRECTED = "put right, bounds"
"""The reason under which a tally counts corrected bounds."""

CHANGE_PREFIXES = ("put right", "dropped")
"""Prefixes of the reasons in a tally that stand for changed or dropped spans."""


def fit_layer(document: Document, spans: Iterable[Span], scheme: Scheme, tally: Counter[str]) -> list[Span]:
    """Correct or drop the spans whose bounds or positions `check_document` would report, and sort the others.

    Bounds are corrected where there is only one way to do so. A span is dropped if its bounds cannot be corrected, if
    it overlaps a zone, if another span has the same bounds and label, or if the scheme does not allow overlaps and it
    overlaps a better span. The better span is the one with the higher score, then the longer, then the earlier one.

    Args:
        document: The document, whose text and zones are used; its own spans are ignored.
        spans: The spans. Those with unknown labels or bounds outside the text are kept for the codec to reject.
        scheme: The scheme whose rules apply.
        tally: Incremented for each corrected or dropped span, by reason.
    """
    text = document.text or ""
    layer: list[Span] = []
    for span in spans:
        if span.label not in scheme.labels or not 0 <= span.start < span.end <= len(text):
            layer.append(span)
            continue
        fit = span
        if scheme.word_boundaries:
            not_first = scheme.labels[span.label].not_first
            bounds = trim_bounds(text, span.start, span.end, not_first, english=is_english(document.meta.language))
            if isinstance(bounds, str):
                tally[f"dropped, {bounds}"] += 1
                continue
            if bounds != (span.start, span.end):
                tally[BOUNDS_CORRECTED] += 1
                fit = msgspec.structs.replace(span, start=bounds[0], end=bounds[1])
        if any(overlaps(fit, zone) for zone in document.zones):
            tally["dropped, in a zone"] += 1
        else:
            layer.append(fit)
    return _without_overlaps(layer, scheme, tally)


def _without_overlaps(spans: list[Span], scheme: Scheme, tally: Counter[str]) -> list[Span]:
    best_first = sorted(spans, key=lambda s: (-(s.score or 0.0), s.start - s.end, s.start, s.label, s.value is None))
    kept: dict[tuple[int, int, str], Span] = {}
    occupied = DisjointIntervals()
    for span in best_first:
        key = (span.start, span.end, span.label)
        if key in kept:
            tally["dropped, there already"] += 1
        elif not scheme.overlap and not occupied.add(span.start, span.end):
            tally["dropped, overlapping another"] += 1
        else:
            kept[key] = span
    return sorted(kept.values(), key=lambda span: (span.start, span.end, span.label))


class DisjointIntervals:
    """A set of disjoint intervals."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, start: int, end: int) -> bool:
        """Add `[start, end)` unless it overlaps another interval; return whether it was added."""
        index = bisect_left(self._ends, start + 1)
        if index < len(self._starts) and self._starts[index] < end:
            return False
        self._starts.insert(index, start)
        self._ends.insert(index, end)
        return True
