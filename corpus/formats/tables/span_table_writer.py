"""Writing of tables with a span in each row, none of whose cells a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ....schema import Document, Layer, RecordCodec, Scheme, Span
from ...storage.file_io import open_writer
from ..sidecar import encode_sidecars
from ..transfer_reports import LossReport, count_blanks

COLUMNS = ("id", "start", "end", "label", "words", "document_text")
"""The first columns, by which a table that goldspan wrote is known."""

META = ("title", "published", "publisher", "url", "language")
"""The columns of metadata."""

_FIELDS = ("source", "origin", "note")

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_QUOTE = "'"


def write_span_table(documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport, separator: str) -> int:
    """Write a row for each span, and one for each document without spans; return the number of documents.

    The text of a document is in its first row.

    Args:
        documents: The documents, consumed one at a time.
        out: The file.
        scheme: Scheme of the documents.
        loss: Receives what the table does not hold.
        separator: What separates the cells.

    Raises:
        DataError: A document has no text, or is invalid.
        DependencyError: The file cannot be written.
    """
    keys = {key.name: None for label in scheme.labels.values() for item in label.fields.values() for key in item.keys}
    count = 0
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator)
    others = ("span_id", "score", *_FIELDS, "unsure", "annotator", *META)
    writer.writerow((*COLUMNS, *(f"value.{key}" for key in keys), *others))
    with open_writer(str(out)) as stream:
        for document, _ in encode_sidecars(documents, RecordCodec(scheme), "spans"):
            _report_losses(document, scheme, loss)
            for row in _rows(document, list(keys), scheme):
                writer.writerow(map(_written, row))
            count += 1
            stream.write(buffer.getvalue().encode())
            buffer.seek(0)
            buffer.truncate()
        stream.write(buffer.getvalue().encode())  # the header, if there are no documents
    return count


def read_cell(cell: str) -> str | None:
    """Return what a cell was written for; None for an empty cell."""
    return cell[1:] if _is_quoted(cell) else cell or None


def _is_quoted(cell: str) -> bool:
    return cell == _QUOTE or (cell[:1] == _QUOTE and cell[1:].startswith((*_FORMULA, _QUOTE)))


def _written(part: Any) -> str:
    if part is None or part is False:
        return ""
    if part is True:
        return "true"
    cell = repr(part) if isinstance(part, float) else str(part)
    if not cell or _is_quoted(cell) or (cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)):
        return _QUOTE + cell
    return cell


def _value_cells(span: Span, keys: Iterable[str], scheme: Scheme) -> list[Any]:
    """Return the parts of a value as cells: a list separated by `|`, or as JSON if that would not be read as it is."""
    known = {key.name: key for field in scheme.label(span.label).fields.values() for key in field.keys}
    cells: list[Any] = []
    for name in keys:
        part = getattr(span.value, name, None)
        if part is False and not known[name].is_flag:
            part = "false"  # of a flag it says nothing
        elif isinstance(part, tuple):
            plain = all(item and "|" not in item and item == item.strip() for item in part) and part[0][0] != "["
            part = "|".join(part) if plain else json.dumps(part, ensure_ascii=False)
        cells.append(part)
    return cells


def _rows(document: Document, keys: list[str], scheme: Scheme) -> Iterator[list[Any]]:
    text: str | None = document.text
    annotator = (document.layer.annotator or None) if document.layer else None
    meta = [annotator, *(getattr(document.meta, name) for name in META)]
    for span in document.spans:
        bounds = [document.id, span.start, span.end, span.label, document.surface(span), text]
        values = _value_cells(span, keys, scheme)
        fields = [span.id, span.score, *(getattr(span, name) for name in _FIELDS), span.unsure]
        yield [*bounds, *values, *fields, *meta]
        text = None
    if not document.spans:
        yield [document.id, None, None, None, None, text, *[None] * (len(keys) + len(_FIELDS) + 3), *meta]


def _report_losses(document: Document, scheme: Scheme, loss: LossReport) -> None:
    layer, spans = document.layer, document.spans
    plain = None if layer is None or not layer.annotator else Layer(layer.annotator, scheme.ref, scheme.fingerprint)
    loss.add("zones", document, len(document.zones))
    loss.add("layers, except for their annotators", document, layer is not None and layer != plain)
    loss.add("objects under `extra`", document, (document.extra is not None) + sum(s.extra is not None for s in spans))
    loss.add(
        "passes and decisions of spans", document, sum(s.passes is not None or s.decision is not None for s in spans)
    )
    count_blanks(document, loss)
    loss.add("spans that are there twice", document, sum(n - 1 for n in Counter(map(_identity, spans)).values()))


def _identity(span: Span) -> tuple[object, ...]:
    return tuple(repr(getattr(span, name)) for name in Span.__struct_fields__)
