"""Take withdrawn documents out of projects of Label Studio."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, list_projects
from ...annotate.label_studio.server.erased_pages import erase_deleted
from ...annotate.label_studio.server.paths import studio_paths
from ...annotate.label_studio.sync.project_lists import uploads_of
from ...annotate.label_studio.withdrawal.task_withdrawal import (
    TaskIdentity,
    count_work,
    list_identities,
    remove_withdrawn_tasks,
)
from ...corpus.withdrawal.withdrawn_documents import WithdrawnDocuments
from ...schema import Scheme
from ...schema.progress import Progress, report_each
from .withdrawal_summary import ProjectRemoval


@dataclass(slots=True)
class StudioPlaces:
    """The projects of a server, with what tells the documents of their tasks.

    Attributes:
        api: The server.
        own: Projects that documents are taken out of.
        others: Its other projects, which are only told.
        identities: What tells the documents of the tasks, by project.
        texts: Texts that tasks of the own projects have of the documents, by id.
    """

    api: StudioClient
    own: list[Project] = field(default_factory=list)
    others: list[Project] = field(default_factory=list)
    identities: dict[int, list[TaskIdentity]] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)


def studio_places(api: StudioClient, titles: Collection[str], scheme: Scheme, *, named: bool) -> StudioPlaces:
    """Return the projects of a server.

    Args:
        api: The server.
        titles: Titles of projects to take documents out of.
        scheme: The scheme; projects whose titles begin with its name are taken too, unless `named`.
        named: Whether only the projects of these titles are meant.

    Raises:
        StudioError: A request failed.
    """
    places = StudioPlaces(api)
    for project in list_projects(api):
        own = project.title in titles or (not named and project.title.startswith(f"{scheme.name}@"))
        (places.own if own else places.others).append(project)
    return places


def list_studio(places: StudioPlaces, ids: Collection[str], progress: Progress) -> None:
    """List the tasks of all projects, and keep the texts of the documents of the own ones.

    Raises:
        StudioError: A request failed.
    """
    for project in report_each([*places.own, *places.others], "listing tasks", progress):
        listed = list_identities(places.api, project, ids if project in places.own else ())
        places.identities[project.id] = listed.tasks
        for name, texts in listed.texts.items():
            places.texts.setdefault(name, set()).update(texts)


def find_in_studio(places: StudioPlaces, withdrawn: WithdrawnDocuments) -> tuple[list[ProjectRemoval], list[str]]:
    """Return what there is to take out of projects, and which other projects hold the documents.

    Raises:
        StudioError: A request failed.
    """
    removals = []
    for project in places.own:
        if tasks := _withdrawn(places, project, withdrawn):
            work = count_work(places.api, project, tasks)
            removals.append(ProjectRemoval(project.title, project.url, len(tasks), *work))
    others = [
        f"project {project.title!r} at {project.url}, which holds the document too. Fix: --project names it"
        for project in places.others
        if _withdrawn(places, project, withdrawn)
    ]
    return removals, others


def remove_from_studio(
    places: StudioPlaces, removals: Iterable[ProjectRemoval], withdrawn: WithdrawnDocuments, scheme: Scheme
) -> None:
    """Remove the tasks that `find_in_studio` found; what that took out of lists is noted in `removals`.

    Raises:
        StudioError: A request failed; the same call completes the removal.
    """
    by_url = {removal.url: removal for removal in removals}
    for project in places.own:
        if tasks := _withdrawn(places, project, withdrawn):
            by_url[project.url].entries = remove_withdrawn_tasks(places.api, project, tasks, scheme)


def erase_from_server(places: StudioPlaces) -> str:
    """Erase what was deleted from the files of an embedded server; return what is left there, or nothing."""
    if name := places.api.connection.server:
        known = {project.id: list(uploads_of(places.api, project).values()) for project in places.own}
        return erase_deleted(studio_paths().server(name), known)
    what = "deleted rows of its database, forgotten uploads, its log and its backups; ask its administrator"
    return f"what {places.api.connection.url} keeps: {what}"


def _withdrawn(places: StudioPlaces, project: Project, withdrawn: WithdrawnDocuments) -> list[int]:
    return [task.id for task in places.identities[project.id] if task.is_withdrawn(withdrawn)]
