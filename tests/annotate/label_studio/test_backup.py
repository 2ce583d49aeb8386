"""Backups of goldspan's own server, their way back, and the way to a newer Label Studio."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.annotate.label_studio import Connection, studio_client
from goldspan.annotate.label_studio.server.backups import server_upgrade
from goldspan.annotate.label_studio.server.backups.backup_manifest import (
    BackupFigures,
    check_files,
    read_backup_manifest,
)
from goldspan.annotate.label_studio.server.credentials import generate_credentials, write_credentials
from goldspan.annotate.label_studio.server.data_switch import finish_switch
from goldspan.annotate.label_studio.server.databases.database_choice import POSTGRES, read_choice
from goldspan.annotate.label_studio.server.databases.database_preparation import prepare_database, stop_database
from goldspan.annotate.label_studio.server.databases.own_postgres import client_program, new_choice
from goldspan.annotate.label_studio.server.installation import pinned_version, required_installation
from goldspan.annotate.label_studio.server.lock import hold_lock
from goldspan.annotate.label_studio.server.paths import StudioPaths, ensure_private_dir
from goldspan.annotate.label_studio.server.state import ServerState, write_state

from ...earlier_release import EARLIER, both_releases, earlier_goldspan
from ...postgres import open_folder
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


def rows(database: Path) -> list[str]:
    """All that an SQLite database holds."""
    with closing(sqlite3.connect(database)) as opened:
        return list(opened.iterdump())


def tree(folder: Path) -> dict[str, bytes]:
    """The files of a server but its database, and what only holds while it runs."""
    apart = {"state.json", "lock", "server.log", "label_studio.sqlite3"}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in apart and "kept" not in path.parts
    }


def leftovers(*folders: Path) -> list[str]:
    return [path.name for folder in folders for path in folder.iterdir() if path.name.startswith(".")]


class Writer(threading.Thread):
    """Makes tasks one after another, each with a suggestion and then an annotation, until it is told to end."""

    def __init__(self, studio: Studio, project: int) -> None:
        super().__init__()
        self._connection = Connection(studio.url, studio.token, "default")
        self._project = project
        self.done = 0
        self.begun, self.ending = threading.Event(), threading.Event()

    def run(self) -> None:
        with studio_client(self._connection) as api:
            while not self.ending.is_set():
                task = {
                    "data": {"text": f"İa {self.done + 1} 👩‍🔬\n", "n": self.done + 1},
                    "predictions": [{"model_version": "m", "result": RESULT}],
                }
                path = f"/api/projects/{self._project}/import?return_task_ids=true"
                [made] = api.http.post(path, json=[task]).json()["task_ids"]
                api.http.post(f"/api/tasks/{made}/annotations/", json={"result": RESULT, "lead_time": 2.5})
                self.done += 1
                if self.done == 2:
                    self.begun.set()


@pytest.fixture(scope="module")
def backed_up(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any, range]]:
    """A backup of the shared server while people work there: its folder, what was said, and how many tasks it may have."""
    with studio_client(Connection(studio.url, studio.token, "default")) as api:
        project = api.http.post("/api/projects/", json={"title": "backed up", "label_config": CONFIG}).json()["id"]
        uploaded = {"file": ("lists.txt", b"one\ntwo\n", "text/plain")}
        assert api.http.post(f"/api/projects/{project}/import", files=uploaded).status_code == 201
    writer, folder = Writer(studio, project), tmp_path_factory.mktemp("backups") / "monday"
    writer.start()
    try:
        assert writer.begun.wait(60)
        least = writer.done
        done = studio.run("backup", "--out", str(folder), "--json")
        most = writer.done + 1
    finally:
        writer.ending.set()
        writer.join()
    assert done.returncode == 0, done.stderr
    yield folder, {**json.loads(done.stdout), "project": project}, range(least, most + 1)


@pytest.fixture
def home(server_environments: Path, tmp_path: Path) -> Studio:
    """A home where no server has run yet."""
    return Studio(tmp_path / "home", server_environments)


def test_a_backup_made_while_people_work_is_one_state_and_comes_back_whole(
    backed_up: tuple[Path, Any, range], studio: Studio, home: Studio
) -> None:
    folder, told, possible = backed_up
    assert told["counts"]["annotations"] and told["counts"]["users"] and told["left_out"] == []
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    assert leftovers(folder.parent, studio.home / "servers") == []

    done = home.run("restore", str(folder))
    assert done.returncode == 0, done.stderr
    assert "restored as of" in done.stdout and "next: goldspan studio up" in done.stdout
    assert rows(home.folder / "data" / "label_studio.sqlite3") == rows(folder / "database.sqlite3")
    assert home.credentials == studio.credentials
    assert [path.read_bytes() for path in home.folder.rglob("*-lists.txt")] == [b"one\ntwo\n"]
    assert (home.state["port"], home.state["pid"]) == (studio.state["port"], 0)
    with closing(sqlite3.connect(home.folder / "data" / "label_studio.sqlite3")) as opened:
        one_of_project = "FROM task WHERE project_id = ? AND json_extract(data, '$.n') IS NOT NULL"
        query = f"SELECT json_extract(data, '$.n') {one_of_project} ORDER BY id"
        tasks = [n for (n,) in opened.execute(query, [told["project"]])]
        query = f"SELECT count(*) FROM task_completion WHERE task_id IN (SELECT id {one_of_project})"
        [annotated] = opened.execute(query, [told["project"]]).fetchone()
    # what one client made, one after another, is there up to one moment
    assert tasks == list(range(1, len(tasks) + 1)) and len(tasks) in possible
    assert annotated in (len(tasks) - 1, len(tasks))


def test_a_restore_leaves_a_server_with_data_alone_and_keeps_what_it_is_told_to_replace(
    backed_up: tuple[Path, Any, range], home: Studio
) -> None:
    folder, _, _ = backed_up
    home.run("restore", str(folder))
    database = home.folder / "data" / "label_studio.sqlite3"
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("UPDATE project SET title = 'later'")
    later = rows(database)
    refused = home.run("restore", str(folder))
    assert (
        refused.returncode,
        "has data already. Fix: another server with --name, or --replace" in refused.stderr,
    ) == (
        2,
        True,
    )
    assert rows(database) == later
    done = home.run("restore", str(folder), "--replace", "--json")
    kept = Path(json.loads(done.stdout)["kept"])
    assert rows(database) == rows(folder / "database.sqlite3")
    assert rows(kept / "data" / "label_studio.sqlite3") == later
    assert kept.stat().st_mode & 0o777 == 0o700
    other = home.run("restore", str(folder), "--name", "bea", "--json")
    assert (json.loads(other.stdout)["kept"], other.returncode) == (None, 0)
    strange = home.folder / "data" / "media"
    strange.mkdir(exist_ok=True)
    (strange / "a link").symlink_to("/etc/passwd")
    os.mkfifo(strange / "pipe")
    (strange / os.fsdecode(b"\xff.txt")).write_text("x")
    odd = home.run("backup", "--out", str(home.home / "odd"))
    assert odd.returncode == 0 and odd.stderr.count("left out: ") == 3, odd.stderr
    again = home.run("backup", "--out", str(folder))
    assert (again.returncode, "is there already, perhaps with another backup" in again.stderr) == (2, True)
    nobody = home.run("backup", "--out", "x", "--name", "cy")
    assert (nobody.returncode, "no server is called 'cy'" in nobody.stderr) == (2, True)


def test_a_first_restore_that_was_interrupted_at_its_end_is_completed_by_the_same_command(
    backed_up: tuple[Path, Any, range], home: Studio
) -> None:
    home.run("restore", str(backed_up[0]))
    arriving = home.home / "servers" / ".default.arriving"
    arriving.mkdir()
    (arriving / "kept-as").write_text("before")
    (home.folder / "data").rename(arriving / "data")
    done = home.run("restore", str(backed_up[0]))
    assert (done.returncode, done.stdout.startswith("restored as of")) == (0, True), done.stderr
    assert rows(home.folder / "data" / "label_studio.sqlite3") == rows(backed_up[0] / "database.sqlite3")
    assert leftovers(home.home / "servers") == []


def test_a_running_server_is_not_restored_over(backed_up: tuple[Path, Any, range], studio: Studio) -> None:
    refused = studio.run("restore", str(backed_up[0]), "--replace")
    assert (refused.returncode, "is running. Fix: goldspan studio down, then restore" in refused.stderr) == (2, True)


def manifest_with(**changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")

    return change


def truncated(folder: Path) -> None:
    with (folder / "database.sqlite3").open("r+b") as file:
        file.truncate(4096)


def named(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text("utf-8"))
        manifest["files"][name] = {"bytes": 1, "sha256": "0"}
        path.write_text(json.dumps(manifest), "utf-8")

    return change


def linked(folder: Path) -> None:
    path = folder / "files" / "credentials.json"
    path.rename(folder / "away")
    path.symlink_to(folder / "away")


def other_count(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["figures"]["counts"]["annotations"] += 1
    path.write_text(json.dumps(manifest), "utf-8")


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "of a newer Label Studio": (manifest_with(label_studio="1.99.0"), "the data is of Label Studio 1.99.0, and this"),
    "of a newer goldspan": (manifest_with(format=2, goldspan="9.0"), "a newer goldspan, 9.0, made this backup"),
    "another manifest": (manifest_with(what="corpus"), "not the manifest of a backup"),
    "without a manifest": (lambda folder: (folder / "manifest.json").unlink(), "it has no manifest.json"),
    "half a manifest": (lambda folder: (folder / "manifest.json").write_text('{"what'), "the manifest is damaged"),
    "half a database": (truncated, "database.sqlite3: not as it was written"),
    "without credentials": (
        lambda folder: (folder / "files/credentials.json").unlink(),
        "cannot be read: No such file",
    ),
    "a file elsewhere": (named("files/../../../x"), "names the file 'files/../../../x', outside of the backup"),
    "a link": (linked, "credentials.json: a link"),
    "other figures": (other_count, "the data did not arrive as it was: annotations: "),
    "nothing": (shutil.rmtree, "cannot be read: No such file or directory"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_backup_is_refused_and_nothing_is_restored(
    what: str, backed_up: tuple[Path, Any, range], home: Studio, tmp_path: Path
) -> None:
    change, message = WRONG[what]
    folder = tmp_path / "backup"
    shutil.copytree(backed_up[0], folder)
    change(folder)
    refused = home.run("restore", str(folder))
    assert (refused.returncode, message in refused.stderr, "Fix: " in refused.stderr) == (1, True, True), refused.stderr
    assert not (home.folder / "data").exists()
    assert not home.folder.exists() or leftovers(home.home / "servers") == []


def killed_after(events: int, call: Callable[[], object]) -> bool:
    """Run a call in a process that is killed at its n-th dealing with the file system; whether it was."""
    child = os.fork()
    if child == 0:
        left = [events]

        def look(event: str, _arguments: object) -> None:
            if event.startswith(("open", "os.", "shutil.", "sqlite3.")) and event != "os.kill":
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(look)
        try:
            call()
            os._exit(0)
        except BaseException:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
    return os.waitstatus_to_exitcode(status) != 0


def test_a_kill_at_any_moment_of_a_backup_leaves_none_or_a_whole_one(
    backed_up: tuple[Path, Any, range], home: Studio, tmp_path: Path
) -> None:
    home.run("restore", str(backed_up[0]))
    before = rows(home.folder / "data" / "label_studio.sqlite3"), tree(home.folder)
    out = tmp_path / "out"
    out.mkdir()
    whole = 0
    for moment in count(0, 13):
        target = out / f"b{moment}"
        killed = killed_after(moment, lambda target=target: home.run("backup", "--out", str(target)))
        if target.exists():
            whole += 1
            check_files(target, read_backup_manifest(target).files)
        if not killed:
            break
    assert whole
    shutil.rmtree(target)
    done = home.run("backup", "--out", str(target))
    assert done.returncode == 0, done.stderr
    assert (rows(home.folder / "data" / "label_studio.sqlite3"), tree(home.folder)) == before
    assert leftovers(home.home / "servers") == []
    assert rows(target / "database.sqlite3") == before[0]


def test_a_kill_at_any_moment_of_a_restore_leaves_the_old_or_the_new_and_the_same_command_works(
    backed_up: tuple[Path, Any, range], home: Studio, tmp_path: Path
) -> None:
    folder = backed_up[0]
    home.run("restore", str(folder))
    database = home.folder / "data" / "label_studio.sqlite3"
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("UPDATE project SET title = 'old'")
    old, new = rows(database), rows(folder / "database.sqlite3")
    shutil.copytree(home.home, tmp_path / "original")
    seen = set()
    for moment in count(0, 13):
        shutil.rmtree(home.home)
        shutil.copytree(tmp_path / "original", home.home)
        killed = killed_after(moment, lambda: home.run("restore", str(folder), "--replace"))
        paths = StudioPaths(home.home, home.home).server()
        with hold_lock(paths.lock):
            finish_switch(paths)  # as the next command does
        now = rows(database)
        assert now in (old, new)
        seen.add((killed, now == new))
        if now == new:
            [kept] = (home.folder / "kept").iterdir()
            assert rows(kept / "data" / "label_studio.sqlite3") == old
            assert home.state["settled"] and home.credentials
        if not killed:
            break
    assert seen >= {(True, False), (True, True), (False, True)}
    again = home.run("restore", str(folder), "--replace")
    assert again.returncode == 0, again.stderr
    assert rows(database) == new and leftovers(home.home / "servers") == []


def stand_in(environments: Path, program: str) -> Path:
    """A folder of environments with a program of the test's own for what migrates the data."""
    installed = required_installation(StudioPaths(environments, environments))
    (installed.folder / "bin").mkdir(parents=True)
    installed.python.symlink_to(sys.executable)
    installed.program.write_text(f"#!{sys.executable}\n{program}", "utf-8")
    installed.program.chmod(0o755)
    (installed.folder / "complete").write_text("", "utf-8")
    return environments


