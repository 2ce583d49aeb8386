"""Label maps, which translate the labels of a system to those of a scheme or drop them.

```toml
PER = "ACTOR"
ORG = "ACTOR"
GPE = "LOCATION"
MONEY = ""        # dropped
"*" = ""          # everything else is dropped; without this line an unknown label is an error
```
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from ...schema import (
    DataError,
    Document,
    Problem,
    RecordCodec,
    Scheme,
    UsageError,
    did_you_mean,
)
from ...schema.files.toml_document import read_toml, toml_key
from ...schema.hashing import json_sha256
from .records import located_records, reject_studio_tasks
from .rows import parse_record
from .shards.seen_ids import SeenIds
from .unknown_labels import combine_unknown_labels, unknown_labels_in, unknown_labels_of

CATCH_ALL = "*"
"""The key of a label map that applies to all labels without a line of their own."""


@dataclass(slots=True)
class LabelMap:
    """A translation of labels, with counts of its use.

    Attributes:
        labels: The scheme's label by the system's label; an empty string drops the label.
        dropped: Number of spans dropped so far, by label.
        used: Labels found so far that have a line of their own.
        values_dropped: Number of spans whose value the scheme's label cannot hold and which lost it, by label.
    """

    labels: Mapping[str, str]
    dropped: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    values_dropped: Counter[str] = field(default_factory=Counter)

    @property
    def signature(self) -> str:
        """A short hash that identifies the map in a signature."""
        return json_sha256(dict(self.labels))[:8]

    def __call__(self, label: str) -> str | None:
        """Return the scheme's label, or None if spans with the label are dropped.

        Raises:
            DataError: The map has no line for the label.
        """
        target = self.labels.get(label, self.labels.get(CATCH_ALL))
        if target is None:
            fix = f'add `{toml_key(label)} = "…"`, or `"*" = ""` to drop all others'
            raise DataError(Problem(f"the label map has no line for {label!r}", fix, label=label))
        if label in self.labels:
            self.used.add(label)
        if not target:
            self.dropped[label] += 1
        return target or None


def read_mapped(path: str, scheme: Scheme, labels: LabelMap) -> Iterator[Document]:
    """Yield the documents of a system's records file with their labels mapped to the scheme's.

    A value that the new label cannot hold is dropped.

    Raises:
        DataError: A record is invalid (the error names the file and line), or the map has no line for some labels (the
            error names all of them).
    """
    codec = RecordCodec(scheme)
    seen = SeenIds()
    records = located_records(path)
    for file, number, raw in records:
        record, problem = parse_record(raw)
        if problem is not None:
            reject_studio_tasks(file, raw)
            raise DataError(problem.with_location(file, number))
        try:
            document = codec.from_mapping(map_spans(record, scheme, labels))
            seen.require_new(document.id)
        except DataError as error:
            reject_studio_tasks(file, raw)
            located = error.with_location(file, number)
            if unknown_labels_of(error):
                unknown = unknown_labels_in([raw, *(other for _, _, other in records)], labels.labels)
                located = combine_unknown_labels(located, unknown, scheme, mapped=True)
            raise located from error
        yield document


def map_spans(record: dict[str, Any], scheme: Scheme, labels: LabelMap) -> dict[str, Any]:
    """Map the labels of a decoded JSON record; malformed spans are kept for the record reader to reject.

    Raises:
        DataError: The map has no line for a label.
    """
    spans = record.get("spans")
    if not isinstance(spans, list):
        return record
    mapped = [_map_span(span, labels, scheme) for span in spans]
    return {**record, "spans": [span for span in mapped if span is not None]}


def _map_span(span: Any, labels: LabelMap, scheme: Scheme) -> Any:
    if not isinstance(span, dict) or not isinstance(span.get("label"), str):
        return span  # for the record reader to reject
    label = labels(span["label"])
    if label is None:
        return None
    value = span.get("value")
    try:
        msgspec.convert(value, scheme.label(label).value_type | None)
    except msgspec.ValidationError:
        labels.values_dropped[span["label"]] += 1
        value = None
    return {**span, "label": label, "value": value}


def label_map_of(labels: Mapping[str, str] | str | Path, scheme: Scheme) -> LabelMap:
    """Return a label map, given as a mapping or as a file.

    Args:
        labels: The scheme's label by that of the source, or the path of a file as `read_label_map` reads it.
        scheme: The scheme.

    Raises:
        DataError: The file cannot be read, or maps to a label that the scheme does not have.
        UsageError: It is neither, or maps to a label that the scheme does not have.
    """
    if isinstance(labels, str | Path):
        return read_label_map(Path(labels), scheme)
    if not isinstance(labels, Mapping):
        raise UsageError("`labels` are not a mapping. Fix: give the scheme's label by that of the source, or a path")
    for label, target in labels.items():
        if not isinstance(label, str) or not isinstance(target, str) or (target and target not in scheme.labels):
            known = did_you_mean(str(target), list(scheme.labels))
            raise UsageError(f"`labels` map {label!r} to unknown label {target!r}: {known}")
    return LabelMap(dict(labels))


def read_label_map(path: Path, scheme: Scheme) -> LabelMap:
    """Read a label map from a TOML file.

    Raises:
        DataError: The file cannot be read, or maps to a label that the scheme does not have.
    """
    document = read_toml(path, f'write lines like PER = "{next(iter(scheme.labels))}"')
    for label, target in document.values.items():
        if not isinstance(target, str) or (target and target not in scheme.labels):
            known = did_you_mean(str(target), list(scheme.labels))
            raise DataError(document.problem((label,), f"{label} maps to unknown label {target!r}", known))
    return LabelMap(document.values)
