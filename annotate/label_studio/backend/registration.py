"""Registration of the backend in a project: at most one of goldspan's, created or updated, removed at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ....schema import DependencyError, Scheme, UsageError
from ..client.http_client import StudioClient
from ..client.projects import Project, find_project
from ..client.studio_error import StudioError
from ..mapping.earlier_schemes import current_migrations
from ..mapping.labeling_config import control_names, result_label
from .access import BasicCredentials

if TYPE_CHECKING:
    from label_studio_sdk.types import MlBackend

BACKEND_DESCRIPTION = "goldspan studio backend"
"""Description by which goldspan recognises its own registrations."""

_SLOWLY = {"timeout": 120.0}
_PATIENCE = 100.0


@dataclass(frozen=True, slots=True)
class BackendRegistration:
    """A backend registered in a project.

    Attributes:
        id: The server's id of the registration.
        project: The project.
        url: URL of the backend.
        user: User name of the backend's credentials, which differs for each start.
        name: Name of the extractor.
        replaced: URL of the earlier registration that was replaced; empty if there was none.
        before: Version of the suggestions that the project showed before.
        first: Whether Label Studio requests suggestions from this backend: it uses only a project's first one.
    """

    id: int
    project: Project
    url: str
    user: str
    name: str
    replaced: str
    before: str
    first: bool


def require_project(client: StudioClient, title: str, scheme: Scheme) -> Project:
    """Return the project with this title after checking that its labeling config fits the scheme's suggestions.

    Raises:
        DataError: A migration of the project was cut off.
        UsageError: There is no such project, it was migrated to another scheme, or its labeling config lacks labels or
            controls.
        StudioError: The request failed.
    """
    project = find_project(client, title)
    if project is None:
        raise UsageError(
            f"the server has no project {title!r}. Fix: create it with goldspan studio push, or correct the `title`"
        )
    config = client.sdk.projects.get(project.id).label_config or ""
    current_migrations(config, scheme, title)
    if missing := missing_controls(config, scheme):
        problem = f"the labeling config of {title!r} lacks {', '.join(missing[:5])} of {scheme.ref}"
        raise UsageError(f"{problem}. Fix: update it with goldspan studio push, or use another `title` or `scheme`")
    return project


def missing_controls(config: str, scheme: Scheme) -> list[str]:
    """Return the controls and labels of a scheme that a labeling config lacks, sorted."""
    try:
        elements = list(ET.fromstring(config).iter())
    except ET.ParseError:
        elements = []
    names = {element.get("name") for element in elements}
    names |= {element.get("alias") or element.get("value") for element in elements if element.tag == "Label"}
    needed = {*control_names(scheme), *(result_label(label, scheme) for label in scheme.labels)}
    return sorted(needed - {name for name in names if name})


def register_backend(
    client: StudioClient, project: Project, *, url: str, credentials: BasicCredentials, name: str
) -> BackendRegistration:
    """Register a backend that is already running in a project, and have the project show its suggestions.

    A registration left by an earlier start is updated; those of other backends are not touched.

    Args:
        client: The server.
        project: Project whose tasks the backend gets.
        url: URL at which the server reaches the backend.
        credentials: Credentials of the backend.
        name: Name of the extractor: title of the registration and version of its suggestions.

    Raises:
        DependencyError: The server may not call this machine, or does not reach it.
        StudioError: The request failed.
    """
    before = client.sdk.projects.get(project.id).model_version or ""
    registered, replaced = put_backend(
        client, project, url=url, credentials=credentials, title=name, description=BACKEND_DESCRIPTION
    )
    client.sdk.projects.update(project.id, model_version=name, show_collab_predictions=True)
    return BackendRegistration(
        id=registered,
        project=project,
        url=url,
        user=credentials.user,
        name=name,
        replaced=replaced,
        before=before,
        first=min(_backends(client, project)) == registered,
    )


def put_backend(
    client: StudioClient,
    project: Project,
    *,
    url: str,
    credentials: BasicCredentials,
    title: str,
    description: str,
    interactive: bool = False,
) -> tuple[int, str]:
    """Create a registration, or update the one with the same description.

    Args:
        client: The server.
        project: The project.
        url: URL at which the server reaches the backend.
        credentials: Credentials of the backend.
        title: Title of the registration.
        description: What it is recognised by.
        interactive: Whether pages ask it as people annotate.

    Returns:
        The server's id of the registration, and the URL of the one that was updated; empty if there was none.

    Raises:
        DependencyError: The server may not call this machine, or does not reach it.
        StudioError: The request failed.
    """
    earlier = _backends(client, project)
    own = [key for key, item in earlier.items() if item.description == description]
    settings: dict[str, Any] = {
        "project": project.id,
        "url": url,
        "title": title,
        "description": description,
        "is_interactive": interactive,
        "auth_method": "BASIC_AUTH",
        "basic_auth_user": credentials.user,
        "basic_auth_pass": credentials.password,
        "timeout": _PATIENCE,
        "request_options": _SLOWLY,
    }
    earlier_webhooks = _webhooks(client, project)
    failure: StudioError | None = None
    try:
        if own:
            client.sdk.ml.update(own[0], **settings)
        else:
            client.sdk.ml.create(**settings)
    except StudioError as error:
        failure = error
    # a server that rejects webhooks to this machine says so only after it has created the registration, which is then
    # recognised by the user name
    backends = _backends(client, project)
    registered = [key for key, item in backends.items() if item.basic_auth_user == credentials.user]
    if not registered:
        if failure:
            raise _registration_error(client, failure)
        raise StudioError("the backend's registration is missing. Fix: run the command again")
    # a new registration comes with a webhook that would send everything that people do; nothing here needs it
    for webhook, address in _webhooks(client, project).items():
        if webhook not in earlier_webhooks and address == f"{url}/webhook":
            client.sdk.webhooks.delete(webhook)
    return registered[0], earlier[own[0]].url if own else ""


def unregister_backend(client: StudioClient, registration: BackendRegistration) -> bool:
    """Remove a registration and keep its suggestions. Return whether it was still the one of this start.

    A registration without a backend would hide the existing suggestions, and whatever listens on the port next would
    be sent the server's token.

    Raises:
        StudioError: The request failed.
    """
    projects, project = client.sdk.projects, registration.project.id
    backends = _backends(client, registration.project).values()
    if not any(item.basic_auth_user == registration.user for item in backends):
        return False
    shown = projects.get(project).model_version
    client.sdk.ml.delete(registration.id, request_options=_SLOWLY)
    for version in (registration.before, registration.name) if shown == registration.name else ():
        # the server clears the version along with the registration
        if version and not projects.get(project).model_version:
            try:
                projects.update(project, model_version=version)
            except StudioError as error:
                if error.status != 400:  # no suggestions of that version exist
                    raise
    return True


def _backends(client: StudioClient, project: Project) -> dict[int, MlBackend]:
    return {item.id: item for item in client.sdk.ml.list(project=project.id, request_options=_SLOWLY)}


def _webhooks(client: StudioClient, project: Project) -> dict[int, str]:
    return {webhook.id: webhook.url for webhook in client.sdk.webhooks.list(project=str(project.id))}


def _registration_error(client: StudioClient, error: StudioError) -> DependencyError:
    """Return an error that explains why the server rejected the registration."""
    if error.status == 403 and "reserved network address" in str(error):
        if client.connection.server:
            option = client.connection.name_option
            fix = f"goldspan studio down{option}, then goldspan studio up --local-backends{option}"
        else:
            fix = "start it with ML_BLOCK_LOCAL_IP=false, or use a `host` address that it may call"
        return DependencyError(f"the server may not call services on this machine. Fix: {fix}")
    return error