def of_version(studio: Studio, version: str) -> None:
    (studio.folder / "state.json").write_text(json.dumps({**studio.state, "version": version}), "utf-8")


DATABASE = "os.path.join(os.environ['LABEL_STUDIO_BASE_DATA_DIR'], 'label_studio.sqlite3')"

FAILING = {
    "its migration ends half-way": (
        f"import os, sqlite3, sys\nc = sqlite3.connect({DATABASE})\nc.execute('DROP TABLE prediction')\n"
        "c.commit()\nsys.exit('django.db.utils.OperationalError: no such column')",
        "the installed server cannot set up its tables: django.db.utils.OperationalError: no such column",
    ),
    "its migration loses an annotation": (
        f"import os, sqlite3\nc = sqlite3.connect({DATABASE})\n"
        "c.execute('DELETE FROM task_completion WHERE id = (SELECT max(id) FROM task_completion)')\nc.commit()",
        "the data did not arrive as it was: annotations: ",
    ),
    "its migration changes an answer": (
        f"import os, sqlite3\nc = sqlite3.connect({DATABASE})\n"
        "c.execute('UPDATE task_completion SET result = NULL WHERE id = (SELECT min(id) FROM task_completion)')\n"
        "c.commit()",
        "is not the same",
    ),
    "it does not start": ("", "the server exited: "),
}


