"""Columns of records in Parquet, of which only those that scores depend on are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...corpus.storage.arrow import record_schema
from ...corpus.storage.parquet import open_parquet, reject_oversized_rows
from ...schema import Label, Scheme, Value
from ...schema.hashing import sha256_hex
from .arrow_buffers import arrow_numbers, filled_numbers, known_cells, numbers_of
from .group_columns import grouping_columns, table_groups, table_keys
from .layer_columns import LARGEST_OFFSET, LayerColumns, concatenated
from .record_lines import INVALID
from .span_columns import KEY_LIMIT, NO_VALUE, Ints, SpanColumns, sorted_columns

_NEEDED = re.compile(
    r"id|text_sha256|text_length|zones\.list\.\w+\.(start|end|kind)|layer\.(annotator|draft)"
    r"|layer\.suggestions_shown\.list\.\w+|spans\.list\.\w+\.(start|end|label|value\..*)"
)  # the name of list elements varies
_HASH = "^[0-9a-f]{64}$"
_ROWS = 1 << 16


def columns_of_parquet(
    path: str, scheme: Scheme, by: Sequence[str] = (), read: Callable[[int], None] = lambda _: None
) -> LayerColumns | None:
    """Return the columns of a Parquet file; None if a record may be invalid, or the file has other columns than ours.

    Texts are read only if a document has no hash or no length of it, and are not kept. Documents are grouped by the
    fields of `by`. `read` is told now and then how many documents were read.

    Raises:
        DataError: The file claims more values than documents can have.
    """
    try:
        with open_parquet(path) as opened, pq.ParquetFile(opened) as file:
            reject_oversized_rows(file.metadata, path)
            if not _is_ours(file.schema_arrow, scheme):
                return None
            leaves = [file.schema.column(i).path for i in range(len(file.schema))]
            grouped = grouping_columns(by)
            needed = [leaf for leaf in leaves if _NEEDED.fullmatch(leaf) or leaf in grouped]
            parts: list[LayerColumns] = []
            for groups in _row_groups(file.metadata):
                parts.append(_columns(file, groups, needed, scheme, by))
                read(sum(map(len, parts)))
        layer = concatenated(parts)
        return layer if len(set(layer.ids)) == len(layer) else None
    except INVALID:
        return None
    except (OSError, pa.ArrowException):
        return None  # the record reader says what keeps it from being read


def _row_groups(metadata: pq.FileMetaData) -> Iterator[list[int]]:
    """Yield the indices of as many row groups as are read at once."""
    groups: list[int] = []
    rows = 0
    for index in range(metadata.num_row_groups):
        groups.append(index)
        rows += metadata.row_group(index).num_rows
        if rows >= _ROWS:
            yield groups
            groups, rows = [], 0
    if groups:
        yield groups


def has_record_columns(path: str, scheme: Scheme) -> bool:
    """Return whether a Parquet file is a records file beyond doubt: it has only columns that goldspan writes."""
    try:
        return _is_ours(pq.read_schema(path), scheme)
    except (OSError, pa.ArrowException):
        return False


def _is_ours(schema: pa.Schema, scheme: Scheme) -> bool:
    """Check whether a file has only columns that goldspan writes, with the same types, but perhaps not all of them."""
    ours = record_schema(scheme)
    same_keys = (schema.metadata or {}).get(b"goldspan.labels") == (ours.metadata or {}).get(b"goldspan.labels")
    return same_keys and {"id", "spans"} <= set(schema.names) and _within(schema, ours)


def _within(fields: Sequence[pa.Field], ours: Any) -> bool:
    for field in fields:
        index = ours.get_field_index(field.name)
        if index < 0 or not _same_type(field.type, ours.field(index).type):
            return False
    return True


def _same_type(kind: pa.DataType, ours: pa.DataType) -> bool:
    if pa.types.is_list(kind) and pa.types.is_list(ours):
        return _same_type(kind.value_type, ours.value_type)
    if pa.types.is_struct(kind) and pa.types.is_struct(ours):
        return _within(list(kind), ours)
    return bool(kind == ours)


def _texts(file: pq.ParquetFile, groups: list[int], table: pa.Table) -> tuple[list[str], Ints]:
    """Return hash and length of each text, which is read where one of them is not stored."""
    rows, names = len(table), table.column_names
    if not rows:
        return [], np.empty(0, np.int64)
    hashes = table.column("text_sha256") if "text_sha256" in names else pa.nulls(rows, pa.string())
    lengths = table.column("text_length") if "text_length" in names else pa.nulls(rows, pa.int64())
    if not hashes.null_count and not lengths.null_count:
        pass
    elif "text" not in file.schema_arrow.names:
        raise ValueError
    else:
        texts = file.read_row_groups(groups, columns=["text"]).column(0)
        found = pc.utf8_length(texts).cast(pa.int64())
        both = pc.and_(pc.is_valid(found), pc.is_valid(lengths))
        if not pc.all(pc.equal(found, lengths).filter(both), min_count=0).as_py():
            raise ValueError
        lengths = pc.coalesce(found, lengths)
        if hashes.null_count:
            read = [None if text is None else sha256_hex(text) for text in texts.to_pylist()]
            hashes = pc.coalesce(hashes, pa.array(read, pa.string()))
    if (
        lengths.null_count
        or hashes.null_count
        or not pc.all(pc.match_substring_regex(hashes, _HASH), min_count=0).as_py()
    ):
        raise ValueError
    if pc.max(lengths).as_py() and pc.max(lengths).as_py() > LARGEST_OFFSET:
        raise ValueError
    return hashes.to_pylist(), numbers_of(lengths.combine_chunks())


def _columns(
    file: pq.ParquetFile, groups: list[int], needed: list[str], scheme: Scheme, by: Sequence[str]
) -> LayerColumns:
    """Return the columns of row groups; any error of `INVALID` means that a record may be invalid."""
    table = file.read_row_groups(groups, columns=needed)
    hashes, lengths = _texts(file, groups, table)
    ids = table.column("id").to_pylist()
    if None in ids or "" in ids:
        raise ValueError
    if table.column("spans").null_count:
        raise ValueError
    document, items = _items(table.column("spans"))
    start, end = (numbers_of(items.field(name)) for name in ("start", "end"))
    label = _codes(items.field("label"), list(scheme.labels))
    if np.any((start < 0) | (end <= start) | (end > lengths[document])):
        raise ValueError
    value, values = _values(items, label, scheme)
    layer = table.column("layer").combine_chunks() if "layer" in table.column_names else None
    annotators, shown, drafts = _layers(layer, len(ids))
    return LayerColumns(
        ids=ids,
        hashes=hashes,
        lengths=lengths,
        annotators=annotators,
        suggestions_shown=shown,
        drafts=drafts,
        zones=_zones(table, lengths, scheme),
        spans=sorted_columns(SpanColumns(document, start, end, label, value)),
        values=values,
        groups=table_groups(table, by),
        extra_keys=table_keys(table, by),
    )


def _items(column: pa.ChunkedArray) -> tuple[Ints, pa.StructArray]:
    """Return the items of lists in one array, and the index of the row of each; a null list is an empty one."""
    lists = column.combine_chunks()
    counts = filled_numbers(pc.list_value_length(lists), 0)
    items = lists.flatten()
    if items.null_count:
        raise ValueError
    return np.repeat(np.arange(len(lists)), counts), items


def _codes(array: pa.Array, names: list[str]) -> Ints:
    """Return the index of each string among names."""
    if array.null_count:
        raise ValueError
    encoded = array if isinstance(array, pa.DictionaryArray) else array.dictionary_encode()
    index = {name: i for i, name in enumerate(names)}
    places = np.array([index[name] for name in encoded.dictionary.to_pylist()], dtype=np.int64)
    codes: Ints = places[numbers_of(encoded.indices)] if len(places) else np.empty(0, np.int64)
    return codes


def _zones(table: pa.Table, lengths: Ints, scheme: Scheme) -> Ints:
    if "zones" not in table.column_names or table.column("zones").null_count == len(table):
        return np.empty((0, 3), np.int64)
    document, items = _items(table.column("zones"))
    _codes(items.field("kind"), list(scheme.zones))
    start, end = (numbers_of(items.field(name)) for name in ("start", "end"))
    if np.any((start < 0) | (end <= start) | (end > lengths[document])):
        raise ValueError
    return np.column_stack([document, start, end])


def _layers(layer: pa.StructArray | None, rows: int) -> tuple[list[str | None], list[tuple[str, ...]], Any]:
    """Return annotators, extractors whose suggestions were shown, and whether layers are drafts."""
    names = set() if layer is None else {field.name for field in layer.type}

    def cells(name: str) -> list[Any]:
        return pc.struct_field(layer, name).to_pylist() if name in names else [None] * rows

    shown = [tuple(extractors or ()) for extractors in cells("suggestions_shown")]
    if any(None in extractors for extractors in shown):
        raise ValueError
    return cells("annotator"), shown, np.array([bool(flag) for flag in cells("draft")], dtype=bool)


def _values(items: pa.StructArray, label: Ints, scheme: Scheme) -> tuple[Ints, list[Value]]:
    """Return the index of each span's value, and the distinct values, which are read and checked once each."""
    place = np.full(len(items), NO_VALUE, dtype=np.int64)
    values: list[Value] = []
    if items.type.get_field_index("value") < 0:
        return place, values
    column = pc.struct_field(items, "value")
    for number, definition in enumerate(scheme.labels.values()):
        key = scheme.label_keys[definition.name]
        if column.type.get_field_index(key) < 0:
            continue
        parts = pc.struct_field(column, key)
        known = np.zeros(len(items), dtype=bool)
        for field in parts.type:
            known |= known_cells(pc.struct_field(parts, field.name))
        rows = np.flatnonzero(known)
        if np.any(label[rows] != number):
            raise ValueError  # the value of another label
        if len(rows):
            codes, distinct = _distinct(parts.take(arrow_numbers(rows)), definition)
            codes = np.where(codes == NO_VALUE, NO_VALUE, codes + len(values))
            place[rows] = codes
            values += distinct
    return place, values


