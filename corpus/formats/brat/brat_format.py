"""The format `brat`: for each document a text file and a file of annotations, as the brat tool has them.

```
T1  ACTOR 0 4   Iran
N1  Reference T1 actors:IRN Iran
#1  AnnotatorNotes T1   goldspan {"label":"ACTOR","value":{"id":"IRN","kind":"state"}}
```

Fields are parted by tabs. A span across lines has a fragment for each line. `goldspan.jsonl` beside the files keeps
what is known of each document; brat passes it over.
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
from ...storage.label_map import LabelMap
from ..base import LossReport, ReadReport
from ..huggingface.file_names import FileNames
from ..sidecar import SidecarReader, json_on_one_line, parse_sidecar, writable
from .annotation_file import NOTE, AnnotationFile, TextBound, fragments, parse_annotations, single_fragment
from .file_pairs import find_pairs

_INDEX = "goldspan.jsonl"


class BratFormat:
    """Pairs of a text and its annotations in a folder."""

    name = "brat"
    summary = "a folder of .txt and .ann files for brat; values in annotators' notes"
    file = ""
    suffixes: tuple[str, ...] = ()
    holds: tuple[str, ...] = ("*.ann", "goldspan.jsonl")
    text_free = False

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """As `Format.write`."""
        names = FileNames()
        authorities = _authorities(scheme)
        count = 0
        entities = "".join(f"{label}\n" for label in scheme.labels)
        try:
            # without which brat shows no label
            (out / "annotation.conf").write_text(
                f"[entities]\n{entities}[relations]\n[events]\n[attributes]\n", "utf-8"
            )
            with (out / _INDEX).open("w", encoding="utf-8", newline="") as index:
                for document, encoded in writable(documents, RecordCodec(scheme), self.name):
                    record = json.loads(encoded)
                    spans, text = record.pop("spans"), record.pop("text")
                    name = names.free(document.id)
                    lines, unheld = _lines(spans, text, authorities)
                    loss("spans of nothing but line breaks", document, unheld)
                    # bytes: line ends stay as they are
                    (out / f"{name}.txt").write_bytes(text.encode())
                    (out / f"{name}.ann").write_bytes("".join(f"{line}\n" for line in lines).encode())
                    index.write(_json({"file": name, "record": record}) + "\n")
                    count += 1
        except OSError as error:
            raise DependencyError(f"{out}: cannot be written: {error.strerror or error}") from error
        return count

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport) -> Iterator[Document]:
        """As `Format.read`; what marks no text (relations, events, attributes) is counted and left out."""
        if not source.is_dir():
            fix = "name the folder of the .txt and .ann files"
            raise DataError(Problem("there is no such folder", fix, str(source)))
        settlement = resolve_offsets(lambda: (pair.marked() for pair in _pairs(source)))
        account.settled(settlement.moved)
        keeper = SidecarReader(scheme, labels)
        authorities = _authorities(scheme)
        for number, pair in enumerate(_pairs(source)):
            for found, place in zip(pair.said.spans, settlement.places(number, pair.marked()), strict=True):
                found.parts = list(place)
            document = pair.document(keeper, authorities, account)
            if pair.said.left_out and not pair.said.spans:
                account.without_spans("documents whose annotations mark no text", document.id)
            for what, count in pair.said.left_out.items():
                account.left_out(what, document.id, count)
            yield document


@dataclass(slots=True)
class _Pair:
    """A text with its annotations.

    Attributes:
        ann: Path of the annotations.
        record: What is known of the document beside them.
        text: Its text.
        said: What the file of annotations says.
    """

    ann: str
    record: dict[str, Any]
    text: str
    said: AnnotationFile

    def marked(self) -> MarkedText:
        """The text with the spans that the file states."""
        return MarkedText(self.text, self.said.stated(), self.ann, str(self.record.get("id")))

    def document(
        self, keeper: SidecarReader, authorities: Mapping[str, Mapping[str, str]], account: ReadReport
    ) -> Document:
        """The document, once the fragments of its spans are in code points.

        Raises:
            DataError: Spans are discontinuous, of unknown labels, or have impossible values; with their lines.
        """
        spans = []
        faults: list[Problem] = []
        for found in self.said.spans:
            try:
                single_fragment(found, self.text)
                target = keeper.target(found.label)
                keys = authorities.get(target, {})
                spans.append(_span(found, self.text, keys))
                if target:
                    account.left_out(
                        "normalisations that no field holds", str(self.record.get("id")), _unheld(found, keys)
                    )
            except DataError as error:
                faults += error.with_location(self.ann, found.line).problems
        if faults:
            raise DataError(truncate_problems(faults, "spans at fault"))
        try:
            return keeper.made({**self.record, "text": self.text, "spans": spans})
        except DataError as error:
            left = [found.line for found in self.said.spans if keeper.target(found.label)]
            raise _placed(error, self.ann, left) from error


def _pairs(source: Path) -> Iterator[_Pair]:
    for place, record in _records(source):
        ann = source / f"{place}.ann"
        yield _Pair(str(ann), record, _read(source / f"{place}.txt"), parse_annotations(str(ann), _read(ann)))


def _unheld(found: TextBound, keys: Mapping[str, str]) -> int:
    """How many of a span's normalisations its value does not hold: others' authorities, and all but one of each own."""
    return len(found.references) - len({authority for authority, _ in found.references if authority in keys})


def _authorities(scheme: Scheme) -> dict[str, dict[str, str]]:
    """For each label the key of its value that holds an authority's identifiers, by authority."""
    found: dict[str, dict[str, str]] = {}
    for label, field, authority in scheme.identifiers():
        found.setdefault(label.name, {}).setdefault(authority, field.name)
    return found


