"""A layer of many documents as columns: who the documents are, their zones, their spans and the distinct values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, chain, islice
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ...corpus.queries.document_groups import extra_keys, groups_of
from ...schema import DataError, Document, LayerFingerprint, Problem, Scheme, Value
from ...schema.fingerprint import value_json
from .span_columns import (
    NO_VALUE,
    Ints,
    SpanColumns,
    concatenated_spans,
    outside_zones,
    sorted_columns,
    spans_of_documents,
)

LARGEST_OFFSET = 1 << 62
"""Largest offset that can be scored, so that keys made of it fit into 64 bits."""

_AT_ONCE = 5000  # documents whose spans are Python objects at a time

UNKNOWN_LENGTH = -1
"""Length of the text of a document that is made of spans alone."""


@dataclass(frozen=True, slots=True)
class LayerColumns:
    """A layer of many documents as columns.

    Attributes:
        ids: Ids of the documents.
        hashes: Hashes of their texts; None for documents that are made of spans alone.
        lengths: Lengths of their texts in code points, or `UNKNOWN_LENGTH`. Shape `(n_documents,)`.
        annotators: Annotators of the layers; None if unknown.
        suggestions_shown: Extractors whose suggestions the annotators saw, by document.
        drafts: Whether layers are drafts. Shape `(n_documents,)`.
        zones: Document, start and end of each zone. Shape `(n_zones, 3)`.
        spans: The spans, sorted; labels are indices into those of the scheme.
        values: The values that occur, to which the spans refer by index.
        groups: The group of each document by each field that was requested; see `checked_groupings`.
        extra_keys: Keys of the `extra` of documents, if such a field was requested.
    """

    ids: Sequence[str]
    hashes: Sequence[str | None]
    lengths: Ints
    annotators: Sequence[str | None]
    suggestions_shown: Sequence[tuple[str, ...]]
    drafts: NDArray[np.bool_]
    zones: Ints
    spans: SpanColumns
    values: Sequence[Value]
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    extra_keys: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def without_text(self) -> bool:
        """Whether a document is made of spans alone, so that its text is unknown."""
        return None in self.hashes

    @property
    def annotator_names(self) -> set[str]:
        """The names of all annotators that are known."""
        return {name for name in self.annotators if name}

    def take(self, documents: Ints) -> LayerColumns:
        """Return the layer with only the given documents, in the given order, without repetition."""
        place = np.full(len(self), -1, dtype=np.int64)
        place[documents] = np.arange(len(documents))
        zones = self.zones[place[self.zones[:, 0]] >= 0]
        zones = np.column_stack([place[zones[:, 0]], zones[:, 1:]])
        order = documents.tolist()
        return replace(
            self,
            ids=[self.ids[i] for i in order],
            hashes=[self.hashes[i] for i in order],
            lengths=self.lengths[documents],
            annotators=[self.annotators[i] for i in order],
            suggestions_shown=[self.suggestions_shown[i] for i in order],
            drafts=self.drafts[documents],
            zones=zones,
            spans=spans_of_documents(self.spans, documents),
            groups={name: [of_document[i] for i in order] for name, of_document in self.groups.items()},
        )

    def with_labels(self, labels: Ints) -> LayerColumns:
        """Return the layer with only the spans of the given labels, whose indices become the positions in `labels`."""
        if np.array_equal(labels, np.arange(max([0, len(labels), *np.unique(self.spans.label) + 1]))):
            return self
        place = np.full(max([0, *labels.tolist(), *np.unique(self.spans.label).tolist()]) + 1, -1)
        place[labels] = np.arange(len(labels))
        spans = self.spans.take(place[self.spans.label] >= 0)
        return replace(self, spans=sorted_columns(replace(spans, label=place[spans.label])))

    def outside(self, zones: Ints) -> LayerColumns:
        """Return the layer without the spans that lie entirely within a zone."""
        return replace(self, spans=outside_zones(self.spans, zones))

    def fingerprint(self, labels: Sequence[str]) -> str:
        """Return the fingerprint of the layer; see `layer_fingerprint`.

        Args:
            labels: Names of the labels, in the order of their indices.
        """
        fingerprint = LayerFingerprint()
        self.add_to_fingerprint(fingerprint, labels)
        return fingerprint.hexdigest()

    def add_to_fingerprint(self, fingerprint: LayerFingerprint, labels: Sequence[str]) -> None:
        """Add the documents to a fingerprint; arguments as in `fingerprint`."""
        values = [*map(value_json, self.values), value_json(None)]  # `NO_VALUE` is the last
        spans = self.spans
        same = (spans.document[1:] == spans.document[:-1]) & (spans.start[1:] == spans.start[:-1])
        if np.any(same & (spans.end[1:] == spans.end[:-1])):  # otherwise labels and values do not matter to the order
            by_name, by_json = _ranks(list(labels)), _ranks([bytes(value) for value in values])
            keys = (by_json[spans.value], by_name[spans.label], spans.end, spans.start, spans.document)
            spans = spans.take(np.lexsort(keys))
        edges = np.concatenate([[0], np.cumsum(np.bincount(spans.document, minlength=len(self)))]).tolist()
        for first in range(0, len(self), _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, len(self)))
            part = spans.take(slice(edges[first], edges[numbers.stop]))
            rows = zip(
                part.start.tolist(),
                part.end.tolist(),
                map(labels.__getitem__, part.label.tolist()),
                map(values.__getitem__, part.value.tolist()),
                strict=True,
            )
            for number in numbers:
                spans_of_document = list(islice(rows, edges[number + 1] - edges[number]))
                fingerprint.add_rows(self.ids[number], self.hashes[number], spans_of_document)


def columns_of(documents: Iterable[Document], scheme: Scheme, by: Sequence[str] = ()) -> LayerColumns:
    """Return the columns of valid documents, with their groups by the fields of `by`."""
    documents = [document.with_hash() for document in documents]
    for document in documents:
        if document.text is None:
            _check_offsets(document)
    spans = [(i, span) for i, document in enumerate(documents) for span in document.spans]
    index = {label: i for i, label in enumerate(scheme.labels)}
    codes: dict[tuple[str, bytes], int] = {}
    values: list[Value] = []
    encode = msgspec.json.Encoder().encode
    column = []
    for _, span in spans:
        code = NO_VALUE
        if span.value is not None:
            code = codes.setdefault((span.label, encode(span.value)), len(values))
            if code == len(values):
                values.append(span.value)
        column.append(code)
    layers = [document.layer for document in documents]
    lengths = [UNKNOWN_LENGTH if d.text_sha256 is None else d.length for d in documents]
    zones = [(i, zone.start, zone.end) for i, document in enumerate(documents) for zone in document.zones]
    return LayerColumns(
        ids=[document.id for document in documents],
        hashes=[document.text_sha256 for document in documents],
        lengths=np.array(lengths, dtype=np.int64),
        annotators=[layer.annotator if layer else None for layer in layers],
        suggestions_shown=[document.suggestions_shown for document in documents],
        drafts=np.array([document.draft for document in documents], dtype=bool),
        zones=np.array(zones, dtype=np.int64).reshape(-1, 3),
        spans=sorted_columns(
            SpanColumns(
                np.array([i for i, _ in spans], dtype=np.int64),
                np.array([span.start for _, span in spans], dtype=np.int64),
                np.array([span.end for _, span in spans], dtype=np.int64),
                np.array([index[span.label] for _, span in spans], dtype=np.int64),
                np.array(column, dtype=np.int64),
            )
        ),
        values=values,
        groups=groups_of(documents, by),
        extra_keys=extra_keys((document.extra for document in documents), by),
    )


def _check_offsets(document: Document) -> None:
    """Check the offsets of a document without a text, which nothing else limits.

    Raises:
        DataError: A span ends past what 64 bits hold.
    """
    furthest = max([document.text_length or 0, *(span.end for span in document.spans)])
    if furthest > LARGEST_OFFSET:
        fix = f"offsets count code points of a text; at most {LARGEST_OFFSET:,} can be scored"
        raise DataError(Problem(f"offset {furthest:,} is too large", fix, document=document.id))


def concatenated(layers: Sequence[LayerColumns]) -> LayerColumns:
    """Return the documents of layers as one layer."""
    if len(layers) == 1:
        return layers[0]
    firsts = accumulate((len(layer) for layer in layers), initial=0)
    first_values = accumulate((len(layer.values) for layer in layers), initial=0)
    zones, spans = [], []
    for layer, first, first_value in zip(layers, firsts, first_values, strict=False):
        zones.append(layer.zones + np.array([first, 0, 0]))
        shifted = layer.spans.with_values_after(first_value)
        spans.append(replace(shifted, document=shifted.document + first))
    return LayerColumns(
        ids=list(chain.from_iterable(layer.ids for layer in layers)),
        hashes=list(chain.from_iterable(layer.hashes for layer in layers)),
        lengths=np.concatenate([np.empty(0, np.int64), *(layer.lengths for layer in layers)]),
        annotators=list(chain.from_iterable(layer.annotators for layer in layers)),
        suggestions_shown=list(chain.from_iterable(layer.suggestions_shown for layer in layers)),
        drafts=np.concatenate([np.empty(0, bool), *(layer.drafts for layer in layers)]),
        zones=np.concatenate([np.empty((0, 3), np.int64), *zones]),
        spans=concatenated_spans(spans),
        values=list(chain.from_iterable(layer.values for layer in layers)),
        groups={
            name: list(chain.from_iterable(layer.groups[name] for layer in layers))
            for name in (layers[0].groups if layers else ())
        },
        extra_keys=frozenset().union(*(layer.extra_keys for layer in layers)),
    )


def _ranks(items: Sequence[Any]) -> Ints:
    """Return the rank of each item in sorted order; equal ones have the same."""
    ranks = {item: rank for rank, item in enumerate(sorted(set(items)))}
    return np.array([ranks[item] for item in items], dtype=np.int64)
