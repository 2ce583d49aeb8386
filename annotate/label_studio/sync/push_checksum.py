"""A seal on a project: what it held when a push ended well, so that the same push again need not ask for every task.

It stands at the end of the project's description, where the push met no fault and the project holds its tasks alone. If
the newest task is the one it was, none was added since; if there are as many tasks, none was removed; suggestions are
held to their number. What people annotate breaks no seal.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from ....schema import canonical_json
from ..client.client import StudioClient
from ..client.projects import Project
from ..mapping.tasks import Task

_SEAL = re.compile(r" Content ([0-9a-f]{16})(?: of ([0-9]+) tasks)?\.$")


def is_unchanged(api: StudioClient, project: Project, tasks: Sequence[Task]) -> bool:
    """Whether the project still holds just what it held when these very tasks were last pushed, and that ended well.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    held = api.get(f"/api/projects/{project.id}/")
    found = _SEAL.search(str(held.get("description") or ""))
    return found is not None and found[1] == _seal(api, project, held, tasks)


def tasks_at_checksum(api: StudioClient, project: Project) -> int:
    """How many tasks the project held when it was sealed; 0 where it has no seal. Errors as `is_unchanged`."""
    found = _SEAL.search(str(api.get(f"/api/projects/{project.id}/").get("description") or ""))
    return int(found[2] or 0) if found else 0


def description_with_checksum(api: StudioClient, project: Project, held: dict[str, Any], tasks: Sequence[Task]) -> str:
    """The project's description with a new seal; empty where the project holds anything but the tasks.

    Args:
        api: The server.
        project: Which has just been pushed to.
        held: What the server says of it now.
        tasks: What was pushed.
    """
    if [held.get("task_number"), held.get("total_predictions_number")] != [
        len(tasks),
        sum(len(task.suggestions) for task in tasks),
    ]:
        return ""
    bare = _SEAL.sub("", str(held.get("description") or ""))
    return f"{bare} Content {_seal(api, project, held, tasks)} of {len(tasks)} tasks."


def break_seal(api: StudioClient, project: Project) -> None:
    """Takes the seal off a project before tasks are taken out of it on purpose. Errors as `is_unchanged`."""
    told = str(api.get(f"/api/projects/{project.id}/").get("description") or "")
    if _SEAL.search(told):
        api.patch(f"/api/projects/{project.id}/", json={"description": _SEAL.sub("", told)})


def _seal(api: StudioClient, project: Project, held: dict[str, Any], tasks: Sequence[Task]) -> str:
    query = quote(canonical_json({"ordering": ["-tasks:id"]}).decode())
    about = {"project": project.id, "query": query, "include": "id", "page_size": 1}
    newest = [item["id"] for item in api.get("/api/tasks/", params=about)["tasks"]]
    numbers = [held.get("task_number"), held.get("total_predictions_number"), newest]
    states = sorted([task.id, task.content, dict(task.hashes)] for task in tasks)
    return sha256(canonical_json([numbers, states])).hexdigest()[:16]
