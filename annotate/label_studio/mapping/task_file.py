"""The tasks of a JSON file: an array of them, as Label Studio imports and exports it, or one object after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ....corpus.storage.file_io import read_whole
from ....schema import DataError, Problem
from ....schema.files.json_line import parse_line

_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[{}\[\]]', re.DOTALL)
"""The way to the next bracket that stands in no string."""

_EXPORT = "export the project as JSON"
_MIN = frozenset(("annotation_id", "annotator"))


@dataclass(frozen=True, slots=True)
class TaskLocation:
    """Where a task stands.

    Attributes:
        path: The file.
        line: Where the task begins, from 1.
        task: The server's number; where the task has none, which of the file it is, from 1.
    """

    path: str
    line: int
    task: int

    def fault(self, what: str, fix: str = "", document: str = "") -> DataError:
        """The refusal of something in the task."""
        return DataError(Problem(f"task {self.task}: {what}", fix, self.path, self.line, document))

    def refusal(self, error: DataError, document: str = "") -> DataError:
        """The refusal of a document, with the place of its task.

        Args:
            error: Without a place.
            document: Its id, where the error names none.
        """
        named = [
            replace(item, what=f"task {self.task}: {item.what}", document=item.document or document)
            for item in error.problems
        ]
        return DataError([item.with_location(self.path, self.line) for item in named])


def read_tasks(path: str) -> Iterator[tuple[dict[str, Any], TaskLocation]]:
    """The tasks of a file with their places; the file's bytes are held, its tasks one by one.

    Raises:
        DataError: The file is no JSON, is cut off, or holds no tasks with `data`.
    """
    data = read_whole(path).removeprefix(b"\xef\xbb\xbf")
    first = data.lstrip()[:1]
    if first not in (b"[", b"{"):
        raise DataError(Problem("no JSON of tasks" if first else "the file is empty", _EXPORT, path))
    line, counted = 1, 0
    for number, (start, end) in enumerate(_items(data, path) if first == b"[" else _objects(data, path), 1):
        start += len(data[start:end]) - len(data[start:end].lstrip())
        line, counted = line + data.count(b"\n", counted, start), start
        item, problem = parse_line(data[start:end].rstrip())
        if problem is not None:
            what = problem.what.replace("the line", "the task").replace("the record", "the task")
            raise DataError(Problem(f"task {number} of the file: {what}", _EXPORT, path, line))
        held = item.get("id")
        place = TaskLocation(path, line, held if isinstance(held, int) and not isinstance(held, bool) else number)
        if "data" not in item and _MIN & item.keys():
            why = "an export as JSON_MIN, which does not say which span a field belongs to"
            raise place.fault(why, _EXPORT)
        if not isinstance(item.get("data"), dict):
            raise place.fault("has no object `data`", _EXPORT)
        yield item, place


def _objects(data: bytes, path: str) -> Iterator[tuple[int, int]]:
    """Bounds of objects that follow one another, each on a line or over many, as a storage of the server has them."""
    depth = last = start = position = 0
    while step := _BRACKET.match(data, position):
        position = step.end()
        if data[position - 1] in b"{[":
            if depth == 0:
                start = position - 1
                _gap(data, last, start, b"", path)
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield start, position
                last = position
    if depth:
        line = data.count(b"\n", 0, start) + 1
        raise DataError(Problem("the file is cut off: the task has no end", "export it again", path, line))
    _gap(data, last, len(data), b"", path)


def _items(data: bytes, path: str) -> Iterator[tuple[int, int]]:
    """Bounds of the objects of an array, found by brackets alone: what stands between them is for the decoder."""
    depth = last = position = 0
    between = b""
    while step := _BRACKET.match(data, position):
        position = step.end()
        if data[position - 1] in b"{[":
            depth += 1
            if depth == 1:
                last = position
            elif depth == 2:
                _gap(data, last, position - 1, between, path)
                last, between = position - 1, b","
        else:
            depth -= 1
            if depth == 1:
                yield last, position
                last = position
            elif depth == 0:
                _gap(data, last, position - 1, b"", path)
                _gap(data, position - 1, len(data), b"]", path)
                return
    raise DataError(Problem("the file is cut off: the array of tasks has no end", "export it again", path))


def _gap(data: bytes, start: int, end: int, sign: bytes, path: str) -> None:
    """Refuses anything between two tasks but the sign that belongs there."""
    if data[start:end].strip() != sign:
        line = data.count(b"\n", 0, start) + 1
        raise DataError(Problem("no list of tasks: there is something else between or after them", _EXPORT, path, line))
