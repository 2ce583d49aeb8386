"""Pushing documents with suggestions to a project: each exactly once, however often it is sent and whatever fails.

Existing tasks are compared by content, and everything is checked before anything is sent. The requests themselves
recover from broken connections in `push_recovery`. So repeating a failed push completes it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ..client import attempts
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.studio_error import StudioError
from ..mapping.tasks import Task
from .push_checksum import description_with_checksum, is_unchanged, tasks_at_checksum
from .push_diff import PushChanges, Replacement, needed_changes
from .push_recovery import (
    create_tasks,
    has_bulk_replacement,
    prepare_creation,
    prepare_replacement,
    replace_in_bulk,
    replace_suggestions,
    update_task_data,
)
from .task_removal import remove_untouched
from .work.prepared_batches import prepared_ahead

BATCH = 250
"""Tasks per request; the server is fastest with 250 to 500."""

_BATCH_BYTES = 16_000_000

ProgressCallback = Callable[[int], None]
Item = TypeVar("Item")


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


def push_tasks(
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
    for wait in (*attempts.WAITS, None):
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
    """Raise the errors that `push_tasks` would raise before it sends anything. Arguments and errors are those of it."""
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
    with prepared_ahead(prepare_creation, _batches(changes.created(), lambda task: task)) as batches:
        for batch in batches:
            uncertain |= create_tasks(client, project, batch)
            pushed.created += len(batch)
            progress(len(batch))
    if (changes.suggest or changes.describe) and has_bulk_replacement(client, project):
        broken, updated = _replace_in_bulk(client, project, changes.replaced(changes.suggest), progress)
        uncertain |= broken
        pushed.suggested += updated
        broken, updated = _replace_in_bulk(client, project, changes.replaced(changes.describe), progress)
        uncertain |= broken
        pushed.described += updated
        return uncertain
    for replacements in _batches(changes.replaced(changes.suggest), lambda replacement: replacement.task):
        broken, updated = replace_suggestions(client, project, replacements)
        uncertain |= broken
        pushed.suggested += updated
        progress(len(replacements))
    for replacement in changes.replaced(changes.describe):
        described = update_task_data(client, replacement)
        uncertain |= not described
        pushed.described += described
        progress(1)
    return uncertain


def _replace_in_bulk(
    client: StudioClient, project: Project, replacements: Iterable[Replacement], progress: ProgressCallback
) -> tuple[bool, int]:
    """Replace data and suggestions in batches; return as `replace_in_bulk`."""
    uncertain, updated = False, 0
    in_batches = _batches(replacements, lambda replacement: replacement.task)
    with prepared_ahead(prepare_replacement, in_batches) as batches:
        for batch in batches:
            broken, count = replace_in_bulk(client, project, batch)
            uncertain |= broken
            updated += count
            progress(len(batch))
    return uncertain, updated


def _remove(client: StudioClient, project: Project, duplicates: Mapping[int, str], pushed: PushCounts) -> bool:
    """Remove tasks that nobody has worked on meanwhile, in batches; return as `_apply`."""
    uncertain = False
    task_ids = list(duplicates)
    for start in range(0, len(task_ids), BATCH):
        batch = {task: duplicates[task] for task in task_ids[start : start + BATCH]}
        try:
            removed = remove_untouched(client, project, batch)
        except StudioError as error:
            if not attempts.is_transient(error):
                raise
            uncertain = True
        else:
            pushed.doubles += len(removed)
            uncertain |= len(removed) < len(batch)
    return uncertain


def _task_count(client: StudioClient, project: Project) -> int:
    return client.sdk.projects.get(project.id).task_number or 0


def _batches(items: Iterable[Item], task_of: Callable[[Item], Task]) -> Iterator[list[Item]]:
    """Split tasks, or changes of tasks, into batches that are neither too many nor too large for one request."""
    batch: list[Item] = []
    size = 0
    for item in items:
        length = task_of(item).size
        if batch and (len(batch) >= BATCH or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length
    if batch:
        yield batch


def _finish(client: StudioClient, project: Project, tasks: Sequence[Task], *, clean: bool) -> None:
    """Show annotators the suggestions of the extractor that most documents have, and write the checksum if clean."""
    extractors = Counter(name for task in tasks for name in task.extractors)
    current = client.sdk.projects.get(project.id)
    settings: dict[str, Any] = {}
    if extractors:
        settings["show_collab_predictions"] = True
        if current.model_version not in extractors:  # else it was chosen by a person or an earlier push
            settings["model_version"] = min(extractors, key=lambda name: (-extractors[name], name))
    if clean and (description := description_with_checksum(client, project, current, tasks)):
        settings["description"] = description
    changed = {key: value for key, value in settings.items() if getattr(current, key) != value}
    if changed:
        client.sdk.projects.update(project.id, **changed)
