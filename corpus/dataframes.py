"""Conversion between documents and the tables that pandas, polars and datasets use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..schema import DataError, Document, Problem, RecordCodec, Scheme, UsageError
from .formats.huggingface.features import FOLD, as_class_labels, dataset_features, record_from_row
from .storage.arrow import key_type, record_batches, record_schema

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset


def document_table(documents: Sequence[Document], scheme: Scheme) -> pa.Table:
    """Return a table with one row per document and the columns of a records file."""
    return pa.Table.from_batches(record_batches(documents, scheme), record_schema(scheme))


def span_table(documents: Sequence[Document], scheme: Scheme) -> pa.Table:
    """Return a table with one row per span.

    The columns are `document`, `published`, `start`, `end`, `label`, `surface`; then one column `value_KEY` for each
    key of a value (`value_id`, `value_lat`, …), null where the span's label has no such key; then `id`, `score`,
    `source`, `origin`, `note`, `unsure`.
    """
    value_types: dict[str, pa.DataType] = {}
    for label in scheme.labels.values():
        for key in (key for field in label.fields.values() for key in field.keys):
            kind = key_type(key)
            # two labels of a scheme may use the same key name for different types
            value_types[key.name] = kind if value_types.get(key.name, kind) == kind else pa.string()
    types = _LEADING | {f"value_{key}": kind for key, kind in value_types.items()} | _TRAILING
    columns: dict[str, list[Any]] = {name: [] for name in types}
    for document in documents:
        for span in document.spans:
            cells = (document.id, document.meta.published, span.start, span.end, span.label, document.surface(span))
            for name, cell in zip(_LEADING, cells, strict=True):
                columns[name].append(cell)
            for name, kind in value_types.items():
                part: Any = getattr(span.value, name, None)
                columns[f"value_{name}"].append(part if part is None or not pa.types.is_string(kind) else str(part))
            for name in _TRAILING:
                columns[name].append(getattr(span, name))
    return pa.table({name: pa.array(columns[name], kind) for name, kind in types.items()})


_LEADING = {
    "document": pa.string(),
    "published": pa.string(),
    "start": pa.int64(),
    "end": pa.int64(),
    "label": pa.string(),
    "surface": pa.string(),
}
_TRAILING = {
    "id": pa.string(),
    "score": pa.float64(),
    "source": pa.string(),
    "origin": pa.string(),
    "note": pa.string(),
    "unsure": pa.bool_(),
}


def require_document_rows(columns: Iterable[object]) -> None:
    """Check that a table has a document in each row, and not a span.

    Raises:
        UsageError: It has a span in each row.
    """
    names = set(map(str, columns))
    if {"start", "end"} <= names and names.isdisjoint(("text", "spans")):
        what = "the table has a span in each row, and no texts"
        fix = "`corpus.with_spans(frame)`, where `corpus` has the documents; or export them with `to_pandas()` as well"
        raise UsageError(f"{what}. Fix: {fix}")


def table_from_pandas(frame: pd.DataFrame, scheme: Scheme) -> pa.Table:
    """Convert a data frame to a table.

    Pandas stores integers as floats in columns with missing values; those that records hold become integers again.

    Raises:
        DataError: A column of records has the wrong type.
        UsageError: The frame has a span in each row.
    """
    require_document_rows(frame.columns)
    expected = record_schema(scheme)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    _require_class_names(table.schema)
    for index, name in enumerate(table.column_names):
        kind = expected.field(name).type if name in expected.names else None
        actual = table.schema.field(name).type
        if kind is not None and actual != kind and _has_no_extra_fields(actual, kind):
            try:
                column = pa.array(table.column(name).to_pylist(), kind, from_pandas=True)
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                raise DataError(Problem(f"column {name!r} has the wrong type: {error}", path="table")) from error
            table = table.set_column(index, name, column)
    return table


def _has_no_extra_fields(actual: pa.DataType, expected: pa.DataType) -> bool:
    """Check whether a nested type has only fields that are expected; others are rejected when the rows are read."""
    if pa.types.is_struct(expected) and pa.types.is_struct(actual):
        fields = {field.name: field.type for field in expected}
        return all(field.name in fields and _is_compatible(field.type, fields[field.name]) for field in actual)
    both_lists = pa.types.is_list(expected) and pa.types.is_list(actual)
    return both_lists and _is_compatible(actual.value_type, expected.value_type)


def _is_compatible(actual: pa.DataType, expected: pa.DataType) -> bool:
    both_nested = pa.types.is_nested(expected) and pa.types.is_nested(actual)
    return _has_no_extra_fields(actual, expected) if both_nested else True


def typed_dataset(table: pa.Table, scheme: Scheme) -> Dataset:
    """Convert a table of documents to a dataset with class labels for labels and zone kinds."""
    from datasets import Dataset, Features

    columns = set(record_schema(scheme).names) - {"text_length"}
    features = Features({n: f for n, f in dataset_features("spans", scheme).items() if n != FOLD and n in columns})
    batches = [as_class_labels(batch, scheme).select(list(features)) for batch in table.to_batches()]
    return Dataset(pa.Table.from_batches(batches, features.arrow_schema))


def documents_from_batches(
    batches: Iterable[pa.RecordBatch], scheme: Scheme, features: Mapping[str, Any] | None = None
) -> Iterator[Document]:
    """Yield the documents of record batches.

    Args:
        batches: Batches with the columns of a records file or of an export.
        scheme: The scheme of the documents.
        features: The features of a dataset. Read from the metadata of each batch if None.

    Raises:
        DataError: A row is invalid; the error gives its number, counted from 1.
    """
    codec = RecordCodec(scheme)
    number = 0
    for batch in batches:
        batch_features = features if features is not None else _features(batch.schema)
        if not batch_features:
            _require_class_names(batch.schema)
        for row in batch.to_pylist():
            number += 1
            try:
                yield codec.from_mapping(record_from_row(row, batch_features, scheme))
            except DataError as error:
                raise error.with_location("table", number) from error


def _require_class_names(schema: pa.Schema) -> None:
    """Reject columns of a loaded dataset that have lost the names of its classes.

    Raises:
        DataError: Labels or zone kinds are integers.
    """
    for column, key in (("spans", "label"), ("zones", "kind")):
        structs = schema.field(column).type if column in schema.names else None
        item = getattr(structs, "value_type", None)
        if item is None or not pa.types.is_struct(item):
            continue
        index = item.get_field_index(key)
        if index >= 0 and pa.types.is_integer(item.field(index).type):
            what = f"column {column!r} holds each {key} as an integer, without the class names of the dataset"
            raise DataError(Problem(what, "use Corpus.from_datasets(dataset) instead of a table", "table"))


def _features(schema: pa.Schema) -> Mapping[str, Any]:
    """Return the dataset features stored in the metadata of a schema, or an empty mapping."""
    if b"huggingface" not in (schema.metadata or {}):
        return {}
    from datasets import Features

    features: Mapping[str, Any] = Features.from_arrow_schema(schema)
    return features
