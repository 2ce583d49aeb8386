"""What extractors and trained pipelines make of the language of a text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.annotate import load_extractor
from goldspan.annotate.adapters.normalisation import ForeignSpan, PredictionNormalizer
from goldspan.annotate.adapters.spacy import SpacyPipeline
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.annotate.training import train
from goldspan.cli.main import app
from goldspan.schema import Document, Metadata, Scheme, Span, UsageError, parse_scheme
from goldspan.workflows.cross_validation import cross_validate
from tests.conftest import record, span, write_lines

HAZARDS = """
name = "hazards"
version = 1

[labels.HAZARD]
definition = "What struck."
"""


def told(tag: str | None, name: str = "a", text: str = "Iran lost 20 men on Friday.") -> Document:
    return Document(id=name, text=text, meta=Metadata(language=tag), spans=())


def test_the_rules_read_english_and_say_so_of_other_texts(scheme: Scheme) -> None:
    documents = [told("en-GB", "a"), told("de", "b"), told(None, "c")]
    outcomes = list(annotate_documents(documents, load_extractor("rules", scheme), scheme))
    assert [outcome.problem is None for outcome in outcomes] == [True, False, True]
    assert outcomes[1].problem is not None
    assert "the rules only read English, and the text is in de" in str(outcomes[1].problem)


def test_values_of_other_languages_come_from_registry_and_gazetteer_alone(scheme: Scheme) -> None:
    findings = [ForeignSpan(0, 4, "ACTOR"), ForeignSpan(10, 12, "COUNT")]
    for tag, known in (("en", [True, True]), ("de", [True, False])):
        intake = PredictionNormalizer(scheme)
        spans = intake.layer(told(tag), findings)
        assert [item.value is not None for item in spans] == known
        assert bool(intake.tally) == (tag == "de")


def marked(tag: str | None, name: str) -> Document:
    return Document(id=name, text="Iran left.", meta=Metadata(language=tag), spans=(Span(0, 4, "ACTOR"),))


PIPELINES: dict[str, tuple[list[str | None], str]] = {
    "one language": (["de", "de-AT"], "de"),
    "several": (["de", "en"], "xx"),
    "some unstated": (["de", None], "xx"),
    "unstated": ([None, None], "xx"),
    "none that spaCy has": (["sw", "sw"], "xx"),
}


@pytest.mark.parametrize(("tags", "language"), PIPELINES.values(), ids=PIPELINES)
def test_a_pipeline_is_for_the_language_that_all_documents_state(
    tags: list[str | None], language: str, scheme: Scheme
) -> None:
    documents = [marked(tag, str(number)) for number, tag in enumerate(tags)]
    assert train(documents, scheme, epochs=1).pipeline.meta["lang"] == language


def test_a_pipeline_for_another_language_is_told_of(scheme: Scheme) -> None:
    pipeline = train([marked("de", "a")], scheme, epochs=1).pipeline
    extractor = SpacyPipeline(scheme, pipeline=pipeline, fill=False)
    extractor.extract([told("de-CH"), told("fr"), told(None)])
    assert [what for what in extractor.tally if "pipeline for" in what] == [
        "documents in fr, read by a pipeline for de"
    ]


def test_rules_are_scored_beside_a_pipeline_where_they_are_for_scheme_and_language(scheme: Scheme) -> None:
    hazards = parse_scheme(HAZARDS)
    storms = [Document(id=name, text="Sturm kam.", spans=(Span(0, 5, "HAZARD"),)) for name in "ab"]
    cases = [(storms, hazards, 1), ([marked("de", "a"), marked("de", "b")], scheme, 1), ([marked(None, "a"), marked("en", "b")], scheme, 2)]  # fmt: skip
    for documents, chosen, systems in cases:
        assert len(cross_validate(documents, chosen, 2, seed=0, epochs=1).systems) == systems


def test_training_says_why_a_pipeline_is_for_no_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", record("a", "Iran left.", spans=[span(0, 4, "ACTOR")]))
    call = ["train", str(gold), "--epochs", "1", "--out"]
    app([*call, str(tmp_path / "one")], standalone_mode=False)
    said = capsys.readouterr().err
    assert "language-independent (xx): 1 document without a language. Fix: --language" in said
    app([*call, str(tmp_path / "two"), "--language", "de", "--json"], standalone_mode=False)
    assert json.loads(capsys.readouterr().out)["language"] == "de"
    assert json.loads((tmp_path / "two" / "meta.json").read_text("utf-8"))["lang"] == "de"


def test_rules_for_another_scheme_are_refused_with_a_way_out() -> None:
    with pytest.raises(UsageError, match=r"hazards@1 lacks the label ACTOR\. Fix: another `extractor`"):
        load_extractor("rules", parse_scheme(HAZARDS))
