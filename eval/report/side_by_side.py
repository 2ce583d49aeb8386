"""Side-by-side comparison of layers of the same documents, and its data for the viewer.

The page contains an index, which is parsed when the page opens, and after the viewer the documents in chunks, which are
parsed on demand, so that a report on thousands of documents opens as fast as a report on five.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...corpus.spans.span_keys import comparison_order
from ...schema import Document, Scheme, Span, value_text
from ...schema.value_types import value_links
from ..alignment.document_alignment import restrict_to
from ..error_analysis import ErrorAnalysis, analyse_errors
from ..matching.excluded_spans import in_zone

KINDS = ("missed", "spurious", "boundary", "label", "boundary and label", "value")
"""The classes of `goldspan.eval.error_analysis`, in display order."""

MAX_TEXT_LENGTH = 100_000_000
"""Maximum number of code points of text in a page that browsers still open without delay."""

_CHUNK_SIZE = 400_000


@dataclass(frozen=True, slots=True)
class ComparedDocument:
    """A document with the spans of each layer.

    Attributes:
        document: Document with its text and zones.
        layers: Spans of each layer, without those in zones of the first layer; None if the layer lacks the document.
        differences: Differences of each pair of layers: class, index of the left span and index of the right span,
            where None stands for no span.
    """

    document: Document
    layers: list[list[Span] | None]
    differences: list[list[tuple[str, int | None, int | None]]]

    @property
    def difference_count(self) -> int:
        """Number of differences over all pairs."""
        return sum(map(len, self.differences))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of layers.

    Attributes:
        layers: Names of the layers.
        pairs: Indices of the left and right layer of each pair that is compared.
        labels: Labels that are compared.
        analyses: Error analysis of each pair.
        documents: Documents, in the order of the first layer that has them.
    """

    layers: list[str]
    pairs: list[tuple[int, int]]
    labels: list[str]
    analyses: list[ErrorAnalysis]
    documents: list[ComparedDocument]

    def included(self, max_text_length: int = MAX_TEXT_LENGTH) -> list[ComparedDocument]:
        """Return the documents to include in a page; if there is too much text, those with the most differences."""
        remaining = max_text_length
        ids: set[str] = set()
        for item in sorted(self.documents, key=lambda c: -c.difference_count):
            remaining -= len(item.document.text or "")
            if remaining >= 0 or not ids:
                ids.add(item.document.id)
        return [item for item in self.documents if item.document.id in ids]


def compare_layers(
    layers: Mapping[str, Sequence[Document]],
    pairs: Sequence[tuple[str, str]],
    scheme: Scheme,
    *,
    labels: Sequence[str] = (),
    training: Sequence[Document] = (),
    partial: bool = False,
) -> Comparison:
    """Compare layers of the same documents.

    Args:
        layers: Documents by name of the layer. The first layer that has a document provides its text and zones.
        pairs: Names of the left and right layer of each pair to compare.
        scheme: Scheme that defines when values match.
        labels: Labels to compare; all by default.
        training: Training documents, whose surfaces count as seen.
        partial: Whether a layer is compared only on the documents that it has; otherwise documents of the first layer
            that it lacks count as empty.
    """
    names = list(layers)
    selected = list(dict.fromkeys(labels or scheme.labels))
    by_id = {name: {d.id: restrict_to(d, selected) for d in documents} for name, documents in layers.items()}
    base: dict[str, Document] = {}
    for name in names if partial else names[:1]:
        for document in layers[name]:
            base.setdefault(document.id, document)
    analyses = [
        analyse_errors(
            [d for d in layers[a] if d.id in by_id[b] or not partial],
            layers[b],
            scheme,
            labels=selected,
            training=training,
        )
        for a, b in pairs
    ]
    errors = [_by_document(analysis) for analysis in analyses]
    documents = []
    for document in base.values():
        versions = [by_id[name].get(document.id) for name in names]
        span_layers = _spans(versions, document, partial=partial)
        spans_by_layer = [spans or [] for spans in span_layers]
        by_identity = [{id(span): i for i, span in enumerate(spans)} for spans in spans_by_layer]
        by_content = [{comparison_order(span): i for i, span in enumerate(spans)} for spans in spans_by_layer]
        differences: list[list[tuple[str, int | None, int | None]]] = []
        for (a, b), pair_errors in zip(pairs, errors, strict=True):
            left, right = names.index(a), names.index(b)
            differences.append(
                [
                    (
                        kind,
                        _span_index(left_span, by_identity[left], by_content[left]),
                        _span_index(right_span, by_identity[right], by_content[right]),
                    )
                    for kind, left_span, right_span in pair_errors.get(document.id, ())
                ]
            )
        documents.append(ComparedDocument(document, span_layers, differences))
    pair_indices = [(names.index(a), names.index(b)) for a, b in pairs]
    return Comparison(names, pair_indices, selected, analyses, documents)


