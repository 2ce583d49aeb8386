"""The format `potato`: what Potato writes for an annotator or for all, as lines of JSON, tables or a folder.

```
{"id": "1", "displayed_text": "Rebels left Goma.", "label_annotations": {},
 "span_annotations": [{"start": 0, "end": 6, "span": "Rebels", "annotation": "ACTOR"}]}
```

Version 2 writes `user_state.json` for each annotator, and lines or tables with `instance_id`, `user_id` and spans by
scheme, all without texts. Each annotator's work is a pass; in lines of version 1 the folder of the file names them.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, UsageError
from ...storage.delimited import read_table
from ...storage.file_io import file_suffix
from ...storage.json_items import numbered_objects
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.json_values import shown
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..foreign.stated_fields import FieldFaults
from ..format_interface import ReadOptions

_LINES, _STATE = "annotated_instances.jsonl", "user_state.json"
_FIX = "read the files as Potato writes them"
_TABLES = (".csv", ".tsv")
_AMPERSAND = re.compile(r"&(?!#?\w{1,31};)")
_SPAN_COLUMN, _SPANS_SUFFIX = "span_annotation:::", "._spans"


class PotatoFormat(ForeignFormat):
    """Work of Potato's annotators."""

    name = "potato"
    summary = "annotations of Potato: a folder of annotators, lines of JSON, or a table"
    folder_patterns = (f"*/{_LINES}", f"*/{_STATE}")
    holds = ("text", "ids", "overlaps", "cuts", "annotators")
    reads_folders = True
    read_options = ("encoding", "passes", "texts")

    def recognises(self, sample: FileSample) -> bool:
        """Return whether a folder holds annotators' files, or all items or the header of a file are Potato's."""
        if sample.is_folder:
            return any(next(sample.path.glob(pattern), None) for pattern in self.folder_patterns)
        if sample.suffix in _TABLES:
            header = sample.lines[0] if sample.lines else ""
            return "instance_id" in header and ("displayed_text" in header or _SPANS_SUFFIX in header)
        return bool(sample.objects) and len(sample.objects) == len(sample.items) and all(map(_is_item, sample.objects))

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what each annotator's work on an instance states; see `ForeignFormat.statements`."""
        if options.encoding and (source.is_dir() or file_suffix(source) not in _TABLES):
            raise UsageError("`encoding` has no effect on JSON, which is UTF-8. Fix: leave it out")
        for path, owner in _files(source):
            faults = FieldFaults(str(path))
            pages = 0
            for work in _work(path, owner, options):
                faults.line, faults.document = work.line, work.instance
                if work.instance.endswith(".html") and not work.spans:  # consent, instructions, questionnaires
                    pages += 1
                    continue
                stated = _document(work, options, faults)
                stated.left_out["pages of questionnaires"] += pages
                pages = 0
                yield stated
            faults.check()


POTATO = PotatoFormat()


@dataclass(slots=True)
class _Work:
    """The work of an annotator on an instance.

    Attributes:
        instance: Id of the instance.
        user: The annotator; None if unknown.
        text: Text as displayed; None if the file has none.
        spans: Spans as the file has them.
        answers: Number of answers that are no spans.
        links: Number of links between spans.
        path: The file.
        line: Line in the file.
    """

    instance: str
    user: str | None
    text: str | None
    spans: list[Any]
    answers: int
    links: int
    path: str
    line: int


def _is_item(item: Mapping[str, Any]) -> bool:
    if isinstance(item.get("instance_id_to_span_to_value"), dict):
        return True
    displayed = isinstance(item.get("displayed_text"), str) and isinstance(item.get("span_annotations"), list | dict)
    return displayed or (item.keys() >= {"instance_id", "user_id", "spans"} and isinstance(item["spans"], dict))


