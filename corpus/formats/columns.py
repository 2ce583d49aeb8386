"""The columns of the dataset: typed features, rows of documents, and documents of rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ...schema import Document, Scheme
from ..parquet import parquet_schema, record_row, row_line
from ..tokens import iob2, token_offsets

if TYPE_CHECKING:
    from datasets import Features

OUTSIDE = "O"


@cache
def dataset_features(configuration: str, scheme: Scheme) -> Features:
    """The features of a configuration: `spans`, `tokens` or `standoff`.

    Labels, zone kinds and tags are classes; values are structs with one struct for each label; dates are strings.
    """
    from datasets import ClassLabel, Features, List, Value

    number = Value("int64")
    if configuration == "tokens":
        place = {"start": number, "end": number, "label": ClassLabel(names=list(scheme.labels))}
        return Features(
            {
                "id": Value("string"),
                "tokens": List(Value("string")),
                "starts": List(number),
                "ends": List(number),
                "tags": List(ClassLabel(names=tag_names(scheme))),
                "unaligned": List(place),
                "fold": Value("int32"),
            }
        )
    features = {column.name: _feature(column.type) for column in parquet_schema(scheme)}
    del features["text" if configuration == "standoff" else "text_length"]
    features["spans"].feature["label"] = ClassLabel(names=list(scheme.labels))
    if scheme.zones:
        features["zones"].feature["kind"] = ClassLabel(names=list(scheme.zones))
    return Features({**features, "fold": Value("int32")})


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


def dataset_row(configuration: str, document: Document, fold: int, scheme: Scheme) -> tuple[dict[str, Any], int]:
    """The row of a document, and how many of its spans the configuration lists as unaligned."""
    labels = _numbers(tuple(scheme.labels))
    if configuration == "tokens":
        return _token_row(document, fold, scheme)
    row = record_row(document.sealed())
    for span in row["spans"]:
        span["label"] = labels[span["label"]]
    kinds = _numbers(tuple(scheme.zones))
    for zone in row.get("zones") or ():
        zone["kind"] = kinds[zone["kind"]]
    return {**row, "fold": fold}, 0


def _token_row(document: Document, fold: int, scheme: Scheme) -> tuple[dict[str, Any], int]:
    text = document.text or ""
    offsets = token_offsets(text)
    spans = sorted(document.spans, key=lambda span: (span.start, span.end, span.label))
    tags, _ = iob2(offsets, spans)
    numbers, labels = _numbers(tuple(tag_names(scheme))), _numbers(tuple(scheme.labels))
    tagged = spans_of_tags(tags, offsets)
    unaligned = [s for s in spans if (s.start, s.end, s.label) not in tagged]
    row = {
        "id": document.id,
        "tokens": [text[start:end] for start, end in offsets],
        "starts": [start for start, _ in offsets],
        "ends": [end for _, end in offsets],
        "tags": [numbers[tag] for tag in tags],
        "unaligned": [{"start": s.start, "end": s.end, "label": labels[s.label]} for s in unaligned],
        "fold": fold,
    }
    return row, len(unaligned)


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
    made = {key: item for key, item in row.items() if key != "fold"}
    for column, key in (("spans", "label"), ("zones", "kind")):
        names = getattr(getattr(features.get(column), "feature", {}).get(key), "names", None)
        for item in made.get(column) or ():
            if names is not None and isinstance(item.get(key), int):
                item[key] = names[item[key]]
    return row_line(made)
