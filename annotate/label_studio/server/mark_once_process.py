"""The service that answers marks, as a process beside an embedded server; see `mark_once`."""

from __future__ import annotations

import json
import socket
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from secrets import token_hex, token_urlsafe

from ....schema.extras import missing_extras
from ....schema.files.private_files import write_private
from ...child_environment import without_tokens
from ...interrupt_signals import defer_signals
from . import process
from .paths import ServerPaths
from .ports import LOOPBACK, free_port, is_free_port

HOST = LOOPBACK
_FILE = "mark_once.json"
_GRACE = 3.0
_BOOT = 20.0


@dataclass(frozen=True, slots=True)
class MarkOnceService:
    """The last start of the service, whose port and secret stay the same, so that projects find it again.

    Attributes:
        port: Port on the loopback interface.
        user: User name that the server presents.
        password: Password that it presents.
        pid: Process id; 0 if it is stopped.
        identity: Identity of the process.
    """

    port: int
    user: str
    password: str = field(repr=False)
    pid: int = 0
    identity: str = ""

    @property
    def alive(self) -> bool:
        """Whether this very process is still running."""
        return bool(self.pid and self.identity and process.process_identity(self.pid) == self.identity)

    @property
    def url(self) -> str:
        """URL of the service."""
        return f"http://{HOST}:{self.port}"


def read_service(folder: Path) -> MarkOnceService | None:
    """Return the service of the server with this folder; None if it was never started."""
    try:
        return MarkOnceService(**json.loads((folder / _FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def service_is_installed() -> bool:
    """Return whether what the service needs is installed."""
    return not missing_extras("marking once", "backend")


def start_service(paths: ServerPaths) -> None:
    """Start the service unless it runs or is not installed. Its port is that of the last start, if it is free."""
    service = read_service(paths.folder)
    if not service_is_installed() or (service is not None and service.alive):
        return
    service = service or MarkOnceService(free_port(), f"goldspan-{token_hex(4)}", token_urlsafe(32))
    if not is_free_port(service.port):
        service = replace(service, port=free_port())
    _write(paths, replace(service, pid=0, identity=""))
    command = [sys.executable, "-P", "-m", "goldspan.annotate.label_studio.mark_once.serve_marks", str(paths.folder)]
    log = paths.folder / "mark_once.log"
    with defer_signals():  # an interruption takes effect once the process is on record
        pid = process.start_process(command, environment=without_tokens(), folder=paths.folder, log=log)
        _write(paths, replace(service, pid=pid, identity=process.process_identity(pid)))


def wait_for_service(service: MarkOnceService) -> bool:
    """Wait until a service that was just started responds. Return False if it has ended, or does not respond."""
    deadline = time.monotonic() + _BOOT
    while service.alive and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((HOST, service.port), timeout=_BOOT):
            return True
        time.sleep(0.05)
    return False


def stop_service(paths: ServerPaths) -> None:
    """Stop the service if it is running."""
    service = read_service(paths.folder)
    if service is not None and service.alive:
        process.stop_process(service.pid, service.identity, grace=_GRACE)
        _write(paths, replace(service, pid=0, identity=""))


def _write(paths: ServerPaths, service: MarkOnceService) -> None:
    write_private(paths.folder / _FILE, json.dumps(asdict(service), indent=1) + "\n")
