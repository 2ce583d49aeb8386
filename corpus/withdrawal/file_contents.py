"""The items of files in which documents stand one by one: JSON lines, JSON, tables and Parquet."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from ...schema import DataError
from ..storage.file_io import file_suffix, open_reader, read_lines
from .item_matching import OF_SPANS, is_plan

ItemKind = Literal["lines", "json", "table", "parquet", "other"]
"""How the documents of a file stand in it; `other` is any file that is searched and not changed."""

LARGEST = 512 << 20
"""Size of the largest file that is read as a whole, in bytes."""

_LINES = (".jsonl", ".ndjson", ".unfinished", ".work")
_TABLES = {".csv": ",", ".tsv": "\t"}
_PARQUET = (".parquet", ".pq")
_COLUMNS = {"id", "doc_id", "text", "text_sha256", "text_length"} | OF_SPANS
_BROKEN = (DataError, OSError, ValueError, EOFError, zlib.error, RecursionError)


def item_kind(path: Path) -> ItemKind:
    """Return how the documents of a file stand in it, by its suffix and, for JSON and tables, its content.

    Of tables only those that goldspan writes are items, which have the column `document`; others are sources.
    """
    suffix = file_suffix(path)
    if suffix in _LINES or path.name == ".work.zst":  # which has no suffix but that of its compression
        return "lines"
    if suffix in _PARQUET:
        return "parquet"
    if suffix in _TABLES:
        with open_reader(str(path)) as stream:
            head = stream.readline(1 << 16).decode("utf-8", "replace")
        return "table" if "document" in next(csv.reader([head], delimiter=_TABLES[suffix]), []) else "other"
    if suffix == ".json":
        if (data := whole_json(path)) is None:
            return "lines"
        return "json" if isinstance(data, list) or is_plan(data) else "lines" if isinstance(data, dict) else "other"
    return "other"


def plain_kind(path: Path) -> ItemKind:
    """Return how a file is searched of which nothing is taken out."""
    return "parquet" if file_suffix(path) in _PARQUET else "other"


def whole_json(path: Path) -> Any:
    """Return the content of a JSON file; None if it is something else, such as JSON lines, or too large."""
    if path.stat().st_size > LARGEST:
        return None
    try:
        with open_reader(str(path)) as stream:
            return json.loads(stream.read())
    except _BROKEN:
        return None


def stated_items(path: Path, kind: ItemKind) -> Iterator[Any]:
    """Yield the items of a file as JSON-compatible data; lines that are no JSON are left out.

    Raises:
        DataError: The file cannot be read.
    """
    if kind == "lines":
        with open_reader(str(path)) as stream:
            yield from (item for line in read_lines(stream, str(path)) if (item := parsed(line)) is not None)
    elif kind == "json":
        data = whole_json(path)
        yield from data if isinstance(data, list) else ({"document": name} for name in data["documents"])
    elif kind == "table":
        with open_reader(str(path)) as stream:
            text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
            yield from map(row_item, csv.DictReader(text, delimiter=delimiter_of(path)))
    elif kind == "parquet":
        for batch in parquet_columns(path):
            yield from batch


def parquet_columns(path: Path, *, whole: bool = False) -> Iterator[list[dict[str, Any]]]:
    """Yield what the rows of a Parquet file state of their documents, or all that they hold, in batches.

    Raises:
        DataError: The file cannot be read.
        DependencyError: pyarrow is not installed.
    """
    with _parquet(path) as table:
        from ..storage.parquet import reject_oversized_rows

        reject_oversized_rows(table.metadata, str(path))
        columns = None if whole else stated_columns(table.schema_arrow.names)
        for batch in table.iter_batches(batch_size=256, columns=columns):
            yield batch.to_pylist()


def parquet_notes(path: Path) -> Iterator[Any]:
    """Yield what a Parquet file states beside its rows: names of columns, metadata of the file and of columns.

    Raises:
        DataError: The file cannot be read.
        DependencyError: pyarrow is not installed.
    """
    with _parquet(path) as table:
        stated = dict(table.metadata.metadata or {})
        stated.pop(b"ARROW:schema", None)  # in base64, what follows is taken from it
        yield stated
        yield table.schema_arrow.metadata
        waiting = list(table.schema_arrow)
        while waiting:
            field = waiting.pop()
            yield field.name
            yield field.metadata
            waiting += map(field.type.field, range(field.type.num_fields))


@contextmanager
def _parquet(path: Path) -> Iterator[Any]:
    """Open a Parquet file for a block, whose errors in reading it are named."""
    from ...schema.extras import require_file_extras

    require_file_extras(str(path))
    import pyarrow as pa
    import pyarrow.parquet as pq

    from ...schema.errors import unreadable_problem

    try:
        with pq.ParquetFile(path) as table:
            yield table
    except OSError as error:
        raise DataError(unreadable_problem(error, path)) from error
    except pa.ArrowException as error:
        raise DataError(unreadable_problem(OSError(f"not a Parquet file: {error}"), path)) from error


def stated_columns(names: Iterable[str]) -> list[str]:
    """Return the columns, of those of a Parquet file, that state the document of a row."""
    return [name for name in names if name in _COLUMNS]


def row_item(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a row of a table states of its document; a text in it is not that of the document."""
    return {name: cell for name, cell in row.items() if name != "text"}


def delimiter_of(path: Path) -> str:
    """Return what separates the cells of a table."""
    return _TABLES[file_suffix(path)]


def parsed(line: bytes) -> Any:
    """Return the JSON of a line, or None if it is something else."""
    try:
        return json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None


def table_text(rows: Iterable[list[str]], delimiter: str) -> Iterator[str]:
    """Yield the lines of a table."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line, delimiter=delimiter, lineterminator="\n").writerow(row)
        yield line.getvalue()
