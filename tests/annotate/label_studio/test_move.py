"""The way of a server's data from SQLite to PostgreSQL."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.label_studio import Connection, studio_client
from goldspan.annotate.label_studio.server.databases.database_choice import PASSWORD_VARIABLE

from ...postgres import open_folder, postgres
from ...studio_server import Studio, serving

pytestmark = pytest.mark.server

CONFIG = '<View><Labels name="l" toName="t"><Label value="A"/></Labels><Text name="t" value="$text"/></View>'
RESULT = [
    {
        "id": "r1",
        "from_name": "l",
        "to_name": "t",
        "type": "labels",
        "value": {"start": 0, "end": 2, "text": "İa", "labels": ["A"]},
    }
]


@pytest.fixture
def own(server_environments: Path) -> Iterator[Studio]:
    with open_folder() as folder, serving(folder / "home", server_environments) as own:
        yield own


def work(studio: Studio) -> int:
    """A project with tasks, suggestions, annotations and a draft; answers its number."""
    with studio_client(Connection(studio.url, studio.token, "default")) as api:
        project = api.http.post("/api/projects/", json={"title": "İş 👩‍🔬", "label_config": CONFIG}).json()["id"]
        tasks = [
            {
                "data": {"text": f"İa {n} 👩‍🔬\n", "doc_id": str(n), "score": 0.1},
                "predictions": [{"model_version": "m", "result": RESULT}],
            }
            for n in range(250)
        ]
        imported = api.http.post(f"/api/projects/{project}/import?return_task_ids=true", json=tasks).json()["task_ids"]
        for task in imported[:3]:
            api.http.post(f"/api/tasks/{task}/annotations/", json={"result": RESULT, "lead_time": 2.5})
        api.http.post(f"/api/tasks/{imported[4]}/drafts", json={"result": RESULT})
        api.http.delete(f"/api/tasks/{imported[-1]}/")  # its number must not be given again
    return int(project)


def held(studio: Studio, project: int) -> Any:
    with studio_client(Connection(studio.url, studio.token, "default")) as api:
        query = {"project": project, "fields": "all", "page_size": "1000"}
        tasks = api.http.get("/api/tasks/", params=query).json()["tasks"]
        assert len(tasks) == 249
        for made in (made for task in tasks for made in (*task["predictions"], *task["annotations"], *task["drafts"])):
            made.pop("created_ago")
        for task in tasks:  # the columns of the data manager, which each database writes its own way
            del task["annotations_results"], task["predictions_results"]
        settings = api.http.get(f"/api/projects/{project}/").json()
    return tasks, {key: settings[key] for key in ("title", "label_config", "created_at", "task_number")}


def moved_to_theirs(own: Studio, database: Path, environments: Path) -> Any:
    """Move the data to a PostgreSQL of the user's, take it back, and return how many rows went there."""
    with postgres(environments) as theirs:
        move = ("move", "--to", theirs.address)
        closed = own.run(*move)
        assert (closed.returncode, PASSWORD_VARIABLE in closed.stderr) == (3, True), closed.stderr
        assert database.exists() and not (own.folder / "database.json").exists()
        moved = own.run(*move, "--json", **{PASSWORD_VARIABLE: theirs.password})
        assert moved.returncode == 0, moved.stderr
        assert theirs.password not in moved.stdout + moved.stderr
        told = json.loads(moved.stdout)
        assert told["database"] == theirs.address
        kept = json.loads((own.folder / "database.json").read_text())
        assert (kept["kind"], kept["password"]) == ("url", theirs.password)
        Path(told["backup"]).rename(database)
        (own.folder / "database.json").unlink()
        twice = own.run(*move, **{PASSWORD_VARIABLE: theirs.password})
        assert twice.returncode != 0 and "Fix: " in twice.stderr, twice.stderr  # it holds the data already
        assert database.exists() and not (own.folder / "database.json").exists()
    return told["rows"]


def test_all_data_goes_to_postgresql_with_its_numbers_and_times_and_sqlite_stays_as_it_was(
    own: Studio, server_environments: Path
) -> None:
    own.up()
    project = work(own)
    before, token = held(own, project), own.token
    running = own.run("move", "--to", "postgres")
    assert (running.returncode, "is running. Fix: goldspan studio down, then" in running.stderr) == (2, True)
    own.run("down")
    database = own.folder / "data" / "label_studio.sqlite3"
    kept = database.read_bytes()
    rows = moved_to_theirs(own, database, server_environments)

    # what PostgreSQL cannot hold is told, and nothing has moved
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("UPDATE task SET data = json_set(data, '$.text', 'a' || char(0)) WHERE id = 3")
    refused = own.run("move", "--to", "postgres")
    assert (refused.returncode, "is in SQLite as before: task, rows 1 to" in refused.stderr) == (3, True), (
        refused.stderr
    )
    assert not (own.folder / "database.json").exists()
    assert {path.name for path in own.folder.iterdir() if path.is_dir()} <= {"data", "postgres.moving"}
    database.write_bytes(kept)
    # as after an end between the last two steps
    shutil.move(own.folder / "postgres.moving", own.folder / "postgres")

    done = own.run("move", "--to", "postgres", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["database"], told["rows"]["task"], told["rows"]["task_completion"]) == ("postgres", 249, 3)
    assert told["rows"] == rows
    assert Path(told["backup"]).read_bytes() == kept and not database.exists()
    own.up()
    assert own.token == token
    assert held(own, project) == before
    with studio_client(Connection(own.url, own.token, "default")) as api:
        new = api.http.post("/api/tasks/", json={"project": project, "data": {"text": "new"}}).json()["id"]
    assert new > 250
    own.run("down")
    again = own.run("move", "--to", "postgres")
    assert (again.returncode, "its data is in postgres already" in again.stderr) == (2, True)
    other = own.run("move", "--to", "postgres", "--name", "bea")
    assert (other.returncode, "no server is called 'bea'" in other.stderr) == (2, True)
