"""An empty, fully migrated PostgreSQL database, made once per installed server and copied for each new server."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .....schema import DependencyError
from .....schema.progress import Progress, ignore_progress
from ..environment import quiet_environment
from ..installation import Installation
from ..lock import hold_lock
from .database_choice import DatabaseChoice
from .own_postgres import (
    create_postgres,
    give_away,
    new_choice,
    newest_version,
    set_password,
    start_postgres,
    stop_postgres,
)


def copy_postgres(
    data: Path, chosen: DatabaseChoice, installation: Installation, progress: Progress = ignore_progress
) -> Path:
    """Return the folder of an empty database, to be renamed to the one that is meant for it.

    Args:
        data: Folder that is meant for it, in that of the server.
        chosen: The database, with its password.
        installation: The installed server.
        progress: Called with the current step.

    Raises:
        DependencyError: It cannot be made.
    """
    template = _make_template(data.parent, installation, progress)
    partial = data.with_name(f".{data.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(template, partial, symlinks=True)
    partial.chmod(0o700)
    for path in (partial, *partial.rglob("*")):
        give_away(path)
    set_password(partial, chosen)
    return partial


def _make_template(beside: Path, installation: Installation, progress: Progress) -> Path:
    """Return the folder to copy; make it if needed, in a folder of the server, which its account may enter."""
    template = installation.folder / f"template.postgres-{newest_version()}"
    if template.is_dir():
        return template
    with hold_lock(installation.folder / "template.lock"):
        if template.is_dir():
            return template
        progress("preparing an empty PostgreSQL database (only once)", 0, 0)
        data, chosen = beside / "postgres-template", new_choice()  # not deeper, where its account may not go
        shutil.rmtree(data, ignore_errors=True)
        try:
            create_postgres(data, chosen)
            try:
                variables = start_postgres(data, chosen).server_variables()
                with tempfile.TemporaryDirectory(prefix="template-", dir=installation.folder) as folder:
                    migrate_database(installation, Path(folder), variables)
            finally:
                stop_postgres(data)
            partial = template.with_name(f"{template.name}.part")
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(
                data, partial, symlinks=True, ignore=shutil.ignore_patterns("server.log", "postmaster.opts")
            )
            partial.rename(template)
        finally:
            shutil.rmtree(data, ignore_errors=True)
    return template


def migrate_database(installation: Installation, folder: Path, database: Mapping[str, str]) -> None:
    """Give a database the tables of the installed release.

    Args:
        installation: The installed server.
        folder: Folder for what the server writes, with the SQLite file if that is the database.
        database: The variables that name the database; none for SQLite.

    Raises:
        DependencyError: The server does not run, or the tables cannot be made.
    """
    completed = subprocess.run(
        [str(installation.program), "version"],
        env={**quiet_environment(str(folder)), **database},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode:
        reason = (completed.stderr.strip().splitlines() or ["no output"])[-1][:300]
        fix = f"delete {installation.folder} and try again"
        raise DependencyError(f"the installed server cannot set up its tables: {reason}. Fix: {fix}")
