"""A running project goes to another scheme while people work in it: nothing of theirs is lost or written over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import find_project
from goldspan.corpus import read_records
from goldspan.schema import RecordCodec, load_migration, load_scheme, migrate

from ...annotator import Annotator
from ...browser import open_browser
from ...command import GOLDSPAN, run_here
from ...conftest import record, span, write_lines
from ...studio_server import Studio
from .proxy import Plan, Proxy

pytestmark = pytest.mark.server

TEXT = "The flood struck 300 people in Bonn on Friday, they say. https://x.org"
OLD = """
name = "disaster"
version = 1
[labels.HAZARD]
definition = "What struck."
hotkey = "1"
fields.type = { type = "choice", choices = ["flood", "storm"] }
[labels.STRUCK]
definition = "How many it struck."
fields.number = { type = "interval" }
fields.how = { type = "text" }
[labels.PLACE]
definition = "Where."
fields.id = { type = "identifier", authority = "places" }
[labels.RUMOUR]
definition = "Who says so."
[zones]
url = "an address"
"""
NEW = """
name = "disaster"
version = 2
[labels.EVENT]
definition = "What struck."
hotkey = "1"
fields.kind = { type = "choice", choices = ["water", "storm"] }
[labels.STRUCK]
definition = "How many it struck."
fields.count = { type = "interval" }
[labels.SITE]
definition = "Where."
fields.place = { type = "identifier", authority = "places" }
[zones]
link = "an address"
"""
MAP = """
[labels]
RUMOUR = ""
[labels.HAZARD]
to = "EVENT"
fields = { type = { to = "kind", values = { flood = "water" } } }
[labels.STRUCK]
fields = { number = "count", how = "" }
[labels.PLACE]
to = "SITE"
fields = { id = "place" }
[zones]
url = "link"
"""
SPANS = (
    ("flood", "HAZARD", {"type": "flood"}),
    ("300", "STRUCK", {"min": 300, "max": 300, "how": "wet"}),
    ("Bonn", "PLACE", {"id": "GEO.2946447"}),
    ("they", "RUMOUR", None),
)


class Team:
    """A project of the test's own, pushed with suggestions for documents `a` to `d`, and what is done with it."""

    def __init__(self, studio: Studio, folder: Path, client: StudioClient) -> None:
        self.studio, self.folder, self.client = studio, folder, client
        self.title = f"migrated {uuid4().hex[:12]}"
        for name, text in (("old.toml", OLD), ("new.toml", NEW), ("map.toml", MAP)):
            (folder / name).write_text(text, "utf-8")
        self.old, self.new = load_scheme(folder / "old.toml"), load_scheme(folder / "new.toml")
        at = {words: TEXT.index(words) for words, _, _ in SPANS}
        spans = [span(at[words], at[words] + len(words), label, value) for words, label, value in SPANS]
        zones = [{"start": TEXT.index("https"), "end": len(TEXT), "kind": "url"}]
        layer = {"annotator": "rules", "scheme": "disaster@1"}
        lines = [record(name, TEXT, spans=spans, zones=zones, layer=layer) for name in "abcd"]
        self.records = write_lines(folder / "in.jsonl", *lines)
        self.run("push", str(self.records), scheme="old")
        project = find_project(client, title=self.title)
        assert project is not None
        self.project = project.id
        params = {"project": self.project, "fields": "all"}
        tasks = client.http.get("/api/tasks/", params=params).json()["tasks"]
        self.tasks = {task["data"]["doc_id"]: int(task["id"]) for task in tasks}
        [suggested] = tasks[0]["predictions"]
        self.results = [{**item, "origin": "prediction"} for item in suggested["result"]]

    def run(self, command: str, *arguments: str, scheme: str = "", status: int = 0, **more: str) -> dict[str, Any]:
        named = ("--scheme", str(self.folder / f"{scheme}.toml")) if scheme else ()
        done = self.studio.run(command, *arguments, *named, "--project", self.title, "--json", **more)
        assert done.returncode == status, done.stderr
        self.told = done.stderr
        return dict(json.loads(done.stdout)) if done.stdout else {}

    @property
    def migration(self) -> list[str]:
        files = [str(self.folder / name) for name in ("old.toml", "new.toml")]
        return [*files, "--map", str(self.folder / "map.toml")]

    def migrate(self, *more: str, status: int = 0, **variables: str) -> dict[str, Any]:
        backup = () if "--dry-run" in more else self.backup
        return self.run("migrate", *self.migration, *backup, *more, status=status, **variables)

    @property
    def backup(self) -> tuple[str, str]:
        return "--backup", str(self.folder / "backups")

    def pull(self, scheme: str, name: str, *more: str, status: int = 0) -> dict[str, dict[str, Any]]:
        """The records of each file, by document, as they are written."""
        folder = self.folder / name
        self.run("pull", "--out", str(folder), "--drafts", *more, scheme=scheme, status=status)
        return {
            path.name: {item["id"]: item for item in map(json.loads, path.read_text("utf-8").splitlines())}
            for path in sorted(folder.glob("*.jsonl"))
        }

    def migrated(self, name: str) -> dict[str, dict[str, Any]]:
        """What the migration makes of pulled records."""
        migration = load_migration(self.folder / "map.toml", self.old, self.new)
        codec = RecordCodec(self.new)
        return {
            path.name: {
                item.id: json.loads(codec.encode(migrate(item, migration).document))
                for item in read_records(path, self.old)
            }
            for path in sorted((self.folder / name).glob("*.jsonl"))
        }

    def submit(self, document: str, results: list[dict[str, Any]], **more: Any) -> int:
        path = f"/api/tasks/{self.tasks[document]}/annotations/"
        return int(self.client.http.post(path, json={"result": results, "lead_time": 9.0, **more}).json()["id"])

    def draft(self, document: str, results: list[dict[str, Any]], annotation: int | None = None) -> int:
        task = f"/api/tasks/{self.tasks[document]}"
        path = f"{task}/drafts" if annotation is None else f"{task}/annotations/{annotation}/drafts"
        return int(self.client.http.post(path, json={"result": results, "lead_time": 7.0}).json()["id"])

    def labels(self, path: str) -> list[str]:
        results = self.client.http.get(path).json()["result"]
        return [item["value"]["labels"][0] for item in results if item["type"] == "labels"]


