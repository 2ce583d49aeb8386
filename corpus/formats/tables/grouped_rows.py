"""The rows of a table of spans by document and annotator, without all of them in memory if they are in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from itertools import count, groupby
from typing import Any, NamedTuple

from ..foreign.stated_fields import FieldFaults
from .table_spans import TableSpans

_Row = tuple[int, Mapping[str, Any]]


class RowGroup(NamedTuple):
    """The rows of an annotator's work on a document.

    Attributes:
        name: The id of the document.
        annotator: Who annotated it; None if the table does not say.
        text: Its text; None if no row has it.
        rows: The rows, with their lines.
    """

    name: str
    annotator: str | None
    text: str | None
    rows: list[_Row]


class GroupedRows:
    """The rows of a table by document and annotator, in the order of their first rows.

    Args:
        table: The table.

    Attributes:
        count_from_one: Whether words are in the text only if its first character is 1 and ends are inclusive, as in R.
    """

    def __init__(self, table: TableSpans) -> None:
        self._table = table
        self._are_in_order = self._find_order()
        self.count_from_one = table.has("words") and self._find_origin()

    def groups(self, faults: FieldFaults) -> Iterator[RowGroup]:
        """Yield the groups.

        Args:
            faults: Receives the faults of ids and texts.
        """
        names = _Names(self._table, faults)
        if not self._are_in_order:
            yield from self._groups(((names.of(*row), row) for row in self._table.rows), faults)
            return
        for _, rows in groupby(((names.of(*row), row) for row in self._table.rows), lambda item: item[0]):
            yield from self._groups(rows, faults)

    def _groups(self, rows: Iterable[tuple[str, _Row]], faults: FieldFaults) -> Iterator[RowGroup]:
        texts: dict[str, str] = {}
        documents: dict[tuple[str, str | None], list[_Row]] = {}
        for name, (line, row) in rows:
            text = self._table.cell(row, "document_text")
            faults.document, faults.line = name, line
            if isinstance(text, str) and texts.setdefault(name, text) != text:
                faults.add("the text differs from that of an earlier row with this id", "give each text its own id")
            elif text is not None and not isinstance(text, str):
                faults.add("the text of the document is not a string", "write it in quotes")
            annotator = self._table.cell(row, "annotator")
            key = name, None if annotator is None else str(annotator)
            documents.setdefault(key, []).append((line, row))
        for (name, annotator), own in documents.items():
            yield RowGroup(name, annotator, texts.get(name), own)

    def _find_order(self) -> bool:
        """Return whether the rows of each document follow each other."""
        names, seen, last = _Names(self._table, FieldFaults("")), set[str](), None
        for row in self._table.rows:
            name = names.of(*row)
            if name != last:
                if name in seen:
                    return False
                seen.add(name)
                last = name
        return True

    def _find_origin(self) -> bool:
        exact = one = stated = 0
        ignored = FieldFaults("")
        for group in self.groups(ignored):
            text = group.text
            spans = (self._table.span(row, ignored) for _, row in group.rows) if text is not None else ()
            for span in spans:
                if span is not None and span.words is not None and text is not None:
                    ((start, end),) = span.fragments
                    stated += 1
                    exact += text[max(start, 0) : max(end, 0)] == span.words
                    one += start > 0 and text[start - 1 : end] == span.words
            if one < stated:
                return False
        return one > exact


class _Names:
    """The ids of documents: those of the table, or else numbers of its texts."""

    def __init__(self, table: TableSpans, faults: FieldFaults) -> None:
        self._table, self._faults = table, faults
        self._by_text: dict[bytes, str] = {}
        self._numbers = count(1)
        self._last = ""

    def of(self, line: int, row: Mapping[str, Any]) -> str:
        """Return the id of the document of a row."""
        if self._table.has("id"):
            self._faults.document, self._faults.line = "", line
            return self._table.name(row, self._faults)
        text = self._table.cell(row, "document_text")
        if not isinstance(text, str):
            return self._last
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest not in self._by_text:
            self._last = self._by_text[digest] = f"{self._table.stem}#{next(self._numbers)}"
        return self._by_text[digest]