@pytest.mark.parametrize("what", FAILING)
def test_an_upgrade_that_fails_leaves_all_as_it_was(
    what: str, backed_up: tuple[Path, Any, range], home: Studio, tmp_path: Path
) -> None:
    program, message = FAILING[what]
    home.run("restore", str(backed_up[0]))
    of_version(home, "1.20.0")
    before = rows(home.folder / "data" / "label_studio.sqlite3"), tree(home.folder), home.state
    environments = str(stand_in(tmp_path / "environments", program))
    failed = home.run("upgrade", GOLDSPAN_SERVER_ENV=environments)
    assert failed.returncode == 3
    assert message in failed.stderr and "failed, and the data is as before, of 1.20.0" in failed.stderr, failed.stderr
    (home.folder / "upgrade.log").unlink(missing_ok=True)
    assert (rows(home.folder / "data" / "label_studio.sqlite3"), tree(home.folder), home.state) == before
    assert list((home.folder / "kept").iterdir()) == [] and leftovers(home.home / "servers") == []


@pytest.fixture
def earlier(
    backed_up: tuple[Path, Any, range], home: Studio, server_environments: Path, tmp_path: Path
) -> dict[str, str]:
    """Makes the data in `home` that of the release before the pinned one; the variable that names both programs."""
    environments = both_releases(tmp_path / "environments", server_environments)
    home.run("restore", str(backed_up[0]))
    of_version(home, EARLIER)
    return {"GOLDSPAN_SERVER_ENV": str(environments)}


