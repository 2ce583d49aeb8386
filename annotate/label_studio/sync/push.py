"""Documents with suggestions to a project: each exactly once, however often it is sent and whatever breaks.

What is there is asked by content, all is checked before anything is sent, and a request that broke off is never sent
again blindly: the server is asked what it has taken. So a push that failed is completed by the same push.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ..client.client import StudioClient, StudioError
from ..client.projects import Project, suggestions_at, task_is_gone
from ..mapping.tasks import Task
from .push_changes import PushChanges, Replacement, needed_changes
from .push_checksum import description_with_checksum, is_unchanged, tasks_at_checksum
from .remote_tasks import remote_tasks
from .task_removal import remove_untouched

BATCH = 250
"""Tasks in one request; the server is fastest with 250 to 500."""

_BATCH_BYTES = 16_000_000
_LONG = 600.0
_WAITS = (0.5, 1.0, 2.0, 4.0)

ProgressCallback = Callable[[int], None]


@dataclass
class PushCounts:
    """What a push did, in documents.

    Attributes:
        created: New at the server.
        unchanged: There already, as they should be.
        described: With other metadata or, where nobody had worked on it, another text.
        suggested: With new suggestions in place of old ones.
        doubles: Further tasks of a document that nobody had worked on, removed.
        deleted_by_hand: Tasks that somebody has deleted at the server since the last push; created again where their
            documents are pushed. Not counted where the last push met a fault or the project holds other tasks.
    """

    created: int = 0
    unchanged: int = 0
    described: int = 0
    suggested: int = 0
    doubles: int = 0
    deleted_by_hand: int = 0


def push(
    api: StudioClient, project: Project, tasks: Sequence[Task], *, done: ProgressCallback = lambda _: None
) -> PushCounts:
    """Brings a project to hold the documents with their suggestions.

    Suggestions of an extractor replace its earlier ones; those of others stay, and so does all work of people.

    Args:
        api: The server.
        project: With the interface of the tasks' scheme.
        tasks: No two of one document.
        done: Told how many documents are dealt with, as it goes.

    Raises:
        DataError: Texts changed that people have worked on, or a document has several tasks that they worked on; all
            are listed, and nothing was sent.
        StudioError: The server failed for good, or others change the project all the while; running the same push
            again completes it.
    """
    if project.tasks and is_unchanged(api, project, tasks):
        done(len(tasks))
        return PushCounts(unchanged=len(tasks))
    changes = needed_changes(api, project, tasks)
    pushed = PushCounts(unchanged=changes.unchanged)
    if project.tasks:
        pushed.deleted_by_hand = max(0, tasks_at_checksum(api, project) - project.tasks)
    done(changes.unchanged)
    ever = broken = _carry_out(api, project, changes, pushed, done)
    for wait in (*_WAITS, None):
        if not broken and _tasks_now(api, project) == project.tasks + pushed.created - pushed.doubles:
            break
        # what broke off, now or in a push before this one, may have been done late, beside what was sent instead
        time.sleep((wait or 0) if broken else 0)
        changes = needed_changes(api, replace(project, tasks=_tasks_now(api, project)), tasks)
        if changes.unchanged == len(tasks) and not changes.doubles:
            break
        if wait is None:
            fix = "run the command again when nobody else pushes there"
            raise StudioError(f"the project {project.title!r} is changed by others at the same time. Fix: {fix}")
        broken = _carry_out(api, project, changes, pushed)
        ever |= broken
    _finish(api, project, tasks, clean=not ever)
    return pushed


def check_push(api: StudioClient, project: Project, tasks: Sequence[Task]) -> None:
    """Raises what `push` would raise before it sends anything. Arguments and errors as `push`."""
    if project.tasks and not is_unchanged(api, project, tasks):
        needed_changes(api, project, tasks)


def _carry_out(
    api: StudioClient,
    project: Project,
    changes: PushChanges,
    pushed: PushCounts,
    done: ProgressCallback = lambda _: None,
) -> bool:
    """Does what has to change; answers whether to look again: a request broke off, which may show later."""
    broken = _remove(api, project, changes.doubles, pushed) if changes.doubles else False
    for batch in _batches(changes.create):
        broken |= _create(api, project, batch)
        pushed.created += len(batch)
        done(len(batch))
    for start in range(0, len(changes.suggest), BATCH):
        group = changes.suggest[start : start + BATCH]
        broken |= _suggest(api, project, group, pushed)
        done(len(group))
    for replacement in changes.describe:
        gone = not _describe(api, replacement)
        broken |= gone
        pushed.described += not gone
        done(1)
    return broken


def _remove(api: StudioClient, project: Project, doubles: Mapping[int, str], pushed: PushCounts) -> bool:
    """Removes tasks in bulk, those that nobody has begun on meanwhile; answers as `_carry_out`."""
    broken = False
    numbers = list(doubles)
    for start in range(0, len(numbers), BATCH):
        group = {number: doubles[number] for number in numbers[start : start + BATCH]}
        try:
            gone = remove_untouched(api, project, group)
        except StudioError as error:
            if not _passing(error):
                raise
            broken = True
        else:
            pushed.doubles += len(gone)
            broken |= len(gone) < len(group)
    return broken


def _tasks_now(api: StudioClient, project: Project) -> int:
    return int(api.get(f"/api/projects/{project.id}/").get("task_number") or 0)


def _batches(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Tasks that go in one request: not too many and not too large."""
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


