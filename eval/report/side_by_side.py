"""Layers of the same documents set against each other, as the page's viewer reads them.

The page holds an index, which it reads when it opens, and the documents in chunks, which it reads when one is looked
at; so a report of thousands of documents opens as fast as one of five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...schema import Document, Scheme, Span, value_text
from ..document_alignment import restrict_to
from ..error_analysis import ErrorAnalysis, analyse_errors
from ..matching.excluded_spans import in_zone

KINDS = ("missed", "spurious", "boundary", "label", "boundary and label", "value")
"""The classes of `goldspan.eval.error_analysis`, in the order in which they are told."""

MAX_TEXT_LENGTH = 40_000_000
"""Code points of text that a page holds at most; a browser still opens it at once."""

_CHUNK = 400_000


@dataclass(frozen=True, slots=True)
class ComparedDocument:
    """A document as each layer reads it.

    Attributes:
        document: With its text and zones.
        layers: Spans of each layer, those in the first layer's zones left out; None where it has not read the document.
        differences: For each pair of layers: class, index of the left span and of the right one, None for none.
    """

    document: Document
    layers: list[list[Span] | None]
    differences: list[list[tuple[str, int | None, int | None]]]

    @property
    def weight(self) -> int:
        """How many differences there are over all pairs."""
        return sum(map(len, self.differences))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Layers set against each other.

    Attributes:
        layers: Names.
        pairs: Which layers are compared, left and right.
        labels: The labels compared.
        analyses: Of each pair.
        documents: In the order of the first layer that has each.
    """

    layers: list[str]
    pairs: list[tuple[int, int]]
    labels: list[str]
    analyses: list[ErrorAnalysis]
    documents: list[ComparedDocument]

    def held(self, most: int = MAX_TEXT_LENGTH) -> list[ComparedDocument]:
        """The documents that a page holds: all, or, where their text is too much, those that differ most."""
        room = most
        chosen: set[str] = set()
        for item in sorted(self.documents, key=lambda c: -c.weight):
            room -= len(item.document.text or "")
            if room >= 0 or not chosen:
                chosen.add(item.document.id)
        return [item for item in self.documents if item.document.id in chosen]


def compare_layers(
    layers: Mapping[str, Sequence[Document]],
    pairs: Sequence[tuple[str, str]],
    scheme: Scheme,
    *,
    labels: Sequence[str] = (),
    training: Sequence[Document] = (),
    partial: bool = False,
) -> Comparison:
    """Sets layers against each other.

    Args:
        layers: By name. The first that has a document has its text and zones.
        pairs: Which to compare, left and right.
        scheme: Says when values are the same.
        labels: Only these.
        training: Documents whose surfaces count as seen.
        partial: A layer that lacks a document has not read it, and is compared over what it has; else it reads as empty
            what the first one has.
    """
    names = list(layers)
    chosen = list(dict.fromkeys(labels or scheme.labels))
    held = {name: {d.id: restrict_to(d, chosen) for d in documents} for name, documents in layers.items()}
    base: dict[str, Document] = {}
    for name in names if partial else names[:1]:
        for document in layers[name]:
            base.setdefault(document.id, document)
    analyses = [
        analyse_errors(
            [d for d in layers[a] if d.id in held[b] or not partial],
            layers[b],
            scheme,
            labels=chosen,
            training=training,
        )
        for a, b in pairs
    ]
    errors = [_by_document(analysis) for analysis in analyses]
    documents = []
    for document in base.values():
        versions = [held[name].get(document.id) for name in names]
        layers_of = _spans(versions, document, partial=partial)
        read = [spans or [] for spans in layers_of]
        index = [{id(span): i for i, span in enumerate(spans)} for spans in read]
        equal = [{_key(span): i for i, span in enumerate(spans)} for spans in read]
        differences: list[list[tuple[str, int | None, int | None]]] = []
        for (a, b), found in zip(pairs, errors, strict=True):
            left, right = names.index(a), names.index(b)
            differences.append(
                [
                    (kind, _place(one, index[left], equal[left]), _place(other, index[right], equal[right]))
                    for kind, one, other in found.get(document.id, ())
                ]
            )
        documents.append(ComparedDocument(document, layers_of, differences))
    places = [(names.index(a), names.index(b)) for a, b in pairs]
    return Comparison(names, places, chosen, analyses, documents)


