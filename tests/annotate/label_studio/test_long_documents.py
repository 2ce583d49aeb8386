"""Long documents in parts: cut for annotators, whole for everybody else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from goldspan.annotate.label_studio import Connection, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.annotate.label_studio.client.queries import field_filter, select_tasks
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.corpus import read_records
from goldspan.schema import Document, Scheme, Span
from goldspan.schema.files.scheme_writer import scheme_toml
from tests.command import run_here
from tests.conftest import record, span, write_lines
from tests.studio_server import Studio

pytestmark = pytest.mark.server

LONG = (
    "Iran struck three bases near Kyiv on Friday.\n\n"
    "The Security Council of the United Nations met in New York. It said nothing.\r\n\r\n"
    "Russia denied the strike. Ukraine did not 👩‍👩‍👧."
)
SHORT = "Iran denied it."
CUT = ("--cut", 100)


class Room:
    """A folder and a project of the test's own, on the shared server."""

    def __init__(self, studio: Studio, folder: Path, scheme: Scheme) -> None:
        self.title, self.folder, self.scheme = f"long {uuid4().hex[:12]}", folder, scheme
        self.surroundings = studio.surroundings
        self.api = studio_client(Connection(studio.url, studio.token))

    def run(self, *arguments: Any, status: int = 0) -> str:
        done = run_here(*arguments, env=self.surroundings, cwd=self.folder)
        assert done.returncode == status, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout if status == 0 else done.stderr

    def push(self, *arguments: Any, status: int = 0) -> Any:
        told = self.run("studio", "push", *arguments, "--project", self.title, "--json", status=status)
        return json.loads(told) if status == 0 else told

    def tasks(self) -> dict[str, dict[str, Any]]:
        """The tasks by the id of the part, each of which must be there once."""
        project = find_project(self.api, self.title)
        assert project is not None
        found = [self.api.http.get(f"/api/tasks/{item['id']}/").json() for item in select_tasks(self.api, project, [])]
        by_name = {task["data"]["doc_id"]: task for task in found}
        assert len(by_name) == len(found)
        return by_name

    def account(self, who: str) -> int:
        users = {user["email"]: user["id"] for user in self.api.http.get("/api/users/").json()}
        email = f"{who}@example.org"
        if email not in users:
            users[email] = self.api.http.post("/api/users/", json={"email": email, "username": who}).json()["id"]
        return int(users[email])

    def mark(self, who: str, part: str, *marks: tuple[str, str], skip: bool = False) -> None:
        """Annotates a part as the editor does: at the offsets of what it shows."""
        project = find_project(self.api, self.title)
        assert project is not None
        [task] = select_tasks(self.api, project, field_filter("doc_id", [part]), include="id,data")
        shown = task["data"]["text"]
        spans = [Span(at := shown.index(words), at + len(words), label) for words, label in marks]
        results = results_of(Document(id="x", text=shown, spans=()), spans, self.scheme)
        body = {"result": results, "completed_by": self.account(who), "lead_time": 10, "was_cancelled": skip}
        self.api.http.post(f"/api/tasks/{task['id']}/annotations/", json=body)

    def pull(self, *arguments: Any, out: str = "passes") -> dict[str, Any]:
        told = self.run("studio", "pull", "--project", self.title, "--out", out, *arguments, "--json")
        return dict(json.loads(told))

    def layer(self, file: str) -> dict[str, Document]:
        return {document.id: document for document in read_records(str(self.folder / file), self.scheme)}


@pytest.fixture
def room(studio: Studio, tmp_path: Path, scheme: Scheme) -> Iterator[Room]:
    made = Room(studio, tmp_path, scheme)
    council = LONG.index("Security Council")
    zone = LONG.index("It said nothing")
    suggested = [span(council, council + len("Security Council of the United Nations"), "ACTOR")]
    more = {"zones": [{"start": zone, "end": zone + 10, "kind": "byline"}], "extra": {"desk": "foreign"}}
    write_lines(
        tmp_path / "in.jsonl",
        record("long", LONG, spans=suggested, layer={"annotator": "rules"}, **more),
        record("short", SHORT, layer={"annotator": "rules"}),
    )
    with made.api:
        yield made


