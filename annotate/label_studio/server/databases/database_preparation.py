"""The database of an embedded server before its start: chosen, made if there is none, and running."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from .....schema import DependencyError, UsageError
from .....schema.progress import Progress, ignore_progress
from ....child_environment import without_tokens
from ..credentials import generate_credentials, read_credentials, require_credentials, write_credentials
from ..installation import Installation
from ..paths import ServerPaths, ensure_private_dir
from ..state import read_state
from .database_choice import (
    PASSWORD_VARIABLE,
    POSTGRES,
    SQLITE,
    URL,
    DatabaseChoice,
    check_choice,
    read_choice,
    write_choice,
)
from .own_postgres import new_choice, require_postgres, start_postgres, stop_postgres
from .postgres_template import copy_postgres
from .sqlite_template import fresh_database, make_template


def choose_database(paths: ServerPaths, wanted: DatabaseChoice | None) -> DatabaseChoice:
    """Return the database that a server has, else the one that is asked for, else SQLite; nothing is written.

    Args:
        paths: Paths of the server.
        wanted: What is asked for; None if that is left open.

    Raises:
        UsageError: The server has another database than is asked for.
        DependencyError: What the database needs is missing, or its record cannot be read.
    """
    has = read_choice(paths)
    if has is not None:
        check_choice(paths.name, has, wanted)
        if wanted is not None and wanted.password:
            has = wanted  # the same database with a new password
    chosen = has or wanted or DatabaseChoice()
    if chosen.kind == POSTGRES:
        require_postgres()
        return has or new_choice()
    return chosen


def prepare_database(
    paths: ServerPaths, installation: Installation, chosen: DatabaseChoice, progress: Progress = ignore_progress
) -> DatabaseChoice:
    """Make the chosen database if it is not there yet, start it if it is goldspan's own, and record it.

    Returns:
        The database as it can be reached now.

    Raises:
        UsageError: The user's database is not empty although the server is new.
        DependencyError: It cannot be made, started or reached, or the server's credentials are missing.
    """
    is_new = read_choice(paths) is None
    if not is_new:
        require_credentials(paths)
    if chosen.kind == URL:
        progress("looking at the database", 0, 0)
        check_database(installation, chosen, must_be_empty=is_new)
    if read_credentials(paths) is None:
        write_credentials(paths, generate_credentials(paths.name))
    if chosen.kind == SQLITE:
        if not paths.database.is_file():
            fresh_database(paths, make_template(installation, progress))
        return chosen
    ensure_private_dir(paths.data)
    if chosen.kind == POSTGRES and not paths.postgres.exists():
        _check_unused(paths)
        _fresh_postgres(paths, chosen, installation, progress)
    write_choice(paths, chosen)
    return resume_database(paths, chosen)


def resume_database(paths: ServerPaths, chosen: DatabaseChoice) -> DatabaseChoice:
    """Start goldspan's own PostgreSQL unless it runs; return the database as it can be reached now.

    Raises:
        DependencyError: It does not start.
    """
    if chosen.kind != POSTGRES:
        return chosen
    running = start_postgres(paths.postgres, chosen)
    if running != chosen:
        write_choice(paths, running)
    return running


def renew_database(paths: ServerPaths, installation: Installation, chosen: DatabaseChoice) -> DatabaseChoice:
    """Replace a database that was never used by an empty one.

    Raises:
        DependencyError: It is the user's, which only they may empty, or a new one cannot be made.
    """
    if chosen.kind == SQLITE:
        fresh_database(paths, make_template(installation))
        return chosen
    if chosen.kind == URL:
        message = f"{chosen.address}: the first start of the server was cut off, and left a user without a token"
        raise DependencyError(f"{message}. Fix: empty the database, and try again")
    stop_postgres(paths.postgres)
    shutil.rmtree(paths.postgres)
    _fresh_postgres(paths, chosen, installation, ignore_progress)
    return resume_database(paths, chosen)


def stop_database(paths: ServerPaths) -> None:
    """Stop goldspan's own PostgreSQL, if a server has it and it runs.

    Raises:
        DependencyError: It does not stop.
    """
    if paths.postgres.exists():
        stop_postgres(paths.postgres)


def _fresh_postgres(paths: ServerPaths, chosen: DatabaseChoice, installation: Installation, progress: Progress) -> None:
    unpacked = copy_postgres(paths.postgres, chosen, installation, progress)
    write_choice(paths, chosen)  # before the data is there, which nobody could read without the password
    unpacked.rename(paths.postgres)


def _check_unused(paths: ServerPaths) -> None:
    state = read_state(paths)
    if state is not None and state.settled:
        message = f"{paths.postgres}: the folder is missing, and the server's data with it"
        raise DependencyError(f"{message}. Fix: restore it from a backup")


def check_database(installation: Installation, chosen: DatabaseChoice, *, must_be_empty: bool) -> None:
    """Check with the server's own driver that a database of the user's can be reached.

    Args:
        installation: The installed server.
        chosen: The database.
        must_be_empty: Whether tables in it are wrong.

    Raises:
        DependencyError: It cannot be reached.
        UsageError: It has tables.
    """
    looked = subprocess.run(
        [str(installation.python), "-P", str(Path(__file__).with_name("probe_database.py"))],
        env={**without_tokens(), **chosen.client_variables()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if looked.returncode:
        reason = (looked.stderr.strip().splitlines() or ["no output"])[-1][:300]
        fix = f"check the address, that the database exists, and the password in {PASSWORD_VARIABLE}"
        raise DependencyError(f"{chosen.address}: cannot be reached: {reason}. Fix: {fix}")
    if must_be_empty and int(looked.stdout):
        message = f"{chosen.address}: has {int(looked.stdout)} tables already, and the server is new"
        raise UsageError(f"{message}. Fix: name an empty database; a Label Studio that has this one is used with --url")
