"""The report on progress, of people's work on the real server."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.schema import Document, Scheme, Span
from goldspan.workflows import studio_report
from tests.command import run_here
from tests.conftest import record, span, write_lines
from tests.studio_server import Studio

pytestmark = pytest.mark.server

TEXT = "US and allied forces struck Kyiv on Friday."
ACTOR, PLACE, DAY = (0, 20, "ACTOR"), (28, 32, "LOCATION"), (36, 42, "DATE")
DOCUMENTS = ("a", "b", "c", "d")

ACCEPTED = ((*ACTOR, "prediction"), (*PLACE, "prediction"), (*DAY, "prediction"))
MENDED = ((0, 2, "ACTOR", "prediction-changed"), (7, 20, "ACTOR", "manual"), (*DAY, "prediction"))
"""A shorter actor, another one, and no place."""


class Lead:
    """Whoever leads the project: the commands in a folder, and the server's API for what people do."""

    def __init__(self, studio: Studio, folder: Path, scheme: Scheme) -> None:
        self.studio, self.folder, self.scheme = studio, folder, scheme
        self.title = f"progress {uuid4().hex[:12]}"
        suggested = [span(*place) for place in (ACTOR, PLACE, DAY)]
        lines = [record(name, TEXT, spans=suggested, layer={"annotator": "rules"}) for name in DOCUMENTS]
        write_lines(folder / "in.jsonl", *lines)

    def run(self, *arguments: object) -> str:
        done = run_here(*arguments, env=self.studio.surroundings, cwd=self.folder)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def report(self, *arguments: object) -> dict[str, Any]:
        return dict(json.loads(self.run("studio", "report", *arguments, "--names", "--json")))

    def api(self) -> StudioClient:
        return studio_client(Connection(self.studio.url, self.studio.token))

    def submit(self, who: str, title: str, work: dict[str, tuple[Sequence[tuple[Any, ...]], float]]) -> None:
        """Submits spans with their origins, and the seconds that they took, by document."""
        with self.api() as api:
            users = {user["email"]: user["id"] for user in api.http.get("/api/users/").json()}
            email = f"{who}@example.org"
            if email not in users:
                users[email] = api.http.post("/api/users/", json={"email": email, "username": who}).json()["id"]
            project = find_project(api, title)
            assert project is not None
            for task in list(select_tasks(api, project, [], include="id,data")):
                if (name := task["data"]["doc_id"]) in work:
                    spans, seconds = work[name]
                    document = Document(id=name, text=TEXT, spans=())
                    results = results_of(document, [Span(*item[:3]) for item in spans], self.scheme)
                    origins = [{**result, "origin": item[3]} for result, item in zip(results, spans, strict=True)]
                    body = {"result": origins, "completed_by": users[email], "lead_time": seconds}
                    api.http.post(f"/api/tasks/{task['id']}/annotations/", json=body)


@pytest.fixture
def lead(studio: Studio, tmp_path: Path, scheme: Scheme) -> Lead:
    """With the shared server, and projects of their own in it."""
    return Lead(studio, tmp_path, scheme)


def test_the_server_and_pulled_passes_give_the_same_report(lead: Lead) -> None:
    arguments = ("in.jsonl", "--annotators", "ann,ben", "--overlap", 2, "--blind", 0.25, "--project", lead.title)
    lead.run("studio", "push", *arguments)
    plan = json.loads((lead.folder / "plan.json").read_text())
    [blind] = [name for name, assigned in plan["documents"].items() if assigned.get("blind")]
    first, second, _ = (name for name in DOCUMENTS if name != blind)
    by_hand = tuple((*item[:3], "manual") for item in ACCEPTED)
    lead.submit("ann", f"{lead.title} - ann", {first: (ACCEPTED, 30), second: (MENDED, 60), blind: (by_hand, 120)})
    lead.submit("ben", f"{lead.title} - ben", {first: (MENDED, 45)})

    told = lead.report("--plan", "plan.json")
    assert (told["planned"], told["done"], told["end"]["remaining"]) == (8, 4, 4)
    ann, ben = told["annotators"]["ann"], told["annotators"]["ben"]
    assert (ann["planned"], ann["annotated"], ann["spans"], ben["annotated"]) == (4, 3, 9, 1)
    assert ann["lead_times"]["suggested"]["seconds_per_document"] == 45  # the median of 30 and 60
    assert ann["lead_times"]["suggested"]["seconds_per_span"] == 15  # of 30 / 3 and 60 / 3
    assert ann["lead_times"]["blind"]["seconds_per_span"] == 40  # 120 / 3
    assert sum((Counter(counts) for counts in told["days"].values()), Counter()) == {"ann": 3, "ben": 1}
    assert max(told["days"]) == told["day"]
    labels = told["suggestions"]["labels"]
    outcomes = {
        name: [labels[name][kind] for kind in ("suggested", "accepted", "changed", "rejected", "added")]
        for name in ("ACTOR", "LOCATION", "DATE")
    }
    assert outcomes == {"ACTOR": [3, 1, 2, 0, 2], "LOCATION": [3, 1, 0, 2, 0], "DATE": [3, 3, 0, 0, 0]}
    assert told["end"]["day"] is None and any("the end cannot be told for ann, ben" in note for note in told["notes"])

    lead.run("studio", "pull", "--plan", "plan.json", "--out", "passes")
    passes = [f"passes/{name}.jsonl" for name in ("ann", "ben")]
    assert lead.report(*passes, "--plan", "plan.json", "--suggestions", "in.jsonl") == told
    agreed = json.loads(lead.run("agree", *passes, "--names", "--json"))
    assert told["agreement"] == {**agreed, "disagreements": len(agreed["disagreements"])}


def test_anybody_may_do_the_documents_of_a_single_project(lead: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    lead.run("studio", "push", "in.jsonl", "--project", lead.title)
    told = lead.report("--project", lead.title)
    assert (told["planned"], told["done"], told["annotators"], told["day"]) == (4, 0, {}, None)
    lead.submit("ann", lead.title, {"a": (ACCEPTED, 30), "b": ((), 10)})
    lead.submit("ben", lead.title, {"b": (MENDED, 60)})
    told = lead.report("--project", lead.title)
    assert (told["planned"], told["done"], told["end"]["remaining"]) == (4, 2, 2)
    assert {name: figures["planned"] for name, figures in told["annotators"].items()} == {"ann": None, "ben": None}
    assert told["suggestions"]["all"]["rejected"] == 4  # three by ann in b, one by ben
    for name, value in lead.studio.surroundings.items():
        monkeypatch.setenv(name, value)
    assert studio_report(title=lead.title, names=True).to_dict() == told
