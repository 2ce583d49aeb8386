"""Exports of any project, in any of their shapes: what one person says, what several say, and where their texts are."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.label_studio.mapping.studio_format import STUDIO
from goldspan.corpus.formats import FileSample, ReadOptions, ReadReport, ReadRequest, detect_format
from goldspan.corpus.formats.transfer_reports import AuditRow
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, Document, Scheme, UsageError

from .task_files import places

TEXT = "😀 M23 left Goma."


def mark(start: int, end: int, *labels: str, key: str = "labels") -> dict[str, Any]:
    return {"start": start, "end": end, "text": TEXT[start:end], key: list(labels)}


def result(value: dict[str, Any], kind: str = "labels", name: str = "ner", id: str = "r") -> dict[str, Any]:
    return {"id": id, "from_name": name, "to_name": "text", "type": kind, "value": value}


M23, GOMA = mark(2, 5, "ACTOR"), mark(11, 15, "LOCATION")
FOUND = [("M23", "ACTOR"), ("Goma", "LOCATION")]
WORK = {"id": 5, "completed_by": {"id": 1, "email": "ann@example.org"}, "result": [result(M23), result(GOMA, id="s")]}
TASK = {"id": 3, "data": {"text": TEXT}, "annotations": [WORK]}
MIN = {
    "id": 3,
    "text": TEXT,
    "ner": [M23, GOMA],
    "annotator": 1,
    "annotation_id": 5,
    "created_at": "2026-01-01T00:00:00Z",
}
"""One task in the shapes of exports."""


def read(
    source: Path, scheme: Scheme, labels: dict[str, str] | None = None, **options: Any
) -> tuple[list[Document], ReadReport]:
    report = ReadReport()
    mapped = None if labels is None else LabelMap(labels)
    return list(STUDIO.read(source, ReadRequest(scheme, report, mapped, ReadOptions(**options)))), report


def file_of(folder: Path, *items: Any, name: str = "x.json") -> Path:
    (folder / name).write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    return folder / name


SHAPES: dict[str, list[Any]] = {
    "tasks": [TASK],
    "an old task": [{"data": {"text": TEXT}, "completions": [{"id": 1, "result": WORK["result"]}]}],
    "predictions": [{"data": {"text": TEXT}, "predictions": [{"model_version": "m", "result": WORK["result"]}]}],
    "an annotation with its task": [{**WORK, "task": {"id": 3, "data": {"text": TEXT}}, "project": 1}],
    "JSON-MIN": [MIN],
    "JSON-MIN of several controls": [
        {"text": TEXT, "who": [M23], "where": [GOMA], "tone": ["bad"], "annotator": "ann@example.org", "annotation_id": 1}
    ],
    "JSON-MIN of a page": [
        {"text": TEXT, "ner": [mark(2, 5, "ACTOR", key="hypertextlabels"), mark(11, 15, "LOCATION", key="hypertextlabels")]}
    ],
}  # fmt: skip


@pytest.mark.parametrize("items", SHAPES.values(), ids=SHAPES)
def test_every_shape_is_recognised_and_read_whatever_its_name_and_layout(
    items: list[Any], scheme: Scheme, tmp_path: Path
) -> None:
    array = json.dumps(items, ensure_ascii=False)
    lines = "\n".join(json.dumps(item, ensure_ascii=False, indent=1) for item in items)
    files = {
        "x.json": array.encode(),
        "x.jsonl": b"\xef\xbb\xbf" + lines.replace("\n", "\r\n").encode(),
        "17": lines.encode(),
        "x.json.gz": gzip.compress(array.encode()),
        "folder/17": lines.encode(),
    }
    (tmp_path / "folder").mkdir()
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        assert detect_format(tmp_path / name).name == "studio"
        [document], _ = read(tmp_path / name, scheme)
        assert places(document) == FOUND
    assert detect_format(tmp_path / "folder").name == "studio"


OTHERS: dict[str, Any] = {
    "records": {"id": "a", "text": TEXT, "spans": [{"start": 2, "end": 5, "label": "ACTOR"}]},
    "doccano": {"id": 1, "text": TEXT, "label": [[2, 5, "ACTOR"]]},
    "doccano with entities": {"id": 1, "text": TEXT, "entities": [{"id": 1, "label": "A", "start_offset": 2, "end_offset": 5}]},
    "Prodigy": {"text": TEXT, "spans": [{"start": 2, "end": 5, "label": "A"}], "answer": "accept"},
    "a pipeline": {"start": 2, "end": 5, "entity_group": "A", "score": 0.5, "word": "M23"},
    "rows": {"tokens": ["M23"], "ner_tags": [1]},
    "Argilla": {"text": TEXT, "annotation": [{"label": "A", "start": 2, "end": 5}]},
    "data that is no task": {"data": [1]},
    "nothing": {},
}  # fmt: skip


@pytest.mark.parametrize("item", OTHERS.values(), ids=OTHERS)
def test_files_of_other_tools_are_not_taken_for_tasks(item: Any, tmp_path: Path) -> None:
    assert not STUDIO.recognises(FileSample(file_of(tmp_path, item)))
    assert not STUDIO.recognises(FileSample(file_of(tmp_path, TASK, item)))


def test_annotations_in_files_of_their_own_belong_to_one_task(scheme: Scheme, tmp_path: Path) -> None:
    task = {"id": 3, "data": {"text": TEXT}}
    for number, person, marks in ((9, "ann", [M23]), (10, "ben", [GOMA]), (11, "ann", [M23, GOMA])):
        work: dict[str, Any] = {
            "id": number,
            "completed_by": {"email": f"{person}@example.org"},
            "result": [*map(result, marks)],
        }
        for n, item in enumerate(work["result"]):
            item["id"] = str(n)
        content = {**work, "task": task, "updated_at": f"2026-01-{number}T00:00:00Z"}
        (tmp_path / str(number)).write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"annotated by several people: ann, ben.*\(`passes`\)"):
        read(tmp_path, scheme)
    documents, report = read(tmp_path, scheme, passes=True)
    assert [(d.id, d.layer.annotator, places(d)) for d in documents if d.layer] == [
        ("task-3", "ann", FOUND),
        ("task-3", "ben", [FOUND[1]]),
    ]
    assert report.left_out.counts == {"older annotations of the same person": 1}


def work_of(who: Any, *marks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"completed_by": who, "result": [result(item, id=str(n)) for n, item in enumerate(marks)], **more}


PEOPLE: dict[str, tuple[list[Any], list[tuple[str, str | None, int]], dict[str, int]]] = {
    "addresses that differ in their domain": (
        [{"id": 1, "data": {"text": TEXT}, "annotations": [work_of({"email": "ann@a.org"}, M23), work_of({"email": "ann@b.org"})]}],
        [("task-1", "ann@a.org", 1), ("task-1", "ann@b.org", 0)],
        {},
    ),
    "a number that another task names": (
        [
            {"id": 1, "data": {"text": TEXT}, "annotations": [work_of(7, M23)]},
            {"id": 2, "data": {"text": TEXT}, "annotations": [work_of({"id": 7, "email": "ann@a.org"})]},
        ],
        [("task-1", "ann", 1), ("task-2", "ann", 0)],
        {},
    ),
    "somebody without a name, and nobody": (
        [
            {"id": 1, "data": {"text": TEXT}, "annotations": [work_of(None, M23), work_of(1)]},
            {"id": 2, "data": {"text": TEXT}, "annotations": [], "predictions": [work_of(None, M23, model_version="m")]},
        ],
        [("task-1", None, 1), ("task-1", "user-1", 0), ("task-2", None, 0)],
        {"predictions": 1},
    ),
    "skipped, and annotated after all": (
        [{"id": 1, "data": {"text": TEXT}, "annotations": [work_of(1, M23, was_cancelled=True), work_of(2, GOMA), work_of(2, was_cancelled=True)]}],
        [("task-1", "user-1", 0), ("task-1", "user-2", 1)],
        {"cancelled annotations": 1, "regions of skipped tasks": 1},
    ),
    "models alone": (
        [{"id": 1, "data": {"text": TEXT}, "predictions": [work_of(None, M23, model_version=m) for m in "ba"]}],
        [("task-1", "b", 1), ("task-1", "a", 1)],
        {},
    ),
    "JSON-MIN": (
        [{**MIN, "annotation_id": 1}, {**MIN, "annotator": 2, "ner": []}],
        [("task-3", "user-1", 2), ("task-3", "user-2", 0)],
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("items", "found", "left_out"), PEOPLE.values(), ids=PEOPLE)
def test_the_work_of_each_person_is_a_pass(
    items: list[Any], found: list[Any], left_out: dict[str, int], scheme: Scheme, tmp_path: Path
) -> None:
    for item in items:
        if "ner" in item and not item["ner"]:
            item.pop("ner")
    documents, report = read(file_of(tmp_path, *items), scheme, passes=True)
    assert [(d.id, d.layer and d.layer.annotator, len(d.spans)) for d in documents] == found
    assert report.left_out.counts == left_out


@pytest.mark.parametrize(
    "items", [[{"data": {"text": TEXT}}], [{"data": {"text": TEXT}, "annotations": [work_of(None)]}]]
)
def test_a_file_that_names_nobody_has_no_passes(items: list[Any], scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no annotators"):
        read(file_of(tmp_path, *items), scheme, passes=True)


IDS: dict[str, tuple[dict[str, Any], str, str]] = {
    "doc_id": ({"data": {"doc_id": "a", "id": "b"}}, "", "a"),
    "a number": ({"data": {"id": 7}}, "", "7"),
    "the task": ({"id": 9, "data": {"id": None}}, "", "task-9"),
    "a field": ({"data": {"id": 7, "name": "n"}}, "name", "n"),
    "a field of the task": ({"inner_id": 4, "data": {"id": 7}}, "inner_id", "4"),
}


@pytest.mark.parametrize(("task", "id_field", "expected"), IDS.values(), ids=IDS)
def test_ids_are_those_of_the_data_or_of_a_named_field(
    task: dict[str, Any], id_field: str, expected: str, scheme: Scheme, tmp_path: Path
) -> None:
    task = {**task, "data": {**task["data"], "text": TEXT, "topic": "war"}, "annotations": [WORK]}
    [document], _ = read(file_of(tmp_path, task), scheme, id_field=id_field)
    assert document.id == expected and document.extra is not None and document.extra["studio"]["topic"] == "war"


@pytest.mark.parametrize("wrong", [None, "", True, 1.5, [], {}])
def test_a_field_that_holds_no_id_is_refused(wrong: Any, scheme: Scheme, tmp_path: Path) -> None:
    tasks = [{"data": {"text": TEXT, "name": name}} for name in ("n", wrong)]
    with pytest.raises(DataError, match=r"x\.json:1: task 2: .*'name'.*`id_field`"):
        read(file_of(tmp_path, *tasks), scheme, id_field="name")


def answer(kind: str, name: str, content: Any, key: str = "") -> dict[str, Any]:
    return result({"start": 2, "end": 5, key or kind: content}, kind, name)


ANSWERS: dict[str, tuple[list[dict[str, Any]], dict[str, Any] | None, list[str]]] = {
    "a choice": ([answer("choices", "kind", ["state"])], {"kind": "state"}, []),
    "a text": ([answer("textarea", "id", ["COD"], "text")], {"id": "COD"}, []),
    "the last level of a taxonomy": ([answer("taxonomy", "kind", [["armed", "armed_group"]])], {"kind": "armed_group"}, []),
    "two fields": ([answer("choices", "kind", ["state"]), answer("textarea", "id", ["COD"], "text")], {"kind": "state", "id": "COD"}, []),
    "two answers": ([answer("choices", "kind", ["state", "media"])], None, ["attributes 'kind' that no field holds"]),
    "an answer that does not fit": ([answer("choices", "kind", ["navy"])], None, ["attributes 'kind' that no field holds"]),
    "an answer of another kind": ([answer("rating", "kind", 4)], None, ["attributes 'kind' that no field holds"]),
    "a field of another label": ([answer("number", "min", 3)], None, []),
}  # fmt: skip


@pytest.mark.parametrize(("answers", "value", "left_out"), ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("shape", ["tasks", "JSON-MIN"])
def test_answers_on_a_region_are_values_where_a_field_has_their_name(
    shape: str,
    answers: list[dict[str, Any]],
    value: dict[str, Any] | None,
    left_out: list[str],
    scheme: Scheme,
    tmp_path: Path,
) -> None:
    item: Any = {"id": 3, "data": {"text": TEXT}, "annotations": [{**WORK, "result": [result(M23), *answers]}]}
    if shape == "JSON-MIN":
        item = {"text": TEXT, "ner": [M23], **{a["from_name"]: [a["value"]] for a in answers}}
    [document], report = read(file_of(tmp_path, item), scheme)
    assert [span.value for span in document.spans] == [None if value is None else scheme.value("ACTOR", **value)]
    assert list(report.left_out.counts) == left_out
    kept = (document.layer.extra or {}).get("studio", {}).get("results", []) if document.layer else []
    assert [item["from_name"] for item in kept] == ([] if value else [a["from_name"] for a in answers])


def test_numbers_are_whole_where_the_field_is(scheme: Scheme, tmp_path: Path) -> None:
    marks = [result(mark(3, 5, "COUNT")), answer("number", "min", 23.0), answer("textarea", "max", ["30"], "text")]
    [document], report = read(file_of(tmp_path, {"data": {"text": TEXT}, "annotations": [{"result": marks}]}), scheme)
    assert document.spans == (scheme.span(3, 5, "COUNT", min=23, max=30),) and report.summary() == []


def test_labels_of_two_controls_on_one_region_are_two_spans(scheme: Scheme, tmp_path: Path) -> None:
    marks = [result(M23), result(mark(2, 5, "LOCATION"), name="other"), result(M23, id="again")]
    [document], report = read(file_of(tmp_path, {"data": {"text": TEXT}, "annotations": [{"result": marks}]}), scheme)
    assert places(document) == [("M23", "ACTOR"), ("M23", "LOCATION")]
    assert report.left_out.counts == {"spans that are stated twice": 1}


def test_blanks_at_the_ends_of_a_region_are_said(scheme: Scheme, tmp_path: Path) -> None:
    [document], report = read(file_of(tmp_path, {"text": TEXT, "ner": [mark(1, 6, "ACTOR")]}), scheme)
    assert places(document) == [("M23", "ACTOR")]
    assert report.changed.counts == {"spans trimmed of blanks at their ends": 1}


SAID = [
    {"speaker": "A", "text": "😀 Who left?"},
    {"speaker": "B", "text": "😀 M23 left."},
    {"speaker": "A", "text": "Goma?"},
]


def utterance(start: Any, from_: int, end: Any, to: int, words: str) -> dict[str, Any]:
    value = {"start": start, "startOffset": from_, "end": end, "endOffset": to, "text": words}
    return result({**value, "paragraphlabels": ["ACTOR"]}, "paragraphlabels", id=words)


@pytest.mark.parametrize("wide", [0, 1], ids=["code points", "UTF-16"])
def test_a_conversation_is_the_text_of_its_utterances(wide: int, scheme: Scheme, tmp_path: Path) -> None:
    marks = [utterance("1", 2 + wide, "1", 5 + wide, "M23"), utterance("1", 6 + wide, "2", 4, "left.\nGoma")]
    tasks = [{"data": {"dialogue": SAID}, "annotations": [{"result": marks}]}, {"data": {"dialogue": SAID[:1]}}]
    (first, second), report = read(file_of(tmp_path, *tasks), scheme)
    assert (first.text, second.text) == ("😀 Who left?\n😀 M23 left.\nGoma?", "😀 Who left?")
    assert [words for words, _ in places(first)] == ["M23", "left.\nGoma"]
    assert first.extra == {"studio": {"dialogue": SAID}}
    assert report.changed.counts == {"conversations read as the text of their utterances": 2}
    marks[0]["value"]["text"] = "M24"
    with pytest.raises(DataError, match=r"'M23' is in no utterance of the conversation \(it says 'M24'\)"):
        read(file_of(tmp_path, *tasks), scheme)


def test_the_audit_has_a_row_for_each_region(scheme: Scheme, tmp_path: Path) -> None:
    wide = [{**M23, "start": 3, "end": 6}, {**GOMA, "start": 12, "end": 16, "labels": ["MONEY"]}]
    rows: list[AuditRow] = []
    request = ReadRequest(scheme, ReadReport(audit=rows.append), LabelMap({"ACTOR": "ACTOR", "MONEY": ""}))
    list(STUDIO.read(file_of(tmp_path, {**MIN, "ner": wide}), request))
    first, second = rows
    assert first[:7] == (
        "task-3",
        "task 3: region 'ner 1'",
        1,
        "ACTOR",
        "3-6",
        "M23",
        "converted from UTF-16 code units",
    )
    assert first[7:] == (2, 5, "M23", "ACTOR", "user-1")
    assert (second.action, second.start, second.annotator) == (
        "left out: the label map drops its label",
        None,
        "user-1",
    )
    rows.clear()
    with pytest.raises(DataError):
        list(STUDIO.read(file_of(tmp_path, {**MIN, "ner": [M23, {**GOMA, "end": 99}]}), request))
    assert [row.action for row in rows] == [
        "not converted: the file was refused",
        "refused: [11, 99) is not in the text, which has 16 code points (it says 'Goma')",
    ]


def test_pictures_and_sounds_are_no_texts(scheme: Scheme, tmp_path: Path) -> None:
    for address in ("cat.jpg", "sound/1.mp3", "https://example.org/x.png", "/data/upload/1/x.wav"):
        with pytest.raises(DataError, match="contains an address instead of the text"):
            read(file_of(tmp_path, {"data": {"image": address}, "annotations": [{"result": []}]}), scheme)


def test_what_models_predicted_is_not_read_beside_the_work_of_people(scheme: Scheme, tmp_path: Path) -> None:
    predicted = {"id": 4, "data": {"text": TEXT}, "predictions": [{"model_version": "m", "result": [result(GOMA)]}]}
    documents, report = read(file_of(tmp_path, TASK, predicted), scheme)
    assert [len(document.spans) for document in documents] == [2, 0]
    assert report.left_out.counts == {"predictions": 1}
    assert report.without_spans.counts == {"tasks that nobody annotated": 1}
    documents, report = read(file_of(tmp_path, predicted), scheme)
    assert [places(document) for document in documents] == [[("Goma", "LOCATION")]]
