"""The database of a server as one file: taken in one transaction while the server is used, and brought back from it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from .....schema import DependencyError
from ....child_environment import without_tokens
from ..databases.database_choice import POSTGRES, SQLITE, DatabaseChoice, write_choice
from ..databases.own_postgres import (
    client_program,
    create_postgres,
    new_choice,
    postgres_runs,
    start_postgres,
    stop_postgres,
)
from ..installation import Installation
from ..paths import ServerPaths, ensure_private_dir
from . import table_figures
from .backup_manifest import BackupFigures

_BUSY = 60.0
"""Seconds to wait for a writer of an SQLite file."""


def take_snapshot(paths: ServerPaths, choice: DatabaseChoice, out: Path, installation: Installation) -> BackupFigures:
    """Write the database of a server to a file; return its figures in the very state that was written.

    Args:
        paths: The server, which may be running.
        choice: Its database; not the user's own.
        out: The file, in a folder that only its owner may read.
        installation: An installation of Label Studio, for its driver of PostgreSQL.

    Raises:
        DependencyError: The database cannot be read, or the file cannot be written.
    """
    os.close(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if choice.kind == SQLITE:
        return _snapshot_sqlite(paths.database, out)
    runs = postgres_runs(paths.postgres)
    running = start_postgres(paths.postgres, choice)
    try:
        return _dump_postgres(paths.postgres, running, out, installation)
    finally:
        if not runs:
            stop_postgres(paths.postgres)


def restore_snapshot(kind: str, file: Path, paths: ServerPaths) -> None:
    """Make the database of a place that has none from the file of a snapshot; PostgreSQL is stopped afterwards.

    Raises:
        DependencyError: It cannot be made.
    """
    ensure_private_dir(paths.data)
    if kind == SQLITE:
        shutil.copyfile(file, paths.database)
        paths.database.chmod(0o600)
        return
    choice = new_choice()
    create_postgres(paths.postgres, choice)
    running = start_postgres(paths.postgres, choice)
    try:
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--dbname", running.name, str(file)]
        _run_client(paths.postgres, "pg_restore", options, running)
    finally:
        stop_postgres(paths.postgres)
    write_choice(paths, running)


def database_figures(paths: ServerPaths, choice: DatabaseChoice, installation: Installation) -> BackupFigures:
    """Return the figures of a database that nobody writes to; PostgreSQL is started for it and stopped.

    Raises:
        DependencyError: It cannot be read, or is damaged.
    """
    if choice.kind == SQLITE:
        try:
            with closing(sqlite3.connect(paths.database, timeout=_BUSY)) as opened:
                [state] = opened.execute("PRAGMA integrity_check(1)").fetchone()
                if state == "ok":
                    return msgspec.convert(table_figures.read_figures(opened), BackupFigures)
        except sqlite3.Error as error:
            state = str(error)
        raise DependencyError(f"{paths.database}: the database is damaged: {state}. Fix: use another backup")
    running = start_postgres(paths.postgres, choice)
    try:
        with _reading(installation, running) as (figures, _):
            return figures
    finally:
        stop_postgres(paths.postgres)


def _snapshot_sqlite(database: Path, out: Path) -> BackupFigures:
    """Copy within a transaction that only reads: whoever writes waits until the end of it."""
    try:
        with (
            closing(sqlite3.connect(database, timeout=_BUSY, isolation_level=None)) as source,
            closing(sqlite3.connect(out, isolation_level=None)) as copy,
        ):
            copy.execute("PRAGMA synchronous = OFF")  # so that they wait less: the file is made durable afterwards
            source.execute("BEGIN")
            figures = table_figures.read_figures(source)
            source.backup(copy)
            source.execute("COMMIT")
    except sqlite3.Error as error:
        raise DependencyError(
            f"{database}: cannot be copied: {error}. Fix: see studio logs, and free disk space"
        ) from error
    return msgspec.convert(figures, BackupFigures)


def _dump_postgres(data: Path, running: DatabaseChoice, out: Path, installation: Installation) -> BackupFigures:
    with _reading(installation, running) as (figures, snapshot):
        options = ["--format", "custom", "--no-owner", "--snapshot", snapshot, "--file", str(out)]
        _run_client(data, "pg_dump", options, running)
        return figures


@contextmanager
def _reading(installation: Installation, running: DatabaseChoice) -> Iterator[tuple[BackupFigures, str]]:
    """Yield the figures of a PostgreSQL database, and the id of their snapshot, which others may take meanwhile."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(
            [str(installation.python), "-P", table_figures.__file__],
            env={**without_tokens(), **running.client_variables()},
            stdin=subprocess.PIPE,  # its end ends the transaction
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        if line := process.stdout.readline():
            told = json.loads(line)
            yield msgspec.convert(told["figures"], BackupFigures), str(told["snapshot"])
            return
        process.wait()
        errors.seek(0)
        said = (errors.read().strip().splitlines() or ["no output"])[-1][:300]
    raise DependencyError(f"the database cannot be read: {said}. Fix: see studio logs")


def _run_client(data: Path, program: str, options: list[str], running: DatabaseChoice) -> None:
    done = subprocess.run(
        [str(client_program(data, program)), *options],
        env={**without_tokens(), **running.client_variables(), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        umask=0o077,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1][:300]
        raise DependencyError(f"{POSTGRES}: {program} failed: {reason}. Fix: free disk space, or see studio logs")
