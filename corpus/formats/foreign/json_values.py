"""Checks of single values of JSON: strings, numbers, lists, objects and ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from ....schema import DataError, Problem


def string_of(item: Mapping[str, Any], key: str, name: str) -> str:
    """Return a string of an object.

    Args:
        item: The object.
        key: Its key.
        name: What the object is, for messages.

    Raises:
        DataError: It is missing or no string.
    """
    value = item.get(key)
    if not isinstance(value, str):
        raise DataError(Problem(f"{name}: `{key}` is {shown(value)}, not a string", "give it as the tool writes it"))
    return value


def whole_number(item: Any) -> int | None:
    """Return a whole number, which tables may hold as a float; None for anything else."""
    if type(item) is int:
        return item
    return int(item) if type(item) is float and isfinite(item) and item.is_integer() else None


def offset_of(value: Any, name: str) -> int:
    """Return an offset or index, which is a whole number.

    Args:
        value: The value, as JSON.
        name: What it is an offset of, for messages.

    Raises:
        DataError: It is not a whole number.
    """
    number = whole_number(value)
    if number is None:
        raise DataError(Problem(f"{name}: the offset {shown(value)} is not a whole number", "give start and end"))
    return number


def score_of(value: Any, name: str) -> float | None:
    """Return a score between 0 and 1, which may be a string of one, as single-precision numbers are often written.

    Args:
        value: The score, as JSON; None if there is none.
        name: What it is a score of, for messages.

    Raises:
        DataError: It is anything else.
    """
    if value is None:
        return None
    try:
        score = -1.0 if isinstance(value, bool) or not isinstance(value, str | int | float) else float(value)
    except (ValueError, OverflowError):
        score = -1.0
    if not 0 <= score <= 1:
        raise DataError(Problem(f"{name}: the score {shown(value)} is not between 0 and 1", "give a probability"))
    return score


def list_of(value: Any, name: str) -> list[Any]:
    """Return a list; an empty one for null.

    Raises:
        DataError: It is anything else.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise DataError(Problem(f"{name} is {shown(value)}, not a list", "give it as the tool writes it"))
    return value


def object_of(value: Any, name: str) -> dict[str, Any]:
    """Return an object.

    Raises:
        DataError: It is anything else.
    """
    if not isinstance(value, dict):
        raise DataError(Problem(f"{name} is {shown(value)}, not an object", "give it as the tool writes it"))
    return value


def id_of(item: Mapping[str, Any], field: str) -> str:
    """Return the id of a document, which may be a number; empty if it has none.

    Args:
        item: The document.
        field: The field that holds it.

    Raises:
        DataError: It is anything else.
    """
    value = item.get(field)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        what = f"the id under {field!r} is {shown(value)}, neither a text nor a number"
        raise DataError(Problem(what, "give each document a string or a number as id"))
    return str(value)


def shown(value: Any) -> str:
    """Return a value as JSON, shortened for a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"
