"""Reader for JSON files of tasks: an array, as Label Studio imports and exports it, or one object after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ....corpus.storage.json_items import numbered_objects
from ....schema import DataError, Problem

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
    for number, (line, item) in enumerate(numbered_objects(path, noun="task", fix=_EXPORT), 1):
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
