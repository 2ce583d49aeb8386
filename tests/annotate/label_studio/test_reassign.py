"""An annotator leaves: what is open goes to others just as it was, what is begun stays, whatever dies on the way."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.sync.assignment import Plan, make_plan, read_plan, write_plan
from goldspan.schema import Document, Metadata, Scheme, Span, UsageError, parse_scheme
from goldspan.workflows.studio.document_suggestions import DocumentWithSuggestions
from goldspan.workflows.studio.reassign_tasks import Reassignment, reassign
from goldspan.workflows.studio.team_projects import pull_planned, push_planned, team_progress
from tests.command import run_here
from tests.studio_server import Studio

pytestmark = pytest.mark.server

TEXT = "Iran struck three bases near Kyiv on Friday. "
LABELS = parse_scheme(
    {"name": "labels", "version": 1, "labels": {name: {"definition": name} for name in ("ACTOR", "LOCATION", "DATE")}}
)
"""Without values, whose pickers and lists are most of what a server does for a project."""

SUGGESTED = {"rules": (Span(0, 4, "ACTOR"), Span(29, 33, "LOCATION")), "other": (Span(37, 43, "DATE"),)}


class Killed(BaseException):
    """The command's end, in the middle of it."""


class Mortal(StudioClient):
    """Calls of a server that end with all else after some that write."""

    left = 0

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.http.event_hooks = {"response": [self._answered]}

    @staticmethod
    def _answered(response: httpx.Response) -> None:
        if response.request.method != "GET":
            Mortal.left -= 1
            if not Mortal.left:
                raise Killed


class Desk:
    """A team at the shared server, with projects of its own."""

    def __init__(self, studio: Studio, folder: Path, scheme: Scheme) -> None:
        self.studio, self.scheme, self.title = studio, scheme, f"leave {uuid4().hex[:12]}"
        self.path = folder / "plan.json"
        self.api = self.connect("")

    def connect(self, _: str) -> StudioClient:
        return studio_client(Connection(self.studio.url, self.studio.token))

    def mortal(self, _: str) -> StudioClient:
        return Mortal(Connection(self.studio.url, self.studio.token))

    @property
    def plan(self) -> Plan:
        return read_plan(self.path)

    def keep(self, plan: Plan) -> None:
        write_plan(self.path, plan)

    def push(self, count: int, *, names: str = "ann ben cy", overlap: float = 2, start: int = 0) -> dict[str, Any]:
        """Plans documents, those so far too, and pushes those from `start` on."""
        documents = [
            Document(
                id=f"d{n}", text=TEXT * (1 + n % 5), spans=(), meta=Metadata(title=f"T{n}", published="2024-01-05")
            )
            for n in range(start, count)
        ]
        before = self.plan if self.path.exists() else None
        reading = before.working if before else names.split()
        plan = make_plan(documents, reading, title=self.title, overlap=overlap, blind=0.25, before=before)
        self.keep(plan)
        about = {"chosen_by": "score"}
        sheets = [DocumentWithSuggestions(document, dict(SUGGESTED), about) for document in documents]
        done = push_planned(self.connect, plan, sheets, self.scheme)
        return {who: item.to_dict() for who, item in done.items()}

    def leave(
        self, who: str = "ann", connect: Callable[[str], StudioClient] | None = None, **more: Any
    ) -> Reassignment:
        return reassign(connect or self.connect, self.plan, who, self.scheme, self.keep, **more)

    def tasks(self, who: str) -> dict[str, dict[str, Any]]:
        """Tasks of an annotator's project by document, none twice, with what they show."""
        project = find_project(self.api, self.plan.project(who))
        if project is None:
            return {}
        items = list(select_tasks(self.api, project, [], include="id,data"))
        shown: dict[int, list[Any]] = {int(item["id"]): [] for item in items}
        for one in self.api.http.get("/api/predictions/", params={"project": project.id}).json():
            shown[one["task"]].append((one["model_version"], one["result"], one["score"]))
        found = {
            item["data"]["doc_id"]: {
                "id": item["id"],
                "data": item["data"],
                "shown": sorted(shown[item["id"]], key=str),
            }
            for item in items
        }
        assert len(found) == len(items)
        return found

    def annotate(self, task: int, **more: Any) -> None:
        self.api.http.post(f"/api/tasks/{task}/annotations/", json={"result": [], "lead_time": 5, **more})

    def assert_as_planned(self) -> None:
        there = Counter((name, who) for who in self.plan.annotators for name in self.tasks(who))
        planned = Counter((name, who) for name, of in self.plan.documents.items() for who in of.annotators)
        assert there == planned


