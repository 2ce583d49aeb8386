"""The reading of a document by the rules: passage by passage, to spans with values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from functools import lru_cache

from msgspec.structs import replace

from ...corpus.ingest.publication_dates import parse_publication_date
from ...corpus.spans.bounds import trim_bounds
from ...schema import Document, Place, Scheme, Span, Value
from ...schema.overlap import overlaps
from ...schema.writing.word_scripts import is_mark
from .actors.actor_phrases import extend_actor_phrases
from .actors.lost_possessives import split_lost_possessives
from .actors.named_by_nouns import find_names_by_nouns
from .actors.organisations import find_organisations
from .actors.persons import find_persons
from .actors.state_bodies import find_bodies_of_states
from .actors.titles import drop_nationalities
from .actors.unknown_names import find_unknown_names
from .counts.count_mentions import CountFinder, CountMention
from .dates.date_mentions import DateMention, find_dates
from .dates.told_time import ToldTime
from .document_context import DocumentContext
from .known_names import find_known_names, slug
from .lexicon import Lexicon
from .name_resolution import resolve_names
from .passage import Mention, Passage
from .places.actor_or_place import assign_labels
from .places.directed_names import find_directed_names
from .places.division_abbreviations import find_division_abbreviations
from .places.embassies import find_embassies
from .places.place_names import find_places
from .span_evidence import (
    Evidence,
    actor_evidence,
    count_evidence,
    date_evidence,
    evidence_score,
    place_evidence,
)
from .tokens import tokenize_passage

_OWN_POINT_KINDS = ("facility", "natural")
"""Kinds of places whose point is never that of a town or division of the same name."""

_BEFORE_DATES = (
    ("listed name", find_known_names),
    ("directed name", find_directed_names),
    ("division", find_division_abbreviations),
)
_AFTER_DATES = (
    ("embassy", find_embassies),
    ("organisation", find_organisations),
    ("name by a noun", find_names_by_nouns),
    ("place noun", find_places),
    ("person in full", find_persons),
    ("unknown name", find_unknown_names),
)
"""Steps that find names, by what they find; dates come between, because a name may contain one."""

_PASSAGE_SIZE = 100_000
_CACHED_VALUES = 1 << 12
_SENTENCE_END = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]*\s+|\n\s*"
    r"|(?<=[\u061f\u06d4\u0964\u0965\u104b\u1362\u1367\u17d4])\s*|(?<=[\u3002\uff01\uff1f])[\u300d\u300f\uff09”’]*"
)
"""Ends of sentences and lines; those of Arabic, Urdu, Indic, Burmese, Ethiopic and Khmer, and of Chinese and Japanese,
which no space follows."""
_OUTER_MARKS = frozenset(("", *" \n\t.,;:!?()[]\"'’“”/"))
_APOSTROPHES = frozenset("'’")
_WHITE_SPACE = re.compile(r"\s")


class DocumentReader:
    """A reader that finds the spans of the conflict-news scheme in documents.

    Args:
        lexicon: The known names.
        scheme: The scheme of the spans.
        score: The score of a span by its evidence.
    """

    def __init__(self, lexicon: Lexicon, scheme: Scheme, score: Callable[[Evidence], float] = evidence_score) -> None:
        self._lexicon = lexicon
        self._scheme = scheme
        self._score = score
        # values are immutable; whole numbers and others are not the same, though they are equal
        self._value = lru_cache(_CACHED_VALUES, typed=True)(scheme.value)
        cues = dict(getattr(scheme.label("COUNT").fields["unit"].type, "cues", ()))
        self._counts = CountFinder(cues)

    def read(self, document: Document) -> list[Span]:
        """Return the spans of a document, in text order; no span overlaps a zone or another span."""
        text = document.text or ""
        told = ToldTime(publication_day(document))
        context = DocumentContext()
        spans: list[Span] = []
        for start, end in split_text(text):
            spans.extend(self._read_passage(document, text, start, end, told, context))
        return spans

    def _read_passage(
        self, document: Document, text: str, start: int, end: int, told: ToldTime, context: DocumentContext
    ) -> list[Span]:
        tokens = tokenize_passage(text, start, end, self._lexicon.words)
        if not tokens.words:
            return []
        split_lost_possessives(tokens, self._lexicon)
        passage = Passage(tokens, self._lexicon)
        _block_zones(passage, document)
        _find_names(passage, _BEFORE_DATES)
        dates = find_dates(passage, told)
        _find_names(passage, _AFTER_DATES)
        context.learn(passage)
        passage.finder = "introduced name"
        resolve_names(passage, context)
        passage.finder = "body of a state"
        find_bodies_of_states(passage, context.bodies, context.main_country())
        drop_nationalities(passage)
        passage.finder = "phrase"
        extend_actor_phrases(passage)
        assign_labels(passage)
        counts = self._counts.find(passage)
        spans = [*map(self._date_span, dates), *map(self._count_span, counts)]
        spans += [self._name_span(passage, mention) for mention in passage.mentions()]
        return _without_overlaps(_trim(spans, text, self._scheme), document)

    def _date_span(self, date: DateMention) -> Span:
        value = self._value("DATE", edtf=date.edtf) if date.edtf else None
        return Span(date.start, date.end, "DATE", value, score=self._score(date_evidence(date)))

    def _count_span(self, count: CountMention) -> Span:
        amount = count.amount
        parts = {"min": amount.low, "max": amount.high, "approx": amount.approx, "unit": count.unit}
        value = self._value("COUNT", **parts) if amount.known else None
        return Span(amount.start, amount.end, "COUNT", value, score=self._score(count_evidence(count)))

    def _name_span(self, passage: Passage, mention: Mention) -> Span:
        start, end = passage.tokens.starts[mention.first], passage.tokens.ends[mention.last - 1]
        if mention.label == "LOCATION":
            score = self._score(place_evidence(mention, _place_of(mention)))
            return Span(start, end, "LOCATION", self._place_value(passage, mention), score=score)
        score = self._score(actor_evidence(mention, self._lexicon.actors))
        return Span(start, end, "ACTOR", self._actor_value(passage, mention), score=score)

    def _actor_value(self, passage: Passage, mention: Mention) -> Value | None:
        actor = mention.actor
        if actor is not None:
            return self._value("ACTOR", kind=actor.kind, id=actor.id)
        if mention.id is not None:
            known = self._lexicon.actors.get(mention.id)
            if known is not None:
                return self._value("ACTOR", kind=known.kind if known.id == mention.id else mention.kind, id=known.id)
            return self._value("ACTOR", kind=mention.kind, id=mention.id)
        if mention.places:
            place = mention.places[0]
            owner = next((a for a in self._lexicon.actors.find(place.name) if a.kind != "person"), None)
            if owner is not None:
                return self._value("ACTOR", kind=owner.kind, id=owner.id)
        return self._value("ACTOR", kind="state", id=slug(passage.surface(mention.first, mention.last)))

    def _place_value(self, passage: Passage, mention: Mention) -> Value | None:
        if place := _place_of(mention):
            return self._value(
                "LOCATION", kind=place.kind, id=place.id, lat=place.lat, lon=place.lon, country=place.country or None
            )
        surface = passage.surface(mention.first, mention.last)
        return self._value("LOCATION", kind=mention.place_kind or "settlement", id=slug(surface))


def _place_of(mention: Mention) -> Place | None:
    """Return the likeliest place of the kind that a name and the nouns in it tell; None if there is none."""
    kind = mention.place_kind or {"capital": "settlement", "state": "country"}.get(mention.name_kind)
    of_kind = next((place for place in mention.places if place.kind == kind), None)
    if of_kind is not None or kind in _OWN_POINT_KINDS:
        return of_kind
    return mention.places[0] if mention.places else None


def _find_names(passage: Passage, steps: Iterable[tuple[str, Callable[[Passage], None]]]) -> None:
    """Find names by steps, and note on each name which step found it."""
    for name, find in steps:
        passage.finder = name
        find(passage)


def publication_day(document: Document) -> date | None:
    """Return the day of publication; a stamp in the text takes precedence over the metadata."""
    for zone in document.zones:
        if zone.kind == "stamp" and (match := re.search(r"\d{4}-\d\d-\d\d", document.surface(zone))):
            return _parse_day(match[0])
    return _parse_day(document.meta.published) if document.meta.published else None


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(parse_publication_date(text) or text)
    except ValueError:
        return None


def split_text(text: str, size: int = _PASSAGE_SIZE) -> Iterator[tuple[int, int]]:
    """Split a text into pieces of at most `size` code points, at ends of lines or sentences, otherwise at white space.

    Yields:
        The bounds of each piece, `[start, end)` in code points.
    """
    start = 0
    while len(text) - start > size:
        limit = start + size
        while limit > start + size // 2 and is_mark(text[limit]):
            limit -= 1
        cut = 0
        for match in _SENTENCE_END.finditer(text, start + size // 2, limit):
            cut = match.end()
        if not cut:
            for match in _WHITE_SPACE.finditer(text, start + size // 2, limit):
                cut = match.end()
        yield start, cut or limit
        start = cut or limit
    yield start, len(text)


def _block_zones(passage: Passage, document: Document) -> None:
    if not document.zones:
        return
    tokens = passage.tokens
    for zone in document.zones:
        for index, (start, end) in enumerate(zip(tokens.starts, tokens.ends, strict=True)):
            if start < zone.end and zone.start < end:
                passage.blocked[index] = True


def _trim(spans: Iterable[Span], text: str, scheme: Scheme) -> Iterator[Span]:
    """Trim punctuation that the tokeniser left at the edges of spans; drop spans that start or end within a word."""
    for span in spans:
        not_first = scheme.labels[span.label].not_first
        if _is_clean(text, span.start, span.end, not_first):
            yield span
            continue
        bounds = trim_bounds(text, span.start, span.end, not_first)
        if not isinstance(bounds, str):
            yield span if bounds == (span.start, span.end) else replace(span, start=bounds[0], end=bounds[1])


def _is_clean(text: str, start: int, end: int, not_first: Collection[str]) -> bool:
    """Check quickly whether a span certainly needs no trimming, as most spans do not."""
    surface = text[start:end]
    if not (surface[0].isalnum() and surface[-1].isalnum() and text[start - 1 : start] in _OUTER_MARKS):
        return False
    possessive = surface[-2:-1] in _APOSTROPHES and len(surface) > 1
    first = surface.partition(" ")[0].lower()
    return text[end : end + 1] in _OUTER_MARKS and not possessive and first not in not_first


def _without_overlaps(spans: Iterable[Span], document: Document) -> list[Span]:
    """Return the spans in text order: the longer one where two overlap, and none in a zone."""
    zones = document.zones
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if zones and any(overlaps(span, zone) for zone in zones):
            continue
        if kept and span.start < kept[-1].end:
            if span.end - span.start > kept[-1].end - kept[-1].start:
                kept[-1] = span
            continue
        kept.append(span)
    return kept
