"""Ids of documents from files: a line each, a column of a table, or those of records."""

from __future__ import annotations

from ...schema import DataError, Problem, UsageError
from ...schema.files.json_line import parse_line
from ..storage.delimited import read_table
from ..storage.file_io import decode_utf8, file_suffix, read_whole
from ..storage.json_lines import numbered_lines

_COLUMN = "id"


def read_ids(path: str) -> frozenset[str]:
    """Return the ids that a file lists.

    Args:
        path: A `.csv` or `.tsv` file with a column `id`, a `.jsonl` file of records or other objects with an `id`, or a
            text file with an id on each line.

    Raises:
        DataError: The file cannot be read, or lists no ids.
        UsageError: The file is of another kind.
    """
    suffix = file_suffix(path)
    if suffix in (".parquet", ".pq", ".xlsx", ".html"):
        raise UsageError(f"{path}: ids are not read from {suffix} files. Fix: a .txt, .csv or .jsonl file")
    if suffix in (".csv", ".tsv"):
        ids = _from_table(path)
    elif suffix in (".jsonl", ".ndjson"):
        ids = _from_objects(path)
    else:
        lines = decode_utf8(read_whole(path), path).split("\n")
        ids = {name for line in lines if (name := line.removesuffix("\r")).strip()}
    if not ids:
        raise DataError(Problem("the file lists no ids", "write an id on each line", path))
    return frozenset(ids)


def _from_table(path: str) -> set[str]:
    table = read_table(path, row_of="document")
    if _COLUMN not in table.columns:
        fix = f"name the column of ids so; there are {', '.join(table.columns)}"
        raise DataError(Problem(f"no column {_COLUMN!r}", fix, path, 1))
    place = table.columns.index(_COLUMN)
    return {cells[place] for _, cells in table.rows() if cells[place]}


def _from_objects(path: str) -> set[str]:
    ids: set[str] = set()
    for number, line in numbered_lines(path):
        found, problem = parse_line(line)
        name = found.get(_COLUMN)
        if problem is not None or not isinstance(name, str):
            what = problem.what if problem is not None else f"the line has no text as {_COLUMN!r}"
            raise DataError(Problem(what, "write an object with an id on each line", path, number))
        ids.add(name)
    return ids
