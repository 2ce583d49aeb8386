"""What keeps memory flat in pushes and pulls: tasks, places and what the server has are on disk, not in memory."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldspan.annotate.adapters.services.retrying_service import RetryingService
from goldspan.annotate.label_studio import Connection, StudioClient
from goldspan.annotate.label_studio.client.projects import Project
from goldspan.annotate.label_studio.mapping.tasks import make_task, task_lists
from goldspan.annotate.label_studio.sync.push_diff import needed_changes
from goldspan.annotate.label_studio.sync.remote_tasks import RemoteTasks
from goldspan.annotate.label_studio.sync.work import spool
from goldspan.annotate.label_studio.sync.work.place_index import PlaceIndex
from goldspan.annotate.label_studio.sync.work.prepared_batches import prepared_ahead
from goldspan.schema import DependencyError, Document, Scheme, Span
from goldspan.schema.hashing import headed_list_sha256, json_sha256
from goldspan.workflows.gold_sets.file_fetch import FileFetcher
from goldspan.workflows.studio.document_parts import CutDocuments
from goldspan.workflows.studio.document_suggestions import ChosenDocuments, SuggestionLayer, group_suggestions
from goldspan.workflows.studio.push_project import make_tasks

from ...local_server import QuietHandler, local_server

TEXT = "Iran struck three bases near Kyiv on Friday. "
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
"""Ids as records may have them: of any characters, empty ones and the null character among them."""


def documents(count: int, layers: tuple[str, ...] = ("rules",)) -> list[SuggestionLayer]:
    return [
        SuggestionLayer(
            [
                Document(id=f"document {number:05}", text=f"{TEXT * 3}{number}", spans=(Span(0, 4, "ACTOR"),))
                for number in range(count)
            ],
            extractor=name,
        )
        for name in layers
    ]


@given(st.lists(st.tuples(NAMES, st.integers(0, 2**62))))
def test_an_index_of_places_is_a_dictionary_that_also_knows_ranks_and_the_order_of_names(
    items: list[tuple[str, int]],
) -> None:
    index, expected = PlaceIndex(), dict[str, int]()
    for name, place in items:
        index[name] = expected[name] = place
    assert list(index.items()) == list(expected.items())
    assert len(index) == len(expected) and list(index.by_name()) == sorted(expected)
    assert [index.name_at(rank) for rank in range(len(index))] == list(expected)
    assert all(name in index for name in expected)
    assert "no such name" not in index and 7 not in index and index.get("no such name") is None
    with pytest.raises(IndexError):
        index.name_at(len(index))


@settings(max_examples=30)
@given(st.lists(st.one_of(st.integers(), NAMES, st.lists(NAMES, max_size=2)), max_size=4), st.lists(st.integers()))
def test_a_list_hashed_item_by_item_has_the_hash_of_the_whole(items: list[Any], head: list[int]) -> None:
    assert headed_list_sha256(head, iter(items)) == json_sha256([head, items])


def test_an_index_that_cannot_be_written_says_where_and_what_to_do() -> None:
    index = PlaceIndex()
    index._database.execute("PRAGMA max_page_count = 8")  # as if the disk were full
    with pytest.raises(DependencyError, match=r"cannot be written: .*full\. Fix: free some space"):
        for number in range(10_000):
            index[f"a name of some length, and a number: {number}"] = number


@pytest.mark.parametrize("cut", [None, 50])
def test_tasks_on_disk_are_those_made_of_the_documents(scheme: Scheme, cut: int | None) -> None:
    grouped = group_suggestions(documents(3, ("rules", "ner")), scheme)
    shown = grouped if cut is None else CutDocuments(grouped, cut, {})
    blind = {grouped[1].document.id}
    tasks = make_tasks(shown, scheme, blind=blind)
    assert len(tasks) == len(shown) and (cut is None) == (len(shown) == 3)
    for item, task in zip(shown, tasks, strict=True):
        suggestions = {} if item.source in blind else item.suggestions
        made = make_task(item.document, suggestions, scheme, lists=task_lists(scheme))
        for name in ("id", "text_sha256", "extractors", "hashes", "size", "about", "conflicts", "low_scores"):
            assert getattr(task, name) == getattr(made, name), name
        assert (task.content == made.content) == (cut is None)  # that of a part has its place in it
        assert task.contents() == made.contents()
        data = task.data()
        assert task.predictions(data) == made.predictions(data)
        if item.part is None:
            assert data == made.data() and task.part is None
        else:
            assert task.part is not None and task.part.place == item.part.place
            assert task.part.shown() == item.part.shown()
    assert tasks[-1].id == shown[len(shown) - 1].document.id and [task.id for task in tasks[1:]] == [
        item.document.id for item in shown[1:]
    ]


def test_chosen_documents_keep_their_order(scheme: Scheme) -> None:
    grouped = group_suggestions(documents(5), scheme)
    names = [item.document.id for item in grouped]
    chosen = ChosenDocuments(grouped, {names[3], names[1], "another"})
    assert [item.document.id for item in chosen] == [names[1], names[3]] == [item.document.id for item in chosen[:]]
    assert not ChosenDocuments(grouped, ())


def test_what_a_push_holds_for_each_document_is_some_bytes(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_IN_MEMORY", 1)
    monkeypatch.setattr(
        "goldspan.annotate.label_studio.sync.push_diff.remote_tasks",
        lambda _client, _project, names: RemoteTasks(listed(name, number) for number, name in enumerate(names)),
    )
    project = Project(1, "title", "http://127.0.0.1/projects/1", 1)

    def held(count: int) -> int:
        """Return the memory of Python's objects for a push of documents to a project that has them."""
        source = [SuggestionLayer(read(count), extractor="rules")]
        gc.collect()
        tracemalloc.start()
        tasks = make_tasks(group_suggestions(source, scheme), scheme)
        changes = needed_changes(None, project, tasks)  # asks nothing here
        gc.collect()
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert len(changes.suggest) == count == sum(1 for _ in changes.replaced(changes.suggest))
        return size

    def read(count: int) -> Iterator[Document]:
        yield from documents(count)[0].documents

    held(10)  # what is made once
    assert held(300) - held(100) < 200 * 300


