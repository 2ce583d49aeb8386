"""Projects that were pushed before pages had pickers: pulled as they are, and given pickers by the next push."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.label_studio import Connection, studio_client
from goldspan.annotate.label_studio.mapping.labeling_config import labeling_config
from goldspan.annotate.label_studio.mapping.pickers.id_lists import lists_in
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.mapping.tasks import document_from_task, make_task
from goldspan.schema import Document, Scheme, Span

from ...conftest import record, write_lines
from ...studio_server import Studio

pytestmark = pytest.mark.server

PROJECT = "An older project"
TEXT = "Nobody met M23."


def test_a_project_without_pickers_is_pulled_and_the_next_push_brings_them(
    studio: Studio, scheme: Scheme, tmp_path: Path
) -> None:
    spans = (
        Span(0, 6, "ACTOR", scheme.value("ACTOR", kind="person", id="Nobody Atall")),
        Span(11, 14, "ACTOR", scheme.value("ACTOR", kind="armed_group", id="m23")),
    )
    document = Document(id="a", text=TEXT, spans=spans)
    data = make_task(document, {}, scheme).data()
    for field in ("actors", "places", "dates"):
        data.pop(field)

    def run(*arguments: str) -> dict[str, Any]:
        done = studio.run(*arguments, "--project", PROJECT, "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def pulled() -> tuple[list[str], dict[str, Any]]:
        out = tmp_path / "out.jsonl"
        remarks = run("pull", "--out", str(out))["remarks"]
        return remarks, json.loads(out.read_text("utf-8"))

    with studio_client(Connection(studio.url, studio.token)) as client:
        project = client.sdk.projects.create(title=PROJECT, label_config=labeling_config(scheme)).id
        client.http.post(f"/api/projects/{project}/import", json=[{"data": data}])
        [task] = client.http.get("/api/tasks/", params={"project": project}).json()["tasks"]
        results = results_of(document, spans, scheme)
        client.http.post(f"/api/tasks/{task['id']}/annotations/", json={"result": results})

        remarks, before = pulled()
        assert not any("in its lists" in remark for remark in remarks)
        assert [item["value"]["id"] for item in before["spans"]] == ["Nobody Atall", "m23"]
        records = write_lines(tmp_path / "in.jsonl", record("a", TEXT))
        pushed = run("push", str(records))
        assert (pushed["interface"], pushed["described"]) == ("updated", 1)
        remarks, after = pulled()
        assert after["spans"] == before["spans"]
        assert any("1 new id in its lists" in remark for remark in remarks)
        assert run("push", str(records))["interface"] == "unchanged"
        uploads = client.http.get(f"/api/projects/{project}/file-uploads", params={"all": "true"}).json()
        body = {"file_upload_ids": [upload["id"] for upload in uploads]}
        client.http.request("DELETE", f"/api/projects/{project}/file-uploads", json=body)
        assert run("push", str(records))["interface"] == "updated"
        assert any("1 new id in its lists" in remark for remark in pulled()[0])

        config = client.sdk.projects.get(project).label_config or ""
        entries = client.http.get(f"/data/{lists_in(config)['ACTOR.id.list']}").json()
        assert [entry.get("alias") for entry in entries[:3]] == [None, "Nobody Atall", None]
        [task] = client.http.get("/api/tasks/", params={"project": project, "fields": "all"}).json()["tasks"]
        assert document_from_task(task["data"], task["id"], scheme).text == TEXT
        assert "m23" in {item["alias"] for item in task["data"]["actors"]}
