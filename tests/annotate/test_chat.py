"""The extractor `llm` against a service on loopback that speaks the chat protocol, and fails in all the usual ways."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.adapters.llm_schema import AnswerFormat, Quote, read_answer
from goldspan.annotate.rules.document_reader import split_text
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.corpus.spans.quote_alignment import align_quotes
from goldspan.schema import (
    DataError,
    DependencyError,
    Document,
    Metadata,
    RecordCodec,
    Scheme,
    UsageError,
    canonical_json,
    parse_scheme,
)
from tests.conftest import Run, record, write_lines
from tests.schema.test_scheme_file import DISASTER

TEXT = "Iran struck Iraq. “Iran’s  act of war,” said Iraq on Friday."

ALIGNED = {
    "in order": (["Iran", "Iraq", "Iran", "Iraq"], [(0, 4), (12, 16), (19, 23), (45, 49)]),
    "out of order": (["Friday", "Iran"], [(53, 59), (0, 4)]),
    "once more than it occurs": (["Friday", "Friday"], [(53, 59), None]),
    "not in the text": (["Syria", "", "Ira"], [None, None, None]),
    "other blanks and apostrophes": (["Iran's act of war"], [(19, 37)]),
    "signs of patterns": (["(.*)", "war,”"], [None, (34, 39)]),
}


@pytest.mark.parametrize(("quotes", "places"), ALIGNED.values(), ids=ALIGNED)
def test_quotes_are_found(quotes: list[str], places: list[tuple[int, int] | None]) -> None:
    assert align_quotes(TEXT, quotes) == places


def completion(content: Any, **choice: Any) -> bytes:
    text = content if isinstance(content, str) else json.dumps(content)
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 100, "completion_tokens": 7}
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop", **choice}], "usage": usage}).encode()


class _Model(BaseHTTPRequestHandler):
    """Marks every "Iran" of the question, unless the mood is another; a number is a status, a list its own spans."""

    moods: ClassVar[list[str | list[dict[str, Any]]]] = []
    asked: ClassVar[list[dict[str, Any]]] = []
    keys: ClassVar[list[str | None]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        self.keys.append(self.headers.get("Authorization"))
        mood = self.moods.pop(0) if self.moods else "well"
        if isinstance(mood, str) and mood.isdigit():
            self.send_response(int(mood))
            self.end_headers()
            self.wfile.write(f"key {self.keys[-1]} is not welcome".encode())
            return
        text = body["messages"][-1]["content"].partition("Text:\n")[2]
        spans = [{"quote": "Iran", "label": "ACTOR"}] * text.count("Iran")
        answers = {
            "well": completion({"spans": spans}),
            "fenced": completion(f"```json\n{json.dumps({'spans': spans})}\n```"),
            "broken": completion('{"spans": [{"quote": "Ir'),
            "prose": completion("Here are the spans you asked for."),
            "cut": completion({"spans": []}, finish_reason="length"),
            "refuse": completion("", message={"refusal": "I cannot", "content": None}),
            "invent": completion({"spans": [*spans, {"quote": "Atlantis", "label": "LOCATION"}]}),
            "html": b"<html>busy</html>",
        }
        answer = answers[mood] if isinstance(mood, str) else completion({"spans": mood})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("GOLDSPAN_LLM_URL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOLDSPAN_LLM_KEY", "sk-secret")
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    thread = Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    for kept in (_Model.moods, _Model.asked, _Model.keys):
        kept.clear()
    yield f"http://127.0.0.1:{httpd.server_address[1]}/v1"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def spec(endpoint: str, cache: Path, *more: str) -> str:
    return ",".join([f"llm:tiny/model:1,url={endpoint},cache={cache},retries=2", *more])


def document(text: str = "Iran spoke; Iran left.") -> Document:
    return Document(id="a", text=text, meta=Metadata(published="2024-12-10"), spans=())


@pytest.mark.parametrize("moods", [["well"], ["429", "500", "well"], ["broken", "prose", "well"], ["fenced"], ["html", "cut", "well"]], ids=" ".join)  # fmt: skip
def test_a_model_is_an_extractor_and_passing_faults_are_passed(
    scheme: Scheme, endpoint: str, tmp_path: Path, moods: list[str]
) -> None:
    _Model.moods.extend(moods)
    extractor = load_extractor(spec(endpoint, tmp_path), scheme)
    [spans] = extractor.extract([document()])
    assert [(s.start, s.end, s.label) for s in spans] == [(0, 4, "ACTOR"), (12, 16, "ACTOR")]
    assert spans[0].value == scheme.value("ACTOR", kind="state", id="IRN")
    assert len(_Model.asked) == len(moods)
    asked = _Model.asked[0]
    assert asked["model"] == "tiny/model:1"
    assert "A5 Countries as actors" in asked["messages"][0]["content"]
    assert asked["messages"][1]["content"].startswith("Published: 2024-12-10")
    assert asked["response_format"]["json_schema"]["schema"]["properties"]["spans"]


def test_a_model_is_told_the_language_and_asked_of_english_as_ever(
    scheme: Scheme, endpoint: str, tmp_path: Path
) -> None:
    extractor = load_extractor(spec(endpoint, tmp_path), scheme)
    heads = {"de-AT": "Language: German (de-AT)\n", "my": "Language: Burmese (my)\n", "en-GB": "", None: ""}
    for number, (tag, head) in enumerate(heads.items()):
        asked = Document(id="a", text=f"Iran {number}.", meta=Metadata(language=tag), spans=())
        extractor.extract([asked])
        assert _Model.asked[number]["messages"][1]["content"] == f"{head}Text:\nIran {number}."


def test_a_quote_may_be_a_part_of_a_word_where_words_are_written_together() -> None:
    text = "وحلب، ثم حلب. 青河村 ကို"
    assert align_quotes(text, ["حلب", "حلب", "حلب"]) == [(9, 12), (1, 4), None]
    assert align_quotes(text, ["河村", "က"]) == [(15, 17), None]


def test_long_texts_are_split_at_the_ends_of_sentences_of_all_scripts() -> None:
    for end in ("။ ", "。", "؟ ", "। ", "۔ "):
        text = ("\u1000\u102d" * 7 + end) * 4
        pieces = [text[start:stop] for start, stop in split_text(text, 20)]
        assert "".join(pieces) == text and all(piece.endswith(end) for piece in pieces)
    cut = [start for start, _ in split_text("\u1000\u102d" * 30, 21)]
    assert cut == [0, 20, 40]  # not between a letter and its mark


def test_a_second_run_asks_nothing_and_gives_the_same(goldspan: Run, endpoint: str, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", record("a", "Iran spoke."), record("b", ""))
    for name in ("one", "two"):
        out = tmp_path / f"{name}.jsonl"
        ran = goldspan("annotate", source, "--extractor", spec(endpoint, tmp_path / "cache"), "--out", out)
        assert ran.returncode == 0, ran.stderr
        told = "tokens sent: 100" if name == "one" else "answers from the cache: 1"
        assert told in ran.stderr
        assert "sk-secret" not in ran.stderr
    assert len(_Model.asked) == 1
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
    assert not any(b"sk-secret" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_torn_answer_in_the_cache_is_asked_for_again(scheme: Scheme, endpoint: str, tmp_path: Path) -> None:
    load_extractor(spec(endpoint, tmp_path), scheme).extract([document()])
    [kept] = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:20])
    assert load_extractor(spec(endpoint, tmp_path), scheme).extract([document()])[0]
    assert len(_Model.asked) == 2


def test_quotes_that_are_not_in_the_text_are_dropped_and_counted(scheme: Scheme, endpoint: str, tmp_path: Path) -> None:
    _Model.moods.append("invent")
    extractor = load_extractor(spec(endpoint, tmp_path), scheme)
    [outcome] = annotate_documents([document("Iran spoke.")], extractor, scheme)
    assert outcome.problem is None
    assert outcome.tally is not None
    assert outcome.tally["dropped, quotes that are not in the text"] == 1


def test_labels_that_were_not_offered_are_dropped_and_counted(scheme: Scheme, endpoint: str, tmp_path: Path) -> None:
    _Model.moods.append([{"quote": "Iran", "label": "PERSON"}, {"quote": "Iran", "label": "ACTOR"}])
    [outcome] = annotate_documents([document()], load_extractor(spec(endpoint, tmp_path), scheme), scheme)
    assert outcome.problem is None
    assert outcome.tally is not None
    assert outcome.tally["dropped, labelled PERSON"] == 1
    assert [span.label for span in RecordCodec(scheme).decode(outcome.line).spans] == ["ACTOR"]


def chat(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


@pytest.mark.parametrize(
    "content",
    [
        '```{"spans": []}```',
        'Here they are:\n```json\n{"spans": []}\n```\nNote that I left out dates.',
        '\n{"spans": []}',
    ],
)
def test_json_is_read_in_and_out_of_a_fence(content: str) -> None:
    assert read_answer(chat(content)) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"[" * 300_000,
        chat('{"spans": ' + "[" * 300_000),
        chat('{"spans": [{"quote": null, "label": "ACTOR"}]}'),
        chat('{"spans": [{"quote": "Iran", "label": 5}]}'),
        chat('{"spans": {}}'),
        chat("[]"),
        b'{"choices": []}',
        b'{"choices": [{}]}',
    ],
    ids=[
        "nested answer",
        "nested content",
        "no quote",
        "label is a number",
        "no list",
        "no object",
        "empty",
        "no message",
    ],
)
def test_an_answer_of_another_shape_is_refused(answer: bytes) -> None:
    with pytest.raises(DataError):
        read_answer(answer)


def test_a_whole_number_with_a_point_is_an_integer(scheme: Scheme) -> None:
    form = AnswerFormat(scheme, {label: label for label in scheme.labels}, values=True)
    value = form.value(Quote("two", "COUNT", {"min": 2.0, "max": 2.0, "unit": "killed"}))
    assert value == scheme.value("COUNT", min=2, max=2, unit="killed")
    with pytest.raises(DataError):
        form.value(Quote("two", "COUNT", {"min": 2.5}))


FAULTS = {
    "refuse": (["refuse"] * 3, "the model refused: I cannot"),
    "prose": (["prose"] * 3, "not the JSON asked for"),
    "cut": (["cut"] * 3, "cut off"),
    "status": (["401"], r"status 401: key Bearer \[secret\] is not welcome"),
}


@pytest.mark.parametrize(("moods", "message"), FAULTS.values(), ids=FAULTS)
def test_a_model_that_fails_is_reported(
    scheme: Scheme, endpoint: str, tmp_path: Path, moods: list[str], message: str
) -> None:
    _Model.moods.extend(moods)
    [outcome] = annotate_documents([document()], load_extractor(spec(endpoint, tmp_path), scheme), scheme)
    assert outcome.problem is not None
    assert re.search(message, outcome.problem.what)
    assert not list(tmp_path.iterdir())


def test_a_long_text_is_asked_in_pieces_without_shifting_an_offset(
    scheme: Scheme, endpoint: str, tmp_path: Path
) -> None:
    text = "".join(f"Nothing was said of it on day {day}. " for day in range(30)) + "Iran spoke."
    [spans] = load_extractor(spec(endpoint, tmp_path, "piece=300"), scheme).extract([document(text)])
    assert len(_Model.asked) > 2
    assert [(text[s.start : s.end], s.start) for s in spans] == [("Iran", text.index("Iran"))]


def test_an_endpoint_must_be_named_and_be_there(scheme: Scheme, endpoint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs an endpoint"):
        load_extractor("llm:m", scheme)
    gone = load_extractor(f"llm:m,url=http://127.0.0.1:9/v1,retries=0,cache={tmp_path}", scheme)
    with pytest.raises(DependencyError, match="no response"):
        gone.extract([document()])


VALUED = [
    {"quote": "Iran", "label": "ACTOR", "value": {"kind": "state", "id": "own-iran"}},
    {"quote": "two days", "label": "COUNT", "value": {"min": 2, "max": 2, "approx": None, "unit": "other"}},
    {
        "quote": "Kyiv",
        "label": "LOCATION",
        "value": {"kind": "planet", "id": None, "lat": 1, "lon": 1, "country": None},
    },
    {"quote": "Iraq", "label": "LOCATION", "value": {"kind": None, "id": None, "lat": 91, "lon": 0, "country": None}},
    {"quote": "Friday", "label": "DATE", "value": {"edtf": "last week"}},
    {"quote": "Syria", "label": "LOCATION", "value": "a country"},
    {"quote": "Russia", "label": "ACTOR", "value": None},
    {"quote": "Chad", "label": "ACTOR", "value": {"kind": None, "id": None}},
    {"quote": "Sudan", "label": "ACTOR"},
]
VALUED_TEXT = "Iran took two days to Kyiv and Iraq on Friday. Syria, Russia, Chad, Sudan."


def test_a_models_values_are_taken_where_the_scheme_takes_them(scheme: Scheme, endpoint: str, tmp_path: Path) -> None:
    expected = {
        "Iran": scheme.value("ACTOR", kind="state", id="own-iran"),
        "two days": scheme.value("COUNT", min=2, max=2, unit="other"),
    }
    for fill in ("false", "true"):
        _Model.moods.append(VALUED)
        extractor = load_extractor(spec(endpoint, tmp_path / fill, "values=true", f"fill={fill}"), scheme)
        [outcome] = annotate_documents([document(VALUED_TEXT)], extractor, scheme)
        assert outcome.problem is None
        assert outcome.tally is not None
        assert outcome.tally["dropped, values that the scheme refuses"] == 4
        read = {VALUED_TEXT[s.start : s.end]: s.value for s in RecordCodec(scheme).decode(outcome.line).spans}
        assert len(read) == len(VALUED)
        assert {name: value for name, value in read.items() if name in expected} == expected
        filled = {name for name, value in read.items() if value is not None and name not in expected}
        assert filled == (set() if fill == "false" else {"Kyiv", "Iraq", "Friday", "Syria", "Russia", "Chad", "Sudan"})
        if fill == "true":
            assert read["Chad"] == scheme.value("ACTOR", kind="state", id="TCD")


def test_an_id_that_the_model_leaves_open_is_looked_up_unless_nothing_is_filled_in(
    scheme: Scheme, endpoint: str, tmp_path: Path
) -> None:
    stated = {"kind": "settlement", "id": None, "lat": None, "lon": None, "country": "AFG"}
    for fill, known in (("true", "geonames:1138958"), ("false", None)):
        _Model.moods.append([{"quote": "Kabul", "label": "LOCATION", "value": stated}])
        extractor = load_extractor(spec(endpoint, tmp_path / fill, "values=true", f"fill={fill}"), scheme)
        [[span]] = extractor.extract([document("Shells hit Kabul.")])
        assert getattr(span.value, "id") == known  # noqa: B009 - values have the fields of a scheme
        assert ("+ids" in extractor.version) == (fill == "true")


def test_values_are_asked_for_by_the_schemes_fields_and_only_when_wanted(
    scheme: Scheme, endpoint: str, tmp_path: Path
) -> None:
    import jsonschema

    versions = set()
    for values in ("true", "false"):
        _Model.moods.append(VALUED)
        extractor = load_extractor(spec(endpoint, tmp_path, f"values={values}", "fill=false"), scheme)
        [spans] = extractor.extract([document(VALUED_TEXT)])
        assert any(span.value is not None for span in spans) == (values == "true")
        versions.add(extractor.version)
    assert len(versions) == 2
    assert len(_Model.asked) == 2  # another question: the answer with values is not taken for the one without
    schemas = [asked["response_format"]["json_schema"]["schema"] for asked in _Model.asked]
    assert "In its value, lat, lon: " in _Model.asked[0]["messages"][0]["content"]
    for made in schemas:
        jsonschema.Draft202012Validator.check_schema(made)
        for part in objects(made):
            assert part["additionalProperties"] is False
            assert sorted(part["required"]) == sorted(part["properties"])
    good = [VALUED[0], VALUED[1], VALUED[3], VALUED[6]]
    validators = [jsonschema.Draft202012Validator(made) for made in schemas]
    assert validators[0].is_valid({"spans": good})
    assert not any(validators[0].is_valid({"spans": [VALUED[number]]}) for number in (2, 5, 8))
    assert validators[1].is_valid({"spans": [VALUED[8]]})
    assert not validators[1].is_valid({"spans": [VALUED[6]]})


def test_the_question_stays_the_same_to_the_byte_so_that_paid_answers_are_found_in_the_cache() -> None:
    scheme = parse_scheme(DISASTER)
    names = {"hazard": "HAZARD", "LOSS": "LOSS", "other": ""}
    string, closed = {"type": ["string", "null"]}, {"additionalProperties": False, "type": "object"}
    hazard = {
        "properties": {"type": {**string, "enum": ["flood", "storm", "quake", None]}, "strength": string},
        "required": ["type", "strength"],
        **closed,
    }
    whole = {"type": ["integer", "null"]}
    loss = {
        "properties": {"min": whole, "max": whole, "approx": {"type": ["boolean", "null"]}},
        "required": ["min", "max", "approx"],
        **closed,
    }

    def quote(labels: list[str], **value: Any) -> dict[str, Any]:
        properties = {"quote": {"type": "string"}, "label": {"type": "string", "enum": labels}, **value}
        return {"properties": properties, "required": list(properties), **closed}

    null = {"type": "null"}
    valued = [
        quote(["hazard"], value={"anyOf": [null, hazard]}),
        quote(["LOSS"], value={"anyOf": [null, loss]}),
        quote(["other"], value=null),
    ]
    for values, item in ((True, {"anyOf": valued}), (False, quote(list(names)))):
        answer = {"properties": {"spans": {"type": "array", "items": item}}, "required": ["spans"], **closed}
        assert canonical_json(AnswerFormat(scheme, names, values=values).schema) == canonical_json(answer)


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """The objects that a JSON Schema describes, at any depth."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            yield from objects(item)


