"""Spans in zones, which are neither annotated nor scored."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ...schema import Document, Span, Zone


def in_zone(span: Span, zones: Sequence[Zone]) -> bool:
    """Whether a span lies wholly inside one zone."""
    return any(zone.start <= span.start and span.end <= zone.end for zone in zones)


def drop_zoned(document: Document, zones: Sequence[Zone]) -> Document:
    """The document without its spans in the zones given; the same object where none is."""
    kept = tuple(span for span in document.spans if not in_zone(span, zones))
    return document if len(kept) == len(document.spans) else replace(document, spans=kept)
