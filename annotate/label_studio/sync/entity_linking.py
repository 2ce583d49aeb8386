"""Linking of annotators' identifiers to the actor registry, the gazetteer and tables of the user's own.

An annotator may write a name where an id belongs. A name with a single match is replaced by its id, and empty fields
are filled from that entry; an unknown name is left unchanged and reported with the closest names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace

from ....schema import DataError, Document, Label, Scheme, Span, Value, load_places
from ....schema.names.authorities import edition_of, registry_of
from ....schema.value_types import Identifier
from ..mapping.pickers.known_entries import entry_fields, entry_parts


@dataclass(frozen=True, slots=True)
class SpanNote:
    """A note on a span that a person should see; not an error.

    Attributes:
        label: Label of the span.
        message: The note.
    """

    label: str
    message: str


def link_entities(document: Document, spans: Sequence[Span], scheme: Scheme) -> tuple[list[Span], list[SpanNote]]:
    """Return the spans with names replaced by ids and empty fields filled, and notes on unknown names.

    Args:
        document: Document of the spans.
        spans: Spans as people annotated them.
        scheme: Scheme that says which fields contain identifiers.
    """
    linked: list[Span] = []
    notes: list[SpanNote] = []
    for span in spans:
        identifier = identifier_field(scheme.label(span.label))
        written = getattr(span.value, identifier[0], None) if identifier and span.value is not None else None
        if identifier is None or written is None or span.value is None:
            linked.append(span)
            continue
        field, authority = identifier
        entry, note = _find_entry(authority, edition_of(authority), written, getattr(span.value, "kind", None) or "")
        if note:
            notes.append(SpanNote(span.label, note))
        if entry is not None:
            span = replace(span, value=_fill_value(span, span.value, field, entry, scheme))
        linked.append(span)
    return linked, notes


def propagate_values(document: Document, spans: Sequence[Span]) -> list[Span]:
    """Return the spans with missing values copied from others of the same label and surface, if all those agree."""
    values_by_surface: dict[tuple[str, str], set[Value]] = defaultdict(set)
    for span in spans:
        if span.value is not None:
            values_by_surface[span.label, document.surface(span)].add(span.value)
    return [
        replace(span, value=next(iter(values)))
        if span.value is None and len(values := values_by_surface[span.label, document.surface(span)]) == 1
        else span
        for span in spans
    ]


def identifier_field(label: Label) -> tuple[str, str] | None:
    """Return the first field that the registry, the gazetteer or a table resolves, and which; None if there is none."""
    for item in label.fields.values():
        if isinstance(item.type, Identifier) and (item.type.table or item.type.authority in ("actors", "places")):
            return item.keys[0].name, item.type.source
    return None


@cache  # annotators write the same names repeatedly, and finding similar ones is slow
def _find_entry(authority: str, _edition: str, written: str, kind: str) -> tuple[dict[str, Any] | None, str]:
    """Return the matching entry as fields of a value, or None and a note; None and no note for a valid id."""
    if entry_parts(authority, written) is not None:
        return None, ""
    registry = registry_of(authority)
    source: Any = load_places() if registry is None else registry
    matches = source.candidates(written, kind=kind) if registry is None else registry.find(written)
    if len(matches) == 1:
        return entry_fields(matches[0]), ""
    if matches:
        return None, f"{written!r} is ambiguous: {', '.join(entry.id for entry in matches[:5])}"
    near = ", ".join(f"{entry.id} ({entry.name})" for entry in source.near(written)[:3])
    return None, f"unknown id or name {written!r}" + (f"; did you mean {near}?" if near else "")


def _fill_value(span: Span, value: Value, field: str, entry: dict[str, Any], scheme: Scheme) -> Value:
    """Return the value with the entry's id, and its empty fields filled from the entry."""
    current = msgspec.to_builtins(value)
    available = {**entry, field: entry["id"]}
    filled = {key: available.get(key) if part is None or key == field else part for key, part in current.items()}
    if filled.get("lat") is None or filled.get("lon") is None:
        filled = {key: part for key, part in filled.items() if key not in ("lat", "lon")}
    try:
        return scheme.value(span.label, **filled) or value
    except DataError:  # a custom scheme may have other kinds
        return scheme.value(span.label, **{**current, field: entry["id"]}) or value
