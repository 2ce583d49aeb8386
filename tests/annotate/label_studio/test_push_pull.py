"""Push and pull against the real server: everything there once, everything back equal."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace

from goldspan.annotate.http_policy import PolicyTransport
from goldspan.annotate.label_studio import Connection, StudioClient, studio_client
from goldspan.annotate.label_studio.client.projects import Project, find_project, list_projects
from goldspan.annotate.label_studio.client.queries import select_tasks
from goldspan.annotate.label_studio.client.studio_error import StudioError
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.mapping.tasks import make_task
from goldspan.annotate.label_studio.sync import push
from goldspan.annotate.label_studio.sync.project_setup import open_project, plan_project
from goldspan.annotate.label_studio.sync.push import push_tasks
from goldspan.corpus import read_records, write_records
from goldspan.schema import DependencyError, Document, Scheme, Span
from goldspan.schema.files.scheme_writer import scheme_toml
from tests.annotate.label_studio.texts import make_document
from tests.command import run_here
from tests.conftest import record, span, write_lines
from tests.odd_labels import NAMES, SCHEME, VALUES
from tests.studio_server import Studio

pytestmark = pytest.mark.server

TEXT = "Iran struck three bases near Kyiv on Friday."


class Desk:
    """A project of the test's own, the commands run on it, and people's work played in through the server's API."""

    def __init__(self, studio: Studio, folder: Path) -> None:
        self.title = f"t-{uuid4().hex[:12]}"
        self.folder = folder
        self.surroundings = studio.surroundings
        self.api: StudioClient = studio_client(Connection(studio.url, studio.token))

    def run(self, *arguments: Any, status: int = 0) -> CompletedProcess[str]:
        done = run_here("studio", *arguments, "--project", self.title, env=self.surroundings)
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done

    def push(self, *arguments: Any, status: int = 0) -> dict[str, Any]:
        done = self.run("push", *arguments, "--json", status=status)
        return dict(json.loads(done.stdout)) if done.stdout else {"stderr": done.stderr}

    def pull(self, *arguments: Any, status: int = 0, out: str = "pulled") -> dict[str, Any]:
        done = self.run("pull", "--out", self.folder / out, *arguments, "--json", status=status)
        return dict(json.loads(done.stdout)) if done.stdout else {"stderr": done.stderr}

    @property
    def project(self) -> Project:
        found = find_project(self.api, self.title)
        assert found is not None
        return found

    def tasks(self) -> dict[str, dict[str, Any]]:
        """Whole tasks by document; each must be there once."""
        found = [
            self.api.http.get(f"/api/tasks/{item['id']}/").json() for item in select_tasks(self.api, self.project, [])
        ]
        by_name = {task["data"]["doc_id"]: task for task in found}
        assert len(by_name) == len(found), "a document has two tasks"
        return by_name

    def annotate(self, task: int, results: list[Any], **more: Any) -> dict[str, Any]:
        return dict(self.api.http.post(f"/api/tasks/{task}/annotations/", json={"result": results, **more}).json())

    def draft(self, task: int, **more: Any) -> dict[str, Any]:
        """Begins on a task and leaves it without submitting."""
        body = {"result": [], "lead_time": 3.0, "draft_id": 0, "project": self.project.id, **more}
        return dict(self.api.http.post(f"/api/tasks/{task}/drafts", json=body).json())

    def user(self, email: str) -> int:
        for user in self.api.http.get("/api/users/").json():
            if user["email"] == email:
                return int(user["id"])
        made = self.api.http.post("/api/users/", json={"email": email, "username": email.partition("@")[0]}).json()
        return int(made["id"])


