"""What a push is to change at a project: decided by what the server holds, and checked, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ....schema import DataError, Problem
from ..client.client import StudioClient
from ..client.projects import Project
from ..mapping.tasks import Task
from .remote_tasks import RemoteTask, remote_tasks


@dataclass(frozen=True, slots=True)
class Replacement:
    """New suggestions for a task that is there.

    Attributes:
        task: As it is to be.
        held: As it is.
        other_text: Its text changes too, so that the suggestions of all extractors mean nothing any more.
    """

    task: Task
    held: RemoteTask
    other_text: bool = False

    @property
    def names(self) -> list[str]:
        """Extractors whose suggestions are not at the server as they should be."""
        return [
            name
            for name, found in self.task.hashes.items()
            if self.other_text or self.held.hashes.get(name) != found or name in self.held.amiss
        ]

    @property
    def hashes(self) -> dict[str, str]:
        """Of the suggestions that the task has afterwards, by extractor."""
        return {**({} if self.other_text else self.held.hashes), **self.task.hashes}


@dataclass
class PushChanges:
    """What is to be done.

    Attributes:
        create: Documents that are not there.
        describe: Tasks whose data changes.
        suggest: Tasks whose suggestions change, and their data.
        doubles: Further tasks of a document that nobody has worked on, with its id.
        unchanged: Documents that are there as they should be.
    """

    create: list[Task] = field(default_factory=list)
    describe: list[Replacement] = field(default_factory=list)
    suggest: list[Replacement] = field(default_factory=list)
    doubles: dict[int, str] = field(default_factory=dict)
    unchanged: int = 0


def needed_changes(api: StudioClient, project: Project, tasks: Sequence[Task]) -> PushChanges:
    """What has to change so that a project holds tasks; asks, and sends nothing.

    Raises:
        DataError: Texts changed that people have worked on, or a document has several tasks that they worked on; all
            are listed.
        StudioError: The server does not answer, or refuses.
    """
    changes = PushChanges()
    if not project.tasks:  # a new project has nothing to ask for
        changes.create = list(tasks)
        return changes
    problems: list[Problem] = []
    there = remote_tasks(api, project, [task.id for task in tasks])
    for task in tasks:
        _decide(changes, task, there.get(task.id, []), project, problems)
    if problems:
        raise DataError(problems)
    return changes


def _decide(
    changes: PushChanges, task: Task, held: list[RemoteTask], project: Project, problems: list[Problem]
) -> None:
    worked = [item for item in held if item.worked]
    if len(worked) > 1:
        places = ", ".join(project.task_url(item.id) for item in worked)
        fix = f"keep one of them: {places}"
        problems.append(Problem("people worked on several tasks of it", fix, document=task.id))
        return
    if not held:
        changes.create.append(task)
        return
    keep = worked[0] if worked else min(held, key=lambda item: item.id)
    changes.doubles.update((item.id, task.id) for item in held if item is not keep)
    other_text = keep.record.get("text_sha256") != task.document.text_sha256
    replacement = Replacement(task, keep, other_text)
    if other_text and worked:
        fix = f"push the text that people have worked on, or remove their work first: {project.task_url(keep.id)}"
        problems.append(Problem("the text is not the one that people have worked on", fix, document=task.id))
    elif other_text or replacement.names:
        changes.suggest.append(replacement)
    elif keep.record.get("content") != task.content:
        changes.describe.append(replacement)
    else:
        changes.unchanged += 1