def _by_document(analysis: ErrorAnalysis) -> dict[str, list[tuple[str, Span | None, Span | None]]]:
    found: dict[str, list[tuple[str, Span | None, Span | None]]] = {}
    for error in analysis.errors:
        found.setdefault(error.document, []).append((error.kind, error.gold, error.system))
    return found


def _spans(versions: Sequence[Document | None], base: Document, *, partial: bool) -> list[list[Span] | None]:
    """The spans of each layer, without those that zones keep from every comparison."""
    ruling = [version.zones for version in versions if version is not None][:-1] if partial else [base.zones]
    return [
        [span for span in version.spans if not all(in_zone(span, zones) for zones in ruling)]
        if version is not None
        else None
        if partial
        else []
        for version in versions
    ]


def _key(span: Span) -> tuple[int, int, str, str]:
    return span.start, span.end, span.label, repr(span.value)


def _place(span: Span | None, index: Mapping[int, int], equal: Mapping[Any, int]) -> int | None:
    if span is None:
        return None
    return index[id(span)] if id(span) in index else equal[_key(span)]


def index_data(comparison: Comparison, held: Sequence[ComparedDocument], titles: Mapping[str, str]) -> dict[str, Any]:
    """What the viewer reads when the page opens: names, and counts of each document.

    Args:
        comparison: The layers.
        held: The documents that the page holds.
        titles: What each class of difference is called on this page.
    """
    rows = []
    for number, chunk in enumerate(_chunks(held)):
        for place, item in enumerate(chunk):
            counts = [_counted(pair) for pair in item.differences]
            spans = [None if layer is None else len(layer) for layer in item.layers]
            meta = item.document.meta
            rows.append([item.document.id, meta.title or "", meta.published or "", number, place, spans, counts])
    return {
        "layers": comparison.layers,
        "pairs": comparison.pairs,
        "labels": comparison.labels,
        "kinds": [[kind, titles[kind]] for kind in KINDS],
        "documents": rows,
    }


def chunk_data(comparison: Comparison, held: Sequence[ComparedDocument]) -> Iterator[list[dict[str, Any]]]:
    """The documents, some at a time, as the viewer reads them when one is looked at."""
    labels = {label: i for i, label in enumerate(comparison.labels)}
    for chunk in _chunks(held):
        yield [
            {
                "text": item.document.text,
                "zones": [[zone.start, zone.end, zone.kind] for zone in item.document.zones],
                "layers": [layer and [_told(span, labels) for span in layer] for layer in item.layers],
                "pairs": [
                    [[KINDS.index(kind), -1 if a is None else a, -1 if b is None else b] for kind, a, b in pair]
                    for pair in item.differences
                ],
            }
            for item in chunk
        ]


def _counted(differences: Sequence[tuple[str, int | None, int | None]]) -> list[int]:
    counts = Counter(kind for kind, _, _ in differences)
    return [counts[kind] for kind in KINDS]


def _told(span: Span, labels: Mapping[str, int]) -> list[Any]:
    told: list[Any] = [span.start, span.end, labels[span.label], value_text(span.value)]
    return [*told, span.note] if span.note else told


def _chunks(held: Sequence[ComparedDocument]) -> Iterator[list[ComparedDocument]]:
    chunk: list[ComparedDocument] = []
    size = 0
    for item in held:
        length = len(item.document.text or "") + 60 * sum(len(layer or ()) for layer in item.layers)
        if chunk and size + length > _CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += length
    if chunk:
        yield chunk
