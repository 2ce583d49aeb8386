"""Reads a document: its pieces in order, each through all rules, to spans with values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from msgspec.structs import replace

from ...corpus.ingest.publication_dates import parse_published
from ...corpus.spans.bounds import trim_bounds
from ...schema import Document, Place, Scheme, Span, Value
from .actors.actor_phrases import drop_nationalities, extend_actor_phrases
from .actors.organisations import find_organisations
from .actors.persons import find_persons
from .counts.count_mentions import CountFinder
from .dates.date_mentions import find_dates
from .document_context import DocumentContext
from .known_names import find_known_names, slug
from .lexicon import Lexicon
from .passage import Mention, Passage
from .places.actor_or_place import assign_labels
from .places.place_names import find_places
from .tokens import tokenize_passage

_PIECE = 100_000
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n\s*")
_BLANK = re.compile(r"\s")


class DocumentReader:
    """Reads documents by the rules of the conflict-news scheme.

    Args:
        lexicon: Known names.
        scheme: Whose labels and values the spans have.
    """

    def __init__(self, lexicon: Lexicon, scheme: Scheme) -> None:
        self._lexicon = lexicon
        self._scheme = scheme
        cues = dict(getattr(scheme.label("COUNT").fields["unit"].type, "cues", ()))
        self._counts = CountFinder(cues)

    def read(self, document: Document) -> list[Span]:
        """The spans of a document, in the order of the text; none reaches into a zone, none overlaps another."""
        text = document.text or ""
        published = publication_day(document)
        memory = DocumentContext()
        spans: list[Span] = []
        for start, end in split_text(text):
            spans.extend(self._read_piece(document, text, start, end, published, memory))
        return spans

    def _read_piece(
        self, document: Document, text: str, start: int, end: int, published: date | None, memory: DocumentContext
    ) -> list[Span]:
        tokens = tokenize_passage(text, start, end, self._lexicon.words)
        if not tokens.words:
            return []
        page = Passage(tokens, self._lexicon)
        _block_zones(page, document)
        find_known_names(page)
        dates = find_dates(page, published)
        find_organisations(page)
        find_places(page)
        find_persons(page)
        memory.learn(page)
        memory.settle(page)
        drop_nationalities(page)
        extend_actor_phrases(page)
        assign_labels(page)
        counts = self._counts.find(page)
        scheme = self._scheme
        spans = [Span(d.start, d.end, "DATE", scheme.value("DATE", edtf=d.edtf) if d.edtf else None) for d in dates]
        for count in counts:
            amount = count.amount
            known = {"min": amount.low, "max": amount.high, "approx": amount.approx, "unit": count.unit}
            value = scheme.value("COUNT", **known) if amount.known else None
            spans.append(Span(count.start, count.end, "COUNT", value))
        spans.extend(self._name_spans(page, memory))
        return _flat(_fitted(spans, text, scheme), document)

    def _name_spans(self, page: Passage, memory: DocumentContext) -> Iterator[Span]:
        tokens = page.tokens
        for mention in page.mentions():
            start, end = tokens.starts[mention.first], tokens.ends[mention.last - 1]
            if mention.label == "LOCATION":
                yield Span(start, end, "LOCATION", self._place_value(page, mention))
            else:
                yield Span(start, end, "ACTOR", self._actor_value(page, mention))

    def _actor_value(self, page: Passage, mention: Mention) -> Value | None:
        actor = mention.actor
        if actor is not None:
            return self._scheme.value("ACTOR", kind=actor.kind, id=actor.id)
        if mention.id is not None:
            known = self._lexicon.actors.get(mention.id)
            if known is not None:
                return self._scheme.value(
                    "ACTOR", kind=known.kind if known.id == mention.id else mention.kind, id=known.id
                )
            return self._scheme.value("ACTOR", kind=mention.kind, id=mention.id)
        if mention.places:
            place = mention.places[0]
            owner = next((a for a in self._lexicon.actors.find(place.name) if a.kind != "person"), None)
            if owner is not None:
                return self._scheme.value("ACTOR", kind=owner.kind, id=owner.id)
        return self._scheme.value("ACTOR", kind="state", id=slug(page.surface(mention.first, mention.last)))

    def _place_value(self, page: Passage, mention: Mention) -> Value | None:
        places: list[Place] = mention.places
        if mention.sort == "capital":
            places = [place for place in places if place.kind == "settlement"] or places
        if mention.sort == "state":
            places = [place for place in places if place.kind == "country"] or places
        if mention.place_kind:
            places = [place for place in places if place.kind == mention.place_kind] or places
        if places:
            place = places[0]
            return self._scheme.value(
                "LOCATION", kind=place.kind, id=place.id, lat=place.lat, lon=place.lon, country=place.country or None
            )
        surface = page.surface(mention.first, mention.last)
        return self._scheme.value("LOCATION", kind=mention.place_kind or "settlement", id=slug(surface))


def publication_day(document: Document) -> date | None:
    """The day of publication: a stamp in the text goes before the metadata."""
    for zone in document.zones:
        if zone.kind == "stamp" and (match := re.search(r"\d{4}-\d\d-\d\d", document.surface(zone))):
            return _day(match[0])
    return _day(document.meta.published) if document.meta.published else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(parse_published(text) or text)
    except ValueError:
        return None


def split_text(text: str, size: int = _PIECE) -> Iterator[tuple[int, int]]:
    """Cuts a text into pieces of at most `size` code points, at the end of a line or sentence, else at a blank."""
    start = 0
    while len(text) - start > size:
        limit = start + size
        cut = 0
        for match in _SENTENCE_END.finditer(text, start + size // 2, limit):
            cut = match.end()
        if not cut:
            for match in _BLANK.finditer(text, start + size // 2, limit):
                cut = match.end()
        yield start, cut or limit
        start = cut or limit
    yield start, len(text)


def _block_zones(page: Passage, document: Document) -> None:
    if not document.zones:
        return
    tokens = page.tokens
    for zone in document.zones:
        for index, (start, end) in enumerate(zip(tokens.starts, tokens.ends, strict=True)):
            if start < zone.end and zone.start < end:
                page.blocked[index] = True


def _fitted(spans: Iterable[Span], text: str, scheme: Scheme) -> Iterator[Span]:
    """Spans without the signs that the tokeniser left at their words; none that is cut within a word."""
    for span in spans:
        bounds = trim_bounds(text, span.start, span.end, scheme.labels[span.label].not_first)
        if not isinstance(bounds, str):
            yield span if bounds == (span.start, span.end) else replace(span, start=bounds[0], end=bounds[1])


def _flat(spans: Iterable[Span], document: Document) -> list[Span]:
    """Spans in the order of the text, the longer where two compete; none in a zone."""
    zones = document.zones
    taken: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if zones and any(span.start < zone.end and zone.start < span.end for zone in zones):
            continue
        if taken and span.start < taken[-1].end:
            if span.end - span.start > taken[-1].end - taken[-1].start:
                taken[-1] = span
            continue
        taken.append(span)
    return taken
