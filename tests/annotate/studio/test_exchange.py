"""The format `studio`: goldspan's own files come back exactly, those of other projects as far as they say something."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from goldspan.annotate.studio import Connection, client
from goldspan.annotate.studio.exchange import STUDIO
from goldspan.annotate.studio.interface import interface
from goldspan.corpus.formats import Loss, load_format
from goldspan.corpus.label_map import LabelMap
from goldspan.schema import DataError, Decision, Document, Layer, Scheme, Span
from tests.annotate.studio.texts import make_document
from tests.studio_server import Studio

TEXT = "😀 Iran hit 5 bases near Kyiv."


def write(documents: list[Document], path: Path, scheme: Scheme) -> Path:
    loss = Loss()
    assert STUDIO.write(documents, path, scheme, loss) == len(documents)
    assert loss.told() == []
    return path


def read(path: Path, scheme: Scheme, labels: dict[str, str] | None = None) -> list[Document]:
    return list(STUDIO.read(path, scheme, None if labels is None else LabelMap(labels)))


def tasks_file(tmp_path: Path, *tasks: Any) -> Path:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def places(document: Document) -> list[tuple[str, str]]:
    return [(document.surface(span), span.label) for span in document.spans]


def rich(seed: int, scheme: Scheme) -> Document:
    """A document of a layer that says of itself and of its spans all that records can say."""
    choose = random.Random(seed)
    document = make_document(seed, scheme)
    system = seed % 3 == 0
    spans = [
        replace(
            span,
            id=choose.choice((None, f"span {number}")),
            score=span.score if system else None,
            source=choose.choice((None, "rules")) if system else None,
            origin=choose.choice((None, "prediction", "prediction-changed", "manual")),
            passes=choose.choice((None, ("anna", "boris"))),
            decision=choose.choice((None, Decision("anna", "«so»"), Decision("majority"))),
            extra=choose.choice((None, {"kept": [1.5, None, {"a": "ü"}]})),
            note=choose.choice((span.note, " two  words ", "")),
        )
        for number, span in enumerate(document.spans)
    ]
    choose.shuffle(spans)
    layer = Layer(
        annotator=choose.choice(("anna", None, "rules")),
        scheme=scheme.ref,
        scheme_sha256=scheme.fingerprint,
        created=choose.choice((None, "2026-11-20T00:00:00Z")),
        guidelines=choose.choice((None, "3")),
        lead_time=choose.choice((None, 12.75)),
        skipped=choose.random() < 0.2,
        extra=choose.choice((None, {"why": "random", "studio": {"note": "said"}})),
    )
    return replace(document, spans=tuple(spans), layer=choose.choice((layer, layer, None)))


def test_the_format_has_its_name(scheme: Scheme) -> None:
    assert load_format("studio") is STUDIO


def test_what_is_written_comes_back_exactly(scheme: Scheme, tmp_path: Path) -> None:
    documents = [rich(seed, scheme).sealed() for seed in range(300)]
    documents = [replace(document, id=f"{number} {document.id}") for number, document in enumerate(documents)]
    documents.append(Document(id="bare", text=TEXT, spans=()).sealed())
    documents.append(Document(id="blanks", text=TEXT, spans=(Span(1, 7, "ACTOR", id="wide"),)).sealed())
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
    loss = Loss()
    STUDIO.write([document], tmp_path / "t.json", scheme, loss)
    assert loss.told() == ["spans of white space: 1 (first in 'a')"]
    assert places(read(tmp_path / "t.json", scheme)[0]) == [("Iran", "ACTOR")]


REFUSED = {
    "a text-free record": [Document(id="a", text_sha256="0" * 64, text_length=3, spans=())],
    "a blank text": [Document(id="a", text=" \n", spans=())],
    "one id twice": [Document(id="a", text=TEXT, spans=()), Document(id="a", text=TEXT, spans=())],
    "a span outside the text": [Document(id="a", text=TEXT, spans=(Span(0, 99, "ACTOR"),))],
}


@pytest.mark.parametrize("documents", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_a_task_is_refused_and_nothing_is_left(documents: Any, scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'a'"):
        STUDIO.write(documents, tmp_path / "t.json", scheme, Loss())
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
            result["value"]["end"] = 10
    [document] = read(tasks_file(tmp_path, task), scheme)
    assert document.spans[0] == Span(2, 10, "ACTOR", id="one", extra={"k": 1}, origin="manual")
    assert document.spans[1] == spans[1]


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


def mark(start: Any, end: Any, *labels: str, id: str = "r1", **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": "never read", "labels": list(labels)}
    about = {"id": id, "from_name": "ner", "to_name": "article", "type": "labels", "origin": "manual"}
    return {**about, "value": value} | more


def foreign(*results: Any, data: Any = None, **more: Any) -> dict[str, Any]:
    """A task as a server of another project's exports it."""
    annotation = {
        "id": 91,
        "completed_by": {"id": 2, "email": "olga@example.org", "first_name": "", "last_name": ""},
        "result": list(results),
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-03-01T09:00:00.120000Z",
        "updated_at": "2026-03-01T09:30:00.450000Z",
        "draft_created_at": None,
        "lead_time": 41.3,
        "prediction": {},
        "result_count": 2,
        "unique_id": "0d0c2f52-33a3-4ef0-8a4c-2f3f43d3a0aa",
        "import_id": None,
        "last_action": None,
        "task": 17,
        "project": 5,
        "updated_by": 2,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
    }
    return {
        "id": 17,
        "annotations": [annotation | more],
        "file_upload": "3b1f-articles.json",
        "drafts": [],
        "predictions": [12, 13],
        "data": {"article": TEXT, "source": 7} if data is None else data,
        "meta": {},
        "created_at": "2026-02-28T09:00:00Z",
        "updated_at": "2026-03-01T09:30:00Z",
        "inner_id": 1,
        "total_annotations": 1,
        "cancelled_annotations": 0,
        "total_predictions": 2,
        "comment_count": 0,
        "unresolved_comment_count": 0,
        "last_comment_updated_at": None,
        "project": 5,
        "updated_by": 2,
        "comment_authors": [],
    }


