"""Documents as columns of Arrow: those of a records file, `value` a struct with a nullable struct for each label.

`extra` objects, whose keys nobody knows, are strings of JSON. A row becomes a line of JSON on reading, so that JSONL
and columns are checked by the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, count
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from ...schema import Document, Key, Label, Layer, Metadata, Scheme, Span, Value

_ROWS = 1000
_CHARACTERS = 16_000_000  # of text in one batch: documents may be long
_CELLS = 8_000_000  # of values in one batch: a span has one for each key of each label
_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_TEXT, _NUMBER, _FLAG = pa.string(), pa.int64(), pa.bool_()
_FLAT = ("id", "text", "text_sha256", "text_length")
_META = Metadata.__struct_fields__
_ZONE = (("start", _NUMBER), ("end", _NUMBER), ("kind", _TEXT))
_DECISION = (("by", _TEXT), ("reason", _TEXT))
_LAYER = (
    *((name, _TEXT) for name in ("annotator", "scheme", "scheme_sha256", "created", "guidelines")),
    ("lead_time", pa.float64()),
    ("skipped", _FLAG),
    ("extra", _TEXT),
)


def record_schema(scheme: Scheme) -> pa.Schema:
    """The columns of a records file under a scheme."""
    value = pa.struct([(label.name, _label_type(label)) for label in scheme.labels.values() if label.fields])
    span = [
        ("start", _NUMBER),
        ("end", _NUMBER),
        ("label", _TEXT),
        *([("value", value)] if value.num_fields else []),  # Parquet knows no struct without fields
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
        ]
    )


def record_batch(documents: Sequence[Document], scheme: Scheme) -> pa.RecordBatch:
    """Documents as columns, with the hashes of their texts.

    Args:
        documents: Such as reading would take; that is not looked at here.
        scheme: Theirs.
    """
    sealed = [document.with_hash() for document in documents]
    schema = record_schema(scheme)
    zones = list(chain.from_iterable(document.zones for document in sealed))
    spans = list(chain.from_iterable(document.spans for document in sealed))
    span_type = schema.field("spans").type.value_type
    columns = [
        *(pa.array(_attribute(sealed, name), schema.field(name).type) for name in _FLAT),
        _struct(_attribute(sealed, "meta"), schema.field("meta").type),
        _lists((len(document.zones) for document in sealed), _struct(zones, pa.struct(_ZONE))),
        _lists((len(document.spans) for document in sealed), _spans(spans, span_type)),
        _layers(_attribute(sealed, "layer"), schema.field("layer").type),
        _json(_attribute(sealed, "extra")),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def record_batches(documents: Iterable[Document], scheme: Scheme) -> Iterator[pa.RecordBatch]:
    """Documents as columns, some at a time, so that memory does not grow with their number."""
    fill = BatchBudget(scheme, _ROWS)
    batch: list[Document] = []
    for document in documents:
        batch.append(document)
        if fill.reached(document):
            yield record_batch(batch, scheme)
            batch = []
    if batch:
        yield record_batch(batch, scheme)


class BatchBudget:
    """How full a batch of documents is, by its rows, its texts and the cells of its values.

    Args:
        scheme: Of the documents.
        rows: The most in one batch.
    """

    def __init__(self, scheme: Scheme, rows: int) -> None:
        self._most = (rows, _CHARACTERS, _CELLS)
        self._width = sum(len(field.keys) for label in scheme.labels.values() for field in label.fields.values())
        self._held = (0, 0, 0)

    def reached(self, document: Document) -> bool:
        """Whether the batch is full with one document more; the next begins another one then."""
        rows, characters, cells = self._held
        self._held = (rows + 1, characters + len(document.text or ""), cells + len(document.spans) * self._width)
        full = any(held >= most for held, most in zip(self._held, self._most, strict=True))
        if full:
            self._held = (0, 0, 0)
        return full


def key_type(key: Key) -> pa.DataType:
    """The type of the column of a value's key."""
    return _TYPES[key.base]


def _label_type(label: Label) -> pa.DataType:
    return pa.struct([(key.name, key_type(key)) for item in label.fields.values() for key in item.keys])


def _attribute(items: Sequence[Any], name: str) -> list[Any]:
    """An attribute of structs, none of which is None."""
    return list(map(attrgetter(name), items))


def _struct(items: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Structs of one type, None included, by their attributes."""
    here = [item for item in items if item is not None]
    arrays = [pa.array(_attribute(here, field.name), field.type) for field in kind]
    found = pa.StructArray.from_arrays(arrays, fields=list(kind))
    if len(here) == len(items):
        return found
    number = count()
    # spread over the places of those that are there
    return found.take(pa.array([None if item is None else next(number) for item in items], pa.int64()))


def _lists(lengths: Iterable[int], values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(list(accumulate(lengths, initial=0)), pa.int32()), values)


def _json(extras: Sequence[dict[str, Any] | None]) -> pa.Array:
    return pa.array([None if extra is None else msgspec.json.encode(extra).decode() for extra in extras], _TEXT)


def _layers(layers: Sequence[Layer | None], kind: pa.DataType) -> pa.Array:
    plain = pa.struct([field for field in kind if field.name != "extra"])
    found = _struct(layers, plain)
    extras = _json([layer.extra if layer else None for layer in layers])
    return pa.StructArray.from_arrays([*found.flatten(), extras], fields=list(kind), mask=found.is_null())


def _spans(spans: Sequence[Span], kind: pa.DataType) -> pa.Array:
    arrays = []
    for field in kind:
        cells = _attribute(spans, field.name)
        if field.name == "value":
            arrays.append(_values(_attribute(spans, "label"), cells, field.type))
        elif field.name == "decision":
            arrays.append(_struct(cells, field.type))
        elif field.name == "extra":
            arrays.append(_json(cells))
        else:
            arrays.append(pa.array(cells, field.type))
    return pa.StructArray.from_arrays(arrays, fields=list(kind))


def _values(labels: Sequence[str], values: Sequence[Value | None], kind: pa.DataType) -> pa.Array:
    """The values of spans: a struct with that of the span's label filled, null where nothing is known."""
    places: dict[str, list[int]] = {field.name: [] for field in kind}
    for place, value in enumerate(values):
        if value is not None:
            places[labels[place]].append(place)
    arrays = []
    for field in kind:
        own = places[field.name]
        found = _struct([values[place] for place in own], field.type)
        spread: list[int | None] = [None] * len(values)
        for number, place in enumerate(own):
            spread[place] = number
        arrays.append(found.take(pa.array(spread, pa.int64())))
    missing = pa.array([value is None for value in values], pa.bool_())
    return pa.StructArray.from_arrays(arrays, fields=list(kind), mask=missing)
