"""Exclusion of spans in zones, which are neither annotated nor scored."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ...schema import Document, Span, Zone


def in_zone(span: Span, zones: Sequence[Zone]) -> bool:
    """Check whether a span lies entirely within a zone."""
    return any(zone.start <= span.start and span.end <= zone.end for zone in zones)


def drop_excluded(document: Document, zones: Sequence[Zone]) -> Document:
    """Return the document without spans in the given zones; the same object if there are none."""
    spans = tuple(span for span in document.spans if not in_zone(span, zones))
    return document if len(spans) == len(document.spans) else replace(document, spans=spans)
