"""Spans in the shapes that scripts have: tuples and mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import Any, SupportsIndex, TypeAlias

import msgspec

from ..schema import DataError, Problem, Scheme, Span, UsageError, Value, did_you_mean
from ..schema.records.plain_data import plain_data

SpanLike: TypeAlias = Span | Sequence[Any] | Mapping[str, Any]
"""A span: a `Span`, a tuple `(start, end, label)` or `(start, end, label, value)`, or a mapping with these keys."""

_SHAPES = "(start, end, label) or (start, end, label, {key: part}), or a Span"


def span_from(item: SpanLike, scheme: Scheme) -> Span:
    """Return a span, checked as far as this is possible without its text.

    Raises:
        DataError: The item is not a span, or its offsets, label or value are invalid.
    """
    if isinstance(item, Span):
        return msgspec.structs.replace(item, value=_value(item.label, item.value, scheme))
    fields = _fields(item)
    start, end, label = (fields.pop(key) for key in ("start", "end", "label"))
    if not all(isinstance(offset, SupportsIndex) and not isinstance(offset, bool) for offset in (start, end)):
        raise DataError(Problem(f"offsets [{start!r}, {end!r}) are not whole numbers", "count code points from 0"))
    value = _value(str(label), fields.pop("value", None), scheme)
    span = scheme.span(index(start), index(end), str(label))
    if not fields:
        return msgspec.structs.replace(span, value=value)
    try:
        checked = msgspec.convert(
            {"start": span.start, "end": span.end, "label": span.label, **plain_data(fields)}, Span
        )
    except msgspec.ValidationError as error:
        raise DataError(Problem(f"the span: {error}", "see `Span` for its fields")) from error
    return msgspec.structs.replace(checked, value=value)


def _value(label: str, value: Any, scheme: Scheme) -> Value | None:
    try:
        definition = scheme.label(label)
    except UsageError as error:
        raise DataError(problem_of(error)) from error
    if value is None:
        return None
    parts = plain_data(value)
    if not isinstance(parts, Mapping):
        keys = [key.name for field in definition.fields.values() for key in field.keys]
        fix = f"give its parts by name: {', '.join(keys)}" if keys else f"leave it out: {label} has no value"
        raise DataError(Problem(f"the value {parts!r} is not a mapping", fix))
    return scheme.value(label, **parts)


def _fields(item: SpanLike) -> dict[str, Any]:
    """Return the fields of a tuple or mapping; of the other fields of a span, a mapping may have any."""
    if isinstance(item, Mapping):
        if missing := [key for key in ("start", "end", "label") if key not in item]:
            fix = "a mapping with start, end, label and value"
            raise DataError(Problem(f"the span has no {', '.join(missing)}", fix))
        for key in item:
            if key not in Span.__struct_fields__:
                hint = did_you_mean(str(key), Span.__struct_fields__)
                raise DataError(Problem(f"the span has an unknown key {key!r}", hint))
        return dict(item)
    if isinstance(item, Sequence) and not isinstance(item, str | bytes) and len(item) in (3, 4):
        return dict(zip(("start", "end", "label", "value"), item, strict=False))
    shown = item if isinstance(item, tuple | list | int | float | str) else type(item).__name__
    raise DataError(Problem(f"{shown!r} is not a span", _SHAPES))


def problem_of(error: UsageError) -> Problem:
    """Return the problem that an error about a call is for the data that the call was made with."""
    what, _, fix = str(error).partition(". Fix: ")
    return Problem(what, fix)


def document_id(cell: object) -> str:
    """Return the id of a document that tuples, a mapping or a frame names: a string, or a whole number as one.

    Raises:
        DataError: The id is missing, or of another type.
    """
    number = plain_data(cell)
    if isinstance(number, str) and number:
        return number
    if isinstance(number, int) and not isinstance(number, bool):
        return str(number)
    raise DataError(Problem(f"the document id is {cell!r}", "give each document an id, as a string"))
