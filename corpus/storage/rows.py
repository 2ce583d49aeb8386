"""Rows of tables as records: each becomes the line of JSON that says the same, to be read like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...schema.files.json_line import parse_line


def row_line(row: Mapping[str, Any]) -> bytes:
    """The line of JSON that says the same as a row; bytes, which JSON has no form for, become what reading refuses."""
    record = _record(row)
    for key, item in record.items():
        if isinstance(item, bytes):
            record[key] = [len(item)]
    return msgspec.json.encode(record, enc_hook=_no_bytes)


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a row. What has another shape than a records file gives it stays as it is, to be refused by row."""
    record = {key: item for key, item in row.items() if item is not None}
    if isinstance(record.get("layer"), dict):
        record["layer"] = _known(record["layer"])
    spans = record.get("spans")
    spans = [span for span in spans if isinstance(span, dict)] if isinstance(spans, list) else []
    for holder in (record, record.get("layer"), *spans):
        if not isinstance(holder, dict):
            continue
        if isinstance(holder.get("extra"), str):
            holder["extra"] = _parsed(holder["extra"])
        for flag in ("unsure", "skipped"):
            if flag in holder and holder[flag] is None:
                del holder[flag]
    for span in spans:
        if isinstance(span.get("decision"), dict):
            span["decision"] = _known(span["decision"])
        value, label = span.get("value"), span.get("label")
        if isinstance(value, dict) and all(part is None or isinstance(part, dict) for part in value.values()):
            values = {name: parts for name, parts in value.items() if _known(parts) is not None}
            # a value of another label than the span's stays as it is: the reader of records refuses it
            span["value"] = values.get(label) if values.keys() <= {label} else values
    return record


def _parsed(text: str) -> Any:
    found, problem = parse_line(text.encode("utf-8", "surrogatepass"))
    return text if problem else found  # what is no object is refused with its row


def _no_bytes(item: Any) -> Any:
    raise TypeError(f"a column holds {type(item).__name__}, which no record does")


def _known(struct: dict[str, Any] | None) -> dict[str, Any] | None:
    """A struct, or None where it holds nothing: not every writer can tell an absent struct from an empty one."""
    return struct if struct and any(item is not None for item in struct.values()) else None
