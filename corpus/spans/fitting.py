"""Spans of any origin as a layer that passes the check: by the rules of bounds, zones and overlap, with a tally."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

import msgspec

from ...schema import Document, Scheme, Span, is_english
from .bounds import trim_bounds

PUT_RIGHT = "put right, bounds"
CHANGES = ("put right", "dropped")
"""What the reasons in a tally begin with that tell of spans changed or left out."""


def fit_layer(document: Document, spans: Iterable[Span], scheme: Scheme, tally: Counter[str]) -> list[Span]:
    """Spans in the order of the text, without what `check_document` would name in their bounds and places.

    Bounds that can be put right without a guess are. A span is dropped where they cannot, where it reaches into a zone,
    where another has its bounds and label, and, if the scheme is flat, where it overlaps a better one: a surer, else a
    longer, else an earlier one.

    Args:
        document: With its text and zones; its own spans do not matter.
        spans: With labels of the scheme and bounds inside the text; others are left for the codec to refuse.
        scheme: Whose rules they are to follow.
        tally: Counts what was put right and what was dropped, by reason.
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
                tally[PUT_RIGHT] += 1
                fit = msgspec.structs.replace(span, start=bounds[0], end=bounds[1])
        if any(fit.start < zone.end and zone.start < fit.end for zone in document.zones):
            tally["dropped, in a zone"] += 1
        else:
            layer.append(fit)
    return _without_overlaps(layer, scheme, tally)


def _without_overlaps(spans: list[Span], scheme: Scheme, tally: Counter[str]) -> list[Span]:
    best = sorted(spans, key=lambda s: (-(s.score or 0.0), s.start - s.end, s.start, s.label, s.value is None))
    taken: dict[tuple[int, int, str], Span] = {}
    free = _Free()
    for span in best:
        key = (span.start, span.end, span.label)
        if key in taken:
            tally["dropped, there already"] += 1
        elif not scheme.overlap and not free.take(span.start, span.end):
            tally["dropped, overlapping another"] += 1
        else:
            taken[key] = span
    return sorted(taken.values(), key=lambda span: (span.start, span.end, span.label))


class _Free:
    """What of a text no span has yet."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def take(self, start: int, end: int) -> bool:
        """Takes a stretch; False where some of it is taken."""
        at = bisect_left(self._ends, start + 1)
        if at < len(self._starts) and self._starts[at] < end:
            return False
        self._starts.insert(at, start)
        self._ends.insert(at, end)
        return True