@pytest.mark.parametrize("values", ["true", "false"])
def test_with_a_map_the_model_is_offered_the_maps_labels(
    scheme: Scheme, endpoint: str, tmp_path: Path, values: str
) -> None:
    labels = tmp_path / "map.toml"
    labels.write_text('Group = "ACTOR"\nPerson = "ACTOR"\nMoney = ""\n"*" = ""\n', encoding="utf-8")
    given = {"kind": "person", "id": "someone"}
    _Model.moods.append(
        [
            {"quote": "Iran", "label": "Group", "value": given},
            {"quote": "two days", "label": "Money", "value": None},
            {"quote": "Friday", "label": "Day", "value": None},
        ]
    )
    extractor = load_extractor(
        spec(endpoint, tmp_path / "cache", f"map={labels}", f"values={values}", "fill=false"), scheme
    )
    [outcome] = annotate_documents([document(VALUED_TEXT)], extractor, scheme)
    assert outcome.tally is not None
    assert (outcome.tally["dropped, labelled Money"], outcome.tally["dropped, labelled Day"]) == (1, 1)
    [span] = RecordCodec(scheme).decode(outcome.line).spans
    assert (span.start, span.label) == (0, "ACTOR")
    assert span.value == (scheme.value("ACTOR", **given) if values == "true" else None)
    [asked] = _Model.asked
    offered = json.dumps(asked["response_format"])
    assert all(f'"{name}"' in offered for name in ("Group", "Person", "Money"))
    assert '"ACTOR"' not in offered
    assert '"*"' not in offered
    assert "- Group (ACTOR): Who acts" in asked["messages"][0]["content"]


