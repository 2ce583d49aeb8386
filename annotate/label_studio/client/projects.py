"""Projects of Label Studio, found by title."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ....schema import DependencyError, Scheme
from .http_client import StudioClient
from .studio_error import StudioError

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Project:
    """A project on a server.

    Attributes:
        id: The server's id of the project.
        title: Title.
        url: URL of its page.
        tasks: Number of tasks at the time of the request.
    """

    id: int
    title: str
    url: str
    tasks: int

    def task_url(self, task: int) -> str:
        """Return the URL at which a person can view a task."""
        return f"{self.url}/data?task={task}"


def find_project(client: StudioClient, title: str) -> Project | None:
    """Return the oldest project with exactly this title, or None.

    Raises:
        StudioError: The request failed.
    """
    return next(iter(projects_titled(client, title)), None)


def projects_titled(client: StudioClient, title: str) -> list[Project]:
    """Return the projects with exactly this title, the oldest first.

    Raises:
        StudioError: The request failed.
    """
    matches = [project for project in list_projects(client, title) if project.title == title]
    return sorted(matches, key=lambda project: project.id)


def list_projects(client: StudioClient, title: str = "") -> Iterator[Project]:
    """Yield the projects whose titles contain `title`, the oldest first.

    The server counts the tasks of every project that it lists. It counts projects before it reads them, and reads no
    more than it counted: of projects in its own order, the newest first, one made in between hides the oldest.

    Raises:
        StudioError: The request failed.
    """
    page = 1
    while True:
        # the SDK's own iteration asks for the page after the last one, for which the server has only an error
        pager = client.sdk.projects.list(title=title or None, ordering="id", page=page, page_size=_PAGE)
        for item in pager.items:
            yield Project(
                item.id, item.title or "", f"{client.connection.url}/projects/{item.id}", item.task_number or 0
            )
        if not pager.response.next:
            return
        page += 1


def count_projects(client: StudioClient) -> int:
    """Return the number of projects on the server.

    Raises:
        StudioError: The request failed.
    """
    return int(client.sdk.projects.list(include="id", page_size=1).response.count)


def project_titles(client: StudioClient, most: int) -> list[str]:
    """Return the titles of up to `most` of the newest projects, sorted.

    Raises:
        StudioError: The request failed.
    """
    return sorted({item.title or "" for item in client.sdk.projects.list(include="id,title", page_size=most).items})


def scheme_project(client: StudioClient, scheme: Scheme) -> Project | None:
    """Return the project named after a scheme, else after the newest other version of it, else None.

    Raises:
        StudioError: The request failed.
    """
    versions = sorted(list_projects(client, f"{scheme.name}@"), key=lambda project: project.id)
    if same := [project for project in versions if project.title == scheme.ref]:
        return same[0]
    other_versions = [
        (int(version), -project.id, project)
        for project in versions
        if (name := project.title.rpartition("@"))[0] == scheme.name and (version := name[2]).isdecimal()
    ]
    return max(other_versions, default=(0, 0, None))[2]


@contextmanager
def project_must_exist(client: StudioClient, project: Project, fix: str) -> Iterator[None]:
    """Turn request failures into a clear error if the project was deleted, which the server reports in many ways.

    Args:
        client: The server.
        project: Project used in the block.
        fix: What to do, as the end of the message: `Fix: …`.

    Raises:
        DependencyError: A request failed and the project no longer exists.
        StudioError: A request failed for another reason.
    """
    try:
        yield
    except StudioError as error:
        current: Project | None = project
        if error.status not in (401, 429):
            with suppress(StudioError):  # an unreachable server cannot tell
                current = find_project(client, project.title)
        if current is None or current.id != project.id:
            raise DependencyError(f"project {project.title!r} was deleted in the meantime. {fix}") from error
        raise
