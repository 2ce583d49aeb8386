"""Files of tasks whose regions count otherwise, lie elsewhere or say nothing: read rightly, told, or refused; in process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner

from goldspan.annotate.label_studio.mapping.studio_format import STUDIO
from goldspan.cli.main import app
from goldspan.corpus import read_records
from goldspan.corpus.formats import ReadRequest
from goldspan.corpus.spans.quoted_words import same_words
from goldspan.schema import DataError, Document, Scheme
from tests.corpus.counting import marked_texts, stated_in, trimmed

from .task_files import places

TEXT = "📰📉 Clashes near Goma, Kinshasa said."


def region(start: Any, end: Any, words: str | None, kind: str = "labels", **more: Any) -> dict[str, Any]:
    said = {} if words is None else {"text": words}
    value = {"start": start, "end": end, **said, kind: ["LOCATION"]}
    return {"from_name": "ner", "to_name": "article", "type": kind, "value": value | more}


def task(*results: Any, text: Any = TEXT, **more: Any) -> dict[str, Any]:
    named = [item | {"id": f"r{number}"} if isinstance(item, dict) else item for number, item in enumerate(results)]
    return {"id": 7, "data": {"text": text}, "annotations": [{"id": 1, "completed_by": 1, "result": named}]} | more


def write(tmp_path: Path, *tasks: Any) -> Path:
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return path


def convert(
    tmp_path: Path, *tasks: Any, source: Path | None = None
) -> tuple[list[Document], list[str], dict[str, Any]]:
    """What `convert --json` makes of tasks, what it says, and its result; raises what it refuses."""
    out = tmp_path / "out.jsonl"
    path = source or write(tmp_path, *tasks)
    done = CliRunner().invoke(app, ["convert", str(path), "--from", "studio", "--out", str(out), "--json"])
    if done.exception is not None:
        assert not out.exists()
        raise done.exception
    from goldspan.schema import conflict_scheme

    return list(read_records(out, conflict_scheme())), done.stderr.splitlines(), json.loads(done.stdout)


def test_another_unit_is_found_told_and_counted(tmp_path: Path) -> None:
    documents, said, result = convert(
        tmp_path, task(region(18, 22, "Goma"), region(24, 32, None)), task(region(18, 22, None), id=8)
    )
    assert [places(d) for d in documents] == [[("Goma", "LOCATION"), ("Kinshasa", "LOCATION")], [("Goma", "LOCATION")]]
    assert said == [
        "offsets in UTF-16 code units converted to code points: 3 spans in 2 documents (first in 'task-7'); "
        "2 of them state no text, and were converted like those that do"
    ]
    assert result["moved"] == {"UTF-16 code units": 3}


def test_every_region_that_does_not_fit_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        convert(tmp_path, task(region(3, 7, "Goma"), region(16, 20, "Goma"), region(90, 99, "Goma")), task(id=8))
    first, second = refused.value.lines
    assert (
        "tasks.json:1: document 'task-7': task 7: region 'r0' says 'Goma', but the text has 'Clas' at [3, 7)" in first
    )
    assert f"region 'r2' [90, 99) is not in the text, which has {len(TEXT)} code points (it says 'Goma')" in second


@given(drawn=marked_texts())
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_words_lead_to_the_very_spans_or_a_refusal(drawn: Any, tmp_path: Path, scheme: Scheme) -> None:
    text, spans, unit = drawn
    regions = [region(*stated_in(unit, text, *at), text[slice(*at)].replace("\n", "\\n")) for at in spans]
    path = write(tmp_path, task(*regions, text=text))
    try:
        [document] = STUDIO.read(path, ReadRequest(scheme))
    except DataError:
        return
    stated = [stated_in(unit, text, *at) for at in spans]
    as_stated = all(
        0 <= start < end <= len(text) and same_words(text[slice(*at)], text[start:end])
        for at, (start, end) in zip(spans, stated, strict=True)
    )
    expected = sorted(trimmed(text, *at) for at in (stated if as_stated else spans))
    assert [(span.start, span.end) for span in document.spans] == expected


OLD = {"id": 7001, "created_at": 1609789589, "lead_time": 72.5}
PAGE = {"startOffset": 0, "endOffset": 4}
PLAIN = "Rebels left Goma."
READ: dict[str, tuple[Any, list[tuple[str, str]]]] = {
    "completions": (
        {"data": {"text": PLAIN}, "completions": [{**OLD, "result": [region(12, 16, "Goma")]}]},
        [("Goma", "LOCATION")],
    ),
    "htmllabels": (task(region(12, 16, "Goma", "htmllabels"), text=PLAIN), [("Goma", "LOCATION")]),
    "hypertextlabels with offsets of the page": (
        task(region("/p[1]", "/p[1]", "Goma", "hypertextlabels", **PAGE, globalOffsets={"start": 12, "end": 16}), text=PLAIN),
        [("Goma", "LOCATION")],
    ),
    "blanks that the words have lost": (task(region(0, 12, "Rebels left"), text="Rebels\t\nleft"), [("Rebels\t\nleft", "LOCATION")]),
    "escaped line ends": (task(region(0, 11, r"Rebels\nleft"), text="Rebels\nleft"), [("Rebels\nleft", "LOCATION")]),
    "a text under another key": (
        task(region(12, 16, "Goma"), data={"headline": "Goma has fallen today", "body": PLAIN}),
        [("Goma", "LOCATION")],
    ),
    "a text beside another one called text": (
        task(region(12, 16, "Goma"), data={"text": "A headline of the day", "body": PLAIN}),
        [("Goma", "LOCATION")],
    ),
    "nothing found by a person": (task(text=PLAIN), []),
}  # fmt: skip


@pytest.mark.parametrize(("made", "found"), READ.values(), ids=READ)
def test_work_of_other_versions_is_read_without_a_word(made: Any, found: list[Any], tmp_path: Path) -> None:
    [document], said, result = convert(tmp_path, made)
    assert places(document) == found and said == []
    assert result["left_out"] == result["without_spans"] == result["moved"] == {}


def test_an_old_completion_has_its_time(tmp_path: Path) -> None:
    [document], _, _ = convert(tmp_path, READ["completions"][0])
    assert document.layer is not None and document.layer.created == "2021-01-04T19:46:29Z"


def test_a_time_with_an_offset_is_told_in_utc(tmp_path: Path) -> None:
    made = task(text=PLAIN)
    made["annotations"][0]["created_at"] = "2024-05-01T01:30:00.5+02:00"
    [document], _, _ = convert(tmp_path, made)
    assert document.layer is not None and document.layer.created == "2024-04-30T23:30:00Z"


def taxonomy(start: int, end: int) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": "Goma", "taxonomy": [["LOCATION", "city"]]}
    return {"id": "t", "from_name": "kinds", "to_name": "article", "type": "taxonomy", "value": value}


ADDRESSES = [
    "https://example.org/texts/a.txt",
    "http://localhost:8080/data/upload/3/a.txt?token=x",
    "s3://bucket/texts/a.txt",
    "gs://bucket/a",
    "azure-blob://container/a.json",
    "file:///texts/a.txt",
    "//host/a.txt",
    "/data/local-files/?d=texts/a.txt",
    "/data/upload/3/1b2c-a.txt",
    "texts/a.txt",
    "a.txt",
    r"C:\texts\a.txt",
    "data:text/plain;base64,R29tYQ==",
    " https://example.org/a \n",
]
REFUSED: dict[str, tuple[Any, str]] = {
    "bounds of a page that is markup": (
        task(region(0, 4, "Goma", "hypertextlabels"), text="<p>Goma fell</p>"),
        "offsets in an HTML page, not in the text. says 'Goma', but the text has '<p>G'",
    ),
    "bounds of a page without words": (
        task(region(12, 16, None, "hypertextlabels"), text=PLAIN),
        "offsets in an HTML page, and no words to find it.*Fix: mark the plain text",
    ),
    "bounds of a page alone": (task(region("/p[1]", "/p[1]", "Goma", "hypertextlabels", **PAGE)), "only in an HTML page"),
    "only results of other types": (task(taxonomy(12, 16), text=PLAIN), "none of its results mark labels.*types: taxonomy"),
    "labels of another tag": (task(region(12, 16, "Goma", "timeserieslabels")), "types: timeserieslabels"),
    "labels of a picture": (task(region(None, None, None, "rectanglelabels")), "types: rectanglelabels"),
    "nothing but a draft": (
        {"data": {"text": PLAIN}, "annotations": [], "drafts": [{"id": 1, "result": [region(12, 16, "Goma")]}]},
        "a draft that was never submitted. Fix: submit it",
    ),
    "regions on two texts": (
        task(region(12, 16, "Goma"), region(0, 4, None) | {"to_name": "headline"}, text=PLAIN),
        "several texts .article, headline.",
    ),
    "an empty text": (task(text=" "), "cannot tell which field of its data contains the text"),
    "no text": (task(text=None), "cannot tell which field of its data contains the text"),
    **{
        f"a text at {address}": (task(region(0, 2, address.strip()[:2]), text=address), "contains an address.*Fix: put the text itself")
        for address in ADDRESSES
    },
    "an address without an annotation": ({"data": {"text": ADDRESSES[0]}}, "contains an address"),
}  # fmt: skip


@pytest.mark.parametrize(("made", "why"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_proved_is_refused_with_a_way_out(made: Any, why: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=why) as refused:
        convert(tmp_path, made)
    assert all(problem.fix for problem in refused.value.problems)


def test_bounds_that_are_none_are_listed_at_once_and_regions_without_ids_are_their_own(tmp_path: Path) -> None:
    results = [region(0, None, "..."), region("12", "16", "Goma"), region(12, 16, "Goma")]
    broken = {"data": {"text": PLAIN}, "predictions": [{"model_version": "ner", "result": results}]}
    with pytest.raises(DataError) as refused:
        convert(tmp_path, broken)
    assert [line.partition("task 1: ")[2].partition(" has")[0] for line in refused.value.lines] == [
        "region '#1'",
        "region '#2'",
    ]
    broken["predictions"] = [{"model_version": "ner", "result": [results[2], region(0, 6, "Rebels")]}]
    [document], _, _ = convert(tmp_path, broken)
    assert places(document) == [("Rebels", "LOCATION"), ("Goma", "LOCATION")]


CHOICE = {"from_name": "topic", "to_name": "article", "type": "choices", "value": {"choices": ["war"]}}
ANNOTATION = task(region(12, 16, "Goma"), text=PLAIN)["annotations"][0]
TOLD: dict[str, tuple[Any, str]] = {
    "nobody annotated it": ({"data": {"text": PLAIN}, "predictions": [4]}, "read without spans: tasks that nobody annotated: 1"),
    "a skipped task": (
        {"data": {"text": PLAIN}, "annotations": [{**ANNOTATION, "was_cancelled": True}]},
        "left out: regions of skipped tasks: 1 | read without spans: tasks that their annotator skipped: 1",
    ),
    "a skipped old completion": (
        {"data": {"text": PLAIN}, "completions": [{"id": 1, "skipped": True, "result": []}]},
        "read without spans: tasks that their annotator skipped: 1",
    ),
    "an answer on the whole text": (task(CHOICE, text=PLAIN), "read without spans: tasks whose results mark no text: 1"),
    "results of other types beside regions": (
        task(region(12, 16, "Goma"), taxonomy(0, 6), text=PLAIN),
        "left out: results of type taxonomy, which mark no labels on a text: 1",
    ),
    "an older annotation": (
        {"data": {"text": PLAIN}, "annotations": [ANNOTATION, {**ANNOTATION, "id": 2}]},
        "left out: older annotations of the same person: 1",
    ),
    "annotations of people without names": (
        {"data": {"text": PLAIN}, "completions": [{"id": 1, "result": []}, {"id": 2, "result": []}]},
        "left out: older annotations: 1",
    ),
    "cancelled ones, drafts and predictions": (
        {
            "data": {"text": PLAIN},
            "annotations": [ANNOTATION, {**ANNOTATION, "completed_by": 2, "was_cancelled": True}],
            "drafts": [{"id": 1, "result": [CHOICE]}],
            "predictions": [{"model_version": "ner", "result": []}],
        },
        "left out: cancelled annotations: 1 | left out: drafts: 1 | left out: predictions beside annotations: 1",
    ),
    "remarks on regions": (
        task(region(12, 16, "Goma") | {"meta": {"text": ["or Goma airport?"]}}, text=PLAIN),
        "left out: remarks on regions: 1",
    ),
    "regions that the scheme does not allow": (
        task(region(12, 16, "Goma"), region(7, 16, "left Goma"), text=PLAIN),
        "see `goldspan corpus check`: spans that overlap, which conflict-news@1 does not allow: 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("made", "told"), TOLD.values(), ids=TOLD)
def test_what_is_not_in_the_record_is_told_with_its_document(made: Any, told: str, tmp_path: Path) -> None:
    _, said, result = convert(tmp_path, {"id": 7, **made})
    assert [line.replace("; first: 'left Goma' and 'Goma'", "") for line in said] == [
        f"{line} (in 'task-7')" for line in told.split(" | ")
    ]
    assert sum(len(result[key]) for key in ("left_out", "without_spans", "broken")) == len(said)


def test_objects_one_after_another_are_read_however_they_are_broken_into_lines(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    tasks = [task(region(12, 16, "Goma"), text=PLAIN, id=number) for number in (1, 2)]
    for text in (
        json.dumps(tasks[0], indent=2),
        "\n".join(json.dumps(item) for item in tasks),
        "\n\n".join(json.dumps(item, indent=1) for item in tasks),
    ):
        path.write_text(text, encoding="utf-8")
        documents, said, _ = convert(tmp_path, source=path)
        assert {tuple(places(document)) for document in documents} == {(("Goma", "LOCATION"),)} and said == []
        (tmp_path / "out.jsonl").unlink()
        path.write_text(text[:-1], encoding="utf-8")
        with pytest.raises(DataError, match="the file is cut off"):
            convert(tmp_path, source=path)


@pytest.mark.parametrize(
    "command",
    [
        ["agree", "{gold}", "{tasks}"],
        ["corpus", "check", "{tasks}"],
        ["convert", "{tasks}", "--from", "jsonl", "--out", "{out}"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("indent", [None, 1])
def test_tasks_where_records_are_wanted_are_known_by_name(
    command: list[str], indent: int | None, tmp_path: Path
) -> None:
    tasks, gold = tmp_path / "tasks.json", tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "a", "text": PLAIN, "spans": []}) + "\n")
    for content in ([task(text=PLAIN)], task(text=PLAIN)):
        tasks.write_text(json.dumps(content, indent=indent))
        names = {"tasks": tasks, "gold": gold, "out": tmp_path / "out.jsonl"}
        done = CliRunner().invoke(app, [part.format(**names) for part in command])
        assert isinstance(done.exception, DataError)
        assert str(done.exception).startswith(
            f"{tasks}: the file holds Label Studio tasks, not records. Fix: convert them with `goldspan convert"
        )
