"""What identifies spans, to find them in other layers, and in what order they are listed."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ...schema import Span

SpanKey = tuple[int, int, str, object]
"""Bounds, label and value."""


class LabelledSpan(NamedTuple):
    """A span without its value: `[start, end)` in code points, and the label."""

    start: int
    end: int
    label: str


def labelled_span(span: Span) -> LabelledSpan:
    """Return the bounds and label of a span."""
    return LabelledSpan(span.start, span.end, span.label)


def span_key(span: Span) -> SpanKey:
    """Return what identifies a span: its bounds, label and value."""
    return span.start, span.end, span.label, span.value


def span_order(span: Span) -> tuple[int, int, str, bytes]:
    """Return a sort key for the spans of a record: in text order, then by label and the JSON of the value."""
    return span.start, span.end, span.label, msgspec.json.encode(span.value)


def comparison_order(span: Span) -> tuple[int, int, str, str]:
    """Return a sort key for spans that are compared: in text order, then by label and the `repr` of the value."""
    return span.start, span.end, span.label, repr(span.value)
