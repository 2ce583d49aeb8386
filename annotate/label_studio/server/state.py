"""What was last started for a server, kept between commands."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from . import process
from .credentials import write_private
from .paths import ServerPaths


@dataclass(frozen=True, slots=True)
class ServerState:
    """The last start of a server.

    Attributes:
        port: On loopback; the next start takes it again if it can.
        version: Of Label Studio.
        local_backends: May it call services on this machine.
        pid: Of the process; 0 before there is one.
        identity: Of the process, which a later one with its pid does not have.
        settled: Whether the server ever took its token.
    """

    port: int
    version: str
    local_backends: bool = False
    pid: int = 0
    identity: str = ""
    settled: bool = False

    @property
    def alive(self) -> bool:
        """Whether that very process still runs."""
        return bool(self.pid and self.identity and process.process_identity(self.pid) == self.identity)

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.port}"


def read_state(place: ServerPaths) -> ServerState | None:
    """That of a server; none where nothing was started, or nothing that can be read."""
    try:
        return ServerState(**json.loads(place.state.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_state(place: ServerPaths, state: ServerState) -> None:
    """Keeps it."""
    write_private(place.state, json.dumps(asdict(state), indent=1) + "\n")
