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
from pathlib import Path
from typing import Any

import msgspec

from ....schema import DependencyError, Document, RecordCodec, Scheme
from ..file_sample import FileSample
from ..format_interface import CONTENTS, ReadRequest
from ..huggingface.file_names import FileNames
from ..sidecar import encode_sidecars, json_on_one_line
from ..transfer_reports import LossReport
from .annotation_file import SIDECAR_PREFIX, line_fragments
from .brat_reader import identifier_fields, read_brat
from .file_pairs import ANNOTATIONS, INDEX, annotation_files


class BratFormat:
    """Pairs of a text and its annotations in a folder."""

    name = "brat"
    summary = "a folder of .txt and .ann files for brat (also .a1 and .a2); values in annotators' notes"
    file = ""
    suffixes: tuple[str, ...] = ()
    folder_patterns: tuple[str, ...] = ("*.ann", INDEX)
    audited = True
    holds = tuple(CONTENTS)
    read_options = ("encoding", "fragments")

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `Format.write`."""
        names = FileNames()
        id_fields = identifier_fields(scheme)
        count = 0
        entities = "".join(f"{key}\n" for key in scheme.label_keys.values())
        try:
            # brat displays only labels that are configured
            (out / "annotation.conf").write_text(
                f"[entities]\n{entities}[relations]\n[events]\n[attributes]\n", "utf-8"
            )
            with (out / INDEX).open("w", encoding="utf-8", newline="") as index:
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

    def recognises(self, sample: FileSample) -> bool:
        """Return whether there are files with annotations in a folder or below it, or the file is one."""
        if sample.is_folder:
            return next(annotation_files(sample.path), None) is not None
        lines = [line for line in sample.lines if line.strip()]
        has_marks = any(line.removeprefix("\ufeff").startswith("T") for line in lines)
        return sample.path.suffix in ANNOTATIONS and (has_marks or not lines)

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents; see `Format.read`. Relations, events and attributes are counted and left out."""
        return read_brat(source, request)


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


def _to_json(data: dict[str, Any]) -> str:
    return json_on_one_line(msgspec.json.encode(data))


BRAT = BratFormat()
"""The object that the entry point names."""