def listed(name: str, number: int, suggestions: int = 1) -> dict[str, Any]:
    """A task of a document as the server lists it."""
    record = {"text_sha256": "0", "content": "1", "suggestions": {"rules": "2"}, "meta": {"not": "compared"}}
    return {"id": number, "data": {"doc_id": name, "record": record}, "total_predictions": suggestions}


def test_tasks_of_the_server_are_found_by_document_in_the_order_in_which_it_lists_them() -> None:
    tasks = RemoteTasks([listed("b", 4), listed("a", 5, 0), listed("b", 7), {"id": 8, "data": None}])
    tasks.worked, tasks.reliable, tasks.missing_or_duplicated = {7}, True, {4: frozenset({"rules"})}
    assert list(tasks) == ["b", "a", "None"] and "a" in tasks and "c" not in tasks and tasks.get("c") is None
    first, second = tasks["b"]
    assert (first.id, first.worked, first.missing_or_duplicated) == (4, False, frozenset({"rules"}))
    assert (second.id, second.worked, second.missing_or_duplicated) == (7, True, frozenset())
    assert first.hashes == {"rules": "2"} and "meta" not in first.record
    assert [task.known_empty for name in tasks for task in tasks[name]] == [False, False, True, True]
    assert (tasks.count, tasks.suggestions) == (4, 2)


def test_a_task_of_another_program_with_half_a_character_hinders_nothing() -> None:
    half = chr(0xD800)
    index = PlaceIndex()
    index["a"] = 0
    assert half not in index and index.get(half) is None and 7 not in index
    [task] = RemoteTasks([{"id": 4, "data": {"doc_id": "a", "record": {"content": half}}}])["a"]
    assert (task.id, task.record) == (4, {})


def test_batches_come_in_order_and_at_most_one_is_made_ahead() -> None:
    read: list[int] = []

    def batches() -> Iterator[int]:
        for number in range(5):
            read.append(number)
            yield number

    with prepared_ahead(lambda number: number * 10, batches()) as made:
        for used, batch in enumerate(made, 1):
            assert batch == (used - 1) * 10 and len(read) <= used + 1
    assert read == list(range(5))


def test_an_error_of_a_batch_comes_after_those_before_it_and_what_is_abandoned_ends() -> None:
    used: list[int] = []
    with pytest.raises(ZeroDivisionError), prepared_ahead(lambda number: 6 // number, iter([3, 2, 0, 1])) as made:
        used += made  # += keeps what came before an error
    before = threading.active_count()
    read: list[int] = []
    with prepared_ahead(read.append, iter(range(100))) as nothing:
        next(nothing)
    assert len(read) <= 2 and threading.active_count() == before


class Echo(QuietHandler):
    """Answers each request with an empty object, and with what shows that a server is Label Studio."""

    def respond(self) -> None:
        self.body()
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


def ask_studio(url: str) -> httpx.Client:
    http = StudioClient(Connection(url, "token")).http
    http.post("/api/tasks/", content=b"{}")
    return http


def ask_service(url: str) -> object:
    service = RetryingService(url, timeout=5, retries=0)
    service.post(b"{}", content_type="application/json")
    return service


def ask_for_file(url: str) -> object:
    fetch = FileFetcher()
    fetch.fetch(url)
    return fetch


@pytest.mark.parametrize("ask", [ask_studio, ask_service, ask_for_file])
def test_requests_and_responses_are_gone_after_their_use(
    ask: Callable[[str], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[Any]] = []
    for kind in (httpx.Request, httpx.Response):

        def noted(self: Any, *arguments: Any, init: Any = kind.__init__, **more: Any) -> None:
            made.append(weakref.ref(self))
            init(self, *arguments, **more)

        monkeypatch.setattr(kind, "__init__", noted)
    with local_server(Echo) as url:
        gc.disable()
        try:
            kept = ask(url)
            assert len(made) >= 3 and [found for item in made if (found := item()) is not None] == []
        finally:
            gc.enable()
    assert kept is not None
