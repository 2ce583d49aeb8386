"""What is wrong with the parts of a span's value, told with the keys, choices and types that the label has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from .errors import did_you_mean
from .values.value_type import Key

UNKNOWN_FIX = "correct the value, or leave it out if it is unknown"

_PATH = re.compile(r" - at `\$\.?([^`]*)`$")


def keys_problem(label: str, keys: Mapping[str, tuple[Key, str]], value: object) -> tuple[str, str] | None:
    """Return what is wrong with the keys and parts of a value, each by itself, and how to fix it; None if nothing is.

    Args:
        label: Name of the label.
        keys: The keys of its values by name, each with a valid part as JSON.
        value: The value as in a record.
    """
    if not isinstance(value, Mapping):
        name, (_, example) = next(iter(keys.items()), ("", (None, "")))
        fix = f'write an object, such as {{"{name}": {example}}}' if name else f"{label} takes no value"
        return f"the value: expected `object`, got {_json_type(value)}", fix
    for name in value:
        if name not in keys:
            fix = did_you_mean(str(name), list(keys)) if keys else f"{label} takes no value"
            return f"the value has an unknown key `{name}`", fix
    for name, part in value.items():
        key, example = keys[name]
        try:
            msgspec.convert(part, key.type)
        except msgspec.ValidationError as error:
            return _part_problem(key, part, example, error)
    return None


def strip_path(error: msgspec.ValidationError) -> tuple[str, str]:
    """Return the message of an error of msgspec in our own words, and the path in the data that it names."""
    message = str(error)
    match = _PATH.search(message)
    message = _PATH.sub("", message).replace("Expected ", "expected ").replace("Invalid enum value", "unknown value")
    return message, match.group(1) if match else ""


def _part_problem(key: Key, part: object, example: str, error: msgspec.ValidationError) -> tuple[str, str]:
    choices = key.choices
    if key.base is tuple and isinstance(part, list | tuple):
        part = next((item for item in part if choices and item not in choices), part)
    elif key.base is tuple:
        choices = ()  # a list is what is missing, not another choice
    if choices and isinstance(part, str):
        return f"`{key.name}`: unknown value {part!r}", did_you_mean(part, choices).strip() or _some_of(
            choices, example
        )
    message, _ = strip_path(error)
    return f"`{key.name}`: {message}", f'write "{key.name}": {example}, for example, or null if it is unknown'


def _some_of(choices: tuple[str, ...], example: str) -> str:
    return f"one of {len(choices)} values, such as {example}, or null if it is unknown"


def _json_type(value: Any) -> str:
    names = {str: "str", bool: "bool", int: "int", float: "float", list: "array", tuple: "array"}
    return f"`{names.get(type(value), type(value).__name__)}`"
