"""Registration of the service in a project of the server beside which it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..backend.access import BasicCredentials
from ..backend.registration import put_backend
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..client.studio_error import StudioError
from ..server.mark_once_process import read_service, wait_for_service
from ..server.paths import studio_paths
from .answers import MarkOnce

if TYPE_CHECKING:
    from label_studio_sdk.types import MlBackend

DESCRIPTION = "goldspan marks the same words"
"""Description by which the registration is recognised."""


def register_service(client: StudioClient, project: Project) -> None:
    """Let the pages of a project ask the service that runs beside its server, if there is one.

    A service that ends meanwhile is as good as none: people annotate without it, and the next push registers it.

    Raises:
        DependencyError: The server may not call this machine.
        StudioError: A request failed.
    """
    if not client.connection.server:
        return
    service = read_service(studio_paths().server(client.connection.server).folder)
    if service is None or not wait_for_service(service):
        return
    shown = client.sdk.projects.get(project.id).model_version or ""
    before = "" if shown == MarkOnce.name else shown  # left by a push that was cut off
    if [(item.url, item.basic_auth_user) for item in _registered(client, project)] != [(service.url, service.user)]:
        try:
            put_backend(
                client,
                project,
                url=service.url,
                credentials=BasicCredentials(service.user, service.password),
                title=MarkOnce.name,
                description=DESCRIPTION,
                interactive=True,
            )
        except StudioError:
            if service.alive:
                raise
            return
        _remove_duplicates(client, project)
        # a new registration makes itself the source of the suggestions that the project shows
        shown = client.sdk.projects.get(project.id).model_version or ""
    if shown != before:
        client.sdk.projects.update(project.id, model_version=before)


def unregister_service(client: StudioClient, project: Project) -> None:
    """Remove the registration of the service, if there is one."""
    for item in _registered(client, project):
        client.sdk.ml.delete(item.id)


def _registered(client: StudioClient, project: Project) -> list[MlBackend]:
    """Return the registrations of the service, the oldest first."""
    found = client.sdk.ml.list(project=project.id)
    return sorted((item for item in found if item.description == DESCRIPTION), key=lambda item: item.id)


def _remove_duplicates(client: StudioClient, project: Project) -> None:
    """Remove all registrations but the oldest: pushes at the same time may each have created one."""
    for item in _registered(client, project)[1:]:
        try:
            client.sdk.ml.delete(item.id)
        except StudioError as error:
            if error.status != 404:  # the other push was quicker
                raise