def test_data_of_an_earlier_label_studio_is_upgraded_before_the_server_starts_and_what_is_kept_can_be_forgotten(
    backed_up: tuple[Path, Any, range], home: Studio, earlier: dict[str, str]
) -> None:
    environments = Path(earlier["GOLDSPAN_SERVER_ENV"])
    before, pinned = (
        rows(home.folder / "data" / "label_studio.sqlite3"),
        read_backup_manifest(backed_up[0]).label_studio,
    )
    refused = home.run("up", **earlier)
    assert (refused.returncode, f"is of Label Studio {EARLIER}, and this goldspan has" in refused.stderr) == (2, True)
    assert "Fix: goldspan studio upgrade" in refused.stderr
    early = home.run("upgrade", "--forget", **earlier)
    assert (early.returncode, "nothing is kept of upgrades of the server 'default'" in early.stderr) == (2, True)

    done = home.run("upgrade", "--json", **earlier)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["upgraded"], told["before"], told["after"]) == (True, EARLIER, pinned)
    assert (home.state["version"], home.state["pid"]) == (pinned, 0)
    assert told["counts"] == read_backup_manifest(Path(told["backup"])).figures.counts
    assert rows(Path(told["kept"]) / "data" / "label_studio.sqlite3") == before
    assert "nothing to upgrade" in home.run("upgrade", **earlier).stdout
    assert sorted(path.name.partition("-")[0] for path in environments.iterdir()) == [EARLIER, pinned]
    forgotten = home.run("upgrade", "--forget", **earlier)
    assert forgotten.stdout.count("deleted: ") == 3
    assert list((home.folder / "kept").iterdir()) == [] and len(list(environments.iterdir())) == 1
    record = home.folder / "upgrades.json"
    record.write_text('[{"before"', "utf-8")
    damaged = home.run("upgrade", "--forget", **earlier)
    assert damaged.returncode == 3 and "the record of upgrades cannot be read" in damaged.stderr, damaged.stderr
    record.unlink()
    of_version(home, "1.99.0")
    for command in ("up", "upgrade"):
        newer = home.run(command, **earlier)
        assert (newer.returncode, "Fix: install the newer goldspan that ran it last" in newer.stderr) == (3, True)


