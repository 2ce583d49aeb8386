"""Adapters, each against the real thing: a trained spaCy pipeline, programs, a service on loopback."""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.adapters.normalisation import ForeignSpan, PredictionNormalizer
from goldspan.annotate.adapters.services.retrying_service import RetryingService
from goldspan.annotate.adapters.wire_format import WireFormat
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.corpus.inspection.record_checks import check_document
from goldspan.schema import DataError, DependencyError, Document, RecordCodec, Scheme, Span, UsageError, Zone
from tests.conftest import Run, record, write_lines

TEXT = "The US forces left Kyiv on Friday; Iran-backed militias stayed."


def document(text: str = TEXT, *, id: str = "a", zones: tuple[Zone, ...] = ()) -> Document:
    return Document(id=id, text=text, zones=zones, spans=())


def surfaces(spans: list[Span], text: str = TEXT) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.label) for span in spans]


@pytest.fixture
def label_map(tmp_path: Path) -> Path:
    path = tmp_path / "map.toml"
    path.write_text('ORG = "ACTOR"\nGPE = "LOCATION"\nMONEY = ""\n', encoding="utf-8")
    return path


def test_findings_are_tidied_to_the_ground_rules(scheme: Scheme) -> None:
    text = ' "The U.S. forces," he said, left the Kyiv. U.S.'
    found = [
        ForeignSpan(0, 18, "ACTOR"),  # blanks, quotes, an article, a comma
        ForeignSpan(34, 43, "LOCATION"),
        ForeignSpan(44, 48, "ACTOR"),
    ]
    spans = PredictionNormalizer(scheme, fill=False).layer(document(text), found)
    assert surfaces(spans, text) == [("U.S. forces", "ACTOR"), ("Kyiv", "LOCATION"), ("U.S.", "ACTOR")]


def test_what_cannot_be_taken_in_is_dropped_and_counted(scheme: Scheme, label_map: Path) -> None:
    intake = PredictionNormalizer(scheme, map=label_map, fill=False)
    found = [
        ForeignSpan(4, 13, "ORG", 0.5),
        ForeignSpan(4, 6, "ORG", 0.4),  # overlaps a surer one
        ForeignSpan(19, 23, "GPE"),
        ForeignSpan(27, 33, "MONEY"),
        ForeignSpan(33, 35, "ORG"),  # "; "
        ForeignSpan(60, 99, "ORG"),  # past the end
        ForeignSpan(35, 39, "ORG"),  # in a zone
    ]
    spans = intake.layer(document(zones=(Zone(35, 50, "related"),)), found)
    assert surfaces(spans) == [("US forces", "ACTOR"), ("Kyiv", "LOCATION")]
    assert intake.tally == {
        "dropped, labelled MONEY": 1,
        "dropped, overlapping another": 1,
        "dropped, outside the text or without a letter": 2,
        "dropped, in a zone": 1,
    }


def test_a_label_that_nobody_maps_is_refused(scheme: Scheme, label_map: Path) -> None:
    with pytest.raises(UsageError, match="'GPE' is not in the scheme"):
        PredictionNormalizer(scheme, fill=False).layer(document(), [ForeignSpan(0, 3, "GPE")])
    with pytest.raises(DataError, match="no line for 'LOC'"):
        PredictionNormalizer(scheme, map=label_map, fill=False).layer(document(), [ForeignSpan(0, 3, "LOC")])


def test_values_are_filled_where_the_system_gives_none(scheme: Scheme) -> None:
    own = scheme.value("LOCATION", kind="settlement", id="mine")
    found = [ForeignSpan(4, 13, "ACTOR"), ForeignSpan(19, 23, "LOCATION", value=own), ForeignSpan(27, 33, "DATE")]
    spans = PredictionNormalizer(scheme).layer(
        document(), [*found, ForeignSpan(35, 55, "ACTOR"), ForeignSpan(35, 39, "LOCATION")]
    )
    values = {TEXT[span.start : span.end]: span.value for span in spans}
    assert values["US forces"] == scheme.value("ACTOR", kind="military", id="usa-military")
    assert values["Kyiv"] == own
    assert values["Friday"] is None  # no day of publication
    assert values["Iran-backed militias"] == scheme.value("ACTOR", kind="armed_group", id="irn-backed-groups")


PARTS = {  # a system's span, and the value that it may be filled with
    ("at least 20 houses", "at least 20"): (20, None),
    ("at least 20 houses", "20"): None,
    ("no more than 20 houses", "more than 20"): None,
    ("half a dozen houses", "a dozen"): None,
    ("two hundred and five houses", "two hundred"): None,
    ("five gazillion houses", "five gazillion"): None,
}


