"""Documents with suggestions to a project: each exactly once, however often it is sent and whatever breaks.

What is there is asked by content, all is checked before anything is sent, and a request that broke off is never sent
again blindly: the server is asked what it has taken. So a push that failed is completed by the same push.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from ...schema import DataError, Problem
from .api import Api, StudioError
from .held import Held, held_tasks
from .project import Project
from .seal import description_with_seal, sealed
from .tasks import Task

BATCH = 250
"""Tasks in one request; the server is fastest with 250 to 500."""

_BATCH_BYTES = 16_000_000
_LONG = 600.0
_WAITS = (0.5, 1.0, 2.0, 4.0)

Tell = Callable[[int], None]


@dataclass
class Pushed:
    """What a push did, in documents.

    Attributes:
        created: New at the server.
        unchanged: There already, as they should be.
        described: With other metadata or, where nobody had worked on it, another text.
        suggested: With new suggestions in place of old ones.
        doubles: Further tasks of a document that nobody had worked on, removed.
    """

    created: int = 0
    unchanged: int = 0
    described: int = 0
    suggested: int = 0
    doubles: int = 0


@dataclass
class _Plan:
    """What is to be done."""

    create: list[Task] = field(default_factory=list)
    describe: list[tuple[Task, Held]] = field(default_factory=list)
    suggest: list[tuple[Task, Held]] = field(default_factory=list)
    remove: list[int] = field(default_factory=list)
    unchanged: int = 0


def push(api: Api, project: Project, tasks: Sequence[Task], *, done: Tell = lambda _: None) -> Pushed:
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
        StudioError: The server failed for good; running the same push again completes it.
    """
    if project.tasks and sealed(api, project, tasks):
        done(len(tasks))
        return Pushed(unchanged=len(tasks))
    plan = _plan(api, project, tasks)
    pushed = Pushed(unchanged=plan.unchanged)
    done(plan.unchanged)
    ever = broken = _carry_out(api, project, plan, pushed, done)
    for wait in _WAITS:
        if not broken and _tasks_now(api, project) == project.tasks + pushed.created - pushed.doubles:
            break
        # what broke off, now or in a push before this one, may have been done late, beside what was sent instead
        time.sleep(wait if broken else 0)
        plan = _plan(api, replace(project, tasks=_tasks_now(api, project)), tasks)
        if plan.unchanged == len(tasks) and not plan.remove:
            break
        broken = _carry_out(api, project, plan, pushed)
        ever |= broken
    _finish(api, project, tasks, clean=not ever)
    return pushed


def _carry_out(api: Api, project: Project, plan: _Plan, pushed: Pushed, done: Tell = lambda _: None) -> bool:
    """Does what a plan says; answers whether any request broke off, whose work may show later."""
    broken = False
    for double in plan.remove:
        _delete(api, f"/api/tasks/{double}/")
        pushed.doubles += 1
    for batch in _batches(plan.create):
        broken |= _create(api, project, batch)
        pushed.created += len(batch)
        done(len(batch))
    for start in range(0, len(plan.suggest), BATCH):
        group = plan.suggest[start : start + BATCH]
        broken |= _suggest(api, project, group)
        pushed.suggested += len(group)
        done(len(group))
    for task, held in plan.describe:
        _describe(api, task, held)
        pushed.described += 1
        done(1)
    return broken


def _tasks_now(api: Api, project: Project) -> int:
    return int(api.get(f"/api/projects/{project.id}/").get("task_number") or 0)


def _plan(api: Api, project: Project, tasks: Sequence[Task]) -> _Plan:
    plan = _Plan()
    if not project.tasks:  # a new project has nothing to ask for
        plan.create = list(tasks)
        return plan
    problems: list[Problem] = []
    there = held_tasks(api, project, [task.id for task in tasks])
    for task in tasks:
        _decide(plan, task, there.get(task.id, []), project, problems)
    if problems:
        raise DataError(problems)
    return plan


