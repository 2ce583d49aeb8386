"""What is wrong with the value of a span, told with the keys, choices and types that the label has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from .errors import did_you_mean
from .value_types import Key

if TYPE_CHECKING:
    from .scheme import Label

UNKNOWN_FIX = "correct the value, or leave it out if it is unknown"

_PATH = re.compile(r" - at `\$\.?([^`]*)`$")


def value_problem(label: Label, value: object) -> tuple[str, str] | None:
    """Return what is wrong with a value of a label, and how to fix it; None if it is valid.

    Args:
        label: The label.
        value: The keys and parts of a value, as in a record; None if the value is unknown.
    """
    if value is None:
        return None
    keys = {key.name: (key, example) for item in label.fields.values() for key, example in item.examples}
    if not isinstance(value, Mapping):
        name, (_, example) = next(iter(keys.items()), ("", (None, "")))
        fix = f'write an object, such as {{"{name}": {example}}}' if name else f"{label.name} takes no value"
        return f"the value: expected `object`, got {_json_type(value)}", fix
    for name in value:
        if name not in keys:
            return f"the value has an unknown key `{name}`", _keys_hint(label, name, list(keys))
    for name, part in value.items():
        key, example = keys[name]
        try:
            msgspec.convert(part, key.type)
        except msgspec.ValidationError as error:
            return _part_problem(key, part, example, error)
    if label.value_error is None:
        return None
    message = label.value_error(msgspec.convert(value, label.value_type))
    return (message, UNKNOWN_FIX) if message else None


def strip_path(error: msgspec.ValidationError) -> tuple[str, str]:
    """Return the message of an error of msgspec in our own words, and the path in the data that it names."""
    message = str(error)
    match = _PATH.search(message)
    message = _PATH.sub("", message).replace("Expected ", "expected ").replace("Invalid enum value", "unknown value")
    return message, match.group(1) if match else ""


def _part_problem(key: Key, part: object, example: str, error: msgspec.ValidationError) -> tuple[str, str]:
    choices = key.choices
    if choices and isinstance(part, str):
        return f"`{key.name}`: unknown value {part!r}", did_you_mean(part, choices).strip() or _some_of(
            choices, example
        )
    message, _ = strip_path(error)
    return f"`{key.name}`: {message}", f'write "{key.name}": {example}, for example, or null if it is unknown'


def _some_of(choices: tuple[str, ...], example: str) -> str:
    return f"one of {len(choices)} values, such as {example}, or null if it is unknown"


def _keys_hint(label: Label, name: object, keys: list[str]) -> str:
    return did_you_mean(str(name), keys) if keys else f"{label.name} takes no value"


def _json_type(value: Any) -> str:
    names = {str: "str", bool: "bool", int: "int", float: "float", list: "array", tuple: "array"}
    return f"`{names.get(type(value), type(value).__name__)}`"
