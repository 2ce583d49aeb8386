"""Exports of tasks with all that people did on them, which leave nothing behind on goldspan's own server.

Label Studio keeps a copy of each export and never removes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from ...client.connection import Connection
from ...client.http_client import StudioClient
from ...client.projects import Project
from ...server.paths import studio_paths

_NAME = re.compile(r"(project-\d+-at-[0-9a-f-]+)\.json")


def export_tasks(
    client: StudioClient, project: Project, tasks: Sequence[int], *, timeout: float
) -> list[dict[str, Any]]:
    """Return tasks by id, annotated or not, with their annotations and drafts; deleted tasks are left out.

    Args:
        client: The server.
        project: Project of the tasks.
        tasks: Ids; few enough for one request.
        timeout: Seconds to wait without receiving data.

    Raises:
        StudioError: The request failed.
    """
    params: dict[str, str | list[int]] = {
        "exportType": "JSON",
        "download_all_tasks": "true",  # not only those with annotations
        "ids[]": list(tasks),
    }
    # not by the SDK, which sends `ids` where the server takes `ids[]`, and hides the name of the copy
    response = client.http.get(f"/api/projects/{project.id}/export", params=params, timeout=timeout)
    _remove_copy(client.connection, response.headers.get("filename", ""))
    exported: list[dict[str, Any]] = json.loads(response.content)
    return exported


def _remove_copy(connection: Connection, name: str) -> None:
    """Remove the copy of an export from the folder of goldspan's own server; other servers keep theirs."""
    if connection.server and (match := _NAME.fullmatch(name)):
        folder = studio_paths().server(connection.server).data / "export"
        for suffix in (".json", "-info.json"):
            with suppress(OSError):  # it costs space and nothing else
                (folder / f"{match[1]}{suffix}").unlink(missing_ok=True)
