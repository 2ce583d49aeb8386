"""Columns of a dataset: typed features, and the conversion of documents to rows and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ....schema import Document, Scheme
from ...spans.tokenisation import iob2_tags, token_offsets
from ...storage.rows import record_of_row

if TYPE_CHECKING:
    import pyarrow as pa
    from datasets import Features

OUTSIDE = "O"
"""The tag of tokens in no span, and in no zone."""

FOLD = "fold"
"""The column with a document's fold for cross-validation."""

PASS = "pass"
"""The column that names the annotator of a row of `passes`."""


@cache
def dataset_features(configuration: str, scheme: Scheme, *, texts: bool = True) -> Features:
    """Return the features of a configuration.

    Labels, zone kinds and tags are classes; values are structs with one struct for each label; dates are strings.

    Args:
        configuration: `spans`, `tokens`, `windows`, `passes`, `standoff` or `entities`.
        scheme: Scheme of the dataset.
        texts: Whether passes include the texts, not just their hashes.
    """
    from datasets import ClassLabel, Features, List, Value

    from ...storage.arrow import record_schema

    number, text = Value("int64"), Value("string")
    if configuration == "tokens":
        span = {"start": number, "end": number, "label": ClassLabel(names=list(scheme.labels))}
        return Features(
            {
                "id": text,
                "tokens": List(text),
                "starts": List(number),
                "ends": List(number),
                "tags": List(ClassLabel(names=tag_names(scheme))),
                "unaligned": List(span),
                FOLD: Value("int32"),
            }
        )
    if configuration == "windows":
        tokens = dataset_features("tokens", scheme)
        place = {"id": text, "window": Value("int32"), "start": number, "end": number}
        zones = {"zones": List(ClassLabel(names=zone_names(scheme)))}
        return Features({**place, **{name: tokens[name] for name in tokens if name != "id"}, **zones})
    if configuration == "entities":
        return Features(
            {
                "label": text,
                "id": text,
                "kind": text,
                "name": text,
                "country": text,
                "lat": Value("float64"),
                "lon": Value("float64"),
                "mentions": number,
                "documents": number,
                "same_as": List(text),
            }
        )
    features = {column.name: _feature(column.type) for column in record_schema(scheme)}
    del features["text" if configuration == "standoff" or not texts else "text_length"]
    features["spans"].feature["label"] = ClassLabel(names=list(scheme.labels))
    if scheme.zones:
        features["zones"].feature["kind"] = ClassLabel(names=list(scheme.zones))
    if configuration == "passes":
        features = {PASS: text, **features}
    return Features({**features, FOLD: Value("int32")})


def tag_names(scheme: Scheme) -> list[str]:
    """Return the IOB2 tags of a scheme's labels, `O` first."""
    return [OUTSIDE, *(f"{letter}-{label}" for label in scheme.labels for letter in ("B", "I"))]


def zone_names(scheme: Scheme) -> list[str]:
    """Return the classes of tokens by zone: `O` for none, and the scheme's zone kinds."""
    return [OUTSIDE, *scheme.zones]


def _feature(kind: Any) -> Any:
    """Return the feature of an Arrow type."""
    import pyarrow as pa
    from datasets import List, Value

    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    if pa.types.is_list(kind):
        return List(_feature(kind.value_type))
    return Value({"double": "float64"}.get(str(kind), str(kind)))


class DatasetDocument(NamedTuple):
    """A document of a dataset.

    Attributes:
        document: The document.
        fold: Fold for cross-validation.
        annotator: Annotator of the layer, in `passes`.
    """

    document: Document
    fold: int
    annotator: str = ""


