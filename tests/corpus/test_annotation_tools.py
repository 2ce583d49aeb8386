"""Files of doccano, Prodigy, Argilla and Potato in all their shapes: each span with its words, and all else counted."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from goldspan.corpus.formats import FileSample, ReadOptions, ReadReport, ReadRequest, read_any
from goldspan.corpus.formats.format_registry import matching_formats, readable_formats
from goldspan.corpus.storage.label_map import LabelMap
from goldspan.schema import DataError, UsageError, conflict_scheme

SCHEME = conflict_scheme()
TEXT = "Militias left Sarn 💥 on 9 June, taking at least 4 & more."
WORDS = {"ACTOR": "Militias", "LOCATION": "Sarn", "DATE": "9 June", "COUNT": "at least 4"}
SPANS = [(TEXT.index(words), TEXT.index(words) + len(words), label) for label, words in WORDS.items()]
TRIPLES = [list(span) for span in SPANS]
SHIFTED = [[start + (start > 19), end + (end > 19), label] for start, end, label in SPANS]  # UTF-16
OFFSETS = [{"id": n, "label": label, "start_offset": s, "end_offset": e} for n, (s, e, label) in enumerate(SPANS)]
USERS = [dict(part, label=n + 7, user=1 + n % 2) for n, part in enumerate(OFFSETS)]
NUMBERS = LabelMap({"7": "ACTOR", "8": "LOCATION", "9": "DATE", "10": "COUNT"})
VALUE = [{"start": start, "end": end, "label": label} for start, end, label in SPANS]
COLUMNS = {key: [part[key] for part in VALUE] for key in ("start", "end", "label")}
TOKENS = [{"text": word, "start": n, "end": n, "ws": True} for n, word in enumerate(TEXT.split())]
ANN, BEN = "0b1f-ann", "7c2e-ben"


class Case(NamedTuple):
    """A file and what is read from it.

    Attributes:
        form: The format that it is recognised as.
        items: Its lines.
        passes: The labels of the spans of each document, by id and annotator.
        counts: What is left out.
        labels: A label map.
    """

    form: str
    items: Sequence[Any]
    passes: Mapping[tuple[str, str | None], str]
    counts: Mapping[str, int] = {}
    labels: LabelMap | None = None


ALL = "ACTOR LOCATION DATE COUNT"
PRODIGY = {"text": TEXT, "_input_hash": -12, "_task_hash": 3, "_view_id": "ner_manual", "answer": "accept"}
BINARY = {**PRODIGY, "_view_id": "ner", "_is_binary": True}
V1 = {"text": TEXT, "tokens": TEXT.split(), "metrics": {}, "status": "Validated", "id": "a"}
FIELDS = {"fields": {"text": TEXT}, "id": "a", "metadata": {"title": "t"}, "vectors": {}}
POTATO = {"id": "1", "displayed_text": TEXT, "behavioral_data": {}}
MARKED: list[dict[str, Any]] = [{"start": s, "end": e, "span": TEXT[s:e], "annotation": label} for s, e, label in SPANS]

CASES = {
    "doccano label": Case("doccano", [{"id": 3, "text": TEXT, "label": TRIPLES}], {("3", None): ALL}),
    "doccano labels without id": Case("doccano", [{"text": TEXT, "labels": TRIPLES}], {("x", None): ALL}),
    "doccano labels, several": Case(
        "doccano", [{"text": TEXT, "labels": TRIPLES}, {"text": "b", "labels": []}], {("x#1", None): ALL, ("x#2", None): ""}
    ),
    "doccano data": Case("doccano", [{"id": "k", "data": TEXT, "label": TRIPLES, "meta": {}}], {("k", None): ALL}),
    "doccano UTF-16": Case("doccano", [{"id": 3, "text": TEXT, "label": SHIFTED}], {("3", None): ALL}),
    "doccano username": Case(
        "doccano", [{"doc_id": 9, "text": TEXT, "entities": TRIPLES, "username": "root", "metadata": {}}], {("9", "root"): ALL}
    ),
    "doccano relations": Case(
        "doccano",
        [{"id": 3, "text": TEXT, "entities": OFFSETS, "relations": [{"id": 0}], "Comments": ["a", "b"]}],
        {("3", None): ALL},
        {"relations": 1, "comments": 2},
    ),
    "doccano intents": Case(
        "doccano", [{"id": 3, "text": TEXT, "entities": TRIPLES, "cats": ["war"]}], {("3", None): ALL},
        {"categories of documents": 1},
    ),
    "doccano categories": Case(
        "doccano", [{"id": 3, "text": TEXT, "label": ["war", "x"], "Comments": []}], {("3", None): ""},
        {"categories of documents": 2},
    ),
    "doccano users": Case(
        "doccano",
        [{"id": 3, "text": TEXT, "annotations": USERS, "meta": {}}, {"id": 4, "text": "b", "annotations": []}],
        {("3", "1"): "ACTOR DATE", ("3", "2"): "LOCATION COUNT", ("4", None): ""},
        labels=NUMBERS,
    ),
    "doccano nothing": Case("doccano", [{"id": 1, "text": TEXT, "label": [], "Comments": []}], {("1", None): ""}),
    "prodigy": Case("prodigy", [{**PRODIGY, "spans": VALUE}], {("-12", None): ALL}),
    "prodigy annotators": Case(
        "prodigy",
        [
            {**PRODIGY, "spans": VALUE, "_annotator_id": "ann", "_timestamp": 1714557600, "relations": [{}]},
            {**PRODIGY, "spans": VALUE[:1], "_annotator_id": "ben", "_timestamp": 1714557601},
            {**PRODIGY, "spans": VALUE[1:2], "_annotator_id": "ann", "answer": "reject"},
            {**PRODIGY, "spans": VALUE, "_annotator_id": "ben", "answer": "ignore"},
            {**PRODIGY, "spans": VALUE, "_annotator_id": "cy", "answer": "ignore"},
        ],
        {("-12", "ann"): ALL, ("-12", "ben"): "ACTOR", ("-12", "cy"): ""},
        {"relations": 1, "rejected examples": 1, "skipped examples": 1},
    ),
    "prodigy newest": Case(
        "prodigy",
        [
            {**PRODIGY, "spans": VALUE[:2], "_timestamp": 20, "_session_id": "ann"},
            {**PRODIGY, "spans": VALUE, "_timestamp": 10, "_session_id": "ann"},
        ],
        {("-12", "ann"): "ACTOR LOCATION"},
        {"older annotations of the same person": 1},
    ),
    "prodigy binary": Case(
        "prodigy",
        [{**BINARY, "_task_hash": n, "spans": [part], "answer": "reject" if n == 1 else "accept"} for n, part in enumerate(VALUE)],
        {("-12", None): "ACTOR DATE COUNT"},
        {"rejected examples": 1},
    ),
    "prodigy meta id": Case(
        "prodigy", [{"text": TEXT, "meta": {"id": 5}, "spans": None, "answer": "accept", "accept": ["A"], "options": []}],
        {("5", None): ""}, {"chosen options": 1},
    ),
    "argilla 2": Case(
        "argilla",
        [
            {
                **FIELDS,
                "responses": {
                    "spans": [{"value": VALUE, "user_id": ANN}, {"value": VALUE[:1], "user_id": BEN}],
                    "quality": [{"value": "good", "user_id": ANN}],
                },
                "suggestions": {"spans": {"value": VALUE[:3], "score": None, "agent": "m"}},
            }
        ],
        {("a", ANN): ALL, ("a", BEN): "ACTOR"},
        {"answers that are no spans": 1, "suggestions of models": 3},
    ),
    "argilla 2 unanswered": Case(
        "argilla", [{**FIELDS, "responses": {}, "suggestions": {"spans": {"value": VALUE}}}], {("a", None): ""},
        {"suggestions of models": 4},
    ),
    "argilla 2 flat": Case(
        "argilla",
        [
            {
                "id": "a", "status": "completed", "_server_id": "s", "text": TEXT, "spans.responses": [VALUE, VALUE[:2], VALUE],
                "spans.responses.users": [ANN, BEN, "cy"], "spans.responses.status": ["submitted", "draft", "discarded"],
                "spans.suggestion": None, "spans.suggestion.score": None,
            }
        ],
        {("a", ANN): ALL, ("a", "cy"): ""},
        {"drafts": 1, "spans of discarded answers": 4},
    ),
    "argilla 2 columns": Case(
        "argilla",
        [{"id": ["a", "b"], "fields": [{"text": TEXT}, {"text": "b"}], "responses": [{"q": [{"value": VALUE, "user_id": ANN}]}, {}]}],
        {("a", ANN): ALL, ("b", None): ""},
    ),
    "argilla 1 records": Case(
        "argilla",
        [
            {
                "fields": {"sentence": TEXT}, "external_id": 8, "suggestions": [{"question_name": "q", "value": VALUE[:1]}],
                "responses": [{"user_id": ANN, "status": "submitted", "values": {"q": {"value": VALUE}}}],
            }
        ],
        {("8", ANN): ALL},
        {"suggestions of models": 1},
    ),
    "argilla 1 rows": Case(
        "argilla",
        [{"external_id": "8", "text": TEXT, "metadata": "{}", "q-suggestion": None, "q": {"user_id": [ANN], "value": [COLUMNS], "status": ["submitted"]}}],
        {("8", ANN): ALL},
    ),
    "argilla 1 tokens": Case(
        "argilla",
        [
            {**V1, "prediction": None, "annotation": VALUE, "annotation_agent": "ann"},
            {**V1, "id": "b", "prediction": [["ACTOR", 0, 8, 0.5]], "annotation": [["ACTOR", 0, 8]]},
            {**V1, "id": "c", "prediction": None, "annotation": None, "status": "Default"},
        ],
        {("a", "ann"): ALL, ("b", None): "ACTOR", ("c", None): ""},
        {"suggestions of models": 1},
    ),
    "potato": Case(
        "potato",
        [
            {**POTATO, "id": "consent.html", "label_annotations": {"q": {"Yes": "true"}}, "span_annotations": {}},
            {**POTATO, "label_annotations": {"mood": {"bad": "true"}}, "span_annotations": MARKED},
        ],
        {("1", None): ALL},
        {"answers that are no spans": 1, "pages of questionnaires": 1},
    ),
    "potato markup": Case(
        "potato",
        [
            {
                **POTATO, "displayed_text": " A & " + TEXT, "label_annotations": {},
                "span_annotations": [{**part, "start": part["start"] + 8, "end": part["end"] + 8} for part in MARKED],
            }
        ],
        {("1", None): ALL},
    ),
    "potato 2": Case(
        "potato",
        [
            {"instance_id": "1", "user_id": user, "labels": {}, "links": {"x": [1]}, "spans": {"ner": [{**part, "label": part["annotation"]}]}}
            for user, part in zip("ab", MARKED[:2], strict=True)
        ],
        {("1", "a"): "ACTOR", ("1", "b"): "LOCATION"},
        {"links between spans": 2},
    ),
    "potato state": Case(
        "potato",
        [
            {
                "user_id": "u", "instance_id_to_label_to_value": {"1": [[{"schema": "s", "name": "n"}, "x"]], "2": []},
                "instance_id_to_span_to_value": {"1": [[{"schema": "ner", "name": label, "start": s, "end": e}, "true"] for s, e, label in SPANS]},
            }
        ],
        {("1", "u"): ALL, ("2", "u"): ""},
        {"answers that are no spans": 1},
    ),
}  # fmt: skip


@cache
def readers() -> dict[str, Any]:
    """The readers that recognise files, loaded once."""
    return {form.name: form for form in readable_formats() if hasattr(form, "recognises")}


def found(path: Path, case: Case, report: ReadReport) -> dict[tuple[str, str | None], str]:
    passes = len({annotator for _, annotator in case.passes}) > 1
    texts = (
        {"1": TEXT, "2": "b"}.get if case.form == "potato" and "displayed_text" not in path.read_text("utf-8") else None
    )
    options = ReadOptions(passes=passes, texts=texts)
    read: dict[tuple[str, str | None], str] = {}
    request = ReadRequest(SCHEME, report, case.labels, options)
    for document in readers()[case.form].read(path, request):
        read[document.id, document.layer.annotator if document.layer else None] = " ".join(
            s.label for s in document.spans
        )
        assert all(document.surface(span) == WORDS[span.label] for span in document.spans)
    return read


@pytest.mark.parametrize("name", CASES)
def test_every_shape_is_recognised_and_read(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    lines, array = tmp_path / "x.jsonl", tmp_path / "x.json"
    lines.write_text("\ufeff" + "".join(json.dumps(item) + "\r\n" for item in case.items), "utf-8")
    array.write_text(json.dumps(case.items, indent=1, ensure_ascii=False), "utf-8")
    for path in (lines, array):
        sample, report = FileSample(path), ReadReport()
        assert [name for name, form in readers().items() if form.recognises(sample)] == [case.form]
        assert found(path, case, report) == case.passes
        assert report.left_out.counts == case.counts, report.summary()
    if name == "doccano UTF-16":
        assert report.moved["UTF-16 code units"].spans == 2 and "cut words" in report.summary()[0]


def read(path: Path, form: str, **options: Any) -> list[Any]:
    reader = readers()[form or matching_formats(path)[0].name]
    return list(reader.read(path, ReadRequest(SCHEME, options=ReadOptions(**options))))


def test_annotators_are_passes_with_their_times(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    path.write_bytes(
        gzip.compress("".join(json.dumps(item) + "\n" for item in CASES["prodigy annotators"].items).encode())
    )
    with pytest.raises(DataError, match=r"'-12': annotated by several people: ann, ben, cy.*`passes`"):
        read(path, "prodigy")
    layers = [document.layer for document in read(path, "prodigy", passes=True)]
    assert [(layer.annotator, layer.created, layer.skipped) for layer in layers] == [
        ("ann", "2024-05-01T10:00:00Z", False), ("ben", "2024-05-01T10:00:01Z", False), ("cy", None, True)
    ]  # fmt: skip


def test_numbers_for_labels_need_a_map(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"id": 1, "text": TEXT, "annotations": USERS}))
    with pytest.raises(DataError, match="several people") as refused:
        list(read_any(path, SCHEME, ReadReport(), name="doccano"))
    message = str(refused.value)
    assert "labels are numbers (7, 8, 9, 10)" in message and '7 = "ACTOR"' in message


def test_ids_and_metadata_are_found(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    items = [
        {
            "id": 1,
            "text": TEXT,
            "label": [],
            "Comments": [],
            "meta": {"name": "n7", "published": "2023-11-07"},
            "title": "t",
            "k": [1],
        }
    ]
    path.write_text(json.dumps(items))
    (document,) = read(path, "doccano", id_field="name")
    assert (document.id, document.meta.title, document.meta.published, document.extra) == (
        "n7",
        "t",
        "2023-11-07",
        {"k": [1]},
    )
    with pytest.raises(DataError, match=r"no id under 'nam'.* `id_field`"):
        read(path, "doccano", id_field="nam")


BROKEN = {
    "doccano": [
        ({"id": 1, "text": None, "label": []}, "no 'text'"),
        ({"id": True, "text": "a", "label": []}, "the id under 'id' is true, neither a text"),
        ({"id": 1, "text": 7, "label": []}, "'text' is not a text"),
        ({"id": 1, "text": "a", "label": [[0, "1", "ACTOR"]]}, "label 1: its bounds are not whole numbers"),
        ({"id": 1, "text": "a", "label": [[0, True, "ACTOR"]]}, "not whole numbers"),
        ({"id": 1, "text": "a", "label": [[0, 1, None]]}, "label 1 has no label"),
        ({"id": 1, "text": "a", "label": [[0, 1]]}, "label 1 is not a span"),
        ({"id": 1, "text": "a", "label": {"ACTOR": {"a": [[0, 0]]}}}, "label 1 is not a span"),
        ({"id": 1, "text": "a", "label": [[0, 9, "ACTOR"]]}, r"\[0, 9\) is not in the text, which has 1 code points"),
        ({"id": 1, "text": "a", "label": [[-1, 1, "ACTOR"]]}, "is not in the text"),
        ({"id": 1, "text": "a", "label": [[0, 1, "Nobody"]]}, "unknown label 'Nobody'"),
        ({"id": 1, "text": "a", "entities": [{"start_offset": 0, "label": "ACTOR"}]}, "not whole numbers"),
        ({"id": 1, "text": "a\ud800", "label": []}, "surrogate"),
        ([1], "is not an object"),
    ],
    "prodigy": [
        ({"text": "a", "answer": "maybe"}, 'unknown answer "maybe"'),
        ({"image": "data:", "answer": "accept"}, "no 'text'"),
        ({"text": "a", "answer": "accept", "spans": {}}, "`spans` is not a list"),
        ({"text": "a", "answer": "accept", "spans": ["x"]}, "span 1 is not an object"),
        ({"text": "a", "answer": "accept", "spans": [{"points": []}]}, "not whole numbers"),
        ({"text": "ab", "answer": "accept", "spans": [{"start": 0, "end": 1, "label": "ACTOR", "text": "b"}]}, "says 'b'"),
    ],
    "argilla": [
        ({"fields": {"a": "x", "b": "y"}, "responses": {}}, "several fields may be the text: a, b"),
        ({"fields": {}, "responses": {}}, "no field with a text"),
        ({**V1, "prediction": None, "annotation": [["ACTOR"]]}, "is not a span"),
    ],
    "potato": [
        ({**POTATO, "span_annotations": ["x"]}, "span 1 is not an object"),
        ({"instance_id": "1", "user_id": "u", "spans": {}}, r"the file has no texts.* `restore`"),
        ({**POTATO, "id": None, "span_annotations": []}, "the instance has no id"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "item", "message"), [(form, *case) for form, cases in BROKEN.items() for case in cases]
)
def test_broken_lines_are_refused_with_their_line(form: str, item: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    good = {"doccano": {"id": 7, "text": "b", "label": []}, "prodigy": {"text": "b", "answer": "accept"}}
    first = good.get(
        form,
        {"argilla": {**FIELDS, "responses": {}}, "potato": {**POTATO, "id": "7", "span_annotations": []}}.get(form),
    )
    path.write_text("".join(json.dumps(each) + "\n" for each in (first, item)))
    with pytest.raises(DataError, match=message) as refused:
        read(path, form)
    assert refused.value.problems[0].path == str(path) and refused.value.problems[0].line == 2


def test_prodigy_tokens_state_the_words(tmp_path: Path) -> None:
    path, at = tmp_path / "x.jsonl", 0
    tokens: list[dict[str, Any]] = []
    for word in TEXT.split(" "):
        tokens.append({"text": word, "start": at, "end": at + len(word), "id": len(tokens), "ws": True})
        at += len(word) + 1
    tokens[-1]["ws"] = False
    span = {"token_start": 2, "token_end": 2, "label": "LOCATION"}
    for own in (span, {**span, "start": 14, "end": 18}):
        path.write_text(json.dumps({**PRODIGY, "tokens": tokens, "spans": [own]}))
        (document,) = read(path, "prodigy")
        assert document.surface(document.spans[0]) == "Sarn"
    path.write_text(json.dumps({**PRODIGY, "tokens": tokens, "spans": [{**span, "start": 9, "end": 13}]}))
    with pytest.raises(DataError, match="says 'Sarn', but the text has 'left'"):
        read(path, "prodigy")


def test_prodigy_spans_are_placed_by_tokens_of_another_text(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    words = ("Ada", "'", "s", "😊", "Goma", ".")
    starts = [0, 4, 6, 8, 11, 16]  # a blank after each token, in UTF-16 code units
    tokens = [{"text": w, "start": n, "end": n + len(w), "ws": True} for w, n in zip(words, starts, strict=True)]
    spans = [{"start": 11, "end": 15, "label": "A"}, {"token_start": 0, "token_end": 2, "label": "A"}]
    task = {"text": "Ada's 😊 Goma.", "tokens": tokens, "answer": "accept"}
    path.write_text(json.dumps({**task, "spans": spans}))
    report = ReadReport()
    (document,) = read_any(path, SCHEME, report, name="prodigy", labels=LabelMap({"A": "ACTOR"}))
    assert [document.surface(span) for span in document.spans] == ["Ada's", "Goma"]
    assert report.changed.counts == {"spans placed by their tokens, as their bounds are of another text": 2}
    for wrong in (
        {"start": 11, "end": 14, "label": "A"},
        {"label": "A"},
        {"token_start": 5, "token_end": 6, "label": "A"},
    ):
        path.write_text(json.dumps({**task, "spans": [wrong]}))
        with pytest.raises(DataError, match="not those of tokens, which are of another text"):
            read(path, "prodigy")


def test_potato_folders_and_tables_name_annotators(tmp_path: Path) -> None:
    work = json.dumps({**POTATO, "label_annotations": {}, "span_annotations": MARKED}) + "\n"
    for user in ("ann", "ben"):
        (tmp_path / "out" / user).mkdir(parents=True)
        (tmp_path / "out" / user / "annotated_instances.jsonl").write_text(work)
    assert [form.name for form in matching_formats(tmp_path / "out")] == ["potato"]
    documents = read(tmp_path / "out", "", passes=True)
    assert [(d.id, d.layer.annotator, len(d.spans)) for d in documents] == [("1", "ann", 4), ("1", "ben", 4)]
    (tmp_path / "out" / "ann" / "annotation_order.txt").write_text("1\n")
    (document,) = read(tmp_path / "out" / "ann" / "annotated_instances.jsonl", "")
    assert document.layer.annotator == "ann"
    everybody = tmp_path / "annotated_instances.jsonl"
    everybody.write_text(work * 2)
    with pytest.raises(DataError, match=r"does not say who annotated it.* folder"):
        read(everybody, "potato")
    table = tmp_path / "x.tsv"
    header = "user\tinstance_id\tdisplayed_text\tmood:::bad\tspan_annotation:::ACTOR\tspan_annotation:::DATE\n"
    table.write_text(
        header + f"ann\t1\t{TEXT}\ttrue\t{MARKED[:1]!r}\t[]\nben\t1\t{TEXT}\t\t[]\t{MARKED[2:3]!r}\n", "utf-8"
    )
    assert [form.name for form in matching_formats(table)] == ["potato"]
    assert [[s.label for s in d.spans] for d in read(table, "", passes=True)] == [["ACTOR"], ["DATE"]]
    table.write_text(header + f"ann\t1\t{TEXT}\ttrue\t__import__('os')\t[]\n", "utf-8")
    with pytest.raises(DataError, match="is not a list of spans"):
        read(table, "potato")
    with pytest.raises(UsageError, match="`encoding` has no effect on JSON"):
        read(everybody, "potato", encoding="latin-1")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_files_with_a_mark_of_their_encoding_are_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": TEXT, "label": TRIPLES}, ensure_ascii=False), encoding=encoding)
    assert [form.name for form in matching_formats(path)] == ["doccano"]
    (document,) = read_any(path, SCHEME, ReadReport())
    assert {span.label: document.surface(span) for span in document.spans} == WORDS


def test_another_encoding_is_told_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes('{"text": "Émeute", "label": [[0, 6, "ACTOR"]]}'.encode("latin-1"))
    with pytest.raises(DataError, match=r"is not UTF-8\. Fix: save the file as UTF-8"):
        list(read_any(path, SCHEME, ReadReport()))


def test_other_files_are_not_recognised(tmp_path: Path) -> None:
    others = [
        {"id": "a", "text": "x", "spans": []},
        {"id": "a", "text": "x", "entities": [{"start": 0, "end": 1, "label": "A"}]},
        {"id": "a", "text": "x", "entities": [{"entity_group": "A", "word": "x", "start": 0, "end": 1}]},
        {"id": "a", "tokens": ["x"], "ner_tags": [0]},
        {"id": 1, "text": "x", "label": [{"start": 0, "end": 1, "text": "x", "labels": ["A"]}], "annotator": 1},
        {"id": 1, "data": {"text": "x"}, "annotations": [{"result": []}]},
        {"text": "x", "label": {"A": {"x": [[0, 0]]}}},
        {"text": "x", "extractions": [], "document_id": "a"},
        {"tokenized_text": ["x"], "ner": [[0, 0, "A"]]},
        {"text": "x", "ents": [{"start": 0, "end": 1, "label": "A"}], "tokens": []},
        {"text": "x", "label": 1},
        {"text": "x", "label": []},
    ]
    path = tmp_path / "x.jsonl"
    for item in others:
        path.write_text(json.dumps(item) + "\n")
        sample = FileSample(path)
        names = ["doccano", "prodigy", "argilla", "potato", "spans"]
        assert [name for name in names if readers()[name].recognises(sample)] == [], item


def test_every_format_says_what_it_holds_and_knows() -> None:
    for name in ("doccano", "prodigy", "argilla", "potato"):
        assert "passes" in readers()[name].read_options and "annotators" in readers()[name].holds
