"""The way of a server's data to the Label Studio that this goldspan has.

A backup is made, brought back beside the server, migrated there and compared; a server is started on it once. Only then
it takes the place of the old data. If anything fails, that has not been touched.

What an upgrade will keep is on record before any of it is there, so that `forget_upgrade` finds each copy, whenever
the upgrade is killed. Of one that did not get as far as the exchange, nothing is kept: the data is as it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from .....schema import DependencyError, GoldspanError, UsageError
from .....schema.extras import require_extras
from .....schema.files.private_files import write_private
from .....schema.progress import Progress, ignore_progress
from ...client.connection import DEFAULT_SERVER
from ..data_switch import finish_switch, is_switching, kept_folder, switch_data
from ..databases.database_choice import DatabaseChoice, read_choice
from ..databases.database_preparation import resume_database, stop_database
from ..databases.postgres_template import migrate_database
from ..installation import Installation, install, pinned_version
from ..lifecycle import start_once
from ..lock import hold_lock
from ..paths import ServerPaths, ensure_private_dir, server_names, studio_paths
from ..state import ServerState, read_state, write_state
from .backup_manifest import MANIFEST, BackupManifest, read_backup_manifest
from .server_backup import (
    backed_up_choice,
    compare,
    discard_backup,
    unpack,
    write_backup,
)
from .server_restore import time_name
from .temporary_servers import discard_temporary_servers, temporary_server


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


class _Entry(msgspec.Struct, frozen=True):
    """An upgrade on record.

    Attributes:
        before: Version of Label Studio that the data was of.
        after: Version that it is of now, if the upgrade was completed.
        name: Name of the folder with the data before, in that of what is put away; the backup is beside it.
        completed: Whether the data was exchanged. If not, there is at most a backup.
    """

    before: str
    after: str
    name: str
    completed: bool = False

    def kept(self, paths: ServerPaths) -> Path:
        """Return the folder with the data before, which an exchange makes."""
        return kept_folder(paths) / self.name

    def backup(self, paths: ServerPaths) -> Path:
        """Return the folder of the backup."""
        return kept_folder(paths) / f"{self.name}-backup"


def upgrade_server(name: str = DEFAULT_SERVER, *, progress: Progress = ignore_progress) -> ServerUpgrade | None:
    """Take the data of a stopped server to the Label Studio that this goldspan has, whole or not at all.

    Args:
        name: Name of the server.
        progress: Called with the current step.

    Returns:
        What was done, by this call or by one that was interrupted at its end; None if the data is of that version.

    Raises:
        UsageError: No server has this name, it is running, or its database is the user's own.
        DependencyError: The upgrade failed, the data is of a newer version, or the record of earlier upgrades cannot
            be read; the data is as it was.
    """
    require_extras("Label Studio", "studio")
    paths = studio_paths().server(name)
    option = "" if name == DEFAULT_SERVER else f" --name {name}"
    if not paths.folder.is_dir():
        raise UsageError(f"no server is called {name!r}. Fix: goldspan studio up{option} makes a new one")
    with hold_lock(paths.lock, lambda: progress("waiting for another process that starts or stops the server", 0, 0)):
        kept = finish_switch(paths)
        _settle(paths)
        for entry in _read_record(paths):
            if entry.kept(paths) == kept:  # this very call was interrupted at its end, and is complete now
                return _told(paths, entry, read_backup_manifest(entry.backup(paths)))
        backed_up_choice(paths)
        state = read_state(paths)
        if state is None or state.version in ("", pinned_version()):
            return None
        state.check_release(pinned_version())
        if state.alive:
            raise UsageError(f"the server {name!r} is running. Fix: goldspan studio down{option}, then upgrade")
        installation = install(studio_paths(), progress)
        entry = _Entry(state.version, installation.version, f"{time_name()}-before-{installation.version}")
        _write_record(paths, [*_read_record(paths), entry])
        try:
            manifest = _upgrade(paths, state, entry, installation, progress)
        except GoldspanError as error:
            message = f"the upgrade to Label Studio {installation.version} failed, and the data is as before, of"
            fix = f"look at {_log(paths)}; a goldspan with {state.version} still runs the server"
            raise DependencyError(f"{message} {state.version}: {error}. Fix: {fix}") from error
        finally:
            _settle(paths)
        return _told(paths, entry, manifest)


def forget_upgrade(name: str = DEFAULT_SERVER) -> list[Path]:
    """Delete what upgrades of a server have kept: backups, the data as it was, and programs that no server needs.

    Returns:
        The folders that are deleted.

    Raises:
        UsageError: Nothing is kept, or no server has this name.
        DependencyError: The record of upgrades cannot be read.
    """
    shared = studio_paths()
    paths = shared.server(name)
    nothing = UsageError(f"nothing is kept of upgrades of the server {name!r}. Fix: leave out `forget`")
    if not paths.folder.is_dir():
        raise nothing
    with hold_lock(paths.lock):
        record = _read_record(paths)
        if not record:
            raise nothing
        finish_switch(paths)
        deleted = _settle(paths)
        states = [read_state(shared.server(other)) for other in server_names(shared)]
        needed = {pinned_version(), *(state.version for state in states if state is not None)}
        programs = {
            folder
            for entry in record
            if entry.before not in needed
            for folder in shared.environments.glob(f"{entry.before}-*")
            if folder.is_dir()
        }
        kept = [folder for entry in record for folder in (entry.backup(paths), entry.kept(paths)) if folder.is_dir()]
        for folder in (*kept, *sorted(programs)):
            shutil.rmtree(folder)
        _record_file(paths).unlink(missing_ok=True)
        return [*deleted, *kept, *sorted(programs)]


def _settle(paths: ServerPaths) -> list[Path]:
    """Record which upgrades were completed, and take back the others with their copies; return what is deleted.

    While an exchange is under way, which whoever comes next completes, nothing is done.
    """
    record = _read_record(paths)
    if is_switching(paths) or all(entry.completed for entry in record):
        return []
    settled = [
        msgspec.structs.replace(entry, completed=True)
        for entry in record
        if entry.completed or entry.kept(paths).is_dir()
    ]
    deleted = discard_temporary_servers(paths)
    for entry in record:
        if not entry.completed and not entry.kept(paths).is_dir():
            deleted += discard_backup(entry.backup(paths))
    _write_record(paths, settled)
    return deleted


def _upgrade(
    paths: ServerPaths, state: ServerState, entry: _Entry, installation: Installation, progress: Progress
) -> BackupManifest:
    """Back up the data, make the new data beside the old, and put it in its place; return what the backup says."""
    backup = entry.backup(paths)
    ensure_private_dir(backup.parent)
    manifest = write_backup(paths, backup, progress).manifest
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
        switch_data(paths, place, entry.name)
    return manifest


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


def _told(paths: ServerPaths, entry: _Entry, manifest: BackupManifest) -> ServerUpgrade:
    counts = manifest.figures.counts
    return ServerUpgrade(entry.before, entry.after, counts, entry.backup(paths), entry.kept(paths))


def _record_file(paths: ServerPaths) -> Path:
    return paths.folder / "upgrades.json"


def _read_record(paths: ServerPaths) -> list[_Entry]:
    path = _record_file(paths)
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[_Entry])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as error:
        fix = f"delete it, and in {kept_folder(paths)} what earlier upgrades have kept, by hand"
        raise DependencyError(f"{path}: the record of upgrades cannot be read: {error}. Fix: {fix}") from error


def _write_record(paths: ServerPaths, record: Sequence[_Entry]) -> None:
    if not record:
        _record_file(paths).unlink(missing_ok=True)
        return
    write_private(_record_file(paths), msgspec.json.format(msgspec.json.encode(record), indent=1).decode() + "\n")
