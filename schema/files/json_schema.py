"""JSON Schema (2020-12) of records, generated from the data model and a scheme."""

from __future__ import annotations

from typing import Any

import msgspec

from ..document import Document
from ..scheme import Scheme


def record_json_schema(scheme: Scheme) -> dict[str, Any]:
    """Return the JSON Schema of a line of a records file under a scheme.

    It covers types, closed lists, ranges and the values of each label. Rules beyond JSON Schema are checked only on
    reading: offsets within the text, valid EDTF, a minimum not above its maximum, and the hash of the text.
    """
    _, components = msgspec.json.schema_components([Document], ref_template="#/$defs/{name}")
    names = {label: f"{key}Value" for label, key in scheme.label_keys.items()}
    for label, name in names.items():
        [value] = msgspec.json.schema_components([scheme.labels[label].value_type])[1].values()
        components[name] = value | {"title": name}
    span = components["Span"]
    span["properties"]["label"] = {"enum": list(scheme.labels)}
    span["properties"]["value"] = {}
    span["allOf"] = [
        {
            "if": {"properties": {"label": {"const": label}}},
            "then": {"properties": {"value": {"anyOf": [{"type": "null"}, {"$ref": f"#/$defs/{name}"}]}}},
        }
        for label, name in names.items()
    ]
    for component in (span, components["Zone"]):
        component["properties"]["start"] = {"type": "integer", "minimum": 0}
        component["properties"]["end"] = {"type": "integer", "minimum": 1}
    components["Zone"]["properties"]["kind"] = {"enum": list(scheme.zones)}
    document = components.pop("Document")
    document["anyOf"] = [
        {"required": ["text"], "properties": {"text": {"type": "string"}}},
        {"required": ["text_sha256", "text_length"]},
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:goldspan:record:{scheme.ref}",
        **document,
        "title": f"goldspan record under {scheme.ref}",
        "$defs": components,
    }
