"""Complete records stored in the files of other tools, and reconciled with the spans that those tools have edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...schema import DataError, Document, Problem, RecordCodec, Scheme, did_you_mean
from ...schema.files.json_line import parse_line
from ..spans.span_keys import LabelledSpan
from ..storage.label_map import CATCH_ALL, LabelMap, map_spans
from ..storage.shards.seen_ids import SeenIds

_LINE_BREAKS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}  # those that JSON does not escape


class Projection(NamedTuple):
    """One of the views in which a file presents the spans of a document.

    Attributes:
        project: Selects the spans that a writer puts into the view, given the text and all spans.
        spans: The spans that the view has now.
    """

    project: Callable[[str, Iterable[LabelledSpan]], set[LabelledSpan]]
    spans: set[LabelledSpan]


def all_spans(text: str, spans: Iterable[LabelledSpan]) -> set[LabelledSpan]:
    """Return every span, for a view in which spans may overlap."""
    return set(spans)


def flat_spans(text: str, spans: Iterable[LabelledSpan]) -> set[LabelledSpan]:
    """Return the spans that one tag per token can express: without overlaps, or white space at either end.

    Of overlapping spans the longest is kept, of equally long ones the first.
    """
    selected: set[LabelledSpan] = set()
    covered = bytearray(len(text))
    for span in sorted(spans, key=lambda s: (s.start - s.end, s)):
        edges = text[span.start] + text[span.end - 1]
        if not (any(map(str.isspace, edges)) or any(covered[span.start : span.end])):
            covered[span.start : span.end] = b"\x01" * (span.end - span.start)
            selected.add(span)
    return selected


def encode_sidecars(documents: Iterable[Document], codec: RecordCodec, name: str) -> Iterator[tuple[Document, str]]:
    """Yield each document with its record as JSON on one line, validated so that it can be read back.

    Args:
        documents: The documents, consumed one at a time.
        codec: Codec of their scheme.
        name: Name of the format, for messages.

    Raises:
        DataError: A document has no text, a duplicate id, or is not a valid record.
    """
    seen = SeenIds()
    for document in documents:
        if document.text is None:
            fix = "restore the texts first, or export as standoff"
            raise DataError(Problem(f"the record has no text, which {name} requires", fix, document=document.id))
        seen.require_new(document.id)
        yield document, json_on_one_line(codec.encode(document))


def json_on_one_line(encoded: bytes) -> str:
    """Return JSON in which every character that any tool treats as a line break is escaped."""
    line = encoded.decode()
    for character, escaped in _LINE_BREAKS.items():
        line = line.replace(character, escaped)
    return line


def check_names(names: Any) -> dict[str, str]:
    """Return the labels that a file has under their keys, by key, after checking that it states them so.

    Raises:
        DataError: It is not an object of labels by key.
    """
    if not isinstance(names, dict) or not all(isinstance(label, str) and label for label in names.values()):
        raise DataError(Problem("not an object of labels by key", "restore the line as goldspan wrote it"))
    return names


def parse_sidecar(line: str) -> dict[str, Any]:
    """Parse a record that a file stores as JSON.

    Raises:
        DataError: It is not a JSON object.
    """
    record, problem = parse_line(line.encode())
    if problem is not None:
        raise DataError(problem)
    return record


class SidecarReader:
    """Builds the documents of a file from its stored records and the spans that it shows.

    Args:
        scheme: Scheme of the documents.
        labels: Maps the file's labels to the scheme's.
        names: The labels that the file has under their keys, by key; by default those of the scheme.
    """

    def __init__(self, scheme: Scheme, labels: LabelMap | None, names: Mapping[str, str] | None = None) -> None:
        self._scheme = scheme
        self._names = names or (scheme.labels_by_key if labels is None else {})
        self._labels = labels
        self._codec = RecordCodec(scheme)
        self._seen = SeenIds()

    def label_of(self, key: str) -> str:
        """Return the label that a key of the file stands for; any other label as it is."""
        return self._names.get(key, key)

    def map_label(self, label: str) -> str:
        """Return the scheme's label for a label of the file; empty if its spans are dropped.

        Raises:
            DataError: The scheme, or the label map, does not have the label.
        """
        if self._labels is None:
            if label not in self._scheme.labels:
                known = did_you_mean(label, list(self._scheme.labels))
                fix = f"{known}; or map labels to the scheme's with a label map"
                raise DataError(Problem(f"unknown label {label!r} in scheme {self._scheme.ref}", fix, label=label))
            return label
        target = self._labels.labels.get(label, self._labels.labels.get(CATCH_ALL))
        return target if target is not None else self._labels(label) or ""  # the call raises the error

    def restore(self, record: dict[str, Any], views: Sequence[Projection]) -> Document:
        """Return the document of a stored record, updated by what was changed in the views.

        Spans that are missing from a view are deleted; spans that only a view has are added without a value.

        Raises:
            DataError: The record is invalid, or its id is a duplicate.
        """
        text, spans = record.get("text"), record.get("spans")
        if not isinstance(text, str):
            raise DataError(Problem("the stored record has no text", "restore the record as goldspan wrote it"))
        spans = spans if isinstance(spans, list) else []
        parsed = [_labelled_span(span, len(text)) for span in spans]
        recorded = [span for span in parsed if span]
        removed: set[LabelledSpan] = set()
        added: set[LabelledSpan] = set()
        for view in views:
            expected = view.project(text, recorded)
            removed |= expected - view.spans
            added |= view.spans - expected
        if removed or added:
            remaining = [span for span, labelled in zip(spans, parsed, strict=True) if labelled not in removed]
            new = [span._asdict() for span in sorted(added - (set(recorded) - removed))]
            record = {**record, "spans": remaining + new}
        return self.decode(record)

    def build(self, document_id: str, text: str, spans: Iterable[LabelledSpan]) -> Document:
        """Return a document of which only the text and labelled spans are known.

        Raises:
            DataError: A span is invalid, or the id is a duplicate.
        """
        return self.decode({"id": document_id, "text": text, "spans": [s._asdict() for s in sorted(set(spans))]})

    def decode(self, record: dict[str, Any]) -> Document:
        """Return the document of a record that has the file's labels.

        Raises:
            DataError: The record is invalid, or its id is a duplicate.
        """
        if self._labels is not None:
            record = map_spans(record, self._scheme, self._labels)
        document = self._codec.from_mapping(record)
        self._seen.require_new(document.id)
        return document


def _labelled_span(span: Any, length: int) -> LabelledSpan | None:
    """Return the bounds and label of a span as JSON; None for an invalid one, which `decode` will report."""
    if not isinstance(span, dict):
        return None
    start, end, label = span.get("start"), span.get("end"), span.get("label")
    if type(start) is not int or type(end) is not int or not isinstance(label, str) or not 0 <= start < end <= length:
        return None
    return LabelledSpan(start, end, label)
