"""Drafts at the real server: said by a pull, brought where that is asked for, and never taken for finished work."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from goldspan.annotate.label_studio import Connection, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.corpus import read_records
from goldspan.schema import Document, Scheme, Span
from tests.command import GOLDSPAN
from tests.conftest import record, write_lines
from tests.studio_server import Studio

pytestmark = pytest.mark.server

TEXT = "Iran struck three bases near Kyiv on Friday."


def test_drafts_come_as_unfinished_layers_and_are_counted_otherwise(
    studio: Studio, tmp_path: Path, scheme: Scheme
) -> None:
    title = f"drafts {uuid4().hex[:12]}"

    def run(*arguments: Any, status: int = 0) -> subprocess.CompletedProcess[str]:
        command = [GOLDSPAN, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=studio.surroundings, timeout=300)
        assert done.returncode == status, done.stderr
        return done

    def pull(*arguments: str) -> dict[str, Any]:
        done = run("studio", "pull", "--project", title, "--out", tmp_path / "passes", "--json", *arguments)
        return dict(json.loads(done.stdout))

    run("studio", "push", write_lines(tmp_path / "in.jsonl", *(record(n, TEXT) for n in "abc")), "--project", title)
    with studio_client(Connection(studio.url, studio.token)) as api:
        project = find_project(api, title)
        assert project is not None
        task = {item["data"]["doc_id"]: item["id"] for item in select_tasks(api, project, [], include="id,data")}

        def results(*spans: Span) -> list[dict[str, Any]]:
            return results_of(Document(id="a", text=TEXT, spans=()), spans, scheme)

        iran, kyiv = Span(0, 4, "ACTOR"), Span(29, 33, "LOCATION")
        done = api.http.post(f"/api/tasks/{task['a']}/annotations/", json={"result": results(iran)}).json()
        # the page was opened again, and something added without Update
        api.http.post(f"/api/tasks/{task['a']}/annotations/{done['id']}/drafts", json={"result": results(iran, kyiv)})
        draft = api.http.post(f"/api/tasks/{task['b']}/drafts", json={"result": results(kyiv), "lead_time": 7}).json()

        told = run("studio", "pull", "--project", title, "--out", tmp_path / "passes")
        assert "note: 2 documents with unsubmitted drafts: --drafts pulls them\n" in told.stderr
        assert pull()["drafts"] == 2 and pull()["draft_files"] == []

        found = pull("--drafts")
        assert [(item["annotator"], item["documents"]) for item in found["files"]] == [("annotator", 1)]
        [file] = found["draft_files"]
        assert (Path(file["path"]).name, file["documents"]) == ("annotator.drafts.jsonl", 2)
        layers = {document.id: document for document in read_records(file["path"], scheme)}
        assert [(s.start, s.label) for s in layers["a"].spans] == [(0, "ACTOR"), (29, "LOCATION")]
        assert [(s.start, s.label) for s in layers["b"].spans] == [(29, "LOCATION")]
        assert all(document.draft for document in layers.values())
        assert layers["b"].layer is not None and layers["b"].layer.lead_time == 7
        [finished] = read_records(tmp_path / "passes" / "annotator.jsonl", scheme)
        assert [span.label for span in finished.spans] == ["ACTOR"] and not finished.draft

        other = write_lines(tmp_path / "ben.jsonl", record("a", TEXT, layer={"annotator": "ben"}))
        for command in (("agree",), ("adjudicate", "--out", tmp_path / "gold.jsonl")):
            refused = run(*command, file["path"], other, status=1)
            assert "has a draft, which nobody submitted" in refused.stderr

        body = {"result": results(kyiv), "draft_id": draft["id"]}
        api.http.post(f"/api/tasks/{task['b']}/annotations/", json=body)
        api.http.patch(f"/api/annotations/{done['id']}/", json={"result": results(iran, kyiv)})
        for item in api.http.get(f"/api/tasks/{task['a']}/drafts").json():
            api.http.delete(f"/api/drafts/{item['id']}/")
        assert pull("--drafts")["drafts"] == 0 and not Path(file["path"]).exists()
