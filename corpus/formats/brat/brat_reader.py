"""Reading of brat's folders: those of brat itself, and those that goldspan wrote, with the records in its notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....schema import DataError, Document, Problem, Scheme, UsageError, truncate_problems
from ....schema.value_types import authority_name
from ...spans.offsets import Fragments, leaves_out_mark, resolve_offsets
from ..conll.column_lines import require_encoding
from ..foreign.document_builder import DocumentBuilder
from ..foreign.refused_spans import audit_refused
from ..foreign.stated_documents import StatedDocument
from ..format_interface import ReadRequest
from ..huggingface.file_names import FileNames
from ..sidecar import SidecarReader, check_names, parse_sidecar
from .annotation_file import Annotations, TextBound, line_fragments, parse_annotations
from .file_pairs import INDEX, find_pairs


def read_brat(source: Path, request: ReadRequest) -> Iterator[Document]:
    """Yield the documents of a folder, or of a file with annotations and the text next to it.

    The files are read twice, first to find the unit of their offsets.

    Args:
        source: The folder or file.
        request: As in `FormatReader.read`.

    Raises:
        DataError: As in `FormatReader.read`.
    """
    codec = require_encoding(request.options.encoding)
    if request.options.encoding and (source / INDEX).is_file():
        raise UsageError("`encoding` has no effect on a folder that goldspan wrote. Fix: leave it out")
    try:
        resolution = resolve_offsets(lambda: (pair.stated().marked_text() for pair in _read_pairs(source, codec)))
    except DataError:
        audit_refused((pair.stated() for pair in _read_pairs(source, codec)), request.report.audit)
        raise
    report = request.report
    report.add_conversions(resolution.converted)
    builder = DocumentBuilder(request)
    reader = SidecarReader(request.scheme, request.labels, _names(source))
    id_fields = identifier_fields(request.scheme)
    for number, pair in enumerate(_read_pairs(source, codec)):
        stated = pair.stated()
        fragments, unit = resolution.fragments(number, stated), resolution.unit_of(number)
        if pair.is_own:
            yield pair.own_document(stated, fragments, unit, builder, reader, id_fields)
            for kind, count in stated.left_out.items():
                report.left_out.add(kind, stated.id, count)
            if stated.without_spans:
                report.without_spans.add(stated.without_spans, stated.id)
        else:
            yield builder.build(stated, fragments, unit)
        report.changed.add("triggers of events read as spans", stated.id, len(pair.found.triggers))


def identifier_fields(scheme: Scheme) -> dict[str, dict[str, str]]:
    """Return for each label the field of its value that holds identifiers, by their authority."""
    fields: dict[str, dict[str, str]] = {}
    for label, field, authority in scheme.identifiers():
        fields.setdefault(label.name, {}).setdefault(authority_name(authority), field.name)
    return fields


@dataclass(slots=True)
class _Pair:
    """A text with its annotations.

    Attributes:
        path: Path of the first file with annotations.
        record: The document's record without text and spans, as goldspan stored it.
        text: Text of the document.
        found: The annotations.
    """

    path: str
    record: dict[str, Any]
    text: str
    found: Annotations

    @property
    def is_own(self) -> bool:
        """Whether goldspan wrote the files."""
        return self.record.keys() != {"id"} or any(item.sidecar is not None for item in self.found.annotations)

    def stated(self) -> StatedDocument:
        """Return what the files state."""
        left_out = self.found.left_out.copy()
        if self.is_own:
            left_out["attributes"] += sum(len(item.attributes) for item in self.found.annotations)
        no_text = "documents whose annotations mark no text"
        return StatedDocument(
            self.text,
            [annotation.statement() for annotation in self.found.annotations],
            id=str(self.record.get("id")),
            path=self.path,
            left_out=+left_out,
            without_spans=no_text if self.found.left_out and not self.found.annotations else "",
        )

    def own_document(
        self,
        stated: StatedDocument,
        fragments: list[Fragments],
        unit: str,
        builder: DocumentBuilder,
        reader: SidecarReader,
        id_fields: Mapping[str, Mapping[str, str]],
    ) -> Document:
        """Return the document of a record that goldspan stored, with what was edited in brat since.

        Raises:
            DataError: Spans are discontinuous and there is no rule for them, or have unknown labels or invalid values;
                with their lines.
        """
        spans: list[dict[str, Any]] = []
        lines: list[int] = []
        problems: list[Problem] = []
        for annotation, statement, own in zip(self.found.annotations, stated.spans, fragments, strict=True):
            try:
                annotation.label = reader.label_of(annotation.label)
                target = reader.map_label(annotation.label)
                fields = id_fields.get(target, {})
                for bounds in builder.place(statement, own, stated):
                    span = _span(annotation, bounds, self.text, fields)
                    spans.append(span)
                    lines += [annotation.line] if target else []
                    action = f"converted from {unit}" if own != statement.fragments else "kept"
                    action = action if target else "left out: the label map drops its label"
                    place = (span["start"], span["end"]) if target else None
                    builder.audit(statement, stated, action, place, target or None)
                if target and (surplus := _surplus_references(annotation, fields)):
                    stated.left_out["links that no field holds"] += surplus
            except DataError as error:
                builder.audit(statement, stated, f"refused: {error.problems[0].what}")
                problems += error.with_location(self.path, annotation.line).problems
        if problems:
            raise DataError(truncate_problems(problems, "invalid spans"))
        try:
            return reader.decode({**self.record, "text": self.text, "spans": spans})
        except DataError as error:
            at = [p.with_location(self.path, lines[p.span] if p.span is not None else 0) for p in error.problems]
            raise DataError(at) from error


def _read_pairs(source: Path, codec: str) -> Iterator[_Pair]:
    folder = source if source.is_dir() else source.parent
    for name, suffixes, record in _records(source):
        paths = [folder / f"{name}{suffix}" for suffix in suffixes]
        found = parse_annotations([(path, _read(path, codec)) for path in paths])
        pair = _Pair(str(paths[0]), record, _read(folder / f"{name}.txt", codec), found)
        if not pair.is_own and pair.text.startswith("\ufeff") and leaves_out_mark(pair.stated().marked_text()):
            pair.text = pair.text[1:]
        yield pair


def _names(source: Path) -> dict[str, str] | None:
    """Return the labels that the folder has under their keys, by key; None if it does not say."""
    index = source / INDEX
    line = _read(index).partition("\n")[0] if index.is_file() else ""
    if not line.startswith('{"labels":'):
        return None
    try:
        return check_names(parse_sidecar(line)["labels"])
    except DataError as error:
        raise error.with_location(str(index), 1) from None


def _records(source: Path) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Yield the name of each text, the suffixes of its annotations, and the document's record."""
    index = source / INDEX
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
                if unknown := sorted(entry.keys() - {"file", "record"}):
                    fix = "read it with the newer goldspan that wrote it"
                    raise DataError(Problem(f"the line has an unknown key {unknown[0]!r}", fix))
                if not isinstance(name, str) or not isinstance(record, dict) or not FileNames.is_safe(name):
                    fix = 'write {"file": "name", "record": {…}}, or delete the file'
                    raise DataError(Problem("the line does not name a document's files", fix))
            except DataError as error:
                raise error.with_location(str(index), number) from None
            indexed.add(name)
            yield name, [".ann"], record
    for name, suffixes in find_pairs(source, indexed):
        yield name, suffixes, {"id": name}


