"""Fingerprints of layers: SHA-256 over the annotations, so that a score can state the gold it was computed on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from .document import Document, Span
from .hashing import canonical_json


class LayerFingerprint:
    """The fingerprint of a layer, computed incrementally from its documents."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}

    def add(self, document: Document) -> None:
        """Add a document; it replaces an earlier document with the same id."""
        hashed = document.with_hash()
        spans = sorted((_row(span) for span in hashed.spans), key=canonical_json)
        spans.sort(key=lambda row: tuple(row[:3]))
        self._rows[hashed.id] = canonical_json([hashed.id, hashed.text_sha256, spans])

    def hexdigest(self) -> str:
        """Return the SHA-256 (hex) of the documents added so far, as defined by `layer_fingerprint`."""
        digest = hashlib.sha256(b"[")
        for number, name in enumerate(sorted(self._rows)):
            digest.update((b"," if number else b"") + self._rows[name])
        digest.update(b"]")
        return digest.hexdigest()


def layer_fingerprint(documents: Iterable[Document]) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of `[[id, text_sha256, [[start, end, label, value], …]], …]`.

    Documents are sorted by id, spans by start, end, label and value; unknown parts of a value are omitted. Names of
    annotators, timestamps, notes and metadata are not included.
    """
    fingerprint = LayerFingerprint()
    for document in documents:
        fingerprint.add(document)
    return fingerprint.hexdigest()


def _row(span: Span) -> list[Any]:
    parts = None if span.value is None else msgspec.structs.asdict(span.value)
    value = None if parts is None else {key: part for key, part in parts.items() if part is not None}
    return [span.start, span.end, span.label, value]
