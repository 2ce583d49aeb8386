"""Paths of the embedded servers: one folder per user, with a subfolder for each server."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ....schema import DependencyError, UsageError
from ...user_folders import user_data_folder
from ..client.connection import DEFAULT_SERVER

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class ServerPaths:
    """Paths of one server's files.

    Attributes:
        name: Name of the server.
        folder: Folder of all its files; accessible to its owner only.
    """

    name: str
    folder: Path

    @property
    def data(self) -> Path:
        """Label Studio's own data folder: database, uploads, signing key."""
        return self.folder / "data"

    @property
    def database(self) -> Path:
        """SQLite database with projects, tasks and annotations."""
        return self.data / "label_studio.sqlite3"

    @property
    def database_choice(self) -> Path:
        """File that names the database if it is not SQLite, with its password; readable by its owner only."""
        return self.folder / "database.json"

    @property
    def postgres(self) -> Path:
        """Data of goldspan's own PostgreSQL."""
        return self.folder / "postgres"

    @property
    def credentials(self) -> Path:
        """File with user name, password and token; readable by its owner only."""
        return self.folder / "credentials.json"

    @property
    def state(self) -> Path:
        """File that records the last start."""
        return self.folder / "state.json"

    @property
    def log(self) -> Path:
        """Log file of the server."""
        return self.folder / "server.log"

    @property
    def lock(self) -> Path:
        """Lock file held while the server is being started or stopped."""
        return self.folder / "lock"


@dataclass(frozen=True, slots=True)
class StudioPaths:
    """Folders shared by all servers of a user.

    Attributes:
        root: Folder of the servers' data.
        environments: Folder of the installed server program; several roots can share it.
    """

    root: Path
    environments: Path

    def server(self, name: str = DEFAULT_SERVER) -> ServerPaths:
        """Return the paths of the server of that name, which need not exist.

        Raises:
            UsageError: The name is invalid.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(f"invalid server name {name!r}. Fix: use up to 40 of a-z, 0-9, - and _")
        return ServerPaths(name, self.root / "servers" / name)


def studio_paths() -> StudioPaths:
    """Return the folders in use.

    The root is `$GOLDSPAN_HOME`, or `user_data_folder`; `$GOLDSPAN_SERVER_ENV` puts the server
    program elsewhere.
    """
    home = os.environ.get("GOLDSPAN_HOME")
    root = Path(home).expanduser().absolute() if home else user_data_folder()
    environments = os.environ.get("GOLDSPAN_SERVER_ENV")
    return StudioPaths(root, Path(environments).expanduser().absolute() if environments else root / "environments")


def server_names(paths: StudioPaths) -> list[str]:
    """Return the names of the existing servers, running or not."""
    try:
        return sorted(folder.name for folder in (paths.root / "servers").iterdir() if _NAME.fullmatch(folder.name))
    except OSError:
        return []


def ensure_dir(folder: Path) -> Path:
    """Create a folder if needed, writable by its owner only, and return it.

    Raises:
        DependencyError: The folder cannot be created.
    """
    try:
        # an explicit mode whatever the umask: others must not be able to replace a folder on the path
        for part in (*reversed(folder.parents), folder):
            part.mkdir(mode=0o755, exist_ok=True)
    except OSError as error:
        fix = "set GOLDSPAN_HOME to another folder"
        raise DependencyError(f"{folder}: cannot be created: {error.strerror}. Fix: {fix}") from error
    return folder


def ensure_private_dir(folder: Path) -> Path:
    """Create a folder if needed, close it to other users, and return it.

    Raises:
        DependencyError: The folder cannot be created.
    """
    ensure_dir(folder).chmod(0o700)
    return folder
