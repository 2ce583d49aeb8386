"""The format `brat`: a text file and an annotation file for each document, as the brat tool stores them.

```
T1  ACTOR 0 4   Iran
N1  Reference T1 actors:IRN Iran
#1  AnnotatorNotes T1   goldspan {"label":"ACTOR","value":{"id":"IRN","kind":"state"}}
```

Fields are separated by tabs. A span across lines has a fragment for each line. `goldspan.jsonl` in the same folder
stores the rest of each record; brat ignores it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ....schema import DataError, DependencyError, Document, Problem, RecordCodec, Scheme, truncate_problems
from ...spans.offsets import MarkedText, resolve_offsets
from ..format_interface import CONTENTS, ReadRequest
from ..huggingface.file_names import FileNames
from ..sidecar import SidecarReader, check_names, encode_sidecars, json_on_one_line, parse_sidecar
from ..transfer_reports import LossReport, ReadReport
from .annotation_file import (
    SIDECAR_PREFIX,
    AnnotationFile,
    TextBound,
    check_contiguous,
    line_fragments,
    parse_annotations,
)
from .file_pairs import find_pairs

_INDEX = "goldspan.jsonl"


class BratFormat:
    """Pairs of a text and its annotations in a folder."""

    name = "brat"
    summary = "a folder of .txt and .ann files for brat; values in annotators' notes"
    file = ""
    suffixes: tuple[str, ...] = ()
    folder_patterns: tuple[str, ...] = ("*.ann", _INDEX)
    text_free = False
    holds = tuple(CONTENTS)

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`."""
        names = FileNames()
        id_fields = _id_fields(scheme)
        count = 0
        entities = "".join(f"{key}\n" for key in scheme.label_keys.values())
        try:
            # brat displays only labels that are configured
            (out / "annotation.conf").write_text(
                f"[entities]\n{entities}[relations]\n[events]\n[attributes]\n", "utf-8"
            )
            with (out / _INDEX).open("w", encoding="utf-8", newline="") as index:
                if scheme.labels_by_key:
                    index.write(_to_json({"labels": dict(scheme.labels_by_key)}) + "\n")
                for document, encoded in encode_sidecars(documents, RecordCodec(scheme), self.name):
                    record = json.loads(encoded)
                    spans, text = record.pop("spans"), record.pop("text")
                    name = names.assign(document.id)
                    lines, without_fragments = _annotation_lines(spans, text, id_fields, scheme.label_keys)
                    loss.add("spans of nothing but line breaks", document, without_fragments)
                    # as bytes, so that line breaks are not translated
                    (out / f"{name}.txt").write_bytes(text.encode())
                    (out / f"{name}.ann").write_bytes("".join(f"{line}\n" for line in lines).encode())
                    index.write(_to_json({"file": name, "record": record}) + "\n")
                    count += 1
        except OSError as error:
            raise DependencyError(f"{out}: cannot be written: {error.strerror or error}") from error
        return count

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `Format.read`. Relations, events and attributes are counted and left out."""
        if not source.is_dir():
            raise DataError(Problem("no such folder", "name the folder of the .txt and .ann files", str(source)))
        resolution = resolve_offsets(lambda: (pair.marked_text() for pair in _read_pairs(source)))
        report = request.report
        reader = SidecarReader(request.scheme, request.labels, _names(source))
        report.add_conversions(resolution.converted)
        id_fields = _id_fields(request.scheme)
        for number, pair in enumerate(_read_pairs(source)):
            resolved = resolution.fragments(number, pair.marked_text())
            for annotation, fragments in zip(pair.file.annotations, resolved, strict=True):
                annotation.fragments = list(fragments)
            document = pair.document(reader, id_fields, report)
            if pair.file.left_out and not pair.file.annotations:
                report.without_spans.add("documents whose annotations mark no text", document.id)
            for kind, count in pair.file.left_out.items():
                report.left_out.add(kind, document.id, count)
            yield document


@dataclass(slots=True)
class _Pair:
    """A text with its annotations.

    Attributes:
        path: Path of the annotation file.
        record: The document's record without text and spans.
        text: Text of the document.
        file: The parsed annotation file.
    """

    path: str
    record: dict[str, Any]
    text: str
    file: AnnotationFile

    def marked_text(self) -> MarkedText:
        """Return the text with the spans that the file states."""
        return MarkedText(self.text, self.file.stated_spans(), self.path, str(self.record.get("id")))

    def document(
        self, reader: SidecarReader, id_fields: Mapping[str, Mapping[str, str]], report: ReadReport
    ) -> Document:
        """Return the document, once the fragments of its spans are in code points.

        Raises:
            DataError: Spans are discontinuous, or have unknown labels or invalid values; with their lines.
        """
        spans = []
        problems: list[Problem] = []
        for annotation in self.file.annotations:
            try:
                check_contiguous(annotation, self.text)
                annotation.label = reader.label_of(annotation.label)
                target = reader.map_label(annotation.label)
                fields = id_fields.get(target, {})
                spans.append(_span(annotation, self.text, fields))
                if target:
                    surplus = _surplus_references(annotation, fields)
                    report.left_out.add("normalisations that no field holds", str(self.record.get("id")), surplus)
            except DataError as error:
                problems += error.with_location(self.path, annotation.line).problems
        if problems:
            raise DataError(truncate_problems(problems, "invalid spans"))
        try:
            return reader.decode({**self.record, "text": self.text, "spans": spans})
        except DataError as error:
            lines = [a.line for a in self.file.annotations if reader.map_label(a.label)]
            raise _at_span_lines(error, self.path, lines) from error


def _read_pairs(source: Path) -> Iterator[_Pair]:
    for name, record in _records(source):
        path = source / f"{name}.ann"
        yield _Pair(str(path), record, _read(source / f"{name}.txt"), parse_annotations(str(path), _read(path)))


def _surplus_references(annotation: TextBound, fields: Mapping[str, str]) -> int:
    """Count the normalisations that a value cannot hold: all but one for each authority that has a field."""
    return len(annotation.references) - len(
        {authority for authority, _ in annotation.references if authority in fields}
    )


def _id_fields(scheme: Scheme) -> dict[str, dict[str, str]]:
    """Return for each label the field of its value that holds identifiers, by their authority."""
    fields: dict[str, dict[str, str]] = {}
    for label, field, authority in scheme.identifiers():
        fields.setdefault(label.name, {}).setdefault(authority, field.name)
    return fields


def _annotation_lines(
    spans: list[dict[str, Any]], text: str, id_fields: dict[str, dict[str, str]], keys: Mapping[str, str]
) -> tuple[list[str], int]:
    """Return the lines of a document's annotation file, and the number of spans that it cannot hold."""
    lines: list[str] = []
    references = without_fragments = 0
    for number, span in enumerate(spans, 1):
        start, end, label = span.pop("start"), span.pop("end"), span["label"]
        fragments = line_fragments(text, start, end)
        if not fragments:
            without_fragments += 1
            continue
        bounds = ";".join(f"{first} {last}" for first, last in fragments)
        surface = " ".join(text[first:last] for first, last in fragments)
        lines.append(f"T{number}\t{keys[label]} {bounds}\t{surface}")
        value = span.get("value") or {}
        for authority, field in id_fields.get(label, {}).items():
            identifier = value.get(field)
            if identifier and not any(map(str.isspace, identifier)):
                references += 1
                lines.append(f"N{references}\tReference T{number} {authority}:{identifier}\t{surface}")
        if (fragments[0][0], fragments[-1][1]) != (start, end):
            span["place"] = [start, end]  # includes line breaks at the edges, which fragments leave out
        if span.keys() != {"label", "value"} or span["value"] is not None:
            lines.append(f"#{number}\tAnnotatorNotes T{number}\t{SIDECAR_PREFIX}{_to_json(span)}")
    return lines, without_fragments


