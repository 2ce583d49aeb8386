"""What keeps large projects quick: pages instead of one export, one request for many suggestions, work on disk."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import Project
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.client.studio_error import StudioError
from goldspan.annotate.label_studio.mapping.tasks import make_task
from goldspan.annotate.label_studio.sync import annotated_tasks, push, push_recovery, task_filters
from goldspan.annotate.label_studio.sync.project_setup import open_project, plan_project
from goldspan.annotate.label_studio.sync.pull_cache import PullCache
from goldspan.annotate.label_studio.sync.push import push_tasks
from goldspan.annotate.label_studio.sync.work import spool
from goldspan.annotate.label_studio.sync.work.spool import Spool, SpooledList
from goldspan.annotate.label_studio.sync.work.unknown_name_counts import UnknownNames
from goldspan.schema import DependencyError, Document, Scheme, Span
from tests.conftest import record, write_lines
from tests.studio_server import Studio

TEXT = "Iran struck three bases near Kyiv on Friday."
IRAN, KYIV = Span(0, 4, "ACTOR"), Span(29, 33, "LOCATION")
NAMES = "abcdef"


class Hall:
    """A project of six documents with suggestions by two extractors."""

    def __init__(self, api: StudioClient, scheme: Scheme) -> None:
        self.api, self.scheme = api, scheme
        self.title = f"size {uuid4().hex[:12]}"
        self.project: Project = self.opened()
        self.push({"rules": [IRAN], "ner": [KYIV]})

    def opened(self) -> Project:
        return open_project(self.api, plan_project(self.api, self.title, self.scheme), self.scheme)[0]

    def push(self, suggestions: dict[str, list[Span]], text: str = TEXT, names: str = NAMES) -> push.PushCounts:
        documents = (Document(id=name, text=text, spans=()) for name in names)
        return push_tasks(self.api, self.opened(), [make_task(d, suggestions, self.scheme) for d in documents])

    def tasks(self) -> dict[str, dict[str, Any]]:
        parameters = {"project": self.project.id, "fields": "all"}
        found = self.api.http.get("/api/tasks/", params=parameters).json()["tasks"]
        return {task["data"]["doc_id"]: task for task in found}

    def suggested(self) -> dict[str, dict[str, tuple[int, list[tuple[int, str]]]]]:
        """Id and marks of each suggestion, by document and extractor."""
        return {
            name: {
                item["model_version"]: (
                    item["id"],
                    [(mark["value"]["start"], mark["value"]["labels"][0]) for mark in item["result"]],
                )
                for item in task["predictions"]
            }
            for name, task in self.tasks().items()
        }

    def submit(self, task: int, **more: Any) -> None:
        self.api.http.post(f"/api/tasks/{task}/annotations/", json={"result": [], **more})


@pytest.fixture
def hall(studio: Studio, scheme: Scheme) -> Iterator[Hall]:
    with studio_client(Connection(studio.url, studio.token)) as api:
        yield Hall(api, scheme)


@pytest.mark.server
def test_what_is_done_while_the_first_pages_are_read_comes_with_the_same_pull(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotated_tasks, "_GROUP", 2)
    monkeypatch.setattr(task_filters, "_PAGE", 2)
    ids = sorted(task["id"] for task in hall.tasks().values())
    for task in ids[1:5]:
        hall.submit(task)
    done: list[int] = []

    def work(_step: str, read: int, _total: int | None) -> None:
        if read == 3 and not done:
            done.append(read)
            hall.submit(ids[0])  # before the page at hand
            hall.submit(ids[2])  # on a task that was read
            hall.submit(ids[5])  # behind it
            hall.api.http.delete(f"/api/tasks/{ids[1]}/")

    cache, anew = PullCache(), PullCache()
    cache.update(hall.api, hall.project, work)
    monkeypatch.undo()
    anew.update(hall.api, hall.project)
    assert done
    assert [work.task for work in cache.in_order()] == [ids[0], *ids[2:]]
    found = list(cache.in_order())
    assert found == list(anew.in_order()) and len(found[1].annotations) == 2


@pytest.mark.server
def test_a_project_without_tasks_has_no_work(hall: Hall) -> None:
    hall.title = f"size {uuid4().hex[:12]}"
    cache = PullCache()
    assert cache.update(hall.api, hall.opened()) == (0, True) and list(cache.in_order()) == []


@pytest.mark.server
def test_in_bulk_suggestions_become_what_they_become_one_by_one_and_open_pages_can_be_submitted(
    hall: Hall, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one = Hall(hall.api, scheme)
    monkeypatch.setattr(push, "BATCH", 3)
    before = hall.suggested()
    steps: list[tuple[dict[str, list[Span]], str]] = [
        ({"rules": [KYIV]}, TEXT),
        ({"rules": [IRAN], "other": [IRAN, KYIV]}, TEXT),
        ({"ner": [IRAN]}, f"{TEXT} More."),
    ]
    for suggestions, text in steps:
        counts = hall.push(suggestions, text, NAMES[:4])
        with monkeypatch.context() as patched:
            patched.setattr(push, "has_bulk_replacement", lambda *_: False)
            assert one_by_one.push(suggestions, text, NAMES[:4]) == counts
        after = hall.suggested()
        marks = [{n: {k: m for k, (_, m) in s.items()} for n, s in place.items()} for place in (after, one_by_one.suggested())]  # fmt: skip
        assert marks[0] == marks[1] and counts.suggested == 4
        tasks, others = hall.tasks(), one_by_one.tasks()
        assert [task["data"] for task in tasks.values()] == [task["data"] for task in others.values()]
        # one by one they are counted by Label Studio, which miscounts what is deleted at the same time
        assert all(task["total_predictions"] == len(task["predictions"]) for task in tasks.values())
        for name, found in after.items():
            kept = found.keys() & before[name].keys()
            assert kept and all(found[extractor][0] == before[name][extractor][0] for extractor in kept)
        before = after
    task = hall.tasks()["a"]
    hall.submit(task["id"], parent_prediction=task["predictions"][0]["id"])
    again = hall.push(steps[-1][0], steps[-1][1], NAMES[:4])
    assert (again.unchanged, again.suggested) == (4, 0)


@pytest.mark.server
def test_a_bulk_replacement_is_for_the_tasks_of_its_project_only(hall: Hall, scheme: Scheme) -> None:
    other = Hall(hall.api, scheme)
    assert push_recovery.has_bulk_replacement(hall.api, hall.project)
    foreign = other.tasks()["a"]
    item = {"task": foreign["id"], "data": {"text": "gone"}, "predictions": [], "only": True}
    path = f"/api/projects/{hall.project.id}/replace-suggestions"
    assert hall.api.http.post(path, json=[item]).json() == {"updated": []}
    assert other.tasks()["a"] == foreign
    with pytest.raises(StudioError, match="404"):
        hall.api.http.post("/api/projects/999999/replace-suggestions", json=[])


@pytest.mark.server
def test_pulls_leave_no_exports_on_the_own_server_and_name_unknown_names_once(
    studio: Studio, scheme: Scheme, tmp_path: Path
) -> None:
    title = f"size {uuid4().hex[:12]}"
    records = write_lines(tmp_path / "texts.jsonl", *(record(name, TEXT) for name in "abc"))
    assert studio.run("push", str(records), "--project", title).returncode == 0
    with studio_client(Connection(studio.url, studio.token)) as api:
        project = open_project(api, plan_project(api, title, scheme), scheme)[0]
        tasks = [int(item["id"]) for item in select_tasks(api, project, [])]

        def submit(task: int, written: str) -> None:
            named = replace(IRAN, value=scheme.value("ACTOR", id=written))
            results = (
                make_task(Document(id="x", text=TEXT, spans=()), {"x": [named]}, scheme).contents().suggestions["x"]
            )
            api.http.post(f"/api/tasks/{task}/annotations/", json={"result": results})

        submit(tasks[0], "Zzqx")
        submit(tasks[1], "Zzqx")
        out = ("pull", "--out", str(tmp_path / "work"), "--project", title)
        first = studio.run(*out)
        assert first.stderr.count("Zzqx") == 1
        assert (
            f"ACTOR: unknown id or name 'Zzqx' (2 spans in 2 documents, first {project.task_url(tasks[0])})"
            in first.stderr
        )
        submit(tasks[2], "Yyqx")
        second = studio.run(*out)
    assert "Zzqx" not in second.stderr and second.stderr.count("Yyqx") == 1
    assert "1 unknown name that the last pull reported too: --json lists all" in second.stderr
    listed = json.loads(studio.run(*out, "--json").stdout)["unknown_names"]
    found = [(item["label"], item["spans"], item["documents"], item["new"]) for item in listed]
    assert found == [("ACTOR", 2, ["a", "b"], False), ("ACTOR", 1, ["c"], False)]
    assert not list((studio.folder / "data" / "export").glob(f"project-{project.id}-at-*"))


def test_a_spool_returns_what_was_added_in_memory_and_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 10)
    items = [f"item {number} é".encode() * number for number in range(20)]
    store = Spool()
    places = [store.add(item) for item in items]
    assert [store.read(place) for place in reversed(places)] == items[::-1]
    listed: SpooledList[tuple[int, str]] = SpooledList(tuple[int, str])
    for number, item in enumerate("ab"):
        listed.append((number, item))
    assert (list(listed), list(listed), len(listed)) == ([(0, "a"), (1, "b")], [(0, "a"), (1, "b")], 2)


def test_a_spool_that_cannot_be_written_says_where_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(DependencyError, match=r"missing cannot be written: .*\. Fix: free some space"):
        Spool().add(b"several bytes")


def test_unknown_names_are_sorted_by_their_number_and_marked_as_new() -> None:
    names = UnknownNames()
    for label, name, document in (("A", "x", "1"), ("A", "y", "1"), ("A", "y", "1"), ("B", "y", "2")):
        names.count(label, name, document, f"task {document}")
    found = names.by_frequency({"A: x"})
    assert [(item.key, item.spans, item.documents, item.new) for item in found] == [
        ("A: y", 2, ["1"], True),
        ("A: x", 1, ["1"], False),
        ("B: y", 1, ["2"], True),
    ]
