"""Requests of a push that recover from broken connections.

A request whose connection broke is never repeated blindly: the server is first asked what it has processed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


Prepared = Sequence[tuple[str, msgspec.Raw]]
"""The part of a request for each of some tasks, by the id of its document, encoded."""


def prepare_creation(batch: Iterable[Task]) -> Prepared:
    """Return what `create_tasks` sends."""
    return [
        (task.id, _encode_part({"data": data, "predictions": task.predictions(data)}))
        for task in batch
        for data in [task.data()]
    ]


def create_tasks(client: StudioClient, project: Project, batch: Prepared) -> bool:
    """Import tasks, each once. Return whether a request broke, which may have been processed nevertheless."""

    def attempt(broken: bool) -> bool:
        existing = remote_tasks(client, project, [name for name, _ in batch]) if broken else {}
        missing = [body for name, body in batch if name not in existing]
        if missing:
            _send(client, "POST", f"/api/projects/{project.id}/import", missing)
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


def prepare_replacement(replacements: Iterable[Replacement]) -> Prepared:
    """Return what `replace_in_bulk` sends."""
    return [(replacement.task.id, _encode_part(_replacement_part(replacement))) for replacement in replacements]


def _replacement_part(replacement: Replacement) -> dict[str, Any]:
    names, data = set(replacement.names), replacement.data()
    return {
        "task": replacement.remote.id,
        "data": data,
        "predictions": [item for item in replacement.task.predictions(data) if item["model_version"] in names],
        "only": replacement.text_changed,
    }


def replace_in_bulk(client: StudioClient, project: Project, batch: Prepared) -> tuple[bool, int]:
    """Replace suggestions and data of tasks in one request. Return as `replace_suggestions`.

    Suggestions keep their ids, as there. The request takes effect as a whole, and can be repeated.
    """
    body = [part for _, part in batch]

    def attempt(broken: bool) -> tuple[bool, int]:
        updated = _send(client, "POST", _bulk_path(project), body).json()["updated"]
        return broken or len(updated) < len(batch), len(updated)

    return attempt_until_done(attempt)


def _encode_part(part: dict[str, Any]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(part))


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
