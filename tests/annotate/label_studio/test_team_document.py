"""The commands of docs/team.md as they stand there, with people at work between them, on the real server."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import Project, find_project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.sync.assignment import Plan, read_plan
from goldspan.corpus import read_records
from goldspan.schema import Document, Span, load_scheme
from tests.command import run_here
from tests.conftest import record, span, write_lines
from tests.document_blocks import blocks
from tests.studio_server import Studio

pytestmark = pytest.mark.server

PAGE = Path(__file__).parents[3] / "docs" / "team.md"
TEXT = "A flood and a storm struck the coast on Friday. "
SCHEME = """\
name = "team-page"
version = {version}
title = "Hazards"
[labels.HAZARD]
definition = "What struck."
[labels.HAZARD.fields]
type = {{ type = "choice", choices = [{choices}] }}
"""
FLOOD, STORM = (2, 7), (14, 19)
FIRST, ALL = 12, 32


class Folder:
    """The page's folder: its commands run there, and its people work at the server."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.studio, self.folder = studio, folder
        self.done: dict[tuple[str, str], list[str]] = {}
        self.scheme(1, "flood", "storm")
        write_lines(folder / "suggestions.jsonl", *(self.line(n) for n in range(FIRST)))
        write_lines(folder / "later.jsonl", *(self.line(n) for n in range(FIRST, ALL)))

    @staticmethod
    def line(number: int) -> dict[str, object]:
        spans = [span(*FLOOD, "HAZARD", {"type": "flood"})]
        return record(f"d{number:02}", TEXT * (1 + number % 7), spans=spans, layer={"annotator": "rules"})

    def scheme(self, version: int, *choices: str) -> None:
        told = SCHEME.format(version=version, choices=", ".join(f'"{one}"' for one in choices))
        (self.folder / "scheme.toml").write_text(told, "utf-8")

    def calls(self) -> Iterator[str]:
        """The page's commands, in its order; a file that it shows is written."""
        for block in blocks(PAGE.read_text("utf-8")):
            if block.title is not None:
                (self.folder / block.title).write_text(block.body, "utf-8")
            elif block.language == "sh":
                yield from block.body.splitlines()

    def run(self, call: str, status: int = 0) -> str:
        command, *words = shlex.split(call)
        assert command == "goldspan"
        arguments = [one for word in words for one in (self._matching(word) if "*" in word else [word])]
        done = run_here(*arguments, env=self.studio.surroundings, cwd=self.folder)
        assert done.returncode == status, f"{call}\n{done.stdout}{done.stderr}"
        return done.stdout

    def _matching(self, pattern: str) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.glob(pattern))

    @property
    def plan(self) -> Plan:
        return read_plan(self.folder / "plan.json")

    def project(self, api: StudioClient, title: str) -> Project:
        found = find_project(api, title)
        assert found is not None
        return found

    def tasks(self, api: StudioClient, title: str) -> dict[str, int]:
        """The documents of a project, none twice."""
        items = list(select_tasks(api, self.project(api, title), [], include="id,data", page_size=200))
        found = {str(item["data"]["doc_id"]): int(item["id"]) for item in items}
        assert len(found) == len(items)
        return found

    def work(self, api: StudioClient, who: str, *spans: Span, most: int = 100) -> None:
        """Annotates what an annotator has not annotated yet, the first of it."""
        tasks = self.tasks(api, self.plan.project(who))
        open_ = [name for name in sorted(tasks) if (who, name) not in self.done][:most]
        for name in open_:
            self.annotate(api, tasks[name], *spans)
            self.done[who, name] = sorted(str(one.value.type) for one in spans if one.value)

    def annotate(self, api: StudioClient, task: int, *spans: Span) -> None:
        results = results_of(Document(id="-", text=TEXT, spans=()), spans, load_scheme(self.folder / "scheme.toml"))
        api.http.post(f"/api/tasks/{task}/annotations/", json={"result": results, "lead_time": 20})

    def marks(self, *types: str) -> list[Span]:
        value = load_scheme(self.folder / "scheme.toml").value
        return [
            Span(*place, "HAZARD", value("HAZARD", type=type_))
            for place, type_ in zip((FLOOD, STORM), types, strict=False)
        ]

    def held(self, api: StudioClient) -> Counter[str]:
        """How many readers' projects each document is in."""
        return Counter(name for who in self.plan.annotators for name in self.tasks(api, self.plan.project(who)))

    def planned(self) -> dict[str, int]:
        return {name: len(reading.annotators) for name, reading in self.plan.documents.items()}


