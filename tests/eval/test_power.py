"""How many documents an interval or a test needs, told from a pilot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.simulations import power as simulation
from benchmarks.simulations.coverage import simulate
from goldspan import agreement, load_scores
from goldspan.eval import score
from goldspan.eval.metric_types.metric_groups import leaves
from goldspan.eval.power.pilot_spread import LEAST_VALUES, PilotSpread, tail_factor
from goldspan.eval.power.planned_agreement import plan_agreement
from goldspan.eval.power.planned_scores import plan_difference, plan_metric
from goldspan.eval.power.power_plan import plan_documents
from goldspan.eval.statistics.difference_error import difference_error
from goldspan.eval.statistics.metrics import precision_recall_f1
from goldspan.schema import DataError, Document, Scheme, UsageError, conflict_scheme

from ..conftest import Run, record, span, write_lines

TEXT = "Iran struck three bases in Iraq on Friday, and seven people died. " * 4


@pytest.mark.parametrize("kind", ["F1", "alpha", "difference", "documents", "spans"])
def test_follow_ups_are_as_narrow_as_planned(kind: str) -> None:
    kept = simulation.PLANNED[kind].kept(30, 0.7, 25).kept
    assert kept is not None and kept >= 0.9  # of 25, for an assurance of 95 %


def test_follow_ups_of_sums_are_as_narrow_as_planned() -> None:
    kept = simulation.PLANNED["sum, 1"].kept(100, 0.8, 15).kept
    assert kept is not None and kept >= 0.86  # 13 of 15; without an allowance for what the pilot lacks, 9


def test_sums_are_allowed_more_the_more_uneven_and_the_fewer_they_are() -> None:
    rng = np.random.default_rng(1)
    sizes = [tail_factor(np.exp(rng.normal(0, spread, 400))) or 0.0 for spread in (0.01, 0.5, 1.0, 1.5)]
    assert sizes == sorted(sizes) and sizes[0] > 1
    values = np.exp(rng.normal(0, 1, 40))
    few, more = (tail_factor(np.tile(values, times)) or 0.0 for times in (1, 10))
    assert few > more and tail_factor(np.append(values, np.zeros(100))) == few == tail_factor(-100 * values)
    assert tail_factor(values[: LEAST_VALUES - 1]) is None and tail_factor(values[:LEAST_VALUES]) is not None


def test_sums_of_which_a_pilot_has_few_are_not_planned(goldspan: Run, tmp_path: Path) -> None:
    def documents(size: int, some: int) -> list[dict[str, Any]]:
        count = [span(0, 4, "COUNT", {"min": 3, "max": 3, "unit": "killed"})]
        return [record(f"{at:03}", TEXT, spans=count if at < some else []) for at in range(size)]

    quantity = "sum(COUNT.min, unit=killed)"
    for some, status, said in (
        (1, 1, "1 document of the pilot has a sum other than 0, too few to tell how uneven sums are"),
        (19, 1, "19 documents of the pilot have a sum other than 0, too few"),
        (20, 0, "a few large sums decide the width"),
    ):
        gold = write_lines(tmp_path / "gold.jsonl", *documents(60, some))
        found = write_lines(tmp_path / "found.jsonl", *documents(300, 10))
        calls = [["estimate", "--predictions", found], ["split", "--readings", 200, "--first", found]]
        for which, *rest in calls:
            done = goldspan("power", which, quantity, "--gold", gold, *rest)
            assert done.returncode == status and said in done.stderr, done.stderr
            assert status == 0 or not done.stdout


def test_a_test_finds_the_difference_that_was_planned_for() -> None:
    assert simulation.found_differences(50, 12) >= 0.75


def passes(scheme: Scheme, size: int = 60) -> dict[str, list[Document]]:
    """Three passes over the same documents, with spans of all labels and values, of which readers miss some."""
    rng = np.random.default_rng(7)
    values: dict[str, dict[str, Any]] = {
        "ACTOR": {"kind": "state", "id": "IRN"},
        "LOCATION": {"kind": "country", "id": "IRQ", "country": "IRQ"},
        "DATE": {"edtf": "2024-05-31"},
        "COUNT": {"min": 3, "max": 3, "unit": "attack"},
    }
    true = rng.random((size, 4, 4)) < 0.6
    found: dict[str, list[Document]] = {}
    for name in ("ada", "ben", "cem"):
        seen = true & (rng.random(true.shape) < 0.85) | (rng.random(true.shape) < 0.05)
        found[name] = []
        for number in range(size):
            spans = []
            for place, label in zip(*np.nonzero(seen[number]), strict=True):
                start = 66 * int(place) + 10 * int(label)
                value = dict(values[list(values)[label]])
                if label == 3 and rng.random() < 0.2:
                    value["min"] = 2
                spans.append(scheme.span(start, start + 4, list(values)[label], **value))
            found[name].append(Document(id=f"{number:03}", text=TEXT, spans=tuple(spans)))
    return found


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scores") / "scores.json"
    gold, *systems = passes(conflict_scheme()).values()
    score(gold, *systems, names=["ben", "cem"]).save(path)
    return path


def test_the_planned_width_is_the_one_that_scores_print(scored: Path) -> None:
    """Of every metric with an interval: the jackknife gives the width of the bootstrap, as far as that is known."""
    scores = load_scores(scored)
    compared = []
    for path, interval in leaves({"spans": scores["ben"].intervals.spans, "values": scores["ben"].intervals.values}):
        name = ".".join(path)
        if interval is None or interval.high == interval.low or "median" in name or "clusters" in name:
            continue
        try:
            pilot = plan_metric(scores, name, "ben")
        except DataError:  # undefined without one of the documents
            continue
        compared.append(pilot.expected(60) / (interval.high - interval.low))
        assert plan_documents(pilot, 1.0, 0.95).needed == 60
    assert len(compared) > 60 and min(compared) > 0.8 and max(compared) < 1.2
    assert np.mean(compared) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("readers", [2, 3])
def test_the_planned_width_is_the_one_that_agree_prints(readers: int) -> None:
    scheme = conflict_scheme()
    all_passes = dict(list(passes(scheme).items())[:readers])
    agreed = agreement(all_passes)
    figures = [
        "alpha_u",
        "alpha_u_labels.DATE",
        "token_alpha",
        "token_kappa",
        "token_ac1",
        "values.COUNT.value_accuracy",
    ]
    more = ["strict_f1", "partial_f1", "labels.ACTOR"]
    for figure in [*figures, *more] if readers == 2 else ["alpha_u", "token_kappa", "values.COUNT.value_accuracy"]:
        pilot = plan_agreement(all_passes, scheme, figure, resamples=1000, seed=0)
        assert pilot.interval is not None and pilot.value is not None
        assert pilot.expected(60) == pytest.approx(pilot.width, rel=0.12)
        if figure in ("alpha_u", "token_alpha", "token_kappa", "token_ac1"):
            assert pilot.interval == getattr(agreed.intervals, figure)
            # alpha-u of resamples takes the gaps between documents from the order of all
            assert pilot.value == pytest.approx(getattr(agreed, figure), abs=1e-3)


def test_a_larger_gold_of_the_same_spread_has_the_error_that_is_planned() -> None:
    rng = np.random.default_rng(1)
    sides = [[simulate(rng, 40)], [simulate(rng, 40)]]

    def f1(sums: Any) -> Any:
        return precision_recall_f1(sums)[..., 2]

    planned = difference_error(*sides, f1, documents=400)
    drawn = difference_error(*([np.tile(run, (10, 1)) for run in side] for side in sides), f1)
    assert planned is not None and drawn is not None
    assert planned.detectable == pytest.approx(drawn.detectable, rel=0.04)


def test_more_documents_and_less_assurance_need_less() -> None:
    spread = PilotSpread(50, 1.0, 4.0)
    assert spread.excess(50, 0.95, 0.0) == 1
    assert spread.excess(60, 0.95, 0.0) < spread.excess(100, 0.95, 0.0) < spread.excess(10_000, 0.95, 0.0)
    assert spread.excess(100, 0.5, 0.0) < spread.excess(100, 0.9, 0.0)
    assert PilotSpread.of(np.full(20, 0.1)).deviation == 0


def test_the_estimate_that_is_planned_is_the_one_that_is_printed(goldspan: Run, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    lines: dict[str, list[dict[str, Any]]] = {"truth": [], "found": []}
    for number in range(200):
        true = rng.random(3) < 0.5
        for name, marked in (("truth", true), ("found", true & (rng.random(3) < 0.8))):
            spans = [span(9 * place, 9 * place + 4, "ACTOR") for place in np.flatnonzero(marked).tolist()]
            lines[name].append(record(f"{number:03}", TEXT, spans=spans))
    for name, records in lines.items():
        write_lines(tmp_path / f"{name}.jsonl", *records)
    goldspan("corpus", "sample", "truth.jsonl", "--n", "50", "--out", "gold.jsonl", cwd=tmp_path)
    rest = ["spans(ACTOR)", "--gold", "gold.jsonl", "--predictions", "found.jsonl", "--json"]
    printed = json.loads(goldspan("estimate", *rest, cwd=tmp_path).stdout)["estimates"][0]["corrected"]
    plan = json.loads(goldspan("power", "estimate", *rest, cwd=tmp_path).stdout)
    assert (plan["value"], plan["interval"]) == (printed["value"], printed["interval"])
    assert plan["curve"][0] == [50, printed["interval"][1] - printed["interval"][0]]
    assert plan["curve"][-1][0] == 200  # all that there are
    out_of_reach = json.loads(goldspan("power", "estimate", *rest, "--width", "0.001", cwd=tmp_path).stdout)
    assert out_of_reach["needed"] is None and "not even all 200 documents" in out_of_reach["notes"][-1]
    split = ["spans(ACTOR)", "--gold", "gold.jsonl", "--first", "found.jsonl", "--readings", "300", "--json"]
    found = json.loads(goldspan("power", "split", *split, cwd=tmp_path).stdout)
    gold, width = found["best"]["gold"], found["best"]["width"]
    assert [gold, width] in found["curve"] and width < min(width for each, width in found["curve"] if each < 90)
    assert found["best"]["documents"] + found["best"]["gold"] == 300
    assert 50 < found["best"]["gold"] < 150  # some more gold, and some more documents
    dear = json.loads(goldspan("power", "split", *split, "--cost", "3", cwd=tmp_path).stdout)
    assert dear["best"]["gold"] < found["best"]["gold"] and dear["best"]["width"] > found["best"]["width"]


def test_the_command_plans_and_draws(scored: Path, goldspan: Run, tmp_path: Path) -> None:
    call = ["power", "score", scored, "--system", "ben", "--width", "0.03"]
    shown = goldspan(*call, "--plot", "p.svg", cwd=tmp_path)
    plan = json.loads(goldspan(*call, "--json", cwd=tmp_path).stdout)
    assert shown.returncode == 0 and (tmp_path / "p.svg").read_bytes().startswith(b"<?xml")
    assert f"{plan['more']} documents more, {plan['needed']:,} in all: with 95% assurance" in shown.stdout
    assert plan["documents"] == 60 and plan["needed"] == 60 + plan["more"] and plan["wanted"] == 0.03
    widths = dict(map(tuple, plan["curve"]))
    assert widths[plan["needed"]] <= 0.03 and plan["signature"].startswith("target:spans.strict.micro.f1 of ben|")
    assert json.loads(goldspan(*call, "--json", cwd=tmp_path).stdout) == plan


def test_what_cannot_be_planned_is_refused(scored: Path) -> None:
    scores, scheme = load_scores(scored), conflict_scheme()
    refused: dict[str, Any] = {
        "`system` is needed": lambda: plan_metric(scores, "spans.strict.micro.f1"),
        "there is no such system. Fix: ": lambda: plan_metric(scores, "spans.strict.micro.f1", "bne"),
        "unknown metric": lambda: plan_metric(scores, "spans.strict.micro.f2", "ben"),
        "it is a count. Fix: a rate": lambda: plan_metric(scores, "spans.strict.micro.support", "ben"),
        "a median is no function": lambda: plan_metric(scores, "values.LOCATION.median_km", "ben"),
        "there is no such system": lambda: plan_difference(scores, "spans.strict.micro.f1", ("ben", "dan")),
        "`systems` are two, and these are 2": lambda: plan_difference(scores, "spans.strict.micro.f1", ("ben", "ben")),
        "`figure` gamma cannot": lambda: plan_agreement(passes(scheme, 12), scheme, "gamma", resamples=9, seed=0),
        "is of a pair": lambda: plan_agreement(passes(scheme, 12), scheme, "strict_f1", resamples=9, seed=0),
        "no such figure": lambda: plan_agreement(passes(scheme, 12), scheme, "alpha", resamples=9, seed=0),
        "needs more than 10,000,000": lambda: plan_documents(plan_metric(scores, "spans.strict.micro.f1", "ben"), 1e-9, 0.95),
    }  # fmt: skip
    for message, call in refused.items():
        with pytest.raises(UsageError) as caught:
            call()
        assert message in str(caught.value)
    same = passes(scheme, 12)["ada"]
    for pilot, message in ((same, "shows no spread"), (same[:8], "intervals require at least 10")):
        perfect = score(pilot, pilot, names=["same"])
        with pytest.raises(DataError, match=message):
            plan_documents(plan_metric(perfect, "spans.strict.micro.f1"), 0.1, 0.95)


def test_a_split_knows_how_its_pilot_was_drawn_and_what_was_skipped(goldspan: Run, tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    counts = draw.integers(0, 4, 120).tolist()

    def pilot(size: int, **more: Any) -> list[dict[str, Any]]:
        spans = [[span(9 * place, 9 * place + 4, "ACTOR") for place in range(count)] for count in counts]
        return [{**record(f"{at:03}", TEXT, spans=spans[at]), **more} for at in range(size)]

    first = [{**item, "spans": item["spans"][: at % 4]} for at, item in enumerate(pilot(120))]
    write_lines(tmp_path / "first.jsonl", *first)

    def split(gold: list[dict[str, Any]], *more: object) -> Any:
        write_lines(tmp_path / "gold.jsonl", *gold)
        files = ("--gold", tmp_path / "gold.jsonl", "--first", tmp_path / "first.jsonl")
        return goldspan("power", "split", "spans(ACTOR)", *files, "--json", *(more or ("--readings", 400)))

    skipped = [{**item, "spans": [], "layer": {"annotator": "a", "skipped": True}} for item in pilot(120)[100:]]
    plain, some = (json.loads(split(gold).stdout) for gold in (pilot(100), [*pilot(100), *skipped]))
    assert np.array(some["curve"]) == pytest.approx(np.array(plain["curve"])) and some["documents"] == 100
    assert any("20 documents that annotators skipped are left out" in note for note in some["notes"])
    stage = {"design": "stratified", "by": ["month"], "probability": 0.5}
    for gold, said in (
        (
            pilot(100, extra={"sample": {"probability": 0.5, "stages": [stage]}}),
            "not a simple random sample, but stratif",
        ),
        (pilot(100, layer={"annotator": "a", "chosen_by": ["score"]}), "the pilot was chosen by score. Fix: "),
        (pilot(100, layer={"annotator": "a", "draft": True}), "a draft"),
        ([*pilot(100), pilot(1)[0]], "duplicate document id"),
    ):
        done = split(gold)
        assert done.returncode == 1 and said in done.stderr, done.stderr
    assert split(pilot(100, layer={"annotator": "a", "chosen_by": ["random"]})).returncode == 0
    whole = json.loads(split(pilot(120), "--readings", 132, "--cost", 0.1).stdout)
    assert whole["best"] == {"gold": 120, "documents": 120, "width": whole["best"]["width"]}
    done = split(pilot(120), "--readings", 131, "--cost", 0.1)
    assert done.returncode == 2 and "the pilot alone took 132" in done.stderr
    done = split(pilot(120), "--readings", 10**13)
    assert done.returncode == 2 and "too many to plan. Fix: at most 1,000,000,000,000" in done.stderr
