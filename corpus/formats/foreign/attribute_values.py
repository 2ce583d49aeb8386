"""Attributes as the fields of a label hold them: many files have numbers as strings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ....schema import Key, Label
from ....schema.writing.written_numbers import read_number

_MAX_NUMBER = 40


def held_attributes(label: Label, attributes: Mapping[str, Any], language: str | None = None) -> dict[str, Any]:
    """Return the attributes that fields of a label hold, each as its field holds it: the number 3 for `"3"`.

    Args:
        label: The label.
        attributes: Attributes of a span, as a file has them.
        language: The language of the document, which tells what `12.000` is for a field of whole numbers. Fields of
            decimal numbers are written by programs, with a point, and only where that fails as the language has them.
    """
    held: dict[str, Any] = {}
    for field in label.fields.values() if attributes else ():
        stated = {
            key.name: _listed(attributes[key.name]) if key.base is tuple else attributes[key.name]
            for key in field.keys
            if key.name in attributes
        }
        # what belongs together, such as lat and lon, is only valid together
        for parts in (stated, *({name: item} for name, item in stated.items())):
            numbers = {key.name: _number(parts[key.name], key, language) for key in field.keys if key.name in parts}
            valid = next((form for form in (parts, numbers) if label.value_problem(form) is None), {})
            held = valid | held
    return held


def _listed(item: Any) -> Any:
    """Return the strings that a string lists: as JSON, or separated by `|`; anything else as it is."""
    if not isinstance(item, str):
        return item
    if item.startswith("["):
        try:
            return json.loads(item)
        except ValueError:
            return item
    return [part.strip() for part in item.split("|")]


def _number(item: Any, key: Key, language: str | None) -> Any:
    """Return the number or truth value that a string states; anything else as it is."""
    if not isinstance(item, str) or len(item) > _MAX_NUMBER:
        return item
    if key.base is bool:
        return {"true": True, "false": False}.get(item.lower(), item)
    if key.base not in (int, float):
        return item
    value: Any = None
    if key.base is float:
        with suppress(ValueError):
            value = json.loads(item.lower())  # lower case, so that NaN is no number
    if value is None:
        value = read_number(item, language)
    return value if isinstance(value, int | float) else item
