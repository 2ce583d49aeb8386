"""Values for spans without one: from the rules applied to the text, otherwise from registry and gazetteer.

The rules only read English: dates and counts in other languages stay without values.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec

from ...schema import Document, Scheme, Span, Value, is_english, load_actors, load_places
from ..rules import Rules
from ..rules.counts.amount_phrases import find_amounts


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

    def fill(self, document: Document, spans: Sequence[Span]) -> list[Span]:
        """Return the spans, with values added to those without one if a value is known."""
        english = is_english(document.meta.language)
        rule_values = (
            {(s.start, s.end, s.label): s.value for s in self._rules.extract([document])[0]} if english else {}
        )
        amounts = {(amount.start, amount.end) for amount in find_amounts(document.text or "")}
        return [
            span if span.value is not None else self._fill_span(document, span, rule_values, amounts) for span in spans
        ]

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
            place = places[0]
            point = {"lat": place.lat, "lon": place.lon, "country": place.country or None}
            return self._scheme.value("LOCATION", kind=place.kind, id=place.id, **point)
        if span.label in ("DATE", "COUNT") and is_english(document.meta.language):
            excerpt = Document(id=document.id, text=surface, meta=document.meta, spans=())
            for rule_span in self._rules.extract([excerpt])[0]:
                if (rule_span.start, rule_span.end, rule_span.label) == (0, len(surface), span.label):
                    return rule_span.value
        return None


@cache
def shared_filler(scheme: Scheme) -> ValueFiller:
    """Return the filler of a scheme, created only once because its lexicon is large."""
    return ValueFiller(scheme)
