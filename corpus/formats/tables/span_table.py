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

from collections.abc import Iterable, Iterator
from pathlib import Path

from ....schema import Document, Scheme
from ...storage.delimited import first_columns, first_rows
from ...storage.file_io import file_suffix
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import StatedDocument
from ..foreign.stated_fields import FieldFaults
from ..foreign.stated_metadata import metadata_in
from ..format_interface import ReadOptions, ReadRequest
from ..transfer_reports import LossReport
from .column_roles import are_offsets, has_spans
from .grouped_rows import GroupedRows
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

    def __init__(self) -> None:
        self._last: tuple[Path, TableSpans] | None = None

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

    def prepared(self, request: ReadRequest) -> SpanTableFormat:
        """Return a reader of its own, which keeps the table that it read last; see `ForeignFormat.prepared`."""
        return SpanTableFormat()

    def describe(self, source: Path, options: ReadOptions) -> str:
        """Return how the columns are read; see `ForeignFormat.describe`."""
        return self._table(source, options).description()

    def _table(self, source: Path, options: ReadOptions) -> TableSpans:
        """Return the table of a file, which is kept since a file by itself is read several times in turn."""
        if self._last is None or self._last[0] != source:
            self._last = source, read_table_spans(source, options)
        return self._last[1]

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield the documents of a table, in the order of their first rows; see `ForeignFormat.statements`."""
        table = self._table(source, options)
        faults = FieldFaults(str(source))
        documents = GroupedRows(table)
        shift = documents.count_from_one
        known: dict[int, str] = {}
        for name, annotator, text, rows in documents.groups(faults):
            faults.document, faults.line = name, rows[0][0]
            if text is None and table.has("document_text"):
                faults.add("no row of the document has its text", "write it in the first row of each document")
            elif text is None:
                text = faults.given_text(options.texts)
            stated = StatedDocument(text or "", id=name, line=faults.line, annotator=annotator)
            stated.meta = metadata_in(row for _, row in rows)
            if text and known.setdefault(hash(text), name) != name:  # ids of rows, perhaps
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