@pytest.mark.parametrize(("text", "surface"), PARTS, ids=map(" > ".join, PARTS))
def test_a_part_of_an_amount_is_not_filled_as_if_it_were_the_whole(scheme: Scheme, text: str, surface: str) -> None:
    said = f"They burned {text} there."
    start = said.index(surface)
    [filled] = PredictionNormalizer(scheme).layer(document(said), [ForeignSpan(start, start + len(surface), "COUNT")])
    wanted = PARTS[text, surface]
    assert (filled.value and (filled.value.min, filled.value.max)) == wanted


class _Spoilt:
    """An extractor of one's own that cuts words, takes blanks and overlaps itself."""

    name, version = "spoilt", "1"

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        places = [(0, 7), (4, 13), (18, 24), (26, 33), (27, 33), (35, 40)]
        return [[Span(start, end, "ACTOR") for start, end in places] for _ in documents]


def test_what_any_extractor_lets_out_passes_the_check_and_is_told(scheme: Scheme) -> None:
    outcomes = list(annotate_documents([document(id="a"), document(id="b")], _Spoilt(), scheme))
    for outcome in outcomes:
        made = RecordCodec(scheme).decode(outcome.line)
        assert check_document(made, scheme) == []
        assert surfaces(list(made.spans)) == [("US forces", "ACTOR"), ("Kyiv", "ACTOR"), ("Friday", "ACTOR")]
    assert outcomes[0].tally == {
        "put right, bounds": 6,
        "dropped, overlapping another": 2,
        "dropped, there already": 2,
        "dropped, cut at a hyphen or an apostrophe within a word": 2,
    }


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny NER pipeline, trained here on two sentences until it knows them."""
    import spacy
    from spacy.training import Example

    made = spacy.blank("en")
    recogniser: Any = made.add_pipe("ner")
    examples = [
        Example.from_dict(made.make_doc("Iran struck Kyiv today"), {"entities": [(0, 4, "ORG"), (12, 16, "GPE")]}),
        Example.from_dict(made.make_doc("Nothing was said of it"), {"entities": []}),
    ]
    for label in ("ORG", "GPE"):
        recogniser.add_label(label)
    optimiser = made.initialize(lambda: examples)
    for _ in range(30):
        made.update(examples, sgd=optimiser)
    made.meta["name"], made.meta["version"] = "tiny", "0.3"
    folder = tmp_path_factory.mktemp("pipelines") / "tiny"
    made.to_disk(folder)
    return folder


def test_a_spacy_pipeline_is_an_extractor(
    pipeline: Path, goldspan: Run, scheme: Scheme, label_map: Path, tmp_path: Path
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    write_lines(source, record("a", "Iran struck Kyiv today"), record("b", ""))
    ran = goldspan("annotate", source, "--extractor", f"spacy:{pipeline},map={label_map}", "--out", out)
    assert ran.returncode == 0, ran.stderr
    first, second = (json.loads(line) for line in out.read_text(encoding="utf-8").splitlines())
    assert [(s["start"], s["end"], s["label"], s["source"]) for s in first["spans"]] == [
        (0, 4, "ACTOR", "spacy:en_tiny"),
        (12, 16, "LOCATION", "spacy:en_tiny"),
    ]
    assert first["spans"][0]["value"] == {"kind": "state", "id": "IRN"}
    assert first["layer"]["extractor_version"].startswith("0.3+")
    assert second["spans"] == []
    unmapped = goldspan("annotate", source, "--extractor", f"spacy:{pipeline}", "--out", tmp_path / "x.jsonl")
    assert unmapped.returncode == 2
    assert "Fix: map=FILE" in unmapped.stderr


def test_a_group_of_spans_may_be_taken_and_long_texts_keep_their_offsets(scheme: Scheme, tmp_path: Path) -> None:
    import spacy

    made = spacy.blank("en")
    ruler: Any = made.add_pipe("span_ruler", config={"spans_key": "found"})
    ruler.add_patterns([{"label": "ACTOR", "pattern": "Iran"}])
    made.to_disk(tmp_path / "ruled")
    text = "Nothing happened here at all. " * 8000 + "Then Iran spoke."
    for spec in (f"spacy:{tmp_path / 'ruled'}", f"spacy:{tmp_path / 'ruled'},spans=found,fill=false"):
        spans = load_extractor(spec, scheme).extract([document(text)])[0]
        assert surfaces(list(spans), text) == [("Iran", "ACTOR")]


def test_a_pipeline_that_is_none_is_refused(scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="cannot be loaded"):
        load_extractor("spacy:no_such_package", scheme)
    import spacy

    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(UsageError, match="no component"):
        load_extractor(f"spacy:{tmp_path / 'blank'}", scheme)


def answered(scheme: Scheme, text: str, *spans: dict[str, Any]) -> tuple[list[tuple[str, str]], Counter[str]]:
    tally: Counter[str] = Counter()
    line = json.dumps({"id": "a", "text": text, "spans": spans}).encode()
    [found] = WireFormat(scheme, tally).decode(line, [document(text)])
    return [(text[finding.start : finding.end], finding.label) for finding in found], tally


def test_words_that_an_answer_states_show_its_unit(scheme: Scheme) -> None:
    text = "😀 Iran struck Kyiv"
    words = {"start": 3, "end": 7, "label": "ACTOR", "text": "Iran"}
    bare = {"start": 15, "end": 19, "label": "LOCATION"}
    found, tally = answered(scheme, text, words, bare)
    assert found == [("Iran", "ACTOR"), ("Kyiv", "LOCATION")]
    assert tally == {"offsets in UTF-16 code units brought to code points": 2}
    right = {"start": 2, "end": 6, "label": "ACTOR", "text": "Iran"}
    assert answered(scheme, text, right) == ([("Iran", "ACTOR")], {})
    with pytest.raises(DataError, match="document 'a': span 2 says 'Kyiv', but the text has 'struck' at"):
        answered(scheme, text, right, {"start": 7, "end": 13, "label": "LOCATION", "text": "Kyiv"})


PROGRAM = """
import json, sys, time
mood = sys.argv[1]
records = [json.loads(line) for line in sys.stdin.buffer if line.strip()]
assert all(record["spans"] == [] for record in records)
if mood == "crash":
    sys.exit("no model here")