def test_a_kill_at_any_moment_of_an_upgrade_loses_nothing_and_leaves_no_copy_that_nobody_knows(
    home: Studio, earlier: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # migration and start take seconds, and have no other effect than on the copy; other tests have both
    monkeypatch.setattr(server_upgrade, "_migrate", lambda *_: None)
    monkeypatch.setattr(server_upgrade, "start_once", lambda *_: None)
    paths = StudioPaths(home.home, home.home).server()
    content, pinned = rows(paths.database), pinned_version()
    shutil.copytree(home.home, tmp_path / "original")
    seen, ways = set(), set()
    for turn, moment in enumerate(count(0, 13)):
        shutil.rmtree(home.home)
        shutil.copytree(tmp_path / "original", home.home)
        killed = killed_after(moment, lambda: home.run("upgrade", **earlier))
        then = ("again", "forget", "back")[turn % 3] if killed else "again"
        backups = [path for path in (home.folder / "kept").glob("*-backup") if (path / "manifest.json").is_file()]
        if then == "again":
            done = home.run("upgrade", **earlier)
            assert done.returncode == 0, done.stderr
            [kept] = (path for path in (home.folder / "kept").iterdir() if not path.name.endswith("-backup"))
            [backup] = (home.folder / "kept").glob("*-backup")
            assert rows(kept / "data" / "label_studio.sqlite3") == rows(backup / "database.sqlite3") == content
            assert home.state["version"] == pinned
        elif then == "back" and backups:
            with earlier_goldspan():
                done = home.run("restore", str(backups[0]), "--replace", **earlier)
            assert done.returncode == 0, done.stderr
            assert home.state["version"] == EARLIER
        with hold_lock(paths.lock):
            finish_switch(paths)  # as the next command does, whichever it is
        assert rows(paths.database) == content
        seen.add(home.state["version"])
        ways.add(then)
        forgotten = home.run("upgrade", "--forget", **earlier)
        assert forgotten.returncode == 0 or "nothing is kept" in forgotten.stderr, forgotten.stderr
        assert rows(paths.database) == content
        left = [path.name for path in (home.folder / "kept").glob("*") if not path.name.endswith("-before-restore")]
        assert left + leftovers(home.home / "servers") == []
        if not killed:
            break
    assert (seen, len(ways)) == ({EARLIER, pinned}, 3)


def test_postgresql_is_backed_up_as_one_state_while_it_is_written_to_and_comes_back(server_environments: Path) -> None:
    with open_folder() as folder, serving(folder / "home", server_environments) as own:
        shared = StudioPaths(own.home, server_environments)
        paths, installation = shared.server(), required_installation(shared)
        ensure_private_dir(paths.folder)
        write_credentials(paths, generate_credentials("default"))
        running = prepare_database(paths, installation, new_choice())
        write_state(paths, ServerState(9000, installation.version, settled=True))

        def ask(statement: str, **more: Any) -> subprocess.Popen[str]:
            command = [client_program(paths.postgres, "psql"), "-qAtc", statement]
            variables = {**os.environ, **running.client_variables()}
            return subprocess.Popen(command, env=variables, text=True, stdout=subprocess.PIPE, **more)

        user = (
            "INSERT INTO htx_user (password, is_superuser, username, email, first_name, last_name, is_staff, is_active,"
            " date_joined, last_activity, activity_at, phone, avatar, allow_newsletters)"
            " SELECT '', false, n::text, 'u' || n || '@x', '', '', false, true, now(), now(), now(), '', '', false"
            " FROM generate_series({}) AS n"
        )
        assert (
            ask(user.format("1, 50")).communicate() and ask("SELECT count(*) FROM htx_user").communicate()[0] == "50\n"
        )
        try:
            # each transaction makes two users, so that an odd number is of no state
            many = f"DO $$ BEGIN FOR i IN 1..100000 LOOP {user.format('1000 + 2 * i, 1001 + 2 * i')}; COMMIT; PERFORM pg_sleep(0.02); END LOOP; END $$"
            writing = ask(many)
            done = own.run("backup", "--out", str(folder / "backup"), "--json")
            writing.kill()
            writing.communicate()
        finally:
            stop_database(paths)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["database"] == POSTGRES and told["counts"]["users"] >= 50 and told["counts"]["users"] % 2 == 0
        restored = own.run("restore", str(folder / "backup"), "--name", "bea", "--json")
        assert restored.returncode == 0, restored.stderr
        assert json.loads(restored.stdout)["counts"] == told["counts"]
        there = read_choice(shared.server("bea"))
        assert there is not None and there.kind == POSTGRES and there.password != running.password
        assert leftovers(folder, own.home / "servers") == []


def test_figures_tell_in_words_what_differs() -> None:
    before = BackupFigures({"tasks": 2}, {"tasks": {"1": "a", "2": "b"}}, {"task": 2, "x": 1})
    changes = {
        "tasks: 1 instead of 2": {"counts": {"tasks": 1}},
        "tasks: the one with the id 2 is not the same": {"sample": {"tasks": {"1": "a", "2": "c"}}},
        "table x: None rows instead of 1": {"rows": {"task": 2}},
    }
    for said, change in changes.items():
        assert before.differences(msgspec.structs.replace(before, **change)) == [said]
    assert before.differences(before) == []
    newer = msgspec.structs.replace(before, rows={"task": 2, "x": 1, "new": 0})
    assert before.differences(newer, tables=False) == []
