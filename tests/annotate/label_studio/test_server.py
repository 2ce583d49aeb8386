"""The life of the embedded server, with the real one."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, StudioPaths, server, studio_client
from goldspan.annotate.label_studio.server.installation import required_installation
from goldspan.annotate.label_studio.server.log import last_lines, rotate_log
from goldspan.annotate.label_studio.server.paths import studio_paths

from ...command import GOLDSPAN
from ...studio_server import Studio, serving

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def stopped_home(server_environments: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a server that ran once; it stays as it is."""
    home = tmp_path_factory.mktemp("stopped")
    with serving(home, server_environments) as studio:
        studio.up()
    return home


@pytest.fixture
def stopped_studio(stopped_home: Path, own_studio: Studio) -> Studio:
    """A server of the test's own that ran once and is stopped."""
    shutil.copytree(stopped_home, own_studio.home, dirs_exist_ok=True)
    assert own_studio.run("status").returncode == 3
    return own_studio


def of(studio: Studio) -> Connection:
    return Connection(studio.url, studio.token, "default")


def test_a_server_that_runs_is_left_as_it_is(studio: Studio) -> None:
    before = studio.state
    done = studio.run("up")
    assert (done.returncode, done.stderr) == (0, "already running\n")
    assert studio.state == before


def test_it_is_ready_soon_comes_back_as_it_was_after_a_kill_and_down_ends_it_and_all_it_started(
    own_studio: Studio,
) -> None:
    begun = time.monotonic()
    done = own_studio.run("up")
    assert time.monotonic() - begun < 20  # 3 to 4 where the machine has nothing else to do
    assert done.returncode == 0
    for shown in (own_studio.url, "annotator@localhost", "status --password", "studio down"):
        assert shown in done.stdout
    with studio_client(of(own_studio)) as api:
        assert api.whoami()["email"] == "annotator@localhost"
        made = api.http.post("/api/projects/", json={"title": "kept"}).json()

    before, token = own_studio.state, own_studio.token
    own_studio.kill()
    status = own_studio.run("status", "--json")
    assert (status.returncode, json.loads(status.stdout)["running"]) == (3, False)
    own_studio.up()
    assert own_studio.state["pid"] != before["pid"]
    assert (own_studio.state["port"], own_studio.token) == (before["port"], token)
    with studio_client(of(own_studio)) as api:
        assert api.http.get(f"/api/projects/{made['id']}/").json()["title"] == "kept"
    assert json.loads(own_studio.run("status", "--json").stdout)["projects"] == 1

    pid = own_studio.state["pid"]
    assert own_studio.run("status").returncode == 0
    assert own_studio.run("down").stdout == "stopped; the data is kept\n"
    with pytest.raises(httpx.ConnectError):
        httpx.get(own_studio.url, trust_env=False)
    groups = subprocess.run(["ps", "-A", "-ww", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    assert not [row for row in groups.splitlines() if row.split()[0] == str(pid) and not row.split()[1].startswith("Z")]
    again = own_studio.run("down")
    assert (again.returncode, again.stdout) == (0, "not running\n")


def test_two_who_start_it_at_once_get_one_server(own_studio: Studio) -> None:
    command = [str(GOLDSPAN), "studio", "up", "--json"]
    both = [
        subprocess.Popen(command, env=own_studio.surroundings, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    answers = [json.loads(each.communicate(timeout=120)[0]) for each in both]
    assert answers[0]["pid"] == answers[1]["pid"]
    assert sorted(answer["started"] for answer in answers) == [False, True]


def test_what_it_keeps_is_its_owners_only(studio: Studio) -> None:
    assert studio.folder.stat().st_mode & 0o777 == 0o700
    for path in (studio.folder / "credentials.json", studio.folder / "server.log", studio.folder / "state.json"):
        assert path.stat().st_mode & 0o777 == 0o600, path


def test_secrets_are_in_no_list_of_processes_no_log_and_no_message(studio: Studio) -> None:
    studio.run("status")
    wrong = Connection(studio.url, "0" * 40, "default")
    with StudioClient(wrong) as api, pytest.raises(Exception, match="rejects the token") as refusal:
        api.http.get("/api/projects/")
    assert "0" * 40 not in str(refusal.value) + repr(wrong)
    with StudioClient(of(studio)) as api, pytest.raises(Exception, match="404") as missing:
        api.http.get("/api/projects/999999/")
    processes = subprocess.run(["ps", "-A", "-ww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    said = "".join(f"{done.stdout}{done.stderr}" for done in (studio.run("up"), studio.run("status", "--json")))
    log = (studio.folder / "server.log").read_text("utf-8")
    assert "label-studio" in processes
    for place in (
        processes,
        said,
        log,
        str(missing.value),
        repr(of(studio)),
        (studio.folder / "state.json").read_text(),
    ):
        assert studio.token not in place
        assert studio.credentials["password"] not in place


def _form(studio: Studio, http: httpx.Client, path: str, **fields: str) -> httpx.Response:
    http.get(f"{studio.url}/user/login/")
    fields["csrfmiddlewaretoken"] = http.cookies["csrftoken"]
    return http.post(f"{studio.url}{path}", data=fields, headers={"Referer": f"{studio.url}{path}"})


def test_its_user_logs_in_with_the_password_that_is_shown(studio: Studio) -> None:
    password = studio.run("status", "--password").stdout.strip()
    with httpx.Client(trust_env=False) as http:
        answer = _form(studio, http, "/user/login/", email="annotator@localhost", password=password)
        assert answer.status_code == 302
        assert http.get(f"{studio.url}/api/current-user/whoami").json()["email"] == "annotator@localhost"


def test_nobody_else_can_sign_up(studio: Studio) -> None:
    with httpx.Client(trust_env=False) as http:
        answer = _form(studio, http, "/user/signup/", email="someone@example.org", password="long-enough-1")
    assert answer.status_code == 403
    with studio_client(of(studio)) as api:
        assert "someone@example.org" not in {user["email"] for user in api.http.get("/api/users/").json()}


WATCH = """
import sys
seen = open({file!r}, "a", buffering=1)
def watch(event, given):
    if event in ("socket.bind", "socket.connect"):
        print(event, given[1][0] if isinstance(given[1], tuple) else "a file", file=seen)
    elif event == "socket.getaddrinfo":
        print(event, given[0], file=seen)
sys.addaudithook(watch)
"""


def test_it_listens_on_this_machine_only_and_calls_nobody(server_environments: Path, tmp_path: Path) -> None:
    real = required_installation(StudioPaths(tmp_path, server_environments)).folder
    watched = tmp_path / "environments" / real.name  # the same program, which notes down all addresses it deals with
    (watched / "bin").mkdir(parents=True)
    (watched / "bin" / "python").symlink_to(real / "bin" / "python")
    (watched / "template.sqlite3").symlink_to(real / "template.sqlite3")
    (watched / "complete").touch()
    program = watched / "bin" / "label-studio"
    # and which finds goldspan's settings although this starts it anew
    folders = os.pathsep.join([str(tmp_path), str(Path(server.__path__[0]) / "extension")])
    environment = f"{{**os.environ, 'PYTHONPATH': {folders!r}}}"
    command = f"[{str(real / 'bin' / 'label-studio')!r}, *sys.argv[1:]]"
    program.write_text(f"import os, sys\nos.execve({command}[0], {command}, {environment})\n")
    (tmp_path / "sitecustomize.py").write_text(WATCH.format(file=str(tmp_path / "seen")))
    with serving(tmp_path / "home", tmp_path / "environments") as studio:
        studio.up("--local-backends")
        with httpx.Client(base_url=studio.url, trust_env=False, timeout=60) as http:
            _form(studio, http, "/user/login/", email="annotator@localhost", password=studio.credentials["password"])
            # what an open page asks for; tips and the newest version come from outside if they come
            paths = ("/", "/projects/", "/api/version/", "/heidi-tips/")
            statuses = [http.get(path, follow_redirects=True).status_code for path in paths]
        with studio_client(of(studio)) as api:
            api.http.post("/api/projects/", json={"title": "seen"})
    assert statuses == [200, 200, 200, 404]
    seen = {tuple(line.split(" ", 1)) for line in (tmp_path / "seen").read_text().splitlines()}
    assert ("socket.bind", "127.0.0.1") in seen
    assert {address for _, address in seen} <= {"127.0.0.1", "::1", "localhost"}


def test_a_first_start_cut_off_before_the_token_was_set_is_done_anew(stopped_studio: Studio) -> None:
    credentials, state = stopped_studio.credentials, stopped_studio.state
    (stopped_studio.folder / "credentials.json").write_text(json.dumps({**credentials, "token": "f" * 40}))
    refused = stopped_studio.run("up")
    assert (refused.returncode, "rejects the token" in refused.stderr) == (3, True)  # there may be data: never removed
    stopped_studio.run("down")
    (stopped_studio.folder / "state.json").write_text(json.dumps({**state, "settled": False}))
    stopped_studio.up()
    with studio_client(of(stopped_studio)) as api:
        assert api.whoami()["id"]


def test_another_process_with_the_pid_is_left_alone(stopped_studio: Studio) -> None:
    with subprocess.Popen(["sleep", "100"], start_new_session=True) as stranger:
        stale = {**stopped_studio.state, "pid": stranger.pid, "identity": "of a server before the last reboot"}
        (stopped_studio.folder / "state.json").write_text(json.dumps(stale))
        assert stopped_studio.run("status").returncode == 3
        assert stopped_studio.run("down").stdout == "not running\n"
        stopped_studio.up()
        assert stopped_studio.state["pid"] != stranger.pid
        stopped_studio.run("down")
        assert stranger.poll() is None
        stranger.kill()


def test_a_taken_port_is_left_to_its_owner(stopped_studio: Studio) -> None:
    last = stopped_studio.state["port"]
    with socket.create_server(("127.0.0.1", last)):
        named = stopped_studio.run("up", "--port", str(last))
        assert (named.returncode, "is in use. Fix:" in named.stderr) == (3, True)
        stopped_studio.up()
        assert stopped_studio.state["port"] != last
    with studio_client(of(stopped_studio)) as api:
        assert api.whoami()["id"]


def test_other_settings_are_not_taken_in_silence(studio: Studio) -> None:
    done = studio.run("up", "--local-backends")
    assert (done.returncode, "Fix: goldspan studio down" in done.stderr) == (2, True)


def test_servers_of_other_names_have_data_and_users_of_their_own(own_studio: Studio) -> None:
    try:
        own_studio.up("--name", "bea")
        state = json.loads(own_studio.run("status", "--name", "bea", "--json").stdout)
        assert (state["running"], state["username"]) == (True, "bea@localhost")
        assert own_studio.run("status").returncode == 3
    finally:
        own_studio.run("down", "--name", "bea")
    assert own_studio.run("up", "--name", "../x").returncode == 2


def test_lost_credentials_are_not_replaced_where_there_is_data(stopped_studio: Studio) -> None:
    (stopped_studio.folder / "credentials.json").unlink()
    done = stopped_studio.run("up")
    assert (done.returncode, "Fix:" in done.stderr) == (3, True)
    (stopped_studio.folder / "credentials.json").write_text("{")
    assert stopped_studio.run("up").returncode == 3


def test_logs_are_shown_from_their_end(studio: Studio) -> None:
    done = studio.run("logs", "-n", "2")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)


def test_a_long_log_begins_anew(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("ab") as writer:
        writer.write(b"x" * 5_000_000 + b"\nlast\n")
        writer.flush()
        rotate_log(log)
        writer.write(b"first\n")
    assert last_lines(log, 5) == ["first"]
    assert (tmp_path / "server.log.1").stat().st_size == 5_000_006


def test_without_a_network_half_an_installation_is_not_taken_for_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off = Studio(tmp_path / "home", tmp_path / "environments")
    monkeypatch.setenv("GOLDSPAN_SERVER_ENV", str(tmp_path / "environments"))
    left = required_installation(studio_paths()).folder / "bin" / "label-studio"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    done = cut_off.run("up", PIP_NO_INDEX="1", PIP_FIND_LINKS="", PIP_CONFIG_FILE=os.devnull)
    assert done.returncode == 3
    assert "Fix: connect to the network" in done.stderr
    assert "Traceback" not in done.stderr
    assert not left.exists()
    assert not required_installation(studio_paths()).complete


def test_what_it_imports_late_is_there_when_it_is_used(studio: Studio) -> None:
    config = '<View><Text name="t" value="$text"/><Labels name="l" toName="t"><Label value="A"/></Labels></View>'
    with studio_client(of(studio)) as api:
        project = api.http.post("/api/projects/", json={"title": "late", "label_config": config}).json()["id"]
        table = {"file": ("table.csv", b"text,number\nIran,1\nKyiv,\n", "text/csv")}  # read with pandas
        done = api.http.post(f"/api/projects/{project}/import", files=table).json()
        assert (done["task_count"], sorted(done["data_columns"])) == (2, ["number", "text"])
        about = {"label_config": config, "include_annotation_and_prediction": True}  # which jsf makes up
        sample = api.http.post(f"/api/projects/{project}/sample-task/", json=about).json()["sample_task"]
        assert sample["annotations"][0]["result"] or sample["predictions"][0]["result"]
        api.http.delete(f"/api/projects/{project}/")
