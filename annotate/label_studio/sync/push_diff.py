"""The changes that a push makes in a project, determined and checked before anything is sent."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....schema import DataError, Problem
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..mapping.task_parts import PART
from ..mapping.tasks import MIGRATED, Task
from .parts.remote_parts import surplus_parts
from .remote_tasks import RemoteTask, remote_tasks
from .work.place_index import PlaceIndex


@dataclass(frozen=True, slots=True)
class Replacement:
    """A change of an existing task.

    Attributes:
        task: The task as it should be.
        remote: The task as it is on the server.
        text_changed: Whether its text changes too, which invalidates the suggestions of all extractors.
    """

    task: Task
    remote: RemoteTask
    text_changed: bool = False

    @property
    def names(self) -> list[str]:
        """Extractors whose suggestions on the server are missing, duplicated or outdated."""
        return [
            name
            for name, hash_value in self.task.hashes.items()
            if self.text_changed
            or self.remote.hashes.get(name) != hash_value
            or name in self.remote.missing_or_duplicated
        ]

    @property
    def hashes(self) -> dict[str, str]:
        """Hashes of the suggestions that the task has afterwards, by extractor."""
        return {**({} if self.text_changed else self.remote.hashes), **self.task.hashes}

    def data(self) -> dict[str, Any]:
        """Return the data of the task afterwards."""
        return self.task.data(self.hashes, self.remote.record.get(MIGRATED))


class PushChanges:
    """Changes that a push has to make, as positions in its tasks; what is sent is made again when it is sent.

    Args:
        tasks: The tasks of the push.
        existing: The tasks that the project has of their documents.

    Attributes:
        create: Positions of the tasks to create.
        describe: Of those whose data changes.
        suggest: Of those whose suggestions and data change.
        duplicates: Ids of duplicate tasks that nobody has worked on, with the ids of their documents; among them those
            of parts that a document no longer has.
        unchanged: Number of documents whose tasks are up to date.
    """

    def __init__(self, tasks: Sequence[Task], existing: Mapping[str, list[RemoteTask]]) -> None:
        self.create, self.describe, self.suggest = array("Q"), array("Q"), array("Q")
        self.duplicates: dict[int, str] = {}
        self.unchanged = 0
        self._tasks, self._existing = tasks, existing

    def created(self) -> Iterator[Task]:
        """Yield the tasks to create."""
        return (self._tasks[position] for position in self.create)

    def replaced(self, positions: Iterable[int]) -> Iterator[Replacement]:
        """Yield changes of existing tasks, by the positions of `describe` or `suggest`."""
        for position in positions:
            task = self._tasks[position]
            yield _replacement(task, _kept(self._existing[task.id]))


def needed_changes(client: StudioClient, project: Project, tasks: Sequence[Task]) -> PushChanges:
    """Determine what has to change so that a project contains the tasks. Only reads from the server.

    Raises:
        DataError: Texts changed that people have worked on, or people worked on several tasks of one document; all
            such documents are listed.
        DependencyError: A temporary file cannot be written.
        StudioError: A request failed.
    """
    if not project.tasks:  # a new project need not be queried
        changes = PushChanges(tasks, {})
        changes.create.extend(range(len(tasks)))
        return changes
    problems: list[Problem] = []
    surplus = surplus_parts(client, project, tasks)
    names = index_tasks(tasks)
    for name in surplus:
        names[name] = len(tasks)
    existing = remote_tasks(client, project, names)
    changes = PushChanges(tasks, existing)
    for position, task in enumerate(tasks):
        _add_changes(changes, position, task, existing.get(task.id, []), project, problems)
    for name in surplus:
        for item in existing.get(name, ()):
            if item.worked:
                what = "the document has fewer parts now, and people have worked on this one"
                problems.append(Problem(what, _cut_as_before(item, project), document=name))
            else:
                changes.duplicates[item.id] = name
    if problems:
        raise DataError(problems)
    return changes


def index_tasks(tasks: Iterable[Task]) -> PlaceIndex:
    """Return the positions of tasks by the ids of their documents.

    Raises:
        DependencyError: A temporary file cannot be written.
    """
    index = PlaceIndex()
    for position, task in enumerate(tasks):
        index[task.id] = position
    return index


def _add_changes(
    changes: PushChanges,
    position: int,
    task: Task,
    existing: list[RemoteTask],
    project: Project,
    problems: list[Problem],
) -> None:
    worked = [item for item in existing if item.worked]
    if len(worked) > 1:
        urls = ", ".join(project.task_url(item.id) for item in worked)
        problems.append(Problem("people worked on several tasks of it", f"keep one of them: {urls}", document=task.id))
        return
    if not existing:
        changes.create.append(position)
        return
    kept = _kept(existing)
    changes.duplicates.update((item.id, task.id) for item in existing if item is not kept)
    replacement = _replacement(task, kept)
    if replacement.text_changed and worked:
        fix = f"push the text that people have worked on, or remove their work first: {project.task_url(kept.id)}"
        what = "the text differs from the one that people have worked on"
        if task.part and (kept.record.get(PART) or {}).get("text_sha256") == task.part.place.text_sha256:
            what, fix = "it is cut at other places than when people worked on it", _cut_as_before(kept, project)
        problems.append(Problem(what, fix, document=task.id))
    elif replacement.text_changed or replacement.names:
        changes.suggest.append(position)
    elif kept.record.get("content") != task.content:
        changes.describe.append(position)
    else:
        changes.unchanged += 1


def _kept(existing: list[RemoteTask]) -> RemoteTask:
    """Return the task of a document that stays: the one with work, else the oldest."""
    return next((item for item in existing if item.worked), None) or min(existing, key=lambda item: item.id)


def _replacement(task: Task, kept: RemoteTask) -> Replacement:
    return Replacement(task, kept, text_changed=kept.record.get("text_sha256") != task.text_sha256)


def _cut_as_before(worked: RemoteTask, project: Project) -> str:
    size = (worked.record.get(PART) or {}).get("size")
    as_before = (
        f"push it with `cut` {size} and without suggestions that this would halve" if size else "cut it as before"
    )
    return f"{as_before}, or remove their work first: {project.task_url(worked.id)}"
