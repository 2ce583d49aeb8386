"""The formats `jsonl`, `parquet` and `standoff`: complete records, and records without their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from ...schema import Document, Layer, Scheme, Span
from ..storage.label_map import read_mapped
from ..storage.records import read_records, write_records
from .file_sample import FileSample
from .format_interface import CONTENTS, ReadRequest
from .text_leaks import TextLeakDetector
from .transfer_reports import LossReport

OWN_FORMATS = ("hf", "jsonl", "parquet", "standoff")
"""Names of the formats that are goldspan's own."""

_NEVER_QUOTES = ("annotator", "scheme", "scheme_sha256", "created", "guidelines")
"""Fields of a layer that identify it; all others are searched for quotations."""


class RecordFormat:
    """Records in a single file.

    Args:
        name: Name of the format.
        summary: A description in one line.
        file: Name of the file in an export's folder.
        suffixes: Suffixes of its files.
        text: Whether texts are written; otherwise only their hashes and lengths are.
        extras: The extras that reading and writing them need.
    """

    def __init__(
        self,
        name: str,
        summary: str,
        file: str,
        suffixes: tuple[str, ...],
        *,
        text: bool = True,
        extras: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.summary = summary
        self.file = file
        self.suffixes = suffixes
        self.folder_patterns = (file,)
        self._text = text
        self.read_extras = self.write_extras = extras
        self.holds = tuple(word for word in CONTENTS if text or word != "text")

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`."""
        return write_records(out, documents if self._text else (remove_text(d, loss) for d in documents), scheme)

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `Format.read`."""
        if request.labels is None:
            return read_records(source, request.scheme)
        return read_mapped(str(source), request.scheme, request.labels)


def holds_records(sample: FileSample) -> bool:
    """Return whether the items of a JSON file have the keys of records, and only these."""
    keys = frozenset(Document.__struct_fields__)
    return bool(sample.items) and all(
        isinstance(item, dict) and {"id", "spans"} <= item.keys() <= keys for item in sample.items
    )


def remove_text(document: Document, loss: LossReport) -> Document:
    """Return the document with its text's hash and length in place of the text, and without quotations of it.

    Notes, reasons, strings of the layer and strings in `extra` are removed if they share `MIN_QUOTE_LENGTH` characters
    in a row with the text, not counting differences in white space; shorter quotations remain.

    Args:
        document: A document with or without its text.
        loss: Receives the number of strings removed.
    """
    if document.text is None:
        return document
    leaks = TextLeakDetector(document.text)
    spans = tuple(_without_quotes(span, leaks) for span in document.spans)
    layer = document.layer
    if layer is not None:
        layer = _layer_without_quotes(layer, leaks)
    extra = leaks.redact(document.extra) if document.extra is not None else None
    loss.add("notes, reasons and extras that quote the text", document, leaks.count)
    return replace(
        document.with_hash(), text=None, text_length=len(document.text), spans=spans, layer=layer, extra=extra
    )


def _layer_without_quotes(layer: Layer, leaks: TextLeakDetector) -> Layer:
    plain: dict[str, Any] = msgspec.to_builtins(layer)
    kept = {name: plain.pop(name) for name in _NEVER_QUOTES if name in plain}
    return msgspec.convert(kept | leaks.redact(plain), Layer)


def _without_quotes(span: Span, leaks: TextLeakDetector) -> Span:
    if span.note is None and span.decision is None and span.extra is None:
        return span
    decision = span.decision
    if decision is not None and decision.reason is not None and leaks.quotes_text(decision.reason):
        decision = replace(decision, reason=None)
    note = None if span.note is not None and leaks.quotes_text(span.note) else span.note
    return replace(span, note=note, decision=decision, extra=None if span.extra is None else leaks.redact(span.extra))


JSONL = RecordFormat("jsonl", "records, one document a line", "documents.jsonl", (".jsonl", ".ndjson"))
PARQUET = RecordFormat("parquet", "records as columns", "documents.parquet", (".parquet", ".pq"), extras=("parquet",))
STANDOFF = RecordFormat("standoff", "records without their texts, to be restored", "standoff.jsonl", (), text=False)
"""The objects that the entry points name."""
