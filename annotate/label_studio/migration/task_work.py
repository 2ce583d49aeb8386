"""Tasks of a project with all that people and extractors marked, as the server has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.queries import pages_by_id, project_suggestions, task_suggestions
from ..mapping.tasks import ID
from ..sync.work.task_exports import export_tasks

_LONG = 600.0
_PAGE = 100
_FEW = 20

Kind = Literal["task", "annotation", "draft", "prediction"]

ItemKey = tuple[Kind, int]
"""What tells an item of a project from others: its kind, and the server's id."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """The data of a task, or the results of an annotation, a draft or a prediction.

    Attributes:
        kind: Which of them.
        id: The server's id.
        content: The data or the results.
        updated: Time of the last change, in the server's format.
        user: The server's id of the person's account; 0 for data and predictions.
        model: Name of the extractor of a prediction.
        annotation: The annotation that a draft would change; None for a draft of a new one.
    """

    kind: Kind
    id: int
    content: Any
    updated: str = ""
    user: int = 0
    model: str = ""
    annotation: int | None = None

    @property
    def key(self) -> ItemKey:
        """What tells it from others."""
        return self.kind, self.id


@dataclass(frozen=True, slots=True)
class TaskWork:
    """A task with its items.

    Attributes:
        id: The server's id of the task.
        data: Its data.
        items: All results, annotations first.
    """

    id: int
    data: dict[str, Any]
    items: list[WorkItem]

    @property
    def document(self) -> str:
        """Id of the document, or a substitute for it."""
        return str(self.data.get(ID) or f"task-{self.id}")

    @property
    def all_items(self) -> list[WorkItem]:
        """The data of the task and all its items."""
        return [WorkItem("task", self.id, self.data), *self.items]


def all_tasks(client: StudioClient, project: Project) -> Iterator[TaskWork]:
    """Yield all tasks of a project with all their work, in the order of their ids.

    Raises:
        StudioError: A request failed.
    """
    predictions = _by_task(project_suggestions(client, project)) if project.tasks else {}
    for page in pages_by_id(client, project, [], page_size=_PAGE):
        yield from _tasks(client, project, [int(item["id"]) for item in page], predictions)


def tasks_of_ids(client: StudioClient, project: Project, tasks: Sequence[int]) -> Iterator[TaskWork]:
    """Yield some tasks of a project with all their work; those that were deleted are left out.

    Raises:
        StudioError: A request failed.
    """
    found = (
        [item for task in tasks for item in task_suggestions(client, task)]
        if len(tasks) <= _FEW
        else project_suggestions(client, project)
    )
    predictions = _by_task(found)
    for start in range(0, len(tasks), _PAGE):
        yield from _tasks(client, project, tasks[start : start + _PAGE], predictions)


def _by_task(predictions: Sequence[dict[str, Any]]) -> dict[int, list[WorkItem]]:
    found: dict[int, list[WorkItem]] = defaultdict(list)
    for item in predictions:
        model = str(item.get("model_version") or "")
        found[int(item["task"])].append(WorkItem("prediction", int(item["id"]), item.get("result"), model=model))
    return found


def _tasks(
    client: StudioClient, project: Project, tasks: Sequence[int], predictions: dict[int, list[WorkItem]]
) -> Iterator[TaskWork]:
    for item in export_tasks(client, project, tasks, timeout=_LONG):
        work = [_annotation(found) for found in item.get("annotations") or ()]
        work += [_draft(found) for found in item.get("drafts") or ()]
        data = item["data"] if isinstance(item.get("data"), dict) else {}
        yield TaskWork(int(item["id"]), data, work + predictions.get(int(item["id"]), []))


def _annotation(item: dict[str, Any]) -> WorkItem:
    account = item.get("completed_by")
    user = account.get("id") if isinstance(account, dict) else account
    updated = str(item.get("updated_at") or item.get("created_at") or "")
    return WorkItem("annotation", int(item["id"]), item.get("result"), updated, int(user or 0))


def _draft(item: dict[str, Any]) -> WorkItem:
    number = str(item.get("created_username") or "").rpartition(", ")[2]
    user = int(number) if number.isdecimal() else 0
    updated = str(item.get("updated_at") or item.get("created_at") or "")
    return WorkItem("draft", int(item["id"]), item.get("result"), updated, user, annotation=item.get("annotation"))
