"""Parts of a withdrawn document, which `studio push --cut` makes, are taken out and stay out as the whole does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from goldspan.annotate.label_studio.mapping.task_parts import TaskPart
from goldspan.annotate.label_studio.mapping.tasks import make_task
from goldspan.annotate.label_studio.sync.annotated_tasks import AnnotatedTask, RemoteAnnotation
from goldspan.annotate.label_studio.sync.parts.joined_work import JoinedWork
from goldspan.annotate.label_studio.sync.work.withheld_work import WithheldWork
from goldspan.annotate.label_studio.withdrawal import task_withdrawal
from goldspan.corpus.parts.text_parts import context_of, cut_document, part_of_document
from goldspan.corpus.withdrawal.withdrawal_list import Withdrawal, id_hash
from goldspan.corpus.withdrawal.withdrawn_documents import WithdrawnDocuments, text_hashes
from goldspan.schema import Document, Scheme, conflict_scheme
from goldspan.workflows.withdrawal.withdraw_documents import withdraw_documents

from ..conftest import record, write_lines

ID = "erbil-1"
TEXT = "\n\n".join(f"Paragraph {number} tells that houses in the valley burnt." for number in range(4)) + "\n"


def parts_as_data(scheme: Scheme, name: str = ID) -> list[dict[str, Any]]:
    document = Document(id=name, text=TEXT, spans=())
    tasks = []
    for place in cut_document(document, 60):
        task = make_task(part_of_document(document, place), {}, scheme)
        tasks.append(replace(task, part=TaskPart(place, lambda place=place: context_of(TEXT, place))).data())
    assert len(tasks) > 1
    return tasks


def listed(text: str | None = TEXT) -> WithdrawnDocuments:
    line = Withdrawal("2026-11-30", "x", ID, id_hash(ID), **text_hashes(text))
    return WithdrawnDocuments([line])


def test_files_lose_the_parts(scheme: Scheme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    Path("goldspan.toml").touch()
    write_lines(tmp_path / "corpus.jsonl", record(ID, TEXT), record("b", "Another text of its own."))
    data = parts_as_data(scheme)
    Path("export.json").write_text(json.dumps([{"id": n, "data": item} for n, item in enumerate(data)]))
    write_lines(tmp_path / "pulled.jsonl", *(record(item["doc_id"], item["text"]) for item in data))
    write_lines(tmp_path / ".work.jsonl", *({"work": {"name": "x", "data": item}} for item in data))
    withdraw_documents([ID], "the publisher asked", conflict_scheme())
    assert json.loads(Path("export.json").read_text()) == []
    assert [Path(name).read_text() for name in ("pulled.jsonl", ".work.jsonl")] == ["", ""]


@pytest.mark.parametrize("kept", ["part_of", "record"])
def test_the_tasks_of_the_parts_are_the_document_s(kept: str, scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    data = [{"doc_id": "as it was", "text": item["text"], kept: item[kept]} for item in parts_as_data(scheme)]
    page = [{"id": number, "data": item} for number, item in enumerate(reversed(data))]
    monkeypatch.setattr(task_withdrawal, "pages_by_id", lambda *_, **__: [page])
    found = task_withdrawal.list_identities(cast("Any", None), cast("Any", SimpleNamespace(tasks=3)), [ID])
    assert all(task.is_withdrawn(listed(None)) for task in found.tasks)
    assert found.texts == ({ID: {TEXT}} if kept == "record" else {})  # so that copies are found by it


def work_of(data: list[dict[str, Any]]) -> list[AnnotatedTask]:
    def annotation(number: int) -> RemoteAnnotation:
        return RemoteAnnotation(id=number, user=1, results=[], lead_time=None, skipped=False, updated="x")

    return [AnnotatedTask(n, item["doc_id"], item, [annotation(n)], "x") for n, item in enumerate(data)]


def test_work_on_the_parts_is_not_pulled(scheme: Scheme) -> None:
    withheld = WithheldWork(listed(None))
    assert list(withheld.rest(work_of(parts_as_data(scheme)))) == []
    assert "left out work on 1 withdrawn document, by : erbil-1." in withheld.remarks("u")[0]


def test_a_copy_in_parts_is_told_by_the_text_that_they_make_together(scheme: Scheme) -> None:
    project = cast("Any", SimpleNamespace(url="u", task_url=lambda number: f"u/{number}"))
    withheld = WithheldWork(listed(TEXT.replace("\n\n", "\n")))
    rest = list(withheld.rest(work_of(parts_as_data(scheme, "copy"))))
    joiner = JoinedWork(cast("Any", None), project, scheme, {1: "ada"})
    joined = list(joiner.submitted(rest))
    assert ([task.name for task in joined], joiner.problems) == (["copy"], [])
    assert list(withheld.rest(joined)) == []
