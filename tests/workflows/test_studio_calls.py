"""Push and pull as a script does, on a real server: documents go in, a corpus of each annotator comes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from goldspan.annotate.label_studio import StudioClient, resolve_connection, studio_client, up
from goldspan.annotate.label_studio.mapping.result_json import results_of
from goldspan.annotate.label_studio.sync.submit_annotations import submit_annotations
from goldspan.corpus import Corpus, adjudicate, write_records
from goldspan.eval import agreement
from goldspan.schema import DataError, DependencyError, Document, Layer, Scheme, Span, UsageError
from goldspan.workflows import Pulled, pull, push, push_review, push_team
from goldspan.workflows.studio.pull_project import pull_files
from tests.studio_server import Studio

TEXT = "US and allied forces struck Kyiv on Friday."


def at(surface: str, label: str) -> Span:
    start = TEXT.index(surface)
    return Span(start, start + len(surface), label)


KYIV, FRIDAY, US, FORCES = at("Kyiv", "LOCATION"), at("Friday", "DATE"), at("US", "ACTOR"), at("allied forces", "ACTOR")


def documents(*ids: str, spans: tuple[Span, ...] = (KYIV,), by: str = "rules") -> list[Document]:
    return [Document(id=name, text=TEXT, spans=spans, layer=Layer(annotator=by)) for name in ids]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOLDSPAN_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def api(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioClient]:
    for name in ("GOLDSPAN_HOME", "GOLDSPAN_SERVER_ENV"):
        monkeypatch.setenv(name, studio.surroundings[name])
    with studio_client(resolve_connection()) as client:
        yield client


def account(api: StudioClient) -> str:
    return str(api.whoami()["email"]).partition("@")[0]


@pytest.mark.server
def test_documents_are_pushed_once_and_come_back_as_a_corpus_for_each_annotator(
    api: StudioClient, scheme: Scheme, tmp_path: Path
) -> None:
    corpus = Corpus(documents("a", "b"), scheme)
    done: list[tuple[str, int, int]] = []
    status, started = up(progress=lambda *step: done.append(step))
    assert status.running and not started
    first = push(
        corpus,
        suggestions={"other": documents("b", spans=(FRIDAY,))},
        title="script",
        progress=lambda *p: done.append(p),
    )
    assert (first.pushed.created, first.extractors) == (2, {"other": 1, "rules": 2})
    assert done[-1] == ("pushing", 2, 2)
    assert first.project.url in str(first) and first.project.url in first._repr_html_()
    assert push(corpus, title="script").pushed.unchanged == 2
    worked = {document.id: replace(document, spans=(KYIV, FRIDAY)) for document in corpus}
    submit_annotations(api, first.project, worked, scheme)
    pulled = pull(title="script", progress=lambda *p: done.append(p))
    me = account(api)
    assert list(pulled) == [me] and pulled[me].scheme == scheme and done[-1][0] == "pulling"
    assert [(d.id, [(s.start, s.label) for s in d.spans]) for d in pulled[me]] == [
        (name, [(KYIV.start, "LOCATION"), (FRIDAY.start, "DATE")]) for name in ("a", "b")
    ]
    assert str(pulled) == f"{me}: 2 documents\n2 tasks read, 0 problems"
    assert "nobody" not in pulled and pulled.get("nobody") is None
    with pytest.raises(UsageError, match=me):
        pulled["nobody"]
    with pytest.raises(UsageError, match="no work of 'nobody'"):
        pull(title="script", annotator="nobody")
    [file] = pulled.save(tmp_path / "saved")
    summary = pull_files(api, tmp_path / "command", scheme, title="script")
    [other] = summary.files
    assert file.name == Path(other).name and file.read_bytes() == Path(other).read_bytes()


@pytest.mark.server
def test_what_a_pull_remarks_is_warned_of_once(api: StudioClient, scheme: Scheme) -> None:
    project = push(documents("a"), title="twice").project
    [task] = api.http.get("/api/tasks/", params={"project": project.id}).json()["tasks"]
    for spans in ((KYIV,), (KYIV, FRIDAY)):
        body = {"result": results_of(documents("a")[0], spans, scheme)}
        api.http.post(f"/api/tasks/{task['id']}/annotations/", json=body)
    with pytest.warns(UserWarning, match="0 problems and 2 remarks.*annotated more than once") as warned:
        pulled = pull(title="twice")
    assert len(warned) == 1 and len(pulled.remarks) == 2
    assert [len(document.spans) for document in pulled[account(api)]] == [2]


@pytest.mark.server
def test_a_script_and_the_commands_take_turns_by_one_plan(
    api: StudioClient, studio: Studio, scheme: Scheme, tmp_path: Path
) -> None:
    plan, file, out = tmp_path / "plan.json", tmp_path / "in.jsonl", tmp_path / "passes"
    write_records(file, documents("a", "b"), scheme)
    by_plan = ("--plan", str(plan), "--json")
    done = studio.run("push", str(file), "--annotators", "ann,ben", "--overlap", "2", "--project", "turns", *by_plan)
    assert done.returncode == 0, done.stderr
    assert {who: item["created"] for who, item in json.loads(done.stdout)["annotators"].items()} == {"ann": 2, "ben": 2}
    pushed = push_team(documents("a", "b", "c"), plan=plan)
    assert {who: (item.pushed.unchanged, item.pushed.created) for who, item in pushed.pushed.items()} == {
        "ann": (2, 1),
        "ben": (2, 1),
    }
    worked = {document.id: document for document in documents("a", "b", "c", spans=(US,))}
    submit_annotations(api, pushed.pushed["ann"].project, worked, scheme)
    done = studio.run("pull", "--out", str(out), "--plan", str(plan))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"ann: 3 documents -> {out / 'ann.jsonl'}\n3 tasks read (all), 0 problems\n"
    [saved] = pull(plan=plan).save(tmp_path / "saved")
    assert [path.name for path in out.glob("*.jsonl")] == ["ann.jsonl"] == [saved.name]
    assert saved.read_bytes() == (out / "ann.jsonl").read_bytes()


@pytest.mark.server
def test_drafts_are_pulled_beside_what_is_submitted(api: StudioClient, scheme: Scheme, tmp_path: Path) -> None:
    project = push(documents("a"), title="drafts").project
    [task] = api.http.get("/api/tasks/", params={"project": project.id}).json()["tasks"]
    body = {"result": results_of(documents("a")[0], (KYIV,), scheme), "lead_time": 7}
    api.http.post(f"/api/tasks/{task['id']}/drafts", json=body)
    me = account(api)
    without = pull(title="drafts")
    assert (dict(without), without.draft_layers, without.drafts) == ({}, {}, 1)
    pulled = pull(title="drafts", drafts=True)
    assert (dict(pulled), list(pulled.draft_layers), pulled.drafts) == ({}, [me], 1)
    [file] = pulled.save(tmp_path)
    assert file.name == f"{me}.drafts.jsonl"


@pytest.mark.server
def test_a_team_is_pushed_by_plan_and_pulled_by_it_and_its_conflicts_are_reviewed(
    api: StudioClient, scheme: Scheme, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    pushed = push_team(documents("a", "b", "c"), ["ann", "ben"], plan=plan, overlap=2, title="script team")
    assert {who: item.pushed.created for who, item in pushed.pushed.items()} == {"ann": 3, "ben": 3}
    again = push_team(documents("a", "b", "c"), plan=plan)
    assert {who: item.pushed.unchanged for who, item in again.pushed.items()} == {"ann": 3, "ben": 3}
    for who, spans in (("ann", (US, FORCES)), ("ben", (US,))):
        worked = {document.id: document for document in documents("a", "b", "c", spans=spans)}
        submit_annotations(api, pushed.pushed[who].project, worked, scheme)
    pulled = pull(plan=plan)
    assert {who: len(layer) for who, layer in pulled.items()} == {"ann": 3, "ben": 3}
    assert agreement(pulled, scheme).documents == 3
    with pytest.warns(UserWarning, match="undecided"):
        adjudication = adjudicate(pulled, scheme=scheme)
    review = push_review(pulled, adjudication.undecided, title="script review")
    assert review.pushed.created == 3
    assert list(review.extractors.values()) == [3, 3] and not review.extractors.keys() & {"ann", "ben"}  # pseudonyms
    with pytest.raises(UsageError, match="leave out `title`"):
        pull(plan=plan, title="script team")
    with pytest.warns(UserWarning, match="blind share"):
        push_team(documents("z", spans=(), by=""), ["ann"], plan=tmp_path / "other.json", blind=1.0, title="blind team")


REFUSED: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "no server": (lambda: push(documents("a")), DependencyError, "goldspan studio up"),
    "no server to pull from": (pull, DependencyError, "goldspan studio up"),
    "no documents": (lambda: push([]), DataError, "no documents"),
    "a document twice": (lambda: push(documents("a", "a")), DataError, "'a'"),
    "a span outside the text": (lambda: push(documents("a", spans=(Span(0, 999, "DATE"),))), DataError, "'a'"),
    "suggestions for another text": (
        lambda: push(documents("a"), suggestions={"x": [replace(documents("a")[0], text=TEXT + "!")]}),
        DataError,
        "suggestions for another text",
    ),
    "suggestions for what is not pushed": (
        lambda: push(documents("a"), suggestions={"x": documents("b")}),
        DataError,
        "document 'b'",
    ),
    "an extractor twice": (lambda: push(documents("a"), suggestions={"rules": documents("a")}), DataError, "'rules'"),
    "an unknown order": (lambda: push(documents("a"), order="novel"), UsageError, "novelty"),
    "no plan yet": (lambda: push_team(documents("a"), plan="none.json"), UsageError, "`annotators`"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_pushed_or_pulled_is_refused_before_anything_is_sent(name: str, home: Path) -> None:
    call, kind, message = REFUSED[name]
    with pytest.raises(kind, match=message):
        call()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_pulled_work_is_shown_and_combined(scheme: Scheme) -> None:
    none = Pulled.combine([])
    assert len(none) == 0 and str(none) == "nobody has submitted an annotation yet\n0 tasks read, 0 problems"
    with pytest.raises(UsageError, match="nobody has submitted"):
        none["ann"]
