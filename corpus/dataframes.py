"""Tables of a corpus for pandas, polars and datasets, and documents of such tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..schema import DataError, DependencyError, Document, Problem, RecordCodec, Scheme
from .formats.huggingface.features import FOLD, as_class_labels, dataset_features, record_of_row
from .storage.arrow import key_type, record_batches, record_schema

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset


def document_table(documents: Sequence[Document], scheme: Scheme) -> pa.Table:
    """A row for each document, with the columns of a records file."""
    return pa.Table.from_batches(record_batches(documents, scheme), record_schema(scheme))


def span_table(documents: Sequence[Document], scheme: Scheme) -> pa.Table:
    """A row for each span: `document`, `published`, `start`, `end`, `label`, `surface`, then what its value says.

    The columns of values are `value_KEY` (`value_id`, `value_lat`, …), filled where the span's label has such a key,
    then `id`, `score`, `source`, `origin`, `note`, `unsure`.
    """
    keys: dict[str, pa.DataType] = {}
    for label in scheme.labels.values():
        for key in (key for field in label.fields.values() for key in field.keys):
            kind = key_type(key)
            # labels of one scheme may use one name for two types of thing
            keys[key.name] = kind if keys.get(key.name, kind) == kind else pa.string()
    columns: dict[str, list[Any]] = {name: [] for name in (*_BEFORE, *(f"value_{key}" for key in keys), *_BEHIND)}
    for document in documents:
        for span in document.spans:
            told = (document.id, document.meta.published, span.start, span.end, span.label, document.surface(span))
            for name, part in zip(_BEFORE, told, strict=True):
                columns[name].append(part)
            for name, kind in keys.items():
                said: Any = getattr(span.value, name, None)
                columns[f"value_{name}"].append(said if said is None or not pa.types.is_string(kind) else str(said))
            for name in _BEHIND:
                columns[name].append(getattr(span, name))
    kinds = _BEFORE | {f"value_{key}": kind for key, kind in keys.items()} | _BEHIND
    return pa.table({name: pa.array(columns[name], kind) for name, kind in kinds.items()})


_BEFORE = {
    "document": pa.string(),
    "published": pa.string(),
    "start": pa.int64(),
    "end": pa.int64(),
    "label": pa.string(),
    "surface": pa.string(),
}
_BEHIND = {
    "id": pa.string(),
    "score": pa.float64(),
    "source": pa.string(),
    "origin": pa.string(),
    "note": pa.string(),
    "unsure": pa.bool_(),
}


def table_of_pandas(frame: pd.DataFrame, scheme: Scheme) -> pa.Table:
    """A frame as a table. Pandas makes floats of whole numbers where some are missing: those of records become whole.

    Raises:
        DataError: A column of records holds what it cannot hold.
    """
    known = record_schema(scheme)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    _refuse_numbered(table.schema)
    for at, name in enumerate(table.column_names):
        kind = known.field(name).type if name in known.names else None
        there = table.schema.field(name).type
        if kind is not None and there != kind and _within(there, kind):
            try:
                column = pa.array(table.column(name).to_pylist(), kind, from_pandas=True)
            except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                raise DataError(Problem(f"the column {name!r} is none of records: {error}", path="table")) from error
            table = table.set_column(at, name, column)
    return table


def _within(there: pa.DataType, known: pa.DataType) -> bool:
    """Whether a nested type has no field that another lacks; what has one is refused where it is read."""
    if pa.types.is_struct(known) and pa.types.is_struct(there):
        fields = {field.name: field.type for field in known}
        return all(field.name in fields and _fits(field.type, fields[field.name]) for field in there)
    return pa.types.is_list(known) and pa.types.is_list(there) and _fits(there.value_type, known.value_type)


def _fits(there: pa.DataType, known: pa.DataType) -> bool:
    return _within(there, known) if pa.types.is_nested(known) and pa.types.is_nested(there) else True


def typed_dataset(table: pa.Table, scheme: Scheme) -> Dataset:
    """A table of documents as a dataset whose labels and zone kinds are classes."""
    from datasets import Dataset, Features

    columns = set(record_schema(scheme).names) - {"text_length"}
    features = Features({n: f for n, f in dataset_features("spans", scheme).items() if n != FOLD and n in columns})
    batches = [as_class_labels(batch, scheme).select(list(features)) for batch in table.to_batches()]
    return Dataset(pa.Table.from_batches(batches, features.arrow_schema))


def documents_of(
    batches: Iterable[pa.RecordBatch], scheme: Scheme, features: Mapping[str, Any] | None = None
) -> Iterator[Document]:
    """The documents of columns.

    Args:
        batches: With the columns of a records file, or of an export.
        scheme: What the documents are to have.
        features: Of a dataset; read from the columns' own metadata where none are given.

    Raises:
        DataError: A row is not right, with its number, from 1.
    """
    codec = RecordCodec(scheme)
    number = 0
    for batch in batches:
        known = features if features is not None else _features(batch.schema)
        if not known:
            _refuse_numbered(batch.schema)
        for row in batch.to_pylist():
            number += 1
            try:
                yield codec.decode(record_of_row(row, known))
            except DataError as error:
                raise error.with_location("table", number) from error


def _refuse_numbered(schema: pa.Schema) -> None:
    """Refuses columns of a loaded dataset that lost the names of its classes.

    Raises:
        DataError: Labels or zone kinds are numbers.
    """
    for column, key in (("spans", "label"), ("zones", "kind")):
        structs = schema.field(column).type if column in schema.names else None
        item = getattr(structs, "value_type", None)
        if item is None or not pa.types.is_struct(item):
            continue
        at = item.get_field_index(key)
        if at >= 0 and pa.types.is_integer(item.field(at).type):
            what = f"in the column {column!r} each {key} is a number, whose name the loaded dataset alone knows"
            raise DataError(Problem(what, "Corpus.from_datasets(dataset), and then a frame of that", "table"))


def _features(schema: pa.Schema) -> Mapping[str, Any]:
    """The features that a dataset's writer left in the columns' metadata."""
    if b"huggingface" not in (schema.metadata or {}):
        return {}
    from datasets import Features

    found: Mapping[str, Any] = Features.from_arrow_schema(schema)
    return found


def polars() -> ModuleType:
    """The package polars.

    Raises:
        DependencyError: It is not installed.
    """
    try:
        import polars as found
    except ImportError as error:
        raise DependencyError("frames of polars need it. Fix: pip install 'goldspan[polars]'") from error
    return found
