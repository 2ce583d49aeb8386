"""Reader for JSON files of tasks: an array, as Label Studio imports and exports it, or one object after another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ....corpus.storage.file_io import read_whole
from ....schema import DataError, Problem
from ....schema.files.json_line import parse_line

_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[{}\[\]]', re.DOTALL)
"""Everything up to the next bracket outside a string."""

_EXPORT = "export the project as JSON"
_MIN = frozenset(("annotation_id", "annotator"))


@dataclass(frozen=True, slots=True)
class TaskLocation:
    """Location of a task in a file.

    Attributes:
        path: Path of the file.
        line: Line at which the task begins, from 1.
        task: The server's id of the task; for a task without one its position in the file, from 1.
    """

    path: str
    line: int
    task: int

    def error(self, message: str, fix: str = "") -> DataError:
        """Return an error about the task."""
        return DataError(Problem(f"task {self.task}: {message}", fix, self.path, self.line))

    def locate(self, error: DataError, document: str = "") -> DataError:
        """Return an error with the location of the task added to each problem.

        Args:
            error: An error without location.
            document: Id of the document for problems that do not name it.
        """
        named = [
            replace(item, what=f"task {self.task}: {item.what}", document=item.document or document)
            for item in error.problems
        ]
        return DataError([item.with_location(self.path, self.line) for item in named])


def read_tasks(path: str) -> Iterator[tuple[dict[str, Any], TaskLocation]]:
    """Yield the tasks of a file with their locations. The file's bytes are in memory, its tasks only one by one.

    Raises:
        DataError: The file is not JSON, is cut off, or contains no tasks with `data`.
    """
    data = read_whole(path).removeprefix(b"\xef\xbb\xbf")
    first = data.lstrip()[:1]
    if first not in (b"[", b"{"):
        raise DataError(Problem("not a JSON file of tasks" if first else "the file is empty", _EXPORT, path))
    line, counted = 1, 0
    for number, (start, end) in enumerate(_array_items(data, path) if first == b"[" else _objects(data, path), 1):
        start += len(data[start:end]) - len(data[start:end].lstrip())
        line, counted = line + data.count(b"\n", counted, start), start
        item, problem = parse_line(data[start:end].rstrip())
        if problem is not None:
            message = problem.what.replace("the line", "the task").replace("the record", "the task")
            raise DataError(Problem(f"task {number} of the file: {message}", _EXPORT, path, line))
        task_id = item.get("id")
        if not isinstance(task_id, int) or isinstance(task_id, bool):
            task_id = number
        location = TaskLocation(path, line, task_id)
        if "data" not in item and _MIN & item.keys():
            message = "exported as JSON_MIN, which does not say which span a field belongs to"
            raise location.error(message, _EXPORT)
        if not isinstance(item.get("data"), dict):
            raise location.error("has no object `data`", _EXPORT)
        yield item, location


def _objects(data: bytes, path: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of consecutive objects, each on one or many lines, as in a storage of the server."""
    depth = last = start = position = 0
    while step := _BRACKET.match(data, position):
        position = step.end()
        if data[position - 1] in b"{[":
            if depth == 0:
                start = position - 1
                _check_gap(data, last, start, b"", path)
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield start, position
                last = position
    if depth:
        line = data.count(b"\n", 0, start) + 1
        raise DataError(Problem("the file is cut off: the task has no end", "export it again", path, line))
    _check_gap(data, last, len(data), b"", path)


def _array_items(data: bytes, path: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of an array's objects, found by their brackets alone; the decoder checks what they contain."""
    depth = last = position = 0
    separator = b""
    while step := _BRACKET.match(data, position):
        position = step.end()
        if data[position - 1] in b"{[":
            depth += 1
            if depth == 1:
                last = position
            elif depth == 2:
                _check_gap(data, last, position - 1, separator, path)
                last, separator = position - 1, b","
        else:
            depth -= 1
            if depth == 1:
                yield last, position
                last = position
            elif depth == 0:
                _check_gap(data, last, position - 1, b"", path)
                _check_gap(data, position - 1, len(data), b"]", path)
                return
    raise DataError(Problem("the file is cut off: the array of tasks has no end", "export it again", path))


def _check_gap(data: bytes, start: int, end: int, expected: bytes, path: str) -> None:
    """Reject anything between two tasks but white space and the expected separator."""
    if data[start:end].strip() != expected:
        line = data.count(b"\n", 0, start) + 1
        raise DataError(
            Problem("not a list of tasks: unexpected content between or after the tasks", _EXPORT, path, line)
        )
