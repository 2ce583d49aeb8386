"""Entries of registry, gazetteer and tables as pickers show them, and the value that picking one means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from .....schema import Actor, Gazetteer, Place, load_places
from .....schema.names.authorities import edition_of, registry_of

_SMALLEST = 500
"""Population from which settlements may be picked: more than are looked for in texts, as people see which is meant."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to pick.

    Attributes:
        id: What the value gets: an id, or a date in EDTF.
        text: What annotators see, and search.
    """

    id: str
    text: str


@cache
def pickable_places() -> Gazetteer:
    """Return the gazetteer with all settlements that may be picked."""
    return load_places(min_population=_SMALLEST)


def entry_parts(authority: str, id: str) -> dict[str, Any] | None:  # noqa: A002 - the name of the key in records
    """Return what an id of the registry or the gazetteer stands for, by the keys of a value; None for another id.

    Args:
        authority: `actors`, `places`, or `table:` and the path of a table.
        id: The id, which may be derived (`irn-military`).
    """
    return _entry_parts(authority, edition_of(authority), id)


@lru_cache(maxsize=1 << 14)
def _entry_parts(authority: str, _edition: str, id: str) -> dict[str, Any] | None:  # noqa: A002
    registry = registry_of(authority)
    entry = pickable_places().get(id) if registry is None else registry.get(id)
    return None if entry is None else entry_fields(entry)


def entry_fields(entry: Actor | Place) -> dict[str, Any]:
    """Return an entry as the parts of a value, by key; what is not known is left out."""
    parts: dict[str, Any] = {"id": entry.id, "kind": entry.kind or None}
    if isinstance(entry, Place):
        parts |= {"lat": entry.lat, "lon": entry.lon, "country": entry.country or None}
    return {key: part for key, part in parts.items() if part is not None}


def short_offer(entry: Actor | Place) -> Offer:
    """Return an entry by its usual name, with what tells it from others of that name."""
    return Offer(entry.id, f"{entry.name}{_details(entry)}")


def searchable_offer(entry: Actor | Place) -> Offer:
    """Return an entry with all its names, so that a search for any of them finds it."""
    others = ", ".join(name for name in dict.fromkeys(entry.names) if name != entry.name)
    return Offer(entry.id, f"{entry.name}{f' ({others})' if others else ''}{_details(entry)}")


def _details(entry: Actor | Place) -> str:
    code = entry.country if isinstance(entry, Place) or entry.kind == "state" else ""
    return f"{f', {code}' if code else ''}{f' · {entry.kind}' if entry.kind else ''}"


def all_entries(authority: str) -> Iterator[Offer]:
    """Yield the entries of an authority by name: all actors or rows of a table, or all places but those of GeoNames.

    Settlements and divisions are too many for a list. Those whose names occur in a document are offered for it.
    """
    registry = registry_of(authority)
    entries: Iterable[Actor | Place] = load_places() if registry is None else registry
    yield from map(searchable_offer, sorted(entries, key=lambda entry: entry.name.casefold()))
