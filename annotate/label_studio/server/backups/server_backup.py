"""Backups of an embedded server, made while it runs: one state of the database, and the files that it names.

A backup is written beside its place, brought back into a temporary server and compared, and only then gets its name.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .....schema import DataError, DependencyError, Problem, UsageError, os_error_hint
from .....schema.extras import require_extras
from .....schema.progress import Progress, ignore_progress
from ...client.connection import DEFAULT_SERVER
from ..credentials import require_credentials
from ..data_switch import finish_switch, make_durable
from ..databases.database_choice import URL, DatabaseChoice, read_choice
from ..installation import Installation, install, required_installation
from ..lock import hold_lock
from ..paths import ServerPaths, ensure_private_dir, studio_paths
from ..state import ServerState, read_state, write_state
from .backup_manifest import (
    DATABASE_FILES,
    FILES,
    MANIFEST,
    BackupFigures,
    BackupFile,
    BackupManifest,
    check_files,
    hash_file,
    write_backup_manifest,
)
from .database_snapshot import database_figures, restore_snapshot, take_snapshot
from .temporary_servers import temporary_server

_SETTINGS = ("credentials.json", "mark_once.json")
"""Files beside the data; the password of goldspan's own PostgreSQL is not one, because a restored one gets another."""


@dataclass(frozen=True, slots=True)
class ServerBackup:
    """What a backup holds.

    Attributes:
        folder: The backup.
        manifest: What it says of itself.
        left_out: Entries of the server's folder that are not in it: copies that a move left, links, devices, odd names.
    """

    folder: Path
    manifest: BackupManifest
    left_out: tuple[Path, ...]


def back_up_server(
    out: Path | str, name: str = DEFAULT_SERVER, *, progress: Progress = ignore_progress
) -> ServerBackup:
    """Back up a server, running or not, to a new folder that only its owner can read, and verify it.

    Args:
        out: The folder, which does not exist yet.
        name: Name of the server.
        progress: Called with the current step.

    Raises:
        UsageError: No server has this name, the folder exists, or the database is the user's own.
        DependencyError: The backup cannot be written, or what was read back is not the same; no folder is left.
    """
    require_extras("Label Studio", "studio")
    paths, folder = studio_paths().server(name), Path(out).absolute()
    option = "" if name == DEFAULT_SERVER else f" --name {name}"
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{out}: is there already, perhaps with another backup. Fix: a new folder")
    if not paths.folder.is_dir():
        raise UsageError(f"no server is called {name!r}. Fix: goldspan studio up{option} makes a new one")
    if folder.is_relative_to(paths.folder.absolute()):
        raise UsageError(f"{out}: is in the server's own folder. Fix: a folder elsewhere, best on another disk")
    with hold_lock(paths.lock, lambda: progress("waiting for another process that starts or stops the server", 0, 0)):
        finish_switch(paths)
        return write_backup(paths, folder, progress)


