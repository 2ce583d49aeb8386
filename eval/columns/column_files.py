"""Columns of records files, one or the shards of a corpus, and which files these are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ...corpus.formats.conversion import is_corpus_of_shards
from ...corpus.formats.format_registry import matching_formats
from ...corpus.storage.file_io import file_suffix, open_reader
from ...corpus.storage.records import JSON_LINES, PARQUET, read_records, record_files, record_format
from ...corpus.storage.shards.shard_listing import holds_shards
from ...schema import DataError, Document, Scheme, Span, for_each
from .column_alignment import are_aligned
from .layer_columns import LayerColumns, columns_of, concatenated
from .record_lines import columns_of_lines

_HEAD = 1 << 16


def read_columns(
    path: str, scheme: Scheme, by: Sequence[str] = (), read: Callable[[int], None] = lambda _: None
) -> LayerColumns:
    """Return the columns of a records file, whose texts are not kept.

    Columns are checked in bulk. Where they may be invalid, or a Parquet file has other columns than goldspan writes,
    the file is read again record by record, so that errors name their place.

    Args:
        path: A records file, which can be read twice, or a corpus of shards.
        scheme: Scheme of the records.
        by: Fields by which documents will be grouped; see `checked_groupings`.
        read: Told now and then how many documents were read.

    Raises:
        DataError: A record is invalid.
        UsageError: The suffix is not one of a records file.
    """
    return (_columns_of_shards if holds_shards(path) else _columns_of_file)(path, scheme, by, read)


def _columns_of_file(path: str, scheme: Scheme, by: Sequence[str], read: Callable[[int], None]) -> LayerColumns:
    if record_format(path) in PARQUET:
        from .parquet_records import columns_of_parquet

        columns = columns_of_parquet(path, scheme, by, read)
    else:
        columns = columns_of_lines(path, scheme, by, read)
    return columns_of(read_records(path, scheme), scheme, by) if columns is None else columns


def _columns_of_shards(source: str, scheme: Scheme, by: Sequence[str], read: Callable[[int], None]) -> LayerColumns:
    parts: list[LayerColumns] = []
    for path in record_files(source):
        parts.append(_columns_of_file(path, scheme, by, lambda _: None))
        read(sum(map(len, parts)))
    layer = concatenated(parts)
    if len(set(layer.ids)) < len(layer):  # which the record reader places
        return columns_of(read_records(source, scheme), scheme, by)
    return layer


def read_layers(
    paths: Sequence[str],
    scheme: Scheme,
    by: Sequence[str] = (),
    *,
    common: bool = False,
    read: Callable[[int, int], None] = lambda _number, _count: None,
) -> list[LayerColumns] | None:
    """Return the columns of gold and systems; None if a file is in another format, or texts must be matched.

    Args:
        paths: Files of the gold and of the systems, which can be read twice, or corpora of shards.
        scheme: Scheme of the records.
        by: Fields by which the gold's documents will be grouped; see `checked_groupings`.
        common: Whether systems may have documents that the gold lacks.
        read: Told now and then which file is read, by its index in `paths`, and how many of its documents were.

    Raises:
        DataError: A record is invalid.
    """
    if not all(is_records_file(path, scheme) for path in paths):
        return None

    def columns(number: int) -> LayerColumns:
        return read_columns(paths[number], scheme, () if number else by, lambda count: read(number, count))

    gold, *systems = for_each(columns, range(len(paths)))
    return [gold, *systems] if all(are_aligned(gold, system, common=common) for system in systems) else None


def is_records_file(path: str, scheme: Scheme) -> bool:
    """Return whether a file is read as records: by its suffix, unless it is a file of another tool by its contents.

    A corpus of shards is, too; errors are those of `is_corpus_of_shards`.
    """
    if holds_shards(path):
        return is_corpus_of_shards(path)
    suffix = file_suffix(path)
    if suffix not in (*JSON_LINES, *PARQUET):
        return False
    if not Path(path).is_file():
        return True
    if suffix in PARQUET:
        from .parquet_records import has_record_columns

        if has_record_columns(path, scheme):
            return True
    elif _begins_with_record(path):
        return True
    return not any(form.name not in ("jsonl", "parquet") for form in matching_formats(Path(path)))


def _begins_with_record(path: str) -> bool:
    """Return whether the first line is a record beyond doubt, so that no format needs to look at the file."""
    with suppress(DataError, ValueError, RecursionError), open_reader(path) as stream:
        record = json.loads(stream.readline(_HEAD))
        if not isinstance(record, dict) or not isinstance(record.get("id"), str):
            return False
        spans, keys = record.get("spans"), set(Span.__struct_fields__)
        known = record.keys() <= set(Document.__struct_fields__)
        return known and isinstance(spans, list) and all(isinstance(s, dict) and s.keys() <= keys for s in spans)
    return False