def _distinct(parts: pa.StructArray, label: Label) -> tuple[Ints, list[Value]]:
    """Return the index of the value of each row, or `NO_VALUE`, and the distinct values."""
    keys = [key for item in label.fields.values() for key in item.keys]
    columns = {field.name: pc.struct_field(parts, field.name) for field in parts.type}
    combined: Ints = np.zeros(len(parts), dtype=np.int64)
    for column in columns.values():
        encoded = _plain(column).dictionary_encode()
        codes = filled_numbers(encoded.indices, -1) + 1
        size = len(encoded.dictionary) + 1
        if (int(combined.max(initial=0)) + 1) * size >= KEY_LIMIT:
            combined = np.unique(combined, return_inverse=True)[1].reshape(len(parts)).astype(np.int64)
        combined = combined * size + codes
    _, first, place = np.unique(combined, return_index=True, return_inverse=True)
    chosen = arrow_numbers(first)
    cells = [
        _cells(columns[key.name].take(chosen), key.default) if key.name in columns else [key.default] * len(first)
        for key in keys
    ]
    rows = msgspec.convert(list(zip(*cells, strict=True)), list[tuple[tuple(key.type for key in keys)]])  # type: ignore[misc]
    values: list[Value] = []
    index = np.full(len(rows), NO_VALUE, dtype=np.int64)
    for number, row in enumerate(rows):
        value = label.known_value(label.value_type(*row))
        if value is None:
            continue
        index[number] = len(values)
        values.append(value)
    return index[place.reshape(-1)], values


def _plain(column: pa.Array) -> pa.Array:
    """Return a column that can be encoded by its distinct cells: lists as their JSON."""
    if not pa.types.is_list(column.type):
        return column
    cells = column.to_pylist()
    return pa.array([None if cell is None else msgspec.json.encode(cell).decode() for cell in cells], pa.string())


def _cells(column: pa.Array, default: Any) -> list[Any]:
    """Return the cells of a column; in a table, NaN stands for a missing number."""
    cells = column.to_pylist()
    return [default if cell is None or cell != cell else cell for cell in cells]
