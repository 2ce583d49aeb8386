"""What suggestions saved and bent, by counts made by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.eval import agreement
from goldspan.schema import Document, Layer, Scheme, Span
from tests.conftest import Run

TEXT = "Iran struck Kyiv on Friday with ten drones now"  # 9 words
IRAN, KYIV, FRIDAY = Span(0, 4, "ACTOR"), Span(12, 16, "LOCATION"), Span(20, 26, "DATE")
GOLD = Path(__file__).parents[2] / "corpus" / "gold"


def read(name: str, spans: list[Span], *, saw: bool, time: float | None = None) -> Document:
    layer = Layer(annotator="x", lead_time=time, suggestions_shown=("rules",) if saw else ())
    return Document(id=name, text=TEXT, spans=tuple(spans), layer=layer)


def test_blind_and_suggested_work_are_told_apart(scheme: Scheme) -> None:
    accepted = Span(0, 4, "ACTOR", origin="prediction")
    passes = {
        "ann": [read("a", [IRAN, KYIV], saw=False, time=90), read("b", [accepted], saw=True, time=30)],
        "ben": [read("a", [IRAN], saw=False, time=90), read("b", [IRAN, FRIDAY], saw=False, time=45)],
    }
    effect = agreement(passes, scheme).suggestions
    assert effect is not None
    blind, suggested = effect.readings["blind"], effect.readings["suggested"]
    assert (blind.documents, blind.words, suggested.documents, suggested.words) == (3, 27, 1, 9)
    assert blind.labels["ACTOR"] == pytest.approx(1000 * 3 / 27) and suggested.labels["LOCATION"] == 0
    assert blind.seconds_per_1000_words == pytest.approx(1000 * 225 / 27)
    assert suggested.seconds_per_1000_words == pytest.approx(1000 * 30 / 9)
    assert effect.time_saved == pytest.approx(1 - (30 / 9) / (225 / 27))
    assert suggested.origins == {"prediction": 1, "prediction-changed": 0, "manual": 0}
    # blind: IRAN matched of 2 and 1 spans; mixed: IRAN matched of 1 and 2; nobody saw suggestions twice
    assert effect.agreement["blind"].strict_f1 == effect.agreement["mixed"].strict_f1 == pytest.approx(2 / 3)
    assert effect.agreement["mixed"].labels == {"ACTOR": 1.0, "LOCATION": None, "DATE": 0.0, "COUNT": None}
    assert effect.agreement["suggested"] is None


def test_without_suggestions_there_is_no_effect_and_without_times_none_of_time(scheme: Scheme) -> None:
    ann, ben = [read("a", [IRAN], saw=False)], [read("a", [IRAN], saw=True)]
    assert agreement({"ann": ann, "ben": ann}, scheme).suggestions is None
    effect = agreement({"ann": ann, "ben": ben}, scheme).suggestions
    assert effect is not None and effect.time_saved is None
    assert effect.readings["suggested"].seconds_per_1000_words is None


def test_the_seeds_have_a_pass_made_from_suggestions(goldspan: Run, tmp_path: Path) -> None:
    """What corpus/gold/README.md says of it."""
    passes = [GOLD / "1.0.1" / "passes" / f"reader-{n}.jsonl" for n in (1, 2)]
    suggestions, third = GOLD / "suggested" / "suggestions.jsonl", GOLD / "suggested" / "reader-3.jsonl"
    assert goldspan("corpus", "check", third).returncode == 0
    done = goldspan("agree", *passes, third, "--json", "--html", tmp_path / "agree.html")
    assert done.returncode == 0, done.stderr
    effect = json.loads(done.stdout)["suggestions"]
    assert effect["readings"]["suggested"]["documents"] == 5 and effect["readings"]["blind"]["documents"] == 10
    assert effect["agreement"]["mixed"]["strict_f1"] == effect["agreement"]["blind"]["strict_f1"] == 1.0
    assert "Suggestions" in (tmp_path / "agree.html").read_text("utf-8")
    scored = json.loads(
        goldspan("score", GOLD / "1.0.1" / "gold.jsonl", suggestions, "--json", "--resamples", 0).stdout
    )
    assert round(scored["systems"][0]["spans"]["strict"]["micro"]["f1"], 2) == 0.65
