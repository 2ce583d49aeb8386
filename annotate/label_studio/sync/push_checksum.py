"""A checksum of a project's contents, so that repeating a push need not query every task.

A push that met no error, into a project without other tasks, writes it to the end of the project's description. If the
newest task is the same, none was added since; if the number of tasks is the same, none was removed; suggestions are
compared by number. People's annotations do not affect the checksum.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ....schema.hashing import headed_list_sha256
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import newest_task_ids
from ..mapping.tasks import Task
from .push_diff import index_tasks

if TYPE_CHECKING:
    from label_studio_sdk.types import LseProjectResponse

_CHECKSUM = re.compile(r" Content ([0-9a-f]{16})(?: of ([0-9]+) tasks)?\.$")


def is_unchanged(client: StudioClient, project: Project, tasks: Sequence[Task]) -> bool:
    """Check whether the project still contains exactly what the last, successful push of these tasks left there.

    Raises:
        StudioError: A request failed.
    """
    current = client.sdk.projects.get(project.id)
    match = _CHECKSUM.search(current.description or "")
    return match is not None and match[1] == _checksum(client, project, current, tasks)


def tasks_at_checksum(client: StudioClient, project: Project) -> int:
    """Return the number of tasks in the project when its checksum was written; 0 if it has none.

    Raises:
        StudioError: The request failed.
    """
    match = _CHECKSUM.search(client.sdk.projects.get(project.id).description or "")
    return int(match[2] or 0) if match else 0


def description_with_checksum(
    client: StudioClient, project: Project, current: LseProjectResponse, tasks: Sequence[Task]
) -> str:
    """Return the project's description with a new checksum; empty if the project contains anything but the tasks.

    Args:
        client: The server.
        project: Project that was just pushed to.
        current: The server's current data of the project.
        tasks: The pushed tasks.

    Raises:
        StudioError: The request failed.
    """
    if [current.task_number, current.total_predictions_number] != [
        len(tasks),
        sum(len(task.extractors) for task in tasks),
    ]:
        return ""
    description = _CHECKSUM.sub("", current.description or "")
    return f"{description} Content {_checksum(client, project, current, tasks)} of {len(tasks)} tasks."


def remove_checksum(client: StudioClient, project: Project) -> None:
    """Remove a project's checksum, before tasks are removed on purpose.

    Raises:
        StudioError: A request failed.
    """
    description = client.sdk.projects.get(project.id).description or ""
    if _CHECKSUM.search(description):
        client.sdk.projects.update(project.id, description=_CHECKSUM.sub("", description))


def _checksum(client: StudioClient, project: Project, current: LseProjectResponse, tasks: Sequence[Task]) -> str:
    newest = newest_task_ids(client, project, 1)
    numbers = [current.task_number, current.total_predictions_number, newest]
    positions = index_tasks(tasks)
    sorted_tasks = (tasks[positions[name]] for name in positions.by_name())
    states = ([task.id, task.content, dict(task.hashes)] for task in sorted_tasks)
    return headed_list_sha256(numbers, states)[:16]
