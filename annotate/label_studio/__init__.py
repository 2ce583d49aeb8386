"""Label Studio: a server of goldspan's own, and calls of any.

`up`, `down` and `status` manage the embedded server; `resolve_connection` says which server is meant, `studio_client`
calls it.
"""

from __future__ import annotations

from .client.client import StudioClient, StudioError, studio_client
from .client.connection import Connection, resolve_connection
from .server.lifecycle import ServerStatus, down, status, up
from .server.paths import DEFAULT, ServerPaths, StudioPaths, studio_paths

__all__ = [
    "DEFAULT",
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
