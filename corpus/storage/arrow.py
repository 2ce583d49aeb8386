"""Documents as Arrow columns, where `value` is a struct with one nullable struct for each label.

`extra` objects, whose keys are not known in advance, and the results of invalid annotations are stored as JSON strings.
Rows are converted to JSON lines when they are read, so that JSONL and columns are validated by the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, count
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from ...schema import Document, InvalidAnnotation, Key, Label, Layer, Metadata, Scheme, Span, Value, canonical_json

KEYS = b"goldspan.labels"
"""Metadata of a schema: as JSON, the labels that `value` has under another name, by that name."""

_MAX_ROWS = 1000  # per batch
_MAX_CHARACTERS = 16_000_000  # of text per batch, since documents may be long
_MAX_CELLS = 8_000_000  # of values per batch; a span has one for each key of each label
_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(), tuple: pa.list_(pa.string())}
_TEXT, _NUMBER, _FLAG = pa.string(), pa.int64(), pa.bool_()
_DOCUMENT_FIELDS = ("id", "text", "text_sha256", "text_length")
_META = Metadata.__struct_fields__
_ZONE = (("start", _NUMBER), ("end", _NUMBER), ("kind", _TEXT))
_DECISION = (("by", _TEXT), ("reason", _TEXT))
_INVALID_ANNOTATION = (("results", _TEXT), ("reason", _TEXT))
_LAYER = (
    *((name, _TEXT) for name in ("annotator", "scheme", "scheme_sha256", "created", "guidelines")),
    ("lead_time", pa.float64()),
    ("skipped", _FLAG),
    ("draft", _FLAG),
    ("note", _TEXT),
    *((name, pa.list_(_TEXT)) for name in ("suggestions_shown", "chosen_by", "passes")),
    *((name, _TEXT) for name in ("extractor_version", "annotator_kind", "annotator_family")),
    ("invalid_annotations", pa.list_(pa.struct(_INVALID_ANNOTATION))),
    ("extra", _TEXT),
)


def record_schema(scheme: Scheme) -> pa.Schema:
    """Return the Arrow schema of a records file under a scheme."""
    keys = scheme.label_keys
    value = pa.struct([(keys[label.name], _label_type(label)) for label in scheme.labels.values() if label.fields])
    span = [
        ("start", _NUMBER),
        ("end", _NUMBER),
        ("label", _TEXT),
        *([("value", value)] if value.num_fields else []),  # Parquet does not support structs without fields
        ("id", _TEXT),
        ("score", pa.float64()),
        ("source", _TEXT),
        ("origin", _TEXT),
        ("passes", pa.list_(_TEXT)),
        ("decision", pa.struct(_DECISION)),
        ("note", _TEXT),
        ("unsure", _FLAG),
        ("extra", _TEXT),
    ]
    return pa.schema(
        [
            ("id", _TEXT),
            ("text", _TEXT),
            ("text_sha256", _TEXT),
            ("text_length", _NUMBER),
            ("meta", pa.struct([(name, _TEXT) for name in _META])),
            ("zones", pa.list_(pa.struct(_ZONE))),
            ("spans", pa.list_(pa.struct(span))),
            ("layer", pa.struct(_LAYER)),
            ("extra", _TEXT),
        ],
        {KEYS: canonical_json(scheme.labels_by_key)} if scheme.labels_by_key else None,
    )


def record_batch(documents: Sequence[Document], scheme: Scheme) -> pa.RecordBatch:
    """Convert documents to a record batch, adding the hashes of their texts.

    Args:
        documents: Valid documents; they are not validated here.
        scheme: The scheme of the documents.
    """
    documents = [document.with_hash() for document in documents]
    schema = record_schema(scheme)
    zones = list(chain.from_iterable(document.zones for document in documents))
    spans = list(chain.from_iterable(document.spans for document in documents))
    span_type = schema.field("spans").type.value_type
    columns = [
        *(pa.array(_attribute(documents, name), schema.field(name).type) for name in _DOCUMENT_FIELDS),
        _struct(_attribute(documents, "meta"), schema.field("meta").type),
        _lists((len(document.zones) for document in documents), _struct(zones, pa.struct(_ZONE))),
        _lists((len(document.spans) for document in documents), _spans(spans, span_type, scheme.label_keys)),
        _layers(_attribute(documents, "layer"), schema.field("layer").type),
        _json(_attribute(documents, "extra")),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def record_batches(documents: Iterable[Document], scheme: Scheme) -> Iterator[pa.RecordBatch]:
    """Yield record batches of limited size, so that memory does not grow with the number of documents."""
    budget = BatchBudget(scheme, _MAX_ROWS)
    batch: list[Document] = []
    for document in documents:
        batch.append(document)
        if budget.add(document):
            yield record_batch(batch, scheme)
            batch = []
    if batch:
        yield record_batch(batch, scheme)


class BatchBudget:
    """A size limit for batches of documents: by rows, characters of text and cells of values.

    Args:
        scheme: The scheme of the documents.
        rows: Maximum number of rows in a batch.
    """

    def __init__(self, scheme: Scheme, rows: int) -> None:
        self._limits = (rows, _MAX_CHARACTERS, _MAX_CELLS)
        self._cells_per_span = sum(
            len(field.keys) for label in scheme.labels.values() for field in label.fields.values()
        )
        self._sizes = (0, 0, 0)

    def add(self, document: Document) -> bool:
        """Count a document and return whether the batch is now full; the next document then starts a new batch."""
        rows, characters, cells = self._sizes
        self._sizes = (
            rows + 1,
            characters + len(document.text or ""),
            cells + len(document.spans) * self._cells_per_span,
        )
        full = any(size >= limit for size, limit in zip(self._sizes, self._limits, strict=True))
        if full:
            self._sizes = (0, 0, 0)
        return full


def key_type(key: Key) -> pa.DataType:
    """Return the column type of a key of a value."""
    return _TYPES[key.base]


def _label_type(label: Label) -> pa.DataType:
    return pa.struct([(key.name, key_type(key)) for item in label.fields.values() for key in item.keys])


def _attribute(items: Sequence[Any], name: str) -> list[Any]:
    """Return one attribute of each struct; none of the structs is None."""
    return list(map(attrgetter(name), items))


def _struct(items: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Convert structs of one type, or None, to an array."""
    present = [item for item in items if item is not None]
    arrays = [pa.array(_attribute(present, field.name), field.type) for field in kind]
    structs = pa.StructArray.from_arrays(arrays, fields=list(kind))
    if len(present) == len(items):
        return structs
    index = count()
    return structs.take(pa.array([None if item is None else next(index) for item in items], pa.int64()))