def test_the_commands_of_the_page_bring_a_team_to_one_gold(studio: Studio, tmp_path: Path) -> None:
    team = Folder(studio, tmp_path)
    calls = team.calls()
    with studio_client(Connection(studio.url, studio.token)) as api:
        team.run(next(calls))  # the plan
        assert team.held(api) == team.planned() == {f"d{n:02}": 2 for n in range(FIRST)}
        team.work(api, "ann", *team.marks("flood"), most=4)
        team.work(api, "ben", *team.marks("flood", "storm"), most=3)
        skipped, drafted = sorted(name for name in team.plan.of("ann") if ("ann", name) not in team.done)[:2]
        tasks = team.tasks(api, team.plan.project("ann"))
        api.http.post(f"/api/tasks/{tasks[skipped]}/annotations/", json={"result": [], "was_cancelled": True})
        api.http.post(f"/api/tasks/{tasks[drafted]}/drafts", json={"result": [], "lead_time": 3})
        [row] = [line.split() for line in team.run(next(calls)).splitlines() if line.startswith("ann ")]
        assert row[1:4] == [f"5/{len(team.plan.of('ann'))}", "1", "1"]  # of which one skipped; a draft
        before = team.plan

        team.run(next(calls))  # more documents
        assert team.held(api) == team.planned() == {f"d{n:02}": 2 for n in range(ALL)}
        assert {name: team.plan.documents[name] for name in before.documents} == before.documents

        planned = team.plan
        team.run(next(calls))  # a dry run
        assert team.plan == planned and team.held(api) == team.planned()
        team.run(next(calls))  # ann leaves
        stays = {name for who, name in team.done if who == "ann"} | {skipped, drafted}
        assert set(team.plan.of("ann")) == set(team.tasks(api, team.plan.project("ann"))) == stays
        assert team.held(api) == team.planned()
        assert {name: reading.blind for name, reading in team.plan.documents.items()} == {
            name: reading.blind for name, reading in planned.documents.items()
        }

        team.scheme(2, "flood", "storm", "quake")
        team.run(next(calls))  # the scheme has a choice more
        for who in ("ben", "cy"):
            held = api.http.get(f"/api/projects/{team.project(api, team.plan.project(who)).id}/").json()
            assert 'value="quake"' in held["label_config"]
        assert team.held(api) == team.planned()
        team.work(api, "ben", *team.marks("flood", "quake"))
        team.work(api, "cy", *team.marks("flood"))

        team.run(next(calls))  # passes
        passes = {
            who: {
                d.id: d
                for d in read_records(tmp_path / "passes" / f"{who}.jsonl", load_scheme(tmp_path / "scheme.toml"))
            }
            for who in ("ann", "ben", "cy")
        }
        pulled = {
            (who, name): sorted(str(one.value.type) for one in document.spans if one.value)
            for who, layer in passes.items()
            for name, document in layer.items()
            if document.layer and not document.layer.skipped
        }
        assert pulled == team.done
        told = json.loads(team.run(f"{next(calls)} --json"))
        read = {who: {name for one, name in team.done if one == who} for who in passes}
        assert [pair["documents"] for pair in told["pairwise"]] == [
            len(read[a] & read[b]) for a, b in (("ann", "ben"), ("ann", "cy"), ("ben", "cy"))
        ]
        assert all(pair["strict_f1"] is not None for pair in told["pairwise"])

        team.run(next(calls), status=1)  # conflicts are open
        lines = map(json.loads, (tmp_path / "conflicts.jsonl").read_text("utf-8").splitlines())
        conflicts = {line["document"]: set(line["readings"]) for line in lines}
        team.run(next(calls))  # the review
        reviews = team.tasks(api, "team review")
        assert set(reviews) == set(conflicts) and {frozenset(readers) for readers in conflicts.values()} >= {
            frozenset(("ben", "cy")),
            frozenset(("ann", "ben")),
        }
        shown = api.http.get("/api/predictions/", params={"project": team.project(api, "team review").id}).json()
        for name, task in reviews.items():
            passes_shown = {one["model_version"] for one in shown if one["task"] == task}
            assert len(passes_shown) == len(conflicts[name]) and not passes_shown & conflicts[name], "under pseudonyms"
            team.annotate(api, task, *team.marks("flood", "quake"))
        for call in calls:
            team.run(call)
        gold = list(read_records(tmp_path / "gold.jsonl", load_scheme(tmp_path / "scheme.toml")))
        assert sorted(document.id for document in gold) == [f"d{n:02}" for n in range(ALL)]
        given = {d.id: sorted(str(one.value.type) for one in d.spans if one.value) for d in gold}
        readings: dict[str, list[list[str]]] = {}
        for (_, name), types in team.done.items():
            readings.setdefault(name, []).append(types)
        for name, read_as in readings.items():
            assert given[name] == (["flood", "quake"] if name in reviews else read_as[0])
        # whom one has read alone, as another has it in a draft or skipped it, and all others by two
        assert {name for name, read_as in readings.items() if len(read_as) == 1} <= {skipped, drafted}
