"""Tasks taken out of a project: never one that somebody has worked on."""

from __future__ import annotations

from collections.abc import Mapping

from ..client.client import StudioClient
from ..client.projects import Project
from .remote_tasks import remote_tasks

_LONG = 600.0


def remove_untouched(api: StudioClient, project: Project, tasks: Mapping[int, str]) -> list[int]:
    """Removes tasks in one request, those that nobody has begun on: asked for right before.

    Args:
        api: The server.
        project: Whose tasks.
        tasks: Ids of their documents by number; few enough for one request.

    Returns:
        The numbers of those that were removed.

    Raises:
        StudioError: The server does not answer, or refuses; what was removed is to be asked for.
    """
    now = remote_tasks(api, project, sorted(set(tasks.values())))
    free = {item.id for held in now.values() for item in held if not item.worked}
    gone = [number for number in tasks if number in free]
    if gone:
        about = {"project": project.id, "id": "delete_tasks"}
        body = {"selectedItems": {"all": False, "included": gone}, "project": project.id}
        api.post("/api/dm/actions/", params=about, json=body, timeout=_LONG)
    return gone
