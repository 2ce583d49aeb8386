"""Plain data: what a record can hold, as the mappings, lists, strings, numbers and null that JSON has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

import msgspec

from ..errors import DataError, Problem

SURROGATE_FIX = "write the character, or both halves of the pair"

_FIXES: dict[type, str] = {
    bytes: "decode them to a string",
    set: "give a list, whose order is kept",
    frozenset: "give a list, whose order is kept",
}
_WRITTEN_AS_STRINGS = (date, datetime, time, timedelta, Decimal, UUID)
_NO_FIX = "give strings, numbers, booleans, None, and lists and dicts of these"


def plain_data(item: object) -> Any:
    """Return data as a record holds them: the same for data from JSON, new lists and dicts all the way down.

    Tuples become lists; dates, times, decimals and UUIDs strings; values, spans and other structs dicts; and numpy's
    numbers and strings those of Python.

    Raises:
        DataError: The data cannot be written to a record: a number that is not finite, an unpaired surrogate, a key
            that is not a string, bytes, a set, or any other type that JSON lacks.
    """
    try:
        return _plain(item, "")
    except RecursionError as error:
        raise DataError(Problem("the record is nested too deeply")) from error


def _plain(item: Any, path: str) -> Any:
    kind = type(item)
    if item is None or kind is bool or kind is int:
        return item
    if kind is str:
        return _string(item, path)
    if kind is float:
        if not isfinite(item):
            raise DataError(Problem(f"{_at(path)} is {item}, which is not a JSON value", "use None if it is unknown"))
        return item
    if isinstance(item, Mapping):
        return {_key(key, path): _plain(part, f"{path}.{key}") for key, part in item.items()}
    if isinstance(item, list | tuple):
        return [_plain(part, f"{path}[{index}]") for index, part in enumerate(item)]
    if isinstance(item, msgspec.Struct):
        return _plain(_fields_written(item), path)
    if kind in _WRITTEN_AS_STRINGS:
        return msgspec.to_builtins(item)
    if isinstance(item, date | time):  # of pandas, for example
        return item.isoformat()
    if kind.__module__ == "numpy" and getattr(item, "shape", None) == () and type(number := item.item()) is not kind:
        return _plain(number, path)
    if isinstance(item, str):
        return _string(str(item), path)
    fix = _FIXES.get(kind, _NO_FIX)
    raise DataError(Problem(f"{_at(path)} holds {kind.__name__}, which records cannot hold", fix))


def _string(text: str, path: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise DataError(Problem(f"{_at(path)} contains an unpaired surrogate", SURROGATE_FIX)) from error
    return text


def _key(key: Any, path: str) -> str:
    if not isinstance(key, str):
        what = f"{_at(path)} has the key {key!r}, which is not a string"
        raise DataError(Problem(what, "use strings as keys"))
    return _string(str(key), path)


def _fields_written(struct: msgspec.Struct) -> dict[str, Any]:
    """Return the fields of a struct that are written to a record, which omits defaults."""
    return {
        field.encode_name: part
        for field in msgspec.structs.fields(struct)
        if (part := getattr(struct, field.name)) != field.default or not struct.__struct_config__.omit_defaults
    }


def _at(path: str) -> str:
    return f"`{path.removeprefix('.')}`" if path else "the record"
