"""Passes over the same documents as columns, and the documents that some of the passes share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...corpus.spans_without_text import is_without_text
from ...schema import Document, Scheme
from ..columns.layer_columns import UNKNOWN_LENGTH, LayerColumns, columns_of
from ..columns.span_columns import Ints, SpanColumns, concatenated_spans, outside_zones
from ..shared_documents import DocumentVersions


@dataclass(frozen=True, slots=True)
class SharedDocuments:
    """Documents that several passes have read, with the spans of each pass outside zones.

    Attributes:
        names: Names of the passes.
        ids: Ids of the documents, sorted.
        versions: The version of each pass that has read it, by document.
        read: Whether a pass has read a document. Shape `(n_passes, n_documents)`.
        lengths: Lengths of the texts, or `UNKNOWN_LENGTH`. Shape `(n_documents,)`.
        zones: Document, start and end of each zone. Shape `(n_zones, 3)`.
        spans: Spans of each pass, sorted.
        layers: Whole passes with only these documents, in this order, for passes that have read all of them.
        rows: Index of each document among all documents of the passes. Shape `(n_documents,)`.
    """

    names: Sequence[str]
    ids: Sequence[str]
    versions: Sequence[DocumentVersions]
    read: NDArray[np.bool_]
    lengths: Ints
    zones: Ints
    spans: Sequence[SpanColumns]
    layers: Sequence[LayerColumns]
    rows: Ints

    def __len__(self) -> int:
        return len(self.ids)


class PassColumns:
    """Passes as columns, each of which is made once and serves all pairs.

    Attributes:
        names: Names of the passes.
        read: Whether a pass has read a document. Shape `(n_passes, n_documents)`.
    """

    def __init__(self, names: Sequence[str], all_versions: Sequence[DocumentVersions], scheme: Scheme) -> None:
        """Initialise the columns.

        Args:
            names: Names of the passes.
            all_versions: The versions of all documents, sorted by id.
            scheme: Scheme of the passes.
        """
        self.names = list(names)
        # a document that no pass has read has no version, and takes no part in anything
        self._versions = [versions for versions in all_versions if versions]
        self._ids = [next(iter(versions.values())).id for versions in self._versions]
        self.read = np.array([[name in versions for versions in self._versions] for name in names], dtype=bool)
        self.read = self.read.reshape(len(names), len(self._versions))
        self._rows = [np.flatnonzero(row) for row in self.read]  # of the documents of each pass among all
        self._layers = [
            columns_of([versions[name] for versions in self._versions if name in versions], scheme) for name in names
        ]
        self._with_text = np.zeros_like(self.read)
        for place, (rows, name) in enumerate(zip(self._rows, names, strict=True)):
            known = [not is_without_text(self._versions[row][name]) for row in rows.tolist()]
            self._with_text[place, rows] = known

    def shared(self, *names: str) -> SharedDocuments:
        """Return the documents that two or more passes have read, or those that all passes in `names` have read.

        Zones are those of the first of the passes that has a text or its hash.
        """
        chosen = [self.names.index(name) for name in names or self.names]
        read = self.read[chosen]
        rows = np.flatnonzero(read.sum(axis=0) >= max(2, len(names)))
        first = np.argmax(self._with_text[chosen], axis=0)  # of the passes that know the text; 0 if none does
        place = np.full(self.read.shape[1], -1)
        place[rows] = np.arange(len(rows))
        lengths = np.full(len(rows), UNKNOWN_LENGTH, dtype=np.int64)
        zones, spans = [np.empty((0, 3), np.int64)], []
        for number, index in enumerate(chosen):
            layer, own = self._layers[index], self._rows[index]
            decides = (place[own] >= 0) & (first[own] == number) & self._with_text[index, own]
            lengths[place[own[decides]]] = layer.lengths[decides]
            of_zones = layer.zones[decides[layer.zones[:, 0]]]
            zones.append(np.column_stack([place[own[of_zones[:, 0]]], of_zones[:, 1:]]))
            kept = layer.spans.take(place[own[layer.spans.document]] >= 0)
            spans.append(replace(kept, document=place[own[kept.document]]))
        zone_table = np.concatenate(zones)
        complete = [self._layers[i].take(np.flatnonzero(place[self._rows[i]] >= 0)) for i in chosen] if names else []
        return SharedDocuments(
            names=[self.names[index] for index in chosen],
            ids=[self._ids[row] for row in rows.tolist()],
            versions=[_only(self._versions[row], names) for row in rows.tolist()],
            read=read[:, rows],
            lengths=lengths,
            zones=zone_table,
            spans=[outside_zones(side, zone_table) for side in spans],
            layers=[replace(layer, zones=zone_table) for layer in complete],
            rows=rows,
        )


def _only(versions: DocumentVersions, names: Sequence[str]) -> Mapping[str, Document]:
    return {name: versions[name] for name in names} if names else versions


def observed_spans(spans: Sequence[SpanColumns]) -> tuple[Ints, SpanColumns]:
    """Return the spans of all passes one after another, and the index of the pass of each."""
    owner = np.repeat(np.arange(len(spans)), [len(side) for side in spans])
    return owner, concatenated_spans(spans)