@pytest.fixture
def team(studio: Studio, tmp_path: Path) -> Iterator[Team]:
    with studio_client(Connection(studio.url, studio.token)) as client:
        yield Team(studio, tmp_path, client)


def test_a_pull_afterwards_is_the_migration_of_a_pull_before_and_the_way_back_loses_nothing(team: Team) -> None:
    relation = {"type": "relation", "from_id": "s0", "to_id": "s3", "direction": "right"}
    done = team.submit("a", [*team.results, relation])
    team.draft("b", team.results[:2])
    team.draft("a", team.results[:5], done)
    before = team.pull("old", "before")
    tried = team.migrate("--dry-run")
    assert team.pull("old", "before") == before
    made = team.migrate()
    assert made["changes"] == tried["changes"] and made["changes"]["HAZARD -> EVENT"] == 3
    [project] = made["projects"]
    assert (project["annotations"], project["drafts"], project["suggestions"]) == (1, 2, 4)
    assert team.pull("new", "after") == team.migrated("before")
    drafts = team.client.http.get(f"/api/tasks/{team.tasks['a']}/drafts").json()
    assert [draft["annotation"] for draft in drafts] == [done]

    refused = team.run("pull", "--out", str(team.folder / "x"), scheme="old", status=2)
    assert not refused and "was migrated to disaster@2" in team.told
    files = [str(team.folder / name) for name in ("old.toml", "new.toml", "in.jsonl")]
    where = ("--map", str(team.folder / "map.toml"), "--out", str(team.folder / "new.jsonl"))
    assert run_here("schema", "migrate", *files, *where).returncode == 0
    pushed = team.run("push", str(team.folder / "new.jsonl"), scheme="new")
    assert (pushed["unchanged"], pushed["interface"]) == (4, "unchanged")
    assert team.run("report", scheme="new")["annotators"]

    team.migrate("--reverse")
    assert team.pull("old", "back") == before


def test_what_open_pages_send_afterwards_is_migrated_when_it_is_read(team: Team) -> None:
    draft = team.draft("a", team.results[:2])
    team.draft("b", team.results[:2])
    team.migrate()
    manual = [{**item, "origin": "manual"} for item in team.results]
    team.submit("a", manual, draft_id=draft)  # as the page had it, which knows no other scheme
    team.client.http.patch(f"/api/drafts/{draft + 1}/", json={"result": manual})
    team.submit("c", [{**item, "id": f"x{item['id']}"} for item in manual[2:]])
    read = team.pull("new", "late")
    for document, labels in (("a", ["EVENT", "STRUCK", "SITE"]), ("c", ["STRUCK", "SITE"])):
        assert [item["label"] for item in read["annotator.jsonl"][document]["spans"]] == labels
    assert [item["label"] for item in read["annotator.drafts.jsonl"]["b"]["spans"]] == ["EVENT", "STRUCK", "SITE"]
    assert "3 annotations came from pages that were open before the migration, and were migrated" in team.told
    [entry] = read["annotator.jsonl"]["a"]["layer"]["extra"]["migrations"]
    assert [item["span"]["label"] for item in entry["spans"]] == ["RUMOUR"]

    again = team.migrate()
    assert [again["projects"][0][kind] for kind in ("annotations", "drafts")] == [2, 1]
    after = team.pull("new", "late")
    assert {name: {key: item["spans"] for key, item in of.items()} for name, of in after.items()} == {
        name: {key: item["spans"] for key, item in of.items()} for name, of in read.items()
    }
    assert "came from pages" not in team.told
    [file] = (team.folder / "backups").glob("*.jsonl")
    assert file.read_text("utf-8").count('"kind":"annotation"') == 2  # both as they were before they were changed


