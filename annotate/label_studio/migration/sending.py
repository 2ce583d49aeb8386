"""Sending of changed items: each only where it still is as it was read.

goldspan's own server compares and changes in one transaction. Another one is asked right before, and nothing can keep a
person's change of the very moment from being written over there; the page that made it sends all of it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ..client.attempts import attempt_until_done
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.studio_error import StudioError
from .task_changes import ItemChange
from .task_work import ItemKey, Kind

_LONG = 600.0
_PATHS: dict[Kind, tuple[str, str]] = {
    "task": ("/api/tasks/{}/", "data"),
    "annotation": ("/api/annotations/{}/", "result"),
    "draft": ("/api/drafts/{}/", "result"),
    "prediction": ("/api/predictions/{}/", "result"),
}


def can_compare(client: StudioClient, project: Project) -> bool:
    """Check whether the server compares before it changes, as goldspan's own server can.

    Raises:
        StudioError: The request failed.
    """
    try:
        client.http.get(_bulk_path(project))
    except StudioError as error:
        if error.status in (403, 404):
            return False
        raise
    return True


def send_changes(client: StudioClient, project: Project, changes: Sequence[ItemChange], *, compares: bool) -> int:
    """Send changes of items; return how many were not made, because the items had changed.

    Args:
        client: The server.
        project: The project.
        changes: The changes, those of a task's data before those of its work.
        compares: Result of `can_compare`.

    Raises:
        StudioError: A request failed; some changes may have been made.
    """
    if compares:
        body = [
            {"kind": change.item.kind, "id": change.item.id, "was": change.item.content, "now": change.now}
            for change in changes
        ]

        def attempt(_: bool) -> int:
            content = msgspec.json.encode(body)
            headers = {"Content-Type": "application/json"}
            response = client.http.post(_bulk_path(project), content=content, headers=headers, timeout=_LONG)
            replaced: set[ItemKey] = {(kind, number) for kind, number in response.json()["replaced"]}
            # of a request that was repeated, the first may have made them: they are read again all the same
            return sum(change.item.key not in replaced for change in changes)

        return attempt_until_done(attempt)
    return sum(not _send(client, change) for change in changes)


def _bulk_path(project: Project) -> str:
    return f"/api/projects/{project.id}/replace-results"


def _send(client: StudioClient, change: ItemChange) -> bool:
    """Send a change; return whether it was made."""
    path, field = _PATHS[change.item.kind]
    path = path.format(change.item.id)

    def attempt(_: bool) -> bool:
        try:
            current: dict[str, Any] = client.http.get(path).json()
        except StudioError as error:
            if error.status == 404:  # deleted, or a draft that was submitted
                return False
            raise
        if current.get(field) == change.now:
            return True
        if current.get(field) != change.item.content:
            return False
        client.http.patch(path, json={field: change.now}, timeout=_LONG)
        return True

    return attempt_until_done(attempt)
