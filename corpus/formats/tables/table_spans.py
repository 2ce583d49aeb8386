"""The rows of a table of spans, and what its columns hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, UsageError
from ...storage.delimited import SEPARATORS, read_table
from ...storage.json_items import numbered_objects
from ..file_sample import FileSample
from ..foreign.json_values import shown
from ..foreign.repeated_reading import RepeatedReading
from ..foreign.stated_documents import LabelledStatement
from ..foreign.stated_fields import FieldFaults
from ..format_interface import ReadOptions
from .column_roles import guessed_columns, named_columns, number_in, text_role
from .span_table_writer import COLUMNS, META, read_cell

_FIX = 'write a span in each line, such as {"id": "a", "start": 0, "end": 4, "label": "ACTOR"}'
_MISSING = ("", "NA", "NaN", "nan", ".", "NULL", "None", "<NA>")
"""What R, pandas and Stata write for a number that is missing."""


@dataclass(slots=True)
class TableSpans:
    """The rows of a table of spans, and what its columns hold.

    Attributes:
        rows: The rows with their lines, as often as asked for; cells without content are left out.
        roles: Columns by what they hold.
        guessed: Whether some were guessed.
        layout: How the file is laid out, for messages.
        stem: Name of the file without suffix.
    """

    rows: Iterable[tuple[int, dict[str, Any]]]
    roles: dict[str, str]
    guessed: bool
    layout: str
    stem: str
    _taken: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Set the columns that are not attributes of spans."""
        self._taken = {*self.roles.values(), *META}

    def has(self, role: str) -> bool:
        """Return whether a column holds this."""
        return role in self.roles

    def cell(self, row: Mapping[str, Any], role: str) -> Any:
        """Return the cell of a row that holds this; None if there is none, or it has no content."""
        return row.get(self.roles[role]) if role in self.roles else None

    def description(self) -> str:
        """Return how the table is read."""
        columns = ", ".join(f"{role} = {column}" for role, column in self.roles.items() if role != column)
        guess = ", some of them guessed by their names" if self.guessed and columns else ""
        return f"{self.layout}{f'; {columns}' if columns else ''}{guess}"

    def name(self, row: Mapping[str, Any], faults: FieldFaults) -> str:
        """Return the id of a row's document."""
        column = self.roles["id"]
        if row.get(column) is None:
            faults.add(f"there is no id under {column!r}", "write the id of the document in each row")
        return faults.name(row, column)

    def span(self, row: Mapping[str, Any], faults: FieldFaults) -> LabelledStatement | None:
        """Return the span of a row; None if it has none."""
        label = self.cell(row, "label")
        bounds = [self.cell(row, role) for role in ("start", "end", "length")]
        if all(bound is None or bound in _MISSING for bound in bounds) and (label is None or label in _MISSING):
            return None
        start, end, length = (None if bound is None else number_in(bound) for bound in bounds)
        if end is None and start is not None and length is not None:
            end = start + length
        if start is None or end is None:
            bounds_shown = " and ".join(map(shown, bounds[:2]))
            faults.add(f"the bounds are not whole numbers: {bounds_shown}", "write character offsets")
            return None
        score = remark = self.cell(row, "score")
        if isinstance(score, str):
            try:
                score = float(score)
            except ValueError:
                score = None
        span = faults.span(
            (start, end), label, f"the span of line {faults.line}", words=self.cell(row, "words"), score=score
        )
        if span is None:
            return None
        note = self.cell(row, "note")
        span.note = note if isinstance(note, str) else None
        others = [column for column in row if column not in self._taken]
        remarked = span.score is None and remark is not None and remark not in _MISSING  # such as `high`
        if not others and not remarked:
            return span
        attributes: dict[str, Any] = {self.roles["score"]: remark} if remarked else {}
        fields: dict[str, Any] = {}
        for column in others:
            part = row[column]
            if column == "value" and isinstance(part, dict):
                attributes |= {key: item for key, item in part.items() if item is not None}
            elif own := _field(column, part):
                fields[own[0]] = own[1]
            elif column.startswith(("value.", "value_")):
                attributes[column[len("value.") :]] = part
            else:
                attributes[column] = part
        span.attributes, span.fields = attributes, fields
        return span


