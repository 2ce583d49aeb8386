"""The format `doccano`: lines of JSON with spans as `[start, end, label]`, as doccano imports and exports them.

```
{"id": 15, "text": "Rebels left Goma.", "label": [[0, 6, "ACTOR"], [12, 16, "LOCATION"]], "Comments": []}
{"id": 15, "text": "Rebels left Goma.", "entities": [{"id": 0, "start_offset": 0, "end_offset": 6, "label": "ACTOR"}]}
```

Earlier versions call the list `labels` or `annotations`, the text `data`, and state numbers of users and labels. All
other keys of a line are kept by doccano, so that a record written under one of them comes back.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ....schema import Document, Scheme
from ...storage.json_items import numbered_objects
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.json_values import shown
from ..foreign.kept_records import KEY, kept_record, state_words, write_lines
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..foreign.stated_fields import FieldFaults
from ..foreign.stated_metadata import split_metadata
from ..format_interface import CONTENTS, ReadOptions
from ..transfer_reports import LossReport

_TEXT = ("text", "data")
_LISTS = ("label", "labels", "entities", "annotations")
_COUNTED = {"relations": "relations", "Comments": "comments", "comments": "comments", "cats": "categories of documents"}
_READ = ("id", "doc_id", "username", "meta", "metadata", KEY, *_TEXT, *_LISTS, *_COUNTED)
_FIX = 'export the project as JSONL, with spans such as [0, 5, "LABEL"]'


class DoccanoFormat(ForeignFormat):
    """Lines of doccano's sequence labelling projects."""

    name = "doccano"
    summary = "lines of JSON for doccano; records under a key that it keeps"
    file = "doccano.jsonl"
    folder_patterns = (file,)
    write_suffixes = (".jsonl",)
    holds = tuple(CONTENTS)
    read_options = ("id_field", "passes")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether all sampled items are lines of doccano, and one is certainly so."""
        items = sample.objects
        likely = bool(items) and len(items) == len(sample.items) and all(map(_may_be_line, items))
        return likely and any(map(_is_line, items))

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents; see `FormatWriter.write`. All that doccano does not show is in the record of the line."""
        return write_lines(
            documents, out, scheme, self.name, lambda d, spans: {"id": d.id, "text": d.text, "label": spans}
        )

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each line states, once for each annotator; see `ForeignFormat.statements`."""
        faults = FieldFaults(str(source))
        for faults.line, item in numbered_objects(str(source), noun="document", fix=_FIX):
            for stated in _documents(item, faults, options):
                state_words(stated)
                yield stated
        faults.check()


DOCCANO = DoccanoFormat()


def _may_be_line(item: Mapping[str, Any]) -> bool:
    known = isinstance(item.get("text", item.get("data")), str) and not {"spans", "tokens", "answer"} & item.keys()
    return known and any(isinstance(item.get(key, ""), list | None) for key in _LISTS)


def _is_line(item: Mapping[str, Any]) -> bool:
    parts = [(key, part) for key in _LISTS if isinstance(item.get(key), list) for part in item[key]]
    if kept_record(item) or any(isinstance(part, dict) and "start_offset" in part for _, part in parts):
        return True
    own = "id" in item or "cats" in item or "Comments" in item or "doc_id" in item
    triples = any(isinstance(part, list) and _is_triple(part) and (own or key != "entities") for key, part in parts)
    return triples or ("Comments" in item and "id" in item) or (not parts and _is_unmarked_line(item))


def _is_unmarked_line(item: Mapping[str, Any]) -> bool:
    """Return whether a line in which nothing is marked has a number of doccano's, and no keys but its own."""
    own_list = "label" in item or "labels" in item or {"entities", "relations"} <= item.keys()
    return own_list and type(item.get("id")) is int and item.keys() <= set(_READ)


def _is_triple(part: list[Any]) -> bool:
    return len(part) == 3 and type(part[0]) is int and type(part[1]) is int and type(part[2]) in (str, int)


def _is_category(part: Any) -> bool:
    return isinstance(part, dict) and type(part.get("label")) in (str, int) and not {"start", "end"} & part.keys()


def _documents(item: Mapping[str, Any], faults: FieldFaults, options: ReadOptions) -> Iterator[StatedDocument]:
    """Yield the documents of a line, one for each annotator."""
    record = kept_record(item)
    faults.document = str(record["id"]) if record else ""
    if options.id_field:
        faults.document = faults.name(item, options.id_field, required=True)
    elif not record:
        faults.document = faults.name(item, "id", "doc_id")
    stated = StatedDocument(faults.text(item, *_TEXT), id=faults.document, line=faults.line, record=record)
    if isinstance(item.get("username"), str) and item["username"]:
        stated.annotator = item["username"]
    by_user = _spans(item, faults, stated)
    for key, kind in _COUNTED.items():
        stated.left_out[kind] += len(item[key]) if isinstance(item.get(key), list) else 0
    fields = {key: part for key, part in item.items() if key not in (*_READ, options.id_field)}
    nested = [item[key] for key in ("meta", "metadata") if isinstance(item.get(key), dict)]
    for part in nested:
        fields = {key: value for key, value in part.items() if key != options.id_field} | fields
    stated.meta, stated.extra = split_metadata(fields)
    if not by_user and any(count for kind, count in stated.left_out.items() if kind != "comments"):
        stated.without_spans = "documents whose annotations mark no text"
    if not by_user:
        yield stated
    annotator = stated.annotator
    for number, (user, spans) in enumerate(by_user.items()):
        one = stated if number == 0 else replace(stated, left_out=Counter())
        one.spans, one.annotator = spans, annotator if user is None else str(user)
        yield one


def _spans(
    item: Mapping[str, Any], faults: FieldFaults, stated: StatedDocument
) -> dict[str | int | None, list[LabelledStatement]]:
    """Return the spans of a line by the user who marked them, and count what is not a span."""
    by_user: dict[str | int | None, list[LabelledStatement]] = defaultdict(list)
    for key in _LISTS:
        parts = item.get(key)
        for number, part in enumerate(parts if isinstance(parts, list) else [parts], 1):
            if part is None:
                continue
            user = None
            if isinstance(part, list) and len(part) == 3:
                bounds, label = (part[0], part[1]), part[2]
            elif isinstance(part, dict) and ("start_offset" in part or "end_offset" in part):
                bounds, label = (part.get("start_offset"), part.get("end_offset")), part.get("label")
                user = part.get("user") if type(part.get("user")) in (str, int) else None
            elif isinstance(part, str) or _is_category(part):
                stated.left_out["categories of documents"] += 1
                continue
            elif isinstance(part, dict) and isinstance(part.get("text"), str):
                stated.left_out["texts that annotators wrote"] += 1
                continue
            else:
                faults.add(f"{key} {number} is not a span: {shown(part)}", _FIX)
                continue
            if span := faults.span(bounds, label, f"{key} {number}"):
                by_user[user].append(span)
    return dict(by_user)
