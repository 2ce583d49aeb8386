"""What results cannot say of a span, kept beside them so that the span comes back as it was."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from ....schema import Scheme, Span, canonical_json
from .regions import Region
from .results import ResultFault, spans_of

SEEN = "seen"
"""Key of the hash of what the results said when the span was written."""

_LASTING = ("id", "extra")


def span_of(
    region: Region, label: str, place: tuple[int, int], text: str, scheme: Scheme, *, scored: bool
) -> tuple[Span | None, list[ResultFault]]:
    """The span of a region, and what of its results cannot be right.

    Args:
        region: A mark with what is said of it.
        label: The scheme's for the region's.
        place: Where the region is in the text, in code points.
        text: The document's.
        scheme: Of the label.
        scored: Whether a score of the results is the span's: a person's annotation keeps those of what she accepted.
    """
    reading = spans_of(region.results(label, *place), text, scheme)
    span = reading.spans[0] if reading.spans else None
    score = region.mark.get("score")
    if span is not None and scored and isinstance(score, int | float) and 0 <= score <= 1:
        span = msgspec.structs.replace(span, score=float(score))
    return span, reading.faults


def sidecar_of(span: Span, read: Span) -> dict[str, Any]:
    """What a span is beyond what its results say; empty where they say it all.

    Args:
        span: As it is to come back.
        read: As its results are read.
    """
    plain = msgspec.to_builtins(span)
    differ = {name: plain.get(name) for name in Span.__struct_fields__ if getattr(span, name) != getattr(read, name)}
    return {**differ, SEEN: _seen(read)} if differ else {}


def restore_document(read: Span, held: Any, *, own: bool) -> dict[str, Any]:
    """A span as it was written, as plain data; of one that was changed since, its id and what a user kept with it.

    Args:
        read: As its results are read.
        held: What `sidecar_of` made of it.
        own: Whether the results are those that were written, not somebody's work on them.
    """
    plain: dict[str, Any] = msgspec.to_builtins(read)
    if not isinstance(held, dict):
        return plain
    same = own and held.get(SEEN) == _seen(read)
    found = {name: part for name, part in held.items() if name != SEEN and (same or name in _LASTING)}
    # the server tells an origin of its own: one that was not written is none
    dropped = ("origin",) if same and "origin" not in held else ()
    return {name: part for name, part in plain.items() if name not in dropped} | found


def _seen(read: Span) -> str:
    facts = [read.start, read.end, read.label, msgspec.to_builtins(read.value), read.note, read.unsure]
    return sha256(canonical_json(facts)).hexdigest()[:16]
