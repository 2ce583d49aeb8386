"""Drafts at the server: work that somebody began and has not submitted."""

from __future__ import annotations

from collections import Counter

from .api import Api
from .project import Project, count, projects, select

_PAGE = 500
_DRAFT = [{"filter": "filter:tasks:draft_exists", "operator": "equal", "type": "Boolean", "value": True}]


def drafted_tasks(api: Api, project: Project) -> set[int]:
    """The numbers of a project's tasks with a draft.

    The list of tasks leaves out whether one has a draft, unless it is asked for all fields, which is slow. The filter
    costs one request for all tasks.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    return {int(item["id"]) for item in select(api, project, _DRAFT, page_size=_PAGE)}


def count_drafts(api: Api, project: Project) -> int:
    """How many tasks of a project have a draft. Errors as `drafted_tasks`."""
    return count(api, project, _DRAFT)[0]


def drafts_by_project(api: Api) -> dict[str, int]:
    """How many tasks have a draft, by the titles of the projects that have any; a request for each with tasks.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    found: Counter[str] = Counter()
    for project in projects(api):
        if project.tasks and (drafts := count_drafts(api, project)):
            found[project.title] += drafts
    return dict(sorted(found.items()))
