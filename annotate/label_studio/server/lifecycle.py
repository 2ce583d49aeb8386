"""The life of an embedded Label Studio: up, down, and what it is doing."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from ....schema import DependencyError, UsageError
from ...signals import defer_signals
from ..client.client import StudioClient, StudioError
from ..client.connection import Connection
from . import log, process
from .credentials import Credentials, generate_credentials, read_credentials, write_credentials
from .database import fresh_database, make_template
from .environment import server_environment
from .installation import Installation, install
from .lock import hold_lock
from .paths import DEFAULT, ServerPaths, ensure_private_dir, studio_paths
from .ports import LOOPBACK, free_port, is_free_port
from .progress import ByteProgress, no_progress
from .state import ServerState, read_state, write_state

_BOOT = 180.0
"""Seconds in which a server must answer: migrations of a large database after an upgrade take most of them."""

_GRACE = 10.0
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What one server is doing.

    Attributes:
        name: Of the server.
        running: Whether it answers.
        fault: Why it does not though its process runs; else empty.
        url: Where it answers, or last did; empty where it never ran.
        pid: Of its process; 0 where none runs.
        version: Of Label Studio; empty where it never ran.
        folder: All its data.
        username: What a person logs in with; empty where it never ran.
        credentials: The file with user name, password and token.
        projects: How many it has; None where it does not answer.
        local_backends: May it call services on this machine.
    """

    name: str
    running: bool
    fault: str
    url: str
    pid: int
    version: str
    folder: Path
    username: str
    credentials: Path
    projects: int | None
    local_backends: bool


def up(
    name: str = DEFAULT, *, port: int | None = None, local_backends: bool = False, tell: ByteProgress = no_progress
) -> tuple[ServerStatus, bool]:
    """Starts a server where it does not run; installs the program where it is not there.

    Args:
        name: Of the server.
        port: To listen on; the last one, or any that is free, if not given.
        local_backends: May it call services that make suggestions on this machine.
        tell: Told of what takes long.

    Returns:
        The running server, and whether it was started by this call.

    Raises:
        UsageError: It runs already, with other settings.
        DependencyError: It cannot be installed or started.
    """
    place = studio_paths().place(name)
    ensure_private_dir(place.folder)
    with hold_lock(place.lock, lambda: tell("waiting: someone else starts or stops the server", 0, 0)):
        log.rotate_log(place.log)
        state = read_state(place)
        if state is not None and state.alive:
            _refuse_other_settings(state, port, local_backends)
            _answering(place, state, _credentials(place))
            return status(name), False
        environment = install(studio_paths(), tell)
        _prepare(place, environment, tell)
        tell("starting the server", 0, 0)
        _start(place, environment, state, port, local_backends)
        return status(name), True


def down(name: str = DEFAULT) -> bool:
    """Stops a server; its data stays. Returns whether there was one to stop.

    Raises:
        DependencyError: It does not end.
    """
    place = studio_paths().place(name)
    if not place.state.is_file():
        return False
    with hold_lock(place.lock):
        state = read_state(place)
        if state is None or not state.alive:
            return False
        process.stop_process(state.pid, state.identity, grace=_GRACE)
        if state.alive:
            raise DependencyError(f"process {state.pid} does not end. Fix: end it with the system's means")
        write_state(place, replace(state, pid=0, identity=""))
    return True


def status(name: str = DEFAULT) -> ServerStatus:
    """What a server is doing.

    Raises:
        UsageError: The name is none.
        DependencyError: Its credentials cannot be read.
    """
    place = studio_paths().place(name)
    state = read_state(place)
    credentials = read_credentials(place)
    alive = state is not None and state.alive
    fault, projects = "", None
    if state is not None and alive and credentials is not None:
        try:
            with StudioClient(_connection(place, state, credentials)) as api:
                projects = int(api.get("/api/projects/", params={"page_size": 1, "include": "id"})["count"])
        except StudioError as error:
            fault = str(error)
    return ServerStatus(
        name=name,
        running=projects is not None,
        fault=fault,
        url=state.url if state is not None else "",
        pid=state.pid if state is not None and alive else 0,
        version=state.version if state is not None else "",
        folder=place.folder,
        username=credentials.username if credentials is not None else "",
        credentials=place.credentials,
        projects=projects,
        local_backends=state is not None and state.local_backends,
    )


def connection_of(name: str = DEFAULT) -> Connection:
    """The connection to a running embedded server.

    Raises:
        UsageError: The name is none.
        DependencyError: It does not run.
    """
    place = studio_paths().place(name)
    state = read_state(place)
    if state is None or not state.alive:
        which = "" if name == DEFAULT else f" {name!r}"
        named = "" if name == DEFAULT else f" --name {name}"
        raise DependencyError(f"goldspan's server{which} does not run. Fix: goldspan studio up{named}")
    return _connection(place, state, _credentials(place))


