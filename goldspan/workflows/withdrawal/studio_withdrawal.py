"""Take withdrawn documents out of projects of Label Studio."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from ...annotate.label_studio import StudioClient
from ...annotate.label_studio.client.projects import Project, list_projects
from ...annotate.label_studio.client.queries import chunk_for_query, field_filter, select_tasks
from ...annotate.label_studio.mapping.tasks import ID
from ...annotate.label_studio.server.erased_pages import erase_deleted
from ...annotate.label_studio.server.paths import studio_paths
from ...annotate.label_studio.sync.task_withdrawal import (
    WithdrawnTask,
    count_work,
    find_withdrawn_tasks,
    remove_withdrawn_tasks,
)
from ...corpus.withdrawal.withdrawn_documents import WithdrawnDocuments
from ...schema import Scheme
from .withdrawal_summary import ProjectRemoval


@dataclass(slots=True)
class StudioPlaces:
    """The projects of a server that are searched.

    Attributes:
        api: The server.
        own: Projects that documents are taken out of.
        others: Its other projects, which are only told.
        texts: Texts that tasks have of the documents, by id.
        tasks: The tasks to remove, by project.
    """

    api: StudioClient
    own: list[Project]
    others: list[Project]
    texts: dict[str, set[str]] = field(default_factory=dict)
    tasks: dict[int, list[WithdrawnTask]] = field(default_factory=dict)


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
    places = StudioPlaces(api, [], [])
    for project in list_projects(api):
        own = project.title in titles or (not named and project.title.startswith(f"{scheme.name}@"))
        (places.own if own else places.others).append(project)
    return places


def read_studio_texts(places: StudioPlaces, ids: Sequence[str]) -> None:
    """Read the texts that the tasks of documents have, by their ids.

    Raises:
        StudioError: A request failed.
    """
    for project in places.own:
        for chunk in chunk_for_query(ids, 100) if project.tasks else ():
            for item in select_tasks(places.api, project, field_filter(ID, chunk), include="id,data"):
                data = item.get("data") or {}
                if isinstance(data.get("text"), str):
                    places.texts.setdefault(str(data[ID]), set()).add(data["text"])


def find_in_studio(
    places: StudioPlaces, ids: Sequence[str], texts: Collection[str], withdrawn: WithdrawnDocuments
) -> tuple[list[ProjectRemoval], list[str]]:
    """Return what there is to take out of projects, and which other projects hold the documents.

    Raises:
        StudioError: A request failed.
    """
    removals = []
    for project in places.own:
        tasks = find_withdrawn_tasks(places.api, project, ids, texts, withdrawn)
        if tasks:
            places.tasks[project.id] = tasks
            work = count_work(places.api, project, [task.id for task in tasks])
            removals.append(ProjectRemoval(project.title, project.url, len(tasks), *work))
    others = [
        f"project {project.title!r} at {project.url} holds the document too. Fix: --project names it"
        for project in places.others
        if find_withdrawn_tasks(places.api, project, ids, texts, withdrawn)
    ]
    return removals, others


def remove_from_studio(places: StudioPlaces, removals: Iterable[ProjectRemoval], scheme: Scheme) -> None:
    """Remove the tasks that `find_in_studio` found; what that took out of lists is noted in `removals`.

    Raises:
        StudioError: A request failed; the same call completes the removal.
    """
    by_url = {removal.url: removal for removal in removals}
    for project in places.own:
        if tasks := places.tasks.get(project.id):
            entries = remove_withdrawn_tasks(places.api, project, [task.id for task in tasks], scheme)
            by_url[project.url].entries = entries


def erase_from_own_server(places: StudioPlaces, ids: Sequence[str]) -> str:
    """Erase what was deleted from the files of an embedded server; return why that is not complete, or nothing."""
    name = places.api.connection.server
    return erase_deleted(studio_paths().server(name), ids) if name else ""
