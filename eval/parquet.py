"""Spans straight from the columns of Parquet records, for corpora whose scores should not wait for their texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..corpus.parquet import refuse_endless_rows
from ..schema import DataError, Problem, Scheme, did_you_mean
from .counts import SpanMatches, count_matches
from .spans import SpanColumns, sorted_columns

_WANTED = re.compile(r"id|text_sha256|spans\.list\.\w+\.(?:start|end|label)")  # a list's element has several names


@dataclass(frozen=True, slots=True)
class LayerColumns:
    """The spans of a file, without texts, values and zones.

    Attributes:
        ids: Of the documents, in the order of the file.
        hashes: Of their texts.
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
            refuse_endless_rows(file.metadata, str(path))
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
    for name in names:
        if name not in known:
            hint = did_you_mean(str(name), list(known))
            raise DataError(Problem(f"unknown label {name!r} in scheme {scheme.ref}", hint, str(path)))
    label = np.array([known[name] for name in names], dtype=np.int64)[np.asarray(encoded.indices)] if names else start
    ids = table.column("id").to_pylist()
    if len(set(ids)) < len(ids):
        raise DataError(Problem("an id stands twice", "give each document an id of its own", str(path)))
    return LayerColumns(ids, table.column("text_sha256").to_pylist(), sorted_columns(document, start, end, label))


def match_columns(gold: LayerColumns, system: LayerColumns, labels: Sequence[str]) -> SpanMatches:
    """Counts of every span measure for two files of the same documents in any order; zones are not looked at.

    Raises:
        DataError: The documents are not the same, or a text's hash differs.
    """
    if gold.ids == system.ids:
        answers = system.spans
    else:
        place = {name: i for i, name in enumerate(gold.ids)}
        if place.keys() != set(system.ids):
            strange = sorted(place.keys() ^ set(system.ids))[0]
            raise DataError(Problem("only one of gold and system has this document", "", document=strange))
        moved = np.array([place[name] for name in system.ids], dtype=np.int64)
        spans = system.spans
        answers = sorted_columns(moved[spans.document], spans.start, spans.end, spans.label)
    if gold.ids != system.ids or gold.hashes != system.hashes:
        hashes = dict(zip(gold.ids, gold.hashes, strict=True))
        for name, digest in zip(system.ids, system.hashes, strict=True):
            if digest != hashes[name]:
                raise DataError(Problem("the text differs from the gold's", "", document=name))
    return count_matches(gold.spans, answers, documents=len(gold.ids), labels=len(labels))