def _lines(spans: list[dict[str, Any]], text: str, authorities: dict[str, dict[str, str]]) -> tuple[list[str], int]:
    """The lines of a document's annotations, and how many spans they cannot hold."""
    lines: list[str] = []
    references = unheld = 0
    for number, span in enumerate(spans, 1):
        start, end, label = span.pop("start"), span.pop("end"), span["label"]
        parts = fragments(text, start, end)
        if not parts:
            unheld += 1
            continue
        surface = " ".join(text[first:beyond] for first, beyond in parts)
        lines.append(f"T{number}\t{label} {';'.join(f'{first} {beyond}' for first, beyond in parts)}\t{surface}")
        value = span.get("value") or {}
        for authority, key in authorities.get(label, {}).items():
            name = value.get(key)
            if name and not any(map(str.isspace, name)):
                references += 1
                lines.append(f"N{references}\tReference T{number} {authority}:{name}\t{surface}")
        if (parts[0][0], parts[-1][1]) != (start, end):
            span["place"] = [start, end]  # line breaks at its edges, which fragments leave out
        if span.keys() != {"label", "value"} or span["value"] is not None:
            lines.append(f"#{number}\tAnnotatorNotes T{number}\t{NOTE}{_json(span)}")
    return lines, unheld


def _span(found: TextBound, text: str, keys: Mapping[str, str]) -> dict[str, Any]:
    """The span of an annotation as JSON: what its note keeps, unless brat's users changed label, place or id."""
    span: dict[str, Any] = dict(found.kept or {})
    start, end = found.parts[0][0], found.parts[-1][1]
    place = span.pop("place", None)
    if isinstance(place, list) and len(place) == 2 and all(type(at) is int and 0 <= at <= len(text) for at in place):
        whole = tuple(place)
        if fragments(text, *whole) == fragments(text, start, end):
            start, end = whole
    if span.pop("label", found.label) != found.label:
        span["value"] = None
    value = span.get("value")
    names = {keys[authority]: name for authority, name in found.references if authority in keys}
    if any((value.get(key) if isinstance(value, dict) else None) != name for key, name in names.items()):
        span["value"] = names  # what else was known of the old one does not hold for the new
    if found.note is not None:
        span["note"] = found.note
    return {**span, "start": start, "end": end, "label": found.label}


def _records(source: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each pair of files, and what is known of the document."""
    index = source / _INDEX
    listed: set[str] = set()
    if index.is_file():
        for number, line in enumerate(_read(index).split("\n"), 1):
            if not line:
                continue
            try:
                entry = parse_sidecar(line)
                name, record = entry.get("file"), entry.get("record")
                if not isinstance(name, str) or not isinstance(record, dict) or not FileNames.safe(name):
                    what = "the line does not name a document's files"
                    raise DataError(Problem(what, 'write {"file": "name", "record": {…}}, or delete the file'))
            except DataError as error:
                raise error.with_location(str(index), number) from None
            listed.add(name)
            yield name, record
    for name in find_pairs(source, listed):
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


def _placed(error: DataError, path: str, lines: list[int]) -> DataError:
    """The error with a line for each problem that is of one span.

    Args:
        error: Without a place.
        path: Of the annotations.
        lines: Of the spans.
    """
    return DataError([p.with_location(path, lines[p.span] if p.span is not None else 0) for p in error.problems])


def _json(data: dict[str, Any]) -> str:
    return json_on_one_line(msgspec.json.encode(data))


BRAT = BratFormat()
"""What the entry point names."""
