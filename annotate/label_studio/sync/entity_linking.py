"""Identifiers that annotators wrote, brought to those of the registry and the gazetteer.

An annotator may write a name where an id belongs. A name that stands for one thing becomes its id, and fields left
empty are filled from that entry; what is not known stays as it was written and is told of, with the nearest names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from msgspec.structs import replace

from ....schema import DataError, Document, Label, Scheme, Span, Value, load_actors, load_places
from ....schema.value_types import Identifier


@dataclass(frozen=True, slots=True)
class SpanRemark:
    """Something that a person should know of a span; not a fault.

    Attributes:
        what: In words.
        start: Of the span, code points.
        end: Of the same.
    """

    what: str
    start: int
    end: int


def link_entities(document: Document, spans: Sequence[Span], scheme: Scheme) -> tuple[list[Span], list[SpanRemark]]:
    """The spans with ids for names, empty fields filled, and what is not known.

    Args:
        document: Theirs.
        spans: As people annotated them.
        scheme: Says which fields are looked up where.
    """
    made: list[Span] = []
    remarks: list[SpanRemark] = []
    for span in spans:
        field = _looked_up(scheme.label(span.label))
        written = getattr(span.value, field[0], None) if field and span.value is not None else None
        if field is None or written is None or span.value is None:
            made.append(span)
            continue
        entry, remark = _entry(field[1], written)
        if remark:
            remarks.append(SpanRemark(f"{span.label} {document.surface(span)!r}: {remark}", span.start, span.end))
        made.append(span if entry is None else replace(span, value=_filled(span, span.value, field[0], entry, scheme)))
    return made, remarks


def propagate_values(document: Document, spans: Sequence[Span]) -> list[Span]:
    """The spans with values for those that have none, where all others of the same label and surface agree on one."""
    known: dict[tuple[str, str], set[Value]] = defaultdict(set)
    for span in spans:
        if span.value is not None:
            known[span.label, document.surface(span)].add(span.value)
    return [
        replace(span, value=next(iter(values)))
        if span.value is None and len(values := known[span.label, document.surface(span)]) == 1
        else span
        for span in spans
    ]


def _looked_up(label: Label) -> tuple[str, str] | None:
    """The first field that the registry or the gazetteer answers for, and which of them."""
    for item in label.fields.values():
        if isinstance(item.type, Identifier) and item.type.authority in ("actors", "places"):
            return item.keys[0].name, item.type.authority
    return None


@cache  # an annotator writes the same again and again, and looking for what is near takes long
def _entry(authority: str, written: str) -> tuple[dict[str, Any] | None, str]:
    """The entry that is meant, as fields of a value; else a remark."""
    source: Any = load_actors() if authority == "actors" else load_places()
    if source.get(written) is not None:
        return None, ""
    named = source.find(written)
    if len(named) == 1:
        return _fields(named[0]), ""
    if named:
        return None, f"{written!r} may be {', '.join(entry.id for entry in named[:5])}"
    near = ", ".join(f"{entry.id} ({entry.name})" for entry in source.near(written)[:3])
    return None, f"{written!r} is not known" + (f"; did you mean {near}?" if near else "")


def _fields(entry: Any) -> dict[str, Any]:
    about = {"id": entry.id, "kind": entry.kind}
    if hasattr(entry, "lat"):
        about |= {"lat": entry.lat, "lon": entry.lon, "country": entry.country or None}
    return about


def _filled(span: Span, value: Value, field: str, entry: dict[str, Any], scheme: Scheme) -> Value:
    """The value with the entry's id, and the entry's word where the value has none."""
    held = msgspec.to_builtins(value)
    about = {**entry, field: entry["id"]}
    made = {key: about.get(key) if part is None or key == field else part for key, part in held.items()}
    if made.get("lat") is None or made.get("lon") is None:
        made = {key: part for key, part in made.items() if key not in ("lat", "lon")}
    try:
        return scheme.value(span.label, **made) or value
    except DataError:  # a scheme of one's own may know other kinds
        return scheme.value(span.label, **{**held, field: entry["id"]}) or value
