"""Fingerprints of layers: SHA-256 over what was annotated, so that a number can name the gold it was measured on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from .document import Document, Span
from .scheme import canonical_json


def layer_fingerprint(documents: Iterable[Document]) -> str:
    """SHA-256 (hex) over the canonical JSON of `[[id, text_sha256, [[start, end, label, value], …]], …]`.

    Documents are sorted by id, spans by start, end, label and value; unknown parts of a value are left out. Names of
    annotators, times, notes and metadata do not enter.
    """
    rows = []
    for document in documents:
        sealed = document.sealed()
        spans = sorted((_row(span) for span in sealed.spans), key=canonical_json)
        spans.sort(key=lambda row: tuple(row[:3]))
        rows.append([sealed.id, sealed.text_sha256, spans])
    rows.sort(key=lambda row: str(row[0]))
    return hashlib.sha256(canonical_json(rows)).hexdigest()


def _row(span: Span) -> list[Any]:
    parts = None if span.value is None else msgspec.structs.asdict(span.value)
    value = None if parts is None else {key: part for key, part in parts.items() if part is not None}
    return [span.start, span.end, span.label, value]
