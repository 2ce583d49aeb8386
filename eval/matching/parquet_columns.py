"""Spans straight from the columns of Parquet records, for corpora whose scores should not wait for their texts."""

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

_WANTED = re.compile(r"id|text_sha256|spans\.list\.\w+\.(?:start|end|label)")  # a list's element has several names


@dataclass(frozen=True, slots=True)
class LayerColumns:
    """The spans of a file, without texts, values and zones.

    Attributes:
        ids: Of the documents, in the order of the file.
        hashes: Of their texts; None where the file states none.
        spans: `document` counts the rows of the file.
    """

    ids: list[str]
    hashes: list[str | None]
    spans: SpanColumns


def read_columns(path: str | Path, scheme: Scheme) -> LayerColumns:
    """The ids and spans of a Parquet file of records.

    Offsets are checked for order, not against the texts, which are not read.

    Raises:
        DataError: The file is no Parquet of records; a span is empty or reversed, a label unknown, an id doubled.
    """
    try:
        with pq.ParquetFile(path) as file:
            reject_oversized_rows(file.metadata, str(path))
            leaves = [file.schema.column(i).path for i in range(len(file.schema))]
        wanted = [leaf for leaf in leaves if _WANTED.fullmatch(leaf)]
        repeated = [leaf for leaf in wanted if leaf.endswith(".label")]  # a few strings, kept once each
        with pq.ParquetFile(path, read_dictionary=repeated) as file:
            table = file.read(columns=wanted)
        lists = table.column("spans").combine_chunks()
    except (OSError, KeyError, pa.ArrowException) as error:
        raise DataError(Problem(f"no Parquet file of records: {error}", "", str(path))) from error
    items = lists.flatten()
    start, end = (np.asarray(items.field(name)).astype(np.int64, copy=False) for name in ("start", "end"))
    document = np.repeat(np.arange(len(lists)), np.asarray(pc.fill_null(pc.list_value_length(lists), 0)))
    if len(wrong := np.flatnonzero((start < 0) | (end <= start))):
        at = int(document[wrong[0]])
        what = f"span [{start[wrong[0]]}, {end[wrong[0]]}) is empty or reversed"
        raise DataError(Problem(what, "end must exceed start, from 0 on", str(path), at + 1))
    encoded = items.field("label")
    if not isinstance(encoded, pa.DictionaryArray):
        encoded = encoded.dictionary_encode()
    known = {name: i for i, name in enumerate(scheme.labels)}
    names = encoded.dictionary.to_pylist()
    if unknown := {str(name) for name in names} - known.keys():
        first = min(unknown)
        what = f"unknown label {first!r} in scheme {scheme.ref}"
        problem = Problem(what, did_you_mean(first, list(known)), str(path), label=first)
        raise combine_unknown_labels(DataError(problem), unknown, scheme, mapped=False)
    label = np.array([known[name] for name in names], dtype=np.int64)[np.asarray(encoded.indices)] if names else start
    ids = table.column("id").to_pylist()
    if len(set(ids)) < len(ids):
        raise DataError(Problem("an id stands twice", "give each document an id of its own", str(path)))
    hashed = "text_sha256" in table.column_names
    hashes = table.column("text_sha256").to_pylist() if hashed else [None] * len(ids)
    return LayerColumns(ids, hashes, sorted_columns(document, start, end, label))