def _lists(lengths: Iterable[int], values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(list(accumulate(lengths, initial=0)), pa.int32()), values)


def _json(items: Sequence[Any]) -> pa.Array:
    return pa.array([None if item is None else msgspec.json.encode(item).decode() for item in items], _TEXT)


def _layers(layers: Sequence[Layer | None], kind: pa.DataType) -> pa.Array:
    nested = ("invalid_annotations", "extra")
    structs = _struct(layers, pa.struct([field for field in kind if field.name not in nested]))
    plain = dict(zip((field.name for field in structs.type), structs.flatten(), strict=True))
    arrays = plain | {
        "invalid_annotations": _invalid_annotations([layer.invalid_annotations if layer else None for layer in layers]),
        "extra": _json([layer.extra if layer else None for layer in layers]),
    }
    return pa.StructArray.from_arrays([arrays[field.name] for field in kind], fields=list(kind), mask=structs.is_null())


def _invalid_annotations(lists: Sequence[tuple[InvalidAnnotation, ...] | None]) -> pa.Array:
    rows = [
        None
        if items is None
        else [{"results": msgspec.json.encode(item.results).decode(), "reason": item.reason} for item in items]
        for items in lists
    ]
    return pa.array(rows, pa.list_(pa.struct(_INVALID_ANNOTATION)))


def _spans(spans: Sequence[Span], kind: pa.DataType, keys: Mapping[str, str]) -> pa.Array:
    arrays = []
    for field in kind:
        cells = _attribute(spans, field.name)
        if field.name == "value":
            arrays.append(_values([keys[span.label] for span in spans], cells, field.type))
        elif field.name == "decision":
            arrays.append(_struct(cells, field.type))
        elif field.name == "extra":
            arrays.append(_json(cells))
        else:
            arrays.append(pa.array(cells, field.type))
    return pa.StructArray.from_arrays(arrays, fields=list(kind))


def _values(keys: Sequence[str], values: Sequence[Value | None], kind: pa.DataType) -> pa.Array:
    """Convert the values of spans to structs in which only the field of the span's label is set, named by its key."""
    rows: dict[str, list[int]] = {field.name: [] for field in kind}
    for row, value in enumerate(values):
        if value is not None:
            rows[keys[row]].append(row)
    arrays = []
    for field in kind:
        structs = _struct([values[row] for row in rows[field.name]], field.type)
        indices: list[int | None] = [None] * len(values)
        for index, row in enumerate(rows[field.name]):
            indices[row] = index
        arrays.append(structs.take(pa.array(indices, pa.int64())))
    missing = pa.array([value is None for value in values], pa.bool_())
    return pa.StructArray.from_arrays(arrays, fields=list(kind), mask=missing)