def _by_document(analysis: ErrorAnalysis) -> dict[str, list[tuple[str, Span | None, Span | None]]]:
    errors: dict[str, list[tuple[str, Span | None, Span | None]]] = {}
    for error in analysis.errors:
        errors.setdefault(error.document, []).append((error.kind, error.gold, error.system))
    return errors


def _spans(versions: Sequence[Document | None], base: Document, *, partial: bool) -> list[list[Span] | None]:
    """Return the spans of each layer, without those that zones exclude from all comparisons."""
    applied = [version.zones for version in versions if version is not None][:-1] if partial else [base.zones]
    return [
        [span for span in version.spans if not all(in_zone(span, zones) for zones in applied)]
        if version is not None
        else None
        if partial
        else []
        for version in versions
    ]


def _span_index(span: Span | None, by_identity: Mapping[int, int], by_content: Mapping[Any, int]) -> int | None:
    if span is None:
        return None
    return by_identity[id(span)] if id(span) in by_identity else by_content[comparison_order(span)]


def index_data(
    comparison: Comparison, included: Sequence[ComparedDocument], titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return the data that the viewer parses when the page opens: names, and counts for each document.

    A document that the page does not include has the chunk -1; 0 stands for no differences of any class.

    Args:
        comparison: Comparison of the layers.
        included: Documents that the page includes.
        titles: Display name of each class of differences.
    """
    places = {
        item.document.id: (chunk_number, position)
        for chunk_number, chunk in enumerate(_chunks(included))
        for position, item in enumerate(chunk)
    }
    rows = []
    for item in comparison.documents:
        counts = [_counts_by_kind(pair) if pair else 0 for pair in item.differences]
        spans = [None if layer is None else len(layer) for layer in item.layers]
        meta = item.document.meta
        title, published = meta.title or "", meta.published or ""
        rows.append([item.document.id, title, published, *places.get(item.document.id, (-1, -1)), spans, counts])
    return {
        "layers": comparison.layers,
        "pairs": comparison.pairs,
        "labels": comparison.labels,
        "kinds": [[kind, titles[kind]] for kind in KINDS],
        "documents": rows,
    }


def chunk_data(comparison: Comparison, included: Sequence[ComparedDocument]) -> Iterator[list[dict[str, Any]]]:
    """Yield the documents in chunks, which the viewer parses on demand."""
    labels = {label: i for i, label in enumerate(comparison.labels)}
    for chunk in _chunks(included):
        yield [
            {
                "text": item.document.text,
                "zones": [[zone.start, zone.end, zone.kind] for zone in item.document.zones],
                "layers": [layer and [_span_data(span, labels) for span in layer] for layer in item.layers],
                "pairs": [
                    [[KINDS.index(kind), -1 if a is None else a, -1 if b is None else b] for kind, a, b in pair]
                    for pair in item.differences
                ],
            }
            for item in chunk
        ]


def _counts_by_kind(differences: Sequence[tuple[str, int | None, int | None]]) -> list[int]:
    counts = Counter(kind for kind, _, _ in differences)
    return [counts[kind] for kind in KINDS]


def _span_data(span: Span, labels: Mapping[str, int]) -> list[Any]:
    data: list[Any] = [span.start, span.end, labels[span.label], value_text(span.value)]
    links = value_links(span.value)
    return [*data, *([span.note or ""] if span.note or links else []), *([links] if links else [])]


def _chunks(included: Sequence[ComparedDocument]) -> Iterator[list[ComparedDocument]]:
    chunk: list[ComparedDocument] = []
    size = 0
    for item in included:
        length = len(item.document.text or "") + 60 * sum(len(layer or ()) for layer in item.layers)
        if chunk and size + length > _CHUNK_SIZE:
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += length
    if chunk:
        yield chunk
