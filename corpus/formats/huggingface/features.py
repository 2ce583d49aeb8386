"""The columns of a dataset: typed features, rows of documents, and documents of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ....schema import Document, Scheme
from ...spans.tokenisation import iob2_tags, token_offsets
from ...storage.arrow import record_batch, record_schema
from ...storage.rows import row_line

if TYPE_CHECKING:
    import pyarrow as pa
    from datasets import Features

OUTSIDE = "O"

FOLD = "fold"
"""The column that parts documents for cross-validation."""

PASS = "pass"
"""The column that says whose layer a row of `passes` is."""


@cache
def dataset_features(configuration: str, scheme: Scheme, *, texts: bool = True) -> Features:
    """The features of a configuration: `spans`, `tokens`, `passes`, `standoff` or `entities`.

    Labels, zone kinds and tags are classes; values are structs with one struct for each label; dates are strings.

    Args:
        configuration: Its name.
        scheme: Of the dataset.
        texts: Whether passes come with the texts, or with their hashes alone.
    """
    from datasets import ClassLabel, Features, List, Value

    number, text = Value("int64"), Value("string")
    if configuration == "tokens":
        place = {"start": number, "end": number, "label": ClassLabel(names=list(scheme.labels))}
        return Features(
            {
                "id": text,
                "tokens": List(text),
                "starts": List(number),
                "ends": List(number),
                "tags": List(ClassLabel(names=tag_names(scheme))),
                "unaligned": List(place),
                FOLD: Value("int32"),
            }
        )
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
    """The tags of IOB2, `O` first."""
    return [OUTSIDE, *(f"{part}-{label}" for label in scheme.labels for part in ("B", "I"))]


def _feature(kind: Any) -> Any:
    """The feature of an Arrow type."""
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
        fold: Its fold.
        annotator: Whose layer it is, in `passes`.
    """

    document: Document
    fold: int
    annotator: str = ""


def entry_batch(
    configuration: str, entries: Sequence[DatasetDocument], scheme: Scheme, *, texts: bool = True
) -> pa.RecordBatch:
    """The columns of documents in `spans`, `passes` or `standoff`."""
    import pyarrow as pa

    schema = dataset_features(configuration, scheme, texts=texts).arrow_schema
    records = as_class_labels(record_batch([entry.document for entry in entries], scheme), scheme)
    more = {
        FOLD: pa.array([entry.fold for entry in entries], pa.int32()),
        PASS: pa.array([entry.annotator for entry in entries], pa.string()),
    }
    columns = [more[name] if name in more else records.column(name) for name in schema.names]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def as_class_labels(batch: pa.RecordBatch, scheme: Scheme) -> pa.RecordBatch:
    """Columns of records with the numbers of labels and zone kinds in place of their names."""
    import pyarrow as pa

    columns = {name: batch.column(name) for name in batch.schema.names}
    for name, key, known in (("spans", "label", scheme.labels), ("zones", "kind", scheme.zones)):
        if known:
            lists = columns[name]
            columns[name] = pa.ListArray.from_arrays(lists.offsets, _with_numbers(lists.values, key, list(known)))
    return pa.RecordBatch.from_pydict(columns)


def _with_numbers(structs: pa.StructArray, key: str, names: Sequence[str]) -> pa.StructArray:
    """Structs with the place among the names in place of a name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fields = list(structs.type)
    place = structs.type.get_field_index(key)
    arrays = structs.flatten()
    arrays[place] = pc.index_in(arrays[place], value_set=pa.array(names, pa.string())).cast(pa.int64())
    fields[place] = pa.field(key, pa.int64())
    return pa.StructArray.from_arrays(arrays, fields=fields)


def token_cells(document: Document, fold: int, scheme: Scheme) -> dict[str, Any]:
    """The row of a document in `tokens`."""
    text = document.text or ""
    offsets = token_offsets(text, document.meta.language)
    spans = sorted(document.spans, key=lambda span: (span.start, span.end, span.label))
    tags, _ = iob2_tags(offsets, spans)
    numbers, labels = _numbers(tuple(tag_names(scheme))), _numbers(tuple(scheme.labels))
    tagged = spans_of_tags(tags, offsets)
    unaligned = [s for s in spans if (s.start, s.end, s.label) not in tagged]
    return {
        "id": document.id,
        "tokens": [text[start:end] for start, end in offsets],
        "starts": [start for start, _ in offsets],
        "ends": [end for _, end in offsets],
        "tags": [numbers[tag] for tag in tags],
        "unaligned": [{"start": s.start, "end": s.end, "label": labels[s.label]} for s in unaligned],
        FOLD: fold,
    }


def spans_of_tags(tags: list[str], offsets: list[tuple[int, int]]) -> set[tuple[int, int, str]]:
    """The spans that tags of IOB2 stand for: start, end, label."""
    found: set[tuple[int, int, str]] = set()
    open_at: tuple[int, str] | None = None
    end = 0
    for tag, (start, stop) in zip([*tags, OUTSIDE], [*offsets, (0, 0)], strict=True):
        if open_at is not None and not tag.startswith("I-"):
            found.add((open_at[0], end, open_at[1]))
            open_at = None
        if tag.startswith("B-"):
            open_at = (start, tag[2:])
        end = stop
    return found


@cache
def _numbers(names: tuple[str, ...]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def record_of_row(row: Mapping[str, Any], features: Features) -> bytes:
    """The line of a records file that says the same as a row, classes by their names."""
    made = {key: item for key, item in row.items() if key not in (FOLD, PASS)}
    for column, key in (("spans", "label"), ("zones", "kind")):
        structs = getattr(features.get(column), "feature", None)
        names: list[str] = getattr(structs.get(key), "names", None) or [] if isinstance(structs, dict) else []
        items = made.get(column)
        for item in items if names and isinstance(items, list) else ():
            number = item.get(key) if isinstance(item, dict) else None
            if isinstance(number, int) and 0 <= number < len(names):
                item[key] = names[number]
    return row_line(made)