def _create(api: StudioClient, project: Project, batch: list[Task]) -> bool:
    """Imports tasks, each once; answers whether a request broke off, which may have been taken all the same."""
    missing = batch
    broken = False
    for wait in (*_WAITS, None):
        try:
            body = [{"data": task.data(), "predictions": task.predictions()} for task in missing]
            _send(api, "POST", f"/api/projects/{project.id}/import", body)
            return broken
        except StudioError as error:
            if not _passing(error) or wait is None:
                raise
            broken = True
            time.sleep(wait)
            there = remote_tasks(api, project, [task.id for task in missing])
            missing = [task for task in missing if task.id not in there]
            if not missing:
                return broken
    raise AssertionError("the last try returns or raises")


def _suggest(api: StudioClient, project: Project, group: Sequence[Replacement], pushed: PushCounts) -> bool:
    """Puts new suggestions in place of old ones; answers as `_create`.

    Until the last step a task's own word is the old one, so that a push that breaks off here does all of it again.
    """
    broken = False
    for wait in (*_WAITS, None):
        try:
            missing = [
                {"task": replacement.held.id, **prediction}
                for replacement in group
                for prediction in _replace(api, replacement, look=broken or not replacement.held.bare)
            ]
            if missing:
                _send(api, "POST", f"/api/projects/{project.id}/import/predictions", missing)
            break
        except StudioError as error:
            if error.status in (400, 404) and any(task_is_gone(api, replacement.held.id) for replacement in group):
                return True  # another push has removed it as a double: what is there now is another matter
            if not _passing(error) or wait is None:
                raise
            broken = True
            time.sleep(wait)
    for replacement in group:
        there = _describe(api, replacement)
        broken |= not there
        pushed.suggested += there
    return broken


def _replace(api: StudioClient, replacement: Replacement, *, look: bool) -> list[dict[str, Any]]:
    """Changes the suggestions that a task has; those that it lacks are the answer.

    They keep their numbers: an open page sends the number of the suggestion that it began from, and the server refuses
    its work where that is gone. This takes two requests for each task, where removing and importing took two for all.

    Args:
        api: The server.
        replacement: Which task.
        look: Ask the server; else the task is known to have no suggestions.
    """
    wanted = {item["model_version"]: item for item in replacement.task.predictions()}
    due = set(replacement.names)
    there = suggestions_at(api, replacement.held.id) if look else []
    for found in sorted(there, key=lambda one: int(one["id"])):
        name, place = found.get("model_version"), f"/api/predictions/{found['id']}/"
        if name in due:
            due.remove(name)
            _send(api, "PATCH", place, {"result": wanted[name]["result"], "score": wanted[name].get("score")})
        elif name in replacement.names or replacement.other_text:
            _delete(api, place)
    return [wanted[name] for name in wanted if name in due]


def _describe(api: StudioClient, replacement: Replacement) -> bool:
    """Writes a task's data; doing it twice is doing it once. Answers whether the task was still there."""
    data = replacement.task.data(replacement.hashes)
    for wait in (*_WAITS, None):
        try:
            _send(api, "PATCH", f"/api/tasks/{replacement.held.id}/", {"data": data})
            return True
        except StudioError as error:
            if error.status == 404 and task_is_gone(api, replacement.held.id):
                return False
            if not _passing(error) or wait is None:
                raise
            time.sleep(wait)
    raise AssertionError("the last try returns or raises")


def _finish(api: StudioClient, project: Project, tasks: Sequence[Task], *, clean: bool) -> None:
    """Makes suggestions show to annotators, those of the extractor that most documents have, and seals the project."""
    names = Counter(name for task in tasks for name in task.suggestions)
    held = api.get(f"/api/projects/{project.id}/")
    wanted: dict[str, Any] = {}
    if names:
        wanted["show_collab_predictions"] = True
        if held.get("model_version") not in names:  # else chosen by a person, or by an earlier push
            wanted["model_version"] = min(names, key=lambda name: (-names[name], name))
    if clean and (description := description_with_checksum(api, project, held, tasks)):
        wanted["description"] = description
    changed = {key: value for key, value in wanted.items() if held.get(key) != value}
    if changed:
        api.patch(f"/api/projects/{project.id}/", json=changed)


def _send(api: StudioClient, method: str, path: str, body: Any) -> None:
    """Sends data that was encoded once, and fast: a batch is megabytes."""
    api.send(method, path, msgspec.json.encode(body), timeout=_LONG)


def _delete(api: StudioClient, path: str) -> None:
    try:
        api.delete(path)
    except StudioError as error:
        if error.status != 404:  # gone is gone
            raise


def _passing(error: StudioError) -> bool:
    """Whether a failure may pass: no answer, or the server's own."""
    return error.status == 0 or error.status >= 500 or error.status in (408, 409, 429)
