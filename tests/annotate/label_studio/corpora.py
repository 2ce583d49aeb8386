"""Random documents whose offsets are easily shifted, with suggestions and annotations."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace as changed

from goldspan.corpus import write_records
from goldspan.schema import Document, Layer, Metadata, Scheme, Span, Value

NAMES = {
    "ACTOR": ["Iran", "Hizbullah 🇱🇧", "Éire", "o\u0301rgano", "الجيش", "👨‍👩‍👧 Council"],
    "LOCATION": ["Homs", "Zürich", "Zu\u0308rich", "東京", "Kyiv 🏛"],
    "DATE": ["Monday", "3\u00a0May", "yesterday\u2028noon"],
    "COUNT": ["12", "dozens", "٣٠"],
}
BETWEEN = [
    "the army",
    "shelled",
    "😀",
    "\r\n",
    "\n\n",
    "e\u0301",
    "near",
    "\t",
    "<b>&amp;</b>",
    "%2F'\"",
    "👩🏽‍🚀",
    "\\n",
]

Spans = dict[str, tuple[Span, ...]]
T = TypeVar("T")


@dataclass(frozen=True)
class Corpus:
    """Documents, and what is suggested for them.

    Attributes:
        documents: By id; without spans.
        suggestions: Spans by document, by extractor.
        names: All that can be a span, by document.
    """

    documents: dict[str, Document]
    suggestions: dict[str, Spans]
    names: dict[str, tuple[Span, ...]] = field(repr=False)


def corpus(rng: random.Random, scheme: Scheme) -> Corpus:
    """8 to 16 documents with suggestions of one or two extractors."""
    documents: dict[str, Document] = {}
    names: Spans = {}
    for number in range(rng.randint(8, 16)):
        name = rng.choice((f"doc-{number}", f"é%2F {number}", f"https://example.org/{number}?a=1&b=%20"))
        text, spans = _text(rng, scheme)
        documents[name] = Document(id=name, text=text, meta=Metadata(title=f"No. {number} 😀"), spans=())
        names[name] = spans
    extractors = ["alpha", "beta"][: rng.randint(1, 2)]
    suggestions = {extractor: {name: drawn(rng, names[name]) for name in documents} for extractor in extractors}
    return Corpus(documents, suggestions, names)


def other_suggestions(rng: random.Random, made: Corpus) -> Corpus:
    """The corpus after one of its extractors got better, or both did."""
    better = rng.sample(sorted(made.suggestions), rng.randint(1, len(made.suggestions)))
    suggestions = {
        extractor: {
            name: drawn(rng, made.names[name]) if extractor in better and rng.random() < 0.4 else spans
            for name, spans in found.items()
        }
        for extractor, found in made.suggestions.items()
    }
    return replace(made, suggestions=suggestions)


def other_texts(rng: random.Random, made: Corpus, chosen: Collection[str]) -> Corpus:
    """The corpus with words put into some of its texts, so that what follows them stands elsewhere."""
    documents, names = dict(made.documents), dict(made.names)
    suggestions = {extractor: dict(found) for extractor, found in made.suggestions.items()}
    for name in sorted(chosen):
        text = documents[name].text or ""
        place = rng.choice([0, *(span.start for span in names[name])])
        words = rng.choice(("Now: ", "🙂 ", "\r\n", " ", "again, "))
        documents[name] = changed(documents[name], text=text[:place] + words + text[place:])
        for spans in (names, *suggestions.values()):
            spans[name] = tuple(
                changed(span, start=span.start + len(words), end=span.end + len(words)) if span.start >= place else span
                for span in spans[name]
            )
    return Corpus(documents, suggestions, names)


def with_text_of(made: Corpus, before: Corpus, chosen: Collection[str]) -> Corpus:
    """The corpus with some documents as they were before."""

    def mixed(new: dict[str, T], old: dict[str, T]) -> dict[str, T]:
        return {name: old[name] if name in chosen else item for name, item in new.items()}

    suggestions = {
        extractor: mixed(found, before.suggestions[extractor]) for extractor, found in made.suggestions.items()
    }
    return Corpus(mixed(made.documents, before.documents), suggestions, mixed(made.names, before.names))


def drawn(rng: random.Random, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Some of the spans, in their order."""
    return tuple(span for span in spans if rng.random() < 0.6)


def write_corpus(made: Corpus, folder: Path, scheme: Scheme) -> list[str]:
    """A file for each extractor, and the arguments of a push of them."""
    arguments: list[str] = []
    for extractor, found in made.suggestions.items():
        path = folder / f"{extractor}.jsonl"
        layer = Layer(annotator=extractor)
        records = (changed(made.documents[name], spans=spans, layer=layer) for name, spans in found.items())
        write_records(path, records, scheme)
        arguments += ["--suggestions", str(path)] if arguments else [str(path)]
    return arguments


def _text(rng: random.Random, scheme: Scheme) -> tuple[str, tuple[Span, ...]]:
    text = rng.choice(("", "\ufeff", "\r\n", "🙂"))
    spans: list[Span] = []
    for _ in range(rng.randint(3, 25)):
        if rng.random() < 0.4:
            label = rng.choice(sorted(NAMES))
            name = rng.choice(NAMES[label])
            spans.append(Span(len(text), len(text) + len(name), label, _value(rng, label, scheme)))
            text += name
        else:
            text += rng.choice(BETWEEN)
        text += rng.choice((" ", " ", "\r\n", "  "))
    return f"{text}.", tuple(spans)


def _value(rng: random.Random, label: str, scheme: Scheme) -> Value | None:
    if rng.random() < 0.4:
        return None
    parts = {
        "ACTOR": {"kind": "state", "id": "IRN"},
        "LOCATION": {"lat": 34.73, "lon": 36.72},
        "DATE": {"edtf": "2026-05-03"},
        "COUNT": {"min": 12, "max": 12},
    }
    return scheme.value(label, **parts[label])
