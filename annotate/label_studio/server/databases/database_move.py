"""The way of a server's data from SQLite to PostgreSQL. Until all has arrived, SQLite stays the server's database.

The copy is one transaction, in which counts and a sample of rows are compared. A move that was interrupted starts over.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .....schema import DependencyError, UsageError
from .....schema.progress import Progress, ignore_progress
from ...client.connection import DEFAULT_SERVER
from ..credentials import require_credentials
from ..data_switch import finish_switch
from ..environment import quiet_environment
from ..installation import Installation, install
from ..lock import hold_lock
from ..paths import ServerPaths, studio_paths
from ..state import read_state
from .database_choice import POSTGRES, SQLITE, DatabaseChoice, parse_database_url, read_choice, write_choice
from .database_preparation import check_database
from .own_postgres import new_choice, require_postgres, start_postgres, stop_postgres
from .postgres_template import copy_postgres, migrate_database
from .sqlite_template import make_template


@dataclass(frozen=True, slots=True)
class DatabaseMove:
    """What a move has brought.

    Attributes:
        database: The database that the server has now: `postgres`, or the URL of the user's.
        rows: Number of rows by table, of tables that have any.
        backup: The SQLite file, which stays as it was.
    """

    database: str
    rows: dict[str, int]
    backup: Path


def move_database(
    to: str = POSTGRES, name: str = DEFAULT_SERVER, *, progress: Progress = ignore_progress
) -> DatabaseMove:
    """Move the data of a stopped server from SQLite to PostgreSQL, whole or not at all.

    Args:
        to: `postgres` for goldspan's own, or the URL of an empty database of the user's, with its password in the
            environment variable GOLDSPAN_DATABASE_PASSWORD.
        name: Name of the server.
        progress: Called with the current step and, of the tables, with how many are copied.

    Raises:
        UsageError: The server runs, or its data is not in SQLite.
        DependencyError: The data cannot be copied; it is where it was.
    """
    target = new_choice() if to == POSTGRES else parse_database_url(to)
    if to == POSTGRES:
        require_postgres()
    paths = studio_paths().server(name)
    option = "" if name == DEFAULT_SERVER else f" --name {name}"
    if not paths.folder.is_dir():
        message = f"no server is called {name!r}"
        raise UsageError(
            f"{message}. Fix: goldspan studio up{option} with `database` or `database_url` makes a new one"
        )
    with hold_lock(paths.lock, lambda: progress("waiting for another process that starts or stops the server", 0, 0)):
        finish_switch(paths)
        _check_movable(paths, option)
        installation = install(studio_paths(), progress)
        rows = _copy(paths, installation, target, progress)
        backup = paths.database.with_name(f"{paths.database.name}.before-move")
        paths.database.rename(backup)
        return DatabaseMove(target.address, rows, backup)


def _check_movable(paths: ServerPaths, option: str) -> None:
    has, state = read_choice(paths), read_state(paths)
    if has is None or has.kind != SQLITE:
        where = "nothing to move" if has is None else f"its data is in {has.address} already"
        raise UsageError(f"the server {paths.name!r}: {where}. Fix: goldspan studio up{option} starts it")
    if state is not None and state.alive:
        raise UsageError(f"the server {paths.name!r} is running. Fix: goldspan studio down{option}, then move it")
    require_credentials(paths)


def _copy(paths: ServerPaths, installation: Installation, target: DatabaseChoice, progress: Progress) -> dict[str, int]:
    """Copy the data, and record the new database as the server's."""
    with tempfile.TemporaryDirectory(prefix="move-", dir=paths.folder) as folder:
        progress("copying the SQLite file", 0, 0)
        source = Path(folder) / paths.database.name
        with closing(sqlite3.connect(paths.database)) as old, closing(sqlite3.connect(source)) as new:
            old.backup(new)
        if _migrations(source) != _migrations(make_template(installation, progress)):
            # the copy gets the tables of this release, as the file itself would at the next start
            migrate_database(installation, Path(folder), {})
        if target.kind != POSTGRES:
            check_database(installation, target, must_be_empty=False)  # an interrupted move leaves empty tables
            migrate_database(installation, Path(folder), target.server_variables())
            rows = _copy_rows(installation, source, target, progress)
            write_choice(paths, target)
            return rows
        # without a record it is of an interrupted move, and the data is still in SQLite
        for left in (paths.postgres, paths.postgres.with_name("postgres.moving")):
            if left.exists():
                stop_postgres(left)
                shutil.rmtree(left)
        moving = copy_postgres(paths.postgres, target, installation, progress)
        moving = moving.rename(paths.postgres.with_name("postgres.moving"))
        try:
            running = start_postgres(moving, target)
            rows = _copy_rows(installation, source, running, progress)
        finally:
            stop_postgres(moving)
        moving.rename(paths.postgres)
        write_choice(paths, running)
        return rows


def _migrations(database: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as opened:
        return set(opened.execute("SELECT app, name FROM django_migrations"))


def _copy_rows(installation: Installation, source: Path, target: DatabaseChoice, progress: Progress) -> dict[str, int]:
    command = [str(installation.python), "-P", str(Path(__file__).with_name("copy_database.py")), str(source)]
    variables = {**quiet_environment(str(source.parent)), **target.server_variables()}
    rows: dict[str, int] = {}
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(
            command,
            env=variables,
            cwd=source.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                table, count, done, total = line.rstrip("\n").rsplit("\t", 3)
                rows[table] = int(count)
                progress("copying tables", int(done), int(total))
            progress("comparing", 0, 0)
            status = process.wait()
        except BaseException:
            process.kill()  # the transaction ends with it
            raise
        errors.seek(0)
        said = errors.read().strip().splitlines() or ["no output"]
    if status:
        message = f"the data was not moved, and is in SQLite as before: {said[-1][:400]}"
        raise DependencyError(f"{message}. Fix: correct what is named, or keep SQLite")
    return {table: count for table, count in rows.items() if count}
