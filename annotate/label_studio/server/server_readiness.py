"""Whether an embedded server that was started is ready: its port in the log, and whether it accepts its token."""

from __future__ import annotations

import time

from ....schema import DependencyError
from ..client.connection import DEFAULT_SERVER, Connection
from ..client.http_client import StudioClient
from ..client.studio_error import StudioError
from . import log
from .credentials import Credentials, require_credentials
from .paths import ServerPaths, studio_paths
from .state import ServerState, read_state

_BOOT = 180.0
"""Seconds in which a server must respond; migrating a large database after an upgrade takes most of them."""


def connection_of(name: str = DEFAULT_SERVER) -> Connection:
    """Return the connection to a running embedded server.

    Raises:
        UsageError: The name is invalid.
        DependencyError: The server is not running.
    """
    paths = studio_paths().server(name)
    state = read_state(paths)
    if state is None or not state.alive:
        server, option = ("", "") if name == DEFAULT_SERVER else (f" {name!r}", f" --name {name}")
        raise DependencyError(f"goldspan's server{server} is not running. Fix: goldspan studio up{option}")
    return server_connection(paths, state, require_credentials(paths))


def server_connection(paths: ServerPaths, state: ServerState, credentials: Credentials) -> Connection:
    """Return the connection to a server with that state."""
    return Connection(state.url, credentials.token, paths.name)


def wait_for_port(paths: ServerPaths, state: ServerState, log_start: int) -> int:
    """Wait until the server logs its port and return it; 0 if the server gave up because the port is in use."""
    deadline = time.monotonic() + _BOOT
    while not (port := log.port_from_log(paths.log, log_start)):
        if not state.alive:
            if b"port is already in use" in paths.log.read_bytes()[log_start:]:
                return 0
            raise _exit_error(paths)
        if time.monotonic() > deadline:
            raise DependencyError(
                f"the server does not become ready. Fix: look at {paths.log}, then goldspan studio down"
            )
        time.sleep(0.05)
    return port


def wait_until_ready(paths: ServerPaths, state: ServerState, credentials: Credentials) -> None:
    """Wait until the server accepts its token."""
    deadline = time.monotonic() + _BOOT
    with StudioClient(server_connection(paths, state, credentials)) as client:
        while True:
            try:
                client.whoami()
            except StudioError as error:
                if not state.alive:
                    raise _exit_error(paths) from error
                if error.status or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return


def _exit_error(paths: ServerPaths) -> DependencyError:
    last_line = (log.last_lines(paths.log, 1) or ["no output"])[0][:300]
    return DependencyError(f"the server exited: {last_line}. Fix: goldspan studio logs shows more")
