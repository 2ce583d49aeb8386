"""Records kept beside the marks that other tools read: a mark that was changed there is brought into the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, did_you_mean
from ...schema.files.json_line import parse_line
from ..storage.label_map import CATCH_ALL, LabelMap, map_spans
from ..storage.records import SeenIds, duplicate_id_problem

_BREAKS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}  # those that JSON leaves as they are


class LabelledSpan(NamedTuple):
    """What another tool knows of a span: `[start, end)` in code points, and the label."""

    start: int
    end: int
    label: str


class Projection(NamedTuple):
    """One way in which a file shows the spans of a document.

    Attributes:
        shows: Which marks of a record a writer shows this way, given the text and all marks.
        found: Those that are there.
    """

    shows: Callable[[str, Iterable[LabelledSpan]], set[LabelledSpan]]
    found: set[LabelledSpan]


def all_spans(text: str, marks: Iterable[LabelledSpan]) -> set[LabelledSpan]:
    """Every mark, for a format in which marks may overlap."""
    return set(marks)


def flat_spans(text: str, marks: Iterable[LabelledSpan]) -> set[LabelledSpan]:
    """The marks that a tag for each token can show: none overlaps another, begins or ends with a blank.

    Of marks that overlap the longest is taken, of equally long ones the first.
    """
    taken: set[LabelledSpan] = set()
    covered = bytearray(len(text))
    for mark in sorted(marks, key=lambda m: (m.start - m.end, m)):
        edges = text[mark.start] + text[mark.end - 1]
        if not (any(map(str.isspace, edges)) or any(covered[mark.start : mark.end])):
            covered[mark.start : mark.end] = b"\x01" * (mark.end - mark.start)
            taken.add(mark)
    return taken


def labelled_spans(document: Document) -> list[LabelledSpan]:
    """The marks of a document's spans."""
    return [LabelledSpan(span.start, span.end, span.label) for span in document.spans]


def writable(documents: Iterable[Document], codec: RecordCodec, name: str) -> Iterator[tuple[Document, str]]:
    """Documents that reading will take, each with its record as JSON without any character that ends a line.

    Args:
        documents: Consumed one by one.
        codec: Of their scheme.
        name: Of the format, for messages.

    Raises:
        DataError: A document has no text, an id that came before, or is one that reading would refuse.
    """
    seen = SeenIds()
    for document in documents:
        if document.text is None:
            fix = "restore the texts first, or export as standoff"
            raise DataError(Problem(f"the record has no text, and {name} needs it", fix, document=document.id))
        if seen.is_duplicate(document.id):
            raise DataError(duplicate_id_problem(document.id))
        yield document, json_on_one_line(codec.encode(document))


def json_on_one_line(encoded: bytes) -> str:
    """JSON in which nothing is taken for the end of a line by any tool."""
    line = encoded.decode()
    for character, escaped in _BREAKS.items():
        line = line.replace(character, escaped)
    return line


def parse_sidecar(line: str) -> dict[str, Any]:
    """The record that a file keeps as JSON.

    Raises:
        DataError: It is no JSON object.
    """
    record, problem = parse_line(line.encode())
    if problem is not None:
        raise DataError(problem)
    return record


class SidecarReader:
    """Makes the documents of a file from what it keeps of records and what it shows.

    Args:
        scheme: What the documents are to have.
        labels: Brings the file's labels to the scheme's, where given.
    """

    def __init__(self, scheme: Scheme, labels: LabelMap | None) -> None:
        self._scheme = scheme
        self._labels = labels
        self._codec = RecordCodec(scheme)
        self._seen = SeenIds()

    def target(self, label: str) -> str:
        """The scheme's label for one of the file's; empty for one that is dropped.

        Raises:
            DataError: The scheme has no such label, or the map no line for it.
        """
        if self._labels is None:
            if label not in self._scheme.labels:
                known = did_you_mean(label, list(self._scheme.labels))
                fix = f"{known}; or bring labels to the scheme's with a label map"
                raise DataError(Problem(f"unknown label {label!r} in scheme {self._scheme.ref}", fix, label=label))
            return label
        target = self._labels.labels.get(label, self._labels.labels.get(CATCH_ALL))
        return target if target is not None else self._labels(label) or ""  # which refuses it

    def restored(self, record: dict[str, Any], views: Sequence[Projection]) -> Document:
        """The document of a kept record; where a view was changed it wins, and what it adds has no value.

        Raises:
            DataError: The record is not right, or its id came before.
        """
        text, spans = record.get("text"), record.get("spans")
        if not isinstance(text, str):
            raise DataError(Problem("the kept record has no text", "keep it as goldspan wrote it"))
        spans = spans if isinstance(spans, list) else []
        known = [_mark(span, len(text)) for span in spans]
        marks = [mark for mark in known if mark]
        gone: set[LabelledSpan] = set()
        new: set[LabelledSpan] = set()
        for view in views:
            shown = view.shows(text, marks)
            gone |= shown - view.found
            new |= view.found - shown
        if gone or new:
            left = [span for span, mark in zip(spans, known, strict=True) if mark not in gone]
            more = [{"start": m.start, "end": m.end, "label": m.label} for m in sorted(new - (set(marks) - gone))]
            record = {**record, "spans": left + more}
        return self.made(record)

    def foreign(self, name: str, text: str, marks: Iterable[LabelledSpan]) -> Document:
        """A document of which nothing but text and marks is known.

        Raises:
            DataError: A mark is not right, or the id came before.
        """
        return self.made({"id": name, "text": text, "spans": [mark._asdict() for mark in sorted(set(marks))]})

    def made(self, record: dict[str, Any]) -> Document:
        """The document of a record with the file's labels.

        Raises:
            DataError: The record is not right, or its id came before.
        """
        if self._labels is not None:
            record = map_spans(record, self._scheme, self._labels)
        document = self._codec.decode(msgspec.json.encode(record))
        if self._seen.is_duplicate(document.id):
            raise DataError(duplicate_id_problem(document.id))
        return document


def _mark(span: Any, length: int) -> LabelledSpan | None:
    """The mark of a span as JSON, None for one that the reader of records will refuse."""
    if not isinstance(span, dict):
        return None
    start, end, label = span.get("start"), span.get("end"), span.get("label")
    if type(start) is not int or type(end) is not int or not isinstance(label, str) or not 0 <= start < end <= length:
        return None
    return LabelledSpan(start, end, label)
