"""The record of a server's last start, kept between commands."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from ....schema import DependencyError, UsageError
from ....schema.files.private_files import write_private
from . import process
from .paths import ServerPaths


@dataclass(frozen=True, slots=True)
class ServerState:
    """The last start of a server.

    Attributes:
        port: Port on the loopback interface; reused at the next start if possible.
        version: Version of Label Studio.
        local_backends: Whether it may call machine learning backends on this machine.
        pid: Process id; 0 if it is stopped.
        identity: Identity of the process, which a later process with the same pid does not have.
        settled: Whether the server has ever accepted its token.
    """

    port: int
    version: str
    local_backends: bool = False
    pid: int = 0
    identity: str = ""
    settled: bool = False

    @property
    def alive(self) -> bool:
        """Whether this very process is still running."""
        return bool(self.pid and self.identity and process.process_identity(self.pid) == self.identity)

    @property
    def url(self) -> str:
        """URL of the server."""
        return f"http://127.0.0.1:{self.port}"

    def check_release(self, program: str, *, upgrade: str = "") -> None:
        """Check that a version of Label Studio can run the data, or can take it over by an upgrade.

        Args:
            program: The version.
            upgrade: The command that upgrades it, if the data must be of that version already.

        Raises:
            DependencyError: The data is of a newer version.
            UsageError: It is of an earlier one, and must be of the same.
        """
        what = f"the server's data is of Label Studio {self.version}, and this goldspan has {program}"
        if release_order(self.version) > release_order(program):
            raise DependencyError(f"{what}. Fix: install the newer goldspan that ran it last")
        if upgrade and self.version and release_order(self.version) < release_order(program):
            raise UsageError(f"{what}. Fix: {upgrade}, which takes it there with a way back")


def release_order(version: str) -> tuple[int, ...]:
    """Return what versions of Label Studio are ordered by."""
    return tuple(map(int, re.findall(r"\d+", version)))


def read_state(paths: ServerPaths) -> ServerState | None:
    """Read the state of a server; None if it was never started or its file cannot be read."""
    try:
        return ServerState(**json.loads(paths.state.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write_state(paths: ServerPaths, state: ServerState) -> None:
    """Write the state of a server."""
    write_private(paths.state, json.dumps(asdict(state), indent=1) + "\n")
