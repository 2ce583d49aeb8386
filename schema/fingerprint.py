"""Fingerprints of layers: SHA-256 over the annotations, so that a score can state the gold it was computed on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile

import msgspec

from .document import Document, Value
from .errors import DependencyError, os_error_hint
from .hashing import canonical_json

_IN_MEMORY = 64 << 20
"""Bytes of documents that a fingerprint keeps in memory; more are in a temporary file."""

FingerprintRow = tuple[int, int, str, msgspec.Raw]
"""Start, end, label and value of a span, the value as `value_json` writes it."""

_encode = msgspec.json.Encoder().encode  # for strings and whole numbers the canonical JSON, and quicker


class LayerFingerprint:
    """The fingerprint of a layer, computed incrementally from its documents, which may come in any order."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}  # where the line of each document begins
        self._lines = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with this object

    def __del__(self) -> None:
        self._lines.close()

    def add(self, document: Document) -> None:
        """Add a document; it replaces an earlier document with the same id."""
        rows = [(span.start, span.end, span.label, value_json(span.value)) for span in document.spans]
        rows.sort(key=lambda row: (*row[:3], bytes(row[3])))
        self.add_rows(document.id, document.with_hash().text_sha256, rows)

    def add_rows(self, name: str, text_sha256: str | None, rows: Sequence[FingerprintRow]) -> None:
        """Add a document by its id, the hash of its text and its spans, sorted by start, end, label and value.

        Raises:
            DependencyError: The disk has no room for a temporary file.
        """
        try:
            self._places[name] = self._lines.seek(0, 2)
            self._lines.write(_encode((name, text_sha256, rows)) + b"\n")
        except OSError as error:
            what = f"a temporary file cannot be written: {error.strerror or error}"
            raise DependencyError(f"{what}. Fix: {os_error_hint(error, writing=True)}") from error

    def hexdigest(self) -> str:
        """Return the SHA-256 (hex) of the documents added so far, as defined by `layer_fingerprint`."""
        digest = hashlib.sha256(b"[")
        for number, name in enumerate(sorted(self._places)):
            self._lines.seek(self._places[name])
            digest.update((b"," if number else b"") + self._lines.readline()[:-1])
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