def _decide(plan: _Plan, task: Task, held: list[Held], project: Project, problems: list[Problem]) -> None:
    worked = [item for item in held if item.worked]
    if len(worked) > 1:
        places = ", ".join(project.task_url(item.id) for item in worked)
        fix = f"keep one of them: {places}"
        problems.append(Problem("people worked on several tasks of it", fix, document=task.id))
        return
    if not held:
        plan.create.append(task)
        return
    keep = worked[0] if worked else min(held, key=lambda item: item.id)
    plan.remove += [item.id for item in held if item is not keep]
    same_text = keep.record.get("text_sha256") == task.document.text_sha256
    if not same_text and worked:
        fix = f"push the text that people have worked on, or remove their work first: {project.task_url(keep.id)}"
        problems.append(Problem("the text is not the one that people have worked on", fix, document=task.id))
    elif not same_text:  # suggestions for the old text mean nothing on the new one
        plan.suggest.append((task, Held(keep.id, {}, worked=False)))
    elif any(keep.hashes.get(name) != found or name in keep.amiss for name, found in task.hashes.items()):
        plan.suggest.append((task, keep))
    elif keep.record.get("content") != task.content:
        plan.describe.append((task, keep))
    else:
        plan.unchanged += 1


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


def _create(api: Api, project: Project, batch: list[Task]) -> bool:
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
            there = held_tasks(api, project, [task.id for task in missing])
            missing = [task for task in missing if task.id not in there]
            if not missing:
                return broken
    raise AssertionError("the last try returns or raises")


def _suggest(api: Api, project: Project, group: Sequence[tuple[Task, Held]]) -> bool:
    """Puts new suggestions in place of old ones; answers as `_create`.

    Until the last step a task's own word is the old one, so that a push that breaks off here does all of it again.
    """
    broken = False
    alone = [(task, held) for task, held in group if held.hashes.keys() <= task.hashes.keys()]
    for wait in (*_WAITS, None):
        try:
            if alone:
                _clear(api, project, [held.id for _, held in alone])
            for task, held in group:
                if not held.hashes.keys() <= task.hashes.keys():
                    _clear_own(api, task, held)
            predictions = [{"task": held.id, **prediction} for task, held in group for prediction in task.predictions()]
            if predictions:
                _send(api, "POST", f"/api/projects/{project.id}/import/predictions", predictions)
            break
        except StudioError as error:
            if not _passing(error) or wait is None:
                raise
            broken = True
            time.sleep(wait)
    for task, held in group:
        _describe(api, task, held)
    return broken


def _clear(api: Api, project: Project, tasks: Sequence[int]) -> None:
    """Removes all suggestions of tasks; annotations stay."""
    body = {"selectedItems": {"all": False, "included": list(tasks)}, "project": project.id}
    about = {"project": project.id, "id": "delete_tasks_predictions"}
    api.post("/api/dm/actions/", params=about, json=body, timeout=_LONG)


def _clear_own(api: Api, task: Task, held: Held) -> None:
    """Removes those suggestions of a task that new ones replace."""
    for prediction in api.get("/api/predictions/", params={"task": held.id}):
        if prediction.get("model_version") in task.hashes:
            _delete(api, f"/api/predictions/{prediction['id']}/")


def _describe(api: Api, task: Task, held: Held) -> None:
    """Writes a task's data; doing it twice is doing it once."""
    data = task.data({**held.hashes, **task.hashes})
    for wait in (*_WAITS, None):
        try:
            _send(api, "PATCH", f"/api/tasks/{held.id}/", {"data": data})
            return
        except StudioError as error:
            if not _passing(error) or wait is None:
                raise
            time.sleep(wait)


def _finish(api: Api, project: Project, tasks: Sequence[Task], *, clean: bool) -> None:
    """Makes suggestions show to annotators, those of the extractor that most documents have, and seals the project."""
    names = Counter(name for task in tasks for name in task.suggestions)
    held = api.get(f"/api/projects/{project.id}/")
    wanted: dict[str, Any] = {}
    if names:
        wanted["show_collab_predictions"] = True
        if held.get("model_version") not in names:  # else chosen by a person, or by an earlier push
            wanted["model_version"] = min(names, key=lambda name: (-names[name], name))
    if clean and (description := description_with_seal(api, project, held, tasks)):
        wanted["description"] = description
    changed = {key: value for key, value in wanted.items() if held.get(key) != value}
    if changed:
        api.patch(f"/api/projects/{project.id}/", json=changed)


def _send(api: Api, method: str, path: str, body: Any) -> None:
    """Sends data that was encoded once, and fast: a batch is megabytes."""
    api.send(method, path, msgspec.json.encode(body), timeout=_LONG)


def _delete(api: Api, path: str) -> None:
    try:
        api.delete(path)
    except StudioError as error:
        if error.status != 404:  # gone is gone
            raise


def _passing(error: StudioError) -> bool:
    """Whether a failure may pass: no answer, or the server's own."""
    return error.status == 0 or error.status >= 500 or error.status in (408, 409, 429)
