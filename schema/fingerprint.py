"""Fingerprints of layers: SHA-256 over what was annotated, so that a number can name the gold it was measured on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from .document import Document, Span
from .scheme import canonical_json


class LayerFingerprint:
    """The fingerprint of a layer whose documents come one by one."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}

    def add(self, document: Document) -> None:
        """Takes one document more; of an id that came before, the later counts."""
        sealed = document.sealed()
        spans = sorted((_row(span) for span in sealed.spans), key=canonical_json)
        spans.sort(key=lambda row: tuple(row[:3]))
        self._rows[sealed.id] = canonical_json([sealed.id, sealed.text_sha256, spans])

    def hexdigest(self) -> str:
        """SHA-256 (hex) of the documents so far, as `layer_fingerprint` has it."""
        digest = hashlib.sha256(b"[")
        for number, name in enumerate(sorted(self._rows)):
            digest.update((b"," if number else b"") + self._rows[name])
        digest.update(b"]")
        return digest.hexdigest()


def layer_fingerprint(documents: Iterable[Document]) -> str:
    """SHA-256 (hex) over the canonical JSON of `[[id, text_sha256, [[start, end, label, value], …]], …]`.

    Documents are sorted by id, spans by start, end, label and value; unknown parts of a value are left out. Names of
    annotators, times, notes and metadata do not enter.
    """
    found = LayerFingerprint()
    for document in documents:
        found.add(document)
    return found.hexdigest()


def _row(span: Span) -> list[Any]:
    parts = None if span.value is None else msgspec.structs.asdict(span.value)
    value = None if parts is None else {key: part for key, part in parts.items() if part is not None}
    return [span.start, span.end, span.label, value]
