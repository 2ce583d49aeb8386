"""goldspan's own server on PostgreSQL: goldspan's, which comes as a package, and one of the user's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from goldspan.annotate.label_studio import Connection, studio_client
from goldspan.annotate.label_studio.server.databases.database_choice import (
    PASSWORD_VARIABLE,
    DatabaseChoice,
    parse_database_url,
    write_choice,
)
from goldspan.annotate.label_studio.server.paths import StudioPaths, ensure_private_dir
from goldspan.schema import UsageError

from ...postgres import open_folder, postgres
from ...studio_server import Studio, serving


@pytest.fixture
def open_studio(server_environments: Path) -> Iterator[Studio]:
    """A home for a server of the test's own that the account of a PostgreSQL may enter."""
    with open_folder() as folder, serving(folder / "home", server_environments) as own:
        yield own


def api(studio: Studio) -> Connection:
    return Connection(studio.url, studio.token, "default")


def processes() -> str:
    return subprocess.run(["ps", "-A", "-ww", "-o", "args"], capture_output=True, text=True, check=True).stdout


@pytest.mark.server
def test_it_keeps_its_data_in_a_postgresql_of_its_own_which_starts_stops_and_recovers_with_it(
    open_studio: Studio,
) -> None:
    open_studio.up("--database", "postgres")
    data = open_studio.folder / "postgres"
    with studio_client(api(open_studio)) as client:
        client.http.post("/api/projects/", json={"title": "kept"})
    [number, *_] = (data / "postmaster.pid").read_text().splitlines()
    listening = {c.laddr.ip for c in psutil.Process(int(number)).net_connections("all") if c.laddr}
    assert listening == {"127.0.0.1"}
    password = json.loads((open_studio.folder / "database.json").read_text())["password"]
    said = open_studio.run("status", "--json").stdout
    logs = (open_studio.folder / "server.log").read_text() + (data / "server.log").read_text()
    assert json.loads(said)["database"] == "postgres"
    assert not [place for place in (processes(), said, logs) if password in place]
    assert (open_studio.folder / "database.json").stat().st_mode & 0o777 == 0o600
    assert data.stat().st_mode & 0o777 == 0o700

    os.kill(int(number), signal.SIGKILL)  # both end as a power failure ends them
    open_studio.kill()
    open_studio.up()
    with studio_client(api(open_studio)) as client:
        assert [project["title"] for project in client.http.get("/api/projects/").json()["results"]] == ["kept"]
    refused = open_studio.run("up", "--database", "sqlite")
    assert (refused.returncode, "is in another database: postgres. Fix: goldspan studio up" in refused.stderr) == (
        2,
        True,
    )
    assert not (open_studio.folder / "data" / "label_studio.sqlite3").exists()

    open_studio.run("down")
    assert str(data) not in processes()
    (open_studio.folder / "database.json").rename(open_studio.home / "away")
    lost = open_studio.run("up")
    assert (lost.returncode, "Fix: restore the file from a backup" in lost.stderr) == (3, True)
    (open_studio.home / "away").rename(open_studio.folder / "database.json")
    data.rename(open_studio.home / "away")
    lost = open_studio.run("up")
    assert (lost.returncode, "the folder is missing, and the server's data with it" in lost.stderr) == (3, True)


@pytest.mark.server
def test_a_database_of_the_users_is_used_and_its_password_kept_from_others(
    own_studio: Studio, server_environments: Path
) -> None:
    with postgres(server_environments) as database:
        call = ("up", "--database-url", database.address)
        closed = own_studio.run(*call)
        assert (closed.returncode, f"and the password in {PASSWORD_VARIABLE}" in closed.stderr) == (3, True)
        secret = {PASSWORD_VARIABLE: database.password}
        full = own_studio.run(*call, **secret)
        assert (full.returncode, "tables already, and the server is new. Fix: name an empty" in full.stderr) == (
            2,
            True,
        )
        assert not (own_studio.folder / "database.json").exists()

        paths = StudioPaths(own_studio.home, server_environments).server()
        ensure_private_dir(paths.folder)
        write_choice(paths, replace(database, password="of last year"))  # as after a first start that broke off late
        (own_studio.folder / "credentials.json").write_text(
            json.dumps({"username": "annotator@localhost", "password": "p" * 16, "token": "f" * 40})
        )
        started = own_studio.run(*call, **secret)
        assert (started.returncode, f"database: {database.address}" in started.stdout) == (0, True), started.stderr
        with studio_client(api(own_studio)) as client:
            assert client.whoami()["email"] == "annotator@localhost"
        log = (own_studio.folder / "server.log").read_text()
        assert not [place for place in (processes(), log, started.stdout) if database.password in place]
        kept = json.loads((own_studio.folder / "database.json").read_text())
        assert kept["password"] == database.password  # so that no later start needs the variable
        other = own_studio.run("up", "--database", "postgres")
        assert (other.returncode, f"in another database: {database.address}. Fix:" in other.stderr) == (2, True)
        own_studio.run("down")


@pytest.mark.server
def test_a_server_with_data_in_sqlite_is_not_started_empty_on_postgresql(studio: Studio) -> None:
    refused = studio.run("up", "--database", "postgres")
    assert (refused.returncode, "then goldspan studio move --to postgres takes it there" in refused.stderr) == (
        2,
        True,
    )


WRONG = {
    "postgresql://me:secret@host/labels": "can be seen in the list of processes. Fix: put it into GOLDSPAN_DATABASE",
    "mysql://me@host/labels": "is not the URL of a PostgreSQL database. Fix: write it as in postgresql://USER@HOST:PORT",
    "postgresql://host/labels": "is not the URL of a PostgreSQL database",
    "postgresql://me@host": "is not the URL of a PostgreSQL database",
    "postgresql://me@host:x/labels": "`database_url` is not the URL of a database",
    "postgresql://me@host/labels?sslmode=sure": "unknown setting sslmode=sure. Fix: only sslmode, with one of disable",
    "postgresql://me@host/labels?options=x": "unknown setting options",
}


@pytest.mark.parametrize("url", WRONG)
def test_a_wrong_url_is_refused_with_what_to_write_and_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_database_url(url)
    assert WRONG[url] in str(refusal.value) and "Fix:" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["postgresql://me@host:5433/labels?sslmode=verify-full", "postgresql://a%40b@[::1]:5432/of%20us"]
)
def test_a_url_comes_back_as_it_was_and_its_password_from_the_environment(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")
    database = parse_database_url(url)
    assert (database.address, database.password) == (url, "secret")
    assert "secret" not in repr(database)
    assert database.client_variables()["PGPASSWORD"] == database.server_variables()["LABEL_STUDIO_POSTGRE_PASSWORD"]
    assert DatabaseChoice().server_variables() == {"LABEL_STUDIO_DJANGO_DB": "sqlite"}
