"""A system's labels brought to the scheme's: what maps, what is dropped, and that it is said.

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
    canonical_json,
    did_you_mean,
    os_error_hint,
    sha256_hex,
)
from ...schema.files.json_line import parse_line
from ...schema.files.toml_text import parse_toml
from .records import SeenIds, duplicate_id, numbered_lines, refuse_tasks
from .unknown_labels import combine_unknown_labels, toml_key, unknown_in, unknown_in_lines

REST = "*"


@dataclass(slots=True)
class LabelMap:
    """Labels by a system's own names.

    Attributes:
        labels: The scheme's label for each of the system's, empty for one that is dropped.
        dropped: How many spans of each label were dropped so far.
        used: Labels met so far that have a line of their own.
        bared: How many spans of each label lost a value that the scheme's label cannot hold.
    """

    labels: Mapping[str, str]
    dropped: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    bared: Counter[str] = field(default_factory=Counter)

    @property
    def signature(self) -> str:
        """What stands for the map in a signature."""
        return sha256_hex(canonical_json(dict(self.labels)).decode())[:8]

    def __call__(self, label: str) -> str | None:
        """The scheme's label, or None for a span that is dropped.

        Raises:
            DataError: The map has no line for the label.
        """
        target = self.labels.get(label, self.labels.get(REST))
        if target is None:
            fix = f'add `{toml_key(label)} = "…"`, or `"*" = ""` to drop all others'
            raise DataError(Problem(f"the label map has no line for {label!r}", fix, label=label))
        if label in self.labels:
            self.used.add(label)
        if not target:
            self.dropped[label] += 1
        return target or None


def read_mapped(path: str, scheme: Scheme, labels: LabelMap) -> Iterator[Document]:
    """The documents of a system's records with its labels brought to the scheme's.

    A value that the new label cannot hold is left out.

    Raises:
        DataError: A record is not right, with file and line, or the map has no line for labels, all of which are named.
    """
    codec = RecordCodec(scheme)
    seen = SeenIds()
    numbered = numbered_lines(path)
    for number, line in numbered:
        record, problem = parse_line(line)
        if problem is not None:
            refuse_tasks(path, line)
            raise DataError(problem.with_location(path, number))
        try:
            document = codec.decode(msgspec.json.encode(map_spans(record, scheme, labels)))
        except DataError as error:
            refuse_tasks(path, line)
            refusal = error.with_location(path, number)
            if unknown_in(error):
                unknown = unknown_in_lines([line, *(line for _, line in numbered)], labels.labels)
                refusal = combine_unknown_labels(refusal, unknown, scheme, mapped=True)
            raise refusal from error
        if seen.again(document.id):
            raise DataError(duplicate_id(document.id).with_location(path, number))
        yield document


def map_spans(record: dict[str, Any], scheme: Scheme, labels: LabelMap) -> dict[str, Any]:
    """A record as JSON with its labels brought to the scheme's; what is no list of spans is left to be refused.

    Raises:
        DataError: The map has no line for a label.
    """
    spans = record.get("spans")
    if not isinstance(spans, list):
        return record
    mapped = [_mapped(span, labels, scheme) for span in spans]
    return {**record, "spans": [span for span in mapped if span is not None]}


def _mapped(span: Any, labels: LabelMap, scheme: Scheme) -> Any:
    if not isinstance(span, dict) or not isinstance(span.get("label"), str):
        return span  # for the reader of records to refuse
    label = labels(span["label"])
    if label is None:
        return None
    value = span.get("value")
    try:
        msgspec.convert(value, scheme.label(label).value_type | None)
    except msgspec.ValidationError:
        labels.bared[span["label"]] += 1
        value = None
    return {**span, "label": label, "value": value}


def read_label_map(path: Path, scheme: Scheme) -> LabelMap:
    """The map of a TOML file.

    Raises:
        DataError: The file cannot be read, or maps to a label that the scheme lacks.
    """
    try:
        data = parse_toml(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise DataError(Problem(f"cannot be read: {error.strerror}", os_error_hint(error), str(path))) from error
    except ValueError as error:
        fix = f'write lines like PER = "{next(iter(scheme.labels))}"'
        raise DataError(Problem(f"not TOML: {error}", fix, str(path))) from error
    for label, target in data.items():
        if not isinstance(target, str) or (target and target not in scheme.labels):
            known = did_you_mean(str(target), list(scheme.labels))
            raise DataError(Problem(f"{label} maps to {target!r}, which is no label", known, str(path)))
    return LabelMap(data)