def write_backup(paths: ServerPaths, folder: Path, progress: Progress) -> ServerBackup:
    """Write a backup of a server whose lock is held; arguments and errors are those of `back_up_server`."""
    choice = backed_up_choice(paths)
    installation = install(studio_paths(), progress) if choice.password else required_installation(studio_paths())
    part = _part_of(folder)
    shutil.rmtree(part, ignore_errors=True)  # of an interrupted one
    try:
        part.mkdir(mode=0o700)
        copied = _FileCopy(paths, part / FILES)
        progress("copying the files", 0, 0)
        copied.update()
        progress("copying the database", 0, 0)
        database = part / DATABASE_FILES[choice.kind]
        figures = take_snapshot(paths, choice, database, installation)
        progress("copying the files", 0, 0)
        copied.update()  # those of before and of after: all that the database of the time between can name
        files = {path.relative_to(part).as_posix(): path for path in sorted(part.rglob("*")) if path.is_file()}
        manifest = _manifest(paths, choice, figures, {name: hash_file(path) for name, path in files.items()})
        write_backup_manifest(part, manifest)
        progress("reading it back", 0, 0)
        _verify(paths, part, manifest, installation)
        for path in (*part.rglob("*"), part):
            make_durable(path)
        part.rename(folder)
        make_durable(folder.parent)
    except OSError as error:
        hint = os_error_hint(error, writing=True)
        raise DependencyError(f"{folder}: cannot be written: {error.strerror}. Fix: {hint}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return ServerBackup(folder, manifest, tuple(sorted(copied.left_out)))


def discard_backup(folder: Path) -> list[Path]:
    """Delete a backup, and what an interruption left of it; return the folders that were there."""
    found = [path for path in (folder, _part_of(folder)) if path.is_dir()]
    for path in found:
        shutil.rmtree(path)
    return found


def backed_up_choice(paths: ServerPaths) -> DatabaseChoice:
    """Return the database of a server that can be backed up.

    Raises:
        UsageError: The server has no data yet, or has it in a database of the user's.
        DependencyError: A record of the server cannot be read.
    """
    choice = read_choice(paths)
    if choice is None:
        raise UsageError(f"the server {paths.name!r} has no data yet. Fix: goldspan studio up starts it")
    if choice.kind == URL:
        fix = f"pg_dump for the database, and a copy of {paths.data}"
        raise UsageError(
            f"the data of the server {paths.name!r} is in a database of yours: {choice.address}. Fix: {fix}"
        )
    require_credentials(paths)
    return choice


def unpack(backup: Path, manifest: BackupManifest, place: ServerPaths, installation: Installation) -> None:
    """Make a stopped server of a backup in a place that has none, and compare its figures with those of the manifest.

    Raises:
        DataError: A file of the backup is damaged, or the database has other figures than the manifest.
        DependencyError: The server cannot be made.
    """
    check_files(backup, manifest.files)
    try:
        ensure_private_dir(place.folder)
        for name in manifest.files:
            if name.startswith(f"{FILES}/"):
                target = place.folder / name.removeprefix(f"{FILES}/")
                ensure_private_folders(target.parent, place.folder)
                shutil.copyfile(backup / name, target)
                target.chmod(0o600)
        restore_snapshot(manifest.database, backup / DATABASE_FILES[manifest.database], place)
        write_state(place, ServerState(manifest.port, manifest.label_studio, manifest.local_backends, settled=True))
    except OSError as error:
        message = f"{place.folder}: cannot be written: {error.strerror}"
        raise DependencyError(f"{message}. Fix: {os_error_hint(error, writing=True)}") from error
    compare(place, manifest, installation, backup / MANIFEST)


def compare(place: ServerPaths, manifest: BackupManifest, installation: Installation, path: Path) -> None:
    """Check that the database of a stopped server has the figures of a manifest.

    Args:
        place: The server.
        manifest: The manifest; if the server is of a newer release than it, the number of other tables may differ.
        installation: An installation of Label Studio.
        path: What to name in the message.

    Raises:
        DataError: It has others.
    """
    state, choice = read_state(place), read_choice(place)
    assert state is not None and choice is not None
    there = database_figures(place, choice, installation)
    same_release = state.version == manifest.label_studio
    if differences := manifest.figures.differences(there, tables=same_release):
        more = f", and {len(differences) - 3} more" if len(differences) > 3 else ""
        what = f"the data did not arrive as it was: {'; '.join(differences[:3])}{more}"
        raise DataError(Problem(what, "use another backup", str(path)))


def ensure_private_folders(folder: Path, above: Path) -> None:
    """Make a folder and those between it and another one, closed to other users."""
    for part in (*reversed([p for p in folder.parents if p.is_relative_to(above)]), folder):
        part.mkdir(mode=0o700, exist_ok=True)


def _part_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.part")


def _verify(paths: ServerPaths, part: Path, manifest: BackupManifest, installation: Installation) -> None:
    with temporary_server(paths, "checking") as place:
        unpack(part, manifest, place, installation)


def _manifest(
    paths: ServerPaths, choice: DatabaseChoice, figures: BackupFigures, files: dict[str, BackupFile]
) -> BackupManifest:
    from importlib.metadata import version

    state = read_state(paths)
    return BackupManifest(
        made=datetime.now(UTC).replace(microsecond=0),
        goldspan=version("goldspan"),
        server=paths.name,
        label_studio=(state.version if state is not None else "") or required_installation(studio_paths()).version,
        database=choice.kind,
        port=state.port if state is not None else 0,
        local_backends=state is not None and state.local_backends,
        figures=figures,
        files=files,
    )


class _FileCopy:
    """A copy of a server's files but its database, brought up to date by each call of `update`.

    Args:
        paths: The server.
        target: Folder of the copy.

    Attributes:
        left_out: Files that are not copied.
    """

    def __init__(self, paths: ServerPaths, target: Path) -> None:
        self._paths = paths
        self._target = target
        self._copied: dict[Path, tuple[int, int]] = {}
        self.left_out: set[Path] = set()

    def update(self) -> None:
        """Copy what is new or has changed. What has been deleted since the last call stays in the copy."""
        for path in (*(self._paths.folder / name for name in _SETTINGS), *sorted(self._paths.data.rglob("*"))):
            if path.is_dir() and not path.is_symlink():
                continue
            if self._is_of_database(path):
                continue
            odd = path.is_symlink() or not _is_plain(path.name) or (path.exists() and not path.is_file())
            if odd or path.name.endswith(".before-move"):
                self.left_out.add(path)
                continue
            try:
                found = path.stat()
                now = (found.st_size, found.st_mtime_ns)
                if self._copied.get(path) != now:
                    self._copy(path)
                    self._copied[path] = now
            except FileNotFoundError:  # deleted meanwhile
                continue

    def _is_of_database(self, path: Path) -> bool:
        base = self._paths.database
        return path.parent == base.parent and path.name in {base.name + end for end in ("", "-journal", "-wal", "-shm")}

    def _copy(self, path: Path) -> None:
        target = self._target / path.relative_to(self._paths.folder)
        ensure_private_folders(target.parent, self._target.parent)
        partial = target.with_name(f"{target.name}.part")
        shutil.copyfile(path, partial)
        partial.chmod(0o600)
        partial.replace(target)


def _is_plain(name: str) -> bool:
    """Return whether a manifest can hold a name, for any system."""
    return name.isprintable() and "\\" not in name  # what is not UTF-8 is not printable
