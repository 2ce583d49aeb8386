"""Reading of documents from JSON items, with all faults of a file at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ....schema import DataError, Problem, truncate_problems
from ...storage.json_items import numbered_items
from .stated_documents import StatedDocument

ItemReader = Callable[[int, Any], Iterator[StatedDocument]]
"""Yields the documents of an item, given its line in the file."""


def read_items(source: Path, noun: str, fix: str, read: ItemReader) -> Iterator[StatedDocument]:
    """Yield the documents of the items of a JSON file. Null items are passed over and counted.

    Args:
        source: The file.
        noun: What an item is, for messages.
        fix: What to do if the file is of another kind.
        read: Reads an item.

    Raises:
        DataError: The file is not JSON, or items are invalid; all of them are reported.
    """
    nulls, held = 0, None
    problems: list[Problem] = []
    for line, item in numbered_items(str(source), noun=noun, fix=fix):
        if item is None:
            nulls += 1
            continue
        try:
            for stated in read(line, item):
                stated.line = stated.line or line
                if held is not None:
                    yield held
                held = stated
        except DataError as error:
            problems += error.with_location(str(source), line).problems
    if problems:
        raise DataError(truncate_problems(problems, f"invalid {noun}s"))
    if held is None and nulls:
        raise DataError(Problem(f"all {nulls} {noun}s are null", "there is nothing to read", str(source)))
    if held is not None:
        held.left_out["entries that are null"] += nulls
        yield held


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


def offset_of(value: Any, name: str) -> int:
    """Return an offset or index, which is a whole number.

    Args:
        value: The value, as JSON.
        name: What it is an offset of, for messages.

    Raises:
        DataError: It is not a whole number.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if type(value) is not int:
        raise DataError(Problem(f"{name}: the offset {shown(value)} is not a whole number", "give start and end"))
    return value


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
        raise DataError(Problem(f"the id `{field}` is {shown(value)}", "give each document a string or a number as id"))
    return str(value)


def shown(value: Any) -> str:
    """Return a value as JSON, shortened for a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"