def _span(annotation: TextBound, text: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return an annotation's span as JSON: as its note stores it, except for what was edited in brat."""
    span: dict[str, Any] = dict(annotation.sidecar or {})
    start, end = annotation.fragments[0][0], annotation.fragments[-1][1]
    stored = span.pop("place", None)
    if isinstance(stored, list) and len(stored) == 2 and all(type(o) is int and 0 <= o <= len(text) for o in stored):
        bounds = tuple(stored)
        if line_fragments(text, *bounds) == line_fragments(text, start, end):
            start, end = bounds
    if span.pop("label", annotation.label) != annotation.label:
        span["value"] = None
    value = span.get("value")
    identifiers = {fields[authority]: name for authority, name in annotation.references if authority in fields}
    if any((value.get(field) if isinstance(value, dict) else None) != name for field, name in identifiers.items()):
        span["value"] = identifiers  # the rest of the value belongs to the old identifier
    if annotation.note is not None:
        span["note"] = annotation.note
    return {**span, "start": start, "end": end, "label": annotation.label}


def _names(source: Path) -> dict[str, str] | None:
    """Return the labels that the folder has under their keys, by key; None if it does not say."""
    index = source / _INDEX
    line = _read(index).partition("\n")[0] if index.is_file() else ""
    if not line.startswith('{"labels":'):
        return None
    try:
        return check_names(parse_sidecar(line)["labels"])
    except DataError as error:
        raise error.with_location(str(index), 1) from None


def _records(source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of each pair of files with the document's record."""
    index = source / _INDEX
    indexed: set[str] = set()
    if index.is_file():
        for number, line in enumerate(_read(index).split("\n"), 1):
            if not line:
                continue
            try:
                entry = parse_sidecar(line)
                if number == 1 and entry.keys() == {"labels"}:
                    continue  # see `_names`
                name, record = entry.get("file"), entry.get("record")
                if not isinstance(name, str) or not isinstance(record, dict) or not FileNames.is_safe(name):
                    fix = 'write {"file": "name", "record": {…}}, or delete the file'
                    raise DataError(Problem("the line does not name a document's files", fix))
            except DataError as error:
                raise error.with_location(str(index), number) from None
            indexed.add(name)
            yield name, record
    for name in find_pairs(source, indexed):
        yield name, {"id": name}


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        fix = "each document needs a .txt and an .ann file" if isinstance(error, FileNotFoundError) else ""
        raise DataError(Problem(f"cannot be read: {error.strerror}", fix, str(path))) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(Problem("not UTF-8", "save the file as UTF-8", str(path), line)) from error


def _at_span_lines(error: DataError, path: str, lines: list[int]) -> DataError:
    """Locate each problem of an error, by line where it concerns one span.

    Args:
        error: An error without locations.
        path: Path of the annotation file.
        lines: Line of each span.
    """
    return DataError([p.with_location(path, lines[p.span] if p.span is not None else 0) for p in error.problems])


def _to_json(data: dict[str, Any]) -> str:
    return json_on_one_line(msgspec.json.encode(data))


BRAT = BratFormat()
"""The object that the entry point names."""