def test_a_map_that_offers_nothing_is_refused(scheme: Scheme, endpoint: str, tmp_path: Path) -> None:
    labels = tmp_path / "map.toml"
    labels.write_text('"*" = "ACTOR"\n', encoding="utf-8")
    with pytest.raises(UsageError, match="has no label to offer"):
        load_extractor(spec(endpoint, tmp_path, f"map={labels}"), scheme)


OVEN = """
name = "recipes"
version = 3
title = "Recipes"
description = "What cooks write down."
guidelines = "1.2"

[spans]
overlap = true

[labels.INGREDIENT]
definition = "What goes into the bowl."
not_first = ["some"]
examples = ["a pinch of [salt]"]

[labels.INGREDIENT.fields]
taste = { type = "choice", choices = ["sweet", "salty"] }
origin = { type = "text", definition = "Where it was bought." }

[labels.DATE]
definition = "A fruit of the palm."
"""
CONFLICT_NEWS = re.compile(
    r"conflict|\barmed|\bwar\b|ACTOR|LOCATION|\bCOUNT\b|IRN|GeoNames|militia|attack|killed|news|EDTF", re.I
)


def question(scheme: Scheme, endpoint: str, cache: Path, *more: str) -> str:
    """All that a model is sent about a text, the text aside."""
    _Model.asked.clear()
    _Model.moods.append([])
    load_extractor(spec(endpoint, cache, *more), scheme).extract([document("A pinch of salt.")])
    return json.dumps(_Model.asked[0], ensure_ascii=False)


