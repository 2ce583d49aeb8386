"""What a store beside the layers holds is what the server holds, whatever the server's clock does."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import Project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.mapping.tasks import make_task
from goldspan.annotate.label_studio.sync.annotated_tasks import AnnotatedTask
from goldspan.annotate.label_studio.sync.project_setup import open_project, plan_project
from goldspan.annotate.label_studio.sync.pull_cache import PullCache
from goldspan.schema import Document, Scheme, Span
from tests.studio_server import Studio

pytestmark = pytest.mark.server

TEXT = "Iran struck three bases near Kyiv on Friday."


class Room:
    """A project whose tasks get the times that the server's clock is to have shown."""

    def __init__(self, studio: Studio, api: StudioClient, title: str, folder: Path, scheme: Scheme) -> None:
        self.api = api
        self.folder = folder
        self.scheme = scheme
        self.database = studio.folder / "data" / "label_studio.sqlite3"
        self.project: Project = open_project(api, plan_project(api, title, scheme), scheme)[0]
        body = [{"data": make_task(Document(id=n, text=TEXT, spans=()), {}, scheme).data()} for n in "abcdefgh"]
        api.http.post(f"/api/projects/{self.project.id}/import", json=body)
        self.tasks = [int(item["id"]) for item in select_tasks(api, self.project, [])]

    def results(self, end: int) -> list[dict[str, Any]]:
        return results_of(Document(id="a", text=TEXT, spans=()), [Span(0, end, "ACTOR")], self.scheme)

    def annotations(self, task: int) -> list[int]:
        return [int(item["id"]) for item in self.api.http.get(f"/api/tasks/{task}/annotations/").json()]

    def annotate(self, task: int, end: int = 4, **more: Any) -> int:
        made = self.api.http.post(f"/api/tasks/{task}/annotations/", json={"result": self.results(end), **more}).json()
        return int(made["id"])

    def edit(self, annotation: int, end: int) -> None:
        self.api.http.patch(f"/api/annotations/{annotation}/", json={"result": self.results(end)})

    def stamp(self, task: int, time: datetime) -> None:
        """As a server leaves it whose clock showed that time when the task was last changed."""
        shown = time.strftime("%Y-%m-%d %H:%M:%S.%f")
        database = sqlite3.connect(self.database, timeout=30)
        with database:
            database.execute("UPDATE task SET updated_at = ? WHERE id = ?", (shown, task))
            database.execute("UPDATE task_completion SET updated_at = ? WHERE task_id = ?", (shown, task))
        database.close()

    def pull(self, name: str = "work.zst") -> tuple[list[AnnotatedTask], int, bool]:
        store = PullCache(self.folder / name)
        read, whole = store.update(self.api, self.project)
        store.save(self.api, self.project)
        return list(store.in_order()), read, whole

    def anew(self) -> list[AnnotatedTask]:
        (self.folder / "anew.zst").unlink(missing_ok=True)
        return self.pull("anew.zst")[0]


@pytest.fixture
def room(studio: Studio, tmp_path: Path, scheme: Scheme) -> Iterator[Room]:
    with studio_client(Connection(studio.url, studio.token)) as api:
        yield Room(studio, api, f"clocks {tmp_path.name}"[:50], tmp_path, scheme)


NOW = datetime.now(UTC)


@pytest.mark.parametrize("seconds", [-3600, -2, 0, 86400])
def test_an_edit_comes_whatever_the_clock_showed_also_a_second_one_in_the_same_moment(room: Room, seconds: int) -> None:
    made = [room.annotate(task) for task in room.tasks]
    newest = max(datetime.fromisoformat(work.updated) for work in room.pull()[0])
    moment = newest + timedelta(seconds=seconds)
    for end in (11, 17, 23):
        room.edit(made[2], end)
        room.stamp(room.tasks[2], moment)
        work, read, whole = room.pull()
        assert work == room.anew() and work[2].annotations[0].results[0]["value"]["end"] == end
        assert not whole and read <= 2


def test_a_first_annotation_and_a_removed_one_are_seen_where_the_clock_stands_back(room: Room) -> None:
    for task in room.tasks[:4]:
        room.annotate(task)
    room.pull()
    past = NOW - timedelta(hours=1)
    room.annotate(room.tasks[5], was_cancelled=True)
    room.api.http.delete(f"/api/annotations/{room.annotations(room.tasks[1])[0]}/")
    for task in (room.tasks[5], room.tasks[1]):
        room.stamp(task, past)
    assert room.pull()[0] == room.anew()
    room.api.http.delete(f"/api/tasks/{room.tasks[0]}/")
    work, _, whole = room.pull()
    assert work == room.anew() and len(work) == 3 and not whole


@pytest.mark.parametrize("seed", range(2))
def test_a_store_holds_what_a_new_one_would_for_any_clock(room: Room, seed: int) -> None:
    choose = random.Random(seed)
    tasks = list(room.tasks)
    for task in tasks[:4]:
        room.annotate(task)
    room.pull()
    for _ in range(4):
        clock = choose.choice([None, NOW + timedelta(seconds=choose.uniform(-9999, 9999))])
        for _ in range(choose.randint(1, 3)):
            task = choose.choice(tasks)
            there = room.annotations(task)
            act = choose.choice(["edit", "edit", "edit", "annotate", "skip", "remove", "delete"])
            if act == "delete" and len(tasks) > 4:
                room.api.http.delete(f"/api/tasks/{task}/")
                tasks.remove(task)
                continue
            if act == "remove" and there:
                room.api.http.delete(f"/api/annotations/{choose.choice(there)}/")
            elif act == "edit" and there:
                room.edit(choose.choice(there), choose.randint(1, len(TEXT)))
            else:
                room.annotate(task, choose.randint(1, len(TEXT)), was_cancelled=act == "skip")
            if clock is not None:
                room.stamp(task, clock)
            if choose.random() < 0.5:
                assert room.pull()[0] == room.anew()
        assert room.pull()[0] == room.anew()