class _Plain(Plan):
    """Has a server answer as one without goldspan's requests."""

    def __init__(self) -> None:
        super().__init__([], 0, 0)

    def fault(self, request: str) -> str:
        return "absent" if "/replace-" in request else ""


class _PlainServer(Proxy):
    """A server that is not goldspan's own, as far as its requests go."""

    def _absent(self, request: bytes) -> bytes:
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


P = TypeVar("P", bound=Proxy)


def through(studio: Studio, plan: Plan, kind: type[P]) -> P:
    return kind(("127.0.0.1", studio.state["port"]), plan)


def test_another_server_is_asked_before_each_change_and_no_draft_is_deleted(studio: Studio, team: Team) -> None:
    done = team.submit("a", team.results)
    held = team.submit("b", team.results)
    team.draft("b", team.results[:3], held)
    team.draft("c", team.results[:2])
    before = team.pull("old", "before")
    with through(studio, _Plain(), _PlainServer) as proxy:
        options = ("--url", proxy.url)
        made = team.migrate(*options, status=1, GOLDSPAN_STUDIO_TOKEN=studio.token)
    assert [made["projects"][0][kind] for kind in ("annotations", "drafts")] == [1, 2]
    assert made["projects"][0]["held"] and "has a draft, which this server would delete" in team.told
    assert team.labels(f"/api/annotations/{done}/") == ["EVENT", "STRUCK", "SITE"]
    assert team.labels(f"/api/annotations/{held}/") == ["HAZARD", "STRUCK", "PLACE", "RUMOUR"]
    assert len(team.client.http.get(f"/api/tasks/{team.tasks['b']}/drafts").json()) == 1
    after, expected = team.pull("new", "after"), team.migrated("before")
    assert after["annotator.jsonl"]["a"] == expected["annotator.jsonl"]["a"]  # with the time of the person's work
    assert after["annotator.jsonl"]["b"]["spans"] == expected["annotator.jsonl"]["b"]["spans"]
    assert after["annotator.drafts.jsonl"] == expected["annotator.drafts.jsonl"]
    assert before["annotator.jsonl"]["a"]["layer"]["created"] == after["annotator.jsonl"]["a"]["layer"]["created"]


class _Killing(_Plain):
    """Strikes at one of the requests that change something."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    def fault(self, request: str) -> str:
        writes = request.startswith(("PATCH", "POST")) and "/replace-" not in request
        self._at -= writes
        return "killed" if writes and self._at == 0 else super().fault(request)


class _KillingServer(_PlainServer):
    """The process that asks is killed right after its request was handled."""

    def _killed(self, request: bytes) -> bytes:
        self._hand_on(request)
        self.kill()
        return b""

    kill: Callable[[], None] = staticmethod(lambda: None)


class _Meanwhile(Plan):
    """Somebody works on right before the first request that replaces results."""

    def __init__(self) -> None:
        super().__init__([], 0, 0)
        self.left = 1

    def fault(self, request: str) -> str:
        self.left -= (due := request.startswith("POST") and "/replace-results" in request and self.left > 0)
        return "meanwhile" if due else ""


class _MeanwhileServer(Proxy):
    """goldspan's own server, at which somebody works between a reading and the change that follows from it."""

    work: Callable[[], None]

    def _meanwhile(self, request: bytes) -> bytes:
        self.work()
        return self._hand_on(request)


