"""Reading of spans directly from the columns of Parquet records, to score large corpora without loading their texts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...corpus.storage.parquet import reject_oversized_rows
from ...corpus.storage.unknown_labels import combine_unknown_labels
from ...schema import DataError, Problem, Scheme, did_you_mean
from .span_columns import SpanColumns, sorted_columns

_COLUMNS = re.compile(r"id|text_sha256|spans\.list\.\w+\.(?:start|end|label)")  # the name of list elements varies


@dataclass(frozen=True, slots=True)
class LayerColumns:
    """The spans of a file, without texts, values and zones.

    Attributes:
        ids: Ids of the documents, in the order of the file.
        hashes: Hashes of their texts; None if the file has none.
        spans: Spans, in which `document` is the index of the row.
    """

    ids: list[str]
    hashes: list[str | None]
    spans: SpanColumns


def read_columns(path: str | Path, scheme: Scheme) -> LayerColumns:
    """Read the ids and spans of a Parquet file of records.

    Offsets are checked for their order but not against the texts, which are not read.

    Raises:
        DataError: The file is not a Parquet file of records, a span is empty or reversed, a label is unknown, or an id
            occurs twice.
    """
    try:
        with pq.ParquetFile(path) as file:
            reject_oversized_rows(file.metadata, str(path))
            leaves = [file.schema.column(i).path for i in range(len(file.schema))]
        columns = [leaf for leaf in leaves if _COLUMNS.fullmatch(leaf)]
        labels = [leaf for leaf in columns if leaf.endswith(".label")]  # few distinct strings, so read as a dictionary
        with pq.ParquetFile(path, read_dictionary=labels) as file:
            table = file.read(columns=columns)
        lists = table.column("spans").combine_chunks()
    except (OSError, KeyError, pa.ArrowException) as error:
        raise DataError(Problem(f"not a Parquet file of records: {error}", "", str(path))) from error
    items = lists.flatten()
    start, end = (np.asarray(items.field(name)).astype(np.int64, copy=False) for name in ("start", "end"))
    document = np.repeat(np.arange(len(lists)), np.asarray(pc.fill_null(pc.list_value_length(lists), 0)))
    if len(invalid := np.flatnonzero((start < 0) | (end <= start))):
        row = int(document[invalid[0]])
        what = f"span [{start[invalid[0]]}, {end[invalid[0]]}) is empty, reversed or starts before the text"
        fix = "offsets count from 0, and end must be greater than start"
        raise DataError(Problem(what, fix, str(path), row + 1))
    encoded = items.field("label")
    if not isinstance(encoded, pa.DictionaryArray):
        encoded = encoded.dictionary_encode()
    known = {name: i for i, name in enumerate(scheme.labels)}
    names = encoded.dictionary.to_pylist()
    if unknown := {str(name) for name in names} - known.keys():
        first = min(unknown)
        what = f"unknown label {first!r} in scheme {scheme.ref}"
        problem = Problem(what, did_you_mean(first, list(known)), str(path), label=first)
        numbers = np.bincount(np.asarray(encoded.indices), minlength=len(names))
        counts = {str(name): int(number) for name, number in zip(names, numbers, strict=True) if str(name) in unknown}
        raise combine_unknown_labels(DataError(problem), counts, scheme, mapped=False)
    label = np.array([known[name] for name in names], dtype=np.int64)[np.asarray(encoded.indices)] if names else start
    ids = table.column("id").to_pylist()
    if len(set(ids)) < len(ids):
        raise DataError(Problem("duplicate document id", "give each document a unique id", str(path)))
    has_hashes = "text_sha256" in table.column_names
    hashes = table.column("text_sha256").to_pylist() if has_hashes else [None] * len(ids)
    return LayerColumns(ids, hashes, sorted_columns(document, start, end, label))
