"""Examples from a gold before the question to a model: which are drawn, and what the model is sent."""

# ruff: noqa: F811 - tests take the fixture by its name

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.adapters.llm_prompt import PromptExamples, example_messages
from goldspan.annotate.adapters.llm_schema import AnswerFormat
from goldspan.schema import DataError, Document, Metadata, Scheme, UsageError

from ..conftest import Run, record, span, write_lines
from .test_chat import _Model, endpoint, spec  # noqa: F401 - a fixture

RAID = "A raid on the port of Odesa killed nine people before dawn on Tuesday, officials of the region said."
BANK = "The central bank raised its interest rate for the third time this year, to the surprise of most analysts."
WIRE = f"ODESA - {RAID} It was the second in a week."
GOLD: dict[str, dict[str, Any]] = {
    "raid": {"text": RAID, "spans": [span(22, 27, "LOCATION"), span(35, 39, "COUNT", {"min": 9, "max": 9, "approx": False, "unit": "killed"})]},
    "bank": {"text": BANK, "spans": []},
    "fleet": {"text": "Iran moved its fleet to Bandar Abbas.", "spans": [span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"})]},
}  # fmt: skip


def gold(folder: Path, *names: str, **more: Any) -> Path:
    layer = {"annotator": "gold"}
    rows = (record(id=name, layer=layer, **GOLD[name]) for name in names or GOLD)
    return write_lines(folder / "gold.jsonl", *rows, *more.values())


def examples(path: Path, scheme: Scheme, *, shots: int = 1, tokens: int = 2000, values: bool = False) -> PromptExamples:
    names = {name: name for name in scheme.labels}
    return PromptExamples(path, scheme, AnswerFormat(scheme, names, values=values), shots=shots, tokens=tokens)


def drawn(path: Path, scheme: Scheme, document: Document, **options: int) -> list[str]:
    found = examples(path, scheme, **options)
    return [example.document for example in found.draw(document.text or "", found.near(document))]


def asked(text: str, name: str = "new") -> Document:
    return Document(id=name, text=text, spans=())


def test_the_most_similar_passages_are_drawn_and_stand_next_to_the_question(scheme: Scheme, tmp_path: Path) -> None:
    path = gold(tmp_path)
    about_raids = asked("Nine were killed in a raid on a port, officials said.")
    assert drawn(path, scheme, about_raids, shots=3)[-1] == "raid"
    assert drawn(path, scheme, asked("Interest rates surprised analysts"), shots=1) == ["bank"]
    assert drawn(path, scheme, about_raids, shots=9) == drawn(path, scheme, about_raids, shots=3)


NEAR = {
    "itself": asked(RAID, "raid"),
    "the same id": asked("Something else entirely happened at the port.", "raid"),
    "the same text under another id": asked(RAID),
    "wire copy of it": asked(WIRE),
    "an excerpt of it": asked(" ".join(RAID.split()[:12])),
    "the same in capitals": asked(RAID.upper()),
}


@pytest.mark.parametrize("document", NEAR.values(), ids=NEAR)
def test_a_document_and_its_near_duplicates_are_no_examples_for_it(
    document: Document, scheme: Scheme, tmp_path: Path
) -> None:
    assert "raid" not in drawn(gold(tmp_path), scheme, document, shots=3)


def test_what_does_not_fit_into_the_tokens_makes_way_for_what_does(scheme: Scheme, tmp_path: Path) -> None:
    path = gold(tmp_path)
    raids = asked("Nine were killed in a raid on a port, officials said.")
    everything = examples(path, scheme, shots=3).draw(raids.text or "", frozenset())
    sizes = {example.document: example.tokens for example in everything}
    for budget in range(min(sizes.values()), sum(sizes.values()) + 1, 5):
        found = examples(path, scheme, shots=3, tokens=budget)
        assert sum(example.tokens for example in found.draw(raids.text or "", frozenset())) <= budget
    assert drawn(path, scheme, raids, shots=3, tokens=sizes["raid"]) == ["raid"]
    with pytest.raises(UsageError, match=rf"too little .* Fix: shot_tokens={min(sizes.values())} or more"):
        examples(path, scheme, tokens=min(sizes.values()) - 1)


def test_an_example_is_a_question_and_the_answer_that_the_gold_gives(scheme: Scheme, tmp_path: Path) -> None:
    found = examples(gold(tmp_path, "raid"), scheme, values=True)
    question, answer = example_messages(found.draw("", frozenset()))
    assert question == {"role": "user", "content": f"Text:\n{RAID}"} and answer["role"] == "assistant"
    spans = json.loads(answer["content"])["spans"]
    assert [(quote["quote"], quote["label"]) for quote in spans] == [("Odesa", "LOCATION"), ("nine", "COUNT")]
    assert spans[0]["value"] is None and spans[1]["value"]["unit"] == "killed"
    bare = examples(gold(tmp_path, "raid"), scheme)
    assert "value" not in example_messages(bare.draw("", frozenset()))[1]["content"]


def test_passages_stand_outside_zones_and_cut_no_span(scheme: Scheme, tmp_path: Path) -> None:
    text = f"By Jane Doe\n{RAID}\n" + "Rain fell. " * 85 + f"\n{BANK}"
    zoned = record(
        id="z", text=text, zones=[{"start": 0, "end": 11, "kind": "byline"}], layer={"annotator": "gold"}, spans=[]
    )
    path = write_lines(tmp_path / "zoned.jsonl", zoned)
    found = examples(path, scheme, shots=9).draw("rain", frozenset())
    shown = "".join(example.text for example in found)
    assert "Jane" not in shown and RAID in shown and BANK.rsplit(maxsplit=1)[-1] in shown
    assert all(len(example.text) <= 1000 and example.text in text for example in found)
    assert len(found) > 1
    marked = zoned | {"spans": [span(13, len(text) - 1, "LOCATION")]}
    with pytest.raises(DataError, match="no document has a passage to show"):
        examples(write_lines(tmp_path / "cut.jsonl", marked), scheme)


def test_gold_that_nobody_submitted_is_left_out_and_without_any_there_is_nothing_to_show(
    scheme: Scheme, tmp_path: Path
) -> None:
    draft = record(id="draft", layer={"annotator": "x", "draft": True}, spans=[])
    raw = record(id="raw", spans=[])
    found = examples(gold(tmp_path, "raid", draft=draft, raw=raw), scheme, shots=5)
    assert "left out 2 documents" in found.warning
    assert {example.document for example in found.draw("x", frozenset())} == {"raid"}
    with pytest.raises(DataError, match="people annotated none of its documents"):
        examples(write_lines(tmp_path / "raw.jsonl", raw, draft), scheme)


def test_a_model_gets_the_examples_and_its_layer_another_version(
    scheme: Scheme,
    endpoint: str,
    tmp_path: Path,
) -> None:
    path = gold(tmp_path)
    plain = load_extractor(spec(endpoint, tmp_path / "c"), scheme)
    shown = [load_extractor(spec(endpoint, tmp_path / "c", f"shots={n}", f"gold={path}"), scheme) for n in (1, 2)]
    documents = [asked("Iran moved ships."), asked(GOLD["fleet"]["text"], "fleet")]
    for extractor in (plain, *shown):
        assert [len(spans) for spans in extractor.extract(documents)] == [1, 1]
    assert len({extractor.version for extractor in (plain, *shown)}) == 3
    sent = [[message["role"] for message in body["messages"]] for body in _Model.asked]
    assert sorted(map(len, sent)) == [2, 2, 4, 4, 6, 6]
    for body in _Model.asked:
        *before, question = body["messages"]
        assert question["content"].startswith("Text:\nIran moved")
        of_itself = question["content"].endswith("Bandar Abbas.")
        assert not of_itself or all("Bandar" not in message["content"] for message in before[1:])


def test_fewer_examples_than_asked_for_are_counted(
    scheme: Scheme, endpoint: str, tmp_path: Path, goldspan: Run
) -> None:
    path = gold(tmp_path, "raid", "fleet")
    source = write_lines(tmp_path / "in.jsonl", record(text=RAID), record(id="b", text="Iran spoke."))
    reader = spec(endpoint, tmp_path / "c", "shots=2", f"gold={path}")
    done = goldspan("annotate", source, "--out", tmp_path / "o.jsonl", "--extractor", reader)
    assert done.returncode == 0 and "texts with fewer examples than shots: 1" in done.stderr


def test_runs_at_a_temperature_are_asked_apart_and_vote(
    scheme: Scheme,
    endpoint: str,
    tmp_path: Path,
    goldspan: Run,
) -> None:
    """What each cost is told by run; a run of the first request's kind is that of before there was a choice."""
    source = write_lines(tmp_path / "in.jsonl", record(text="Iran spoke."))
    _Model.moods.extend(["well", "well", "invent"])
    runs = [f"{spec(endpoint, tmp_path / 'c')},temperature=0.7,price=1/2,concurrency=1,seed={n}" for n in (1, 2, 3)]
    readers = [word for run in runs for word in ("--extractor", run)]
    done = goldspan("annotate", source, "--out", tmp_path / "o.jsonl", *readers, "--vote")
    assert done.returncode == 0, done.stderr
    assert sorted((body["temperature"], body["seed"]) for body in _Model.asked) == [(0.7, 1), (0.7, 2), (0.7, 3)]
    name = "llm:tiny/model:1"
    for number in (1, 2, 3):
        assert f"{name} #{number}: requests: 1" in done.stderr
        assert f"{name} #{number}: tokens sent: 100" in done.stderr and f"{name} #{number}: cost: 0.0001" in done.stderr
    [line] = [json.loads(text) for text in (tmp_path / "o.jsonl").read_text("utf-8").splitlines()]
    assert line["layer"]["annotator"] == f"vote:{name}*3"
    assert [(item["label"], item["score"]) for item in line["spans"]] == [("ACTOR", 1.0)]
    versions = {load_extractor(f"{spec(endpoint, tmp_path)},seed={n}", scheme).version for n in (0, 1, 2)}
    plain = load_extractor(spec(endpoint, tmp_path), scheme).version
    assert len(versions) == 3 and plain in versions


def test_a_map_with_several_labels_for_one_shows_no_examples(scheme: Scheme, endpoint: str, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('PER = "ACTOR"\nORG = "ACTOR"\n')
    with pytest.raises(UsageError, match=r"several labels for ACTOR \(PER, ORG\)"):
        load_extractor(
            spec(endpoint, tmp_path, "shots=1", f"gold={gold(tmp_path)}", f"map={tmp_path}/map.toml"), scheme
        )


def test_the_day_and_language_of_an_example_are_those_of_its_document(scheme: Scheme, tmp_path: Path) -> None:
    row = record(
        id="g", text="Iran zog ab.", meta={"language": "de", "published": "2024-01-02"}, layer={"annotator": "x"}
    )
    found = examples(write_lines(tmp_path / "g.jsonl", row), scheme)
    [question, _] = example_messages(found.draw("x", found.near(Document(id="o", text="x", meta=Metadata(), spans=()))))
    assert question["content"] == "Language: German (de)\nPublished: 2024-01-02\nText:\nIran zog ab."
