"""Resampling, tests and means, by theory and by hand."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.simulations.coverage import coverage, rejection
from goldspan.eval.statistics.bootstrap import approximate_randomisation, holm, percentile_interval, resampled_sums
from goldspan.eval.statistics.interval_coverage import SIMULATED, simulated_coverage
from goldspan.eval.statistics.metrics import macro, precision_recall_f1

ROOT = Path(__file__).parents[2]


def test_resampling_agrees_with_theory() -> None:
    counts = np.array([[1.0], [0.0]] * 200)  # 400 coins
    (sums,) = resampled_sums(counts, resamples=4000, seed=1)
    assert sums.mean() == pytest.approx(200, abs=1) and sums.std() == pytest.approx(10, abs=0.5)  # sqrt(400 / 4)
    once, again = (resampled_sums(counts, resamples=10, seed=1)[0] for _ in range(2))
    assert (once == again).all()
    interval, dropped = percentile_interval(np.array([*range(101), np.nan], dtype=float))
    assert (interval, dropped) == (pytest.approx([2.5, 97.5]), 1)
    assert percentile_interval(np.array([np.nan])) == (None, 1)


def test_the_paired_test_tells_noise_from_a_plain_difference() -> None:
    rng = np.random.default_rng(0)
    figure = lambda sums: precision_recall_f1(sums)[..., 2]  # noqa: E731
    gold = np.full(200, 5)
    one, two, three = (np.stack([rng.binomial(5, p, 200), 0 * gold, gold, gold], axis=1) for p in (0.7, 0.7, 0.85))
    assert (approximate_randomisation(one, two, figure, resamples=500, seed=1) or 0) > 0.05
    assert (approximate_randomisation(one, three, figure, resamples=500, seed=1) or 1) < 0.01


def test_holm_steps_down() -> None:
    # sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1, never below the one before
    assert holm([0.04, 0.01, None, 0.03, 0.02]) == pytest.approx([0.06, 0.04, None, 0.06, 0.06])


def test_macro_leaves_out_labels_without_support() -> None:
    figures = precision_recall_f1(np.array([[2, 0, 2, 2], [0, 0, 0, 3], [0, 0, 1, 0]]))
    assert macro(figures, np.array([2, 0, 1])).tolist() == [1.0, 0.5, 0.5]


def test_the_stated_coverage_is_that_of_the_simulation_and_of_the_documents() -> None:
    # 400 corpora: three standard errors are 0.06 at the most
    for documents in (2, 5, 10):
        assert coverage(documents, 400, resamples=200) == pytest.approx(SIMULATED[documents], abs=0.075)
    assert rejection(10, 400, resamples=200) == pytest.approx(0.05, abs=0.04)
    rows = re.findall(r"^\| (\d+) \| (0\.\d\d) \| ", (ROOT / "docs" / "scoring.md").read_text("utf-8"), re.M)
    assert {int(documents): float(share) for documents, share in rows} == SIMULATED
    assert [simulated_coverage(documents) for documents in (1, 2, 11, 10_000)] == [
        None,
        SIMULATED[2],
        SIMULATED[10],
        SIMULATED[50],
    ]