@pytest.mark.parametrize("values", ["true", "false"])
def test_the_question_is_made_of_the_scheme_and_of_nothing_else(endpoint: str, tmp_path: Path, values: str) -> None:
    asked = question(parse_scheme(OVEN), endpoint, tmp_path, f"values={values}")
    said = [
        "Recipes",
        "What cooks write down",
        "What goes into the bowl",
        "a pinch of [salt]",
        "Does not start with: some",
    ]
    said += ["A fruit of the palm", "Spans may overlap", "whole word"]
    fields = ["one of sweet, salty", "Where it was bought"]
    assert all(part in asked for part in said)
    assert all((part in asked) == (values == "true") for part in fields)
    assert CONFLICT_NEWS.search(asked) is None


def test_guidelines_come_with_the_scheme_that_names_them_or_from_a_file(
    scheme: Scheme, endpoint: str, tmp_path: Path
) -> None:
    own = tmp_path / "own.md"
    own.write_text("Weigh everything twice.", encoding="utf-8")
    shipped = "A5 Countries as actors"
    assert shipped in question(scheme, endpoint, tmp_path)
    for chosen in (scheme, parse_scheme(OVEN)):
        asked = question(chosen, endpoint, tmp_path, f"guidelines={own}")
        assert "Weigh everything twice" in asked and shipped not in asked
    # another version of them, or another scheme of the same version: not the ones that goldspan ships
    for name, other in (("version", replace(scheme, guidelines="9.9")), ("name", replace(scheme, name="other"))):
        assert shipped not in question(other, endpoint, tmp_path / name)
