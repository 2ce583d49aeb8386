"""Tables of renames: read, turned round, and written so that a renaming can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from ...schema import DataError, Problem, UsageError, did_you_mean
from ..storage.delimited import read_table
from ..storage.file_io import file_suffix, open_writer
from .renaming import Renames
from .table_lines import csv_line

KINDS = ("id", "field", "annotator")
"""What a row of a table renames."""


def read_renames(path: str, *, reverse: bool = False) -> Renames:
    """Return the renames of a table with the columns `old` and `new`, and perhaps `kind`: `id` if there is none.

    Args:
        path: A `.csv` or `.tsv` file.
        reverse: Whether to give back the old names.

    Raises:
        DataError: The file cannot be read, or a row is wrong.
        UsageError: The file is no table, or two rows give one name.
    """
    if file_suffix(path) not in (".csv", ".tsv"):
        raise UsageError(f"`table` {path} is not the name of a table. Fix: a file that ends with .csv or .tsv")
    table = read_table(path, row_of="name")
    if missing := [name for name in ("old", "new") if name not in table.columns]:
        fix = f"name the columns old and new; there are {', '.join(table.columns)}"
        raise DataError(Problem(f"no column {missing[0]!r}", fix, path, 1))
    names: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for line, cells in table.rows():
        row = dict(zip(table.columns, cells, strict=True))
        kind = row.get("kind", "id")
        old, new = (row["new"], row["old"]) if reverse else (row["old"], row["new"])
        if kind not in names:
            raise DataError(Problem(f"unknown kind {kind!r}", did_you_mean(kind, list(KINDS)), path, line))
        if not old or not new:
            raise DataError(Problem("a name is missing", "give each row an old and a new name", path, line))
        if old in names[kind]:
            raise DataError(Problem(f"{old!r} is renamed twice", "keep one of the rows", path, line))
        names[kind][old] = new
    return Renames(names["id"], fields=names["field"], annotators=names["annotator"])


class RenameTable:
    """A table of renames that is being written; without a stream, nothing is.

    Args:
        stream: The file.
    """

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream
        self._write(("kind", "old", "new"))

    def add(self, kind: str, old: str, new: str) -> None:
        """Write a row, unless the name is the same."""
        if old != new:
            self._write((kind, old, new))

    def _write(self, cells: tuple[str, ...]) -> None:
        if self._stream is not None:
            self._stream.write(csv_line(cells))


@contextmanager
def rename_table(path: str | None) -> Iterator[RenameTable]:
    """Open a table to write, as `read_renames` reads it, all of it or nothing; without a path, nothing is written.

    Raises:
        DependencyError: The file cannot be written.
        UsageError: The name is not that of a table.
    """
    if path is None:
        yield RenameTable(None)
        return
    if not path.lower().endswith(".csv"):
        raise UsageError(f"`map_file` {path} is not the name of a table. Fix: a name that ends with .csv")
    with open_writer(path) as stream:
        yield RenameTable(stream)
