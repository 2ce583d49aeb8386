"""The command `goldspan studio backend` and a real server: tasks get what the extractor finds, and nothing is left."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.label_studio import Connection, StudioClient, StudioError, studio_client
from goldspan.annotate.label_studio.client.projects import Project, find_project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.result_json import spans_of
from goldspan.corpus import read_records
from goldspan.schema import Scheme
from tests.command import GOLDSPAN
from tests.conftest import record, span, write_lines
from tests.studio_server import Studio, serving

from ...local_server import QuietHandler, local_server

pytestmark = pytest.mark.server

TEXTS = {
    "a": "Iran struck three bases near Kyiv on 7 November 2023.",
    "b": "At least 12 civilians were killed in El Fasher 😀 on Friday, the army said.",
    "c": "The army of Sudan left Goma.",
}


@pytest.fixture(scope="module")
def open_studio(server_environments: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server that may call services on this machine."""
    with serving(tmp_path_factory.mktemp("open"), server_environments) as own:
        own.up("--local-backends")
        yield own


class Desk:
    """A project of the test's own with three tasks, and the command at work on it."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.title = f"t-{uuid4().hex[:12]}"
        self.studio = studio
        self.api: StudioClient = studio_client(Connection(studio.url, studio.token))
        lines = [record(id, text, meta={"published": "2023-11-10"}) for id, text in TEXTS.items()]
        self.file = write_lines(folder / "in.jsonl", *lines)
        done = studio.run("push", str(self.file), "--project", self.title)
        assert done.returncode == 0, done.stderr

    @property
    def project(self) -> Project:
        found = find_project(self.api, self.title)
        assert found is not None
        return found

    def command(self, *arguments: str, extractor: str = "rules") -> list[str]:
        project = () if "--project" in arguments else ("--project", self.title)
        return [str(GOLDSPAN), "studio", "backend", "--extractor", extractor, *project, *arguments]

    @contextmanager
    def backend(self, *arguments: str, extractor: str = "rules") -> Iterator[Backend]:
        started = Backend(self.command(*arguments, extractor=extractor), self.studio.surroundings)
        try:
            yield started
        finally:
            started.process.kill()
            started.process.communicate()

    def refused(self, *arguments: str, extractor: str = "rules") -> tuple[int, str]:
        command = self.command(*arguments, extractor=extractor)
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=self.studio.surroundings, timeout=120)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    def links(self) -> list[dict[str, Any]]:
        return list(self.api.http.get("/api/ml/", params={"project": self.project.id}).json())

    def hooks(self) -> list[Any]:
        return list(self.api.http.get("/api/webhooks/", params={"project": self.project.id}).json())

    def tasks(self) -> dict[str, int]:
        found = select_tasks(self.api, self.project, [], include="id,data")
        return {item["data"]["doc_id"]: int(item["id"]) for item in found}

    def retrieve(self, *tasks: int) -> None:
        about = {"id": "retrieve_tasks_predictions", "project": self.project.id}
        body = {"selectedItems": {"all": False, "included": list(tasks)}, "project": self.project.id}
        self.api.http.post("/api/dm/actions/", params=about, json=body)

    def predictions(self, task: int) -> list[dict[str, Any]]:
        return list(self.api.http.get("/api/predictions/", params={"task": task}).json())

    def next(self) -> dict[str, Any]:
        """The task that an annotator is given next."""
        return dict(self.api.http.get(f"/api/projects/{self.project.id}/next").json())

    @property
    def shown(self) -> str:
        return str(self.api.http.get(f"/api/projects/{self.project.id}/").json()["model_version"])


class Backend:
    """The running command."""

    def __init__(self, command: list[str], surroundings: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env=surroundings
        )
        assert self.process.stdout is not None
        watch = threading.Timer(60, self.process.kill)
        watch.start()
        self.first = self.process.stdout.readline()
        second = self.process.stdout.readline()
        watch.cancel()
        assert second.startswith("backend: "), self.process.communicate()[1]
        self.url = second.split()[1]

    def end(self, number: int = signal.SIGINT) -> str:
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=30)
        assert self.process.returncode == 130, said
        assert "Traceback" not in said
        return said


@pytest.fixture
def desk(open_studio: Studio, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(open_studio, tmp_path)
    yield desk
    desk.api.close()


def found(desk: Desk, name: str, scheme: Scheme) -> tuple[list[Any], list[Any]]:
    """What the server has for a document, and what the extractor finds in it."""
    text = TEXTS[name]
    [prediction] = desk.predictions(desk.tasks()[name])
    assert prediction["model_version"] == "rules"
    reading = spans_of(prediction["result"], text, scheme)
    assert reading.problems == []
    [document] = [document for document in read_records(desk.file, scheme) if document.id == name]
    [expected] = load_extractor("rules", scheme).extract([document])
    return (
        [(s.start, s.end, s.label, s.value) for s in reading.spans],
        [(s.start, s.end, s.label, s.value) for s in sorted(expected, key=lambda s: s.start)],
    )


def test_tasks_get_what_the_extractor_finds(desk: Desk, scheme: Scheme) -> None:
    with desk.backend() as backend:
        assert desk.title in backend.first
        [link] = desk.links()
        assert (link["readable_state"], link["url"], link["auth_method"]) == ("Connected", backend.url, "BASIC_AUTH")
        assert desk.hooks() == []
        desk.retrieve(*desk.tasks().values())
        for name in TEXTS:
            there, expected = found(desk, name, scheme)
            assert there == expected != []
        desk.retrieve(*desk.tasks().values())
        assert [len(desk.predictions(task)) for task in desk.tasks().values()] == [1, 1, 1]
        for path in ("/health", "/predict"):
            assert httpx.post(backend.url + path, json={"tasks": []}, trust_env=False).status_code == 401
        said = backend.end()
    assert not any(word in said for word in ("Iran", "Kyiv", "civilians", desk.studio.token))
    assert desk.links() == [] and desk.hooks() == []
    assert desk.shown == "rules"
    assert [p["model_version"] for p in desk.next()["predictions"]] == ["rules"]


def test_whoever_opens_a_task_sees_suggestions_at_once(desk: Desk, scheme: Scheme) -> None:
    with desk.backend() as backend:
        given = desk.next()
        assert [p["model_version"] for p in given["predictions"]] == ["rules"]
        there, expected = found(desk, given["data"]["doc_id"], scheme)
        assert there == expected
        backend.end(signal.SIGTERM)
    assert desk.links() == []


def test_a_second_start_takes_the_place_of_the_first(desk: Desk, scheme: Scheme) -> None:
    with desk.backend() as first:
        [link] = desk.links()
        with desk.backend() as second:
            [now] = desk.links()
            assert (now["id"], now["url"], now["readable_state"]) == (link["id"], second.url, "Connected")
            assert "link" not in first.end()  # the first has nothing left to take back
            [still] = desk.links()
            assert still["url"] == second.url
            desk.retrieve(desk.tasks()["a"])
            there, expected = found(desk, "a", scheme)
            assert there == expected
            second.process.kill()
            second.process.wait()
    [left] = desk.links()
    assert left["readable_state"] == "Disconnected"
    with desk.backend() as third:
        [now] = desk.links()
        assert (now["id"], now["url"]) == (left["id"], third.url)
        desk.retrieve(desk.tasks()["b"])
        assert len(desk.predictions(desk.tasks()["b"])) == 1
        third.end()
    assert desk.links() == []


def test_the_links_of_others_stay_and_what_the_project_showed_comes_back(desk: Desk, tmp_path: Path) -> None:
    spans = [span(0, 4, "ACTOR", {"kind": "state"})]
    lines = [record("a", TEXTS["a"]) | {"spans": spans, "layer": {"annotator": "older"}}]
    done = desk.studio.run("push", str(write_lines(tmp_path / "older.jsonl", *lines)), "--project", desk.title)
    assert done.returncode == 0 and desk.shown == "older"
    with desk.backend() as backend, somebody_elses() as address:
        with suppress(StudioError):  # the link is made; what the server refuses is the webhook that comes with it
            desk.api.http.post("/api/ml/", json={"project": desk.project.id, "title": "theirs", "url": address})
        assert [item["title"] for item in desk.links()] == ["rules", "theirs"]
        assert desk.shown == "rules"
        said = backend.end()
        assert [item["title"] for item in desk.links()] == ["theirs"]
    assert "now shows suggestions of 'rules'; before: 'older'" in said
    assert desk.shown == "older"


@contextmanager
def somebody_elses() -> Iterator[str]:
    """A backend of somebody else, which answers whatever it is asked."""

    class Handler(QuietHandler):
        def respond(self) -> None:
            self.body()
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    with local_server(Handler) as url:
        yield url


def test_a_later_push_puts_its_suggestions_in_place_of_the_backends(desk: Desk, tmp_path: Path) -> None:
    with desk.backend() as backend:
        desk.retrieve(*desk.tasks().values())
        backend.end()
    out = tmp_path / "suggested.jsonl"
    subprocess.run([GOLDSPAN, "annotate", desk.file, "--out", out], check=True, capture_output=True)
    assert desk.studio.run("push", str(out), "--project", desk.title).returncode == 0
    assert [[p["model_version"] for p in desk.predictions(t)] for t in desk.tasks().values()] == [["rules"]] * 3


def test_what_cannot_be_served_is_said(desk: Desk, studio: Studio, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, said = desk.refused("--port", port)
        assert status == 3 and f"port {port}" in said and "Fix: another --port" in said
    status, said = desk.refused(extractor="rulez")
    assert status == 2 and "did you mean 'rules'" in said
    status, said = desk.refused("--project", "no such")
    assert status == 2 and "create it with goldspan studio push" in said
    status, said = desk.refused("--host", "0.0.0.0")
    assert status == 2 and "every address" in said
    other = desk.api.http.post(
        "/api/projects/", json={"title": f"other {desk.title}", "label_config": "<View></View>"}
    ).json()
    status, said = desk.refused("--project", other["title"])
    assert status == 2 and "update it with goldspan studio push" in said
    assert desk.links() == []

    closed = Desk(studio, tmp_path)
    status, said = closed.refused()
    assert status == 3
    assert "may not call services on this machine. Fix: goldspan studio down, then" in said
    assert "up --local-backends" in said
    assert closed.links() == []
    closed.api.close()
