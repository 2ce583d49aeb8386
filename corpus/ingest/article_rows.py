"""Articles from the rows of tables: which column holds what, and what is kept of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...schema import DataError, Metadata, Problem, language_error
from .annotation_columns import has_span_per_row, holds_annotations
from .articles import ARTICLE_COLUMNS, Article, SourceOptions
from .date_columns import DateColumn

_META = Metadata.__struct_fields__
_RECORD = ("meta", "zones", "spans", "layer", "extra", "text_sha256", "text_length")
_MAX_CHECKED = 20  # rows in which a column is looked at for annotations
_CONVERT = "read annotations with `goldspan convert`"


class ArticleRows:
    """Reads the rows of a file as articles.

    Args:
        path: The file.
        stem: The name from which ids are derived where rows have none.
        options: The columns, and the tally.
        dates: The column of publication dates.
    """

    def __init__(self, path: str, stem: str, options: SourceOptions, dates: DateColumn) -> None:
        self._path = path
        self._stem = stem
        self._options = options
        self._dates = dates
        self._number = 0

    def article(self, row: dict[str, Any], line: int) -> Article | Problem:
        """Return the article of a row, or why there is none.

        Raises:
            DataError: The rows of the file are spans, not articles.
        """
        self._number += 1
        options = self._options
        cells = {name: take_cell(row, options.column(name)) for name in ARTICLE_COLUMNS}
        options.tally.columns_seen.update(name for name in options.columns if cells[name] is not None)
        record = {key: row.pop(key) for key in _RECORD if row.get(key) is not None}
        name = f"{self._stem}#{self._number}" if cells["id"] is None else cells["id"]
        if isinstance(name, bool | float) or not isinstance(name, str | int):
            return Problem(f"id {name!r} is not a string", "write ids in quotes", self._path, line)
        name = str(name)
        self._look_for_annotations(row, cells["text"], line)
        if not isinstance(cells["text"], str):
            fix = "add a column 'text', or name the column in `columns`"
            fix = f"{fix}; {_CONVERT}" if any(holds_annotations(key, cell) for key, cell in row.items()) else fix
            return Problem("no text", fix, self._path, line, name)
        for key in ("meta", "extra"):
            if not isinstance(record.get(key, {}), dict):
                return Problem(f"{key} is not an object", f"write {key} as an object `{{…}}`", self._path, line, name)
        try:
            meta = self._metadata(record.pop("meta", {}), cells, line)
        except DataError as error:
            [problem] = error.problems
            return Problem(problem.what, problem.fix, self._path, line, name)
        if row:
            record["extra"] = {**row, **record.get("extra", {})}
        return Article(name, cells["text"], meta, self._path, line, record)

    def _metadata(self, stated: dict[str, Any], cells: Mapping[str, Any], line: int) -> Metadata:
        meta = {**stated, **{key: cells[key] for key in _META if cells[key] is not None}}
        meta = {key: item for key, item in meta.items() if item is not None}
        published = meta.pop("published", None)
        if invalid := [key for key in meta if key not in _META or not isinstance(meta[key], str)]:
            reason = "is not a string" if invalid[0] in _META else "is not a known field"
            what = f"meta.{invalid[0]} {meta[invalid[0]]!r} {reason}"
            raise DataError(Problem(what, f"the fields of meta, all strings, are {', '.join(_META)}"))
        if "language" in meta and (fault := language_error(meta["language"])):
            raise DataError(Problem(f"language {fault[0]}", fault[1]))
        return Metadata(**meta, published=None if published is None else self._dates.read(published, line))

    def _look_for_annotations(self, row: Mapping[str, Any], text: Any, line: int) -> None:
        tally = self._options.tally
        tally.extra_columns.update(row.keys())
        if self._number > _MAX_CHECKED:
            return
        if has_span_per_row(row, text):
            what = "a row of this table is a span with its start, end and label, not an article"
            raise DataError(
                Problem(what, f"{_CONVERT}, or rename the columns if they hold something else", self._path, line)
            )
        for name, cell in row.items():
            if name not in tally.annotation_columns and holds_annotations(name, cell):
                tally.annotation_columns[name] = self._path


def take_cell(row: dict[str, Any], column: str) -> Any:
    """Remove a cell from a row and return it; `a.b` is the key `b` of the object in column `a`, if no column has it.

    Returns:
        None if the row has no such cell.
    """
    if column in row or "." not in column:
        return row.pop(column, None)
    first, _, rest = column.partition(".")
    if not isinstance(row.get(first), dict):
        return None
    row[first] = inner = dict(row[first])
    cell = take_cell(inner, rest)
    if not inner:
        del row[first]
    return cell


def cell_of(row: Mapping[str, Any], column: str) -> Any:
    """Return a cell like `take_cell`, without removing it."""
    return take_cell(dict(row), column)
