"""Attributes as the fields of a label hold them: many files have numbers as strings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ....schema import Label

_MAX_NUMBER = 40


def held_attributes(label: Label, attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that fields of a label hold, each as its field holds it: the number 3 for `"3"`.

    Args:
        label: The label.
        attributes: Attributes of a span, as a file has them.
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
            numbers = {name: _number(item) for name, item in parts.items()}
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


def _number(item: Any) -> Any:
    """Return the number or truth value that a string states; anything else as it is."""
    if not isinstance(item, str) or len(item) > _MAX_NUMBER:
        return item
    try:
        value = json.loads(item.lower())
    except ValueError:
        return item
    return value if isinstance(value, bool | int | float) else item
