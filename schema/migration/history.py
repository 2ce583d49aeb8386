"""What migrations leave in a document: by which it came, and what had no place in the new scheme.

Both are lists under `migrations`, oldest first: in `extra` of the layer one entry for each migration, with the spans
and zones that it set aside; in `extra` of a span what it was before, where the span itself does not tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from ..document import Span, Value
from ..errors import DataError, Problem
from ..scheme import Scheme

KEY = "migrations"
"""The key of `extra` that holds the history."""

E = TypeVar("E", bound=msgspec.Struct)


class SpanState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Label and value of a span at one time; the value has the keys that are known."""

    label: str
    value: dict[str, Any] | None = None


class EarlierSpan(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a span was before a migration, and what it became."""

    id: str
    was: SpanState
    became: SpanState
    reverse: bool = False


class KeptSpan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span that was set aside, as in a record, and its position among the spans of its document."""

    index: int
    span: dict[str, Any]


class KeptZone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A zone whose kind changed such that the new one does not tell the old; None if it was set aside."""

    index: int
    start: int
    end: int
    kind: str
    became: str | None


class MigrationEntry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One migration of a document.

    Attributes:
        id: Id of the migration.
        reverse: Whether it went from the new scheme to the old one.
        scheme: The scheme that the layer stated before, if it did.
        scheme_sha256: The fingerprint that the layer stated before.
        layered: Whether the document had a layer.
        spans: The spans that were set aside, of the scheme before.
        zones: The zones that were set aside or merged.
        remaining: Spans that an earlier migration set aside and that did not find a place when it was undone.
        clashes: Spans that broke rules for overlaps before and no longer do, in pairs of start, end and label.
    """

    id: str
    reverse: bool = False
    scheme: str | None = None
    scheme_sha256: str | None = None
    layered: bool = True
    spans: tuple[KeptSpan, ...] = ()
    zones: tuple[KeptZone, ...] = ()
    remaining: tuple[KeptSpan, ...] = ()
    clashes: tuple[tuple[int, int, str, int, int, str], ...] = ()


def last_entry(extra: Mapping[str, Any] | None, kind: type[E], what: str) -> E | None:
    """Return the newest entry of a history; None if there is none.

    Args:
        extra: The object `extra` of a layer or span.
        kind: Type of the entry.
        what: Whose it is, for the message.

    Raises:
        DataError: What is under the key was not written by a migration.
    """
    if extra is None or KEY not in extra:
        return None
    try:
        entries = msgspec.convert(extra[KEY], list[Any])
        return msgspec.convert(entries[-1], kind) if entries else None
    except msgspec.ValidationError as error:
        what = f"`extra.{KEY}` of {what} was not written by a migration: {error}"
        raise DataError(Problem(what, "give your own data another key")) from error


def without_last(extra: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return an `extra` without its newest entry."""
    rest = dict(extra or {})
    entries = rest.pop(KEY, [])[:-1]
    return ({**rest, KEY: entries} if entries else rest) or None


def with_entry(extra: Mapping[str, Any] | None, entry: msgspec.Struct) -> dict[str, Any]:
    """Return an `extra` with one more entry."""
    rest = dict(extra or {})
    return {**rest, KEY: [*rest.get(KEY, []), msgspec.to_builtins(entry)]}


def known_parts(value: Value | None) -> dict[str, Any] | None:
    """Return the parts of a value that are known, by key."""
    if value is None:
        return None
    fields = msgspec.structs.fields(value)
    known = {item.name: part for item in fields if (part := getattr(value, item.name)) != item.default}
    return {name: list(part) if isinstance(part, tuple) else part for name, part in known.items()}


def span_record(span: Span) -> dict[str, Any]:
    """Return a span as in a record."""
    record: dict[str, Any] = msgspec.to_builtins(span)
    return record


def kept_span(record: Mapping[str, Any], scheme: Scheme) -> Span:
    """Return a span that was set aside.

    Raises:
        DataError: It is not a span of the scheme.
    """
    value = record.get("value")
    try:
        span = msgspec.convert({key: item for key, item in record.items() if key != "value"}, Span)
    except msgspec.ValidationError as error:
        raise DataError(
            Problem(f"a span under `extra.{KEY}` is not valid: {error}", "undo the change to it")
        ) from error
    return msgspec.structs.replace(span, value=value_of(scheme, SpanState(span.label, value)))


def value_of(scheme: Scheme, state: SpanState) -> Value | None:
    """Return the value of an earlier state of a span.

    Raises:
        DataError: It is not one of the scheme.
    """
    if state.label not in scheme.labels:
        what = f"`extra.{KEY}` names the label {state.label!r}, which {scheme.ref} does not have"
        raise DataError(Problem(what, "undo the change to it"))
    return scheme.value(state.label, **(state.value or {}))