@pytest.fixture
def desk(studio: Studio, tmp_path: Path, scheme: Scheme) -> Iterator[Desk]:
    made = Desk(studio, tmp_path, scheme)
    yield made
    made.api.close()


def test_open_documents_move_just_as_they_were_and_work_of_any_kind_stays(desk: Desk, tmp_path: Path) -> None:
    desk.push(18)
    before, plan = desk.tasks("ann"), desk.plan
    done, skipped, drafted, *open_ = sorted(before)
    desk.annotate(before[done]["id"])
    desk.annotate(before[skipped]["id"], was_cancelled=True)
    draft = desk.api.http.post(f"/api/tasks/{before[drafted]['id']}/drafts", json={"result": [], "lead_time": 1}).json()

    tried = desk.leave(dry_run=True)
    assert desk.plan == plan and desk.tasks("ann") == before
    found = desk.leave()
    assert found.moved == tried.moved and (found.kept, found.copied, found.removed) == (3, len(open_), len(open_))
    assert found.fewer == found.back == [] and found.absent == 0
    desk.assert_as_planned()
    assert sorted(desk.tasks("ann")) == [done, skipped, drafted] and desk.plan.left == ("ann",)
    for who, names in found.moved.items():
        tasks = desk.tasks(who)
        for name in names:
            assert who not in plan.documents[name].annotators
            assert {**tasks[name], "id": 0} == {**before[name], "id": 0}
            assert bool(tasks[name]["shown"]) != plan.documents[name].blind

    assert desk.leave().copied == 0  # it is done
    # the files find all as it should be, and nobody is said to have deleted what was moved
    again = desk.push(18)
    assert {(who, item["created"], item["deleted_by_hand"], item["described"]) for who, item in again.items()} == {
        (who, 0, 0, 0) for who in ("ann", "ben", "cy")
    }
    later = desk.push(24, start=18)
    assert sorted(later) == ["ben", "cy"]
    desk.assert_as_planned()
    told = {item.annotator: item for item in team_progress(desk.connect, desk.plan)}
    assert told["ann"].left and (told["ann"].planned, told["ann"].annotated, told["ann"].skipped) == (3, 1, 1)
    pulled = pull_planned(desk.connect, desk.plan, tmp_path / "passes", desk.scheme)
    assert [count for _, count in pulled["ann"].files.values()] == [2]

    desk.api.http.delete(f"/api/drafts/{draft['id']}/")  # which nobody would have submitted
    found = desk.leave()
    assert (found.kept, found.copied, found.removed) == (2, 1, 1) and drafted not in desk.plan.of("ann")
    desk.assert_as_planned()


def test_wherever_it_dies_the_same_command_completes_it_and_what_was_begun_meanwhile_stays(
    studio: Studio, tmp_path: Path
) -> None:
    """After each call that writes in turn; then people go on working, each on the next document that is open."""
    for calls in range(1, 30):
        folder = tmp_path / str(calls)
        folder.mkdir()
        desk = Desk(studio, folder, LABELS)
        desk.push(6)
        desk.annotate(desk.tasks("ann")["d0" if "d0" in desk.plan.of("ann") else "d1"]["id"])
        Mortal.left = calls
        try:
            desk.leave(connect=desk.mortal)
        except Killed:
            alive = False
        else:
            alive = True
        work = set()
        for who in ("ann", "ben", "cy"):
            for name, task in sorted(desk.tasks(who).items()):
                if not desk.api.http.get(f"/api/tasks/{task['id']}/annotations/").json():
                    desk.annotate(task["id"])
                    work.add((who, name))
                    break
        found = desk.leave()
        desk.assert_as_planned()
        for who, name in work:
            task = desk.tasks(who)[name]["id"]
            assert len(desk.api.http.get(f"/api/tasks/{task}/annotations/").json()) == 1
        assert set(found.back) <= {name for who, name in work if who == "ann"}
        assert all(len(reading.annotators) == 2 + (name in found.back) for name, reading in desk.plan.documents.items())
        left = {
            name
            for name, task in desk.tasks("ann").items()
            if not desk.api.http.get(f"/api/tasks/{task['id']}/annotations/").json()
        }
        assert left == set() and desk.leave().copied == 0
        desk.api.close()
        if alive:
            break
    assert calls > 4, "it died nowhere"


