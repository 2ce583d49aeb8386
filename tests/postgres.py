"""A PostgreSQL of the tests' own, with the tables of Label Studio: that of the extra, without an installation."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from goldspan.annotate.label_studio.server.databases.database_choice import URL, DatabaseChoice


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder for a while that the account of a PostgreSQL may enter, unlike pytest's where the tests are root's."""
    folder = Path(tempfile.mkdtemp(prefix="goldspan-postgres-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres(environments: Path) -> Iterator[DatabaseChoice]:
    """One that runs for a while, as one of the user's; its data goes with it."""
    from goldspan.annotate.label_studio.server.databases.own_postgres import new_choice, start_postgres, stop_postgres
    from goldspan.annotate.label_studio.server.databases.postgres_template import copy_postgres
    from goldspan.annotate.label_studio.server.installation import required_installation
    from goldspan.annotate.label_studio.server.paths import StudioPaths

    with open_folder() as folder:
        chosen = new_choice()
        installation = required_installation(StudioPaths(folder, environments))
        data = copy_postgres(folder / "data", chosen, installation).rename(folder / "data")
        try:
            yield replace(start_postgres(data, chosen), kind=URL)
        finally:
            stop_postgres(data)