def _connection(place: ServerPaths, state: ServerState, credentials: Credentials) -> Connection:
    return Connection(state.url, credentials.token, place.name)


def _credentials(place: ServerPaths) -> Credentials:
    credentials = read_credentials(place)
    if credentials is None:
        fix = f"put the file back from a copy, or move {place.folder} away for a server without the data"
        raise DependencyError(f"{place.credentials}: is gone, and the server's data has that user. Fix: {fix}")
    return credentials


def _refuse_other_settings(state: ServerState, port: int | None, local_backends: bool) -> None:
    if port is not None and port != state.port:
        raise UsageError(f"the server runs on port {state.port}. Fix: goldspan studio down, then up --port {port}")
    if local_backends and not state.local_backends:
        message = "the server runs without backends on this machine"
        raise UsageError(f"{message}. Fix: goldspan studio down, then up --local-backends")


def _prepare(place: ServerPaths, environment: Installation, tell: ByteProgress) -> None:
    if place.database.is_file():
        _credentials(place)
        return
    if read_credentials(place) is None:
        write_credentials(place, generate_credentials(place.name))
    fresh_database(place, make_template(environment, tell))


def _start(
    place: ServerPaths, environment: Installation, last: ServerState | None, port: int | None, local_backends: bool
) -> None:
    """Starts the server, on another port or with a fresh database where the first try shows the need."""
    if port is not None and not is_free_port(port):
        raise DependencyError(f"port {port} is taken. Fix: another --port, or none")
    chosen = port or (last.port if last is not None and is_free_port(last.port) else free_port())
    settled = last.settled if last is not None else False
    credentials = _credentials(place)
    for _ in range(_ATTEMPTS):
        state = ServerState(chosen, environment.version, local_backends, settled=settled)
        since = log.log_size(place.log)
        command = [str(environment.program), "start", "--no-browser", "--internal-host", LOOPBACK]
        command += ["--port", str(chosen), "--host", state.url]
        variables = server_environment(place, credentials, local_backends=local_backends)
        try:
            with defer_signals():  # at whose end an interruption is heard that came meanwhile
                pid = process.start_process(command, environment=variables, folder=place.data, log=place.log)
                state = replace(state, pid=pid, identity=process.process_identity(pid))
                write_state(place, state)
            said = _port_it_took(place, state, since)
            if said == chosen:
                _answering(place, state, credentials)
                write_state(place, replace(state, settled=True))
                return
        except StudioError as error:
            if error.status != 401 or settled:
                raise
            # the first start was cut off between making the user and giving it the token: nobody can have used it
            process.stop_process(state.pid, state.identity, grace=_GRACE)
            fresh_database(place, make_template(environment))
            continue
        except KeyboardInterrupt:  # whoever breaks off a start wants no server
            with defer_signals():
                if state.pid:
                    process.stop_process(state.pid, state.identity, grace=_GRACE)
                write_state(place, replace(state, pid=0, identity=""))
            raise
        # someone took the port in the meantime, so the server went to the next one, which its links would not name
        process.stop_process(state.pid, state.identity, grace=_GRACE)
        if port is not None:
            break
        chosen = free_port()
    raise DependencyError(f"port {chosen} is taken again and again. Fix: goldspan studio up --port N")


def _port_it_took(place: ServerPaths, state: ServerState, since: int) -> int:
    until = time.monotonic() + _BOOT
    while not (said := log.port_from_log(place.log, since)):
        if not state.alive:
            if b"port is already in use" in place.log.read_bytes()[since:]:
                return 0
            raise _ended(place)
        if time.monotonic() > until:
            raise DependencyError(f"the server does not get ready. Fix: see {place.log}, then goldspan studio down")
        time.sleep(0.05)
    return said


def _answering(place: ServerPaths, state: ServerState, credentials: Credentials) -> None:
    """Waits until the server answers to its own token."""
    until = time.monotonic() + _BOOT
    with StudioClient(_connection(place, state, credentials)) as api:
        while True:
            try:
                api.whoami()
            except StudioError as error:
                if not state.alive:
                    raise _ended(place) from error
                if error.status or time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return


def _ended(place: ServerPaths) -> DependencyError:
    last = (log.last_lines(place.log, 1) or ["it wrote nothing"])[0][:300]
    return DependencyError(f"the server ended at once: {last}. Fix: goldspan studio logs shows more")