def test_what_somebody_changes_between_reading_and_writing_is_read_again(studio: Studio, team: Team) -> None:
    done = team.submit("a", team.results)
    team.submit("b", team.results)
    with through(studio, _Meanwhile(), _MeanwhileServer) as proxy:
        changed = {"result": [{**item, "origin": "manual"} for item in team.results[2:]]}

        def work() -> None:
            team.client.http.patch(f"/api/annotations/{done}/", json=changed)

        proxy.work = work
        assert team.migrate("--url", proxy.url, GOLDSPAN_STUDIO_TOKEN=studio.token)["complete"]
    read = team.pull("new", "after")["annotator.jsonl"]
    assert [item["label"] for item in read["a"]["spans"]] == ["STRUCK", "SITE"]
    assert {item["origin"] for item in read["a"]["spans"]} == {"manual"}
    assert [item["label"] for item in read["b"]["spans"]] == ["EVENT", "STRUCK", "SITE"]
    assert team.labels(f"/api/annotations/{done}/") == ["STRUCK", "SITE"]


def test_a_migration_that_was_killed_is_continued_by_the_same_command(studio: Studio, team: Team) -> None:
    team.submit("a", team.results)
    team.draft("b", team.results[:2])
    team.submit("c", team.results[2:])
    team.pull("old", "before")
    with through(studio, _Killing(6), _KillingServer) as proxy:
        command = [str(GOLDSPAN), "studio", "migrate", *team.migration, *team.backup]
        command += ["--project", team.title, "--url", proxy.url]
        variables = {**studio.surroundings, "GOLDSPAN_STUDIO_TOKEN": studio.token}
        process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        proxy.kill = lambda: os.kill(process.pid, signal.SIGKILL)
        assert process.wait(120) == -signal.SIGKILL
    refused = team.run("pull", "--out", str(team.folder / "x"), scheme="new", status=1)
    assert not refused and "was cut off. Fix: run the same goldspan studio migrate again" in team.told
    team.submit("d", [{**item, "origin": "manual"} for item in team.results])  # in the meantime
    made = team.migrate()
    assert made["complete"]
    after, expected = team.pull("new", "after"), team.migrated("before")
    late = after["annotator.jsonl"].pop("d")
    assert after == expected
    assert [item["label"] for item in late["spans"]] == ["EVENT", "STRUCK", "SITE"]


def test_what_a_person_decides_is_asked_with_the_tasks_and_answered_later(team: Team) -> None:
    split = MAP.replace(
        'to = "EVENT"\nfields = { type = { to = "kind", values = { flood = "water" } } }',
        'fields = { type = "" }\nsplit = [{ to = "EVENT" }, { to = "SITE" }]',
    )
    (team.folder / "map.toml").write_text(split, "utf-8")
    done = team.submit("a", team.results)
    asked = str(team.folder / "asked.jsonl")
    made = team.migrate("--questions", asked, status=1)
    [question] = made["questions"]
    assert (question["options"], question["task"]) == (["EVENT", "SITE"], _url(team, "a"))
    assert team.labels(f"/api/annotations/{done}/") == ["HAZARD", "STRUCK", "SITE"]
    pulled = team.pull("new", "open", status=1)["annotator.jsonl"]["a"]
    assert [item["label"] for item in pulled["spans"]] == ["STRUCK", "SITE"]
    assert len(pulled["layer"]["invalid_annotations"]) == 1  # with all that the person did

    [line] = map(json.loads, Path(asked).read_text("utf-8").splitlines())
    Path(asked).write_text(json.dumps({**line, "answer": "NOWHERE"}) + "\n", "utf-8")
    team.migrate("--questions", asked, status=1)
    assert "is 'NOWHERE', which is not one of the options" in team.told
    Path(asked).write_text(json.dumps({**line, "answer": "EVENT", "by": "me"}) + "\n", "utf-8")
    assert team.migrate("--questions", asked)["complete"]
    assert team.labels(f"/api/annotations/{done}/") == ["EVENT", "STRUCK", "SITE"]
    read = team.pull("new", "answered")["annotator.jsonl"]["a"]
    [event] = [item for item in read["spans"] if item["label"] == "EVENT"]
    assert event["extra"]["migrations"][0]["was"] == {"label": "HAZARD", "value": {"type": "flood"}}
    team.migrate("--reverse")
    assert team.labels(f"/api/annotations/{done}/") == ["HAZARD", "STRUCK", "PLACE", "RUMOUR"]


def _url(team: Team, document: str) -> str:
    return f"{team.studio.url}/projects/{team.project}/data?task={team.tasks[document]}"


