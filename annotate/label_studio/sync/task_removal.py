"""Removal of tasks from a project, except those that somebody has worked on."""

from __future__ import annotations

from collections.abc import Mapping

from ..client.http_client import StudioClient
from ..client.projects import Project
from .remote_tasks import remote_tasks

_LONG = 600.0


def remove_untouched(client: StudioClient, project: Project, tasks: Mapping[int, str]) -> list[int]:
    """Remove the tasks that nobody has worked on, in one request; work is checked right before.

    Args:
        client: The server.
        project: Project of the tasks.
        tasks: Document ids by task id; few enough for one request.

    Returns:
        The ids of the removed tasks.

    Raises:
        StudioError: A request failed; the tasks may have been removed nevertheless.
    """
    current = remote_tasks(client, project, sorted(set(tasks.values())))
    untouched = {item.id for items in current.values() for item in items if not item.worked}
    removed = [task for task in tasks if task in untouched]
    if removed:
        client.sdk.actions.create(
            id="delete_tasks",
            project=project.id,
            selected_items={"all": False, "included": removed},
            request_options={"timeout": _LONG},
        )
    return removed
