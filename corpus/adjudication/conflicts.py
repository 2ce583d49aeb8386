"""Conflicts between several layers of one document, and decisions about them.

Where the layers differ, spans that overlap each other form one conflict, and the spans of a layer there, possibly none,
are its reading of the conflict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ...schema import Document, Span, UsageError, Value, did_you_mean
from ...schema.overlap import overlaps
from ..spans.span_keys import SpanKey, span_key, span_order

ConflictKind = Literal["missing", "boundary", "label", "value"]

Readings = Mapping[str, tuple[Span, ...]]
"""The spans of each pass, by its name."""


@dataclass(frozen=True, slots=True)
class AdjudicationDecision:
    """A decision about a range of a document.

    Attributes:
        document: Id of the document.
        start: Start of the range, in code points.
        end: End of the range, in code points.
        by: The person or program that decided.
        reason: The reason for the decision.
        choose: The pass whose reading is taken; None if `spans` is given.
        spans: The spans to take, possibly none; None if a pass is chosen.
        override: Whether the decision also applies where all passes agree, against them.
        readings: The readings that the decision was about, if it states them.
        extra: Any other data of its line; every command keeps it.
    """

    document: str
    start: int
    end: int
    by: str
    reason: str
    choose: str | None = None
    spans: tuple[Span, ...] | None = None
    override: bool = False
    readings: Readings | None = None
    extra: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A range of a document in which the passes differ.

    Attributes:
        document: Id of the document.
        start: Start of the first span, in code points.
        end: End of the last span, in code points.
        kind: The first of `boundary`, `label` and `value` in which the spans differ; `missing` if all passes with spans
            agree.
        readings: The spans of each pass in the range, in text order; an empty tuple for a pass without spans there.
    """

    document: str
    start: int
    end: int
    kind: ConflictKind
    readings: Readings

    def choose(self, name: str, *, by: str, reason: str) -> AdjudicationDecision:
        """Return the decision that one pass is right.

        Args:
            name: The pass whose reading is taken; it may have no span there.
            by: The person or program that decides.
            reason: Why.

        Raises:
            UsageError: `name` is not one of the passes, or `by` or `reason` is empty.
        """
        _require_reason(by, reason)
        if name not in self.readings:
            raise UsageError(f"the conflict has no pass {name!r}: {did_you_mean(name, list(self.readings))}")
        return AdjudicationDecision(
            self.document, self.start, self.end, by, reason, choose=name, readings=dict(self.readings)
        )

    def decide(self, spans: Span | Iterable[Span], *, by: str, reason: str) -> AdjudicationDecision:
        """Return the decision for spans of one's own, possibly none; other arguments are those of `choose`.

        Raises:
            UsageError: A span is not a `Span` or lies outside the conflict, or `by` or `reason` is empty.
        """
        _require_reason(by, reason)
        spans = [spans] if isinstance(spans, Span) else list(spans)
        for span in spans:
            if not isinstance(span, Span) or not isinstance(span.value, Value | None):
                raise UsageError(f"{span!r} is not a span. Fix: make it with `Scheme.span`, which checks its value")
            if not overlaps(span, self):
                what = f"span [{span.start}, {span.end}) {span.label} is outside the conflict"
                raise UsageError(f"{what}. Fix: spans that overlap [{self.start}, {self.end})")
        return AdjudicationDecision(
            self.document, self.start, self.end, by, reason, spans=tuple(spans), readings=dict(self.readings)
        )


def _require_reason(by: str, reason: str) -> None:
    if not by or not reason:
        raise UsageError("the decision lacks its author or reason. Fix: state `by` and `reason`")


def find_conflicts(layers: Mapping[str, Document]) -> tuple[list[Span], list[Conflict]]:
    """Compare several layers of one document.

    Returns:
        The spans that all layers have, and the conflicts, both in text order.
    """
    spans_by_key = {name: _with_counts(document.spans) for name, document in layers.items()}
    common = set.intersection(*(set(spans) for spans in spans_by_key.values()))
    first = next(iter(spans_by_key.values()))
    agreed = sorted((first[key] for key in common), key=span_order)
    document = next(iter(layers.values()))
    differing = {name: [spans[key] for key in spans.keys() - common] for name, spans in spans_by_key.items()}
    for spans in differing.values():
        spans.sort(key=span_order, reverse=True)  # so that pop() returns the next span in the text
    conflicts = []
    for start, end in merged_ranges(span for spans in differing.values() for span in spans):
        readings: dict[str, tuple[Span, ...]] = {}
        for name, spans in differing.items():
            reading = []
            while spans and spans[-1].start < end:
                reading.append(spans.pop())
            readings[name] = tuple(reading)
        conflicts.append(Conflict(document.id, start, end, conflict_kind(readings), readings))
    return agreed, conflicts


def conflict_kind(readings: Readings) -> ConflictKind:
    """Return the kind of a conflict, as defined in `Conflict`."""
    present = [spans for spans in readings.values() if spans]
    if len({tuple((s.start, s.end) for s in spans) for spans in present}) > 1:
        return "boundary"
    if len({tuple(s.label for s in spans) for spans in present}) > 1:
        return "label"
    return "value" if len({tuple(s.value for s in spans) for spans in present}) > 1 else "missing"


def read_documents(layers: Mapping[str, Document]) -> dict[str, Document]:
    """Leave out the layers of annotators who skipped the document, unless all of them did."""
    read = {name: document for name, document in layers.items() if not is_skipped(document)}
    return read or dict(layers)


def is_skipped(document: Document) -> bool:
    """Check whether the annotator of a layer skipped the document."""
    return document.layer is not None and document.layer.skipped


def _with_counts(spans: Iterable[Span]) -> dict[tuple[SpanKey, int], Span]:
    """Index spans by their keys; a number distinguishes equal spans."""
    indexed: dict[tuple[SpanKey, int], Span] = {}
    counts: Counter[SpanKey] = Counter()
    for span in spans:
        key = span_key(span)
        indexed[key, counts[key]] = span
        counts[key] += 1
    return indexed


def merged_ranges(spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """Yield the ranges that spans cover, in text order; spans that overlap, directly or through others, form one."""
    merged_start, merged_end = -1, -1
    for start, end in sorted({(span.start, span.end) for span in spans}):
        if start >= merged_end:
            if merged_end >= 0:
                yield merged_start, merged_end
            merged_start, merged_end = start, end
        merged_end = max(merged_end, end)
    if merged_end >= 0:
        yield merged_start, merged_end
