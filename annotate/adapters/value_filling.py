"""Values for spans that have none: from the rules' reading of the text, else from registry and gazetteer.

Of a text that is not English the rules read nothing: its dates and counts stay without values.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec

from ...schema import Document, Scheme, Span, Value, is_english, load_actors, load_places
from ..rules import Rules
from ..rules.counts.amounts import find_amounts


class ValueFiller:
    """Fills values.

    Args:
        scheme: With the labels that the rules fill.
    """

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._rules = Rules(scheme)
        self._actors = load_actors()
        self._places = load_places()

    def fill(self, document: Document, spans: Sequence[Span]) -> list[Span]:
        """The spans with values where they had none and one is known; all else as it is."""
        english = is_english(document.meta.language)
        read = {(s.start, s.end, s.label): s.value for s in self._rules.extract([document])[0]} if english else {}
        whole = {(amount.start, amount.end) for amount in find_amounts(document.text or "")}
        return [span if span.value is not None else self._filled(document, span, read, whole) for span in spans]

    def _filled(
        self,
        document: Document,
        span: Span,
        read: dict[tuple[int, int, str], Value | None],
        whole: set[tuple[int, int]],
    ) -> Span:
        key = (span.start, span.end, span.label)
        if key in read:
            value = read[key]
        elif span.label == "COUNT" and key[:2] not in whole:
            value = None  # "more than 20" of "no more than 20" is an amount that nobody stated
        else:
            value = self._alone(document, span)
        return span if value is None else msgspec.structs.replace(span, value=value)

    def _alone(self, document: Document, span: Span) -> Value | None:
        """What the surface means by itself."""
        surface = document.surface(span)
        if span.label == "ACTOR" and (actors := self._actors.find(surface)):
            return self._scheme.value("ACTOR", kind=actors[0].kind, id=actors[0].id)
        if span.label == "LOCATION" and (places := self._places.find(surface)):
            place = places[0]
            point = {"lat": place.lat, "lon": place.lon, "country": place.country or None}
            return self._scheme.value("LOCATION", kind=place.kind, id=place.id, **point)
        if span.label in ("DATE", "COUNT") and is_english(document.meta.language):
            mini = Document(id=document.id, text=surface, meta=document.meta, spans=())
            whole = (0, len(surface), span.label)
            for found in self._rules.extract([mini])[0]:
                if (found.start, found.end, found.label) == whole:
                    return found.value
        return None


@cache
def shared_filler(scheme: Scheme) -> ValueFiller:
    """The filler of a scheme, made once: its lexicon is large."""
    return ValueFiller(scheme)