def _files(source: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield the file itself, or the file of each annotator in a folder; with the annotator, if a folder names them."""
    if not source.is_dir():
        own = source.name == _LINES and (source.parent / "annotation_order.txt").is_file()
        yield source, source.parent.name if own else None
        return
    folders = sorted(path for path in source.iterdir() if path.is_dir())
    found = [(folder / name, folder.name) for folder in folders for name in (_LINES, _STATE)]
    files = {owner: (path, owner) for path, owner in reversed(found) if path.is_file()}  # lines have texts
    if not files:
        raise DataError(Problem(f"no folder with {_LINES} or {_STATE}", "name Potato's output folder", str(source)))
    yield from sorted(files.values())


def _work(path: Path, owner: str | None, options: ReadOptions) -> Iterator[_Work]:
    if file_suffix(path) in _TABLES:
        table = read_table(str(path), options.encoding)
        for line, cells in table.rows():
            yield _row_work(dict(zip(table.columns, cells, strict=True)), str(path), line)
        return
    seen: dict[str, int] = {}
    for line, item in numbered_objects(str(path), noun="annotation", fix=_FIX):
        if isinstance(item.get("instance_id_to_span_to_value"), dict):
            yield from _state_work(item, str(path), line)
            continue
        version_2 = "instance_id" in item
        user = item.get("user_id" if version_2 else "user")
        instance = item.get("instance_id" if version_2 else "id")
        name = str(instance) if isinstance(instance, str) or type(instance) is int else ""
        annotator = str(user) if user not in (None, "") else owner
        if annotator is None and seen.setdefault(name, line) != line:
            what = f"the instance is also on line {seen[name]}, and the file does not say who annotated it"
            raise DataError(Problem(what, f"read the folder with each annotator's {_LINES}", str(path), line, name))
        text = item.get("displayed_text")
        labels = item.get("labels") if version_2 else item.get("label_annotations")
        spans = item.get("spans") if version_2 else item.get("span_annotations")
        yield _Work(
            name,
            annotator,
            text if isinstance(text, str) else None,
            _listed(spans),
            _size(labels),
            _size(item.get("links")),
            str(path),
            line,
        )


def _row_work(row: Mapping[str, str], path: str, line: int) -> _Work:
    """Return the work of a row; cells with spans are JSON, or as Python prints them."""
    spans: list[Any] = []
    answers = 0
    for column, cell in row.items():
        if column.startswith(_SPAN_COLUMN) or column.endswith(_SPANS_SUFFIX):
            spans += _cell(cell, column, path, line)
        elif column not in ("user", "user_id", "instance_id", "displayed_text"):
            answers += bool(cell)
    user = row.get("user") or row.get("user_id") or None
    return _Work(row.get("instance_id", ""), user, row.get("displayed_text"), spans, answers, 0, path, line)


def _cell(cell: str, column: str, path: str, line: int) -> list[Any]:
    if not cell.strip():
        return []
    for parse in (json.loads, ast.literal_eval):
        try:
            return _listed(parse(cell))
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    raise DataError(Problem(f"column {column!r} is not a list of spans: {cell[:40]!r}", _FIX, path, line))


def _state_work(item: Mapping[str, Any], path: str, line: int) -> Iterator[_Work]:
    spans, labels = item["instance_id_to_span_to_value"], item.get("instance_id_to_label_to_value")
    links = item.get("instance_id_to_link_to_value")
    user = item.get("user_id")
    for instance in spans | (labels if isinstance(labels, dict) else {}):
        answers, linked = (_size(part.get(instance)) if isinstance(part, dict) else 0 for part in (labels, links))
        marked = _listed(spans.get(instance))
        yield _Work(instance, str(user) if user else None, None, marked, answers, linked, path, line)


def _listed(spans: Any) -> list[Any]:
    """Return the spans of a list, of pairs of a span and its state, or of an object by scheme and id."""
    if isinstance(spans, dict):
        return [span for part in spans.values() for span in (_listed(part) if not _is_span(part) else [part])]
    pairs = spans if isinstance(spans, list) else [] if spans is None else [spans]
    return [pair[0] if isinstance(pair, list | tuple) and len(pair) == 2 else pair for pair in pairs]


def _is_span(part: Any) -> bool:
    return not isinstance(part, list | dict) or (isinstance(part, dict) and "start" in part)


def _size(part: Any) -> int:
    """Return the number of answers in an object by scheme, or in a list."""
    if isinstance(part, dict):
        return sum(len(answers) if isinstance(answers, dict | list) else 1 for answers in part.values())
    return len(part) if isinstance(part, list) else 0


def _document(work: _Work, options: ReadOptions, faults: FieldFaults) -> StatedDocument:
    if not work.instance:
        faults.add("the instance has no id", "keep `id` or `instance_id` as Potato writes it")
    text = work.text if work.text is not None else faults.given_text(options.texts)
    stated = StatedDocument(text, [], work.instance, work.path, work.line, work.user)
    for number, part in enumerate(work.spans, 1):
        if not isinstance(part, dict):
            faults.add(f"span {number} is not an object: {shown(part)}", _FIX)
        elif part.get("target_field") not in (None, "", "text"):
            stated.left_out["spans of other fields than the text"] += 1
        elif span := _span(part, number, faults):
            stated.spans.append(span)
    stated.left_out["answers that are no spans"] += work.answers
    stated.left_out["links between spans"] += work.links
    if work.answers and not work.spans:
        stated.without_spans = "documents whose annotations mark no text"
    if work.text is not None:
        _leave_markup(stated)
    return stated


def _span(part: Mapping[str, Any], number: int, faults: FieldFaults) -> LabelledStatement | None:
    label = next((part[key] for key in ("annotation", "name", "label") if part.get(key)), None)
    words = part.get("span", part.get("text"))
    span = faults.span((part.get("start"), part.get("end")), label, f"span {number}", words=words)
    if span is None:
        return None
    others = part.get("additional_parts")
    for other in others if isinstance(others, list) else ():
        bounds = (other.get("start"), other.get("end")) if isinstance(other, dict) else (None, None)
        if fragment := faults.span(bounds, label, f"part of span {number}"):
            span.fragments = tuple(sorted((*span.fragments, *fragment.fragments)))
    if part.get("kb_id") and part.get("kb_source"):
        span.references = ((str(part["kb_source"]), str(part["kb_id"])),)
    return span


def _leave_markup(stated: StatedDocument) -> None:
    """Convert offsets in the page's markup, where `&` is `&amp;` and outer blanks are gone, if they fit only there."""
    text = stated.text
    bare = {match.start() for match in _AMPERSAND.finditer(text)}
    pieces = ["&amp;" if number in bare else character for number, character in enumerate(text)]
    page = "".join(pieces)
    markup = page.strip()
    if markup == text or not all(_fits(markup, span) for span in stated.spans):
        return
    if all(_fits(text, span) for span in stated.spans):
        return
    index = [number for number, piece in enumerate(pieces) for _ in piece][len(page) - len(page.lstrip()) :]
    for span in stated.spans:
        start, end = index[span.fragments[0][0]], index[span.fragments[0][1] - 1] + 1
        span.fragments, span.words = ((start, end),), text[start:end]
    stated.changed["spans converted from offsets in the page's markup"] += len(stated.spans)


def _fits(text: str, span: LabelledStatement) -> bool:
    """Return whether a span of one fragment has its words in a text."""
    (start, end), *others = span.fragments
    return not others and 0 <= start < end <= len(text) and text[start:end] == span.words
