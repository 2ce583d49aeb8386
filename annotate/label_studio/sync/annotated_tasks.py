"""Tasks with people's annotations, as the server exports them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import count_tasks, select_tasks
from ..mapping.tasks import ID
from .task_filters import annotated_id_pages, count_annotated, drafted_task_ids
from .work.task_exports import export_tasks

_LONG = 600.0
_GROUP = 100
_PAGE = 1000
_COMPARED = 250  # tasks whose ids and times fit into one query


@dataclass(frozen=True, slots=True)
class RemoteAnnotation:
    """One person's annotation of a task.

    Attributes:
        id: The server's id of the annotation.
        user: The server's id of the person's account.
        results: Results as the editor wrote them.
        lead_time: Seconds of work; None if the server does not know.
        skipped: Whether the person skipped the task.
        updated: Time of the last change, in the server's format.
    """

    id: int
    user: int
    results: list[Any]
    lead_time: float | None
    skipped: bool
    updated: str


@dataclass(frozen=True, slots=True)
class AnnotatedTask:
    """A task with all its annotations.

    Attributes:
        task: The server's id of the task.
        name: Id of the document, or a substitute for it.
        data: Data of the task.
        annotations: Annotations in the order in which they were created.
        updated: Time of the last change of the task or its annotations.
    """

    task: int
    name: str
    data: dict[str, Any]
    annotations: list[RemoteAnnotation]
    updated: str


def annotated_tasks(client: StudioClient, project: Project) -> Iterator[AnnotatedTask]:
    """Yield the tasks that anyone has annotated or skipped, in the order of their ids.

    They are read in pages of ids, so that no response is large, and a task that is annotated or deleted meanwhile
    neither doubles nor hides another.

    Raises:
        StudioError: A request failed.
    """
    for tasks in annotated_id_pages(client, project):
        yield from tasks_by_id(client, project, tasks)


def tasks_changed_since(client: StudioClient, project: Project, time: str, known: Mapping[int, str]) -> list[int]:
    """Return the ids of the tasks that changed after a time, including those whose annotations were deleted.

    Args:
        client: The server.
        project: Project of the tasks.
        time: Time in the format of `AnnotatedTask.updated`.
        known: `AnnotatedTask.updated` by task; tasks that still have this time are left out.
    """
    after = {"filter": "filter:tasks:updated_at", "operator": "greater", "type": "Datetime", "value": time}
    items = select_tasks(client, project, [after], include="id,updated_at", page_size=_PAGE)
    return [int(item["id"]) for item in items if known.get(int(item["id"])) != item["updated_at"]]


def tasks_with_other_times(client: StudioClient, project: Project, known: Mapping[int, str]) -> list[int]:
    """Return the ids of the tasks whose time of change is not the known one, or that were deleted.

    The server counts the tasks with the known times, which is far cheaper than listing all. It lists the others only if
    the count differs from the number of tasks.

    Args:
        client: The server.
        project: Project of the tasks.
        known: `AnnotatedTask.updated` by task.
    """
    changed: list[int] = []
    tasks = sorted(known)
    for start in range(0, len(tasks), _COMPARED):
        group = tasks[start : start + _COMPARED]
        in_group = _list_filter("id", "in_list", group)
        times = sorted({known[task] for task in group})
        same = count_tasks(client, project, [in_group, _list_filter("updated_at", "in_list", times)])
        if same < len(group):
            other_times = _list_filter("updated_at", "not_in_list", times)
            others = list(select_tasks(client, project, [in_group, other_times], page_size=_PAGE))
            changed += [int(item["id"]) for item in others] if same + len(others) == len(group) else group
    return changed


def _list_filter(field: str, operator: str, values: Sequence[int] | Sequence[str]) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{field}", "operator": operator, "type": "String", "value": list(values)}


def tasks_by_id(client: StudioClient, project: Project, tasks: Sequence[int]) -> Iterator[AnnotatedTask]:
    """Yield tasks by id, annotated or not; deleted tasks are left out."""
    yield from map(_annotated_task, _export_tasks(client, project, tasks))


def _export_tasks(client: StudioClient, project: Project, tasks: Sequence[int]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(tasks), _GROUP):
        yield from export_tasks(client, project, tasks[start : start + _GROUP], timeout=_LONG)


def annotation_totals(client: StudioClient, project: Project) -> tuple[int, int]:
    """Return the number of tasks that anyone has annotated or skipped, and of annotations that are not skips."""
    options = {"additional_query_parameters": {"include": "total_annotations_number"}}
    current = client.sdk.projects.get(project.id, request_options=options)
    return count_annotated(client, project), current.total_annotations_number or 0


def drafts_as_tasks(client: StudioClient, project: Project) -> Iterator[AnnotatedTask]:
    """Yield the tasks with drafts, with their drafts in place of annotations."""
    for item in _export_tasks(client, project, sorted(drafted_task_ids(client, project))):
        yield _annotated_task(item | {"annotations": [_as_annotation(draft) for draft in item.get("drafts") or ()]})


def annotator_names(client: StudioClient) -> dict[int, str]:
    """Return the names of the server's users by id: the part before the @, or the whole address if that is shared."""
    emails = {user.id: str(user.email or user.username or f"user-{user.id}") for user in client.sdk.users.list()}
    short = [email.partition("@")[0] for email in emails.values()]
    return {
        user: name if short.count(name := email.partition("@")[0]) == 1 else email for user, email in emails.items()
    }


def _annotated_task(item: dict[str, Any]) -> AnnotatedTask:
    data = item["data"] if isinstance(item.get("data"), dict) else {}
    annotations = [_annotation(entry) for entry in item.get("annotations", ())]
    annotations.sort(key=lambda annotation: annotation.id)
    name = data.get(ID) or f"task-{item['id']}"
    return AnnotatedTask(int(item["id"]), str(name), data, annotations, str(item.get("updated_at") or ""))


def _as_annotation(draft: dict[str, Any]) -> dict[str, Any]:
    """Return a draft in the form of an annotation; drafts name their account with its id, as in `ann@x.org, 3`."""
    number = str(draft.get("created_username") or "").rpartition(", ")[2]
    return draft | {"completed_by": int(number) if number.isdecimal() else 0}


def _annotation(item: dict[str, Any]) -> RemoteAnnotation:
    account = item.get("completed_by")
    user = account.get("id") if isinstance(account, dict) else account
    results = item.get("result")
    return RemoteAnnotation(
        id=int(item["id"]),
        user=int(user or 0),
        results=results if isinstance(results, list) else [],
        lead_time=item.get("lead_time"),
        skipped=bool(item.get("was_cancelled")),
        updated=str(item.get("updated_at") or item.get("created_at") or ""),
    )
