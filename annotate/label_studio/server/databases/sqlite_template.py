"""An empty, fully migrated SQLite database, created once per installed server and copied for each new server."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from .....schema import DependencyError
from .....schema.progress import Progress, ignore_progress
from ..environment import quiet_environment
from ..installation import Installation
from ..lock import hold_lock
from ..paths import ServerPaths, ensure_private_dir


def make_template(installation: Installation, progress: Progress = ignore_progress) -> Path:
    """Return the path of the template database; create it if needed.

    This takes half a minute once, which each first start of a server then saves.

    Raises:
        DependencyError: The installed server does not run.
    """
    template = installation.folder / "template.sqlite3"
    if template.is_file():
        return template
    with hold_lock(installation.folder / "template.lock"):
        if template.is_file():
            return template
        progress("preparing an empty database (only once)", 0, 0)
        with tempfile.TemporaryDirectory(prefix="template-", dir=installation.folder) as folder:
            completed = subprocess.run(
                [str(installation.program), "version"],
                env=quiet_environment(folder),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                umask=0o077,
            )
            database = Path(folder) / "label_studio.sqlite3"
            if completed.returncode or not database.is_file():
                reason = (completed.stderr.strip().splitlines() or ["no output"])[-1][:300]
                fix = f"delete {installation.folder} and try again"
                raise DependencyError(f"the installed server does not run: {reason}. Fix: {fix}")
            database.replace(template)
    return template


def fresh_database(paths: ServerPaths, template: Path) -> None:
    """Give a server an empty database, atomically."""
    partial = ensure_private_dir(paths.data) / ".label_studio.sqlite3.part"
    shutil.copyfile(template, partial)
    partial.chmod(0o600)
    partial.replace(paths.database)