if mood == "hang":
    time.sleep(60)
if mood == "backwards":
    records.reverse()
if mood == "forget":
    records.pop()
if mood == "twice":
    records.append(records[0])
if mood == "babble":
    print("Loading the model")
for record in records:
    if mood == "poison" and "POISON" in record["text"]:
        sys.exit("poisoned")
    at = record["text"].find("Iran")
    if at >= 0:
        record["spans"] = [{"start": at, "end": at + 4, "label": "ACTOR", "score": 0.25}]
        if mood == "beyond":
            record["spans"][0]["end"] += 1000
        if mood == "half":
            record["spans"][0]["start"] = 0.5
    print(json.dumps(record))
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "a program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    return f"{shlex.quote(sys.executable)} {shlex.quote(str(path))}"


@pytest.mark.parametrize("mood", ["well", "backwards"])
def test_a_program_is_an_extractor_whatever_the_order_of_its_answers(scheme: Scheme, program: str, mood: str) -> None:
    extractor = load_extractor(f"command:{program} {mood}", scheme)
    texts = ["Iran spoke.", "So did Iran.", "", "Nobody."]
    layers = extractor.extract([document(text, id=str(number)) for number, text in enumerate(texts)])
    assert [surfaces(list(layer), text) for layer, text in zip(layers, texts, strict=True)] == [
        [("Iran", "ACTOR")],
        [("Iran", "ACTOR")],
        [],
        [],
    ]
    assert layers[0][0].score == 0.25
    assert layers[0][0].value == scheme.value("ACTOR", kind="state", id="IRN")


MOODS = {
    "crash": "status 1: no model here",
    "hang": "no answer within 1 seconds",
    "forget": "lacks 1 of 1 documents",
    "twice": "has a duplicate document id",
    "babble": "line 1 of the response is not a record",
    "half": "no integer start",
}


@pytest.mark.parametrize(("mood", "message"), MOODS.items(), ids=MOODS)
def test_a_program_that_fails_is_reported(scheme: Scheme, program: str, mood: str, message: str) -> None:
    extractor = load_extractor(f"command:{program} {mood},timeout=1", scheme)
    [outcome] = annotate_documents([document()], extractor, scheme)
    assert outcome.problem is not None
    assert message in outcome.problem.what


def test_a_document_that_a_program_cannot_stand_costs_only_itself(scheme: Scheme, program: str) -> None:
    extractor = load_extractor(f"command:{program} poison", scheme)
    documents = [document(text, id=text) for text in ("Iran", "POISON", "Iran again")]
    assert [outcome.problem is None for outcome in annotate_documents(documents, extractor, scheme)] == [
        True,
        False,
        True,
    ]


