"""Starting, stopping and inspecting embedded Label Studio servers."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from ....schema import DependencyError, UsageError
from ....schema.extras import require_extras
from ....schema.progress import Progress, ignore_progress
from ...interrupt_signals import defer_signals
from ..client.connection import DEFAULT_SERVER
from ..client.http_client import StudioClient
from ..client.projects import count_projects
from ..client.studio_error import StudioError
from . import log, process
from .credentials import read_credentials, require_credentials
from .data_switch import finish_switch
from .databases.database_choice import URL, DatabaseChoice, read_choice, wanted_choice
from .databases.database_preparation import (
    choose_database,
    prepare_database,
    renew_database,
    resume_database,
    stop_database,
)
from .environment import server_environment
from .installation import Installation, install, pinned_version
from .lock import hold_lock
from .mark_once_process import read_service, service_is_installed, start_service, stop_service
from .paths import ServerPaths, ensure_private_dir, studio_paths
from .ports import free_port, is_free_port
from .server_readiness import server_connection, wait_for_port, wait_until_ready
from .state import ServerState, read_state, write_state

_GRACE = 10.0
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """Status of a server.

    Attributes:
        name: Name of the server.
        running: Whether it responds.
        error: Why it does not respond although its process is running; else empty.
        url: Current or last URL; empty if it was never started.
        pid: Process id; 0 if it is stopped.
        version: Version of Label Studio; empty if it was never started.
        folder: Folder of all its data.
        username: Login name; empty if it was never started.
        credentials: File with user name, password and token.
        projects: Number of projects; None if it does not respond.
        local_backends: Whether it may call machine learning backends on this machine.
        mark_once: Whether the service that marks the same words elsewhere runs beside it.
        database: Where its data is: `sqlite`, `postgres`, or the URL of the user's database without its password; empty
            if it was never started.
    """

    name: str
    running: bool
    error: str
    url: str
    pid: int
    version: str
    folder: Path
    username: str
    credentials: Path
    projects: int | None
    local_backends: bool
    mark_once: bool
    database: str


def up(
    name: str = DEFAULT_SERVER,
    *,
    port: int | None = None,
    local_backends: bool = False,
    mark_once: bool = True,
    database: str | None = None,
    database_url: str | None = None,
    progress: Progress = ignore_progress,
) -> tuple[ServerStatus, bool]:
    """Start a server unless it is running; install the server program if needed.

    Args:
        name: Name of the server.
        port: Port to listen on; the last one or any free one by default.
        local_backends: Whether the server may call machine learning backends on this machine.
        mark_once: Whether to run the service that marks the same words beside it, and let it call that.
        database: Where to keep the data: `sqlite` or `postgres` (goldspan's own, from the extra `postgres`). By default
            where the server has it, and SQLite for a new one.
        database_url: URL of a PostgreSQL database of your own, with its password, if it has one, in the environment
            variable GOLDSPAN_DATABASE_PASSWORD. Both are kept, so that later starts need neither.
        progress: Called with the current step of whatever takes long.

    Returns:
        The status of the running server, and whether this call started it.

    Raises:
        UsageError: The server is already running with other settings, or has its data in another database.
        DependencyError: The extra `studio` is missing, or the server or its database cannot be installed or started.
    """
    require_extras("Label Studio", "studio")
    paths = studio_paths().server(name)
    if sys.platform == "win32":
        message = "goldspan's own server runs on Linux and macOS only"
        raise DependencyError(f"{message}. Fix: start Label Studio yourself and pass its `url`")
    wanted = wanted_choice(database, database_url)
    ensure_private_dir(paths.folder)
    with hold_lock(paths.lock, lambda: progress("waiting for another process that starts or stops the server", 0, 0)):
        finish_switch(paths)
        log.rotate_log(paths.log)
        state = read_state(paths)
        chosen = choose_database(paths, wanted)
        if state is not None and state.alive:
            _check_settings(state, port, local_backends)
            resume_database(paths, chosen)
            wait_until_ready(paths, state, require_credentials(paths))
            if mark_once and state.local_backends:
                start_service(paths)
            return status(name), False
        if state is not None and state.settled and chosen.kind != URL:
            option = "" if name == DEFAULT_SERVER else f" --name {name}"
            state.check_release(pinned_version(), upgrade=f"goldspan studio upgrade{option}")
        installation = install(studio_paths(), progress)
        chosen = prepare_database(paths, installation, chosen, progress)
        progress("starting the server", 0, 0)
        _start(paths, installation, chosen, state, port, local_backends or (mark_once and service_is_installed()))
        if mark_once:
            start_service(paths)
        return status(name), True


def down(name: str = DEFAULT_SERVER) -> bool:
    """Stop a server and keep its data. Return whether it was running.

    Raises:
        DependencyError: The server does not stop.
    """
    paths = studio_paths().server(name)
    if not paths.state.is_file():
        return False
    with hold_lock(paths.lock):
        state = read_state(paths)
        stop_service(paths)
        if state is None or not state.alive:
            stop_database(paths)
            return False
        process.stop_process(state.pid, state.identity, grace=_GRACE)
        if state.alive:
            raise DependencyError(f"process {state.pid} does not stop. Fix: kill it")
        stop_database(paths)
        write_state(paths, replace(state, pid=0, identity=""))
    return True


def status(name: str = DEFAULT_SERVER) -> ServerStatus:
    """Return the status of a server.

    Raises:
        UsageError: The name is invalid.
        DependencyError: The server's credentials cannot be read.
    """
    paths = studio_paths().server(name)
    state = read_state(paths)
    credentials = read_credentials(paths)
    alive = state is not None and state.alive
    error_message, projects = "", None
    if state is not None and alive and credentials is not None:
        try:
            with StudioClient(server_connection(paths, state, credentials)) as client:
                projects = count_projects(client)
        except StudioError as error:
            error_message = str(error)
    return ServerStatus(
        name=name,
        running=projects is not None,
        error=error_message,
        url=state.url if state is not None else "",
        pid=state.pid if state is not None and alive else 0,
        version=state.version if state is not None else "",
        folder=paths.folder,
        username=credentials.username if credentials is not None else "",
        credentials=paths.credentials,
        projects=projects,
        local_backends=state is not None and state.local_backends,
        mark_once=(service := read_service(paths.folder)) is not None and service.alive,
        database=found.address if (found := read_choice(paths)) is not None else "",
    )


def start_once(paths: ServerPaths, installation: Installation) -> None:
    """Start a server that is not in use, see that it accepts its token, and stop it.

    Raises:
        StudioError: It does not accept its token.
        DependencyError: It does not start.
    """
    choice = read_choice(paths)
    assert choice is not None
    try:
        _start(paths, installation, resume_database(paths, choice), read_state(paths), None, False)
    finally:
        state = read_state(paths)
        if state is not None and state.alive:
            process.stop_process(state.pid, state.identity, grace=_GRACE)
        stop_database(paths)


def _check_settings(state: ServerState, port: int | None, local_backends: bool) -> None:
    if port is not None and port != state.port:
        raise UsageError(
            f"the server is running on port {state.port}. Fix: goldspan studio down, "
            f"then goldspan studio up --port {port}"
        )
    if local_backends and not state.local_backends:
        message = "the server is running without access to backends on this machine"
        raise UsageError(f"{message}. Fix: goldspan studio down, then goldspan studio up --local-backends")


def _start(
    paths: ServerPaths,
    installation: Installation,
    database: DatabaseChoice,
    last: ServerState | None,
    port: int | None,
    local_backends: bool,
) -> None:
    """Start the server; retry on another port or with a fresh database if the first attempt shows the need."""
    if port is not None and not is_free_port(port):
        raise DependencyError(f"port {port} is in use. Fix: another `port`, or none")
    chosen = port or (last.port if last is not None and is_free_port(last.port) else free_port())
    settled = last.settled if last is not None else False
    credentials = require_credentials(paths)
    for _ in range(_ATTEMPTS):
        state = ServerState(chosen, installation.version, local_backends, settled=settled)
        log_start = log.log_size(paths.log)
        command = installation.start_command(chosen, state.url)
        variables = server_environment(paths, credentials, database.server_variables(), local_backends=local_backends)
        try:
            with defer_signals():  # an interruption takes effect once the process is on record
                pid = process.start_process(command, environment=variables, folder=paths.data, log=paths.log)
                state = replace(state, pid=pid, identity=process.process_identity(pid))
                write_state(paths, state)
            if wait_for_port(paths, state, log_start) == chosen:
                wait_until_ready(paths, state, credentials)
                write_state(paths, replace(state, settled=True))
                return
        except StudioError as error:
            if error.status != 401 or settled:
                raise
            # the first start was cut off after creating the user and before setting the token: the data is unused
            process.stop_process(state.pid, state.identity, grace=_GRACE)
            database = renew_database(paths, installation, database)
            continue
        except KeyboardInterrupt:  # whoever interrupts a start does not want the server
            with defer_signals():
                if state.pid:
                    process.stop_process(state.pid, state.identity, grace=_GRACE)
                write_state(paths, replace(state, pid=0, identity=""))
                stop_database(paths)
            raise
        # another program took the port meanwhile, so the server uses the next one, which its links do not name
        process.stop_process(state.pid, state.identity, grace=_GRACE)
        if port is not None:
            break
        chosen = free_port()
    raise DependencyError(f"port {chosen} is taken again and again. Fix: another `port`")
