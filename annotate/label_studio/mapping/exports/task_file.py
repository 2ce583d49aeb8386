"""Reader for tasks: an array, as Label Studio imports and exports it, objects one after another, or a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .....corpus.storage.json_items import numbered_objects
from .....schema import DataError, Problem, canonical_json
from .task_shapes import is_annotation, is_min, task_of_annotation, task_of_min

TASKS = "tasks.json"
"""Name of the file in a folder that goldspan exports."""

_EXPORT = "export the project as JSON"


@dataclass(frozen=True, slots=True)
class TaskLocation:
    """Location of a task in a file.

    Attributes:
        path: Path of the file.
        line: Line at which the task begins, from 1.
        task: The server's id of the task; for a task without one its position, from 1.
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


def read_tasks(source: Path) -> Iterator[tuple[dict[str, Any], TaskLocation]]:
    """Yield the tasks of a file or folder with their locations.

    The bytes of a file are in memory, its tasks only one by one. If a file holds annotations instead, as the JSON-MIN
    export does, those of one task are collected, and follow at the end.

    Args:
        source: A file; or a folder with a file of tasks, or with many files of a task or an annotation each.

    Raises:
        DataError: A file is not JSON, is cut off, or contains no tasks with `data`.
    """
    collected: dict[bytes, tuple[dict[str, Any], TaskLocation]] = {}
    number = 0
    for path in _files(source):
        for line, item in numbered_objects(str(path), noun="task", fix=_EXPORT):
            number += 1
            whole = "data" in item or not (is_annotation(item) or is_min(item))
            task = item if whole else task_of_annotation(item) if is_annotation(item) else task_of_min(item)
            has_id = isinstance(task.get("id"), int) and not isinstance(task["id"], bool)
            location = TaskLocation(str(path), line, task["id"] if has_id else number)
            if not isinstance(task.get("data"), dict):
                raise location.error("has no object `data`", _EXPORT)
            if whole:
                yield task, location
                continue
            key = canonical_json([location.task, task["data"]])
            first, _ = collected.setdefault(key, (task, location))
            if first is not task:
                first["annotations"] += task["annotations"]
    yield from collected.values()


def _files(source: Path) -> list[Path]:
    """Return the files of a source: the file of tasks in a folder, or all its files by the numbers in their names."""
    if not source.is_dir():
        return [source]
    if (source / TASKS).is_file():
        return [source / TASKS]
    found: list[Path] = []
    for parent, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    if not found:
        raise DataError(Problem("no file in the folder", "name a file of tasks, or a folder of them", str(source)))
    return sorted(found, key=_natural_order)


def _natural_order(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d{1,18})", path.as_posix())]
