"""Labels, choices and titles in eight scripts on the real server: from push to pull, agreement, gold and report."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.corpus import load
from goldspan.schema import load_scheme

from ...command import run_here
from ...conftest import record, span, write_lines
from ...languages import SAMPLES
from ...studio_server import Studio

pytestmark = pytest.mark.server

LABELS = "".join(re.sub("(?m)^(name|version|hotkey) = .*", "", sample.scheme) for sample in SAMPLES.values())
SCHEME = f'name = "scripts"\nversion = 1\ntitle = "מקום · 地點"\n{LABELS}'


def test_two_passes_in_eight_scripts_become_gold_and_a_report(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "scheme.toml").write_text(SCHEME, "utf-8")
    scheme = load_scheme(tmp_path / "scheme.toml")
    lines = []
    for sample in SAMPLES.values():
        value = {"of": sample.place, "min": 20, "max": 20}
        spans = [span(start, end, name, value if name == sample.number else None) for start, end, name in sample.spans]
        layer = {"annotator": "rules", "scheme": scheme.ref}
        lines.append(record(sample.place, sample.text, spans=spans, meta={"language": sample.tag}, layer=layer))
    write_lines(tmp_path / "in.jsonl", *lines)
    title = f"地點 {uuid4().hex[:8]}"
    plan = ("--plan", str(tmp_path / "plan.json"))
    chosen = ("--scheme", str(tmp_path / "scheme.toml"))

    def run(*call: object, status: int = 0) -> str:
        done = run_here(*map(str, call), env=studio.surroundings)
        assert done.returncode == status, done.stderr
        return done.stdout

    passes = [tmp_path / "passes" / f"{name}.jsonl" for name in ("ann", "ben")]
    run(
        "studio",
        "push",
        tmp_path / "in.jsonl",
        "--annotators",
        "ann,ben",
        "--overlap",
        2,
        *plan,
        *chosen,
        "--project",
        title,
    )
    with studio_client(Connection(studio.url, studio.token)) as client:
        for name, left_out in (("ann", 0), ("ben", 1)):
            submit(client, f"{title} - {name}", left_out)
    run("studio", "pull", "--out", tmp_path / "passes", *plan, *chosen)
    expected = {document.id: document.spans for document in load(tmp_path / "in.jsonl", scheme=scheme)}
    for path, left_out in zip(passes, (0, 1), strict=True):
        for document in load(path, scheme=scheme):
            kept = [item for item in expected[document.id] if not left_out or item != expected[document.id][-1]]
            assert [(item.start, item.label, item.value) for item in document.spans] == [
                (item.start, item.label, item.value) for item in kept
            ]
            assert document.meta.language == next(s.tag for s in SAMPLES.values() if s.place == document.id)

    [pair] = json.loads(run("agree", *passes, *chosen, "--json"))["pairwise"]
    assert set(pair["labels"]) == set(scheme.labels)
    assert pair["values"].keys() >= {sample.number for sample in SAMPLES.values()}
    decisions = ("--conflicts", tmp_path / "conflicts.jsonl")
    run("adjudicate", *passes, "--out", tmp_path / "open.jsonl", *decisions, *chosen, status=1)
    open_conflicts = [json.loads(line) for line in (tmp_path / "conflicts.jsonl").read_text("utf-8").splitlines()]
    assert {item["document"] for item in open_conflicts} == {sample.place for sample in SAMPLES.values()}
    page = tmp_path / "report.html"
    run("score", passes[0], f"ben={passes[1]}", "--resamples", 0, "--html", page, *chosen)
    written = page.read_text("utf-8")
    assert all(f"{name}</" in written for name in scheme.labels)
    assert set(json.loads(run("studio", "report", *plan, *chosen, "--json"))["annotators"]) and written


def submit(client: StudioClient, title: str, left_out: int) -> None:
    """Submit the suggestions of each task of a project, without that many of the last spans of the text."""
    project = find_project(client, title=title)
    assert project is not None
    params = {"project": project.id, "fields": "all"}
    for task in client.http.get("/api/tasks/", params=params).json()["tasks"]:
        results: list[dict[str, Any]] = [{**item, "origin": "prediction"} for item in task["predictions"][0]["result"]]
        regions = {item["id"]: item["value"]["start"] for item in results if "start" in item["value"]}
        dropped = sorted(regions, key=lambda name: regions[name])[len(regions) - left_out :]
        kept = [item for item in results if item["id"] not in dropped]
        path = f"/api/tasks/{task['id']}/annotations/"
        client.http.post(path, json={"result": kept, "lead_time": 9.0}).raise_for_status()
