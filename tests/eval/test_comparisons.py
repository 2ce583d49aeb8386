"""Tests between systems: by any metric, over several runs, with intervals, detectable differences, and one table."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
import pytest

from benchmarks.simulations.runs import power, rejection_of_runs, rejection_of_single_runs
from goldspan.corpus import write_records
from goldspan.eval import score
from goldspan.eval.comparisons.system_comparison import LEGEND
from goldspan.eval.comparisons.system_runs import run_names
from goldspan.eval.metric_types.metric_groups import leaves
from goldspan.eval.statistics.bootstrap import approximate_randomisation, resampled_sums
from goldspan.eval.statistics.compared_metrics import compared_metrics
from goldspan.eval.statistics.difference_error import difference_error, pseudovalues
from goldspan.eval.statistics.metrics import Floats, precision_recall_f1
from goldspan.eval.statistics.student_t import t_quantile, t_tails
from goldspan.schema import Document, Scheme, UsageError

from ..conftest import Run
from .layers import many

STRICT = "spans.strict.micro.f1"
QUALITIES = (0.9, 0.8, 0.7, 0.6)


def known(value: float | None) -> float:
    assert value is not None
    return value


def f1(sums: Floats) -> Floats:
    return precision_recall_f1(sums)[..., 2]


def systems(*qualities: float) -> list[list[Document]]:
    """The gold, and systems that keep a share of its spans."""
    made = [many(seed, quality) for seed, quality in enumerate(qualities)]
    return [made[0][0], *(system for _, system in made)]


def valued(scheme: Scheme, seed: int) -> list[Document]:
    """Documents with values that are right or wrong at random."""
    rng = random.Random(seed)
    return [
        Document(
            id=f"{n:02}",
            text="Iran 12 Iraq",
            spans=(
                scheme.span(0, 4, "ACTOR", id=rng.choice(["IRN", "IRQ"]), kind="state"),
                scheme.span(5, 7, "COUNT", min=rng.choice([12, 13]), max=13, unit="killed"),
                scheme.span(8, 8 + rng.choice([3, 4]), "LOCATION", id="p", lat=10.0, lon=10.0 + rng.random()),
            )[: rng.choice([2, 3, 3])],
        )
        for n in range(12)
    ]


def test_the_default_test_is_approximate_randomisation_of_strict_f1_with_its_interval() -> None:
    gold, good, bad = systems(0.8, 0.7)
    found = score(gold, good, bad, names=["good", "bad"], resamples=300, seed=5)
    [comparison] = found.comparisons
    a, b = (system.counts.spans["strict"][:, -1] for system in found)
    assert comparison.p_value == approximate_randomisation(a, b, f1, resamples=300, seed=5)
    resampled = [f1(*resampled_sums(counts, resamples=300, seed=5)) for counts in (a, b)]
    assert comparison.interval is not None and comparison.difference is not None and comparison.detectable is not None
    assert comparison.interval == pytest.approx(np.quantile(resampled[0] - resampled[1], [0.025, 0.975]))
    assert comparison.measure == STRICT and comparison.interval.low < comparison.difference < comparison.interval.high
    assert (
        0 < comparison.detectable < 0.1
        and found.comparisons
        == score(gold, good, bad, names=["good", "bad"], resamples=300, seed=5, tests=[STRICT]).comparisons
    )
    assert list(comparison.to_dict())[:8] == "a b measure difference p_value p_holm method resamples".split()
    assert score(gold, good, good, resamples=50).comparisons[0].detectable is None  # nothing varies


def test_every_rate_can_be_tested_and_counts_medians_and_clusters_are_refused(scheme: Scheme) -> None:
    gold, a, b = (valued(scheme, seed) for seed in range(3))
    plain = score(gold, a, b, names=["a", "b"], tokens=True, resamples=0)
    refused, tested = {}, []
    for path in (".".join(path) for path, _ in leaves(plain[0].metric_groups)):
        try:
            compared_metrics([path], plain[0].counts, {})
        except UsageError as error:
            refused[path] = str(error)
        else:
            tested.append(path)
    last = {path.rpartition(".")[2] for path in refused if ".b_cubed." not in path and ".compared." not in path}
    assert last == {"matched", "partial", "missed", "spurious", "support", "gold", "system", "median_km"}
    found = score(gold, a, b, names=["a", "b"], tokens=True, resamples=50, tests=tested)
    assert [c.measure for c in found.comparisons] == tested and len(tested) > 80
    for comparison in found.comparisons:
        one, other = (plain.metric(comparison.measure, name) for name in ("a", "b"))
        if one is None or other is None:
            assert (comparison.difference, comparison.p_value, comparison.detectable) == (None, None, None)
        else:
            assert comparison.difference == pytest.approx(one - other, abs=1e-12)
            assert comparison.p_value is not None and comparison.interval is not None
            assert comparison.interval.low <= known(comparison.difference) <= comparison.interval.high
    shown = {c.measure: c for c in found.comparisons}
    for path in ("spans.strict.macro.f1", "values.ACTOR.value_f1", "values.LOCATION.auc", "values.COUNT.unit_accuracy"):
        assert shown[path].difference is not None
    assert {c.p_holm for c in found.comparisons} - {None} == {1.0}  # of more than 80 tests
    assert any(f"Holm's correction is over {len(tested)} tests: 1 pair of systems by" in n for n in found.notes)


def test_holm_is_over_all_pairs_and_all_tests() -> None:
    tests = [STRICT, "spans.partial.micro.recall"]
    found = score(*systems(0.9, 0.85, 0.8), resamples=200, tests=tests).comparisons
    assert len(found) == 6
    ranked = sorted(c.p_value for c in found if c.p_value is not None)
    assert min(c.p_holm for c in found if c.p_holm is not None) == pytest.approx(6 * ranked[0])


WRONG: dict[str, tuple[Callable[[list[list[Document]]], object], str]] = {
    "a string": (lambda s: score(*s, tests=STRICT), "`tests` is a string. Fix: a list"),
    "one system": (lambda s: score(*s[:2], tests=[STRICT]), "`tests` compare systems, and there is one"),
    "one system in two runs": (lambda s: score(*s, names=["a", "a"], tests=[STRICT]), "and there is one"),
    "no such metric": (lambda s: score(*s, tests=["spans.strikt.micro.f1"]), "did you mean 'strict'?"),
    "no tokens": (lambda s: score(*s, tests=["tokens.micro.f1"]), "Fix: score with `tokens=True`"),
    "a run's system": (lambda s: score(*s, names=["a", "a"], resamples=0)["a"], "'a' has 2 runs: 'a-1', 'a-2'"),
    "a table of one": (lambda s: score(*s[:2], resamples=0).comparison_table(), "needs two systems or more"),
    "an untested table": (lambda s: score(*s, resamples=0).comparison_table("spans.type.micro.f1"), "Fix: name it in"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_compared_is_told(name: str) -> None:
    call, message = WRONG[name]
    with pytest.raises(UsageError) as refused:
        call(systems(0.9, 0.8))
    assert message in str(refused.value)


def test_the_same_name_several_times_is_for_runs_of_one_system() -> None:
    gold, *made = systems(0.8, 0.82, 0.6, 0.78)
    found = score(gold, *made, names=["ours", "ours", "theirs", "ours"], resamples=100)
    assert [system.name for system in found] == ["ours-1", "ours-2", "theirs", "ours-3"]
    [runs] = found.runs
    values = [known(found.metric(STRICT, f"ours-{number}")) for number in (1, 2, 3)]
    assert runs.metric(STRICT) == (fmean(values), stdev(values))
    assert str(runs.metric(STRICT)) == f"{fmean(values):.3f}±{stdev(values):.3f}"
    assert runs.metric("spans.strict.labels.DATE.f1") == (None, None)
    [comparison] = found.comparisons
    assert (comparison.a, comparison.b) == ("ours", "theirs") and comparison.resamples == 0
    assert comparison.method == "t test over documents and runs"
    assert comparison.difference == pytest.approx(fmean(values) - known(found.metric(STRICT, "theirs")))
    assert comparison.p_value is not None and comparison.p_value < 0.05
    assert comparison.interval is not None and comparison.interval.low > 0
    assert "one run of theirs: how much its runs differ is unknown and taken to be 0" in found.notes
    data = found.to_dict()
    assert list(data) == ["gold", "systems", "runs", "comparisons", "notes"]
    [entry] = data["runs"]
    assert list(entry) == ["name", "systems", "n", "mean", "deviation"]
    assert (entry["systems"], entry["n"]) == (["ours-1", "ours-2", "ours-3"], 3)
    for tree in (entry["mean"], entry["deviation"]):  # the tree of a system's metrics
        assert [path for path, _ in leaves(tree)] == [path for path, _ in leaves(found[0].metric_groups)]
    assert entry["mean"]["spans"]["strict"]["micro"]["f1"] == fmean(values)
    assert score(gold, *made, names=["ours", "ours", "theirs", "ours"], resamples=100).to_dict() == data
    # systems that only happen to have the same name are systems
    assert "runs" not in score(gold, *made[:2], resamples=0).to_dict()
    few = score(gold[:9], *(m[:9] for m in made), names=["ours", "ours", "theirs", "ours"], resamples=100)
    [comparison] = few.comparisons
    assert (comparison.p_value, comparison.p_holm, comparison.interval, comparison.detectable) == (None,) * 4
    assert comparison.difference is not None and any("too few" in note for note in few.notes)
    same = score(gold, *[made[0]] * 4, names=["a", "b", "a", "b"], resamples=10).comparisons[0]
    assert (same.difference, same.p_value, same.interval) == (0.0, 1.0, None)


def test_notes_say_why_runs_were_not_tested() -> None:
    gold = {f"d{n}": [(0, 4, "ACTOR")] for n in range(12)}
    nothing: dict[str, list[tuple[int, int, str]]] = {name: [(5, 9, "ACTOR")] for name in gold}
    found = score(gold, gold, nothing, gold, nothing, names=["a", "b", "a", "b"], resamples=10)
    assert (found.comparisons[0].difference, found.comparisons[0].p_value) == (1.0, None)
    assert [note for note in found.notes if note.startswith(f"a - b: {STRICT} was not tested: the runs leave no")]


def test_runs_are_numbered_past_names_that_are_taken() -> None:
    assert run_names(["a", "b", "a"]) == ["a-1", "b", "a-2"]
    assert run_names(["a", "a-1", "a", "a-2", "a-2"]) == ["a-3", "a-1", "a-4", "a-2-1", "a-2-2"]


def test_t_agrees_with_closed_forms_and_with_the_integral_of_its_density() -> None:
    assert t_tails(0.0, 3.3) == 1.0
    for t in (0.1, 1.0, 2.7, 40.0):
        assert t_tails(t, 1) == pytest.approx(1 - 2 * np.arctan(t) / np.pi, rel=1e-9)
        assert t_tails(-t, 2) == pytest.approx(1 - t / np.sqrt(2 + t * t), rel=1e-9)
    x = np.linspace(0, 2.5, 20001)
    for degrees in (1.5, 4.7, 39.2):
        density = (1 + x * x / degrees) ** (-(degrees + 1) / 2)
        ends = np.tan(np.linspace(0, np.pi / 2 - 1e-9, 400001))
        whole = (1 + ends * ends / degrees) ** (-(degrees + 1) / 2) * (1 + ends * ends)  # over all of the line
        inside = density.sum() - density[[0, -1]].mean()
        total = whole.sum() - whole[[0, -1]].mean()
        share = inside * (x[1] - x[0]) / (total * (np.pi / 2 - 1e-9) / 400000)
        assert t_tails(2.5, degrees) == pytest.approx(1 - share, abs=1e-4)
    # tables of the t distribution
    for probability, degrees, value in (
        (0.975, 1, 12.7062),
        (0.975, 9, 2.262157),
        (0.8, 29, 0.854192),
        (0.8, 4, 0.940965),
    ):
        assert t_quantile(probability, degrees) == pytest.approx(value, abs=5e-5)
    assert t_quantile(0.975, 1e6) == pytest.approx(1.959966, abs=1e-5)


def test_the_error_of_a_difference_is_that_of_the_analysis_of_variance() -> None:
    rng = np.random.default_rng(3)
    gold = np.full(12, 5)
    a, b = ([np.stack([rng.binomial(5, p, 12), 0 * gold, gold, gold], axis=1) for _ in range(3)] for p in (0.8, 0.5))
    recall = lambda sums: precision_recall_f1(sums)[..., 1]  # noqa: E731
    shares = [np.array([run[:, 0] / 5 for run in side]) for side in (a, b)]  # of documents that are equally long
    assert pseudovalues(a[0], recall) == pytest.approx(shares[0][0])
    one = difference_error(a[:1], b[:1], recall)
    assert one is not None and one.degrees == pytest.approx(11)
    assert one.standard_error == pytest.approx(np.std(shares[0][0] - shares[1][0], ddof=1) / np.sqrt(12))  # paired t
    # two-way tables of documents and runs: mean squares by their definition
    variance = np.var(shares[0].mean(axis=0) - shares[1].mean(axis=0), ddof=1) / 12
    for side in shares:
        grand = side.mean()
        runs = sum(12 * (row.mean() - grand) ** 2 for row in side) / 2
        rest = sum(
            (side[r, d] - side[r].mean() - side[:, d].mean() + grand) ** 2 for r in range(3) for d in range(12)
        ) / (2 * 11)
        variance += max(0.0, (runs - rest) / (12 * 3))
    several = difference_error(a, b, recall)
    assert several is not None and several.standard_error == pytest.approx(np.sqrt(variance))
    assert several.detectable == pytest.approx(
        several.standard_error * (t_quantile(0.975, several.degrees) + t_quantile(0.8, several.degrees))
    )
    alone = np.zeros((12, 4), dtype=int)
    alone[0] = [1, 0, 2, 1]  # without this document there is no figure
    assert difference_error([alone], [a[0]], f1) is None


def test_the_error_is_as_sure_as_the_least_sure_of_its_parts() -> None:
    rng = np.random.default_rng(5)
    shares = lambda sums: sums[..., 0] / sums[..., 2]  # noqa: E731
    gold = np.full(12, 6)
    for runs in (2, 3):
        for others in (1, runs):
            for _ in range(150):
                a, b = (
                    [np.stack([rng.binomial(gold, 0.7), 0 * gold, gold, gold], axis=1) for _ in range(number)]
                    for number in (runs, others)
                )
                error = difference_error(a, b, shares)
                assert error is not None and error.degrees >= runs - 1
                # the variance is that over documents, or over the runs that count, if more
                means = [np.mean([run[:, 0] / 6 for run in side], axis=0) for side in (a, b)]
                assert error.standard_error**2 >= np.var(means[0] - means[1], ddof=1) / 12 - 1e-12


def test_what_no_difference_can_be_is_null_and_told() -> None:
    gold = {f"d{n:02}": [(0, 4, "ACTOR")] for n in range(12)}
    all_right, nothing = dict(gold), {name: [(5, 9, "ACTOR")] for name in gold}
    found = score(gold, all_right, nothing, gold, names=["ours", "ours", "theirs"])
    [comparison] = found.comparisons
    assert comparison.p_value is not None and (comparison.interval, comparison.detectable) == (None, None)
    assert any("ours - theirs: interval and detectable difference are null" in note for note in found.notes)
    sparse = {name: spans if name == "d00" else [] for name, spans in gold.items()}
    single = score(sparse | {"d01": [(0, 4, "ACTOR")]}, sparse, sparse | {"d01": [(0, 4, "ACTOR")]})
    assert single.comparisons[0].interval is not None
    assert all(item.detectable is None or item.detectable <= 1 for item in single.comparisons)


def test_tests_keep_their_level_over_runs_and_find_what_they_call_detectable() -> None:
    # three standard errors of a share of 0.05 are 0.06 in 120 corpora, of 0.8 they are 0.12 in 100
    assert rejection_of_runs(10, 2, 0.15, 120) <= 0.11
    assert rejection_of_runs(20, 3, 0.4, 120) <= 0.11
    assert rejection_of_single_runs(20, 0.4, 50) > 0.2  # which is why one run is not enough
    assert power(20, 100) == pytest.approx(0.8, abs=0.12)


def test_a_table_says_who_beats_whom() -> None:
    names = ["worst", "best", "one but best"]
    found = score(*systems(0.6, 0.95, 0.85), names=names, resamples=500, tests=[STRICT, "spans.strict.macro.f1"])
    table = found.comparison_table()
    assert table.names == ("best", "one but best", "worst") and table.measure == STRICT
    lead = known(table["best", "worst"])
    assert lead == -known(table["worst", "best"]) > 0
    assert lead == pytest.approx(known(table.metrics[0]) - known(table.metrics[2]))
    cells = table.cells()
    assert [cells[n][n] for n in range(3)] == [""] * 3 and cells[0][2] == f"{lead:+.3f}*"
    header, first, *_, legend = table.lines()
    assert header.split() == [STRICT, "1", "2", "3"] and first.startswith("1 best ") and legend == LEGEND
    assert str(table).splitlines() == table.lines() and '<th scope="row">one but best</th>' in table._repr_html_()
    assert found.comparison_table("spans.strict.macro.f1").names == table.names
    with pytest.raises(UsageError, match="no comparison"):
        table["best", "nobody"]
    with pytest.raises(UsageError, match="metrics of slices cannot be tested"):
        score(*systems(0.6, 0.9), tests=["slices.month.-.spans.strict.micro.f1"])


def test_the_command_takes_runs_and_tests_and_shows_one_table(goldspan: Run, tmp_path: Path, scheme: Scheme) -> None:
    files = ["gold", "s1", "s2", "other", "third"]
    for name, documents in zip(files, systems(0.8, 0.84, 0.6, 0.7), strict=True):
        write_records(tmp_path / f"{name}.jsonl", documents, scheme)
    gold, one, two, other, third = (tmp_path / f"{name}.jsonl" for name in files)
    call = ("score", gold, f"ours={one}", f"ours={two}", other, third, "--test", "spans.partial.labels.ACTOR.recall")
    shown = goldspan(*call, "--resamples", 200)
    assert shown.returncode == 0 and "ours: mean and standard deviation of 2 runs (ours-1, ours-2)" in shown.stdout
    lines = shown.stdout.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("spans.partial.labels.ACTOR.recall"))
    assert [line[:7] for line in lines[start + 1 : start + 4]] == ["1 ours ", "2 third", "3 other"]
    assert "tests  t test over documents and runs, approximate randomisation" in shown.stdout
    data = json.loads(goldspan(*call, "--resamples", 200, "--json").stdout)
    assert [system["name"] for system in data["systems"]] == ["ours-1", "ours-2", "other", "third"]
    assert [(c["a"], c["b"]) for c in data["comparisons"]] == [("ours", "other"), ("ours", "third"), ("other", "third")]
    assert {len(c["interval"]) for c in data["comparisons"]} == {2} and data["runs"][0]["n"] == 2
    # a name may be a number, and what is asked for is shown of every run
    assert (
        goldspan("score", gold, f"1={one}", other, "--test", "spans.type.micro.f1", "--resamples", 20).returncode == 0
    )
    runs = goldspan("score", gold, f"a={one}", f"a={two}", "--by", "month", "--per-document", "--resamples", 0).stdout
    assert runs.count("\nmonth ") == runs.count("\ndocument ") == 2 and "\na-1\n" in runs and "\na-2\n" in runs
