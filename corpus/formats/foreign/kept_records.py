"""Records that goldspan writes into the lines of another tool, under a key that the tool keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ....schema import Document, RecordCodec, Scheme
from ...storage.file_io import open_writer
from ..sidecar import encode_sidecars, json_on_one_line
from .stated_documents import StatedDocument

KEY = "goldspan"
"""The key of a line that holds the record, without its text."""


def write_lines(
    documents: Iterable[Document],
    out: Path,
    scheme: Scheme,
    name: str,
    line: Callable[[Document, list[tuple[int, int, str]]], Mapping[str, Any]],
) -> int:
    """Write documents as lines of JSON, each with its record, and return their number.

    Args:
        documents: The documents, consumed one at a time.
        out: The file.
        scheme: Scheme of the documents.
        name: Name of the format, for messages.
        line: Returns the line of a document, given its spans in text order.

    Raises:
        DataError: A document has no text, or is invalid.
        DependencyError: The file cannot be written.
    """
    count = 0
    with open_writer(str(out)) as stream:
        for document, encoded in encode_sidecars(documents, RecordCodec(scheme), name):
            record = json.loads(encoded)
            del record["text"]
            spans = sorted((span.start, span.end, span.label) for span in document.spans)
            data = json.dumps({**line(document, spans), KEY: record}, ensure_ascii=False)
            stream.write(json_on_one_line(data.encode()).encode() + b"\n")
            count += 1
    return count


def kept_record(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the record that goldspan wrote into a line; None if there is none."""
    record = item.get(KEY)
    known = isinstance(record, dict) and isinstance(record.get("id"), str) and isinstance(record.get("spans"), list)
    return record if known else None


def state_words(stated: StatedDocument) -> None:
    """Give the spans that are in the record of a document their words, since records count code points."""
    known = recorded_spans(stated.record) if stated.record else set()
    for span in stated.spans:
        ((start, end),) = span.fragments
        if (start, end, span.label) in known:
            span.words = stated.text[start:end]


def recorded_spans(record: Mapping[str, Any]) -> set[tuple[int, int, str]]:
    """Return the bounds and labels of the spans of a record; invalid ones are left out."""
    found = set()
    for span in record["spans"] if isinstance(record.get("spans"), list) else ():
        if isinstance(span, dict):
            start, end, label = span.get("start"), span.get("end"), span.get("label")
            if type(start) is int and type(end) is int and isinstance(label, str) and 0 <= start < end:
                found.add((start, end, label))
    return found
