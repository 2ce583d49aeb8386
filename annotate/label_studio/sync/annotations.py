"""What people did at the server: tasks with their annotations, as the server tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..client.client import StudioClient
from ..client.projects import Project, count_tasks, select_tasks
from ..mapping.tasks import ID
from .worked_tasks import count_annotated, drafted_tasks

_LONG = 600.0
_GROUP = 100
_PAGE = 1000
_COMPARED = 250  # tasks whose numbers and times a query has room for


@dataclass(frozen=True, slots=True)
class RemoteAnnotation:
    """One person's annotation of a task.

    Attributes:
        id: The server's number.
        user: The person's number.
        results: As the editor wrote them.
        lead_time: Seconds of work, None where the server does not know.
        skipped: The person passed the task over.
        updated: When it was last changed, as the server writes it.
    """

    id: int
    user: int
    results: list[Any]
    lead_time: float | None
    skipped: bool
    updated: str


@dataclass(frozen=True, slots=True)
class AnnotatedTask:
    """A task and all annotations of it.

    Attributes:
        task: The server's number.
        name: Id of the document, or what stands for it.
        data: The task's data.
        annotations: In the order in which they were made.
        updated: When anything of it was last changed.
    """

    task: int
    name: str
    data: dict[str, Any]
    annotations: list[RemoteAnnotation]
    updated: str


def annotated_tasks(api: StudioClient, project: Project) -> Iterator[AnnotatedTask]:
    """The tasks that anyone has annotated or skipped.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    about = {"exportType": "JSON", "download_all_tasks": "false"}
    for item in api.get(f"/api/projects/{project.id}/export", params=about, timeout=_LONG):
        yield _work(item)


def tasks_changed_since(api: StudioClient, project: Project, time: str, known: Mapping[int, str]) -> list[int]:
    """Numbers of the tasks that anything happened to after a time: also of those whose annotations are gone.

    Args:
        api: The server.
        project: Whose tasks.
        time: As `AnnotatedTask.updated`.
        known: `AnnotatedTask.updated` by task, of work that is at hand; where it is still the same, it is left out.
    """
    after = {"filter": "filter:tasks:updated_at", "operator": "greater", "type": "Datetime", "value": time}
    items = select_tasks(api, project, [after], include="id,updated_at", page_size=_PAGE)
    return [int(item["id"]) for item in items if known.get(int(item["id"])) != item["updated_at"]]


def tasks_with_other_times(api: StudioClient, project: Project, known: Mapping[int, str]) -> list[int]:
    """Numbers of the tasks that have another time of change than the one that is known, later or earlier, or are gone.

    The server counts those that have it, which is far cheaper than a list of all: only where the count is not that of
    the tasks it lists the others.

    Args:
        api: The server.
        project: Whose tasks.
        known: `AnnotatedTask.updated` by task.
    """
    found: list[int] = []
    tasks = sorted(known)
    for start in range(0, len(tasks), _COMPARED):
        group = tasks[start : start + _COMPARED]
        these = _among("id", "in_list", group)
        times = sorted({known[task] for task in group})
        same = count_tasks(api, project, [these, _among("updated_at", "in_list", times)])
        if same < len(group):
            others = list(
                select_tasks(api, project, [these, _among("updated_at", "not_in_list", times)], page_size=_PAGE)
            )
            found += [int(item["id"]) for item in others] if same + len(others) == len(group) else group
    return found


def _among(field: str, operator: str, values: Sequence[int] | Sequence[str]) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{field}", "operator": operator, "type": "String", "value": list(values)}


def tasks_by_id(api: StudioClient, project: Project, tasks: Sequence[int]) -> Iterator[AnnotatedTask]:
    """The work on tasks, also on those that nobody has annotated; tasks that are gone are left out."""
    yield from (_work(item) for item in _exported(api, project, tasks))


def _exported(api: StudioClient, project: Project, tasks: Sequence[int]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(tasks), _GROUP):
        about = {"exportType": "JSON", "download_all_tasks": "true", "ids[]": tasks[start : start + _GROUP]}
        yield from api.get(f"/api/projects/{project.id}/export", params=about, timeout=_LONG)


def count_annotated_tasks(api: StudioClient, project: Project) -> tuple[int, int]:
    """How many tasks anyone has annotated or skipped, and how many annotations of them are no skips."""
    about = api.get(f"/api/projects/{project.id}/", params={"include": "total_annotations_number"})
    return count_annotated(api, project), int(about["total_annotations_number"])


def drafts_as_tasks(api: StudioClient, project: Project) -> Iterator[AnnotatedTask]:
    """The tasks with drafts, which stand in the place of their annotations."""
    for item in _exported(api, project, sorted(drafted_tasks(api, project))):
        yield _work(item | {"annotations": [_submission(draft) for draft in item.get("drafts") or ()]})


def annotator_names(api: StudioClient) -> dict[int, str]:
    """Names of the server's users by their numbers: what stands before the @, the whole address where two share it."""
    users: Sequence[dict[str, Any]] = api.get("/api/users/")
    emails = {int(user["id"]): str(user.get("email") or user.get("username") or f"user-{user['id']}") for user in users}
    short = [email.partition("@")[0] for email in emails.values()]
    return {
        number: name if short.count(name := email.partition("@")[0]) == 1 else email for number, email in emails.items()
    }


def _work(item: dict[str, Any]) -> AnnotatedTask:
    data = item["data"] if isinstance(item.get("data"), dict) else {}
    annotations = [_annotation(one) for one in item.get("annotations") or () if isinstance(one, dict)]
    annotations.sort(key=lambda one: one.id)
    name = data.get(ID) or f"task-{item['id']}"
    return AnnotatedTask(int(item["id"]), str(name), data, annotations, str(item.get("updated_at") or ""))


def _submission(draft: dict[str, Any]) -> dict[str, Any]:
    """A draft as the annotation that it would be; its account is named with its number, as in `ann@x.org, 3`."""
    number = str(draft.get("created_username") or "").rpartition(", ")[2]
    return draft | {"completed_by": int(number) if number.isdecimal() else 0}


def _annotation(item: dict[str, Any]) -> RemoteAnnotation:
    by = item.get("completed_by")
    user = by.get("id") if isinstance(by, dict) else by
    results = item.get("result")
    return RemoteAnnotation(
        id=int(item["id"]),
        user=int(user or 0),
        results=results if isinstance(results, list) else [],
        lead_time=item.get("lead_time"),
        skipped=bool(item.get("was_cancelled")),
        updated=str(item.get("updated_at") or item.get("created_at") or ""),
    )