def test_two_annotators_of_parts_make_gold_of_the_whole(room: Room) -> None:
    first = room.push("in.jsonl", *CUT)
    assert (first["created"], first["documents_in_parts"]) == (4, 2)
    tasks = room.tasks()
    assert sorted(tasks) == ["long part 1", "long part 2", "long part 3", "short part 1"]
    texts = [tasks[f"long part {number}"]["data"]["text"] for number in (1, 2, 3)]
    assert "".join(texts) == LONG
    middle = tasks["long part 2"]["data"]
    assert (middle["before"], middle["after"], middle["part"]) == (texts[0].strip(), texts[2].strip(), "part 2 of 3")
    assert room.push("in.jsonl", *CUT)["unchanged"] == 4

    for who, council in (("ann", "Security Council of the United Nations"), ("ben", "Security Council")):
        room.mark(who, "long part 2", (council, "ACTOR"), ("New York", "LOCATION"))
        room.mark(who, "long part 1", ("Iran", "ACTOR"), ("Kyiv", "LOCATION"))
        room.mark(who, "short part 1", ("Iran", "ACTOR"))
    room.mark("ann", "long part 3", ("Russia", "ACTOR"), ("Ukraine", "ACTOR"))
    half = room.pull()
    assert [item["documents"] for item in half["files"]] == [2, 1]  # ben has not done all of the long one
    assert any("ben: 1 document of which only some parts are submitted (long)" in line for line in half["remarks"])
    drafts = room.pull("--drafts", out="all")["draft_files"]
    assert [(item["annotator"], item["documents"]) for item in drafts] == [("ben", 1)]
    draft = room.layer("all/ben.drafts.jsonl")["long"]
    assert draft.layer is not None and draft.layer.draft and draft.text == LONG
    assert draft.layer.extra == {"studio": {"unsubmitted_parts": [3]}}
    assert len(draft.spans) == 4

    room.mark("ben", "long part 3", ("Russia", "ACTOR"), ("Ukraine", "ACTOR"))
    done = room.pull()
    assert (done["problems"], done["remarks"]) == ([], [])
    for who in ("ann", "ben"):
        pulled = room.layer(f"passes/{who}.jsonl")
        assert sorted(pulled) == ["long", "short"]
        whole = pulled["long"]
        assert (whole.text, whole.extra) == (LONG, {"desk": "foreign"})
        assert [whole.surface(item) for item in whole.spans if item.label == "LOCATION"] == ["Kyiv", "New York"]
        assert whole.layer is not None and whole.layer.lead_time == 30
        assert whole.layer.suggestions_shown == ("rules",)
    passes = ("passes/ann.jsonl", "passes/ben.jsonl")
    agreed = json.loads(room.run("agree", *passes, "--json"))
    assert agreed["documents"] == 2
    room.run("adjudicate", *passes, "--out", "open.jsonl", "--conflicts", "conflicts.jsonl", status=1)
    [conflict] = [json.loads(line) for line in (room.folder / "conflicts.jsonl").read_text("utf-8").splitlines()]
    assert (conflict["document"], conflict["start"]) == ("long", LONG.index("Security Council"))
    report = json.loads(room.run("studio", "report", "--project", room.title, "--json"))
    assert (report["planned"], report["done"]) == (2, 2)
    review = f"{room.title} review"
    room.run(
        "studio", "push", passes[0], "--suggestions", passes[1], "--conflicts", "conflicts.jsonl", "--project", review
    )
    room.title = review
    [task] = room.tasks().values()
    assert task["data"]["text"] == LONG
    council = "Security Council of the United Nations"
    decided = [(council, "ACTOR"), ("New York", "LOCATION"), ("Iran", "ACTOR"), ("Kyiv", "LOCATION")]
    room.mark("cat", "long", *decided, ("Russia", "ACTOR"), ("Ukraine", "ACTOR"))
    room.pull(out="review.jsonl")
    room.run("adjudicate", *passes, "--review", "review.jsonl", "--out", "gold.jsonl")
    gold = room.layer("gold.jsonl")["long"]
    assert (gold.text, len(gold.spans)) == (LONG, 6)


