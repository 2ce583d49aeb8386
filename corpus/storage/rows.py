"""Conversion of table rows to JSON lines, which are then read like any other record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...schema.files.json_line import parse_line


def row_line(row: Mapping[str, Any]) -> bytes:
    """Encode a row as a line of JSON; bytes, which JSON cannot hold, become a list that the record reader rejects."""
    record = _record_of_row(row)
    for key, item in record.items():
        if isinstance(item, bytes):
            record[key] = [len(item)]
    return msgspec.json.encode(record, enc_hook=_reject_type)


def _record_of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Convert a row to a record; anything of an unexpected shape is kept for the record reader to reject."""
    record = {key: item for key, item in row.items() if item is not None}
    if isinstance(record.get("layer"), dict):
        record["layer"] = _none_if_empty(record["layer"])
    spans = record.get("spans")
    spans = [span for span in spans if isinstance(span, dict)] if isinstance(spans, list) else []
    for holder in (record, record.get("layer"), *spans):
        if not isinstance(holder, dict):
            continue
        _parse_json(holder, "extra")
        for flag in ("unsure", "skipped", "draft"):
            if flag in holder and holder[flag] is None:
                del holder[flag]
        invalid_annotations = holder.get("invalid_annotations")
        for item in invalid_annotations if isinstance(invalid_annotations, list) else ():
            if isinstance(item, dict):
                _parse_json(item, "results")
    for span in spans:
        if isinstance(span.get("decision"), dict):
            span["decision"] = _none_if_empty(span["decision"])
        value, label = span.get("value"), span.get("label")
        if isinstance(value, dict) and all(part is None or isinstance(part, dict) for part in value.values()):
            values = {name: parts for name, parts in value.items() if _none_if_empty(parts) is not None}
            # a value of another label than the span's is kept for the record reader to reject
            span["value"] = values.get(label) if values.keys() <= {label} else values
    return record


def _parse_json(holder: dict[str, Any], key: str) -> None:
    """Replace a JSON string by what it holds; one that cannot be parsed is kept for the record reader to reject."""
    if isinstance(text := holder.get(key), str):
        parsed, problem = parse_line(b'{"":%b}' % text.encode("utf-8", "surrogatepass"))
        if problem is None and parsed.keys() == {""}:
            holder[key] = parsed[""]


def _reject_type(item: Any) -> Any:
    raise TypeError(f"a column holds {type(item).__name__}, which records cannot hold")


def _none_if_empty(struct: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return None for a struct without values, since some writers do not distinguish it from an absent one."""
    return struct if struct and any(item is not None for item in struct.values()) else None
