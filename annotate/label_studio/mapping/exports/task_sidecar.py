"""Properties of a span that results cannot express, stored beside them so that the span can be restored exactly."""

from __future__ import annotations

from typing import Any

import msgspec

from .....schema import Scheme, Span
from .....schema.hashing import json_sha256
from ..region_values import ResultProblem
from ..result_json import spans_of
from .regions import Region

SEEN = "seen"
"""Key of the hash of the span as its results expressed it when it was written."""

_LASTING = ("id", "extra")


def span_of(
    region: Region, label: str, offsets: tuple[int, int], text: str, scheme: Scheme, *, scored: bool
) -> tuple[Span | None, list[ResultProblem]]:
    """Return the span of a region and the problems in its results.

    Args:
        region: A mark with its further results.
        label: The scheme's label for the region's.
        offsets: Start and end of the region in the text, in code points.
        text: Text of the document.
        scheme: Scheme of the label.
        scored: Whether the results' score belongs to the span; a person's annotation retains the scores of the
            suggestions that they accepted.
    """
    decoded = spans_of(region.results(label, *offsets, scheme), text, scheme)
    span = decoded.spans[0] if decoded.spans else None
    score = region.mark.get("score")
    if span is not None and scored and isinstance(score, int | float) and 0 <= score <= 1:
        span = msgspec.structs.replace(span, score=float(score))
    return span, decoded.problems


def sidecar_of(span: Span, decoded: Span) -> dict[str, Any]:
    """Return the properties of a span that its results do not express; empty if there are none.

    Args:
        span: The span to restore.
        decoded: The span as read from its results.
    """
    plain = msgspec.to_builtins(span)
    different = {
        name: plain.get(name) for name in Span.__struct_fields__ if getattr(span, name) != getattr(decoded, name)
    }
    return {**different, SEEN: _fingerprint(decoded)} if different else {}


def restore_span(decoded: Span, sidecar: Any, *, own: bool) -> dict[str, Any]:
    """Return a span as it was written, as plain data; of a span that was changed since, only its id and `extra`.

    Args:
        decoded: The span as read from its results.
        sidecar: Result of `sidecar_of` for it.
        own: Whether the results are those that were written, not somebody's work on them.
    """
    plain: dict[str, Any] = msgspec.to_builtins(decoded)
    if not isinstance(sidecar, dict):
        return plain
    same = own and sidecar.get(SEEN) == _fingerprint(decoded)
    restored = {name: value for name, value in sidecar.items() if name != SEEN and (same or name in _LASTING)}
    # the server adds an origin: one that was not written is dropped
    dropped = ("origin",) if same and "origin" not in sidecar else ()
    return {name: value for name, value in plain.items() if name not in dropped} | restored


def _fingerprint(decoded: Span) -> str:
    value = msgspec.to_builtins(decoded.value)
    facts = [decoded.start, decoded.end, decoded.label, value, decoded.note, decoded.unsure]
    return json_sha256(facts)[:16]