def test_a_document_that_is_begun_right_before_it_would_go_stays(desk: Desk) -> None:
    desk.push(6)
    [name, *_] = sorted(desk.tasks("ann"))
    task = desk.tasks("ann")[name]["id"]

    def keep(plan: Plan) -> None:  # the plan is written, and nothing has been sent
        desk.keep(plan)
        if not desk.api.http.get(f"/api/tasks/{task}/drafts").json():
            desk.api.http.post(f"/api/tasks/{task}/drafts", json={"result": [], "lead_time": 1})

    found = reassign(desk.connect, desk.plan, "ann", desk.scheme, keep)
    assert found.back == [name] and sorted(desk.tasks("ann")) == [name]
    assert len(desk.plan.documents[name].annotators) == 3
    desk.assert_as_planned()


def test_who_reads_nothing_yet_gets_a_project_like_that_of_who_leaves(desk: Desk) -> None:
    desk.push(4, names="ann ben", overlap=1)
    ann = find_project(desk.api, desk.plan.project("ann"))
    assert ann is not None
    desk.api.http.patch(f"/api/projects/{ann.id}/", json={"expert_instruction": "<p>of ours</p>"})
    plan = desk.plan
    desk.keep(make_plan([], ["ann", "ben", "dora"], title=desk.title, overlap=1, blind=0.25, before=plan))
    found = desk.leave(to=["dora"])
    assert set(found.moved) == {"dora"} and set(desk.tasks("dora")) == set(plan.of("ann"))
    desk.assert_as_planned()
    made = find_project(desk.api, desk.plan.project("dora"))
    assert made is not None
    settings = [desk.api.http.get(f"/api/projects/{project.id}/").json() for project in (ann, made)]
    for own in settings:  # each has files of its own for its lists
        own["label_config"] = re.sub(r"data/upload/\d+/\w+|projects/\d+/resolve", "", own["label_config"])
    for key in ("label_config", "expert_instruction", "model_version", "show_collab_predictions"):
        assert settings[0][key] == settings[1][key], key


def test_where_all_others_read_a_document_it_has_a_reader_less_and_later_ones_too(desk: Desk) -> None:
    desk.push(4, names="ann ben")
    found = desk.leave()
    assert (found.fewer, found.copied, found.removed) == (["d0", "d1", "d2", "d3"], 0, 4)
    desk.push(6, start=4)
    assert {reading.annotators for reading in desk.plan.documents.values()} == {("ben",)}
    desk.assert_as_planned()


def test_calls_that_reassign_nothing_are_refused(desk: Desk, tmp_path: Path) -> None:
    desk.push(4)
    for who, to, told in (
        ("an", (), "did you mean 'ann'"),
        ("ann", ("ann",), "ann leaves"),
        ("ann", ("dora",), "dora is not in the plan"),
    ):
        with pytest.raises(UsageError, match=told):
            desk.leave(who, to=to)
    desk.leave("cy")
    with pytest.raises(UsageError, match="cy has left"):
        desk.leave("ann", to=["cy"])
    with pytest.raises(UsageError, match="left this plan"):
        make_plan([], ["ann", "ben", "cy"], title=desk.title, before=desk.plan)
    desk.leave("ann")
    with pytest.raises(UsageError, match="nobody else is left"):
        desk.leave("ben")
    desk.assert_as_planned()


def test_the_command_tells_what_it_does(desk: Desk, tmp_path: Path) -> None:
    desk.push(6)

    def run(*options: str) -> str:
        done = run_here("studio", "reassign", "--from", "ann", *options, env=desk.studio.surroundings, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    told = json.loads(run("--dry-run", "--json", "--plan", "plan.json", "--name", "default"))
    open_ = len(desk.plan.of("ann"))
    assert told["dry_run"] and sum(of["documents"] for of in told["moved"].values()) == open_
    assert (told["copied"], told["removed"], told["begun_meanwhile"], told["kept"]) == (0, 0, [], 0)
    ours = desk.plan
    shown = run("--to", "ben,cy")
    assert f"tasks: {open_} created, {open_} removed from '{ours.project('ann')}'" in shown
    desk.assert_as_planned()
