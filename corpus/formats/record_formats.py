"""The formats `jsonl`, `parquet` and `standoff`: records as they are, and records without their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from ...schema import Document, Scheme, Span
from ..storage.label_map import LabelMap, read_mapped
from ..storage.records import read_records, write_records
from .base import LossReport, ReadReport
from .text_leaks import TextLeakDetector


class RecordFormat:
    """Records in a file.

    Args:
        name: Of the format.
        summary: One line.
        file: Its name in a folder.
        suffixes: Of its files.
        text: Whether texts are written; without them only their hashes and lengths are.
    """

    def __init__(self, name: str, summary: str, file: str, suffixes: tuple[str, ...], *, text: bool = True) -> None:
        self.name = name
        self.summary = summary
        self.file = file
        self.suffixes = suffixes
        self.holds = (file,)
        self._text = text

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """As `Format.write`."""
        return write_records(out, documents if self._text else (text_free(d, loss) for d in documents), scheme)

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport) -> Iterator[Document]:
        """As `Format.read`."""
        if labels is None:
            return read_records(source, scheme)
        return read_mapped(str(source), scheme, labels)


def text_free(document: Document, loss: LossReport) -> Document:
    """The document with its text's hash and length in place of the text, and without what quotes the text.

    Notes, reasons and strings in `extra` that have a stretch of `QUOTE` characters of the text are left out, white
    space aside; shorter ones stay.

    Args:
        document: With or without its text.
        loss: Told of what was left out.
    """
    if document.text is None:
        return document
    quotes = TextLeakDetector(document.text)
    spans = tuple(_unquoted_span(span, quotes) for span in document.spans)
    layer = document.layer
    if layer is not None and layer.extra is not None:
        layer = replace(layer, extra=quotes.without(layer.extra))
    extra = quotes.without(document.extra) if document.extra is not None else None
    loss("notes, reasons and extras that quote the text", document, quotes.found)
    return replace(
        document.with_hash(), text=None, text_length=len(document.text), spans=spans, layer=layer, extra=extra
    )


def _unquoted_span(span: Span, quotes: TextLeakDetector) -> Span:
    if span.note is None and span.decision is None and span.extra is None:
        return span
    decision = span.decision
    if decision is not None and decision.reason is not None and quotes.has(decision.reason):
        decision = replace(decision, reason=None)
    note = None if span.note is not None and quotes.has(span.note) else span.note
    return replace(span, note=note, decision=decision, extra=None if span.extra is None else quotes.without(span.extra))


JSONL = RecordFormat("jsonl", "records, one document a line", "documents.jsonl", (".jsonl", ".ndjson"))
PARQUET = RecordFormat("parquet", "records as columns", "documents.parquet", (".parquet", ".pq"))
STANDOFF = RecordFormat("standoff", "records without their texts, to be restored", "standoff.jsonl", (), text=False)
"""What the entry points name."""