def test_what_a_program_finds_beyond_the_text_is_dropped_and_said(goldspan: Run, program: str, tmp_path: Path) -> None:
    source, out = write_lines(tmp_path / "in.jsonl", record("a", "Iran")), tmp_path / "out.jsonl"
    ran = goldspan("annotate", source, "--extractor", f"command:{program} beyond", "--out", out)
    assert ran.returncode == 0
    assert "dropped, outside the text or without a letter: 1" in ran.stderr


@pytest.mark.parametrize("call", ["no-such-program-here x", "", "'unclosed"])
def test_a_program_that_is_none_is_refused(scheme: Scheme, call: str) -> None:
    with pytest.raises(UsageError):
        load_extractor(f"command:{call}", scheme)


class _Handler(BaseHTTPRequestHandler):
    """A service with moods: each path is a list of what to do, the last for good."""

    moods: ClassVar[dict[str, list[str]]] = {}
    calls: ClassVar[list[tuple[str, str | None]]] = []

    def do_POST(self) -> None:
        self.calls.append((self.path, self.headers.get("Authorization")))
        body = self.rfile.read(int(self.headers["Content-Length"]))
        left = self.moods[self.path]
        mood = left.pop(0) if len(left) > 1 else left[0]
        if mood.isdigit():
            self.send_response(int(mood))
            self.send_header("Retry-After", "0")
            self.end_headers()
            self.wfile.write(b"not now")
            return
        if mood == "drop":
            self.connection.close()
            return
        records = [json.loads(line) for line in body.splitlines()]
        for item in records:
            item["spans"] = [{"start": 0, "end": 4, "label": "ACTOR"}] if item["text"].startswith("Iran") else []
        answer = b"<html>" if mood == "html" else "\n".join(map(json.dumps, reversed(records))).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    _Handler.calls.clear()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def test_a_service_is_an_extractor_and_passing_faults_are_passed(
    scheme: Scheme, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDSPAN_HTTP_TOKEN", "s3cret")
    _Handler.moods["/x"] = ["429", "500", "well"]
    extractor = load_extractor(f"http:{server}/x,concurrency=1", scheme)
    layers = extractor.extract([document("Iran spoke.", id="1"), document("No.", id="2")])
    assert [len(layer) for layer in layers] == [1, 0]
    assert _Handler.calls == [("/x", "Bearer s3cret")] * 3
    assert "s3cret" not in extractor.name + extractor.version


def test_a_service_that_is_not_there_ends_the_run_and_the_run_goes_on_later(
    goldspan: Run, server: str, tmp_path: Path
) -> None:
    source, out = write_lines(tmp_path / "in.jsonl", record("a", "Iran")), tmp_path / "out.jsonl"
    gone = goldspan("annotate", source, "--extractor", "http:http://127.0.0.1:9/x,retries=0", "--out", out)
    assert (gone.returncode, out.exists()) == (3, False)
    assert "Traceback" not in gone.stderr
    _Handler.moods["/y"] = ["well"]
    assert goldspan("annotate", source, "--extractor", f"http:{server}/y", "--out", out).returncode == 0


@pytest.mark.parametrize(
    ("mood", "message"),
    [("404", "rejected the request: status 404: not now"), ("html", "is not a record"), ("503", "failed 2 times")],
)
def test_a_service_that_fails_is_reported(scheme: Scheme, server: str, mood: str, message: str) -> None:
    _Handler.moods["/z"] = [mood]
    [outcome] = annotate_documents([document()], load_extractor(f"http:{server}/z,retries=1", scheme), scheme)
    assert outcome.problem is not None
    assert message in outcome.problem.what


def test_waits_double_and_a_dropped_connection_is_tried_again(server: str) -> None:
    _Handler.moods["/d"] = ["drop", "drop", "well"]
    waits: list[float] = []
    service = RetryingService(f"{server}/d", timeout=5, retries=3, sleep=waits.append)
    service.post(b'{"id": "a", "text": "Iran"}', content_type="application/x-ndjson")
    assert waits == [0.5, 1.0]


@pytest.mark.parametrize("url", ["ftp://x/y", "localhost:80", "http://user:pass@x/y", ""])
def test_an_address_that_is_none_is_refused(scheme: Scheme, url: str) -> None:
    with pytest.raises(UsageError):
        load_extractor(f"http:{url}", scheme)
