"""Rows of JSON and Parquet: lines, an array, or objects over several lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....schema import DataError, Problem
from ....schema.records.plain_data import plain_data
from ...storage.file_io import read_whole
from ...storage.json_items import items_of
from ...storage.json_lines import numbered_lines
from ...storage.rows import parse_record
from ..articles import SourceOptions
from .decoding import choose_codec, decode_text, read_sample
from .table_rows import NumberedRow

_FIX = "write an array of objects, or one object per line"


def json_rows(path: str, options: SourceOptions) -> Iterator[NumberedRow | Problem]:
    """Yield the objects of a file of JSON with their lines, and a problem for each line that holds none.

    Lines are read one by one; an array, objects over several lines, and other encodings than UTF-8 as a whole.

    Args:
        path: The file.
        options: The encoding.

    Raises:
        DataError: The file cannot be read.
    """
    data = None
    sample = read_sample(path)
    if choose_codec(sample, path, options.silent()) != "utf-8" or options.encoding == "detect":
        data = decode_text(read_whole(path), path, options).removeprefix("\ufeff").encode()
        sample = data[: len(sample)]
    if _is_whole(sample):
        data = read_whole(path) if data is None else data
        for line, item in items_of(data, path, noun="article", fix=_FIX):
            no_object = Problem("the article is not an object", _FIX, path, line)
            yield (line, item) if isinstance(item, dict) else no_object
        return
    lines = numbered_lines(path) if data is None else enumerate(data.split(b"\n"), 1)
    for line, raw in lines:
        if raw.strip():
            row, problem = parse_record(raw)
            yield (line, row) if problem is None else problem.with_location(path, line)


def _is_whole(sample: bytes) -> bool:
    """Check whether a file is an array, or holds an object over several lines, rather than one in each line."""
    lines = [line.strip() for line in sample.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    if not lines:
        return False
    if lines[0].startswith(b"["):
        return len(lines) == 1 or not lines[0].endswith(b"]") or lines[0] == b"[]"
    return (
        lines[0].startswith(b"{") and len(lines) > 1 and not lines[0].endswith(b"}") and not lines[1].startswith(b"{")
    )


def parquet_rows(path: str) -> Iterator[NumberedRow | Problem]:
    """Yield the rows of a Parquet file with their numbers, and a problem for each that a record cannot hold.

    Raises:
        DataError: The file cannot be read.
    """
    from ...storage.parquet import parquet_records

    for number, row in enumerate(parquet_records(str(path)), 1):
        try:
            plain: dict[str, Any] = plain_data(row)
            yield number, plain
        except DataError as error:
            yield from error.with_location(path, number).problems
