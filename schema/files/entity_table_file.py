"""Tables of entities of a user's own: ids, their names and kinds, as CSV or TSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from ..data.text_lines import text_lines
from ..data.tsv import split_values
from ..errors import DataError, Problem, did_you_mean
from .text_file import read_utf8

_COLUMNS = ("id", "names", "kind")
_REQUIRED = ("id", "names")


class EntityRow(NamedTuple):
    """A row of a table.

    Attributes:
        id: Id of the entity.
        names: Its names, the usual one first.
        kind: What it is; empty if the table does not say.
    """

    id: str
    names: tuple[str, ...]
    kind: str


class EntityFile(NamedTuple):
    """The contents of a table.

    Attributes:
        rows: The rows, in their order.
        edition: Name of the file and the first digits of a digest of its contents.
    """

    rows: tuple[EntityRow, ...]
    edition: str


def read_entity_file(path: str) -> EntityFile:
    """Read a table with the columns `id`, `names` (separated by `|`) and optionally `kind`.

    A file `.tsv` is separated by tabs; any other by commas, or by semicolons if its first line has no comma. A table
    that was read is kept until the file changes.

    Raises:
        DataError: The file cannot be read, or a row is invalid, with its line.
    """
    try:
        status = Path(path).stat()
    except OSError:
        return _read(path, 0, 0)  # reading says what is wrong
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=16)
def _read(path: str, _modified: int, _size: int) -> EntityFile:
    text = read_utf8(Path(path))
    name = Path(path).name
    rows = tuple(_rows(text, path))
    if not rows:
        raise DataError(Problem("the table has no rows", "add a row for each entity", path))
    return EntityFile(rows, f"{name}-{sha256(text.encode()).hexdigest()[:8]}")


def _rows(text: str, path: str) -> Iterator[EntityRow]:
    first = next(iter(text_lines(text)), "")
    separator = "\t" if path.lower().endswith(".tsv") else ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line_by_id: dict[str, int] = {}
    header: list[str] | None = None
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if header is None:
                header = _checked_header(cells, path, reader.line_num)
                continue
            if len(cells) > len(header):
                what = f"the row has {len(cells)} cells, and the header has {len(header)}"
                fix = "put a cell with the separator into quotes, and separate names by |"
                raise DataError(Problem(what, fix, path, reader.line_num))
            row = dict(zip(header, cells, strict=False))
            names = split_values(row.get("names", ""))
            if not row["id"] or not names:
                raise DataError(Problem("the row has no id or no names", "fill in both", path, reader.line_num))
            if row["id"] in line_by_id:
                what = f"duplicate id {row['id']!r}, first used on line {line_by_id[row['id']]}"
                raise DataError(Problem(what, "join their names with |, in one row", path, reader.line_num))
            line_by_id[row["id"]] = reader.line_num
            yield EntityRow(row["id"], names, row.get("kind", ""))
    except csv.Error as error:
        raise DataError(Problem(f"not a table: {error}", "close the quotes", path, reader.line_num)) from error


def _checked_header(cells: list[str], path: str, line: int) -> list[str]:
    header = [cell.lower() for cell in cells]
    for name in header:
        if name not in _COLUMNS:
            raise DataError(Problem(f"unknown column {name!r}", did_you_mean(name, _COLUMNS), path, line))
    for name in _COLUMNS:
        if header.count(name) > 1 or (name in _REQUIRED and name not in header):
            what = f"{'two columns' if name in header else 'no column'} {name!r}"
            raise DataError(Problem(what, "the first line names the columns: id, names, kind", path, line))
    return header
