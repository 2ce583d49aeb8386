"""Names of the classes that a dataset stores as numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

ClassNames = Mapping[str, Sequence[str]]
"""The names of classes by the path of their column: `ner_tags`, `entities.label`."""


def classes_of_schema(schema: Any) -> ClassNames:
    """Return the class names in the metadata that `datasets` writes into a schema."""
    try:
        stored = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
    except (ValueError, RecursionError):
        return {}
    info = stored.get("info") if isinstance(stored, dict) else None
    return names_of_classes(info.get("features")) if isinstance(info, dict) else {}


def classes_of_page(features: Any) -> ClassNames:
    """Return the class names in the features of a page of rows, a list of columns with their types."""
    columns = [column for column in features if isinstance(column, dict)] if isinstance(features, list) else []
    return names_of_classes({str(column.get("name")): column.get("type") for column in columns})


def names_of_classes(features: Any, path: str = "") -> dict[str, list[str]]:
    """Return the class names in features, in the form in which `datasets` stores them.

    Args:
        features: The features as plain data.
        path: The path of the feature.
    """
    if isinstance(features, list):
        return names_of_classes(features[0], path) if features else {}
    if not isinstance(features, Mapping):
        return {}
    names = features.get("names")
    if features.get("_type") == "ClassLabel":
        if isinstance(names, Mapping):  # by their numbers, which are texts in JSON
            numbered = {str(key): name for key, name in names.items()}
            names = [numbered.get(str(number)) for number in range(len(numbered))]
        return {path: names} if isinstance(names, list) and all(isinstance(name, str) for name in names) else {}
    if "_type" in features and not isinstance(features["_type"], Mapping):
        return names_of_classes(features.get("feature"), path)
    found: dict[str, list[str]] = {}
    for name, item in features.items():
        found.update(names_of_classes(item, f"{path}.{name}" if path else str(name)))
    return found
