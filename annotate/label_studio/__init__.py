"""Label Studio: a server of goldspan's own, and calls of any.

`up`, `down` and `status` are the life of the embedded server; `resolve` says which server is meant, `client` calls it.
"""

from __future__ import annotations

from .api import Api, StudioError, client
from .connection import Connection, resolve
from .home import DEFAULT, Home, Place, home
from .server import Status, down, status, up

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
