"""Reading of documents from JSON items, with all faults of a file at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
