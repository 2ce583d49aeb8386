"""What is offered for a document: the actors, places and dates that its words may stand for.

The rules find the names and dates of the text. Each name is then looked up with all that it may mean, so that a reading
that the rules did not choose can be picked too. What is offered depends on the document alone, not on suggestions, so
that documents annotated without suggestions offer the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import islice
from typing import Any

from .....schema import Document, Extractor, Place, Scheme, Span, conflict_scheme, is_english, load_actors
from .....schema.names.authorities import registry_of
from .....schema.names.spelling import fold
from .....schema.value_types import distance_km
from .known_entries import Offer, pickable_places, short_offer
from .picker_controls import ACTORS, DATES, PLACES, sources

Offers = Mapping[str, Sequence[Offer]]
"""What is offered, by source."""

_READINGS = 6
"""Places of one name that are offered, the nearest first; some names have hundreds."""

_MOST = 100
"""What is offered of a source at most: the page takes 2 ms more for each, and the search has the others."""

_NEAR_KM = 100.0
"""How far from the document's other places a settlement may be that only its name in the text speaks for."""

_NAME = re.compile(r"[^\W\d_a-z][\w'’]+(?:[ -][^\W\d_a-z][\w'’]+)?")


class DocumentOffers:
    """Finds what is offered for documents.

    Nothing is loaded before something is asked for.
    """

    @property
    def version(self) -> str:
        """Version of the rules and of the gazetteer; with another one, documents may offer something else."""
        from ....rules.rules_extractor import rules_version

        return rules_version()

    @cached_property
    def _rules(self) -> Extractor:
        from ....rules import RULES

        return RULES(conflict_scheme())

    def of(self, document: Document) -> Offers:
        """Return what is offered for a document with a text; nothing for a text in another language than English.

        Raises:
            DependencyError: spaCy is not installed.
        """
        if not is_english(document.meta.language):
            return {}
        [spans] = self._rules.extract([document])
        return {
            ACTORS: tuple(islice(_actors(document, spans), _MOST)),
            PLACES: tuple(islice(_places(document, spans), _MOST)),
            DATES: tuple(islice(_dates(document, spans), _MOST)),
        }


@cache
def document_offers() -> DocumentOffers:
    """Return what finds offers, once for the process."""
    return DocumentOffers()


def _ids(spans: Sequence[Span], label: str, key: str = "id") -> dict[str, list[Span]]:
    """Return the spans of a label by what they stand for, what is named most often first."""
    found: dict[str, list[Span]] = {}
    for span in spans:
        part = getattr(span.value, key, None) if span.label == label else None
        if part is not None:
            found.setdefault(part, []).append(span)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _surfaces(document: Document, spans: Sequence[Span]) -> list[str]:
    """Return the names that the rules found, each once."""
    return list(dict.fromkeys(document.surface(span) for span in spans if span.label in ("ACTOR", "LOCATION")))


def _actors(document: Document, spans: Sequence[Span]) -> Iterator[Offer]:
    registry = load_actors()
    found: dict[str, Offer] = {}
    for id_, mentions in _ids(spans, "ACTOR").items():
        actor = registry.get(id_)
        found[id_] = short_offer(actor) if actor else Offer(id_, f"{document.surface(mentions[0])} · {id_}")
    for name in _surfaces(document, spans):
        for actor in registry.find(name):
            found.setdefault(actor.id, short_offer(actor))
    yield from found.values()


def _dates(document: Document, spans: Sequence[Span]) -> Iterator[Offer]:
    for edtf, mentions in _ids(sorted(spans, key=lambda span: span.start), "DATE", "edtf").items():
        yield Offer(edtf, f"{' '.join(document.surface(mentions[0]).split())}: {edtf}")


