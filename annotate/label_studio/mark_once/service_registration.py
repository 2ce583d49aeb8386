"""Registration of the service in a project of the server beside which it runs."""

from __future__ import annotations

from ..backend.access import BasicCredentials
from ..backend.registration import put_backend
from ..client.http_client import StudioClient
from ..client.projects import Project
from ..server.mark_once_process import read_service
from ..server.paths import studio_paths
from .answers import MarkOnce

DESCRIPTION = "goldspan marks the same words"
"""Description by which the registration is recognised."""


def register_service(client: StudioClient, project: Project) -> None:
    """Let the pages of a project ask the service that runs beside its server, if there is one.

    Raises:
        DependencyError: The server may not call this machine.
        StudioError: A request failed.
    """
    if not client.connection.server:
        return
    service = read_service(studio_paths().server(client.connection.server).folder)
    if service is None or not service.alive:
        return
    registered = [item for item in client.sdk.ml.list(project=project.id) if item.description == DESCRIPTION]
    if [(item.url, item.basic_auth_user) for item in registered] == [(service.url, service.user)]:
        return
    before = client.sdk.projects.get(project.id).model_version or ""
    put_backend(
        client,
        project,
        url=service.url,
        credentials=BasicCredentials(service.user, service.password),
        title=MarkOnce.name,
        description=DESCRIPTION,
        interactive=True,
    )
    # a new registration makes itself the source of the suggestions that the project shows
    if (client.sdk.projects.get(project.id).model_version or "") != before:
        client.sdk.projects.update(project.id, model_version=before)


def unregister_service(client: StudioClient, project: Project) -> None:
    """Remove the registration of the service, if there is one."""
    for item in client.sdk.ml.list(project=project.id):
        if item.description == DESCRIPTION:
            client.sdk.ml.delete(item.id)
