"""The way of a server's data to the Label Studio that this goldspan has.

A backup is made, brought back beside the server, migrated there and compared; a server is started on it once. Only then
it takes the place of the old data. If anything fails, that has not been touched.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from .....schema import DependencyError, GoldspanError, UsageError
from .....schema.extras import require_extras
from .....schema.files.private_files import write_private
from .....schema.progress import Progress, ignore_progress
from ...client.connection import DEFAULT_SERVER
from ..data_switch import finish_switch, kept_folder, switch_data
from ..databases.database_choice import DatabaseChoice, read_choice
from ..databases.database_preparation import resume_database, stop_database
from ..databases.postgres_template import migrate_database
from ..installation import Installation, install, pinned_version
from ..lifecycle import start_once
from ..lock import hold_lock
from ..paths import ServerPaths, server_names, studio_paths
from ..state import ServerState, read_state, write_state
from .backup_manifest import MANIFEST, BackupManifest
from .server_backup import backed_up_choice, compare, temporary_server, unpack, write_backup
from .server_restore import time_name


@dataclass(frozen=True, slots=True)
class ServerUpgrade:
    """What an upgrade has done.

    Attributes:
        before: Version of Label Studio that the data was of.
        after: Version that it is of now.
        counts: Number of projects, tasks, annotations, drafts, predictions and users, the same before and after.
        backup: Backup of the data before.
        kept: Folder with the data before, as it was.
    """

    before: str
    after: str
    counts: dict[str, int]
    backup: Path
    kept: Path


class _Record(msgspec.Struct, frozen=True):
    """What upgrades have kept of a server: versions of Label Studio, and folders."""

    versions: list[str] = []
    folders: list[str] = []


def upgrade_server(name: str = DEFAULT_SERVER, *, progress: Progress = ignore_progress) -> ServerUpgrade | None:
    """Take the data of a stopped server to the Label Studio that this goldspan has, whole or not at all.

    Args:
        name: Name of the server.
        progress: Called with the current step.

    Returns:
        What was done; None if the data is of that version already.

    Raises:
        UsageError: There is no such server, it is running, or its database is the user's own.
        DependencyError: The upgrade failed, or the data is of a newer version; it is as it was.
    """
    require_extras("Label Studio", "studio")
    paths = studio_paths().server(name)
    option = "" if name == DEFAULT_SERVER else f" --name {name}"
    if not paths.folder.is_dir():
        raise UsageError(f"there is no server {name!r} to upgrade. Fix: goldspan studio up{option} makes a new one")
    with hold_lock(paths.lock, lambda: progress("waiting for another process that starts or stops the server", 0, 0)):
        finish_switch(paths)
        backed_up_choice(paths)
        state = read_state(paths)
        if state is None or state.version in ("", pinned_version()):
            return None
        state.check_release(pinned_version())
        if state.alive:
            raise UsageError(f"the server {name!r} is running. Fix: goldspan studio down{option}, then upgrade")
        installation = install(studio_paths(), progress)
        stopped = kept_folder(paths) / f"{time_name()}-before-{installation.version}"
        backup = stopped.with_name(f"{stopped.name}-backup")
        backup.parent.mkdir(mode=0o700, exist_ok=True)
        manifest = write_backup(paths, backup, progress).manifest
        try:
            kept = _upgrade(paths, state, backup, manifest, installation, stopped.name, progress)
        except GoldspanError as error:
            shutil.rmtree(backup)
            message = f"the upgrade to Label Studio {installation.version} failed, and the data is as before, of"
            fix = f"look at {_log(paths)}; a goldspan with {state.version} still runs the server"
            raise DependencyError(f"{message} {state.version}: {error}. Fix: {fix}") from error
        _write_record(paths, state.version, (backup, kept))
        return ServerUpgrade(state.version, installation.version, manifest.figures.counts, backup, kept)


def forget_upgrade(name: str = DEFAULT_SERVER) -> list[Path]:
    """Delete what upgrades of a server have kept: backups, the data as it was, and programs that no server needs.

    Returns:
        The folders that are deleted.

    Raises:
        UsageError: Nothing is kept, or there is no such server.
    """
    shared = studio_paths()
    paths = shared.server(name)
    record = _read_record(paths) if paths.folder.is_dir() else _Record()
    if not record.folders:
        raise UsageError(f"nothing is kept of upgrades of the server {name!r}. Fix: leave out `forget`")
    with hold_lock(paths.lock):
        finish_switch(paths)
        states = [read_state(shared.server(other)) for other in server_names(shared)]
        needed = {pinned_version(), *(state.version for state in states if state is not None)}
        programs = [
            folder
            for version in record.versions
            if version not in needed
            for folder in shared.environments.glob(f"{version}-*")
            if folder.is_dir()
        ]
        kept = [
            folder for folder in map(Path, record.folders) if folder.is_dir() and folder.parent == kept_folder(paths)
        ]
        for folder in (*kept, *programs):
            shutil.rmtree(folder)
        _record_file(paths).unlink()
        return [*kept, *programs]


def _upgrade(
    paths: ServerPaths,
    state: ServerState,
    backup: Path,
    manifest: BackupManifest,
    installation: Installation,
    keep_as: str,
    progress: Progress,
) -> Path:
    """Make the new data beside the old, and put it in its place; return where the old data is."""
    with temporary_server(paths, "upgrading") as place:
        try:
            unpack(backup, manifest, place, installation)
            progress("migrating a copy", 0, 0)
            _migrate(place, installation)
            write_state(place, replace(state, version=installation.version, pid=0, identity=""))
            progress("comparing", 0, 0)
            compare(place, manifest, installation, backup / MANIFEST)
            progress("starting a server on the copy", 0, 0)
            start_once(place, installation)
        except GoldspanError:
            if place.log.is_file():
                shutil.copyfile(place.log, _log(paths))
            raise
        write_state(place, replace(state, version=installation.version, pid=0, identity=""))
        stop_database(paths)
        kept = switch_data(paths, place, keep_as)
    assert kept is not None
    return kept


def _migrate(place: ServerPaths, installation: Installation) -> None:
    choice = read_choice(place)
    assert choice is not None
    running: DatabaseChoice = resume_database(place, choice)
    try:
        migrate_database(installation, place.data, running.server_variables())
    finally:
        stop_database(place)


def _log(paths: ServerPaths) -> Path:
    return paths.folder / "upgrade.log"


def _record_file(paths: ServerPaths) -> Path:
    return paths.folder / "upgrades.json"


def _read_record(paths: ServerPaths) -> _Record:
    try:
        return msgspec.json.decode(_record_file(paths).read_bytes(), type=_Record)
    except (OSError, msgspec.MsgspecError):
        return _Record()


def _write_record(paths: ServerPaths, version: str, folders: tuple[Path, ...]) -> None:
    earlier = _read_record(paths)
    record = _Record([*earlier.versions, version], [*earlier.folders, *map(str, folders)])
    write_private(_record_file(paths), msgspec.json.encode(record).decode() + "\n")