def test_a_name_with_another_meaning_and_another_scheme_are_refused_and_nothing_changes(team: Team) -> None:
    reused = NEW.replace("[labels.SITE]", "[labels.HAZARD]").replace("version = 2", "version = 3")
    (team.folder / "reused.toml").write_text(reused, "utf-8")
    lines = MAP.replace('"SITE"', '"HAZARD"')
    (team.folder / "reused-map.toml").write_text(lines, "utf-8")
    config = team.client.sdk.projects.get(team.project).label_config
    old, new = str(team.folder / "old.toml"), str(team.folder / "new.toml")
    reuse = ("--map", str(team.folder / "reused-map.toml"), *team.backup)
    team.run("migrate", old, str(team.folder / "reused.toml"), *reuse, status=1)
    assert "HAZARD is a name of disaster@3 with another meaning. Fix: give what is new under it another" in team.told
    team.run("migrate", new, str(team.folder / "reused.toml"), *team.backup, status=2)
    team.migrate("--reverse", status=2)
    assert "has the scheme disaster@1, and not disaster@2 as given. Fix: " in team.told
    assert team.client.sdk.projects.get(team.project).label_config == config
    assert not (team.folder / "backups").exists()


def test_projects_of_a_plan_move_together_and_get_the_new_name(studio: Studio, tmp_path: Path) -> None:
    name = f"plan{uuid4().hex[:8]}"
    for file, text in (("old.toml", OLD), ("new.toml", NEW), ("map.toml", MAP)):
        (tmp_path / file).write_text(text.replace('"disaster"', f'"{name}"'), "utf-8")
    plan, old, new = (str(tmp_path / file) for file in ("plan.json", "old.toml", "new.toml"))
    records = write_lines(tmp_path / "in.jsonl", *(record(document, TEXT) for document in "ab"))

    def run(*arguments: str) -> dict[str, Any]:
        done = studio.run(*arguments, "--plan", plan, "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    run("push", str(records), "--annotators", "ann,ben", "--scheme", old)
    made = run("migrate", old, new, "--map", str(tmp_path / "map.toml"), "--backup", str(tmp_path / "backups"))
    assert len(made["projects"]) == len(list((tmp_path / "backups").iterdir())) == 2
    assert json.loads(Path(plan).read_text("utf-8"))["title"] == f"{name}@2"
    pushed = run("push", str(records), "--scheme", new)["annotators"]
    assert [pushed[who]["unchanged"] for who in ("ann", "ben")] == [1, 1]
    assert {pushed[who]["project"]["title"] for who in pushed} == {f"{name}@2 - ann", f"{name}@2 - ben"}


@pytest.mark.browser
@pytest.mark.slow
def test_a_page_that_is_open_goes_on_and_one_that_is_opened_shows_the_new_labels(team: Team) -> None:
    with open_browser() as browser:
        page = browser.new_page()
        annotator = Annotator(page, team.studio, team.folder)
        annotator.log_in()
        annotator.label_all(team.project)
        with page.expect_response(lambda r: "/drafts" in r.url and r.request.method == "POST"):
            annotator.mark("Friday", "1")
        team.migrate()
        assert annotator.marked()[-2:] == [("HAZARD", "Friday"), ("RUMOUR", "they")]
        annotator.submit_and_go_on()  # with the earlier labels, of which the page alone knows
        read = team.pull("new", "late")["annotator.jsonl"]["a"]
        assert [item["label"] for item in read["spans"]] == ["EVENT", "STRUCK", "SITE", "EVENT"]

        page.goto(_url(team, "a"))
        page.wait_for_selector(".goldspan-text .htx-highlight")
        page.wait_for_timeout(400)
        # what came late shows in its own labels, which nobody can choose any more, and an update loses none of it
        assert [label for label, _ in annotator.marked()] == ["HAZARD", "STRUCK", "PLACE", "HAZARD", "RUMOUR"]
        shown = page.locator(".goldspan-top .lsf-labels .lsf-label:visible").all_inner_texts()
        assert [text.split()[0] for text in shown] == ["EVENT", "STRUCK", "SITE"]
        annotator.choose("1")
        annotator.drag("say")
        annotator.picture("late")
        with page.expect_response(lambda r: "/annotations/" in r.url and r.request.method == "PATCH"):
            page.locator("button:has-text('Update')").first.click()
        again = team.pull("new", "updated")["annotator.jsonl"]["a"]
        assert again["spans"][:-1] == read["spans"] and again["spans"][-1]["label"] == "EVENT"

        team.migrate()
        page.goto(_url(team, "a"))
        page.wait_for_selector(".goldspan-text .htx-highlight")
        page.wait_for_timeout(400)
        assert [label for label, _ in annotator.marked()] == ["EVENT", "STRUCK", "SITE", "EVENT", "EVENT"]
        assert team.pull("new", "after")["annotator.jsonl"]["a"]["spans"] == again["spans"]
