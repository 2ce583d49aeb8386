"""Several annotators to one gold: plan, push, work, pull, agreement, review, gold; and whatever dies in between."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import Project, find_project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.corpus import read_records
from goldspan.schema import Document, Scheme, Span
from tests.annotator import Annotator, pictures_folder
from tests.browser import open_browser
from tests.command import run_here
from tests.conftest import record, span, write_lines
from tests.studio_server import Studio

pytestmark = pytest.mark.server

TEXT = "US and allied forces struck Kyiv on Friday."


def at(surface: str, label: str) -> Span:
    start = TEXT.index(surface)
    return Span(start, start + len(surface), label)


SUGGESTED = [at("US and allied forces", "ACTOR"), at("Kyiv", "LOCATION"), at("Friday", "DATE")]
BEN = [at("US", "ACTOR"), at("allied forces", "ACTOR"), at("Kyiv", "LOCATION"), at("Friday", "DATE")]


class Team:
    """The commands in a folder, and the server's API for what people do."""

    def __init__(self, studio: Studio, folder: Path, scheme: Scheme) -> None:
        self.studio = studio
        self.folder = folder
        self.scheme = scheme
        self.title = f"team {uuid4().hex[:12]}"
        lines = [
            record(n, TEXT, spans=[span(s.start, s.end, s.label) for s in SUGGESTED], layer={"annotator": "rules"})
            for n in ("a", "b", "c", "d")
        ]
        write_lines(folder / "in.jsonl", *lines)

    def run(self, *arguments: Any, status: int = 0) -> str:
        done = run_here(*arguments, env=self.studio.surroundings, cwd=self.folder)
        assert done.returncode == status, done.stderr
        return done.stdout

    def api(self) -> StudioClient:
        return studio_client(Connection(self.studio.url, self.studio.token))

    def project(self, api: StudioClient, title: str) -> Project:
        found = find_project(api, title)
        assert found is not None
        return found

    def plan(self) -> None:
        told = self.run(
            *("studio", "push", "in.jsonl", "--annotators", "ann,ben", "--overlap", 2),
            *("--blind", 0.25, "--project", self.title, "--json"),
        )
        done = json.loads(told)["annotators"]
        assert {who: item["created"] + item["unchanged"] for who, item in done.items()} == {"ann": 4, "ben": 4}

    def work(self, who: str, spans: list[Span]) -> None:
        """Plays an annotator's work in, once."""
        with self.api() as api:
            users = {user["email"]: user["id"] for user in api.http.get("/api/users/").json()}
            email = f"{who}@example.org"
            if email not in users:
                users[email] = api.http.post("/api/users/", json={"email": email, "username": who}).json()["id"]
            for task in list(select_tasks(api, self.project(api, f"{self.title} - {who}"), [])):
                if not api.http.get(f"/api/tasks/{task['id']}/annotations/").json():
                    results = results_of(Document(id="x", text=TEXT, spans=()), spans, self.scheme)
                    body = {"result": results, "completed_by": users[email], "lead_time": 20}
                    api.http.post(f"/api/tasks/{task['id']}/annotations/", json=body)

    def pull(self) -> None:
        self.run("studio", "pull", "--plan", "plan.json", "--out", "passes")

    def conflicts(self, status: int = 1) -> None:
        passes = ("passes/ann.jsonl", "passes/ben.jsonl")
        self.run("adjudicate", *passes, "--out", "open.jsonl", "--conflicts", "conflicts.jsonl", status=status)

    def push_review(self) -> None:
        passes = ("passes/ann.jsonl", "--suggestions", "passes/ben.jsonl")
        self.run("studio", "push", *passes, "--conflicts", "conflicts.jsonl", "--project", f"{self.title} review")

    def review(self, spans: list[Span]) -> None:
        with self.api() as api:
            for task in list(select_tasks(api, self.project(api, f"{self.title} review"), [])):
                if not api.http.get(f"/api/tasks/{task['id']}/annotations/").json():
                    results = results_of(Document(id="x", text=TEXT, spans=()), spans, self.scheme)
                    api.http.post(f"/api/tasks/{task['id']}/annotations/", json={"result": results})

    def pull_review(self) -> None:
        self.run("studio", "pull", "--project", f"{self.title} review", "--out", "review.jsonl")

    def gold(self) -> str:
        passes = ("passes/ann.jsonl", "passes/ben.jsonl")
        told = self.run("adjudicate", *passes, "--review", "review.jsonl", "--out", "gold.jsonl", "--json")
        return str(json.loads(told)["sha256"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.fixture
def team(studio: Studio, folder: Path, scheme: Scheme) -> Team:
    """A team at the shared server, with projects of its own."""
    return Team(studio, folder, scheme)


@pytest.fixture
def team_of_mortal_server(own_studio: Studio, folder: Path, scheme: Scheme) -> Team:
    own_studio.up()
    return Team(own_studio, folder, scheme)


@pytest.mark.browser
def test_two_annotators_and_a_reviewer_make_gold_with_provenance(
    team: Team, scheme: Scheme, tmp_path_factory: pytest.TempPathFactory
) -> None:
    team.plan()
    plan = json.loads((team.folder / "plan.json").read_text())
    [blind] = [name for name, reading in plan["documents"].items() if reading.get("blind")]
    pictures = pictures_folder(tmp_path_factory.mktemp("pictures"))
    with open_browser() as browser, team.api() as api:
        ann = Annotator(browser.new_page(), team.studio, pictures)
        ann.log_in()
        project = team.project(api, f"{team.title} - ann")
        first = next(select_tasks(api, project, [], include="id"))
        ann.page.goto(f"{project.url}/data?task={first['id']}")  # one by its address, the others as they come
        ann.wait(marked=False)
        for number in range(4):
            if ann.title().split("\n")[0] == blind:
                ann.page.wait_for_selector(".goldspan-text .lsf-htx-richtext")
                ann.page.wait_for_timeout(1500)
                assert ann.marked() == []  # no suggestions for the blind share
                for item, key in zip(SUGGESTED, "123", strict=True):
                    ann.mark(TEXT[item.start : item.end], key)
            else:
                ann.wait()
                assert len(ann.marked()) == 3
            if 0 < number < 3:
                ann.submit_and_go_on()
            else:
                ann.submit()
            if number == 0:
                ann.label_all(project.id, marked=False)
        team.work("ben", BEN)
        progress = {
            row["annotator"]: row
            for row in json.loads(team.run("studio", "status", "--plan", "plan.json", "--json"))["annotators"]
        }
        assert {who: (row["annotated"], row["planned"]) for who, row in progress.items()} == {
            "ann": (4, 4),
            "ben": (4, 4),
        }
        assert progress["ben"]["seconds"] == 80
        team.pull()
        agreement = json.loads(team.run("agree", "passes/ann.jsonl", "passes/ben.jsonl", "--json"))
        assert 0.4 < agreement["pairwise"][0]["strict_f1"] < 0.7
        effect = agreement["suggestions"]["readings"]
        assert (effect["blind"]["documents"], effect["suggested"]["documents"]) == (2, 6)
        team.conflicts()
        team.push_review()
        review = team.project(api, f"{team.title} review")
        conflicts = len(list(select_tasks(api, review, [], include="id")))
        ann.label_all(review.id)
        for number in range(conflicts):
            ann.wait()
            if number == 0:
                ann.picture("review")
                told = ann.page.locator(".goldspan-conflicts").inner_text()
                assert "[US and allied forces] struck Kyiv on Friday. (boundary)" in told and re.search(
                    r'annotator-\d: ACTOR "US"', told
                )
            shown = ann.marked()  # the editor opens with the reading of either pass
            ann.select("US")
            ann.press("Backspace")
            if ("ACTOR", "US and allied forces") in shown:
                ann.mark("allied forces", "1")
            if number < conflicts - 1:
                ann.submit_and_go_on()
            else:
                ann.submit()
    team.pull_review()
    team.gold()
    for document in read_records(team.folder / "gold.jsonl", scheme):
        found = [(TEXT[s.start : s.end], s.label, s.passes, s.decision and s.decision.by) for s in document.spans]
        assert found == [
            ("allied forces", "ACTOR", ("ben",), "annotator"),
            ("Kyiv", "LOCATION", ("ann", "ben"), None),
            ("Friday", "DATE", ("ann", "ben"), None),
        ]


def test_whatever_dies_between_two_steps_the_gold_is_the_same(team_of_mortal_server: Team) -> None:
    team = team_of_mortal_server
    steps: list[Callable[[], None]] = [
        team.plan,
        lambda: team.work("ann", SUGGESTED),
        lambda: team.work("ben", BEN),
        team.pull,
        team.conflicts,
        team.push_review,
        lambda: team.review([BEN[1], *SUGGESTED[1:]]),
        team.pull_review,
    ]
    for step in steps:
        step()
    whole = team.gold()
    for step in steps[3:]:  # and once more, each after the server died and after the step was done already
        team.studio.kill()
        team.studio.up()
        step()
    team.plan()
    assert team.gold() == whole


def test_a_planned_push_that_one_project_refuses_changes_none(team: Team) -> None:
    team.plan()
    with team.api() as api:
        project = team.project(api, f"{team.title} - ben")
        task = next(select_tasks(api, project, []))
        api.http.post(f"/api/tasks/{task['id']}/drafts", json={"result": [], "lead_time": 3.0, "project": project.id})
    told = json.loads(team.run("studio", "status", "--plan", "plan.json", "--json"))["annotators"]
    assert {row["annotator"]: row["drafts"] for row in told} == {"ann": 0, "ben": 1}
    lines = [record(name, f"Then {TEXT}") for name in ("a", "b", "c", "d")]
    write_lines(team.folder / "corrected.jsonl", *lines, record("e", TEXT))

    def texts() -> list[tuple[str, str]]:
        with team.api() as api:
            found = select_tasks(api, team.project(api, f"{team.title} - ann"), [], include="id,data")
            return [(item["data"]["doc_id"], item["data"]["text"]) for item in found]

    before = texts()
    team.run("studio", "push", "corrected.jsonl", "--plan", "plan.json", status=1)
    assert texts() == before


def test_a_plan_on_servers_of_their_own_keeps_annotators_apart(
    server_environments: Path, tmp_path: Path, folder: Path, scheme: Scheme
) -> None:
    studio = Studio(tmp_path / "home", server_environments)
    team = Team(studio, folder, scheme)
    try:
        for name in ("ann", "ben"):
            studio.up("--name", name)
        team.run(
            "studio", "push", "in.jsonl", "--annotators", "ann,ben", "--server-per-annotator", "--project", team.title
        )
        told = json.loads(team.run("studio", "status", "--plan", "plan.json", "--json"))["annotators"]
        assert sum(row["planned"] for row in told) == 4
        assert len({row["url"].rpartition("/projects/")[0] for row in told}) == 2
        moved = json.loads(team.run("studio", "reassign", "--from", "ann", "--json"))
        assert moved["copied"] == moved["removed"] == moved["moved"]["ben"]["documents"] == told[0]["planned"] > 0
        after = json.loads(team.run("studio", "status", "--plan", "plan.json", "--json"))["annotators"]
        assert [(row["planned"], row["left"]) for row in after] == [(0, True), (4, False)]
        assert json.loads(team.run("studio", "reassign", "--from", "ann", "--json"))["copied"] == 0
    finally:
        for name in ("ann", "ben"):
            studio.run("down", "--name", name)


def test_calls_that_make_no_plan_or_review_are_refused(team: Team) -> None:
    for arguments, told in (
        (("--blind", "0.5"), "--blind has no effect without --annotators or --plan"),
        (("--annotators", "ann,ann"), "none twice"),
        (("--annotators", "ann", "--conflicts", "x.jsonl"), "--conflicts has no effect with --annotators"),
        (("--plan", "none.json"), "no such plan yet"),
    ):
        done = team.studio.run("push", str(team.folder / "in.jsonl"), *arguments)
        assert done.returncode == 2 and told in done.stderr, done.stderr
    write_lines(team.folder / "none.jsonl")
    done = team.studio.run("push", str(team.folder / "in.jsonl"), "--conflicts", str(team.folder / "none.jsonl"))
    assert done.returncode == 1 and "no conflict is open" in done.stderr


def test_the_invitation_is_the_only_way_to_an_account(team: Team) -> None:
    address = team.studio.run("invite").stdout.strip()
    assert address.startswith(f"{team.studio.url}/user/signup/?token=")


def test_the_order_of_reading_is_that_of_the_tasks_and_is_remembered(team: Team, scheme: Scheme) -> None:
    def layer(name: str, wide: str) -> Path:
        lines = []
        for n in "abcd":
            spans = SUGGESTED[1:] if n != wide else BEN
            lines.append(
                record(n, TEXT, spans=[span(s.start, s.end, s.label) for s in spans], layer={"annotator": name})
            )
        return write_lines(team.folder / f"{name}.jsonl", *lines)

    one, two = layer("one", ""), layer("two", "c")
    team.run(
        "studio",
        "push",
        one,
        "--suggestions",
        two,
        "--project",
        f"{team.title} order",
        "--order",
        "disagreement",
        "--random-share",
        0.25,
    )
    with team.api() as api:
        project = team.project(api, f"{team.title} order")
        order = [item["data"]["doc_id"] for item in select_tasks(api, project, [], include="id,data")]
        assert order[0] == "c" and sorted(order) == list("abcd")
        for task in list(select_tasks(api, project, [])):
            api.http.post(f"/api/tasks/{task['id']}/annotations/", json={"result": []})
    team.run("studio", "pull", "--project", f"{team.title} order", "--out", "order.jsonl")
    chosen = {
        d.id: d.layer.chosen_by
        for d in read_records(team.folder / "order.jsonl", scheme)
        if d.layer and d.layer.chosen_by
    }
    assert chosen["c"] == ("disagreement",)
    assert sorted(chosen.values()) == [("disagreement",)] * 3 + [("random",)]
