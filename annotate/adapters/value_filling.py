"""Values for spans without one: from the rules applied to the text, otherwise from registry and gazetteer.

The rules only read English: dates and counts in other languages stay without values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from ...schema import Document, Scheme, Span, Value, is_english, load_actors, load_places
from ...schema.names.gazetteer import Place
from ...schema.value_types import distance_km, stated_parts
from ..rules import Rules
from ..rules.counts.amount_phrases import find_amounts

_POINT = {"lat", "lon"}
_SMALL = ("settlement", "facility")
_FARTHEST_KM = 100
"""How far a model's point of a small place may be off; farther away it means another place of the name."""


class ValueFiller:
    """Filler of missing values.

    Args:
        scheme: A scheme that the rules support.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._rules = Rules(scheme)
        self._actors = load_actors()
        self._places = load_places()

    def fill(self, document: Document, spans: Sequence[Span], *, complete: bool = False) -> list[Span]:
        """Return the spans, with values added to those without one if a value is known.

        Args:
            document: The document.
            spans: Its spans.
            complete: Whether ids are also looked up for values that have none.
        """
        if not any(span.value is None or (complete and lacks_id(span)) for span in spans):
            return list(spans)
        english = is_english(document.meta.language)
        rule_values = (
            {(s.start, s.end, s.label): s.value for s in self._rules.extract([document])[0]} if english else {}
        )
        amounts = {(amount.start, amount.end) for amount in find_amounts(document.text or "")}
        filled = []
        for span in spans:
            if span.value is None:
                filled.append(self._fill_span(document, span, rule_values, amounts))
            elif complete and lacks_id(span):
                filled.append(self._complete_span(document, span, rule_values.get((span.start, span.end, span.label))))
            else:
                filled.append(span)
        return filled

    def _complete_span(self, document: Document, span: Span, by_rules: Value | None) -> Span:
        """Return a span with the one entity that its text may mean, given what its value states; else as it is.

        What the value states stays, and decides between entities of one name.
        """
        if span.value is None:
            return span
        stated = stated_parts(span.value)
        values: Sequence[Value | None] = (
            [by_rules] if by_rules is not None else self._entities(span.label, document.surface(span))
        )
        fitting = [parts for parts in map(stated_parts, filter(None, values)) if _agrees(parts, stated)]
        if len(fitting) != 1:
            return span
        parts = fitting[0]
        if stated.keys() & _POINT:
            parts = {key: part for key, part in parts.items() if key not in _POINT}
        return msgspec.structs.replace(span, value=self._scheme.value(span.label, **(parts | stated)))

    def _entities(self, label: str, surface: str) -> list[Value | None]:
        """Return the values of the actors or places that a name may mean, likeliest first."""
        if label == "ACTOR":
            return [self._scheme.value(label, kind=actor.kind, id=actor.id) for actor in self._actors.find(surface)]
        return [self._place_value(place) for place in self._places.candidates(surface)]

    def _place_value(self, place: Place) -> Value | None:
        point = {"lat": place.lat, "lon": place.lon, "country": place.country or None}
        return self._scheme.value("LOCATION", kind=place.kind, id=place.id, **point)

    def _fill_span(
        self,
        document: Document,
        span: Span,
        rule_values: dict[tuple[int, int, str], Value | None],
        amounts: set[tuple[int, int]],
    ) -> Span:
        key = (span.start, span.end, span.label)
        if key in rule_values:
            value = rule_values[key]
        elif span.label == "COUNT" and key[:2] not in amounts:
            value = None  # "more than 20" within "no more than 20" is not what the text states
        else:
            value = self._value_in_isolation(document, span)
        return span if value is None else msgspec.structs.replace(span, value=value)

    def _value_in_isolation(self, document: Document, span: Span) -> Value | None:
        """Return the value of the span's text without its context."""
        surface = document.surface(span)
        if span.label == "ACTOR" and (actors := self._actors.find(surface)):
            return self._scheme.value("ACTOR", kind=actors[0].kind, id=actors[0].id)
        if span.label == "LOCATION" and (places := self._places.find(surface)):
            return self._place_value(places[0])
        if span.label in ("DATE", "COUNT") and is_english(document.meta.language):
            excerpt = Document(id=document.id, text=surface, meta=document.meta, spans=())
            for rule_span in self._rules.extract([excerpt])[0]:
                if (rule_span.start, rule_span.end, rule_span.label) == (0, len(surface), span.label):
                    return rule_span.value
        return None


def _agrees(entity: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    """Return whether an entity may be the one of which a value states parts; large ones have their point anywhere."""
    if any(entity.get(key) != stated[key] for key in ("kind", "country") if key in stated):
        return False
    if entity["kind"] not in _SMALL or _POINT - (entity.keys() & stated.keys()):
        return True
    return distance_km((entity["lat"], entity["lon"]), (stated["lat"], stated["lon"])) <= _FARTHEST_KM


def lacks_id(span: Span) -> bool:
    """Return whether a span has a value of an actor or a place whose id is open."""
    return span.label in ("ACTOR", "LOCATION") and span.value is not None and getattr(span.value, "id", None) is None


@cache
def shared_filler(scheme: Scheme) -> ValueFiller:
    """Return the filler of a scheme, created only once because its lexicon is large."""
    return ValueFiller(scheme)
