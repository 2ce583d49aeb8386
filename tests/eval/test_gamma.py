"""Gamma beside pygamma-agreement, on what each annotator marked in a text."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from goldspan.eval import Agreement, agreement
from goldspan.eval.coefficients.gamma import gamma_of
from goldspan.eval.coefficients.pass_columns import PassColumns
from goldspan.eval.coefficients.resampling import DocumentResampling
from goldspan.eval.coefficients.unit_alignment import (
    NONE,
    AnnotatorUnits,
    candidates,
    dissimilarity,
    least_disorder,
    near_units,
    partition_by_program,
    partition_by_sweep,
)
from goldspan.eval.metric_types.agreement_metrics import GammaCoefficient
from goldspan.eval.shared_documents import group_by_document
from goldspan.schema import DataError, Document, Scheme, Span

from ..conftest import Run, record, span, write_lines

# pygamma-agreement 0.5.9 (numpy 2.4.6, cvxpy 1.9.3, cvxopt 1.3.2), d = CombinedCategoricalDissimilarity():
# `observed`, `expected` (the mean of 400 samples, with `deviation`) and `gamma` are those of
# `numpy.random.seed(1); continuum.compute_gamma(d, n_samples=400, sampler=ShuffleContinuumSampler())`, `disorder` that of
# `sample.get_best_alignment(d)` for three samples of that sampler
CASES = json.loads((Path(__file__).parent / "gamma.json").read_text("utf-8"))
LABELS = {"X": "ACTOR", "Y": "LOCATION", "Z": "DATE"}


def units(rows: list[Any]) -> AnnotatorUnits:
    start, end, category = zip(*sorted(rows), strict=True)
    return AnnotatorUnits(np.array(start), np.array(end), np.array(["XYZ".index(name) for name in category]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{len(case['units'])} annotators")
def test_the_best_alignment_has_the_disorder_that_pygamma_finds(case: Any) -> None:
    for rows, expected in ((case["units"], case["observed"]), *((s["units"], s["disorder"]) for s in case["samples"])):
        annotators = [units(of_one) for of_one in rows.values()]
        mean = sum(map(len, annotators)) / len(annotators)
        assert least_disorder(annotators) / mean == pytest.approx(expected, abs=1e-6)


def passes(case: Any, copies: int = 1) -> dict[str, list[Document]]:
    length = max(end for rows in case["units"].values() for _, end, _ in rows)
    return {
        name: [
            Document(id=f"d{n:02}", text="x" * length, spans=tuple(Span(s, e, LABELS[c]) for s, e, c in rows))
            for n in range(copies)
        ]
        for name, rows in case["units"].items()
    }


@pytest.mark.parametrize("case", CASES[1:3], ids=lambda case: f"{len(case['units'])} annotators")
def test_gamma_is_pygammas_within_the_precision_of_its_samples(case: Any, scheme: Scheme) -> None:
    found = agreement(passes(case), scheme, resamples=0, gamma=True).gamma[-1]
    assert found.value is not None and found.samples >= 30
    expected = case["observed"] / (1 - found.value)
    error = case["deviation"] * (1 / found.samples + 1 / 400) ** 0.5
    assert abs(expected - case["expected"]) < 3.5 * error


@pytest.mark.parametrize("annotators", [3, 4])
def test_both_ways_to_the_best_alignment_find_the_same(annotators: int) -> None:
    rng = np.random.default_rng(annotators)
    drawn = []
    for _ in range(annotators):
        start = np.sort(rng.choice(120, 8, replace=False))
        drawn.append(AnnotatorUnits(start, start + rng.integers(3, 15, 8), rng.integers(0, 3, 8)))
    members, disorders = candidates(drawn)
    column, owner = np.nonzero(members != NONE)
    unit = owner * 8 + members[column, owner]
    by_sweep = partition_by_sweep(column, unit, disorders, np.concatenate([item.start for item in drawn]))
    assert by_sweep is not None and by_sweep == pytest.approx(
        partition_by_program(column, unit, disorders, 8 * annotators)
    )
    assert by_sweep < 8 * annotators  # that of units which all stand alone


def drawn_units(rng: np.random.Generator, number: int, length: int) -> AnnotatorUnits:
    start = rng.integers(0, length, number)
    return AnnotatorUnits(start, start + rng.integers(1, 12, number) ** 2, rng.integers(0, 3, number))


@pytest.mark.parametrize("limit", [2, 5, 20])
def test_near_units_are_those_of_a_look_at_all_pairs(limit: float) -> None:
    rng = np.random.default_rng(3)
    one, other = drawn_units(rng, 80, 3000), drawn_units(rng, 60, 3000)
    some = rng.integers(0, 80, 100)
    table = dissimilarity(one, some[:, None], other, np.arange(60))
    assert [side.tolist() for side in near_units(one, some, other, limit)] == [
        side.tolist() for side in np.nonzero(table <= limit)
    ]


def test_many_units_are_paired_without_a_table_of_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    few = drawn_units(rng, 90, 2000), drawn_units(rng, 70, 2000)
    whole = least_disorder(few)
    monkeypatch.setattr("goldspan.eval.coefficients.unit_alignment._SMALL", 0)
    assert least_disorder(few) == pytest.approx(whole, abs=1e-9)
    start = np.arange(0, 400_000, 20)  # 20,000 units: a table of all pairs has 3 GB
    many = AnnotatorUnits(start, start + 8, start % 3)
    assert least_disorder([many, AnnotatorUnits(start + 1, start + 9, start % 3)]) == pytest.approx(
        20_000 * (2 / 16) ** 2, abs=1e-6
    )


def test_too_many_ways_to_align_are_told_with_the_document(scheme: Scheme) -> None:
    same = [Document(id="busy", text="x" * 50, spans=(Span(0, 4, "ACTOR"),))]
    quiet = [Document(id="quiet", text="x" * 50, spans=())]
    said = r"document 'busy': 18 spans of 18 passes: there are too many ways .* for gamma. Fix: leave out `gamma`"
    with pytest.raises(DataError, match=said):
        gamma_of_all({f"p{n}": [*same, *quiet] for n in range(18)}, scheme)


def gamma_of_all(passes: dict[str, list[Document]], scheme: Scheme) -> GammaCoefficient:
    shared = PassColumns(list(passes), group_by_document(passes), scheme).shared()
    return gamma_of(shared, DocumentResampling(0, 0, False, len(shared)))[0]


def test_gamma_has_an_interval_a_seed_and_a_value_for_each_pair(scheme: Scheme) -> None:
    def measured(seed: int) -> Agreement:
        return agreement(passes(CASES[2], 10), scheme, seed=seed, gamma=True)

    found = measured(3)
    assert [item.passes for item in found.gamma] == [("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]
    for item in found.gamma:
        assert item.value is not None and item.interval is not None
        assert item.interval.low <= item.value <= item.interval.high
    assert measured(3).gamma == found.gamma != measured(4).gamma
    data = found.to_dict()["gamma"][-1]
    assert data["passes"] == ["a", "b", "c"] and data["value"] == found.gamma[-1].value
    assert "gamma" not in agreement(passes(CASES[2]), scheme).to_dict()
    assert found.to_pandas()["gamma"].tolist() == [item.value for item in found.gamma[:3]]


def test_equal_passes_have_gamma_1_and_chance_about_0_and_empty_ones_none(scheme: Scheme) -> None:
    one = passes(CASES[0])["a"]
    assert agreement({"a": one, "b": one}, scheme, gamma=True).gamma[0].value == 1
    empty = [Document(id="d00", text=one[0].text, spans=())]
    found = agreement({"a": empty, "b": empty}, scheme, gamma=True)
    assert found.gamma[0].value is None and "gamma is null: there are no spans" in found.notes
    full = [Document(id="d00", text="x", spans=(Span(0, 1, "ACTOR"),))]
    found = agreement({"a": full, "b": full}, scheme, gamma=True)
    assert found.gamma[0].value is None and "gamma is null: random annotations are all alike" in found.notes
    rng = random.Random(1)
    drawn = [
        [
            Document(
                id=str(n), text="x" * 400, spans=tuple(Span(s, s + 4, "ACTOR") for s in rng.sample(range(0, 390, 5), 8))
            )
            for n in range(40)
        ]
        for _ in "ab"
    ]
    [by_chance] = agreement({"a": drawn[0], "b": drawn[1]}, scheme, gamma=True).gamma
    assert by_chance.interval is not None and by_chance.interval.low < 0.05 and abs(by_chance.value or 1) < 0.15


def test_the_command_shows_gamma_where_it_is_asked_for(goldspan: Run, tmp_path: Path) -> None:
    files = [
        write_lines(
            tmp_path / f"{name}.jsonl",
            record("a", d[0].text, spans=[span(s.start, s.end, s.label) for s in d[0].spans]),
        )
        for name, d in passes(CASES[2]).items()
    ]
    call = ("agree", *files, "--gamma", "--resamples", 0, "--seed", 5)
    shown = goldspan(*call)
    assert shown.returncode == 0, shown.stderr
    value = json.loads(goldspan(*call, "--json").stdout)["gamma"][-1]["value"]
    assert [line.split()[1] for line in shown.stdout.splitlines() if line.startswith("gamma")] == [f"{value:.3f}"]
    assert "gamma" not in goldspan("agree", *files).stdout
