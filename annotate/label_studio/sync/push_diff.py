"""The changes that a push makes in a project, determined and checked before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ....schema import DataError, Problem
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..mapping.task_parts import PART
from ..mapping.tasks import MIGRATED, Task
from .parts.remote_parts import surplus_parts
from .remote_tasks import RemoteTask, remote_tasks


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


@dataclass
class PushChanges:
    """Changes that a push has to make.

    Attributes:
        create: Tasks to create.
        describe: Tasks whose data changes.
        suggest: Tasks whose suggestions and data change.
        duplicates: Ids of duplicate tasks that nobody has worked on, with the ids of their documents; among them those
            of parts that a document no longer has.
        unchanged: Number of documents whose tasks are up to date.
    """

    create: list[Task] = field(default_factory=list)
    describe: list[Replacement] = field(default_factory=list)
    suggest: list[Replacement] = field(default_factory=list)
    duplicates: dict[int, str] = field(default_factory=dict)
    unchanged: int = 0


def needed_changes(client: StudioClient, project: Project, tasks: Sequence[Task]) -> PushChanges:
    """Determine what has to change so that a project contains the tasks. Only reads from the server.

    Raises:
        DataError: Texts changed that people have worked on, or people worked on several tasks of one document; all
            such documents are listed.
        StudioError: A request failed.
    """
    changes = PushChanges()
    if not project.tasks:  # a new project need not be queried
        changes.create = list(tasks)
        return changes
    problems: list[Problem] = []
    surplus = surplus_parts(client, project, tasks)
    existing = remote_tasks(client, project, [*(task.id for task in tasks), *surplus])
    for task in tasks:
        _add_changes(changes, task, existing.get(task.id, []), project, problems)
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


def _add_changes(
    changes: PushChanges, task: Task, existing: list[RemoteTask], project: Project, problems: list[Problem]
) -> None:
    worked = [item for item in existing if item.worked]
    if len(worked) > 1:
        urls = ", ".join(project.task_url(item.id) for item in worked)
        problems.append(Problem("people worked on several tasks of it", f"keep one of them: {urls}", document=task.id))
        return
    if not existing:
        changes.create.append(task)
        return
    kept = worked[0] if worked else min(existing, key=lambda item: item.id)
    changes.duplicates.update((item.id, task.id) for item in existing if item is not kept)
    text_changed = kept.record.get("text_sha256") != task.text_sha256
    replacement = Replacement(task, kept, text_changed)
    if text_changed and worked:
        fix = f"push the text that people have worked on, or remove their work first: {project.task_url(kept.id)}"
        what = "the text differs from the one that people have worked on"
        if task.part and (kept.record.get(PART) or {}).get("text_sha256") == task.part.place.text_sha256:
            what, fix = "it is cut at other places than when people worked on it", _cut_as_before(kept, project)
        problems.append(Problem(what, fix, document=task.id))
    elif text_changed or replacement.names:
        changes.suggest.append(replacement)
    elif kept.record.get("content") != task.content:
        changes.describe.append(replacement)
    else:
        changes.unchanged += 1


def _cut_as_before(worked: RemoteTask, project: Project) -> str:
    size = (worked.record.get(PART) or {}).get("size")
    as_before = (
        f"push it with `cut` {size} and without suggestions that this would halve" if size else "cut it as before"
    )
    return f"{as_before}, or remove their work first: {project.task_url(worked.id)}"
