"""Quantities over a corpus, estimated from a sample of gold and predictions for all of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import goldspan as library
from goldspan.eval.estimation.corrected_mean import EstimatedMean, SampledValues, corrected_mean, gold_mean
from goldspan.eval.estimation.three_estimates import ThreeEstimates
from goldspan.eval.metric_types.metric_groups import ConfidenceInterval
from goldspan.eval.report.plots import forest_plot, growth_plot
from goldspan.eval.statistics.student_t import t_quantile
from goldspan.schema.hashing import draw_key
from goldspan.workflows.inference.estimate_tables import write_plot
from goldspan.workflows.inference.power_plot import write_curve

from ..conftest import Run, record, span, write_lines

N = 3000
Draw = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]


def world(rng: np.random.Generator, size: int = N) -> tuple[Any, Any, Any]:
    """Counts per document, what a system makes of them, which depends on the month, and the months."""
    month = rng.integers(0, 6, size)
    counts = rng.poisson((1 + month) / 4).astype(float)
    found = rng.binomial(counts.astype(int), 0.9 - 0.08 * month) + rng.poisson(0.1, size)
    return counts, found.astype(float), month


def simple(rng: np.random.Generator, found: Any, month: Any, size: int) -> Draw:
    return rng.choice(N, size, replace=False), np.full(size, size / N), np.zeros(size, int)


def stratified(rng: np.random.Generator, found: Any, month: Any, size: int) -> Draw:
    drawn = [rng.choice(np.flatnonzero(month == number), size // 6, replace=False) for number in range(6)]
    shares = [np.full(size // 6, size // 6 / np.count_nonzero(month == number)) for number in range(6)]
    return np.concatenate(drawn), np.concatenate(shares), np.repeat(np.arange(6), size // 6)


def unequal(rng: np.random.Generator, found: Any, month: Any, size: int) -> Draw:
    """By size, systematically from a random order: documents in which the system finds more are drawn more often."""
    probability = (1 + found) / (1 + found).sum() * size
    order = rng.permutation(N)
    steps = np.floor(np.cumsum(probability[order]) - rng.random())
    drawn = order[np.diff(np.concatenate([[-1], steps])) > 0]
    return drawn, probability[drawn], np.zeros(len(drawn), int)


def sampled(counts: Any, found: Any, drawn: Any, probability: Any, stratum: Any, part: Any = None) -> SampledValues:
    """What is known of a sample and of a part of the corpus, by default the whole."""
    part = np.ones(len(counts), dtype=bool) if part is None else part
    mean = float(found[part].mean())
    return SampledValues(counts[drawn], found[drawn], 1 / probability, probability, stratum, part[drawn], int(part.sum()), mean)  # fmt: skip


def test_intervals_of_groups_that_lie_across_strata_hold() -> None:
    """How many documents of a group are drawn from each stratum is a matter of the draw, too."""
    rng = np.random.default_rng(4)
    held = {"corrected": 0, "gold": 0}
    runs = 300
    share = np.array([0.9, 0.7, 0.5, 0.4, 0.2, 0.1])
    truth = float(np.average((1 + np.arange(6)) / 4, weights=share))
    for _ in range(runs):
        counts, found, month = world(rng)
        part = rng.random(N) < share[month]
        drawn, probability, stratum = stratified(rng, found, month, 240)
        sample = sampled(counts, found, drawn, probability, stratum, part)
        for name, mean in (("corrected", corrected_mean(sample)), ("gold", gold_mean(sample))):
            assert mean.interval is not None
            held[name] += mean.interval.low <= truth <= mean.interval.high
    assert all(0.91 <= count / runs <= 0.99 for count in held.values()), held


@pytest.mark.parametrize("draw", [simple, stratified, unequal])
def test_corrected_intervals_hold_and_predictions_alone_do_not(draw: Any) -> None:
    """Within what 300 corpora tell; `python -m benchmarks estimation` has a table of 2,000 a cell."""
    rng = np.random.default_rng(7)
    truth = float(np.mean([(1 + month) / 4 for month in range(6)]))
    held = {"corrected": 0, "gold": 0, "predictions": 0}
    runs = 300
    for _ in range(runs):
        counts, found, month = world(rng)
        drawn, probability, stratum = draw(rng, found, month, 120)
        sample = sampled(counts, found, drawn, probability, stratum)
        for name, mean in (("corrected", corrected_mean(sample)), ("gold", gold_mean(sample))):
            assert mean.interval is not None
            held[name] += mean.interval.low <= truth <= mean.interval.high
        held["predictions"] += abs(found.mean() - truth) < 1.96 * found.std() / sqrt(N)
    assert 0.91 <= held["corrected"] / runs <= 0.985 and 0.91 <= held["gold"] / runs <= 0.985
    assert held["predictions"] / runs < 0.2


def test_the_interval_is_as_wide_as_theory_says() -> None:
    """Gold alone times the root of 1 - ρ²(1 - n/N) (Angelopoulos, Duchi and Zrnic 2023)."""
    rng = np.random.default_rng(3)
    ratios = []
    for _ in range(60):
        counts, found, month = world(rng)
        drawn, probability, stratum = simple(rng, found, month, 300)
        sample = sampled(counts, found, drawn, probability, stratum)
        interval = corrected_mean(sample).interval
        assert interval is not None
        correlation = float(np.corrcoef(counts, found)[0, 1])
        theory = 2 * 1.96 * counts.std() / sqrt(300) * sqrt(1 - correlation**2 * (1 - 300 / N))
        ratios.append((interval.high - interval.low) / theory)
    assert abs(float(np.mean(ratios)) - 1) < 0.05


def test_gold_alone_of_a_simple_sample_is_the_t_interval_of_the_textbook() -> None:
    values = np.array([2.0, 4.0, 4.0, 6.0] * 10)  # not skewed
    population = 10**12
    share = np.full(40, 40 / population)
    every = np.ones(40, dtype=bool)
    mean = gold_mean(SampledValues(values, np.zeros(40), 1 / share, share, np.zeros(40, int), every, population, 0.0))
    half = t_quantile(0.975, 39) * values.std(ddof=1) / sqrt(40)
    assert mean.value == pytest.approx(4.0) and mean.interval is not None
    assert list(mean.interval) == pytest.approx([4.0 - half, 4.0 + half], rel=1e-9)


def test_perfect_predictions_leave_the_spread_of_the_corpus_alone() -> None:
    rng = np.random.default_rng(1)
    counts, _, month = world(rng)
    drawn, probability, stratum = simple(rng, counts, month, 200)
    sample = sampled(counts, counts, drawn, probability, stratum)
    mean = corrected_mean(sample)
    assert (mean.value, mean.weight) == (pytest.approx(counts.mean()), pytest.approx(1.0))
    assert mean.interval is not None and mean.interval.high - mean.interval.low < 4.5 * counts.std() / sqrt(N)


KILLED = "They said {} people died."


def documents(numbers: Sequence[Sequence[int]], found: Sequence[Sequence[int]] | None = None, **more: Any) -> list[Any]:
    """Records with a sentence for each number, and spans for those that are found."""
    made = []
    for at, stated in enumerate(numbers):
        text, spans = f"Report {at}.", []
        for number in stated:
            start = len(text) + 1 + KILLED.index("{}")
            text += " " + KILLED.format(number)
            if found is None or number in found[at]:
                value = {"min": number, "max": number, "unit": "killed"}
                spans.append(span(start, start + len(str(number)), "COUNT", value))
        published = f"2024-0{1 + at % 2}-05"
        made.append({**record(f"d{at:03}", text, spans=spans), "meta": {"published": published}, **more})
    return made


NUMBERS = [[10 + at % 7] if at % 3 else [] for at in range(60)]
FOUND = [numbers if at % 4 else [] for at, numbers in enumerate(NUMBERS)]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_lines(tmp_path / "truth.jsonl", *documents(NUMBERS))
    write_lines(tmp_path / "found.jsonl", *documents(NUMBERS, FOUND))
    write_lines(tmp_path / "plain.jsonl", *documents(NUMBERS)[:20])
    return tmp_path


def estimate(run: Run, folder: Path, quantity: str, gold: str, *more: str) -> Any:
    done = run("estimate", quantity, "--gold", folder / gold, "--predictions", folder / "found.jsonl", "--json", *more)
    done.check_returncode()
    return json.loads(done.stdout)


def test_a_census_gives_what_the_gold_says(goldspan: Run, corpus: Path) -> None:
    for quantity, truth in (
        ("documents(COUNT)", 40 / 60),
        ("spans(COUNT.unit=killed)", 40 / 60),
        ("documents(COUNT.min=10|11)", sum(10 in n or 11 in n for n in NUMBERS) / 60),
        ("sum(COUNT.min, unit=killed)", sum(map(sum, NUMBERS)) / 60),
    ):
        found = estimate(goldspan, corpus, quantity, "truth.jsonl")
        assert (found["documents"], found["gold"], found["notes"]) == (60, 60, [])
        whole = found["estimates"][0]
        assert whole["gold"]["value"] == pytest.approx(truth) == whole["corrected"]["value"]
        assert whole["predictions"]["value"] < truth and whole["corrected"]["method"].startswith("prediction-powered")


def test_a_sample_says_how_it_was_drawn(goldspan: Run, corpus: Path) -> None:
    goldspan("corpus", "sample", corpus / "truth.jsonl", "--n", "30", "--by", "month", "--out", corpus / "gold.jsonl")
    found = estimate(goldspan, corpus, "documents(COUNT)", "gold.jsonl", "--by", "month")
    assert (found["design"], found["gold"]) == ("stratified", 30)
    assert [(group["group"], group["documents"], group["gold_documents"]) for group in found["estimates"]] == [
        (None, 60, 30),
        ("2024-01", 30, 15),
        ("2024-02", 30, 15),
    ]
    for group in found["estimates"]:
        low, high = group["corrected"]["interval"]
        assert low < group["corrected"]["value"] < high


def test_what_is_unknown_is_said(goldspan: Run, corpus: Path) -> None:
    found = estimate(goldspan, corpus, "documents(COUNT)", "plain.jsonl", "--by", "meta.published")
    assert any("taken for a simple random sample" in note for note in found["notes"])
    write_lines(corpus / "january.jsonl", *documents(NUMBERS)[0:20:2])
    found = estimate(goldspan, corpus, "documents(COUNT)", "january.jsonl", "--by", "month")
    assert found["estimates"][2]["corrected"] == {"value": None, "interval": None}
    assert any("1 group without gold" in note for note in found["notes"])
    open_ended = documents(NUMBERS)
    for item in open_ended:
        for found_span in item["spans"]:
            found_span["value"]["min"] = None
    write_lines(corpus / "open.jsonl", *open_ended)
    found = estimate(goldspan, corpus, "sum(COUNT.min)", "open.jsonl")
    assert any("40 spans of the gold have no value to sum" in note for note in found["notes"])


def test_weights_are_those_of_a_field(goldspan: Run, corpus: Path) -> None:
    gold = documents(NUMBERS)[:30]
    for at, item in enumerate(gold):
        item["extra"] = {"weight": 3.0 if at % 3 else 1.0}
    write_lines(corpus / "gold.jsonl", *gold)
    found = estimate(goldspan, corpus, "documents(COUNT)", "gold.jsonl", "--weights", "extra.weight")
    assert found["estimates"][0]["gold"]["value"] == pytest.approx(20 * 3 / (20 * 3 + 10))
    done = goldspan("estimate", "documents(COUNT)", "--gold", corpus / "plain.jsonl", "--predictions", corpus / "found.jsonl", "--weights", "extra.weight")  # fmt: skip
    assert (
        done.returncode == 1
        and "extra.weight is missing. Fix: give each document of the gold a number above 0" in done.stderr
    )


def test_of_a_reading_order_only_the_random_head_counts(goldspan: Run, corpus: Path) -> None:
    shuffled = sorted(range(60), key=lambda at: draw_key("draw", f"d{at:03}"))
    chosen = {**dict.fromkeys(shuffled[:12], "random"), **dict.fromkeys(shuffled[20:30], "score")}
    layer = {"annotator": "ann", "scheme": "conflict-news@1"}
    gold = [{**documents(NUMBERS)[at], "layer": {**layer, "chosen_by": [by]}} for at, by in chosen.items()]
    write_lines(corpus / "gold.jsonl", *gold)
    found = estimate(goldspan, corpus, "documents(COUNT)", "gold.jsonl")
    assert found["gold"] == 12 and any(
        "10 documents of the gold were not drawn at random" in note for note in found["notes"]
    )
    write_lines(corpus / "gold.jsonl", *gold[12:])
    done = goldspan("estimate", "documents(COUNT)", "--gold", corpus / "gold.jsonl", "--predictions", corpus / "found.jsonl")  # fmt: skip
    assert done.returncode == 1 and "chosen by score" in done.stderr and "corpus sample" in done.stderr


@pytest.mark.parametrize(
    ("quantity", "status", "said"),
    [
        ("killed", 2, "'killed' is not a quantity"),
        ("mean(COUNT)", 2, "is not a quantity"),
        ("documents(HAZARD)", 2, "unknown 'HAZARD'"),
        ("documents(COUNT>3)", 2, "not a condition on spans"),
        ("documents(meta.publisher=x)", 2, "not a condition on spans"),
        ("sum(COUNT)", 2, "begins with no field"),
        ("sum(COUNT.min>3)", 2, "begins with no field"),
        ("sum(COUNT.unit, min=3)", 2, "COUNT.unit is not a number"),
    ],
)
def test_quantities_that_are_none_are_refused(
    goldspan: Run, corpus: Path, quantity: str, status: int, said: str
) -> None:
    done = goldspan("estimate", quantity, "--gold", corpus / "plain.jsonl", "--predictions", corpus / "found.jsonl")
    assert done.returncode == status and said in done.stderr and "Fix: " in done.stderr


def test_gold_that_is_no_sample_of_the_corpus_is_refused(goldspan: Run, corpus: Path) -> None:
    goldspan("corpus", "sample", corpus / "truth.jsonl", "--n", "30", "--out", corpus / "gold.jsonl")
    write_lines(corpus / "part.jsonl", *documents(NUMBERS, FOUND)[:50])
    write_lines(corpus / "other.jsonl", *documents([[5]] * 60))
    goldspan("corpus", "filter", corpus / "gold.jsonl", "--where", "COUNT", "--out", corpus / "chosen.jsonl")
    goldspan("corpus", "filter", corpus / "gold.jsonl", "--where", "month=2024-01", "--out", corpus / "january.jsonl")
    goldspan("corpus", "sample", corpus / "gold.jsonl", "--n", "9", "--by", "month", "--out", corpus / "again.jsonl")
    lines = (corpus / "gold.jsonl").read_text("utf-8").splitlines(keepends=True)
    (corpus / "half.jsonl").write_text("".join(lines[1:]), "utf-8")
    layer = {"annotator": "ann", "scheme": "conflict-news@1", "chosen_by": ["random"]}
    head = min(range(60), key=lambda at: draw_key("draw", f"d{at:03}"))
    random_alone = [{**item, "layer": layer} for at, item in enumerate(documents(NUMBERS)) if at % 3 and at != head]
    write_lines(corpus / "random.jsonl", *random_alone)
    for gold, predictions, said in (
        ("gold.jsonl", "part.jsonl", "no predictions"),
        ("gold.jsonl", "other.jsonl", "another text"),
        ("chosen.jsonl", "found.jsonl", "chosen by what was found in it"),
        ("january.jsonl", "found.jsonl", "the sample was filtered after it was drawn"),
        ("half.jsonl", "found.jsonl", "the gold has 29 of the 30 documents that were drawn"),
        ("again.jsonl", "found.jsonl", "drawn from a sample by strata"),
        ("random.jsonl", "found.jsonl", "lacks the head of the random order"),
    ):
        done = goldspan("estimate", "documents(COUNT)", "--gold", corpus / gold, "--predictions", corpus / predictions)
        assert done.returncode == 1 and said in done.stderr, done.stderr


def test_estimates_are_a_table_a_picture_and_a_paragraph(goldspan: Run, corpus: Path) -> None:
    table, picture = corpus / "e.csv", corpus / "e.svg"
    done = goldspan("estimate", "documents(COUNT)", "--gold", corpus / "truth.jsonl", "--predictions", corpus / "found.jsonl", "--by", "month", "--out", table, "--plot", picture, "--methods")  # fmt: skip
    assert done.returncode == 0 and "Angelopoulos" in done.stdout and "2024-01" in done.stdout
    assert len(table.read_text("utf-8").splitlines()) == 4 and picture.read_bytes().startswith(b"<?xml")
    for option, name in (("--out", "e.txt"), ("--plot", "e.gif")):
        done = goldspan("estimate", "documents(COUNT)", "--gold", corpus / "truth.jsonl", "--predictions", corpus / "found.jsonl", option, corpus / name)  # fmt: skip
        assert done.returncode == 2 and option in done.stderr


def test_little_or_even_gold_has_no_interval_and_skipped_gold_does_not_count(goldspan: Run, corpus: Path) -> None:
    write_lines(corpus / "one.jsonl", *documents(NUMBERS)[1:2])
    write_lines(corpus / "even.jsonl", *[item for item in documents(NUMBERS) if item["spans"]][:20])
    for gold, count, said in (("one.jsonl", 1, "intervals may be too narrow"), ("even.jsonl", 20, "shows no spread")):
        found = estimate(goldspan, corpus, "documents(COUNT)", gold)
        [whole] = found["estimates"]
        assert (found["gold"], whole["gold"]["value"]) == (count, pytest.approx(1.0))
        assert (whole["gold"]["interval"], whole["corrected"]["interval"]) == (None, None)
        assert any(said in note for note in found["notes"])
    skipped = [{**item, "layer": {"annotator": "a", "skipped": True}} for item in documents([[]] * 60)[20:40]]
    for at, item in enumerate(skipped):
        item["text"] = documents(NUMBERS)[20 + at]["text"]
    write_lines(corpus / "skipped.jsonl", *documents(NUMBERS)[:20], *skipped)
    plain, some = (estimate(goldspan, corpus, "spans(COUNT)", gold) for gold in ("plain.jsonl", "skipped.jsonl"))
    assert some["estimates"][0]["gold"]["value"] == pytest.approx(plain["estimates"][0]["gold"]["value"])
    assert any("20 documents that annotators skipped are left out" in note for note in some["notes"])


def test_weights_count_in_proportion(goldspan: Run, corpus: Path) -> None:
    values = set()
    for scale in (0.01, 0.6, 1.0, 7.0, 1e200):
        gold = documents(NUMBERS)[:40]
        for at, item in enumerate(gold):
            item["extra"] = {"weight": scale * (3.0 if at % 3 else 1.0)}
        write_lines(corpus / "gold.jsonl", *gold)
        whole = estimate(goldspan, corpus, "spans(COUNT)", "gold.jsonl", "--weights", "extra.weight")["estimates"][0]
        values.add(json.dumps([[round(part, 9) for part in (w["value"], *w["interval"])] for w in (whole["gold"], whole["corrected"])]))  # fmt: skip
    assert len(values) == 1


def test_different_units_are_not_added_up(goldspan: Run, corpus: Path) -> None:
    mixed = documents(NUMBERS)
    for item in mixed[::2]:
        for found in item["spans"]:
            found["value"]["unit"] = "injured"
    write_lines(corpus / "mixed.jsonl", *mixed)
    call = ("--gold", corpus / "mixed.jsonl", "--predictions", corpus / "found.jsonl")
    done = goldspan("estimate", "sum(COUNT.min)", *call)
    assert done.returncode == 1 and "injured and killed would be added up. Fix: name one" in done.stderr
    assert goldspan("estimate", "sum(COUNT.min, unit=killed)", *call).returncode == 0


def test_gold_chosen_by_its_spans_is_refused_also_if_it_was_never_sampled(goldspan: Run, corpus: Path) -> None:
    def filtered(source: str, out: str, *where: str) -> None:
        options = [word for condition in where for word in ("--where", condition)]
        goldspan("corpus", "filter", corpus / source, *options, "--out", corpus / out).check_returncode()

    filtered("truth.jsonl", "chosen.jsonl", "COUNT")
    filtered("truth.jsonl", "many.jsonl", "spans>=1", "month=2024-01")
    for gold in ("chosen.jsonl", "many.jsonl"):
        done = goldspan("estimate", "documents(COUNT)", "--gold", corpus / gold, "--predictions", corpus / "found.jsonl")  # fmt: skip
        assert done.returncode == 1 and "chosen by its spans, so the gold is not a probability sample" in done.stderr
    # a part that the system's own spans define is a corpus of its own, from which a sample can be drawn
    filtered("found.jsonl", "part.jsonl", "COUNT")
    done = goldspan("corpus", "sample", corpus / "part.jsonl", "--n", "12", "--out", corpus / "gold.jsonl")
    assert done.returncode == 0 and "sample" not in done.stderr.replace("gold.jsonl", "")
    call = ("estimate", "documents(COUNT)", "--predictions", corpus / "part.jsonl", "--json", "--gold")
    assert json.loads(goldspan(*call, corpus / "gold.jsonl").stdout)["design"] == "simple random"
    assert json.loads(goldspan(*call, corpus / "part.jsonl").stdout)["gold"] == 30  # all of it
    # the same condition on metadata leaves gold and predictions as they were
    filtered("plain.jsonl", "january.jsonl", "month=2024-01")
    filtered("found.jsonl", "corpus.jsonl", "month=2024-01")
    assert "part" not in (corpus / "january.jsonl").read_text("utf-8")
    call = ("estimate", "documents(COUNT)", "--predictions", corpus / "corpus.jsonl", "--json", "--gold")
    assert json.loads(goldspan(*call, corpus / "january.jsonl").stdout)["gold"] == 10


def test_names_with_signs_of_formulas_are_drawn_as_they_are(tmp_path: Path) -> None:
    gold = [{**item, "extra": {"desk": "$x_{" if at % 2 else "$a$_{$"}} for at, item in enumerate(documents(NUMBERS))]
    found = library.estimate('documents(COUNT.surface~"$x_{$")', gold, gold, by="extra.desk")
    write_plot(tmp_path / "p.svg", found)
    curve = [(10, 1.0), (20, 0.5)]
    write_curve(tmp_path / "c.svg", curve, across="documents", up="$x_{$")
    for drawn in (
        forest_plot([("$x_{$", 0.5, None)], "$x_{$"),
        growth_plot([date(2026, 1, 1)], {"$x_{$": [1]}, "$x_{$"),
    ):
        assert "$x_{$" in drawn


def test_a_small_figure_is_no_rounding_error() -> None:
    def texts(value: float) -> Sequence[str]:
        return ThreeEstimates(predictions=value, gold=EstimatedMean(3e-14, ConfidenceInterval(1e-14, 5e-14), None), corrected=None).texts  # fmt: skip

    assert texts(2e-14)[:3] == ("2e-14", "3e-14", "1e-14 to 5e-14")
    assert texts(2e-30)[0] == "0"


def test_figures_are_shown_also_if_they_cannot_be_drawn(goldspan: Run, corpus: Path) -> None:
    call = ("estimate", "documents(COUNT)", "--gold", corpus / "truth.jsonl", "--predictions", corpus / "found.jsonl")
    done = goldspan(*call, "--plot", corpus / "no folder" / "p.svg")
    assert done.returncode != 0 and "0.6667" in done.stdout and "no folder" in done.stderr
