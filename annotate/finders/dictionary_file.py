"""Dictionaries: files of surfaces with their labels and values.

A row has one surface (`surface`) or several names separated by | (`names`, or `name`), a `label`, and a column for each
key of the label's value, or a column `value` with a JSON object. A table of ids of one's own, with the columns `id`,
`names` and `kind`, is such a file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...corpus.storage.delimited import read_table
from ...corpus.storage.file_io import file_suffix
from ...corpus.storage.json_lines import numbered_lines
from ...corpus.storage.rows import parse_record
from ...schema import DataError, Problem, Scheme, UsageError, Value, did_you_mean, truncate_problems
from ...schema.data.tsv import split_values
from ...schema.value_types import Identifier
from .captured_parts import UnreadablePartError, read_parts, targets_of

_NAMES = ("surface", "names", "name")
_FOR_PEOPLE = frozenset(("count", "documents", "kind", "note", "comment", "variants"))
"""Columns that are read by people where they are no keys of the label."""


@dataclass(frozen=True, slots=True)
class DictionaryEntry:
    """A surface of a dictionary with its label and its value, which is None if it is unknown."""

    surface: str
    label: str
    value: Value | None


def read_dictionary(path: Path, scheme: Scheme, label: str | None = None) -> list[DictionaryEntry]:
    """Return the entries of a dictionary in the order of the file.

    Args:
        path: A CSV, TSV or JSONL file.
        scheme: The scheme of labels and values.
        label: The label of rows that state none; by default the scheme's, if it has one only.

    Raises:
        DataError: The file cannot be read, or rows are invalid; each problem has its line.
        UsageError: The scheme has no such label, or the suffix of the file is unknown.
    """
    if label is not None:
        scheme.label(label)
    elif len(scheme.labels) == 1:
        label = next(iter(scheme.labels))
    reader = _RowReader(scheme, label)
    entries: list[DictionaryEntry] = []
    problems: list[Problem] = []
    n_rows = 0
    for row in _rows(path):
        n_rows += 1
        try:
            if isinstance(row, Problem):
                raise DataError(row)
            entries += reader.entries(row[1])
        except DataError as error:
            line = row.line if isinstance(row, Problem) else row[0]
            problems += error.with_location(str(path), line).problems
    if not n_rows:
        problems.append(Problem("no entries", "write a header, and a row for each surface", str(path)))
    if problems:
        raise DataError(truncate_problems(problems, "rows"))
    return entries


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]] | Problem]:
    """Yield the rows of a file with their lines and without empty cells; a line that is not an object is a problem."""
    suffix = file_suffix(path)
    if suffix == ".jsonl":
        for line, raw in numbered_lines(str(path)):
            row, problem = parse_record(raw)
            yield (line, _filled(row)) if problem is None else problem.with_location(str(path), line)
    elif suffix in (".csv", ".tsv"):
        table = read_table(str(path), row_of="surface")
        for line, cells in table.rows():
            yield line, _filled(dict(zip(table.columns, cells, strict=True)))
    else:
        raise UsageError(f"{path}: unknown kind of dictionary. Fix: a file .csv, .tsv or .jsonl")


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: cell for column, cell in row.items() if cell not in (None, "")}


class _RowReader:
    """A reader of rows as entries."""

    def __init__(self, scheme: Scheme, label: str | None) -> None:
        self._scheme = scheme
        self._label = label
        self._targets = {name: targets_of(item) for name, item in scheme.labels.items()}
        self._ids = {
            name: next(iter(fields))
            for name, item in scheme.labels.items()
            if len(fields := [f.name for f in item.fields.values() if isinstance(f.type, Identifier)]) == 1
        }

    def entries(self, row: Mapping[str, Any]) -> list[DictionaryEntry]:
        """Return an entry for each surface of a row.

        Raises:
            DataError: It has no surface, or an unknown label, an unknown column or an invalid value.
        """
        label = row.get("label") or self._label
        if not isinstance(label, str) or label not in self._scheme.labels:
            known = list(self._scheme.labels)
            hint = did_you_mean(label, known) if isinstance(label, str) else "add a column `label`, or label=NAME"
            raise DataError(Problem(f"unknown label {label!r}" if label else "the row has no label", hint))
        surfaces = [name for column in _NAMES if column in row for name in _names(column, row[column])]
        if not surfaces:
            raise DataError(Problem("the row has no surface", "fill in `surface`, or `names` separated by |"))
        value = self._value(label, row)
        return [DictionaryEntry(surface, label, value) for surface in surfaces]

    def _value(self, label: str, row: Mapping[str, Any]) -> Value | None:
        targets = self._targets[label]
        parts = _object(row.get("value"))
        for column, cell in row.items():
            if column in (*_NAMES, "label", "value") and column not in targets:
                continue
            target = self._ids.get(label, column) if column == "id" and column not in targets else column
            if target not in targets:
                if column in _FOR_PEOPLE:
                    continue
                keys = [key.name for field in self._scheme.label(label).fields.values() for key in field.keys]
                fix = did_you_mean(column, keys) if keys else "the label has no values; leave the cell empty"
                raise DataError(Problem(f"the column {column!r} is not a key of {label}", fix))
            parts |= self._parts(label, target, cell)
        return self._scheme.value(label, **parts)

    def _parts(self, label: str, target: str, cell: Any) -> dict[str, Any]:
        """Return the parts that a cell stands for: a text as in a pattern, anything else as it is."""
        field, key = self._targets[label][target]
        if not isinstance(cell, str):
            return {target: cell}
        if key is not None and key.base is bool:
            if cell.strip().lower() not in ("true", "false"):
                raise DataError(Problem(f"{target}: {cell!r} is neither true nor false"))
            return {target: cell.strip().lower() == "true"}
        try:
            return read_parts(field, key, cell, None, any_id=True)
        except UnreadablePartError:
            examples = {item.name: example for item, example in field.examples}
            fix = f"write {examples.get(target, next(iter(examples.values())))}, for example"
            raise DataError(Problem(f"{target}: {cell!r} cannot be read as {field.type.name}", fix)) from None


def _names(column: str, cell: Any) -> Sequence[str]:
    """Return the surfaces in a cell: one, or those that | separates, or those of a list."""
    if isinstance(cell, list) and all(isinstance(name, str) for name in cell):
        return [name for name in cell if name.strip()]
    if not isinstance(cell, str):
        raise DataError(Problem(f"{column}: expected text, got {type(cell).__name__}", "write it in quotes"))
    return [cell] if column == "surface" and cell.strip() else split_values(cell) if column != "surface" else []


def _object(cell: Any) -> dict[str, Any]:
    """Return the parts in the column `value`."""
    if isinstance(cell, str):
        try:
            cell = json.loads(cell) if cell.strip() else None
        except (ValueError, RecursionError):
            raise DataError(Problem(f"value: {cell[:80]!r} is not JSON", 'such as {"type": "flood"}')) from None
    if cell is None:
        return {}
    if not isinstance(cell, dict):
        raise DataError(Problem("value: it is not an object", 'such as {"type": "flood"}'))
    return cell