MAP = {"PER": "ACTOR", "ORG": "ACTOR", "GPE": "LOCATION", "*": ""}


def test_an_export_of_another_project_is_read_through_a_map(scheme: Scheme, tmp_path: Path) -> None:
    sentiment = {"id": "c", "from_name": "tone", "to_name": "article", "type": "choices", "value": {"choices": ["bad"]}}
    relation = {"from_id": "r1", "to_id": "r2", "type": "relation", "direction": "right"}
    task = foreign(
        mark(24, 28, "GPE", id="r2"), mark(2, 6, "ORG"), mark(11, 12, "CARDINAL", id="r3"), sentiment, relation
    )
    labels = LabelMap(MAP)
    [document] = STUDIO.read(tasks_file(tmp_path, task), scheme, labels)
    assert places(document) == [("Iran", "ACTOR"), ("Kyiv", "LOCATION")]
    assert labels.dropped == {"CARDINAL": 1}
    assert (document.id, document.text, document.extra) == ("task-17", TEXT, {"studio": {"source": 7}})
    assert document.layer == Layer(
        annotator="olga",
        scheme=scheme.ref,
        scheme_sha256=scheme.fingerprint,
        created="2026-03-01T09:30:00Z",
        lead_time=41.3,
        extra={"studio": {"results": [sentiment, relation]}},
    )


def test_what_another_project_says_of_a_region_is_kept_as_it_stands(scheme: Scheme, tmp_path: Path) -> None:
    sure = {"start": 2, "end": 6, "rating": 4}
    rating = {"id": "r1", "from_name": "sure", "to_name": "article", "type": "rating", "value": sure}
    [document] = read(tasks_file(tmp_path, foreign(mark(2, 6, "ORG", "GPE"), rating)), scheme, MAP)
    assert document.layer.extra == {"studio": {"results": [rating]}}


