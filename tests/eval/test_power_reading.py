"""How a score rises with what people read, and the functions of `goldspan.power_…`."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import goldspan as library
from goldspan.eval.power.planned_estimates import split_readings
from goldspan.schema import DataError, UsageError, sha256_hex

from ..conftest import Run, record, span, write_lines
from .test_power import TEXT

METRICS = (
    "spans.strict.micro.f1",
    "spans.strict.macro.recall",
    "spans.partial.micro.precision",
    "spans.type.labels.ACTOR.f1",
    "values.COUNT.value_f1",
)


def layers(size: int = 30, **more: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Gold, and the layer of a vote that is worse where its readers differ in more places."""
    rng = np.random.default_rng(5)
    gold, voted = [], []
    for at in range(size):
        true = [span(9 * place, 9 * place + 4, "ACTOR") for place in range(int(rng.integers(1, 6)))]
        true.append(span(60, 64, "COUNT", {"min": 3, "max": 3, "unit": "killed"}))
        contested = int(rng.integers(0, 4))
        found = true[min(contested, len(true) - 1) :]
        if contested == 1:
            found = [*found[:-1], {**found[-1], "value": {"min": 2, "max": 2, "unit": "killed"}}]
        vote = {"annotator": "vote", "extra": {"vote": {"contested": contested}}}
        gold.append({**record(f"{at:03}", TEXT, spans=true), **more})
        voted.append(record(f"{at:03}", TEXT, spans=found, layer=vote))
    return gold, voted


@pytest.mark.parametrize("measure", METRICS)
def test_what_is_read_counts_as_gold_and_the_rest_as_predicted(measure: str) -> None:
    """At each point, the metric is the one that `score` gives a layer in which these documents are the gold's."""
    gold, voted = layers(24)
    curve = library.power_reading(gold, voted, measure=measure, random_share=0, draws=20)
    contested = {item["id"]: item["layer"]["extra"]["vote"]["contested"] for item in voted}
    whole = library.power_reading(gold, voted, measure=measure, random_share=0, draws=20, wanted=2)
    assert whole.needed is not None and whole.needed.ordered is None and whole.needed.random is None
    assert [point.documents for point in curve.curve] == list(range(25))
    # documents of equally many contested places are read in an order of their own, so only whole groups are known
    for least in (4, 3, 2, 1, 0):
        read = {name for name, count in contested.items() if count >= least}
        mixed = [one if one["id"] in read else other for one, other in zip(gold, voted, strict=True)]
        known = library.score(gold, mixed, names=["mixed"], resamples=0).metric(measure)
        assert curve.curve[len(read)].ordered == pytest.approx(known)
    assert curve.curve[0].random == curve.curve[0].ordered and curve.curve[-1].ordered == 1