def _places(document: Document, spans: Sequence[Span]) -> Iterator[Offer]:
    """Yield what the rules chose, then all else that names may mean, what is nearest to the chosen places first."""
    gazetteer = pickable_places()
    chosen: dict[str, Place] = {}
    unknown: list[Offer] = []
    for id_, mentions in _ids(spans, "LOCATION").items():
        if (place := gazetteer.get(id_)) is not None:
            chosen[id_] = place
        else:
            unknown.append(Offer(id_, f"{document.surface(mentions[0])} · {id_}"))
    points = [point for place in chosen.values() if place.kind != "country" and (point := _point(place))]
    readings: dict[str, tuple[float, Place]] = {}
    names = _surfaces(document, spans)
    for name in names:
        ranked = sorted(((_distance(place, points), place) for place in gazetteer.find(name)), key=lambda item: item[0])
        readings |= {place.id: (distance, place) for distance, place in ranked[:_READINGS] if place.id not in chosen}
    covered = {word for name in names for word in name.split()}
    for name in {match[0] for match in _NAME.finditer(document.text or "")} if points else ():
        if name.split()[0] not in covered:
            near = ((_distance(place, points), place) for place in gazetteer.find(name))
            readings |= {place.id: (km, place) for km, place in near if km <= _NEAR_KM and place.id not in chosen}
    by_distance = sorted(readings.values(), key=lambda item: (item[0], item[1].id))
    yield from (short_offer(place) for place in chosen.values())
    yield from unknown
    yield from (_with_distance(place, distance) for distance, place in by_distance)


def _with_distance(place: Place, distance: float) -> Offer:
    offer = short_offer(place)
    is_known = place.kind != "country" and distance < float("inf")
    return Offer(offer.id, f"{offer.text} · {distance:,.0f} km") if is_known else offer


def _point(place: Place) -> tuple[float, float] | None:
    return None if place.lat is None or place.lon is None else (place.lat, place.lon)


def _distance(place: Place, points: Sequence[tuple[float, float]]) -> float:
    """Return the distance in km of a place from the nearest of some points; infinite if nothing is known."""
    point = _point(place)
    return min((distance_km(point, other) for other in points), default=float("inf")) if point else float("inf")


def table_offers(document: Document, authority: str) -> Sequence[Offer]:
    """Return the entries of a table of the user's own whose names are in a text, in any language.

    Args:
        document: Document with text.
        authority: `table:` and the path of the table.
    """
    text = document.text or ""
    folded = f" {_folded_words(text)} "
    found = (short_offer(entry) for entry in registry_of(authority) or () if _is_named(entry.names, text, folded))
    return tuple(islice(found, _MOST))


def _is_named(names: Iterable[str], text: str, folded: str) -> bool:
    """Return whether a text has one of some names: as a word of its own, unless its script has no blanks."""
    for name in names:
        key = fold(name)
        if key.isupper() and len(key) <= 5:  # an abbreviation, whose case matters
            if re.search(rf"\b{re.escape(key)}\b", text):
                return True
        elif f" {key} " in folded or (_WITHOUT_BLANKS.search(key) and key in folded):
            return True
    return False


_WITHOUT_BLANKS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff]")
"""Characters of scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese."""


def _folded_words(text: str) -> str:
    """Return a text in the form in which names are compared, its words separated by blanks."""
    return fold(re.sub(r"[^\w'’`´ʼ\-‐‑–]+", " ", text).strip())


def offers_as_data(offers: Sequence[Offer], hotkey: str) -> list[dict[str, str]]:
    """Return offers as a field of a task's data, from which the editor makes choices.

    Args:
        offers: What is offered.
        hotkey: A key that nobody presses. The editor would give choices without one a letter of its own choosing.
    """
    return [{"value": _literal(offer.text), "alias": offer.id, "hotkey": hotkey} for offer in offers]


def offered_ids(data: Mapping[str, Any], scheme: Scheme) -> dict[str, frozenset[str]]:
    """Return the ids that a task's data offers, by source; none for a task that offers nothing."""
    return {
        source: frozenset(
            item["alias"] for item in data.get(source) or () if isinstance(item, dict) and "alias" in item
        )
        for source in sources(scheme)
    }


def _literal(text: str) -> str:
    # a dollar sign followed by a name refers to a field of the task; an invisible joiner separates them
    return text.replace("$", "$\u2060")