def document_batch(
    configuration: str, entries: Sequence[DatasetDocument], scheme: Scheme, *, texts: bool = True
) -> pa.RecordBatch:
    """Convert documents to columns of `spans`, `passes` or `standoff`."""
    import pyarrow as pa

    from ...storage.arrow import record_batch

    schema = dataset_features(configuration, scheme, texts=texts).arrow_schema
    records = as_class_labels(record_batch([entry.document for entry in entries], scheme), scheme)
    extra_columns = {
        FOLD: pa.array([entry.fold for entry in entries], pa.int32()),
        PASS: pa.array([entry.annotator for entry in entries], pa.string()),
    }
    columns = [extra_columns[name] if name in extra_columns else records.column(name) for name in schema.names]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def as_class_labels(batch: pa.RecordBatch, scheme: Scheme) -> pa.RecordBatch:
    """Replace the names of labels and zone kinds in a batch of records by their class numbers."""
    import pyarrow as pa

    columns = {name: batch.column(name) for name in batch.schema.names}
    for column, key, names in (("spans", "label", scheme.labels), ("zones", "kind", scheme.zones)):
        if names:
            lists = columns[column]
            columns[column] = pa.ListArray.from_arrays(lists.offsets, _number_field(lists.values, key, list(names)))
    return pa.RecordBatch.from_pydict(columns)


def _number_field(structs: pa.StructArray, key: str, names: Sequence[str]) -> pa.StructArray:
    """Replace the names in a field of structs by their indexes in a list."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = list(structs.type)
    index = structs.type.get_field_index(key)
    arrays = structs.flatten()
    arrays[index] = pc.index_in(arrays[index], value_set=pa.array(names, pa.string())).cast(pa.int64())
    fields[index] = pa.field(key, pa.int64())
    return pa.StructArray.from_arrays(arrays, fields=fields)


def token_row(document: Document, fold: int, scheme: Scheme) -> dict[str, Any]:
    """Return the row of a document in `tokens`."""
    text = document.text or ""
    offsets = token_offsets(text, document.meta.language)
    spans = sorted(document.spans, key=lambda span: (span.start, span.end, span.label))
    tags, _ = iob2_tags(offsets, spans)
    tag_numbers, label_numbers = _numbers(tuple(tag_names(scheme))), _numbers(tuple(scheme.labels))
    tagged = spans_from_iob2(tags, offsets)
    unaligned = [s for s in spans if (s.start, s.end, s.label) not in tagged]
    return {
        "id": document.id,
        "tokens": [text[start:end] for start, end in offsets],
        "starts": [start for start, _ in offsets],
        "ends": [end for _, end in offsets],
        "tags": [tag_numbers[tag] for tag in tags],
        "unaligned": [{"start": s.start, "end": s.end, "label": label_numbers[s.label]} for s in unaligned],
        FOLD: fold,
    }


def spans_from_iob2(tags: list[str], offsets: list[tuple[int, int]]) -> set[tuple[int, int, str]]:
    """Decode IOB2 tags to spans.

    Args:
        tags: The tag of each token.
        offsets: Start and end of each token.

    Returns:
        Start, end and label of each span.
    """
    spans: set[tuple[int, int, str]] = set()
    open_span: tuple[int, str] | None = None
    previous_end = 0
    for tag, (start, end) in zip([*tags, OUTSIDE], [*offsets, (0, 0)], strict=True):
        if open_span is not None and not tag.startswith("I-"):
            spans.add((open_span[0], previous_end, open_span[1]))
            open_span = None
        if tag.startswith("B-"):
            open_span = (start, tag[2:])
        previous_end = end
    return spans


@cache
def _numbers(names: tuple[str, ...]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def record_from_row(row: Mapping[str, Any], features: Features, scheme: Scheme) -> dict[str, Any]:
    """Convert a row to a record of a scheme, with classes by name."""
    record = {key: item for key, item in row.items() if key not in (FOLD, PASS)}
    for column, key in (("spans", "label"), ("zones", "kind")):
        structs = getattr(features.get(column), "feature", None)
        names: list[str] = getattr(structs.get(key), "names", None) or [] if isinstance(structs, dict) else []
        items = record.get(column)
        if names and isinstance(items, list):
            record[column] = [_with_class_name(item, key, names) for item in items]
    return record_of_row(record, scheme.label_keys)


def _with_class_name(item: Any, key: str, names: list[str]) -> Any:
    number = item.get(key) if isinstance(item, dict) else None
    return {**item, key: names[number]} if isinstance(number, int) and 0 <= number < len(names) else item
