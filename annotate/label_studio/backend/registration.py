"""The link of a project to a backend: one of ours at most, made or brought up to date, taken back at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from ....schema import DependencyError, Scheme, UsageError
from ..client.client import StudioClient, StudioError
from ..client.projects import Project, find_project
from ..mapping.labeling_config import control_names
from .access import BasicCredentials

MARK = "goldspan studio backend"
"""Description by which a link is known as ours."""

_SLOW = 120.0
_PATIENCE = 100.0


@dataclass(frozen=True, slots=True)
class BackendRegistration:
    """A project's link to a backend.

    Attributes:
        id: The server's number.
        project: Whose.
        url: Of the backend.
        user: Of the backend's secret: another start's link has another.
        name: Of the extractor.
        replaced: Address that an older link of ours had; empty where there was none.
        before: The version of suggestions that the project showed.
        first: Whether Label Studio asks this backend: it asks only the first of a project.
    """

    id: int
    project: Project
    url: str
    user: str
    name: str
    replaced: str
    before: str
    first: bool


def project_for(api: StudioClient, title: str, scheme: Scheme) -> Project:
    """The project of that title, if its interface has what the scheme's suggestions use.

    Raises:
        UsageError: There is none, or it has not.
        StudioError: The server does not answer, or refuses.
    """
    project = find_project(api, title)
    if project is None:
        raise UsageError(f"the server has no project {title!r}. Fix: goldspan studio push makes it, or mend --project")
    config = api.get(f"/api/projects/{project.id}/").get("label_config") or ""
    try:
        parts = list(ET.fromstring(config).iter())
    except ET.ParseError:
        parts = []
    names = {part.get("name") for part in parts} | {part.get("value") for part in parts if part.tag == "Label"}
    lacking = sorted((set(control_names(scheme)) | set(scheme.labels)) - {name for name in names if name})
    if lacking:
        what = f"the interface of {title!r} lacks {', '.join(lacking[:5])} of {scheme.ref}"
        raise UsageError(f"{what}. Fix: goldspan studio push brings it up to date, or another --project or --scheme")
    return project


def register_backend(
    api: StudioClient, project: Project, *, url: str, secret: BasicCredentials, name: str
) -> BackendRegistration:
    """Links a project to a backend that answers already, and has the project show its suggestions.

    A link that an earlier start left is brought up to date; those of others stay as they are.

    Args:
        api: The server.
        project: Whose tasks it gets.
        url: Of the backend, as the server reaches it.
        secret: Of the backend.
        name: Of the extractor: title of the link, and the version of its suggestions.

    Raises:
        DependencyError: The server may not call this machine, or does not reach it.
        StudioError: The server does not answer, or refuses.
    """
    held = _links(api, project)
    ours = [item for item in held if item.get("description") == MARK]
    before = str(api.get(f"/api/projects/{project.id}/").get("model_version") or "")
    wanted = {
        "project": project.id,
        "url": url,
        "title": name,
        "description": MARK,
        "is_interactive": False,
        "auth_method": "BASIC_AUTH",
        "basic_auth_user": secret.user,
        "basic_auth_pass": secret.password,
        "timeout": _PATIENCE,
    }
    hooks = _hooks(api, project)
    failure: StudioError | None = None
    try:
        if ours:
            api.patch(f"/api/ml/{ours[0]['id']}", json=wanted, timeout=_SLOW)
        else:
            api.post("/api/ml/", json=wanted, timeout=_SLOW)
    except StudioError as error:
        failure = error
    # a server that refuses webhooks to this machine says so after it has made the link: the secret's user tells
    now = _links(api, project)
    mine = [item for item in now if item.get("basic_auth_user") == secret.user]
    if not mine:
        raise _refused(api, failure) if failure else StudioError("the link is gone. Fix: run the command again")
    # a new link brings a webhook along that would send all that people do here; nothing here needs it
    for hook, address in _hooks(api, project).items():
        if hook not in hooks and address == f"{url}/webhook":
            api.delete(f"/api/webhooks/{hook}/")
    api.patch(f"/api/projects/{project.id}/", json={"model_version": name, "show_collab_predictions": True})
    return BackendRegistration(
        id=int(mine[0]["id"]),
        project=project,
        url=url,
        user=secret.user,
        name=name,
        replaced=str(ours[0]["url"]) if ours else "",
        before=before,
        first=min(int(item["id"]) for item in now) == int(mine[0]["id"]),
    )


def unregister_backend(api: StudioClient, made: BackendRegistration) -> bool:
    """Takes a link back; the suggestions stay. Returns whether it was still this start's.

    A link to nobody would hide the suggestions that are there, and whoever listens at the port next would be sent the
    server's token.

    Raises:
        StudioError: The server does not answer, or refuses.
    """
    project = f"/api/projects/{made.project.id}/"
    mine = [item for item in _links(api, made.project) if item.get("basic_auth_user") == made.user]
    if not mine:
        return False
    shown = api.get(project).get("model_version")
    api.delete(f"/api/ml/{made.id}", timeout=_SLOW)
    for version in (made.before, made.name) if shown == made.name else ():
        if version and not api.get(project).get("model_version"):  # the server forgets it with the link
            try:
                api.patch(project, json={"model_version": version})
            except StudioError as error:
                if error.status != 400:  # there is no suggestion of that version
                    raise
    return True


def _links(api: StudioClient, project: Project) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/api/ml/", params={"project": project.id}, timeout=_SLOW)
    return found


def _hooks(api: StudioClient, project: Project) -> dict[int, str]:
    return {int(hook["id"]): str(hook["url"]) for hook in api.get("/api/webhooks/", params={"project": project.id})}


def _refused(api: StudioClient, error: StudioError) -> DependencyError:
    """Why the server does not take the link, in words that help."""
    if error.status == 403 and "reserved network address" in str(error):
        what = "the server may not call services on this machine"
        if api.connection.server:
            named = "" if api.connection.server == "default" else f" --name {api.connection.server}"
            fix = f"goldspan studio down{named}, then goldspan studio up --local-backends{named}"
        else:
            fix = "start it with ML_BLOCK_LOCAL_IP=false, or --host with an address that it may call"
        return DependencyError(f"{what}. Fix: {fix}")
    return error
