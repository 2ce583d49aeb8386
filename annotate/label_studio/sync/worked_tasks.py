"""Tasks at the server that somebody has touched: annotated, skipped, or begun and not submitted.

Annotations are asked for themselves. The numbers of them that the server keeps with each task stay 0 once two projects
were deleted at the same time: each deletion switches off what keeps them, and the second switches it back on to
nothing, until the server is started anew (Label Studio 1.23.2).
"""

from __future__ import annotations

from collections import Counter

from ..client.client import StudioClient
from ..client.projects import Project, count_tasks, list_projects, select_tasks

_PAGE = 500
_ANNOTATED = [{"filter": "filter:tasks:annotations_ids", "operator": "empty", "type": "String", "value": "False"}]
_DRAFT = [{"filter": "filter:tasks:draft_exists", "operator": "equal", "type": "Boolean", "value": True}]


def annotated_tasks(api: StudioClient, project: Project) -> set[int]:
    """The numbers of a project's tasks that anyone has annotated or skipped. Errors as `drafted_tasks`."""
    return {int(item["id"]) for item in select_tasks(api, project, _ANNOTATED, page_size=_PAGE)}


def count_annotated(api: StudioClient, project: Project) -> int:
    """How many tasks of a project anyone has annotated or skipped. Errors as `drafted_tasks`."""
    return count_tasks(api, project, _ANNOTATED)


def drafted_tasks(api: StudioClient, project: Project) -> set[int]:
    """The numbers of a project's tasks with a draft.

    The list of tasks leaves out whether one has a draft, unless it is asked for all fields, which is slow. The filter
    costs one request for all tasks.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    return {int(item["id"]) for item in select_tasks(api, project, _DRAFT, page_size=_PAGE)}


def count_drafts(api: StudioClient, project: Project) -> int:
    """How many tasks of a project have a draft. Errors as `drafted_tasks`."""
    return count_tasks(api, project, _DRAFT)


def drafts_by_project(api: StudioClient) -> dict[str, int]:
    """How many tasks have a draft, by the titles of the projects that have any; a request for each with tasks.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    found: Counter[str] = Counter()
    for project in list_projects(api):
        if project.tasks and (drafts := count_drafts(api, project)):
            found[project.title] += drafts
    return dict(sorted(found.items()))
