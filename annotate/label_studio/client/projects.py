"""A project of Label Studio: found by its title, its tasks by what the data manager filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ....schema import DependencyError, Scheme, canonical_json
from .client import StudioClient, StudioError

_PAGE = 100
_LONG = 300.0
_ROOM = 20_000  # characters of a query; servers refuse longer lines


@dataclass(frozen=True, slots=True)
class Project:
    """A project at a server.

    Attributes:
        id: The server's number.
        title: Its name.
        url: Of its page.
        tasks: How many it had when it was asked for.
    """

    id: int
    title: str
    url: str
    tasks: int

    def task_url(self, task: int) -> str:
        """Where a person sees a task."""
        return f"{self.url}/data?task={task}"


def find_project(api: StudioClient, title: str) -> Project | None:
    """The oldest project of that title, None where there is none.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    found = [project for project in list_projects(api, title) if project.title == title]
    return min(found, key=lambda project: project.id, default=None)


def list_projects(api: StudioClient, title: str = "") -> Iterator[Project]:
    """The projects whose titles contain the given one; the server counts the tasks of each that it lists.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    about = {"title": title} if title else {}
    page = 1
    while True:
        answer = api.get("/api/projects/", params={**about, "page": page, "page_size": _PAGE})
        for item in answer["results"]:
            url = f"{api.connection.url}/projects/{item['id']}"
            yield Project(int(item["id"]), str(item["title"]), url, item.get("task_number") or 0)
        if not answer.get("next"):
            return
        page += 1


def project_titles(api: StudioClient, most: int) -> list[str]:
    """The titles of the newest projects at the server, in order.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    answer = api.get("/api/projects/", params={"include": "id,title", "page_size": most})
    return sorted({str(item["title"]) for item in answer["results"]})


def scheme_project(api: StudioClient, scheme: Scheme) -> Project | None:
    """The project called after a scheme, else after the newest other version of it; None where there is neither.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    if found := find_project(api, scheme.ref):
        return found
    others = [
        (int(version), -project.id, project)
        for project in list_projects(api, f"{scheme.name}@")
        if (name := project.title.rpartition("@"))[0] == scheme.name and (version := name[2]).isdecimal()
    ]
    return max(others, default=(0, 0, None))[2]


def select_tasks(
    api: StudioClient,
    project: Project,
    filters: Sequence[Mapping[str, Any]],
    *,
    include: str = "id",
    page_size: int = _PAGE,
) -> Iterator[dict[str, Any]]:
    """The tasks that a filter of the data manager lets through.

    Args:
        api: The server.
        project: Whose tasks.
        filters: As the data manager's, all of which must hold.
        include: Fields of the tasks, joined by commas.
        page_size: Tasks in one answer.
    """
    page = 1
    while True:
        answer = _asked(api, project, filters, include=include, page=page, page_size=page_size)
        yield from answer["tasks"]
        if page * page_size >= answer["total"]:
            return
        page += 1


def count_tasks(api: StudioClient, project: Project, filters: Sequence[Mapping[str, Any]]) -> int:
    """How many tasks a filter lets through; far cheaper than the tasks."""
    return int(_asked(api, project, filters, include="id", page=1, page_size=1)["total"])


def sum_of_suggestions(api: StudioClient, project: Project) -> int:
    """The sum of the numbers that a project's tasks keep of their suggestions."""
    return int(_asked(api, project, [], include="id", page=1, page_size=1)["total_predictions"])


def task_is_gone(api: StudioClient, task: int) -> bool:
    """Whether a task is there no more."""
    try:
        api.get(f"/api/tasks/{task}/")
    except StudioError as error:
        if error.status == 404:
            return True
        raise
    return False


def suggestions_at(api: StudioClient, task: int) -> list[dict[str, Any]]:
    """The suggestions of a task, whole; none where somebody has just removed it, for which the server has an error."""
    try:
        return list(api.get("/api/predictions/", params={"task": task}, timeout=_LONG))
    except StudioError as error:
        if error.status == 400 and task_is_gone(api, task):
            return []
        raise


def all_suggestions(api: StudioClient, project: Project) -> list[dict[str, Any]]:
    """The suggestions of all tasks of a project, whole."""
    return list(api.get("/api/predictions/", params={"project": project.id}, timeout=_LONG))


def id_filter(field: str, values: Sequence[str]) -> list[dict[str, Any]]:
    """The filter for tasks one of whose data fields has one of the values."""
    return [{"filter": f"filter:tasks:data.{field}", "operator": "in_list", "type": "String", "value": list(values)}]


def query_chunks(values: Sequence[str], most: int) -> Iterator[list[str]]:
    """Values in groups that a query has room for."""
    group: list[str] = []
    room = _ROOM
    for value in values:
        size = len(quote(quote(canonical_json(value).decode()))) + 20
        if group and (len(group) >= most or size > room):
            yield group
            group, room = [], _ROOM
        group.append(value)
        room -= size
    if group:
        yield group


def _asked(
    api: StudioClient,
    project: Project,
    filters: Sequence[Mapping[str, Any]],
    *,
    include: str,
    page: int,
    page_size: int,
) -> dict[str, Any]:
    asked = {"filters": {"conjunction": "and", "items": list(filters)}}
    # the server decodes the query twice
    query = quote(canonical_json(asked).decode())
    about = {"project": project.id, "query": query, "include": include, "page": page, "page_size": page_size}
    answer: dict[str, Any] = api.get("/api/tasks/", params=about, timeout=_LONG)
    return answer


@contextmanager
def project_must_exist(api: StudioClient, project: Project, fix: str) -> Iterator[None]:
    """Says so where calls fail since someone removed the project, which the server answers in many ways."""
    try:
        yield
    except StudioError as error:
        found: Project | None = project
        if error.status not in (401, 429):
            with suppress(StudioError):  # a server that is gone cannot say
                found = find_project(api, project.title)
        if found is None or found.id != project.id:
            raise DependencyError(f"the project {project.title!r} was removed meanwhile. {fix}") from error
        raise
