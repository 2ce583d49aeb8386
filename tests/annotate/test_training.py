"""`goldspan train`: pipelines from gold, reproducible, usable at once as extractors, scored on what they have not seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.annotate.training import train, training_passages
from goldspan.schema import DataError, Document, Metadata, Scheme, Span, Zone, parse_scheme
from tests.conftest import Run, record, span, write_lines

SAID = ["Iran struck Kyiv.", "Mali struck Goma.", "Iran left Goma.", "Nothing happened."]


def gold(scheme: Scheme) -> list[Document]:
    documents = []
    for number, text in enumerate(SAID):
        first, last = text.split()[0], text.rstrip(".").split()[-1]
        spans = []
        if number < 3:
            spans = [
                Span(0, len(first), "ACTOR", scheme.value("ACTOR", kind="state", id="IRN")),
                Span(len(text) - 1 - len(last), len(text) - 1, "LOCATION"),
            ]
        documents.append(Document(id=f"d{number}", text=text, spans=tuple(spans)))
    return documents


def test_the_same_gold_and_seed_give_the_same_weights(scheme: Scheme) -> None:
    one, two = (train(gold(scheme), scheme, seed=3, epochs=2) for _ in range(2))
    assert one.pipeline.to_bytes() == two.pipeline.to_bytes()
    assert (one.examples, one.spans, one.unaligned) == (4, 6, 0)
    assert train(gold(scheme), scheme, seed=4, epochs=2).pipeline.to_bytes() != one.pipeline.to_bytes()


def test_zones_are_left_out_and_spans_within_a_token_are_counted(scheme: Scheme) -> None:
    text = "Related: Iran. Mali struck Goma.  "
    document = Document(
        id="a",
        text=text,
        zones=(Zone(0, 14, "related"),),
        spans=(Span(15, 19, "ACTOR"), Span(27, 30, "LOCATION")),
    )
    assert [text[start:end] for start, end in training_passages(document)] == [text[14:]]
    trained = train([document], scheme, epochs=1)
    assert (trained.spans, trained.unaligned) == (1, 1)


def test_gold_whose_spans_overlap_gives_a_span_categoriser() -> None:
    text = 'name = "o"\nversion = 1\ntitle = "O"\ndescription = "x"\n[spans]\noverlap = true\n'
    scheme = parse_scheme(text + '[labels.A]\ndefinition = "a"\n[labels.B]\ndefinition = "b"\n')
    nested = [Document(id="a", text="New York Times", spans=(Span(0, 8, "A"), Span(0, 14, "B")))]
    trained = train(nested, scheme, epochs=1)
    assert trained.pipeline.pipe_names == ["spancat"]
    assert trained.spans == 2


def test_gold_without_spans_is_refused(scheme: Scheme) -> None:
    with pytest.raises(DataError, match="no document has a span"):
        train([Document(id="a", text="Nothing.", spans=())], scheme, epochs=1)


def test_gold_whose_spans_are_all_inside_tokens_is_refused_as_such() -> None:
    scheme = parse_scheme({"name": "t", "version": 1, "labels": {"N": {"definition": "-"}}})
    korean = Document(id="a", text="집 1234채를", spans=(Span(2, 6, "N"),), meta=Metadata(language="ko"))
    with pytest.raises(
        DataError, match=r"all spans of the gold \(1\) begin or end inside a token.*Fix: mark whole words"
    ):
        train([korean], scheme, epochs=1)


def test_a_trained_pipeline_is_an_extractor_and_is_scored_on_what_it_has_not_seen(
    goldspan: Run, scheme: Scheme, tmp_path: Path
) -> None:
    records = [record(d.id, d.text or "", spans=[span(s.start, s.end, s.label) for s in d.spans]) for d in gold(scheme)]
    source, out = write_lines(tmp_path / "gold.jsonl", *records), tmp_path / "made" / "pipe"
    ran = goldspan("train", source, "--out", out, "--epochs", 30, "--folds", 2, "--language", "en", "--json")
    assert ran.returncode == 0, ran.stderr
    made = json.loads(ran.stdout)
    assert (made["component"], made["spans"]) == ("ner", 6)
    assert [system["name"] for system in made["scores"]["systems"]] == ["trained", "rules"]
    assert made["scores"]["gold"]["documents"] == 4
    assert "max_epochs = 30" in (out / "config.cfg").read_text(encoding="utf-8")
    suggested = tmp_path / "out.jsonl"
    assert goldspan("annotate", source, "--extractor", f"spacy:{out}", "--out", suggested).returncode == 0
    layers = [json.loads(line) for line in suggested.read_text(encoding="utf-8").splitlines()]
    assert layers[0]["layer"]["annotator"] == "spacy:en_conflict_news"
    assert (0, 4, "ACTOR") in {(s["start"], s["end"], s["label"]) for s in layers[0]["spans"]}
    again = goldspan("train", source, "--out", out)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    assert [path.name for path in out.parent.iterdir()] == ["pipe"]


def test_wrong_calls_are_refused(goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "gold.jsonl", record("a", "Iran.", spans=[span(0, 4, "ACTOR")]))
    for args, status in (
        ((tmp_path / "none.jsonl", "--out", tmp_path / "p"), 1),
        ((source, "--out", tmp_path / "p", "--folds", 2), 2),
        ((source,), 2),
    ):
        ran = goldspan("train", *args)
        assert (ran.returncode, "Traceback" in ran.stderr) == (status, False), ran.stderr
        assert not (tmp_path / "p").exists()
