"""Tasks that somebody has worked on: annotated, skipped, or begun and not submitted.

Annotations are queried themselves. The annotation counts that the server stores with each task stay 0 once two projects
were deleted at the same time: each deletion suspends whatever updates the counts, and the second one then resumes
nothing, until the server is restarted (Label Studio 1.23.2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..client.http_client import StudioClient
from ..client.projects import Project, list_projects
from ..client.queries import count_tasks, newest_task_ids, pages_by_id, select_tasks

_PAGE = 500
_ANNOTATED = [{"filter": "filter:tasks:annotations_ids", "operator": "empty", "type": "String", "value": "False"}]
_DRAFT = [{"filter": "filter:tasks:draft_exists", "operator": "equal", "type": "Boolean", "value": True}]


def annotated_task_ids(client: StudioClient, project: Project) -> set[int]:
    """Return the ids of a project's tasks that anyone has annotated or skipped.

    Raises:
        StudioError: The request failed.
    """
    return {int(item["id"]) for item in select_tasks(client, project, _ANNOTATED, page_size=_PAGE)}


def annotated_id_pages(client: StudioClient, project: Project) -> Iterator[list[int]]:
    """Yield the ids of a project's tasks that anyone has annotated or skipped, in order, some hundred at a time.

    Raises:
        StudioError: A request failed.
    """
    if not newest_task_ids(client, project, 1):  # where the server has only an error for this filter
        return
    for page in pages_by_id(client, project, _ANNOTATED, page_size=_PAGE):
        yield [int(item["id"]) for item in page]


def count_annotated(client: StudioClient, project: Project) -> int:
    """Return the number of a project's tasks that anyone has annotated or skipped.

    Raises:
        StudioError: The request failed.
    """
    return count_tasks(client, project, _ANNOTATED)


def drafted_task_ids(client: StudioClient, project: Project) -> set[int]:
    """Return the ids of a project's tasks with a draft.

    The list of tasks says whether one has a draft only if all fields are requested, which is slow. The filter costs one
    request for all tasks.

    Raises:
        StudioError: The request failed.
    """
    return {int(item["id"]) for item in select_tasks(client, project, _DRAFT, page_size=_PAGE)}


def count_drafts(client: StudioClient, project: Project) -> int:
    """Return the number of a project's tasks with a draft.

    Raises:
        StudioError: The request failed.
    """
    return count_tasks(client, project, _DRAFT)


def drafts_by_project(client: StudioClient) -> dict[str, int]:
    """Return the number of tasks with a draft by project title, without projects that have none.

    Takes one request for each project with tasks.

    Raises:
        StudioError: A request failed.
    """
    counts: Counter[str] = Counter()
    for project in list_projects(client):
        if project.tasks and (drafts := count_drafts(client, project)):
            counts[project.title] += drafts
    return dict(sorted(counts.items()))