def _read(path: Path, codec: str = "utf-8") -> str:
    try:
        text = path.read_bytes().decode(codec)
    except OSError as error:
        fix = "each document needs a .txt and an .ann file" if isinstance(error, FileNotFoundError) else ""
        raise DataError(Problem(f"cannot be read: {error.strerror}", fix, str(path))) from error
    except UnicodeError as error:
        shown = "UTF-8" if codec == "utf-8" else codec
        fix = "save the file as UTF-8, or name its `encoding`"
        place = error.object[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else 0
        raise DataError(Problem(f"not {shown}", fix, str(path), place)) from error
    if 3 * text.count("\0") > len(text) > 1:  # letters of UTF-16 are valid in other encodings, a NUL beside each
        fix = "save the file as UTF-8, or name its `encoding`, such as utf-16-le"
        raise DataError(Problem(f"not {codec.upper()} but UTF-16, without its mark", fix, str(path)))
    return text


def _surplus_references(annotation: TextBound, fields: Mapping[str, str]) -> int:
    """Count the normalisations that a value cannot hold: all but one for each authority that has a field."""
    return len(annotation.references) - len(
        {authority for authority, _ in annotation.references if authority in fields}
    )


def _span(annotation: TextBound, bounds: tuple[int, int], text: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return an annotation's span as JSON: as its note stores it, except for what was edited in brat."""
    span: dict[str, Any] = dict(annotation.sidecar or {})
    start, end = bounds
    stored = span.pop("place", None)
    is_place = isinstance(stored, list) and len(stored) == 2
    if is_place and all(type(offset) is int and 0 <= offset <= len(text) for offset in stored):
        start, end = stored if line_fragments(text, *stored) == line_fragments(text, start, end) else bounds
    if span.pop("label", annotation.label) != annotation.label:
        span["value"] = None
    value = span.get("value")
    identifiers = {fields[authority]: name for authority, name in annotation.references if authority in fields}
    if any((value.get(field) if isinstance(value, dict) else None) != name for field, name in identifiers.items()):
        span["value"] = identifiers  # the rest of the value belongs to the old identifier
    if annotation.note is not None:
        span["note"] = annotation.note
    return {**span, "start": start, "end": end, "label": annotation.label}
