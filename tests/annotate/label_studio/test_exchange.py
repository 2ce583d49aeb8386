"""The format `studio`: goldspan's own files come back exactly, and as people changed them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from goldspan.annotate.label_studio import Connection, studio_client
from goldspan.annotate.label_studio.mapping.labeling_config import labeling_config
from goldspan.annotate.label_studio.mapping.studio_format import STUDIO
from goldspan.corpus.formats import LossReport, load_format
from goldspan.schema import DataError, Document, Layer, Scheme, Span
from tests.studio_server import Studio

from .task_files import TEXT, places, read, rich, tasks_file, write


def test_the_format_has_its_name(scheme: Scheme) -> None:
    assert load_format("studio") is STUDIO


def test_what_is_written_comes_back_exactly(scheme: Scheme, tmp_path: Path) -> None:
    documents = [rich(seed, scheme).with_hash() for seed in range(300)]
    documents = [replace(document, id=f"{number} {document.id}") for number, document in enumerate(documents)]
    documents.append(Document(id="bare", text=TEXT, spans=()).with_hash())
    documents.append(Document(id="blanks", text=TEXT, spans=(Span(1, 7, "ACTOR", id="wide"),)).with_hash())
    path = write(documents, tmp_path / "tasks.json", scheme)
    again = read(path, scheme)
    for was, now in zip(documents, again, strict=True):
        assert now == was, was.id
    assert write(again, tmp_path / "again.json", scheme).read_bytes() == path.read_bytes()


def test_no_documents_are_an_empty_array(scheme: Scheme, tmp_path: Path) -> None:
    path = write([], tmp_path / "tasks.json", scheme)
    assert json.loads(path.read_text("utf-8")) == [] and read(path, scheme) == []


def test_people_make_annotations_and_extractors_predictions(scheme: Scheme, tmp_path: Path) -> None:
    layer = Layer(annotator="anna", lead_time=3.5, skipped=True)
    hers = Document(id="a", text=TEXT, spans=(Span(2, 6, "ACTOR"),), layer=layer)
    its = replace(hers, id="b", spans=(Span(2, 6, "ACTOR", score=0.5),), layer=Layer(annotator="rules"))
    first, second = json.loads(write([hers, its], tmp_path / "t.json", scheme).read_text("utf-8"))
    [annotation], [prediction] = first["annotations"], second["predictions"]
    assert (annotation["lead_time"], annotation["was_cancelled"]) == (3.5, True)
    assert (prediction["model_version"], prediction["score"]) == ("rules", 0.5)
    assert "predictions" not in first and "annotations" not in second


def test_a_span_of_white_space_is_told_as_lost(scheme: Scheme, tmp_path: Path) -> None:
    document = Document(id="a", text=TEXT, spans=(Span(1, 2, "ACTOR"), Span(2, 6, "ACTOR")))
    loss = LossReport()
    STUDIO.write([document], tmp_path / "t.json", scheme, loss)
    assert loss.summary() == ["spans of white space: 1 (first in 'a')"]
    assert places(read(tmp_path / "t.json", scheme)[0]) == [("Iran", "ACTOR")]


REFUSED = {
    "a text-free record": [Document(id="a", text_sha256="0" * 64, text_length=3, spans=())],
    "a blank text": [Document(id="a", text=" \n", spans=())],
    "one id twice": [Document(id="a", text=TEXT, spans=()), Document(id="a", text=TEXT, spans=())],
    "is outside the text": [Document(id="a", text=TEXT, spans=(Span(0, 99, "ACTOR"),))],
}


@pytest.mark.parametrize("documents", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_a_task_is_refused_and_nothing_is_left(documents: Any, scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'a'"):
        STUDIO.write(documents, tmp_path / "t.json", scheme, LossReport())
    assert list(tmp_path.iterdir()) == []


def test_work_on_a_written_file_keeps_ids_and_loses_what_was_said_of_the_old_span(
    scheme: Scheme, tmp_path: Path
) -> None:
    spans = (
        Span(2, 6, "ACTOR", id="one", passes=("a", "b"), extra={"k": 1}),
        Span(24, 28, "LOCATION", id="two", passes=("a", "b")),
    )
    path = write([Document(id="a", text=TEXT, spans=spans, layer=Layer(annotator="gold"))], tmp_path / "t.json", scheme)
    [task] = json.loads(path.read_text("utf-8"))
    for result in task["annotations"][0]["result"]:
        result["origin"] = "manual"
        if result["id"] == "s0":
            result["value"] |= {"end": 10, "text": "Iran hit"}
    [document] = read(tasks_file(tmp_path, task), scheme)
    assert document.spans[0] == Span(2, 10, "ACTOR", id="one", extra={"k": 1}, origin="manual")
    assert document.spans[1] == spans[1]


def test_a_note_written_in_the_editor_is_the_layers(scheme: Scheme, tmp_path: Path) -> None:
    earlier = Layer(annotator="ann", extra={"studio": {"note": "old", "account": "ben"}})
    path = write([Document(id="a", text=TEXT, spans=(), layer=earlier)], tmp_path / "t.json", scheme)
    [task] = json.loads(path.read_text("utf-8"))
    note = {"id": "n", "from_name": "note", "to_name": "text", "type": "textarea", "value": {"text": ["new", "one"]}}
    choice = {"id": "c", "from_name": "tone", "to_name": "text", "type": "choices", "value": {"choices": ["bad"]}}
    [document] = read(tasks_file(tmp_path, task), scheme)
    assert document.layer == Layer(annotator="ann", note="old", extra={"studio": {"account": "ben"}})
    task["annotations"][0]["result"] = [note, choice]
    [document] = read(tasks_file(tmp_path, task), scheme)
    kept = {"account": "ben", "results": [choice]}
    assert document.layer == Layer(annotator="ann", note="new\none", extra={"studio": kept})


def test_a_persons_work_on_written_predictions_is_hers(scheme: Scheme, tmp_path: Path) -> None:
    layer = Layer(annotator="rules", created="2026-01-01T00:00:00Z")
    spans = (Span(2, 6, "ACTOR", id="one", score=0.5, source="rules"),)
    path = write([Document(id="a", text=TEXT, spans=spans, layer=layer)], tmp_path / "t.json", scheme)
    [task] = json.loads(path.read_text("utf-8"))
    results = [{**item, "origin": "prediction"} for item in task["predictions"][0]["result"]]
    about = {"completed_by": {"id": 3, "email": "anna@x.org"}, "updated_at": "2026-02-03T04:05:06.789Z"}
    task["annotations"] = [{"id": 4, "result": results, **about}]
    [document] = read(tasks_file(tmp_path, task), scheme)
    assert document.spans == (Span(2, 6, "ACTOR", id="one", origin="prediction"),)
    assert (document.layer.annotator, document.layer.created) == ("anna", "2026-02-03T04:05:06Z")


@pytest.mark.server
def test_a_real_server_takes_the_file_and_its_export_gives_the_spans_back(
    studio: Studio, scheme: Scheme, tmp_path: Path
) -> None:
    documents = [replace(rich(seed, scheme).with_hash(), id=f"d{seed}") for seed in range(30)]
    path = write(documents, tmp_path / "tasks.json", scheme)
    api = studio_client(Connection(studio.url, studio.token))
    made = api.http.post(
        "/api/projects/", json={"title": f"t-{uuid4().hex[:12]}", "label_config": labeling_config(scheme)}
    ).json()
    api.http.post(f"/api/projects/{made['id']}/import", json=json.loads(path.read_text("utf-8")))
    about = {"exportType": "JSON", "download_all_tasks": "true"}
    tasks = api.http.get(f"/api/projects/{made['id']}/export", params=about).json()
    exported = {document.id: document for document in read(tasks_file(tmp_path, *tasks), scheme)}
    whole = [api.http.get(f"/api/tasks/{task['id']}/").json() for task in tasks]
    api.close()
    for was in documents:
        # the export tells only the numbers of predictions
        predicted = any(span.score is not None or span.source is not None for span in was.spans)
        assert exported.pop(was.id) == (replace(was, spans=(), layer=None) if predicted else was)
    assert not exported
    assert sorted(read(tasks_file(tmp_path, *whole), scheme), key=lambda d: d.id) == sorted(
        documents, key=lambda d: d.id
    )
