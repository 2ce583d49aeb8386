"""The format `hf-spans`: rows of texts and spans, in the shapes that datasets of Hugging Face have.

Spans are structs (`{"start": 0, "end": 4, "label": "PER"}`, also under other names), one struct of lists, lists
`[0, 4, "PER"]`, or structs with `offsets` and `type`, as collections of biomedical corpora have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ....schema import DataError, Document, Problem, Span, truncate_problems
from ...spans.offsets import Fragments
from ..file_sample import FileSample
from ..foreign.foreign_format import ForeignFormat
from ..foreign.stated_documents import LabelledStatement, StatedDocument
from ..format_interface import ReadOptions
from .dataset_classes import ClassNames
from .hub_rows import HubRows, page_description, rows_of_path, sampled_rows
from .row_columns import cells_as_items, keep_columns, parse_column_roles, row_id

SPANS = ("entities", "spans", "ner", "annotations", "mentions")
"""Columns of spans; the first of them that a row has is read."""

_STARTS, _ENDS = ("start", "begin"), ("end", "stop")
_LABELS = ("label", "type", "tag", "entity_type", "ner_type")
_WORDS = ("text", "word", "words", "surface", "mention")
_ROLES = ("text", "spans", "start", "end", "label", "words")
_OF_OTHER_TOOLS = ("score", "confidence", "start_offset", "entity_group", "token_start", "labels")
"""Keys of spans in the files of other tools, which have readers of their own."""

_ROW_KEYS_OF_OTHERS = frozenset(
    ("answer", "_input_hash", "_task_hash", "extractions", "tokenized_text", "cats", "username", "Comments")
)

_OF_DOCCANO = {"id", "doc_id", "cats", "Comments"}
"""Keys beside which lists `[0, 4, "PER"]` are those of doccano."""


class SpanRowsFormat(ForeignFormat):
    """Rows of texts and spans.

    Args:
        rows: Rows in memory, which are read instead of a file; their ids are their positions unless they have some.
    """

    name = "hf-spans"
    summary = "rows of text and entities or spans, as datasets of Hugging Face have them"
    holds = ("text", "ids", "overlaps", "cuts")
    read_options = ("columns", "fragments", "id_field")

    def __init__(self, rows: HubRows | None = None) -> None:
        self._rows = rows

    def recognises(self, sample: FileSample) -> bool:
        """Return whether every row has a text and spans, not all of them empty, and is not a record."""
        return are_span_rows(sampled_rows(sample))

    def describe(self, source: Path, options: ReadOptions) -> str:
        """Return which rows a page has; see `ForeignFormat.describe`."""
        return page_description(source) if self._rows is None else ""

    def statements(self, source: Path, options: ReadOptions) -> Iterator[StatedDocument]:
        """Yield what the rows state; see `ForeignFormat.statements`."""
        rows = self._rows if self._rows is not None else rows_of_path(source)
        columns = parse_column_roles(options.columns, _ROLES)
        problems: list[Problem] = []
        for number, (line, row) in enumerate(rows.numbered()):
            try:
                stated = _stated(row, columns, rows, line)
                keep_columns(row, _read_columns(row, columns, options), stated)
                stated.id = row_id(row, options.id_field) or ("" if self._rows is None else str(number))
            except DataError as error:
                problems += (problem.with_location(rows.path, line) for problem in error.problems)
                continue
            yield stated
        if problems:
            raise DataError(truncate_problems(problems, "invalid rows"))


def are_span_rows(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether rows all have a text and spans, not all of them empty, and are no records."""
    if any(not isinstance(row.get("text"), str | None) or "text" not in row for row in rows):
        return False
    shapes = [_looks_like_spans(row) for row in rows]
    return any(shape is True for shape in shapes) and False not in shapes


def _looks_like_spans(row: Mapping[str, Any]) -> bool | None:
    """Return whether a row has spans; None if there are none."""
    column = next((name for name in SPANS if name in row), "")
    if not column or any(key in row for key in _ROW_KEYS_OF_OTHERS):
        return False
    cell = row[column]
    items = cells_as_items(cell)
    if column == "spans" and isinstance(row.get("id"), str) and isinstance(cell, list) and _is_record(row):
        return False
    if not cell:
        return None if cell is None or items is not None else False
    if isinstance(items, list) and _OF_DOCCANO & row.keys() and any(isinstance(item, list) for item in items):
        return False
    return items is not None and all(map(_is_span, items)) and (bool(items) or None)


def _is_record(row: Mapping[str, Any]) -> bool:
    keys = set(Span.__struct_fields__)
    spans = all(isinstance(item, Mapping) and item.keys() <= keys for item in row["spans"])
    return row.keys() <= set(Document.__struct_fields__) or spans


