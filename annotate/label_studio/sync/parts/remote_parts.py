"""The parts of documents that a project has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from .....corpus.parts.text_parts import TextPart
from ...client.http_client import StudioClient
from ...client.projects import Project
from ...client.queries import count_tasks, field_filter
from ...mapping.task_parts import PART, WHOLE, shows_parts
from ...mapping.tasks import ID, Task
from ..annotated_tasks import tasks_by_id
from ..remote_tasks import tasks_with
from ..task_filters import count_drafts, drafted_task_ids
from .part_results import part_of_task


def remote_parts(client: StudioClient, project: Project, documents: Sequence[str]) -> dict[str, list[TextPart]]:
    """Return the parts of documents that a project has, by document id, in no order.

    Raises:
        StudioError: A request failed.
    """
    found: dict[str, list[TextPart]] = defaultdict(list)
    for item in tasks_with(client, project, WHOLE, documents, include="id,data"):
        if (part := part_of_task(item.get("data"))) is not None:
            found[part.document].append(part)
    return found


def task_names(client: StudioClient, project: Project, documents: Sequence[str]) -> dict[str, list[str]]:
    """Return the ids under which tasks hold documents: those of their parts, or their own, by document id.

    Raises:
        StudioError: A request failed.
    """
    if not has_parts(client, project):
        return {name: [name] for name in documents}
    found = remote_parts(client, project, documents)
    return {name: [part.id for part in sorted(parts, key=lambda part: part.number)] for name, parts in found.items()}


def surplus_parts(client: StudioClient, project: Project, tasks: Sequence[Task]) -> list[str]:
    """Return the ids of parts that a project has and their documents no longer have.

    Args:
        client: The server.
        project: The project.
        tasks: All parts of the documents as they are now, or whole documents, which have no parts.

    Raises:
        StudioError: A request failed.
    """
    documents = sorted({task.part.place.document for task in tasks if task.part})
    if not documents:
        return []
    names = {task.id for task in tasks}
    items = tasks_with(client, project, WHOLE, documents, include="id,data")
    return sorted({name for item in items if (name := str(item["data"].get(ID))) not in names})


def has_parts(client: StudioClient, project: Project) -> bool:
    """Check whether a project has its documents in parts.

    Raises:
        StudioError: The request failed.
    """
    return shows_parts(client.sdk.projects.get(project.id).label_config or "")


def count_documents(client: StudioClient, project: Project) -> int:
    """Return the number of documents of a project, whole or in parts.

    Raises:
        StudioError: A request failed.
    """
    if not has_parts(client, project):
        return count_tasks(client, project, [])
    first = {"filter": f"filter:tasks:data.{PART}", "operator": "contains", "type": "String", "value": "part 1 of "}
    return count_tasks(client, project, [first]) + count_tasks(client, project, field_filter(PART, ["whole document"]))


def count_drafted_documents(client: StudioClient, project: Project) -> int:
    """Return the number of documents with a draft, of the whole or of a part.

    Raises:
        StudioError: A request failed.
    """
    count = count_drafts(client, project)
    if not count or not has_parts(client, project):
        return count
    drafted = drafted_task_ids(client, project)
    names = {item.name: part_of_task(item.data) for item in tasks_by_id(client, project, sorted(drafted))}
    return len({part.document if part else name for name, part in names.items()})
