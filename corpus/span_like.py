"""Spans in the shapes that scripts have: tuples and mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import Any, SupportsIndex, TypeAlias

import msgspec

from ..schema import DataError, Problem, Scheme, Span, UsageError, Value

SpanLike: TypeAlias = Span | Sequence[Any] | Mapping[str, Any]
"""A span: a `Span`, a tuple `(start, end, label)` or `(start, end, label, value)`, or a mapping with these keys."""

_SHAPES = "(start, end, label) or (start, end, label, {key: part}), or a Span"


def span_from(item: SpanLike, scheme: Scheme) -> Span:
    """Return a span, checked as far as this is possible without its text.

    Raises:
        DataError: The item is not a span, or its offsets, label or value are invalid.
    """
    start, end, label, value = _parts(item)
    if not all(isinstance(offset, SupportsIndex) and not isinstance(offset, bool) for offset in (start, end)):
        raise DataError(Problem(f"offsets [{start!r}, {end!r}) are not whole numbers", "count code points from 0"))
    parts = msgspec.to_builtins(value) if isinstance(value, Value) else value
    try:
        if parts is not None and not isinstance(parts, Mapping):
            keys = [key.name for field in scheme.label(label).fields.values() for key in field.keys]
            fix = f"give its parts by name: {', '.join(keys)}" if keys else f"leave it out: {label} has no value"
            raise DataError(Problem(f"the value {parts!r} is not a mapping", fix))
        span = scheme.span(index(start), index(end), str(label), **(parts or {}))
    except UsageError as error:
        raise DataError(problem_of(error)) from error
    return msgspec.structs.replace(item, value=span.value) if isinstance(item, Span) else span


def _parts(item: SpanLike) -> tuple[Any, Any, Any, Any]:
    if isinstance(item, Span):
        return item.start, item.end, item.label, item.value
    if isinstance(item, Mapping):
        if missing := [key for key in ("start", "end", "label") if key not in item]:
            raise DataError(
                Problem(f"the span has no {', '.join(missing)}", "a mapping with start, end, label and value")
            )
        return item["start"], item["end"], item["label"], item.get("value")
    if isinstance(item, Sequence) and not isinstance(item, str | bytes) and len(item) in (3, 4):
        start, end, label, value = (*item, None)[:4]
        return start, end, label, value
    raise DataError(Problem(f"{item!r} is not a span", _SHAPES))


def problem_of(error: UsageError) -> Problem:
    """Return the problem that an error about a call is for the data that the call was made with."""
    what, _, fix = str(error).partition(". Fix: ")
    return Problem(what, fix)
