"""Label Studio: an embedded server, and a client for any server.

`up`, `down` and `status` manage the embedded server; `resolve_connection` finds the server to use, and `studio_client`
connects to it.

Examples:
    >>> from goldspan.annotate.label_studio import resolve_connection, studio_client, up
    >>> server, started = up()
    >>> with studio_client(resolve_connection()) as client:
    ...     print(sorted(client.whoami())[:3])
    ['active_organization', 'active_organization_meta', 'allow_newsletters']
"""

from __future__ import annotations

from .client.connection import DEFAULT_SERVER, Connection
from .client.http_client import StudioClient, studio_client
from .client.studio_error import StudioError
from .server.lifecycle import ServerStatus, down, status, up
from .server.paths import ServerPaths, StudioPaths, studio_paths
from .server_selection import resolve_connection

__all__ = [
    "DEFAULT_SERVER",
    "Connection",
    "ServerPaths",
    "ServerStatus",
    "StudioClient",
    "StudioError",
    "StudioPaths",
    "down",
    "resolve_connection",
    "status",
    "studio_client",
    "studio_paths",
    "up",
]