@pytest.fixture
def desk(studio: Studio, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(studio, tmp_path)
    yield desk
    desk.api.close()


def suggestions(task: dict[str, Any]) -> dict[str, int]:
    """How many spans each extractor suggests; no extractor twice."""
    found = [(p["model_version"], sum(r["type"] == "labels" for r in p["result"])) for p in task["predictions"]]
    assert len(dict(found)) == len(found), "an extractor suggests twice"
    return dict(found)


def bare(documents: Any) -> list[Document]:
    return sorted((replace(d, layer=None, spans=()) for d in documents), key=lambda d: d.id)


def test_a_pull_tells_what_it_read_and_where_nobody_has_worked_yet(desk: Desk) -> None:
    path = write_lines(desk.folder / "in.jsonl", record("a", TEXT))
    desk.push(path)
    early = desk.run("pull", "--out", desk.folder / "passes")
    assert early.stdout == "0 tasks read (all), 0 problems\n"
    assert early.stderr == "note: nobody has submitted an annotation yet\n"
    desk.annotate(desk.tasks()["a"]["id"], [])
    late = desk.run("pull", "--out", desk.folder / "passes")
    assert (
        "\n1 task read" in late.stdout and late.stdout.endswith(", 0 problems\n") and ": 1 document -> " in late.stdout
    )
    assert late.stderr == ""


def test_what_is_pushed_and_accepted_comes_back_equal(desk: Desk, scheme: Scheme) -> None:
    documents = [make_document(seed, scheme).with_hash() for seed in range(60)]
    large = "".join(f"Kyiv {n:05} 😀\n" for n in range(16_000))
    many = tuple(Span(p, p + 4, "LOCATION") for p in range(0, 13 * 2000, 13))
    documents += [Document(id="200 kB, 2,000 spans", text=large, spans=many).with_hash()]
    path = desk.folder / "in.jsonl"
    write_records(path, documents, scheme)
    assert desk.push(path)["created"] == 61
    tasks = desk.tasks()
    for document in documents:
        task = tasks[document.id]
        assert task["data"]["text"] == document.text
        for prediction in task["predictions"] or [{"id": None, "result": []}]:
            desk.annotate(task["id"], prediction["result"], parent_prediction=prediction["id"], lead_time=12.5)
    told = desk.pull()
    assert [f["annotator"] for f in told["files"]] == ["annotator"] and told["problems"] == []
    pulled = {d.id: d for d in read_records(told["files"][0]["path"], scheme)}
    assert bare(pulled.values()) == bare(documents)
    for document in documents:
        again = pulled[document.id]
        assert [replace(s, origin=None) for s in again.spans] == [replace(s, score=None) for s in document.spans]
        assert again.layer is not None and (again.layer.annotator, again.layer.lead_time) == ("annotator", 12.5)
        assert again.layer.scheme == scheme.ref and again.layer.guidelines == scheme.guidelines


def test_labels_of_any_name_come_back_from_the_server(desk: Desk) -> None:
    spans = tuple(SCHEME.span(n * 2, n * 2 + 1, name, **VALUES[n % 3]) for n, name in enumerate(NAMES))
    document = Document(id="odd", text="x " * len(NAMES), spans=spans).with_hash()
    (desk.folder / "scheme.toml").write_text(scheme_toml(SCHEME), "utf-8")
    write_records(desk.folder / "in.jsonl", [document], SCHEME)
    scheme = ("--scheme", desk.folder / "scheme.toml")
    assert desk.push(desk.folder / "in.jsonl", *scheme)["created"] == 1
    task = desk.tasks()["odd"]
    [prediction] = task["predictions"]
    desk.annotate(task["id"], prediction["result"])
    told = desk.pull(*scheme)
    [pulled] = read_records(told["files"][0]["path"], SCHEME)
    assert told["problems"] == [] and [replace(span, origin=None) for span in pulled.spans] == list(spans)


def three(**more: Any) -> list[dict[str, Any]]:
    spans = [span(0, 4, "ACTOR", {"id": "IRN"})]
    return [record(name, TEXT, spans=spans, layer={"annotator": "rules"}, **more) for name in ("a", "b", "c")]


def test_the_same_push_twice_changes_nothing(desk: Desk) -> None:
    path = write_lines(desk.folder / "in.jsonl", *three())
    assert desk.push(path)["created"] == 3
    before = desk.tasks()
    again = desk.push(path)
    assert (again["created"], again["unchanged"], again["interface"]) == (0, 3, "unchanged")
    assert desk.tasks() == before
    more = write_lines(desk.folder / "more.jsonl", *three(), record("d", TEXT))
    told = desk.push(more)
    assert (told["created"], told["unchanged"]) == (1, 3)
    assert {name: suggestions(task) for name, task in desk.tasks().items()} == {
        "a": {"rules": 1},
        "b": {"rules": 1},
        "c": {"rules": 1},
        "d": {},
    }


def test_what_was_done_by_hand_since_is_seen_by_the_same_push(desk: Desk) -> None:
    path = write_lines(desk.folder / "in.jsonl", *three())
    desk.push(path)
    tasks = desk.tasks()
    desk.api.http.delete(f"/api/tasks/{tasks['a']['id']}/")
    stranger = {"data": {**tasks["a"]["data"], "doc_id": "z"}, "predictions": [{"model_version": "x", "result": []}]}
    # as many tasks and suggestions as before
    desk.api.http.post(f"/api/projects/{desk.project.id}/import", json=[stranger])
    assert desk.push(path)["created"] == 1
    desk.api.http.delete(f"/api/predictions/{desk.tasks()['b']['predictions'][0]['id']}/")
    assert desk.push(path)["suggested"] == 1
    assert desk.push(path)["unchanged"] == 3 and set(desk.tasks()) == {"a", "b", "c", "z"}


def test_a_task_that_was_deleted_by_hand_is_told_and_pushed_again(desk: Desk) -> None:
    path = write_lines(desk.folder / "in.jsonl", *three())
    assert desk.push(path)["deleted_by_hand"] == 0
    desk.api.http.delete(f"/api/tasks/{desk.tasks()['a']['id']}/")
    told = desk.run("push", path).stdout
    assert "documents: 1 created, 2 unchanged, 1 deleted by hand;" in told
    assert desk.push(path)["deleted_by_hand"] == 0


def test_a_page_that_began_from_old_suggestions_can_still_submit(desk: Desk) -> None:
    """The editor sends the number of the suggestion that its page began from; see test_browser for the hand."""
    other = write_lines(desk.folder / "other.jsonl", *(dict(r, layer={"annotator": "llm:x"}) for r in three()))
    desk.push(write_lines(desk.folder / "in.jsonl", *three()), "--suggestions", other)
    before = {name: {p["model_version"]: p["id"] for p in task["predictions"]} for name, task in desk.tasks().items()}
    changed = [dict(item, spans=[span(37, 43, "DATE")]) for item in three()]
    changed[2] |= {"text": f"Then {TEXT}", "spans": [span(5, 9, "ACTOR")]}
    assert desk.push(write_lines(desk.folder / "new.jsonl", *changed))["suggested"] == 3
    after = desk.tasks()
    for name in ("a", "b"):
        assert {p["model_version"]: p["id"] for p in after[name]["predictions"]} == before[name]
    # on another text the suggestions of an extractor that is not pushed mean nothing
    assert [(p["model_version"], p["id"]) for p in after["c"]["predictions"]] == [("rules", before["c"]["rules"])]
    assert suggestions(after["a"]) == {"rules": 1, "llm:x": 1}
    [shown] = [one["result"] for one in after["a"]["predictions"] if one["model_version"] == "rules"]
    assert shown[0]["value"]["labels"] == ["DATE"]
    for name, task in after.items():
        work = desk.annotate(task["id"], [], parent_prediction=before[name]["rules"])
        assert work["parent_prediction"] == before[name]["rules"]


def test_new_suggestions_replace_old_ones_and_leave_peoples_work_and_other_extractors_alone(
    desk: Desk, scheme: Scheme
) -> None:
    path = write_lines(desk.folder / "in.jsonl", *three())
    other = write_lines(desk.folder / "other.jsonl", record("b", TEXT, layer={"annotator": "llm:x"}))
    desk.push(path, "--suggestions", other)
    task = desk.tasks()["a"]
    work = desk.annotate(task["id"], task["predictions"][0]["result"], parent_prediction=task["predictions"][0]["id"])
    changed = [dict(item, spans=[span(29, 33, "LOCATION"), span(37, 43, "DATE")]) for item in three()]
    told = desk.push(write_lines(desk.folder / "new.jsonl", *changed))
    assert (told["suggested"], told["unchanged"]) == (3, 0)
    tasks = desk.tasks()
    assert suggestions(tasks["a"]) == suggestions(tasks["c"]) == {"rules": 2}
    assert suggestions(tasks["b"]) == {"rules": 2, "llm:x": 0}
    assert [one["id"] for one in tasks["a"]["annotations"]] == [work["id"]]
    assert tasks["a"]["annotations"][0]["result"] == work["result"]
    held = desk.api.http.get(f"/api/projects/{desk.project.id}/").json()
    assert held["model_version"] == "rules" and held["show_collab_predictions"] is True
    assert desk.push(desk.folder / "new.jsonl")["unchanged"] == 3


def test_a_text_that_changed_under_work_is_refused_and_nothing_is_sent(desk: Desk) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", *three()))
    tasks = desk.tasks()
    desk.annotate(tasks["a"]["id"], tasks["a"]["predictions"][0]["result"])
    desk.annotate(tasks["b"]["id"], [], was_cancelled=True)
    before = desk.tasks()
    changed = [dict(item, text=f"Then {TEXT}", spans=[]) for item in three()]
    (desk.folder / "ours.md").write_text("# Ours\n")
    new = write_lines(desk.folder / "new.jsonl", record("d", TEXT), *changed)
    held = desk.api.http.get(f"/api/projects/{desk.project.id}/").json()["expert_instruction"]
    told = desk.push(new, "--guidelines", desk.folder / "ours.md", status=1)
    assert desk.api.http.get(f"/api/projects/{desk.project.id}/").json()["expert_instruction"] == held
    for name in ("a", "b"):
        assert f"document '{name}': the text differs from the one that people have worked on" in told["stderr"]
        assert f"/data?task={tasks[name]['id']}" in told["stderr"]
    assert "document 'c'" not in told["stderr"] and desk.tasks() == before


def test_a_draft_is_work_that_holds_back_another_text_and_shows_in_the_status(desk: Desk) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", *three()))
    tasks = desk.tasks()
    for name in ("a", "b"):
        desk.draft(tasks[name]["id"])
    work = desk.annotate(tasks["c"]["id"], [])
    desk.api.http.post(f"/api/tasks/{tasks['c']['id']}/annotations/{work['id']}/drafts", json={"result": []})
    before = desk.tasks()
    changed = [dict(item, text=f"Then {TEXT}", spans=[]) for item in three()]
    told = desk.push(write_lines(desk.folder / "new.jsonl", *changed, record("d", TEXT)), status=1)["stderr"]
    for name in "abc":
        assert f"document '{name}': the text differs from the one that people have worked on" in told
        assert f"/data?task={tasks[name]['id']}" in told
    assert desk.tasks() == before
    done = run_here("studio", "status", env=desk.surroundings)
    assert f"3 in {desk.title!r}" in done.stdout.split("drafts: ")[1]
    for more in ([], ["--url", desk.api.connection.url]):
        surroundings = {**desk.surroundings, "GOLDSPAN_STUDIO_TOKEN": desk.api.connection.token}
        answer = run_here("studio", "status", *more, "--json", env=surroundings)
        assert json.loads(answer.stdout)["drafts"][desk.title] == 3


def test_doubles_are_removed_together_but_none_with_a_draft(desk: Desk) -> None:
    path = write_lines(desk.folder / "in.jsonl", *three())
    desk.push(path)
    tasks = desk.tasks()
    body = [{"data": tasks[name]["data"]} for name in ("a", "b", "b")]
    desk.api.http.post(f"/api/projects/{desk.project.id}/import", json=body)
    begun = max(item["id"] for item in select_tasks(desk.api, desk.project, []))
    desk.draft(begun)
    assert desk.push(path)["doubles"] == 3
    assert desk.tasks()["b"]["id"] == begun and desk.tasks()["a"]["id"] == tasks["a"]["id"]
    desk.api.http.post(f"/api/projects/{desk.project.id}/import", json=[{"data": tasks["b"]["data"]}])
    desk.draft(max(item["id"] for item in select_tasks(desk.api, desk.project, [])))
    assert "people worked on several tasks of it" in desk.push(path, status=1)["stderr"]


def test_a_text_that_nobody_worked_on_and_other_metadata_are_brought_up_to_date(desk: Desk) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", *three()))
    ids = {name: task["id"] for name, task in desk.tasks().items()}
    new = three(meta={"title": "A title", "published": "2023-11-07"})
    new[2] |= {"text": f"Then {TEXT}", "spans": [span(5, 9, "ACTOR")]}
    told = desk.push(write_lines(desk.folder / "new.jsonl", *new))
    assert (told["described"], told["suggested"], told["created"]) == (2, 1, 0)
    tasks = desk.tasks()
    assert {name: task["id"] for name, task in tasks.items()} == ids
    assert tasks["a"]["data"]["title"] == "A title" and tasks["c"]["data"]["text"] == f"Then {TEXT}"
    assert tasks["c"]["predictions"][0]["result"][0]["value"]["start"] == 5
    assert suggestions(tasks["c"]) == {"rules": 1}


def test_doubles_of_a_document_are_removed_unless_people_worked_on_both(desk: Desk) -> None:
    path = write_lines(desk.folder / "in.jsonl", *three())
    desk.push(path)
    tasks = desk.tasks()
    body = [{"data": tasks[name]["data"]} for name in ("a", "b", "b")]
    desk.api.http.post(f"/api/projects/{desk.project.id}/import", json=body)
    worked = max(item["id"] for item in select_tasks(desk.api, desk.project, []))
    desk.annotate(worked, [])
    assert desk.push(path)["doubles"] == 3
    assert desk.tasks()["b"]["id"] == worked and desk.tasks()["a"]["id"] == tasks["a"]["id"]
    desk.api.http.post(f"/api/projects/{desk.project.id}/import", json=[{"data": tasks["b"]["data"]}])
    desk.annotate(max(item["id"] for item in select_tasks(desk.api, desk.project, [])), [])
    assert "people worked on several tasks of it" in desk.push(path, status=1)["stderr"]


def test_a_pull_asks_for_what_changed_and_sees_what_is_gone(desk: Desk, scheme: Scheme) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", *three(), record("d", TEXT)))
    tasks = desk.tasks()
    work = {name: desk.annotate(tasks[name]["id"], tasks[name]["predictions"][0]["result"]) for name in ("a", "b", "c")}
    assert desk.pull(out="one.jsonl")["whole"] is True

    def pulled() -> list[str]:
        return [document.id for document in read_records(desk.folder / "one.jsonl", scheme)]

    assert pulled() == ["a", "b", "c"]
    desk.annotate(tasks["d"]["id"], [])
    assert desk.pull(out="one.jsonl")["whole"] is False and pulled() == ["a", "b", "c", "d"]
    desk.api.http.delete(f"/api/annotations/{work['a']['id']}/")
    assert desk.pull(out="one.jsonl")["whole"] is False and pulled() == ["b", "c", "d"]
    desk.api.http.delete(f"/api/tasks/{tasks['b']['id']}/")
    assert desk.pull(out="one.jsonl")["whole"] is False and pulled() == ["c", "d"]
    changed = [r for r in tasks["c"]["predictions"][0]["result"] if r["type"] == "labels"]
    desk.api.http.patch(f"/api/annotations/{work['c']['id']}/", json={"result": changed})
    desk.pull(out="one.jsonl")
    assert next(read_records(desk.folder / "one.jsonl", scheme)).spans[0].value is None
    whole = (desk.folder / "one.jsonl").read_bytes()
    (desk.folder / ".one.jsonl.work.zst").write_bytes(b"torn")
    assert desk.pull(out="one.jsonl")["whole"] is True and (desk.folder / "one.jsonl").read_bytes() == whole


def test_each_annotator_has_a_layer_and_skips_are_told(desk: Desk, scheme: Scheme) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", *three()))
    tasks = desk.tasks()
    ann, ben = desk.user("ann@example.org"), desk.user("ben@example.org")
    first = tasks["a"]["predictions"][0]["result"]
    desk.annotate(tasks["a"]["id"], first, completed_by=ann)
    desk.annotate(tasks["a"]["id"], [], completed_by=ben)
    desk.annotate(tasks["b"]["id"], first, completed_by=ben, was_cancelled=True)
    told = desk.pull()
    assert {f["annotator"]: f["documents"] for f in told["files"]} == {"ann": 1, "ben": 2}
    layers = {f["annotator"]: {d.id: d for d in read_records(f["path"], scheme)} for f in told["files"]}
    assert len(layers["ann"]["a"].spans) == 1 and layers["ben"]["a"].spans == ()
    assert layers["ben"]["b"].layer.skipped and not layers["ben"]["a"].layer.skipped
    assert "is for one annotator, and there are ann, ben" in desk.pull(out="f.jsonl", status=2)["stderr"]
    assert not (desk.folder / "f.jsonl").exists()
    assert desk.pull("--annotator", "ann", out="f.jsonl")["files"][0]["documents"] == 1
    assert "no work of 'cy'" in desk.pull("--annotator", "cy", out="f.jsonl", status=2)["stderr"]


def test_a_value_is_carried_to_equal_spans_where_that_is_asked_for(desk: Desk, scheme: Scheme) -> None:
    text = "The brigade left. The brigade came."
    desk.push(write_lines(desk.folder / "in.jsonl", record("a", text)))
    spans = [scheme.span(4, 11, "ACTOR", kind="armed_group", id="the-brigade"), Span(22, 29, "ACTOR")]
    desk.annotate(desk.tasks()["a"]["id"], results_of(Document(id="a", text=text, spans=()), spans, scheme))

    def values(*arguments: str) -> list[Any]:
        desk.pull(*arguments, out="one.jsonl")
        [document] = read_records(desk.folder / "one.jsonl", scheme)
        return [one.value for one in document.spans]

    given = spans[0].value
    assert (values(), values("--propagate-values")) == ([given, None], [given, given])


def test_guidelines_of_ones_own_are_the_projects_instructions(desk: Desk) -> None:
    (desk.folder / "ours.md").write_text("# What we mark\n")
    desk.push(write_lines(desk.folder / "in.jsonl", record("a", TEXT)), "--guidelines", desk.folder / "ours.md")
    told = desk.api.http.get(f"/api/projects/{desk.project.id}/").json()["expert_instruction"]
    assert "What we mark" in told and "Guidelines for annotators" not in told


def test_what_makes_no_span_is_listed_with_its_task_and_kept(desk: Desk, scheme: Scheme) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", *three()))
    task = desk.tasks()["a"]
    good = results_of(Document(id="a", text=TEXT, spans=()), [Span(0, 4, "ACTOR")], scheme)
    bad = json.loads(json.dumps(good).replace('"s0"', '"x"').replace('"end": 4', '"end": 400'))
    desk.annotate(task["id"], good + bad)
    told = desk.pull(status=1, out="one.jsonl")
    [problem] = told["problems"]
    assert problem["task"].endswith(f"/data?task={task['id']}") and "is outside the text" in problem["what"]
    [document] = read_records(desk.folder / "one.jsonl", scheme)
    assert len(document.spans) == 1
    assert document.layer is not None and document.layer.invalid_annotations is not None
    [kept] = document.layer.invalid_annotations
    assert kept.results[0]["value"]["end"] == 400
    assert desk.pull(status=1, out="one.jsonl")["problems"] == told["problems"]  # told again while it stands


def test_a_page_that_was_open_while_the_text_changed_shifts_no_span(desk: Desk, scheme: Scheme) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", record("a", TEXT)))
    shown = results_of(Document(id="a", text=TEXT, spans=()), [Span(0, 4, "ACTOR"), Span(29, 33, "LOCATION")], scheme)
    desk.push(write_lines(desk.folder / "new.jsonl", record("a", f"Then {TEXT}")))
    desk.annotate(desk.tasks()["a"]["id"], shown)
    told = desk.pull(status=1, out="one.jsonl")
    assert [[words in problem["what"] for words in ("'Iran'", "'Then'")] for problem in told["problems"]] == [
        [True, True],
        [False, False],
    ]
    [document] = read_records(desk.folder / "one.jsonl", scheme)
    assert document.spans == () and document.layer is not None and document.layer.invalid_annotations is not None
    assert [item.results for item in document.layer.invalid_annotations] == [(item,) for item in shown]


def test_relations_meta_and_spans_on_skipped_documents_are_kept_and_said(desk: Desk, scheme: Scheme) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", record("a", TEXT), record("b", TEXT)))
    spans = [Span(0, 4, "ACTOR"), Span(29, 33, "LOCATION")]
    first, second = results_of(Document(id="a", text=TEXT, spans=()), spans, scheme)
    relation = {"from_id": "s0", "to_id": "s1", "type": "relation", "direction": "right"}
    meta = {"text": ["the town or the district?"]}
    tasks = desk.tasks()
    desk.annotate(tasks["a"]["id"], [first, {**second, "meta": meta}, relation])
    desk.annotate(tasks["b"]["id"], [first], was_cancelled=True)
    told = desk.pull(out="one.jsonl")
    assert told["problems"] == [] and told["kept"] == {"relations": 1, "meta": 1, "skipped": 1}
    a, b = read_records(desk.folder / "one.jsonl", scheme)
    assert a.layer is not None and a.layer.extra is not None and b.layer is not None and b.layer.extra is not None
    assert a.layer.extra["studio"]["relations"] == [relation]
    assert [item["meta"] for item in a.layer.extra["studio"]["meta"]] == [meta]
    assert len(a.spans) == 2 and b.spans == () and b.layer.extra["studio"]["skipped"][0]["label"] == "ACTOR"
    said = desk.run("pull", "--out", desk.folder / "one.jsonl").stderr
    assert "note: kept with the layers in extra.studio: meta 1, relations 1, skipped 1\n" in said


def test_a_changed_scheme_updates_the_project_or_says_what_stands_in_the_way(desk: Desk, scheme: Scheme) -> None:
    path = write_lines(desk.folder / "in.jsonl", record("a", TEXT))
    small = desk.folder / "small.toml"
    small.write_text(
        'name = "small"\nversion = 1\ntitle = "Small"\n[labels.ACTOR]\ndefinition = "Who."\n'
        '[labels.WEAPON]\ndefinition = "With what."\n',
        encoding="utf-8",
    )
    assert desk.push(path)["interface"] == "made"
    assert desk.push(path, "--scheme", small)["interface"] == "updated"
    assert desk.push(path)["interface"] == "updated"
    document = Document(id="a", text=TEXT, spans=())
    spans = [Span(29, 33, "LOCATION", scheme.value("LOCATION", kind="settlement")), Span(0, 4, "ACTOR")]
    desk.annotate(desk.tasks()["a"]["id"], results_of(document, spans, scheme))
    refused = desk.push(path, "--scheme", small, status=1)["stderr"]
    assert "annotations of 'a' use what small@1 lacks: LOCATION, LOCATION.kind" in refused
    assert "/data?task=" in refused


def test_another_version_of_the_scheme_finds_the_project_and_takes_it_over_or_says_what_is_in_the_way(
    desk: Desk,
) -> None:
    name = f"v{uuid4().hex[:8]}"
    path = write_lines(desk.folder / "in.jsonl", record("a", TEXT))

    def pushed(version: int, *labels: str, status: int = 0) -> dict[str, Any]:
        scheme = desk.folder / f"{version}.toml"
        tables = "".join(f'[labels.{label}]\ndefinition = "-"\n' for label in labels)
        scheme.write_text(f'name = "{name}"\nversion = {version}\ntitle = "-"\n{tables}', encoding="utf-8")
        done = run_here("studio", "push", path, "--scheme", scheme, "--json", env=desk.surroundings)
        assert done.returncode == status, done.stderr
        return dict(json.loads(done.stdout)) if done.stdout else {"stderr": done.stderr}

    first = pushed(1, "PERSON", "WEAPON")["project"]
    found = find_project(desk.api, f"{name}@1")
    assert found is not None
    [task] = select_tasks(desk.api, found, [])
    mark = {"from_name": "label", "to_name": "text", "type": "labels", "id": "x"}
    desk.annotate(task["id"], [{**mark, "value": {"start": 0, "end": 4, "labels": ["WEAPON"]}}])
    refused = pushed(9, "PERSON", "ARMS", status=1)["stderr"]
    assert f"annotations of 'a' use what {name}@9 lacks: WEAPON" in refused
    assert [project.title for project in list_projects(desk.api, name)] == [f"{name}@1"]
    second = pushed(10, "PERSON", "WEAPON", "ARMS")
    assert (second["project"]["id"], second["project"]["title"]) == (first["id"], f"{name}@10")
    assert (second["interface"], second["was"], second["unchanged"]) == ("updated", f"{name}@1", 1)
    assert [project.title for project in list_projects(desk.api, name)] == [f"{name}@10"]


def test_two_first_pushes_at_once_leave_one_project_with_each_document_once(
    desk: Desk, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [make_task(Document(id=name, text=TEXT, spans=()), {}, scheme) for name in "abc"]
    openings = [plan_project(desk.api, desk.title, scheme) for _ in range(2)]
    both = [open_project(desk.api, opening, scheme)[0] for opening in openings]
    assert both[0] == both[1]
    assert [project.id for project in list_projects(desk.api, desk.title)] == [both[0].id]
    assert push_tasks(desk.api, both[0], tasks).created == 3
    asked: list[str] = []
    hooks = {"request": [lambda request: asked.append(request.method)]}
    monkeypatch.setattr(desk.api.http, "event_hooks", hooks)
    assert push_tasks(desk.api, both[1], tasks).doubles == 3  # it took the project for empty, as both did
    assert "DELETE" not in asked  # all in one request, not one for each
    assert sorted(desk.tasks()) == ["a", "b", "c"]


def test_a_push_that_others_undo_all_the_while_says_so(
    desk: Desk, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [make_task(Document(id=name, text=TEXT, spans=()), {}, scheme) for name in "abc"]
    project, _ = open_project(desk.api, plan_project(desk.api, desk.title, scheme), scheme)
    others = StudioClient(desk.api.connection)

    def disturb(request: httpx.Request) -> None:
        if request.url.path == f"/api/projects/{project.id}/":  # as the push asks how many tasks there are
            others.http.post(f"/api/projects/{project.id}/import", json=[{"data": tasks[0].data()}])

    with monkeypatch.context() as patched:
        patched.setattr(desk.api.http, "event_hooks", {"request": [disturb]})
        with pytest.raises(
            StudioError, match=r"is being changed by others at the same time\. Fix: run the command again"
        ):
            push_tasks(desk.api, project, tasks)
    others.close()
    assert push_tasks(desk.api, dataclasses.replace(project, tasks=9), tasks).doubles > 0
    assert sorted(desk.tasks()) == ["a", "b", "c"]


def test_many_first_pushes_at_once_delete_no_two_projects_at_once(
    desk: Desk, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    openings = [plan_project(desk.api, desk.title, scheme) for _ in range(4)]
    deletions: list[tuple[float, float]] = []
    send = PolicyTransport.handle_request

    def timed(transport: PolicyTransport, request: httpx.Request) -> httpx.Response:
        began = time.monotonic()
        try:
            return send(transport, request)
        finally:
            if request.method == "DELETE":
                deletions.append((began, time.monotonic()))

    def opened(opening: Any) -> Project:
        with StudioClient(desk.api.connection) as api:
            return open_project(api, opening, scheme)[0]

    monkeypatch.setattr(PolicyTransport, "handle_request", timed)
    with ThreadPoolExecutor(4) as people:
        found = list(people.map(opened, openings))
    assert [project.id for project in list_projects(desk.api, desk.title)] == [found[0].id]
    assert {project.id for project in found} == {found[0].id}
    deletions.sort()
    assert len(deletions) >= 3  # a busy server makes some of its own
    assert all(end <= began for (_, end), (began, _) in itertools.pairwise(deletions))


def test_projects_are_listed_from_the_oldest_on_which_one_made_meanwhile_cannot_hide(desk: Desk) -> None:
    made = [desk.api.sdk.projects.create(title=f"{desk.title} {number}").id for number in range(3)]
    desk.api.http.patch(f"/api/projects/{made[1]}/", json={"is_pinned": True, "pinned_at": "2026-01-01T00:00:00Z"})
    assert [project.id for project in list_projects(desk.api, desk.title)] == made
    for project in made:
        desk.api.sdk.projects.delete(project)


def test_a_twin_that_somebody_else_removes_is_no_fault(
    desk: Desk, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    openings = [plan_project(desk.api, desk.title, scheme) for _ in range(2)]
    first, _ = open_project(desk.api, openings[0], scheme)
    others = StudioClient(desk.api.connection)

    def disturb(request: httpx.Request) -> None:
        if request.method == "DELETE":
            others.http.delete(request.url.path)

    monkeypatch.setattr(desk.api.http, "event_hooks", {"request": [disturb]})
    assert open_project(desk.api, openings[1], scheme)[0] == first
    others.close()


@pytest.mark.parametrize(
    ("method", "place", "bulk"),
    [
        ("GET", "/api/predictions/", False),
        ("PATCH", "/api/predictions/", False),
        ("PATCH", "/api/tasks/", False),
        ("POST", "/api/projects/", False),
        ("POST", "/api/projects/", True),
    ],
)
def test_a_task_that_is_removed_under_a_push_is_looked_for_anew(
    desk: Desk, scheme: Scheme, monkeypatch: pytest.MonkeyPatch, method: str, place: str, bulk: bool
) -> None:
    if not bulk:  # as on a server of the user's own
        monkeypatch.setattr(push, "has_bulk_replacement", lambda *_: False)
    document = Document(id="a", text=TEXT, spans=())
    iran, kyiv = Span(0, 4, "ACTOR"), Span(29, 33, "LOCATION")
    suggested = {} if method == "POST" and not bulk else {"rules": [iran]}
    project, _ = open_project(desk.api, plan_project(desk.api, desk.title, scheme), scheme)
    push_tasks(desk.api, project, [make_task(document, suggested, scheme)])
    others = StudioClient(desk.api.connection)
    removed: list[str] = []

    def disturb(request: httpx.Request) -> None:
        if request.method == method and request.url.path.startswith(place) and not removed:
            removed.append(request.url.path)
            others.http.delete(f"/api/tasks/{desk.tasks()['a']['id']}/")

    again = dataclasses.replace(project, tasks=1)
    with monkeypatch.context() as patched:
        patched.setattr(desk.api.http, "event_hooks", {"request": [disturb]})
        assert push_tasks(desk.api, again, [make_task(document, {"rules": [iran, kyiv]}, scheme)]).created == 1
    others.close()
    assert removed and suggestions(desk.tasks()["a"]) == {"rules": 2}


def test_a_project_that_is_removed_as_a_push_begins_is_said(
    desk: Desk, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.push(write_lines(desk.folder / "in.jsonl", record("a", TEXT)))
    project = desk.project
    others = StudioClient(desk.api.connection)

    def remove(request: httpx.Request) -> None:
        if request.url.path == f"/api/projects/{project.id}/":
            with suppress(StudioError):
                others.http.delete(request.url.path)

    monkeypatch.setattr(desk.api.http, "event_hooks", {"request": [remove]})
    with pytest.raises(DependencyError, match=r"was deleted in the meantime\. Fix: push again"):
        plan_project(desk.api, desk.title, scheme)
    others.close()


BAD = {
    "an empty file": ("", 1, "no documents"),
    "a text-free record": (
        '{"id": "a", "text_sha256": "%s", "text_length": 3, "spans": []}' % ("0" * 64),
        1,
        "text-free",
    ),
    "a null character": ('{"id": "a", "text": "a\\u0000b", "spans": []}', 1, "null character"),
    "a span past the end": (
        '{"id": "a", "text": "ab", "spans": [{"start": 0, "end": 9, "label": "DATE"}]}',
        1,
        "[0, 9)",
    ),
    "a torn line": ('{"id": "a", "te', 1, ":1:"),
}


@pytest.mark.parametrize(("content", "status", "told"), BAD.values(), ids=BAD)
def test_bad_files_are_refused_before_anything_is_sent(desk: Desk, content: str, status: int, told: str) -> None:
    path = desk.folder / "in.jsonl"
    path.write_text(content, encoding="utf-8")
    assert told in desk.push(path, status=status)["stderr"]
    assert find_project(desk.api, desk.title) is None


def test_suggestions_must_be_for_the_texts_that_are_pushed(desk: Desk) -> None:
    path = write_lines(desk.folder / "in.jsonl", record("a", TEXT))
    for line, told in ((record("z", TEXT), "a document that is not pushed"), (record("a", "Other."), "another text")):
        other = write_lines(desk.folder / "other.jsonl", line)
        assert told in desk.push(path, "--suggestions", other, status=1)["stderr"]
    assert find_project(desk.api, desk.title) is None


def test_without_a_project_or_a_server_it_is_said(desk: Desk, tmp_path: Path) -> None:
    other = desk.api.http.post("/api/projects/", json={"title": f"Beside {desk.title}"[:50]}).json()["title"]
    said = desk.pull(status=2)["stderr"]
    assert "Fix: one of " in said and repr(other) in said and "for --project, or push first" in said
    nowhere = {**os.environ, "GOLDSPAN_STUDIO_TOKEN": "none"}
    done = run_here("studio", "pull", "--out", tmp_path / "x", "--url", "http://127.0.0.1:9", env=nowhere)
    assert done.returncode == 3 and "no server responds" in done.stderr


def test_suggestions_that_came_twice_are_found_where_the_server_miscounted(desk: Desk, studio: Studio) -> None:
    spans = [span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"})]
    file = write_lines(desk.folder / "in.jsonl", *(record(name, TEXT, spans=spans) for name in ("a", "b")))
    desk.push(file)
    desk.api.http.patch(f"/api/projects/{desk.project.id}/", json={"description": "no seal: a push before met a fault"})
    [once] = desk.tasks()["a"]["predictions"]
    twice = {"task": desk.tasks()["a"]["id"], "result": once["result"], "model_version": once["model_version"]}
    desk.api.http.post("/api/predictions/", json=twice)
    # as two requests at once leave it behind
    database = sqlite3.connect(studio.folder / "data" / "label_studio.sqlite3", timeout=30)
    with database:
        database.execute("UPDATE task SET total_predictions = 1 WHERE project_id = ?", (desk.project.id,))
    database.close()
    assert len(desk.tasks()["a"]["predictions"]) == 2
    done = desk.push(file)
    assert done["suggested"] == 1 and done["unchanged"] == 1
    assert [len(task["predictions"]) for task in desk.tasks().values()] == [1, 1]
