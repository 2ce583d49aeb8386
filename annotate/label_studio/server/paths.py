"""Where the embedded servers lie: one folder of the user's, one below it for each server."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from ....schema import DependencyError, UsageError

DEFAULT = "default"
"""The name of the server that is meant where none is named."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class ServerPaths:
    """The files of one server.

    Attributes:
        name: The server's name.
        folder: Holds all that is its own; open to its owner only.
    """

    name: str
    folder: Path

    @property
    def data(self) -> Path:
        """The server's own folder: database, uploads, signing key."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """Projects, tasks, annotations."""
        return self.data / "label_studio.sqlite3"

    @property
    def credentials(self) -> Path:
        """User name, password and token; readable by the owner only."""
        return self.folder / "credentials.json"

    @property
    def state(self) -> Path:
        """What was last started."""
        return self.folder / "state.json"

    @property
    def log(self) -> Path:
        """What the server writes."""
        return self.folder / "server.log"

    @property
    def lock(self) -> Path:
        """Held while the server is being started or stopped."""
        return self.folder / "lock"


@dataclass(frozen=True, slots=True)
class StudioPaths:
    """The folders that all servers of a user share.

    Attributes:
        root: Holds the servers' data.
        environments: Holds the server program; several homes can share it.
    """

    root: Path
    environments: Path

    def place(self, name: str = DEFAULT) -> ServerPaths:
        """The files of the server of that name, whether there is one or not.

        Raises:
            UsageError: The name is none.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no name of a server. Fix: up to 40 of a-z, 0-9, - and _")
        return ServerPaths(name, self.root / "servers" / name)


def studio_paths() -> StudioPaths:
    """`$GOLDSPAN_HOME`, or the platform's folder for data; `$GOLDSPAN_SERVER_ENV` parts the program from it."""
    given = os.environ.get("GOLDSPAN_HOME")
    root = Path(given).expanduser().absolute() if given else _data_folder() / "goldspan"
    apart = os.environ.get("GOLDSPAN_SERVER_ENV")
    return StudioPaths(root, Path(apart).expanduser().absolute() if apart else root / "environments")


def server_names(paths: StudioPaths) -> list[str]:
    """Names of the servers that there are, running or not."""
    try:
        return sorted(folder.name for folder in (paths.root / "servers").iterdir() if _NAME.fullmatch(folder.name))
    except OSError:
        return []


def _data_folder() -> Path:
    if given := os.environ.get("XDG_DATA_HOME"):
        return Path(given).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    return Path.home() / ".local" / "share"


def ensure_dir(folder: Path) -> Path:
    """The folder, made where it is not there, for nobody else to write.

    Raises:
        DependencyError: It cannot be made.
    """
    try:
        for part in (*reversed(folder.parents), folder):  # whatever the umask, others must not put theirs in its place
            part.mkdir(mode=0o755, exist_ok=True)
    except OSError as error:
        fix = "name another folder in GOLDSPAN_HOME"
        raise DependencyError(f"{folder}: cannot be made: {error.strerror}. Fix: {fix}") from error
    return folder


def ensure_private_dir(folder: Path) -> Path:
    """The folder, made where it is not there, and closed to others.

    Raises:
        DependencyError: It cannot be made.
    """
    ensure_dir(folder).chmod(0o700)
    return folder