def test_contested_documents_first_beat_a_random_order_where_they_are_the_wrong_ones() -> None:
    gold, voted = layers()
    curve = library.power_reading(gold, voted, wanted=0.9, random_share=0)
    middle = curve.curve[len(curve.curve) // 2]
    assert middle.ordered is not None and middle.random is not None and middle.high is not None
    assert middle.ordered > middle.high > middle.random
    needed = curve.needed
    assert needed is not None and needed.ordered is not None and needed.random is not None
    assert needed.ordered < needed.random
    assert f"0.9 takes {needed.ordered} documents by contested, and {needed.random:,.1f} in a random order" in str(
        curve
    )
    at_random = library.power_reading(gold, voted, random_share=1).curve
    assert sum(one.ordered == two.ordered for one, two in zip(at_random, curve.curve, strict=True)) < 10


def test_the_command_shows_draws_and_repeats_itself(goldspan: Run, tmp_path: Path) -> None:
    gold, voted = layers()
    gold[0]["layer"] = {"annotator": "a", "skipped": True}
    gold[1]["layer"] = {"annotator": "a", "chosen_by": ["contested", "random"]}
    write_lines(tmp_path / "gold.jsonl", *gold[:25])
    write_lines(tmp_path / "voted.jsonl", *voted[2:])
    call = ["power", "reading", "--gold", "gold.jsonl", "--predictions", "voted.jsonl"]
    done = goldspan(*call, "--plot", "p.svg", cwd=tmp_path)
    assert done.returncode == 0 and (tmp_path / "p.svg").read_bytes().startswith(b"<?xml")
    for said in (
        "left out of the gold, as annotators skipped them: 1 document",
        "left out of the predictions, as they have no gold: 5 documents",
        "the gold was chosen by contested: the curve is that of its documents",
        "vote differ in",
        "predictions",
    ):
        assert said in done.stderr, done.stderr
    found, again = (json.loads(goldspan(*call, "--json", cwd=tmp_path).stdout) for _ in range(2))
    assert found == again and found["documents"] == 24 and found["target"] == "spans.strict.micro.f1"
    assert found["curve"][0][0] == 0 and found["curve"][-1] == [24, 1.0] and found["wanted"] is None
    assert found["signature"].startswith("target:spans.strict.micro.f1|kind:reading|order:contested|random_share:0.2")
    reached = json.loads(goldspan(*call, "--wanted", "0.1", "--json", cwd=tmp_path).stdout)["wanted"]
    assert reached == {"value": 0.1, "ordered": 0, "random": {"mean": 0.0, "low": 0.0, "high": 0.0}}


def bare_texts(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept = [{key: value for key, value in item.items() if key != "text"} for item in items]
    return [{**item, "text_sha256": sha256_hex(TEXT), "text_length": len(TEXT)} for item in kept]


def test_what_has_no_curve_of_reading_is_refused() -> None:
    gold, voted = layers(6)
    bare = [{**item, "spans": [one for one in item["spans"] if one["label"] != "COUNT"]} for item in voted]
    drafts, _ = layers(6, layer={"annotator": "a", "draft": True})
    skipped, _ = layers(6, layer={"annotator": "a", "skipped": True})
    refused: dict[str, tuple[type[Exception], Any]] = {
        "is not applicable to these suggestions": (UsageError, lambda: library.power_reading(gold, gold)),
        "unknown metric": (UsageError, lambda: library.power_reading(gold, voted, measure="spans.strict.micro.f2")),
        "it is a count": (UsageError, lambda: library.power_reading(gold, voted, measure="spans.strict.micro.support")),
        "is undefined for the predictions": (
            DataError,
            lambda: library.power_reading(gold, bare, measure="values.COUNT.value_accuracy"),
        ),
        "looks at words, and the gold has no texts": (
            UsageError,
            lambda: library.power_reading(bare_texts(gold), bare_texts(voted), order="mix"),
        ),
        "a draft": (DataError, lambda: library.power_reading(drafts, voted)),
        "no documents that were read": (DataError, lambda: library.power_reading(skipped, voted)),
    }
    for message, (kind, call) in refused.items():
        with pytest.raises(kind) as caught:
            call()
        assert message in str(caught.value)


def test_the_functions_plan_what_the_commands_plan(goldspan: Run, tmp_path: Path) -> None:
    gold, voted = (str(write_lines(tmp_path / f"{at}.jsonl", *items)) for at, items in enumerate(layers(40)))
    score = library.score(gold, voted, gold, names=["vote", "gold"], resamples=100)
    score.save(tmp_path / "scores.json")
    scores, sample = tmp_path / "scores.json", ["spans(ACTOR)", "--gold", gold]
    readings = ["--readings", "200", "--first", voted]
    first = {"0": gold, "vote": voted}
    calls: list[tuple[list[Any], Any]] = [
        (["score", scores, "--system", "vote"], library.power_score(library.load_scores(scores), system="vote")),
        (
            ["compare", scores, "--difference", "0.2"],
            library.power_compare(library.load_scores(scores), difference=0.2),
        ),
        (["agree", gold, voted, "--width", "0.1", "--names"], library.power_agreement(first, width=0.1)),
        (["estimate", *sample, "--predictions", voted], library.power_estimate("spans(ACTOR)", gold, voted)),
        (["split", *sample, *readings], library.power_split("spans(ACTOR)", gold, voted, readings=200)),
        (["reading", "--gold", gold, "--predictions", voted], library.power_reading(gold, voted)),
    ]
    for call, plan in calls:
        done = goldspan("power", *call, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == json.loads(json.dumps(plan.to_dict()))
        shown = goldspan("power", *call).stdout
        assert shown.splitlines()[0] == str(plan).splitlines()[0]


def test_a_split_of_very_many_readings_is_that_of_fewer_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    gold, first = layers(60)
    known = library.power_split("spans(ACTOR)", gold, first, readings=8_000)
    assert not any("narrower by the root" in note for note in known.notes)
    # what is made up of fewer is nearly what is made up in full
    monkeypatch.setattr(f"{split_readings.__module__}._MOST_MADE_UP", 1_000)
    scaled, most = (library.power_split("spans(ACTOR)", gold, first, readings=count) for count in (8_000, 10**12))
    for one, other in zip(known.curve, scaled.curve, strict=True):
        assert other[:2] == one[:2] and other[2] == pytest.approx(one[2], rel=0.01)
    assert any("of more than 1,000 documents with gold, the width is that of 1,000" in note for note in most.notes)
    assert most.best[2] == pytest.approx(known.best[2] * sqrt(8_000 / 10**12), rel=0.1)
