"""A project of Label Studio for a scheme: found by its title, made where there is none, its interface the scheme's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ...schema import DataError, Problem, Scheme, SurroundingsError, UsageError, canonical_json
from .api import Api, StudioError
from .interface import check_interface, instructions, interface

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


def find_project(api: Api, title: str) -> Project | None:
    """The oldest project of that title, None where there is none.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    found = [item for item in _projects(api, title) if item["title"] == title]
    if not found:
        return None
    chosen = min(found, key=lambda item: int(item["id"]))
    return Project(chosen["id"], title, f"{api.connection.url}/projects/{chosen['id']}", chosen.get("task_number") or 0)


def titles(api: Api, most: int) -> list[str]:
    """The titles of the newest projects at the server, in order.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    answer = api.get("/api/projects/", params={"include": "id,title", "page_size": most})
    return sorted({str(item["title"]) for item in answer["results"]})


def open_project(
    api: Api, title: str, scheme: Scheme, *, guidelines: str | None = None, review: bool = False
) -> tuple[Project, str]:
    """The project of that title with the scheme's interface and guidelines; made where there is none.

    Returns:
        The project, and what was done: `made`, `updated` or nothing.

    Raises:
        DataError: The scheme lacks what annotations at the server use; they are listed. Or its interface is none.
        StudioError: The server does not answer, or refuses.
        UsageError: The server takes no such title.
    """
    if not 3 <= len(title) <= 50:
        raise UsageError(f"--project {title!r}: Fix: a title of 3 to 50 characters")
    wanted: dict[str, Any] = {
        "label_config": interface(scheme, review=review),
        "expert_instruction": instructions(scheme, guidelines),
        "show_instruction": False,
        "description": f"Made by goldspan for the scheme {scheme.ref} ({scheme.fingerprint[:12]}).",
    }
    project = find_project(api, title)
    if project is None:
        check_interface(wanted["label_config"])
        try:
            api.post("/api/projects/", json={"title": title, **wanted})
        except StudioError as error:
            if 0 < error.status < 500:
                raise
            # it may have been made all the same: the title tells
        project = find_project(api, title)
        if project is None:
            raise StudioError(
                f"the project {title!r} could not be made, or was removed meanwhile. Fix: run the command again"
            )
        return project, "made"
    held = api.get(f"/api/projects/{project.id}/")
    changed = {key: value for key, value in wanted.items() if held.get(key) != value}
    if str(held.get("description")).startswith(wanted["description"]):
        changed.pop("description", None)  # a seal stands behind it
    if not changed:
        return project, ""
    if "label_config" in changed:
        check_interface(wanted["label_config"])
    try:
        api.patch(f"/api/projects/{project.id}/", json=changed)
    except StudioError as error:
        if error.status == 400 and "label_config" in changed:
            raise DataError(_in_the_way(api, project, scheme, str(error))) from error
        raise
    return project, "updated"


def select(
    api: Api,
    project: Project,
    filters: Sequence[Mapping[str, Any]],
    *,
    include: str = "id",
    either: bool = False,
    page_size: int = _PAGE,
) -> Iterator[dict[str, Any]]:
    """The tasks that a filter of the data manager lets through.

    Args:
        api: The server.
        project: Whose tasks.
        filters: As the data manager's, all of which must hold.
        include: Fields of the tasks, joined by commas.
        either: One of the filters is enough.
        page_size: Tasks in one answer.
    """
    page = 1
    while True:
        answer = _asked(api, project, filters, include=include, either=either, page=page, page_size=page_size)
        yield from answer["tasks"]
        if page * page_size >= answer["total"]:
            return
        page += 1


def count(api: Api, project: Project, filters: Sequence[Mapping[str, Any]], *, either: bool = False) -> tuple[int, int]:
    """How many tasks a filter lets through, and how many annotations they have, skips aside; far cheaper than tasks."""
    answer = _asked(api, project, filters, include="id", either=either, page=1, page_size=1)
    return int(answer["total"]), int(answer["total_annotations"])


def in_list(field: str, values: Sequence[str]) -> list[dict[str, Any]]:
    """The filter for tasks one of whose data fields has one of the values."""
    return [{"filter": f"filter:tasks:data.{field}", "operator": "in_list", "type": "String", "value": list(values)}]


def chunked(values: Sequence[str], most: int) -> Iterator[list[str]]:
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
    api: Api,
    project: Project,
    filters: Sequence[Mapping[str, Any]],
    *,
    include: str,
    either: bool,
    page: int,
    page_size: int,
) -> dict[str, Any]:
    asked = {"filters": {"conjunction": "or" if either else "and", "items": list(filters)}}
    # the server decodes the query twice
    query = quote(canonical_json(asked).decode())
    about = {"project": project.id, "query": query, "include": include, "page": page, "page_size": page_size}
    answer: dict[str, Any] = api.get("/api/tasks/", params=about, timeout=_LONG)
    return answer


def _projects(api: Api, title: str) -> Iterator[dict[str, Any]]:
    """The projects whose titles have that of one in them: the server counts the tasks of each that it lists."""
    page = 1
    while True:
        answer = api.get("/api/projects/", params={"title": title, "page": page, "page_size": _PAGE})
        yield from answer["results"]
        if not answer.get("next"):
            return
        page += 1


def _in_the_way(api: Api, project: Project, scheme: Scheme, refusal: str) -> list[Problem]:
    """The annotations that use what the scheme has no more."""
    from .interface import LABELS, control_names
    from .work import all_work

    names = set(control_names(scheme))
    problems = []
    for work in all_work(api, project):
        lost = set()
        for annotation in work.annotations:
            for item in annotation.results:
                labels = item.get("value", {}).get("labels", []) if item.get("from_name") == LABELS else []
                lost |= {label for label in labels if label not in scheme.labels}
                lost |= {str(item["from_name"])} - names if item.get("from_name") else set()
        if lost:
            what = f"annotations of {work.name!r} use what {scheme.ref} has not: {', '.join(sorted(lost))}"
            fix = f"mend them ({project.task_url(work.task)}), or push into another project"
            problems.append(Problem(what, fix))
    fix = "push into another project, or mend the scheme"
    return problems or [Problem(f"the server does not take the interface of {scheme.ref}: {refusal}", fix)]


@contextmanager
def still_there(api: Api, project: Project, fix: str) -> Iterator[None]:
    """Says so where calls fail since someone removed the project, which the server answers in many ways."""
    try:
        yield
    except StudioError as error:
        found: Project | None = project
        if error.status not in (401, 429):
            with suppress(StudioError):  # a server that is gone cannot say
                found = find_project(api, project.title)
        if found is None or found.id != project.id:
            raise SurroundingsError(f"the project {project.title!r} was removed meanwhile. {fix}") from error
        raise