def _is_span(item: Any) -> bool:
    if isinstance(item, list):
        return len(item) == 3 and type(item[0]) is int and type(item[1]) is int and isinstance(item[2], str)
    if not isinstance(item, Mapping) or any(item.get(key) is not None for key in _OF_OTHER_TOOLS):
        return False
    label = next((item[key] for key in _LABELS if key in item), None)
    bounds = [next((item[key] for key in keys if key in item), None) for keys in (_STARTS, _ENDS)]
    return isinstance(label, str | int) and (
        all(type(n) is int for n in bounds) or isinstance(item.get("offsets"), list)
    )


def _stated(row: Mapping[str, Any], columns: Mapping[str, str], rows: HubRows, line: int) -> StatedDocument:
    """Return what a row states.

    Raises:
        DataError: It is invalid; all faults are reported.
    """
    text_column = columns.get("text", "text")
    if text_column not in row:
        fix = f"name it with `columns`, as in text=NAME; its columns: {', '.join(map(str, row))}"
        raise DataError(Problem(f"the row has no column {text_column!r}", fix))
    text = row[text_column]
    if not isinstance(text, str | None):
        raise DataError(Problem(f"column {text_column!r} is not a text: {str(text)[:30]!r}", "give strings"))
    column = _span_column(row, columns)
    if column not in row:
        fix = f"name it with `columns`, as in spans=NAME; its columns: {', '.join(map(str, row))}"
        raise DataError(Problem(f"the row has no column {column!r}" if column else "the row has no spans", fix))
    stated = StatedDocument(text or "", path=rows.path, line=line)
    cell = row[column]
    items = [] if cell is None or cell == {} else cells_as_items(cell)
    if text is None or cell is None:
        stated.without_spans = f"column {text_column if text is None else column!r} is null"
    if items is None:
        what = f"column {column!r} is not a list of spans, nor a struct of lists of one length: {str(cell)[:40]!r}"
        raise DataError(Problem(what, "give a list with start, end and label of each span"))
    problems: list[Problem] = []
    for number, item in enumerate(items, 1):
        try:
            if item is None:
                stated.left_out["spans that are null"] += 1
            else:
                stated.spans.append(_span(item, number, columns, rows.classes, column, line))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return stated


def _span_column(row: Mapping[str, Any], columns: Mapping[str, str]) -> str:
    return columns.get("spans") or next((name for name in SPANS if name in row), "")


def _read_columns(row: Mapping[str, Any], columns: Mapping[str, str], options: ReadOptions) -> tuple[str, ...]:
    return columns.get("text", "text"), _span_column(row, columns), options.id_field or "id"


def _span(
    item: Any, number: int, columns: Mapping[str, str], classes: ClassNames, column: str, line: int
) -> LabelledStatement:
    name = f"span {number}"
    if isinstance(item, list) and len(item) == 3:
        item = dict(zip(("start", "end", "label"), item, strict=True))
    if not isinstance(item, Mapping):
        raise DataError(Problem(f"{name}: {str(item)[:40]!r} is not a span", "give its start, end and label"))
    keys = {
        role: columns.get(role) or next((key for key in known if key in item), known[0])
        for role, known in (("start", _STARTS), ("end", _ENDS), ("label", _LABELS), ("words", _WORDS))
    }
    label, words = item.get(keys["label"]), item.get(keys["words"])
    names = classes.get(f"{column}.{keys['label']}", ())
    if type(label) is int:
        label = names[label] if 0 <= label < len(names) else str(label)
    if not isinstance(label, str) or not label:
        raise DataError(
            Problem(f"{name} has no label: {str(dict(item))[:80]}", "name its key with `columns`, as in label=NAME")
        )
    fragments = _fragments(item, keys, name)
    if isinstance(words, list):
        words = " ".join(map(str, words))
    attributes = {
        key: part
        for key, part in item.items()
        if part is not None and part not in ([], {}) and key not in (*keys.values(), "offsets", "id", "value")
    }
    value = item.get("value")
    attributes |= value if isinstance(value, Mapping) else {"value": value} if value is not None else {}
    return LabelledStatement(label, fragments, words if isinstance(words, str) else None, name, line, attributes)


def _fragments(item: Mapping[str, Any], keys: Mapping[str, str], name: str) -> Fragments:
    pairs = item.get("offsets")
    if not isinstance(pairs, list) or keys["start"] in item:
        pairs = [[item.get(keys["start"]), item.get(keys["end"])]]
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not all(type(bound) is int for bound in pair):
            what = f"{name} has no whole numbers as start and end: {str(dict(item))[:80]}"
            raise DataError(Problem(what, "give them, or name their keys with `columns`, as in start=NAME,end=NAME"))
    if not pairs:
        raise DataError(Problem(f"{name} has no offsets", "give its start and end"))
    return tuple((start, end) for start, end in pairs)


HF_SPANS = SpanRowsFormat()
"""The object that the entry point names."""