def test_a_cut_is_replaced_where_nobody_has_worked_and_refused_where_somebody_has(room: Room) -> None:
    room.push("in.jsonl", *CUT)
    finer = room.push("in.jsonl", "--cut", 60)
    assert finer["created"] == len(room.tasks()) - 4 > 0
    coarser = room.push("in.jsonl", "--cut", 140)
    assert (coarser["doubles"], len(room.tasks())) == (finer["created"] + 1, 3)
    room.mark("ann", "long part 2", ("Russia", "ACTOR"))
    before = {name: task["data"] for name, task in room.tasks().items()}
    told = room.push("in.jsonl", *CUT, status=1)
    assert "'long part 2': it is cut at other places than when people worked on it" in told
    assert "Fix: push it with --cut 140" in told
    told = room.push("in.jsonl", "--cut", 1000, status=1)
    assert "'long part 2': the document has fewer parts now, and people have worked on this one" in told
    told = room.push("in.jsonl", status=2)
    assert "has its documents in parts. Fix: --cut N as in the push before, or another --project" in told
    assert {name: task["data"] for name, task in room.tasks().items()} == before
    later = replace(room.scheme, version=room.scheme.version + 1)
    more = scheme_toml(later).replace("[zones]\n", '[zones]\nphoto = "a caption"\n')
    (room.folder / "later.toml").write_text(more, "utf-8")
    told = room.run(
        *("studio", "migrate", "conflict-news", "later.toml", "--project", room.title, "--dry-run"), status=2
    )
    assert "has documents in parts, which cannot be migrated. Fix: pull it, migrate the files" in told
    room.title = f"{room.title} whole"
    room.push("in.jsonl")
    told = room.push("in.jsonl", *CUT, status=2)
    assert "has whole documents, which --cut would double. Fix: leave out --cut, or another --project" in told


def test_documents_of_a_plan_are_done_when_all_their_parts_are(room: Room) -> None:
    room.push("in.jsonl", *CUT, "--annotators", "ann,ben", "--overlap", 2, "--blind", 1)
    title = room.title
    for who in ("ann", "ben"):
        room.title = f"{title} - {who}"
        for number in (1, 2, 3) if who == "ann" else (1, 2):
            room.mark(who, f"long part {number}", skip=number == 3)
    room.mark("ann", "long part 1", ("Iran", "ACTOR"))  # in ben's project too: what ben did there counts
    ann, ben = json.loads(room.run("studio", "status", "--plan", "plan.json", "--json"))["annotators"]
    assert (ann["planned"], ann["annotated"], ann["skipped"]) == (2, 0, 1)
    assert (ben["planned"], ben["annotated"], ben["skipped"]) == (2, 0, 0)
    pulled = json.loads(room.run("studio", "pull", "--plan", "plan.json", "--out", "team", "--drafts", "--json"))
    remarks = json.dumps(pulled)
    assert "ann: part 3 skipped, so that the document counts as skipped" in remarks
    assert room.layer("team/ann.jsonl")["long"].layer.skipped
    assert "ben: 1 document of which only some parts are submitted (long): they are among the drafts" in remarks
    assert [document.draft for document in room.layer("team/ben.drafts.jsonl").values()] == [True]
    moved = json.loads(room.run("studio", "reassign", "--from", "ben", "--plan", "plan.json", "--json"))
    assert moved["kept"] == 1  # the long one is begun; of the short one ann has all parts, so that nothing is copied
    assert (moved["copied"], moved["removed"]) == (0, 1)
    assert sorted(room.tasks()) == ["long part 1", "long part 2", "long part 3"]


def test_parts_go_with_their_document_to_whoever_takes_over(room: Room) -> None:
    room.push("in.jsonl", *CUT, "--annotators", "ann,ben")
    plan = json.loads((room.folder / "plan.json").read_text("utf-8"))
    [leaver] = plan["documents"]["long"]["annotators"]
    [taker] = {"ann", "ben"} - {leaver}
    title, room.title = room.title, f"{room.title} - {leaver}"
    before = {name: task["data"] for name, task in room.tasks().items()}
    moved = json.loads(room.run("studio", "reassign", "--from", leaver, "--plan", "plan.json", "--json"))
    assert moved["copied"] == moved["removed"] == len(before)
    room.title = f"{title} - {taker}"
    after = {name: task["data"] for name, task in room.tasks().items()}
    assert {name: after[name] for name in before} == before
    room.title = title
    assert room.push("in.jsonl", *CUT, "--plan", "plan.json")["annotators"][taker]["unchanged"] == 4
