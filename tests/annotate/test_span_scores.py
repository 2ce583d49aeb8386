"""The scores of the rules: one for every span, by the evidence that it rests on."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from benchmarks.extractors import calibration
from goldspan.annotate.rules import Rules
from goldspan.annotate.rules.span_evidence import evidence_name, evidence_score
from goldspan.annotate.rules.word_lists import word_values
from goldspan.corpus import read_records
from goldspan.corpus.release.editions import edition
from goldspan.schema import Document, Metadata, Span, conflict_scheme

NEWS = Path(__file__).parent / "news"


@cache
def rules() -> Rules:
    return Rules(conflict_scheme())


def scores(text: str) -> dict[str, float | None]:
    document = Document(id="a", text=text, spans=(), meta=Metadata(published="2024-12-10"))
    return {document.surface(span): span.score for span in rules().extract([document])[0]}


@cache
def spans_of_articles() -> list[Span]:
    articles = list(read_records(str(NEWS / "tuned.jsonl"), conflict_scheme()))
    return [span for spans in rules().extract(articles) for span in spans]


def test_every_span_has_a_score_between_0_and_1_of_two_decimals() -> None:
    found = {span.score for span in spans_of_articles()}
    assert len(found) > 10
    assert all(score is not None and 0 < score < 1 and round(score, 2) == score for score in found)


@pytest.mark.parametrize(
    ("text", "surer", "less_sure"),
    [
        ("Reuters and the Karvel Relief Committee reported it.", "Reuters", "Karvel Relief Committee"),
        ("Fighting in Sudan and in the town of Umm Qarvel went on.", "Sudan", "Umm Qarvel"),
        ("The attack killed 12 people. They took 9 ledgers.", "12", "9"),
        ("It began on 7 March 2021 and ended in the past week.", "7 March 2021", "past week"),
        ("The Wagner Group and Wagner-backed fighters left.", "Wagner Group", "Wagner-backed fighters"),
    ],
)
def test_what_is_listed_or_stated_scores_above_what_is_concluded(text: str, surer: str, less_sure: str) -> None:
    found = scores(text)
    first, second = found[surer], found[less_sure]
    assert first is not None and second is not None and first > second


def test_evidence_that_the_table_lacks_has_the_score_of_the_longest_beginning_that_it_has() -> None:
    assert evidence_score(("actor", "person", "listed", "never seen")) == evidence_score(("actor", "person", "listed"))
    assert evidence_score(("date", "never seen", "month")) == evidence_score(("date",))


def test_the_table_has_each_label_and_what_each_entry_begins_with() -> None:
    table = word_values("span_scores")
    assert {"actor", "location", "date", "count"} <= table.keys()
    assert {name.split(" / ")[0] for name in table} == {"actor", "location", "date", "count"}
    assert all(0 < percent < 100 for percent in table.values())


@pytest.mark.parametrize("gold", [NEWS / "tuned.jsonl", edition().folder / "gold.jsonl"], ids=lambda path: path.stem)
def test_the_table_has_almost_all_evidence_of_the_texts_beyond_its_label(gold: Path) -> None:
    table = word_values("span_scores")
    met = [outcome.evidence[:2] for outcome in calibration.outcomes_of(str(gold))]
    missing = [evidence for evidence in met if evidence_name(evidence) not in table]
    assert len(missing) <= 0.05 * len(met), missing


def test_the_benchmark_shows_how_far_scores_are_from_shares(capsys: pytest.CaptureFixture[str]) -> None:
    calibration.main([str(edition().folder / "gold.jsonl")])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "spans in gold right score"
    assert lines[1].endswith("  all") and "280 spans, Brier score 0." in lines[-1]
