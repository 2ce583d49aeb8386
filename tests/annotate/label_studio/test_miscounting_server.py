"""A server that no longer counts annotations, as two deletions of projects at once leave it: work is seen all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.sync.annotated_tasks import annotation_totals
from goldspan.schema import Document, Scheme, Span
from tests.conftest import record, span, write_lines
from tests.studio_server import Studio

pytestmark = pytest.mark.server

TEXT = "Iran struck three bases near Kyiv on Friday."
IRAN = span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"})
CONFIG = '<View><Labels name="label" toName="text"><Label value="A"/></Labels><Text name="text" value="$text"/></View>'


@pytest.fixture
def api(own_studio: Studio) -> Iterator[StudioClient]:
    own_studio.up()
    with studio_client(Connection(own_studio.url, own_studio.token)) as api:
        miscount(api)
        yield api


def miscount(api: StudioClient) -> None:
    """Deletes projects at once until the server does not count an annotation any more."""
    connection = api.connection
    project = api.http.post("/api/projects/", json={"title": "counted", "label_config": CONFIG}).json()["id"]
    headers = {"Authorization": f"Token {connection.token}"}
    for _ in range(30):
        gone = [api.http.post("/api/projects/", json={"title": f"gone {n}"}).json()["id"] for n in range(4)]
        urls = [f"{connection.url}/api/projects/{number}/" for number in gone]
        with ThreadPoolExecutor(4) as people:
            list(people.map(lambda url: httpx.delete(url, headers=headers, trust_env=False, timeout=60), urls))
        api.http.post(f"/api/projects/{project}/import", json=[{"data": {"text": TEXT}}])
        newest = max(item["id"] for item in api.http.get("/api/tasks/", params={"project": project}).json()["tasks"])
        api.http.post(f"/api/tasks/{newest}/annotations/", json={"result": []})
        if not api.http.get(f"/api/tasks/{newest}/").json()["total_annotations"]:
            return
    pytest.fail("the server counts right, whatever is deleted at once: is this test still needed?")


def test_a_server_that_miscounts_loses_nobodys_work(
    own_studio: Studio, api: StudioClient, tmp_path: Path, scheme: Scheme
) -> None:
    def push(name: str, *lines: dict[str, Any], status: int = 0, options: tuple[str, ...] = ()) -> dict[str, Any]:
        path = str(write_lines(tmp_path / name, *lines))
        done = own_studio.run("push", path, "--project", "work", "--json", *options)
        assert done.returncode == status, done.stderr
        return dict(json.loads(done.stdout)) if done.stdout else {"stderr": done.stderr}

    def pull() -> dict[str, Any]:
        out = tmp_path / "pulled.jsonl"
        done = own_studio.run("pull", "--project", "work", "--out", str(out), "--json")
        assert done.returncode == 0, done.stderr
        layers = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        return {"told": json.loads(done.stdout), "labels": {d["id"]: [s["label"] for s in d["spans"]] for d in layers}}

    names = "abcde"
    push("first.jsonl", *(record(name, TEXT, spans=[IRAN]) for name in names))
    project = find_project(api, "work")
    assert project is not None
    task = {item["data"]["doc_id"]: item["id"] for item in select_tasks(api, project, [], include="id,data")}
    document = Document(id="a", text=TEXT, spans=())
    marks = results_of(document, [Span(0, 4, "ACTOR"), Span(29, 33, "LOCATION")], scheme)
    api.http.post(f"/api/tasks/{task['a']}/annotations/", json={"result": marks})
    api.http.post(f"/api/tasks/{task['b']}/annotations/", json={"result": [], "was_cancelled": True})
    api.http.post(f"/api/tasks/{task['c']}/drafts", json={"result": marks, "lead_time": 1.0, "project": project.id})
    assert annotation_totals(api, project) == (2, 1)

    # another text is refused for each that somebody has worked on
    refused = push("other.jsonl", *(record(name, f"So {TEXT}") for name in "abcd"), status=1)["stderr"]
    assert [name for name in names if f"document {name!r}: the text differs from the one" in refused] == ["a", "b", "c"]
    texts = {item["data"]["doc_id"]: item["data"]["text"] for item in select_tasks(api, project, [], include="id,data")}
    assert set(texts.values()) == {TEXT}

    # a label in use is not taken away
    small = tmp_path / "small.toml"
    small.write_text('name = "small"\nversion = 1\ntitle = "-"\n[labels.ACTOR]\ndefinition = "-"\n', encoding="utf-8")
    refused = push("small.jsonl", record("e", TEXT), status=1, options=("--scheme", str(small)))["stderr"]
    assert "annotations of 'a' use what small@1 lacks:" in refused and "LOCATION" in refused
    assert "annotations of 'c' use" in refused and "annotations of 'b' use" not in refused

    # of two tasks of a document the one with work stays, and suggestions come once
    double = dict(api.http.get(f"/api/tasks/{task['d']}/").json()["data"])
    api.http.post(f"/api/projects/{project.id}/import", json=[{"data": double}])
    newest = max(item["id"] for item in select_tasks(api, project, []))
    api.http.post(f"/api/tasks/{newest}/annotations/", json={"result": marks})
    kyiv = span(29, 33, "LOCATION", {"kind": "settlement"})
    push("again.jsonl", *(record(name, TEXT, spans=[IRAN, kyiv]) for name in names))
    left = {item["id"]: item["data"]["doc_id"] for item in select_tasks(api, project, [], include="id,data")}
    assert sorted(left.values()) == list(names) and left[newest] == "d"
    assert [len(api.http.get(f"/api/tasks/{number}/").json()["predictions"]) for number in left] == [1] * 5

    # a pull brings all, and the next one asks only for what has changed
    assert pull()["labels"] == {"a": ["ACTOR", "LOCATION"], "b": [], "d": ["ACTOR", "LOCATION"]}
    api.http.post(f"/api/tasks/{task['e']}/annotations/", json={"result": marks[:1]})
    second = pull()
    assert second["labels"]["e"] == ["ACTOR"] and second["told"]["whole"] is False
