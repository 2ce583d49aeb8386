"""The format `spans`: a table with a span in each row, as CSV, TSV or lines of JSON.

```
id,start,end,label,words,document_text,value.id
goma,0,10,ACTOR,M23 rebels,M23 rebels entered Goma.,M23
goma,19,23,LOCATION,Goma,,
```

Tables of other tools name their columns otherwise, or have no texts, which are then given by id. A row without a span
stands for a document that has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from ....schema import Document, Scheme
from ...storage.delimited import first_columns, first_rows
from ...storage.file_io import file_suffix
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import StatedDocument
from ..foreign.stated_fields import FieldFaults
from ..foreign.stated_metadata import metadata_in
from ..format_interface import ReadOptions
from ..transfer_reports import LossReport
from .column_roles import are_offsets, has_spans
from .span_table_writer import write_span_table
from .table_spans import TableSpans, read_table_spans

_JSON = (".jsonl", ".ndjson", ".json")


class SpanTableFormat(ForeignFormat):
    """A table with a span in each row."""

    name = "spans"
    summary = "a table with a span in each row, for R, Stata or a spreadsheet"
    file = "spans.csv"
    suffixes = (".csv", ".tsv")
    folder_patterns = (file,)
    holds = ("text", "ids", "overlaps", "cuts", "values", "notes", "scores", "metadata")
    read_options = ("columns", "encoding", "passes", "texts")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether the header of a table, or the keys of all sampled lines, are those of spans with offsets."""
        if sample.json_kind:
            flat = [item for item in sample.objects if not any(isinstance(part, list | dict) for part in item.values())]
            is_flat = bool(flat) and len(flat) == len(sample.items)
            return is_flat and all(has_spans(list(item)) for item in flat) and are_offsets(flat)
        columns = first_columns(sample.text)
        return sample.suffix not in _JSON and has_spans(columns) and are_offsets(first_rows(sample.text))

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents as CSV, or as TSV by suffix; see `FormatWriter.write`."""
        return write_span_table(documents, out, scheme, loss, "\t" if file_suffix(out) == ".tsv" else ",")

    def describe(self, source: Path, options: ReadOptions) -> str:
        """Return how the columns are read; see `ForeignFormat.describe`."""
        return read_table_spans(source, options).description()

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield the documents of a table, in the order of their first rows; see `ForeignFormat.statements`."""
        table = read_table_spans(source, options)
        faults = FieldFaults(str(source))
        texts, documents = _by_document(table, faults)
        shift = _counts_from_one(texts, documents, table)
        known: dict[str, str] = {}
        for (name, annotator), rows in documents.items():
            faults.document, faults.line = name, rows[0][0]
            text = texts.get(name)
            if text is None and table.has("document_text"):
                faults.add("no row of the document has its text", "write it in the first row of each document")
            elif text is None:
                text = faults.given_text(options.texts)
            stated = StatedDocument(text or "", id=name, line=faults.line, annotator=annotator)
            stated.meta = metadata_in(row for _, row in rows)
            if text and known.setdefault(text, name) != name:  # ids of rows, perhaps
                stated.changed["texts that an earlier document has under another id"] += 1
            for faults.line, row in rows:
                if span := table.span(row, faults):
                    if shift:
                        ((start, end),) = span.fragments
                        span.fragments = ((start - 1, end),)
                    stated.spans.append(span)
            stated.changed["spans whose first character counts as 1, not 0"] += len(stated.spans) if shift else 0
            yield stated
        faults.check()


SPANS = SpanTableFormat()

_Documents = dict[tuple[str, str | None], list[tuple[int, Mapping[str, Any]]]]


def _by_document(table: TableSpans, faults: FieldFaults) -> tuple[dict[str, str], _Documents]:
    """Return the texts by document, and the rows with their lines by document and annotator."""
    texts: dict[str, str] = {}
    names: dict[str, str] = {}  # by text, where the table has no ids
    numbers = count(1)
    documents: _Documents = {}
    for faults.line, row in table.rows:
        text = table.cell(row, "document_text")
        faults.document = ""
        if table.has("id"):
            faults.document = name = table.name(row, faults)
        else:
            if isinstance(text, str) and text not in names:
                names[text] = f"{table.stem}#{next(numbers)}"
            name = names.get(text, "") if isinstance(text, str) else next(reversed(names.values()), "")
        if isinstance(text, str) and texts.setdefault(name, text) != text:
            faults.add("the text differs from that of an earlier row with this id", "give each text its own id")
        elif text is not None and not isinstance(text, str):
            faults.add("the text of the document is not a string", "write it in quotes")
        annotator = table.cell(row, "annotator")
        key = name, None if annotator is None else str(annotator)
        documents.setdefault(key, []).append((faults.line, row))
    return texts, documents


def _counts_from_one(texts: Mapping[str, str], documents: _Documents, table: TableSpans) -> bool:
    """Return whether words are in the text only if its first character is 1 and ends are inclusive, as in R."""
    exact = one = stated = 0
    ignored = FieldFaults("")
    for (name, _), rows in documents.items():
        for span in (table.span(row, ignored) for _, row in rows if name in texts):
            if span is not None and span.words is not None:
                ((start, end),) = span.fragments
                stated += 1
                exact += texts[name][max(start, 0) : max(end, 0)] == span.words
                one += start > 0 and texts[name][start - 1 : end] == span.words
    return one == stated > exact
