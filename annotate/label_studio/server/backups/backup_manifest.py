"""What a backup says of itself: of which server and release it is, what it holds, and a hash of each of its files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from hashlib import file_digest
from pathlib import Path, PurePosixPath

import msgspec

from .....schema import DataError, Problem
from .....schema.errors import unreadable_problem
from .....schema.files.private_files import write_private
from ..databases.database_choice import POSTGRES, SQLITE

MANIFEST = "manifest.json"

DATABASE_FILES = {SQLITE: "database.sqlite3", POSTGRES: "database.dump"}
"""The file with the database, by its kind."""

FILES = "files"
"""Folder of the server's other files, by their paths in the server's folder."""

_FORMAT = 1
_WHAT = "backup of a Label Studio server"


class BackupFigures(msgspec.Struct, frozen=True):
    """Figures of a database; see `table_figures`.

    Attributes:
        counts: Number of projects, tasks, annotations, drafts, predictions and users.
        sample: Hashes of some rows of each of these, by kind and id.
        rows: Number of rows by table, of all tables.
    """

    counts: dict[str, int]
    sample: dict[str, dict[str, str]]
    rows: dict[str, int]

    def differences(self, other: BackupFigures, *, tables: bool = True) -> list[str]:
        """Return what another state of the database has otherwise, in words; an empty list if all is the same.

        Args:
            other: The other state.
            tables: Whether the rows of all tables count, which a newer release may have more of.
        """
        found = [
            f"{kind}: {other.counts.get(kind)} instead of {n}"
            for kind, n in self.counts.items()
            if other.counts.get(kind) != n
        ]
        for kind, rows in self.sample.items():
            there = other.sample.get(kind, {})
            found += [
                f"{kind}: the one with the id {key} is not the same" for key in rows if there.get(key) != rows[key]
            ]
        if tables and not found:
            names = sorted({*self.rows, *other.rows})
            found = [
                f"table {name}: {other.rows.get(name)} rows instead of {self.rows.get(name)}"
                for name in names
                if self.rows.get(name) != other.rows.get(name)
            ]
        return found


class BackupFile(msgspec.Struct, frozen=True):
    """A file of a backup.

    Attributes:
        bytes: Its size.
        sha256: Its hash (hex).
    """

    bytes: int
    sha256: str


class BackupManifest(msgspec.Struct, frozen=True):
    """The manifest of a backup.

    Attributes:
        made: Time at which the backup was made.
        goldspan: Version of goldspan that made it.
        server: Name of the server.
        label_studio: Version of Label Studio that the data is of.
        database: `sqlite` or `postgres`.
        port: Port that the server listened on last.
        local_backends: Whether it might call services on this machine.
        figures: Figures of the database, taken in the transaction that was copied.
        files: The files by path in the backup, without the manifest.
        what: What the file is.
        format: Version of the form of a backup.
    """

    made: datetime
    goldspan: str
    server: str
    label_studio: str
    database: str
    port: int
    local_backends: bool
    figures: BackupFigures
    files: dict[str, BackupFile]
    what: str = _WHAT
    format: int = _FORMAT


class _Form(msgspec.Struct):
    """What is read of a manifest of any version."""

    what: str = ""
    format: int = 0
    goldspan: str = ""


def write_backup_manifest(folder: Path, manifest: BackupManifest) -> None:
    """Write the manifest of a backup."""
    write_private(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1).decode() + "\n")


def read_backup_manifest(folder: Path) -> BackupManifest:
    """Read the manifest of a backup.

    Raises:
        DataError: There is none, it is damaged, or a newer goldspan made it.
    """
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as error:
        if not folder.is_dir() or isinstance(error, PermissionError):
            raise DataError(unreadable_problem(error, folder)) from error
        problem = Problem("not a backup: it has no manifest.json", "the folder that studio backup wrote", str(folder))
        raise DataError(problem) from error
    try:
        form = msgspec.json.decode(content, type=_Form)
        if form.what != _WHAT:
            raise DataError(Problem("not the manifest of a backup", "the folder that studio backup wrote", str(path)))
        if form.format > _FORMAT:
            fix = f"install goldspan {form.goldspan}, or a newer one"
            raise DataError(Problem(f"a newer goldspan, {form.goldspan}, made this backup", fix, str(path)))
        manifest = msgspec.json.decode(content, type=BackupManifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise DataError(Problem(f"the manifest is damaged: {error}", "use another backup", str(path))) from error
    if manifest.database not in DATABASE_FILES or DATABASE_FILES[manifest.database] not in manifest.files:
        raise DataError(Problem("the manifest names no database", "use another backup", str(path)))
    for name in manifest.files:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\0" in name or "\\" in name:
            raise DataError(Problem(f"names the file {name!r}, outside of the backup", "use another backup", str(path)))
    return manifest


def hash_file(path: Path) -> BackupFile:
    """Return size and hash of a file."""
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
        return BackupFile(os.fstat(stream.fileno()).st_size, digest)


def check_files(folder: Path, files: Mapping[str, BackupFile]) -> None:
    """Check that the files of a backup are there and as they were written.

    Raises:
        DataError: Files are missing, damaged or replaced by links.
    """
    problems = []
    for name, expected in files.items():
        path = folder / name
        try:
            what = "a link" if path.is_symlink() else "" if hash_file(path) == expected else "not as it was written"
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
        if what:
            problems.append(Problem(what, "use another backup", str(path)))
    if problems:
        raise DataError(problems)
