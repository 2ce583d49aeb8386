"""Label Studio: a server of goldspan's own, and calls of any.

`up`, `down` and `status` are the life of the embedded server; `resolve` says which server is meant, `client` calls it.
"""

from __future__ import annotations

from .client.client import Api, StudioError, client
from .client.connection import Connection, resolve
from .server.lifecycle import Status, down, status, up
from .server.paths import DEFAULT, Home, Place, home

__all__ = [
    "DEFAULT",
    "Api",
    "Connection",
    "Home",
    "Place",
    "Status",
    "StudioError",
    "client",
    "down",
    "home",
    "resolve",
    "status",
    "up",
]
