"""Requests of a push that recover from broken connections.

A request whose connection broke is never repeated blindly: the server is first asked what it has processed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from ..client.attempts import attempt_until_done
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import is_task_deleted, task_suggestions
from ..client.studio_error import StudioError
from ..mapping.tasks import Task
from .push_diff import Replacement
from .remote_tasks import remote_tasks

if TYPE_CHECKING:
    import httpx

_LONG = 600.0


def create_tasks(client: StudioClient, project: Project, batch: list[Task]) -> bool:
    """Import tasks, each once. Return whether a request broke, which may have been processed nevertheless."""

    def attempt(broken: bool) -> bool:
        existing = remote_tasks(client, project, [task.id for task in batch]) if broken else {}
        missing = [task for task in batch if task.id not in existing]
        if missing:
            body = [{"data": data, "predictions": task.predictions(data)} for task in missing for data in [task.data()]]
            _send(client, "POST", f"/api/projects/{project.id}/import", body)
        return broken

    return attempt_until_done(attempt)


def has_bulk_replacement(client: StudioClient, project: Project) -> bool:
    """Check whether the server can replace the suggestions of many tasks at once, as goldspan's own server can."""
    try:
        client.http.get(_bulk_path(project))
    except StudioError as error:
        if error.status in (403, 404):
            return False
        raise
    return True


def replace_in_bulk(client: StudioClient, project: Project, replacements: Sequence[Replacement]) -> tuple[bool, int]:
    """Replace suggestions and data of tasks in one request. Return as `replace_suggestions`.

    Suggestions keep their ids, as there. The request takes effect as a whole, and can be repeated.
    """
    body = []
    for replacement in replacements:
        names = set(replacement.names)
        data = replacement.data()
        body.append(
            {
                "task": replacement.remote.id,
                "data": data,
                "predictions": [item for item in replacement.task.predictions(data) if item["model_version"] in names],
                "only": replacement.text_changed,
            }
        )

    def attempt(broken: bool) -> tuple[bool, int]:
        updated = _send(client, "POST", _bulk_path(project), body).json()["updated"]
        return broken or len(updated) < len(replacements), len(updated)

    return attempt_until_done(attempt)


def _bulk_path(project: Project) -> str:
    return f"/api/projects/{project.id}/replace-suggestions"


def replace_suggestions(
    client: StudioClient, project: Project, replacements: Sequence[Replacement]
) -> tuple[bool, int]:
    """Replace suggestions task by task, on a server that can do no better.

    Return whether a request broke, as `create_tasks`, and how many tasks were updated.

    The hashes in a task's data are updated last, so that after a failure before that the next push does all of it
    again.
    """

    def attempt(broken: bool) -> bool:
        missing = [
            {"task": replacement.remote.id, **prediction}
            for replacement in replacements
            for prediction in _update_suggestions(
                client, replacement, known_empty=replacement.remote.known_empty and not broken
            )
        ]
        if missing:
            _send(client, "POST", f"/api/projects/{project.id}/import/predictions", missing)
        return broken

    try:
        uncertain = attempt_until_done(attempt)
    except StudioError as error:
        if error.status in (400, 404) and any(is_task_deleted(client, item.remote.id) for item in replacements):
            return True, 0  # another push has removed the task as a duplicate, so the project must be queried again
        raise
    updated = 0
    for replacement in replacements:
        exists = update_task_data(client, replacement)
        uncertain |= not exists
        updated += exists
    return uncertain, updated


def _update_suggestions(client: StudioClient, replacement: Replacement, *, known_empty: bool) -> list[dict[str, Any]]:
    """Update or delete the existing suggestions of a task; return the ones that it lacks.

    Updated suggestions keep their ids: an open page sends the id of the suggestion that it started from, and the server
    rejects the work if that no longer exists. This takes two requests per task, while deleting and importing would take
    two for all.

    Args:
        client: The server.
        replacement: The change of the task.
        known_empty: Whether the task certainly has no suggestions, so that the server need not be asked.
    """
    data = replacement.task.data()
    predictions = {item["model_version"]: item for item in replacement.task.predictions(data)}
    pending = set(replacement.names)
    existing = [] if known_empty else task_suggestions(client, replacement.remote.id)
    for suggestion in sorted(existing, key=lambda item: int(item["id"])):
        name = suggestion.get("model_version")
        if name in pending:
            pending.remove(name)
            prediction = predictions[name]
            _send(
                client,
                "PATCH",
                f"/api/predictions/{suggestion['id']}/",
                {"result": prediction["result"], "score": prediction.get("score")},
            )
        elif name in replacement.names or replacement.text_changed:
            _delete(client, suggestion["id"])
    return [prediction for name, prediction in predictions.items() if name in pending]


def update_task_data(client: StudioClient, replacement: Replacement) -> bool:
    """Write a task's data, which can be repeated safely. Return whether the task still existed."""
    task, data = str(replacement.remote.id), replacement.data()
    try:
        attempt_until_done(lambda _: client.sdk.tasks.update(task, data=data, request_options={"timeout": _LONG}))
    except StudioError as error:
        if error.status == 404 and is_task_deleted(client, replacement.remote.id):
            return False
        raise
    return True


def _send(client: StudioClient, method: str, path: str, body: Any) -> httpx.Response:
    """Send results and return the response.

    Not by the SDK, which takes 1000 ms to encode 250 tasks with 25 spans; msgspec takes 14 ms.
    """
    headers = {"Content-Type": "application/json"}
    return client.http.request(method, path, content=msgspec.json.encode(body), headers=headers, timeout=_LONG)


def _delete(client: StudioClient, suggestion: int) -> None:
    try:
        client.sdk.predictions.delete(suggestion)
    except StudioError as error:
        if error.status != 404:  # already deleted
            raise