def test_two_labels_of_a_mark_are_two_spans_and_one_where_the_map_makes_them_equal(
    scheme: Scheme, tmp_path: Path
) -> None:
    path = tasks_file(tmp_path, foreign(mark(2, 6, "ORG", "PER", "GPE")))
    assert places(read(path, scheme, MAP)[0]) == [("Iran", "ACTOR"), ("Iran", "LOCATION")]


def test_fields_follow_their_label_and_what_the_new_label_cannot_hold_is_left_out(
    scheme: Scheme, tmp_path: Path
) -> None:
    def said(name: str, content: str) -> dict[str, Any]:
        value = {"start": 2, "end": 6, "text": [content]}
        return {"id": "r1", "from_name": name, "to_name": "article", "type": "textarea", "value": value}

    path = tasks_file(tmp_path, foreign(mark(2, 6, "ORG"), said("ORG.id", "IRN"), said("ORG.kind", "navy")))
    [span] = read(path, scheme, MAP)[0].spans
    assert span.value == scheme.value("ACTOR", id="IRN")


def test_json_lines_and_files_of_predictions_are_read(scheme: Scheme, tmp_path: Path) -> None:
    made = {"id": 3, "model_version": "ner-2", "score": 0.7, "result": [mark(2, 6, "ACTOR", score=0.75)]}
    lines = [{"data": {"text": TEXT, "url": "u"}, "predictions": [made]}, {"data": {"text": TEXT}}]
    path = tmp_path / "tasks.jsonl"
    path.write_text("\ufeff" + "\n\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    first, second = read(path, scheme)
    assert first.spans == (Span(2, 6, "ACTOR", score=0.75, origin="manual"),) and first.layer.annotator == "ner-2"
    assert (second.id, second.spans, second.layer) == ("task-2", (), None)


def test_the_newest_annotation_counts_and_a_cancelled_one_only_alone(scheme: Scheme, tmp_path: Path) -> None:
    task = foreign(mark(2, 6, "ACTOR"))
    [old] = task["annotations"]
    new = {**old, "id": 92, "updated_at": "2026-03-02T00:00:00Z", "result": [mark(24, 28, "LOCATION")]}
    task["annotations"] = [new, old, {**new, "id": 93, "was_cancelled": True, "completed_by": 9}]
    [document] = read(tasks_file(tmp_path, task), scheme)
    assert places(document) == [("Kyiv", "LOCATION")]
    [document] = read(tasks_file(tmp_path, foreign(mark(2, 6, "ACTOR"), was_cancelled=True)), scheme)
    assert document.spans == () and document.layer.skipped


PAGE = {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "startOffset": 2, "endOffset": 6}


def in_page(text: str, **more: Any) -> dict[str, Any]:
    value = {**PAGE, "text": text, "hypertextlabels": ["ACTOR"], **more}
    return {"id": "h", "from_name": "ner", "to_name": "page", "type": "hypertextlabels", "value": value}


def test_bounds_of_a_page_are_taken_where_they_fit_the_text(scheme: Scheme, tmp_path: Path) -> None:
    task = foreign(in_page("Iran", globalOffsets={"start": 2, "end": 6}))
    assert places(read(tasks_file(tmp_path, task), scheme)[0]) == [("Iran", "ACTOR")]


def test_the_text_is_the_field_that_marks_fit(scheme: Scheme, tmp_path: Path) -> None:
    result = mark(2, 6, "ACTOR")
    result["value"]["text"] = "Iran"
    data = {"headline": "Iranian bases are hit", "body": TEXT}
    [document] = read(tasks_file(tmp_path, foreign(result, data=data)), scheme)
    assert document.text == TEXT and document.extra == {"studio": {"headline": data["headline"]}}


SECOND = {**foreign()["annotations"][0], "completed_by": 9}
DATE = {"id": "r1", "from_name": "DATE.edtf", "to_name": "text", "type": "textarea"}
FAULTY: dict[str, tuple[Any, str]] = {
    "past the end": (foreign(mark(2, 99, "ACTOR")), r"\[2, 99\) is not in the text, which has 29 code points"),
    "reversed": (foreign(mark(6, 2, "ACTOR")), "is not in the text"),
    "negative": (foreign(mark(-4, 2, "ACTOR")), "is not in the text"),
    "no bounds": (foreign(mark(None, None, "ACTOR")), "no bounds in code points"),
    "bounds of a page": (foreign(in_page("Iran")), "no bounds in code points"),
    "bounds of markup": (foreign(in_page("Iran", globalOffsets={"start": 0, "end": 4})), "in a page, not in the text"),
    "white space": (foreign(mark(1, 2, "ACTOR")), "a span of white space"),
    "an unknown label": (foreign(mark(2, 6, "PER")), "'PER' is none of conflict-news@1.*Fix: a label map"),
    "no label": (foreign(mark(2, 6)), "has no label"),
    "two marks of one id": (foreign(mark(2, 6, "ACTOR"), mark(7, 10, "ACTOR")), "marked twice"),
    "a date that is none": (
        foreign(mark(2, 6, "DATE"), {**DATE, "value": {"start": 2, "end": 6, "text": ["last week"]}}),
        "mend it in the task",
    ),
    "two people": (
        {**foreign(), "annotations": [*foreign()["annotations"], SECOND]},
        "several people annotated it: olga, user-9.*studio pull --out",
    ),
    "two models": (
        {"id": 17, "data": {"text": TEXT}, "predictions": [{"model_version": m, "result": []} for m in "ab"]},
        "several models did: a, b",
    ),
    "no results": ({"id": 17, "data": {"text": TEXT}, "annotations": [{"id": 1}]}, "no array `result`"),
    "no text": ({"id": 17, "data": {"image": 7}}, "no field of its data is known"),
    "two fields": ({"id": 17, "data": {"a": "x", "b": "y"}}, r"for the text \(of a, b\)"),
    "no data": ({"id": 17, "text": TEXT}, "has no object `data`"),
    "another text": ({"id": 17, "data": {"text": TEXT, "record": {"text_sha256": "0" * 64}}}, "text_sha256"),
    "a record that is none": ({"id": 17, "data": {"text": TEXT, "record": {"zones": 5}}}, "zones"),
    "JSON_MIN": (
        {"id": 17, "text": TEXT, "ner": [], "annotator": 1, "annotation_id": 4, "lead_time": 3.2},
        "JSON_MIN, which does not say which span a field belongs to.*Fix: export the project as JSON",
    ),
}


@pytest.mark.parametrize(("task", "said"), FAULTY.values(), ids=FAULTY)
def test_a_task_at_fault_is_refused_with_file_line_and_number(
    task: Any, said: str, scheme: Scheme, tmp_path: Path
) -> None:
    path = tasks_file(tmp_path, {"id": 1, "data": {"text": "Fine."}}, task)
    with pytest.raises(DataError, match=said) as refused:
        read(path, scheme)
    line = path.read_text("utf-8").split("\n").index(" {", 2) + 1
    [problem] = refused.value.problems
    assert (problem.path, problem.line) == (str(path), line) and problem.what.startswith("task 17: ")


def test_a_label_without_a_line_in_the_map_is_refused(scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"export\.json:2: .*task 17: the label map has no line for 'ORG'"):
        read(tasks_file(tmp_path, foreign(mark(2, 6, "ORG"))), scheme, {"PER": "ACTOR"})


WHOLE = b'[{"id": 1, "data": {"text": "a"}},\n {"id": 2, "data": {"text": "b [}"}}]\n'
NO_TASKS: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n",
    "no JSON": b"<html>",
    "a string": b'"text"',
    "numbers": b"[1, 2]",
    "a comma too many": b'[{"data": {"text": "a"}},]',
    "no comma": b'[{"data": {"text": "a"}} {"data": {"text": "b"}}]',
    "two arrays": WHOLE + WHOLE,
    "the wrong bracket": WHOLE.strip()[:-1] + b"}",
    "not UTF-8": '[{"data": {"text": "é"}}]'.encode("latin-1"),
    "an unpaired surrogate": rb'[{"data": {"text": "\ud800"}}]',
    "no number": b'[{"data": {"text": "a"}, "x": NaN}]',
    "one id twice": b'[{"id": 1, "data": {"text": "a"}}, {"id": 1, "data": {"text": "a"}}]',
    "an object of other things": b'{"tasks": []}',
    "deep": b'[{"data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
}


