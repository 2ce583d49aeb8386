"""The lists of ids of a project on its server: planned, uploaded, and extended by what annotators wrote.

A list is a file whose name tells its content, so that a push finds out whether the server has it. Earlier files stay
for a while, because pages that are open still load them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from ....schema import Scheme, pluralize
from ..client.attempts import attempt_until_done
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.studio_error import StudioError
from ..mapping.pickers.id_lists import (
    earlier_entries,
    is_list_of,
    list_content,
    list_name,
    list_sources,
    list_url,
    lists_in,
)
from ..mapping.pickers.known_entries import Offer
from ..mapping.pickers.picker_controls import Picker, pickers
from .work.written_values import WrittenEntries

_KEPT = 5  # files of a list


@dataclass(frozen=True, slots=True)
class ProjectLists:
    """The lists that a project is to have.

    Attributes:
        contents: The files, by source.
        files: Paths of those that are on the server, below `/data/`, by source.
    """

    contents: Mapping[str, bytes]
    files: Mapping[str, str]

    @property
    def complete(self) -> bool:
        """Whether the server has all files."""
        return set(self.files) == set(self.contents)


NO_LISTS = ProjectLists({}, {})
"""Of a project that needs none, or whose lists are not known yet."""


def plan_lists(client: StudioClient, project: Project, scheme: Scheme, config: str) -> ProjectLists:
    """Return the lists that a project is to have: its own earlier entries stay. Only reads from the server.

    Args:
        client: The server.
        project: The project.
        scheme: Its scheme.
        config: Its labeling config, which names its lists.

    Raises:
        StudioError: A request failed.
    """
    uploads = uploads_of(client, project)
    authorities = list_sources(scheme)
    own = {source: _earlier(client, uploads, config, source, scheme) for source in authorities}
    contents = {source: list_content(authorities[source], offers) for source, offers in own.items()}
    found = {source: _numbers(uploads, list_name(source, content)) for source, content in contents.items()}
    return ProjectLists(contents, {source: uploads[numbers[0]] for source, numbers in found.items() if numbers})


def upload_lists(client: StudioClient, project: Project, lists: ProjectLists) -> ProjectLists:
    """Upload the files that the server lacks, and delete those that are older than any open page may be.

    Raises:
        StudioError: A request failed.
    """
    names = {source: list_name(source, content) for source, content in lists.contents.items()}

    def attempt(_: bool) -> dict[int, str]:
        uploads = uploads_of(client, project)
        missing = [source for source, name in names.items() if not _numbers(uploads, name)]
        for source in missing:
            file = (names[source], lists.contents[source], "application/json")
            path = f"/api/projects/{project.id}/import"
            client.http.post(path, params={"commit_to_project": "false"}, files={"file": file})
        return uploads_of(client, project) if missing else uploads

    uploads = attempt_until_done(attempt)
    files = {}
    outdated: list[int] = []
    for source, name in names.items():
        own = sorted(number for number, file in uploads.items() if is_list_of(file, source))
        current = _numbers(uploads, name)
        if not current:
            raise StudioError(f"project {project.title!r}: the list of {source} was not stored. Fix: push again")
        files[source] = uploads[current[0]]
        outdated += [number for number in own[:-_KEPT] if number != current[0]]
    if outdated:
        body = {"file_upload_ids": outdated}
        client.http.request("DELETE", f"/api/projects/{project.id}/file-uploads", json=body)
    return ProjectLists(lists.contents, files)


def list_urls(client: StudioClient, project: Project, lists: ProjectLists) -> dict[str, str]:
    """Return the addresses of lists as the labeling config names them, by source."""
    base_path = urlsplit(client.connection.url).path
    return {source: list_url(file, project.id, base_path) for source, file in lists.files.items()}


def extend_lists(client: StudioClient, project: Project, written: WrittenEntries, scheme: Scheme) -> list[str]:
    """Add to a project's lists what people wrote that no list has; return remarks on it, also if that fails.

    Nothing is added to a project whose labeling config has no lists, because it was pushed by an earlier version.

    Args:
        client: The server.
        project: The project.
        written: The entries that people wrote.
        scheme: Its scheme.
    """
    try:
        added = _add_entries(client, project, written, scheme) if any(written.values()) else 0
    except StudioError as error:
        return [f"{project.url}: the lists of ids could not be extended: {error}"]
    return [f"{project.url}: {pluralize(added, 'new id')} in its lists from now on"] if added else []


def _add_entries(client: StudioClient, project: Project, written: WrittenEntries, scheme: Scheme) -> int:
    """Add entries; return the number of those that are new."""
    config = client.sdk.projects.get(project.id).label_config or ""
    if not lists_in(config):
        return 0
    uploads = uploads_of(client, project)
    contents: dict[str, bytes] = {}
    added = 0
    for source, authority in list_sources(scheme).items():
        earlier = _earlier(client, uploads, config, source, scheme)
        known = {offer.id for offer in earlier}
        new = [offer for offer in written.get(source, {}).values() if offer.id not in known]
        if new:
            contents[source] = list_content(authority, [*earlier, *new])
            added += len(new)
    if contents:
        lists = upload_lists(client, project, ProjectLists(contents, {}))
        changed = with_lists(config, list_urls(client, project, lists), scheme)
        client.sdk.projects.update(project.id, label_config=changed)
    return added


def forget_entries(client: StudioClient, project: Project, ids: Mapping[str, Collection[str]], scheme: Scheme) -> int:
    """Take entries out of a project's lists, and have the server forget all files with them; return their number.

    A page that is open and has not loaded its lists yet finds none until it is loaded again.

    Args:
        client: The server.
        project: The project.
        ids: Ids of the entries, by source.
        scheme: Its scheme.

    Raises:
        StudioError: A request failed.
    """
    config = client.sdk.projects.get(project.id).label_config or ""
    if not lists_in(config):
        return 0
    uploads = uploads_of(client, project)
    contents: dict[str, bytes] = {}
    forgotten = 0
    for source in list_sources(scheme):
        own = _earlier(client, uploads, config, source, scheme)
        kept = [offer for offer in own if offer.id not in ids.get(source, ())]
        if len(kept) < len(own):
            contents[source] = list_content(source, kept)
            forgotten += len(own) - len(kept)
    if contents:
        lists = upload_lists(client, project, ProjectLists(contents, {}))
        client.sdk.projects.update(
            project.id, label_config=with_lists(config, list_urls(client, project, lists), scheme)
        )
        current = set(lists.files.values())
        earlier = [
            number
            for number, file in uploads_of(client, project).items()
            if file not in current and any(is_list_of(file, source) for source in contents)
        ]
        if earlier:
            body = {"file_upload_ids": earlier}
            client.http.request("DELETE", f"/api/projects/{project.id}/file-uploads", json=body)
    return forgotten


def _earlier(client: StudioClient, uploads: Mapping[int, str], config: str, source: str, scheme: Scheme) -> list[Offer]:
    """Return a project's own entries, from the list that its labeling config names; none if that was deleted.

    Lost entries do not matter, because the next pull finds them again.
    """
    files = lists_in(config)
    named = {files.get(picker.listed) for picker in _pickers_of(source, scheme)}
    # not asked for unless it is there: the server answers with an error of its own to a request for another file
    file = next((file for file in uploads.values() if file in named), None)
    if file is None:
        return []
    try:
        return earlier_entries(list_sources(scheme)[source], client.http.get(f"/data/{file}").content)
    except StudioError as error:
        if 300 <= error.status < 400:  # the server keeps files elsewhere
            return []
        raise


def with_lists(config: str, urls: Mapping[str, str], scheme: Scheme) -> str:
    """Return a labeling config with other addresses of lists."""
    root = ET.fromstring(config)
    for element in root.iter("Taxonomy"):
        for source, url in urls.items():
            if element.get("name") in {picker.listed for picker in _pickers_of(source, scheme)}:
                element.set("apiUrl", url)
    return ET.tostring(root, encoding="unicode")


def _pickers_of(source: str, scheme: Scheme) -> list[Picker]:
    return [picker for of_label in pickers(scheme).values() for picker in of_label.values() if picker.source == source]


def _numbers(uploads: Mapping[int, str], name: str) -> list[int]:
    """Return the server's ids of the uploaded files of a name, to which the server adds a prefix."""
    return sorted(number for number, file in uploads.items() if file.endswith(f"-{name}"))


def uploads_of(client: StudioClient, project: Project) -> dict[int, str]:
    """Return the files that were uploaded to a project, as paths below `/data/`, by the server's ids."""
    items: list[dict[str, Any]] = client.http.get(
        f"/api/projects/{project.id}/file-uploads", params={"all": "true"}
    ).json()
    return {int(item["id"]): str(item["file"]) for item in items}
