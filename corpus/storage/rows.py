"""Conversion of table rows to records, which are then read like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...schema import Problem
from ...schema.files.json_line import parse_line
from ...schema.label_keys import may_be_key

RawRecord = bytes | dict[str, Any]
"""A record as its file holds it: a line of JSON, or a row of a table as `record_of_row` returns it."""


def parse_record(record: RawRecord) -> tuple[dict[str, Any], Problem | None]:
    """Return the keys of a record, which are not validated yet, and why a line cannot be parsed."""
    return parse_line(record) if isinstance(record, bytes) else (record, None)


def record_of_row(row: Mapping[str, Any], keys: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Convert a row to a record; anything of an unexpected shape is kept for the record reader to reject.

    In a table, NaN stands for a missing number.

    Args:
        row: A row of a table of records.
        keys: The keys of labels that stand for them as columns, where they differ from the labels and are not derived.
    """
    record = _known(row)
    if isinstance(record.get("layer"), dict):
        record["layer"] = _layer(record["layer"])
    if isinstance(spans := record.get("spans"), list):
        record["spans"] = [_span(span, keys or {}) if isinstance(span, dict) else span for span in spans]
    _parse_json(record, "extra")
    return record


def _layer(row: dict[str, Any]) -> dict[str, Any] | None:
    layer = _known(row)
    _parse_json(layer, "extra")
    if isinstance(invalid := layer.get("invalid_annotations"), list):
        layer["invalid_annotations"] = [_known(item) if isinstance(item, dict) else item for item in invalid]
        for item in layer["invalid_annotations"]:
            if isinstance(item, dict):
                _parse_json(item, "results")
    return layer or None


def _span(row: dict[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    span = _known(row)
    _parse_json(span, "extra")
    if isinstance(span.get("decision"), dict):
        span["decision"] = _known(span["decision"]) or None
    value, label = span.get("value"), span.get("label")
    if isinstance(value, dict):
        known = _known(value)
        if all(isinstance(part, dict) for part in known.values()):  # a struct for each label
            known = {name: parts for name, fields in known.items() if (parts := _known(fields))}
            # a value of another label than the span's is kept for the record reader to reject
            name = next(iter(known), "") if len(known) == 1 and isinstance(label, str) else ""
            if name and (keys.get(str(label)) == name or may_be_key(name, str(label))):
                known = known[name]
        span["value"] = known
    return span


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a row or struct that are not missing; some writers do not tell an empty struct from none."""
    return {key: item for key, item in row.items() if not (item is None or (type(item) is float and item != item))}


def _parse_json(holder: dict[str, Any], key: str) -> None:
    """Replace a JSON string by what it holds; one that cannot be parsed is kept for the record reader to reject."""
    if isinstance(text := holder.get(key), str):
        parsed, problem = parse_line(b'{"":%b}' % text.encode("utf-8", "surrogatepass"))
        if problem is None and parsed.keys() == {""}:
            holder[key] = parsed[""]