@pytest.mark.parametrize("content", NO_TASKS.values(), ids=NO_TASKS)
def test_a_file_of_no_tasks_is_refused_by_name(content: bytes, scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_bytes(content)
    with pytest.raises(DataError) as refused:
        read(path, scheme)
    assert [problem.path for problem in refused.value.problems] == [str(path)]


def test_a_file_cut_off_anywhere_is_refused(scheme: Scheme, tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_bytes(WHOLE)
    assert [document.text for document in read(path, scheme)] == ["a", "b [}"]
    for end in range(len(WHOLE.strip())):
        path.write_bytes(WHOLE[:end])
        with pytest.raises(DataError, match=r"tasks\.json"):
            read(path, scheme)


def test_whatever_is_changed_in_a_file_is_read_or_refused(scheme: Scheme, tmp_path: Path) -> None:
    """Never anything but records or a refusal, whichever part of a task is of a wrong type."""
    path = write([rich(seed, scheme) for seed in (0, 1)], tmp_path / "t.json", scheme)
    whole = path.read_text("utf-8")
    choose = random.Random(1)
    for _ in range(500):
        tasks = json.loads(whole)
        spots = list(_spots(tasks))
        holder, key = choose.choice(spots)
        holder[key] = choose.choice((None, 0, -1, 10**30, "x", [], [[1]], {}, {"a": {}}, True, 1.5, ["x"]))
        path.write_text(json.dumps(tasks), encoding="utf-8")
        try:
            read(path, scheme)
        except DataError as error:
            assert all(problem.path == str(path) for problem in error.problems)


def _spots(held: Any) -> Iterator[tuple[Any, Any]]:
    for key, part in list(held.items() if isinstance(held, dict) else enumerate(held)):
        yield held, key
        if isinstance(part, dict | list):
            yield from _spots(part)


@pytest.mark.server
def test_a_real_server_takes_the_file_and_its_export_gives_the_spans_back(
    studio: Studio, scheme: Scheme, tmp_path: Path
) -> None:
    documents = [replace(rich(seed, scheme).sealed(), id=f"d{seed}") for seed in range(30)]
    path = write(documents, tmp_path / "tasks.json", scheme)
    api = client(Connection(studio.url, studio.token))
    made = api.post("/api/projects/", json={"title": f"t-{uuid4().hex[:12]}", "label_config": interface(scheme)})
    api.post(f"/api/projects/{made['id']}/import", json=json.loads(path.read_text("utf-8")))
    about = {"exportType": "JSON", "download_all_tasks": "true"}
    tasks = api.get(f"/api/projects/{made['id']}/export", params=about)
    exported = {document.id: document for document in read(tasks_file(tmp_path, *tasks), scheme)}
    whole = [api.get(f"/api/tasks/{task['id']}/") for task in tasks]
    api.close()
    for was in documents:
        # the export tells only the numbers of predictions
        predicted = any(span.score is not None or span.source is not None for span in was.spans)
        assert exported.pop(was.id) == (replace(was, spans=(), layer=None) if predicted else was)
    assert not exported
    assert sorted(read(tasks_file(tmp_path, *whole), scheme), key=lambda d: d.id) == sorted(
        documents, key=lambda d: d.id
    )
