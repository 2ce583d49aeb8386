"""Fingerprints of layers: SHA-256 over the annotations, so that a score can state the gold it was computed on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from .document import Document, Value
from .hashing import canonical_json

FingerprintRow = tuple[int, int, str, msgspec.Raw]
"""Start, end, label and value of a span, the value as `value_json` writes it."""

_encode = msgspec.json.Encoder().encode  # for strings and whole numbers the canonical JSON, and quicker


class LayerFingerprint:
    """The fingerprint of a layer, computed incrementally from its documents."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}

    def add(self, document: Document) -> None:
        """Add a document; it replaces an earlier document with the same id."""
        rows = [(span.start, span.end, span.label, value_json(span.value)) for span in document.spans]
        rows.sort(key=lambda row: (*row[:3], bytes(row[3])))
        self.add_rows(document.id, document.with_hash().text_sha256, rows)

    def add_rows(self, name: str, text_sha256: str | None, rows: Sequence[FingerprintRow]) -> None:
        """Add a document by its id, the hash of its text and its spans, sorted by start, end, label and value."""
        self._rows[name] = _encode((name, text_sha256, rows))

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


def value_json(value: Value | None) -> msgspec.Raw:
    """Return the canonical JSON of a value without its unknown parts, as it enters fingerprints."""
    if value is None:
        return msgspec.Raw(b"null")
    parts = msgspec.structs.asdict(value).items()
    return msgspec.Raw(canonical_json({key: part for key, part in parts if part is not None}))
