"""A database with all migrations done, made once for an installed server and copied for each new one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from ....schema import DependencyError
from .environment import quiet_environment
from .installation import Installation
from .lock import hold_lock
from .paths import ServerPaths, ensure_private_dir
from .progress import ByteProgress, no_progress


def make_template(environment: Installation, tell: ByteProgress = no_progress) -> Path:
    """The template's file, made where it is not there: half a minute, instead of at each fresh start.

    Raises:
        DependencyError: The installed server does not run.
    """
    template = environment.folder / "template.sqlite3"
    if template.is_file():
        return template
    with hold_lock(environment.folder / "template.lock"):
        if template.is_file():
            return template
        tell("preparing an empty database, once", 0, 0)
        with tempfile.TemporaryDirectory(prefix="template-", dir=environment.folder) as folder:
            command = [str(environment.program), "version"]
            done = subprocess.run(
                command,
                env=quiet_environment(folder),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                umask=0o077,
            )
            made = Path(folder) / "label_studio.sqlite3"
            if done.returncode or not made.is_file():
                said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1][:300]
                fix = f"remove {environment.folder} and call again"
                raise DependencyError(f"the installed server does not run: {said}. Fix: {fix}")
            made.replace(template)
    return template


def fresh_database(place: ServerPaths, template: Path) -> None:
    """Gives a server an empty database, whole or not at all."""
    beside = ensure_private_dir(place.data) / ".label_studio.sqlite3.part"
    shutil.copyfile(template, beside)
    beside.chmod(0o600)
    beside.replace(place.database)
