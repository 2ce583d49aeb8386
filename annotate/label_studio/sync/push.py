"""Pushing documents with suggestions to a project: each exactly once, however often it is sent and whatever fails.

Existing tasks are compared by content, everything is checked before anything is sent, and a request whose connection
broke is never repeated blindly: the server is first asked what it has processed. So repeating a failed push completes
it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ..client.client import StudioClient, StudioError
from ..client.projects import Project
from ..client.queries import is_task_deleted, task_suggestions
from ..mapping.tasks import Task
from .push_changes import PushChanges, Replacement, needed_changes
from .push_checksum import description_with_checksum, is_unchanged, tasks_at_checksum
from .remote_tasks import remote_tasks
from .task_removal import remove_untouched

BATCH = 250
"""Tasks per request; the server is fastest with 250 to 500."""

_BATCH_BYTES = 16_000_000
_LONG = 600.0
_WAITS = (0.5, 1.0, 2.0, 4.0)

ProgressCallback = Callable[[int], None]


@dataclass
class PushCounts:
    """Result of a push, in documents.

    Attributes:
        created: New on the server.
        unchanged: Already up to date.
        described: With other metadata or, where nobody had worked on it, another text.
        suggested: With replaced suggestions.
        doubles: Duplicate tasks that nobody had worked on and that were removed.
        deleted_by_hand: Tasks that somebody has deleted on the server since the last push; created again if their
            documents are pushed. Not counted if the last push met an error or the project contains other tasks.
    """

    created: int = 0
    unchanged: int = 0
    described: int = 0
    suggested: int = 0
    doubles: int = 0
    deleted_by_hand: int = 0


def push(
    client: StudioClient, project: Project, tasks: Sequence[Task], *, progress: ProgressCallback = lambda _: None
) -> PushCounts:
    """Bring the documents with their suggestions to a project.

    Suggestions of an extractor replace its earlier ones; those of others stay, and so does all work of people.

    Args:
        client: The server.
        project: Project with the labeling config of the tasks' scheme.
        tasks: Tasks, at most one per document.
        progress: Called with the number of further documents that are finished.

    Raises:
        DataError: Texts changed that people have worked on, or people worked on several tasks of one document; all
            such documents are listed, and nothing was sent.
        StudioError: The server keeps failing, or others keep changing the project; repeating the push completes it.
    """
    if project.tasks and is_unchanged(client, project, tasks):
        progress(len(tasks))
        return PushCounts(unchanged=len(tasks))
    changes = needed_changes(client, project, tasks)
    pushed = PushCounts(unchanged=changes.unchanged)
    if project.tasks:
        pushed.deleted_by_hand = max(0, tasks_at_checksum(client, project) - project.tasks)
    progress(changes.unchanged)
    ever_uncertain = uncertain = _apply(client, project, changes, pushed, progress)
    for wait in (*_WAITS, None):
        if not uncertain and _task_count(client, project) == project.tasks + pushed.created - pushed.doubles:
            break
        # a broken request of this or an earlier push may be processed late, in addition to what was sent instead
        time.sleep((wait or 0) if uncertain else 0)
        changes = needed_changes(client, replace(project, tasks=_task_count(client, project)), tasks)
        if changes.unchanged == len(tasks) and not changes.duplicates:
            break
        if wait is None:
            fix = "run the command again when nobody else is pushing to it"
            raise StudioError(f"project {project.title!r} is being changed by others at the same time. Fix: {fix}")
        uncertain = _apply(client, project, changes, pushed)
        ever_uncertain |= uncertain
    _finish(client, project, tasks, clean=not ever_uncertain)
    return pushed


def check_push(client: StudioClient, project: Project, tasks: Sequence[Task]) -> None:
    """Raise the errors that `push` would raise before it sends anything. Arguments and errors as for `push`."""
    if project.tasks and not is_unchanged(client, project, tasks):
        needed_changes(client, project, tasks)


def _apply(
    client: StudioClient,
    project: Project,
    changes: PushChanges,
    pushed: PushCounts,
    progress: ProgressCallback = lambda _: None,
) -> bool:
    """Make the changes. Return whether the outcome is uncertain: a request broke, which may take effect later."""
    uncertain = _remove(client, project, changes.duplicates, pushed) if changes.duplicates else False
    for batch in _batches(changes.create):
        uncertain |= _create(client, project, batch)
        pushed.created += len(batch)
        progress(len(batch))
    for start in range(0, len(changes.suggest), BATCH):
        replacements = changes.suggest[start : start + BATCH]
        uncertain |= _suggest(client, project, replacements, pushed)
        progress(len(replacements))
    for replacement in changes.describe:
        described = _describe(client, replacement)
        uncertain |= not described
        pushed.described += described
        progress(1)
    return uncertain


def _remove(client: StudioClient, project: Project, duplicates: Mapping[int, str], pushed: PushCounts) -> bool:
    """Remove tasks that nobody has worked on meanwhile, in batches; return as `_apply`."""
    uncertain = False
    task_ids = list(duplicates)
    for start in range(0, len(task_ids), BATCH):
        batch = {task: duplicates[task] for task in task_ids[start : start + BATCH]}
        try:
            removed = remove_untouched(client, project, batch)
        except StudioError as error:
            if not _is_transient(error):
                raise
            uncertain = True
        else:
            pushed.doubles += len(removed)
            uncertain |= len(removed) < len(batch)
    return uncertain


def _task_count(client: StudioClient, project: Project) -> int:
    return int(client.get(f"/api/projects/{project.id}/").get("task_number") or 0)


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Split tasks into batches that are neither too many nor too large for one request."""
    batch: list[Task] = []
    size = 0
    for task in tasks:
        length = 4 * task.document.length + 250 * sum(map(len, task.suggestions.values()))
        if batch and (len(batch) >= BATCH or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(task)
        size += length
    if batch:
        yield batch


def _create(client: StudioClient, project: Project, batch: list[Task]) -> bool:
    """Import tasks, each once. Return whether a request broke, which may have been processed nevertheless."""
    missing = batch
    uncertain = False
    for wait in (*_WAITS, None):
        try:
            body = [{"data": task.data(), "predictions": task.predictions()} for task in missing]
            _send(client, "POST", f"/api/projects/{project.id}/import", body)
            return uncertain
        except StudioError as error:
            if not _is_transient(error) or wait is None:
                raise
            uncertain = True
            time.sleep(wait)
            existing = remote_tasks(client, project, [task.id for task in missing])
            missing = [task for task in missing if task.id not in existing]
            if not missing:
                return uncertain
    raise AssertionError("the last attempt returns or raises")


def _suggest(client: StudioClient, project: Project, replacements: Sequence[Replacement], pushed: PushCounts) -> bool:
    """Replace suggestions; return as `_create`.

    The hashes in a task's data are updated last, so that after a failure before that the next push does all of it
    again.
    """
    uncertain = False
    for wait in (*_WAITS, None):
        try:
            missing = [
                {"task": replacement.remote.id, **prediction}
                for replacement in replacements
                for prediction in _update_suggestions(
                    client, replacement, known_empty=replacement.remote.known_empty and not uncertain
                )
            ]
            if missing:
                _send(client, "POST", f"/api/projects/{project.id}/import/predictions", missing)
            break
        except StudioError as error:
            if error.status in (400, 404) and any(is_task_deleted(client, item.remote.id) for item in replacements):
                return True  # another push has removed the task as a duplicate, so the project must be queried again
            if not _is_transient(error) or wait is None:
                raise
            uncertain = True
            time.sleep(wait)
    for replacement in replacements:
        described = _describe(client, replacement)
        uncertain |= not described
        pushed.suggested += described
    return uncertain


def _update_suggestions(client: StudioClient, replacement: Replacement, *, known_empty: bool) -> list[dict[str, Any]]:
    """Update or delete the existing suggestions of a task; return the ones that it lacks.

    Updated suggestions keep their ids: an open page sends the id of the suggestion that it started from, and the server
    rejects the work if that no longer exists. This takes two requests per task, while deleting and importing took two
    for all.

    Args:
        client: The server.
        replacement: The change of the task.
        known_empty: Whether the task certainly has no suggestions, so that the server need not be asked.
    """
    predictions = {item["model_version"]: item for item in replacement.task.predictions()}
    pending = set(replacement.names)
    existing = [] if known_empty else task_suggestions(client, replacement.remote.id)
    for suggestion in sorted(existing, key=lambda item: int(item["id"])):
        name, path = suggestion.get("model_version"), f"/api/predictions/{suggestion['id']}/"
        if name in pending:
            pending.remove(name)
            prediction = predictions[name]
            _send(client, "PATCH", path, {"result": prediction["result"], "score": prediction.get("score")})
        elif name in replacement.names or replacement.text_changed:
            _delete(client, path)
    return [prediction for name, prediction in predictions.items() if name in pending]


def _describe(client: StudioClient, replacement: Replacement) -> bool:
    """Write a task's data, which can be repeated safely. Return whether the task still existed."""
    data = replacement.task.data(replacement.hashes)
    for wait in (*_WAITS, None):
        try:
            _send(client, "PATCH", f"/api/tasks/{replacement.remote.id}/", {"data": data})
            return True
        except StudioError as error:
            if error.status == 404 and is_task_deleted(client, replacement.remote.id):
                return False
            if not _is_transient(error) or wait is None:
                raise
            time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def _finish(client: StudioClient, project: Project, tasks: Sequence[Task], *, clean: bool) -> None:
    """Show annotators the suggestions of the extractor that most documents have, and write the checksum if clean."""
    extractors = Counter(name for task in tasks for name in task.suggestions)
    current = client.get(f"/api/projects/{project.id}/")
    settings: dict[str, Any] = {}
    if extractors:
        settings["show_collab_predictions"] = True
        if current.get("model_version") not in extractors:  # else it was chosen by a person or an earlier push
            settings["model_version"] = min(extractors, key=lambda name: (-extractors[name], name))
    if clean and (description := description_with_checksum(client, project, current, tasks)):
        settings["description"] = description
    changed = {key: value for key, value in settings.items() if current.get(key) != value}
    if changed:
        client.patch(f"/api/projects/{project.id}/", json=changed)


def _send(client: StudioClient, method: str, path: str, body: Any) -> None:
    """Send data, encoded by msgspec for speed: a batch has megabytes."""
    client.send(method, path, msgspec.json.encode(body), timeout=_LONG)


def _delete(client: StudioClient, path: str) -> None:
    try:
        client.delete(path)
    except StudioError as error:
        if error.status != 404:  # already deleted
            raise


def _is_transient(error: StudioError) -> bool:
    """Check whether a failure may pass: no response, or the server's own error."""
    return error.status == 0 or error.status >= 500 or error.status in (408, 409, 429)
