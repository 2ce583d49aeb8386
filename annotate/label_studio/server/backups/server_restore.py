"""The way of a backup back to a server: made and compared beside it, then put in place; what was there is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .....schema import DataError, DependencyError, Problem, UsageError
from .....schema.extras import require_extras
from .....schema.progress import Progress, ignore_progress
from ...client.connection import DEFAULT_SERVER
from ..data_switch import finish_switch, is_switching, switch_data
from ..databases.database_choice import POSTGRES, read_choice
from ..databases.database_preparation import stop_database
from ..databases.own_postgres import require_postgres
from ..installation import Installation, install, pinned_version, required_installation
from ..lock import hold_lock
from ..paths import ServerPaths, ensure_private_dir, studio_paths
from ..state import read_state, release_order
from .backup_manifest import MANIFEST, BackupManifest, read_backup_manifest
from .database_snapshot import database_figures
from .server_backup import unpack
from .temporary_servers import temporary_server


@dataclass(frozen=True, slots=True)
class ServerRestore:
    """What a restore has brought.

    Attributes:
        manifest: What the backup says of itself.
        kept: Folder with what the server had; None if it had nothing.
        upgrade: Whether the data is of an earlier Label Studio, to be upgraded before the server starts.
    """

    manifest: BackupManifest
    kept: Path | None
    upgrade: bool


def restore_server(
    backup: Path | str, name: str = DEFAULT_SERVER, *, replace: bool = False, progress: Progress = ignore_progress
) -> ServerRestore:
    """Make a server of a backup, whole or not at all.

    Args:
        backup: Folder of the backup.
        name: Name of the server, which need not be the one that was backed up.
        replace: Whether to put away what the server has.
        progress: Called with the current step.

    Raises:
        DataError: The backup is damaged, or of a newer release.
        UsageError: The server is running, or has data that is not to be replaced.
        DependencyError: The server cannot be made; it is as it was.
    """
    require_extras("Label Studio", "studio")
    folder, paths = Path(backup), studio_paths().server(name)
    option = "" if name == DEFAULT_SERVER else f" --name {name}"
    manifest = read_backup_manifest(folder)
    if release_order(manifest.label_studio) > release_order(pinned_version()):
        what = f"the data is of Label Studio {manifest.label_studio}, and this goldspan has {pinned_version()}"
        fix = f"install goldspan {manifest.goldspan}, which made the backup, or a newer one"
        raise DataError(Problem(what, fix, str(folder / MANIFEST)))
    if manifest.database == POSTGRES:
        require_postgres()
    ensure_private_dir(paths.folder)
    with hold_lock(paths.lock, lambda: progress("waiting for another process that starts or stops the server", 0, 0)):
        interrupted, kept = is_switching(paths), finish_switch(paths)
        state = read_state(paths)
        if state is not None and state.alive:
            raise UsageError(f"the server {name!r} is running. Fix: goldspan studio down{option}, then restore")
        is_postgres = manifest.database == POSTGRES
        installation = install(studio_paths(), progress) if is_postgres else required_installation(studio_paths())
        upgrade = manifest.label_studio != pinned_version()
        if interrupted and _holds(paths, manifest, installation):  # this very call was, and is complete now
            return ServerRestore(manifest, kept, upgrade)
        if not replace and has_data(paths):
            fix = "another server with `name`, or `replace`, which keeps what is there"
            raise UsageError(f"the server {name!r} has data already. Fix: {fix}")
        progress("reading the backup", 0, 0)
        with temporary_server(paths, "restoring") as place:
            unpack(folder, manifest, place, installation)
            stop_database(paths)
            kept = switch_data(paths, place, f"{time_name()}-before-restore")
    return ServerRestore(manifest, kept, upgrade)


def has_data(paths: ServerPaths) -> bool:
    """Return whether a server has a database, readable or not."""
    try:
        return read_choice(paths) is not None
    except DependencyError:
        return True


def _holds(paths: ServerPaths, manifest: BackupManifest, installation: Installation) -> bool:
    choice, state = read_choice(paths), read_state(paths)
    if choice is None or choice.kind != manifest.database:
        return False
    if state is None or state.version != manifest.label_studio:  # it was an upgrade that was interrupted
        return False
    return not manifest.figures.differences(database_figures(paths, choice, installation))


def time_name() -> str:
    """Return the time of now as the name of a folder, which no other one has."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S-%f")
