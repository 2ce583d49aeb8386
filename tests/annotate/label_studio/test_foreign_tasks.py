"""The format `studio`: files of other projects are read as far as they say something, broken ones refused."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.label_studio.mapping.studio_format import STUDIO
from goldspan.corpus.formats import ReadRequest
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Layer, Scheme, Span

from .task_files import TEXT, foreign, mark, places, read, rich, tasks_file, write

MAP = {"PER": "ACTOR", "ORG": "ACTOR", "GPE": "LOCATION", "*": ""}


def test_an_export_of_another_project_is_read_through_a_map(scheme: Scheme, tmp_path: Path) -> None:
    sentiment = {"id": "c", "from_name": "tone", "to_name": "article", "type": "choices", "value": {"choices": ["bad"]}}
    relation = {"from_id": "r1", "to_id": "r2", "type": "relation", "direction": "right"}
    task = foreign(
        mark(24, 28, "GPE", id="r2"), mark(2, 6, "ORG"), mark(11, 12, "CARDINAL", id="r3"), sentiment, relation
    )
    labels = LabelMap(MAP)
    [document] = STUDIO.read(tasks_file(tmp_path, task), ReadRequest(scheme, labels=labels))
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
    "no bounds": (foreign(mark(None, None, "ACTOR")), "no offsets in code points"),
    "bounds of a page": (foreign(in_page("Iran")), "offsets only in an HTML page.*Fix: mark the plain text"),
    "bounds of markup": (
        foreign(in_page("Iran", globalOffsets={"start": 0, "end": 4})),
        "in an HTML page, not in the text",
    ),
    "white space": (foreign(mark(1, 2, "ACTOR")), "only white space"),
    "an unknown label": (foreign(mark(2, 6, "PER")), "'PER' is not in conflict-news@1.*Fix: map its labels"),
    "no label": (foreign(mark(2, 6)), "has no label"),
    "two marks of one id": (foreign(mark(2, 6, "ACTOR"), mark(7, 10, "ACTOR")), "marked twice"),
    "a date that is none": (
        foreign(mark(2, 6, "DATE"), {**DATE, "value": {"start": 2, "end": 6, "text": ["last week"]}}),
        "correct it in the task",
    ),
    "two people": (
        {**foreign(), "annotations": [*foreign()["annotations"], SECOND]},
        "annotated by several people: olga, user-9.*studio pull --out",
    ),
    "two models": (
        {"id": 17, "data": {"text": TEXT}, "predictions": [{"model_version": m, "result": []} for m in "ab"]},
        "annotated by nobody: a, b",
    ),
    "no results": ({"id": 17, "data": {"text": TEXT}, "annotations": [{"id": 1}]}, "no array `result`"),
    "no text": ({"id": 17, "data": {"image": 7}}, "cannot tell which field"),
    "two fields": ({"id": 17, "data": {"a": "x", "b": "y"}}, r"contains the text \(text fields: a, b\)"),
    "no data": ({"id": 17, "text": TEXT}, "has no object `data`"),
    "another text": ({"id": 17, "data": {"text": TEXT, "record": {"text_sha256": "0" * 64}}}, "text_sha256"),
    "a record that is none": ({"id": 17, "data": {"text": TEXT, "record": {"zones": 5}}}, "zones"),
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