def _field(column: str, part: Any) -> tuple[str, Any] | None:
    """Return the field of a span that a column holds as goldspan writes it, if it is one."""
    if column in ("span_id", "id") and isinstance(part, str | int) and not isinstance(part, bool):
        return "id", str(part)
    if column == "source" and isinstance(part, str):
        return column, part
    if column == "origin" and part in ("prediction", "prediction-changed", "manual"):
        return column, part
    if column == "unsure":
        return column, part is True or str(part).lower() in ("true", "1", "yes")
    return None


def read_table_spans(source: Path, options: ReadOptions) -> TableSpans:
    """Read a table of spans.

    Args:
        source: The file.
        options: Its columns and encoding.

    Raises:
        DataError: The file is no table, or no column holds the bounds or labels of spans.
        UsageError: A named column does not exist, or an encoding is named for JSON.
    """
    stem = source.name.partition(".")[0]
    if FileSample(source).json_kind:
        if options.encoding:
            raise UsageError("`encoding` has no effect on JSON, which is UTF-8. Fix: leave it out")

        def read() -> Iterator[tuple[int, dict[str, Any]]]:
            for line, item in numbered_objects(str(source), noun="span", fix=_FIX):
                yield line, {key: part for key, part in item.items() if part is not None}

        rows = RepeatedReading(read, _size)
        columns = list({key: None for _, row in rows for key in row})
        layout = "a span in each object"
    else:
        table = read_table(str(source), options.encoding)
        columns = table.columns
        cell: Callable[[str], str | None] = read_cell if tuple(columns[: len(COLUMNS)]) == COLUMNS else str

        def read() -> Iterator[tuple[int, dict[str, Any]]]:
            for line, cells in table.rows():
                yield line, {name: cell(part) for name, part in zip(columns, cells, strict=True) if part}

        rows = RepeatedReading(read, _size)
        layout = f"a span in each row, cells separated by {SEPARATORS[table.separator]}"
    named = named_columns(options.columns, columns)
    roles = guessed_columns(columns, named)
    if role := text_role(columns, roles, (row for _, row in rows)):
        roles[role] = next(name for name in columns if name.lower() == "text" and name not in roles.values())
    _require(roles, columns, str(source), options)
    return TableSpans(rows, roles, len(roles) > len(named), layout, stem)


_TOKENS = {"word", "words", "token", "tokens"}


def _require(roles: Mapping[str, str], columns: list[str], path: str, options: ReadOptions) -> None:
    """Check that the columns that are needed are there.

    Raises:
        DataError: One is not.
    """
    missing = [role for role in ("start", "label") if role not in roles]
    missing += ["end"] if not {"end", "length"} & roles.keys() else []
    missing += ["id"] if "id" not in roles and "document_text" not in roles else []
    if missing:
        spec = ",".join(f"{role}=…" for role in missing)
        what = f"no column is known to hold {', '.join(missing)}; the columns are {', '.join(columns)}"
        fix = f"name them in `columns`: {spec}"
        if "start" in missing and _TOKENS & {name.lower() for name in columns}:
            fix += "; if the rows are tokens, write each with a tab and its tag, a blank line between sentences (conll)"
        raise DataError(Problem(what, fix, path, 1))
    if "document_text" not in roles and options.texts is None:
        fix = "give the texts with `restore`: records, or articles, with the ids of the file;"
        what = "the file has no texts of documents"
        raise DataError(Problem(what, f"{fix} or name their column in `columns`: document_text=…", path))


def _size(row: tuple[int, dict[str, Any]]) -> int:
    """Return about how many bytes of memory a row takes."""
    return 1000
