"""Size and power of the test between systems with several runs, in simulations.

`python -m benchmarks.simulations.runs` prints the figures in the documentation. Documents differ in length and
difficulty, systems in what they find difficult, and runs in quality. Over all possible documents and runs, both
systems are equally good.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from goldspan.eval.statistics.bootstrap import approximate_randomisation
from goldspan.eval.statistics.difference_error import difference_error
from goldspan.eval.statistics.metrics import Floats, precision_recall_f1

_CORPORA = 2000

Counts = list[NDArray[np.int64]]
"""Counts (matched, 0, gold, system) of each run. Shape `(n_documents, 4)`."""

SPREADS = (0.0, 0.15, 0.4)
"""How much runs differ, as the standard deviation of the log odds to find a span: F1 by about 0, 0.017 and 0.045."""


def main() -> None:
    """Print how often a true null is rejected at 5 %, and how often a difference of the detectable size is found."""
    print("documents  runs  rejected where runs differ by", *SPREADS)
    for documents in (10, 30, 100):
        for runs in (2, 3, 5):
            found = [f"{rejection_of_runs(documents, runs, spread, _CORPORA):.3f}" for spread in SPREADS]
            print(f"{documents:9d}  {runs:4d}  {'  '.join(found)}", flush=True)
    print("documents  rejected if one run of each is compared by approximate randomisation")
    for documents in (10, 30, 100):
        found = [f"{rejection_of_single_runs(documents, spread, _CORPORA):.3f}" for spread in SPREADS]
        print(f"{documents:9d}  {'  '.join(found)}", flush=True)
    print("documents  differences of the detectable size that are found")
    for documents in (10, 30, 100):
        print(f"{documents:9d}  {power(documents, _CORPORA):.2f}", flush=True)


def rejection_of_runs(documents: int, runs: int, spread: float, corpora: int) -> float:
    """Return the share of pairs of equally good systems that the test over documents and runs finds different."""
    rng = np.random.default_rng(documents)
    rejected = 0
    for _ in range(corpora):
        a, b = simulate_runs(rng, documents, (runs, runs), spread)
        error = difference_error(a, b, _f1)
        rejected += error is not None and error.p_value(_mean(a) - _mean(b)) <= 0.05
    return rejected / corpora


def rejection_of_single_runs(documents: int, spread: float, corpora: int) -> float:
    """Return the share that approximate randomisation finds different from one run of each system."""
    rng = np.random.default_rng(documents)
    rejected = 0
    for seed in range(corpora):
        [a], [b] = simulate_runs(rng, documents, (1, 1), spread)
        p_value = approximate_randomisation(a, b, _f1, resamples=400, seed=seed)
        rejected += p_value is not None and p_value <= 0.05
    return rejected / corpora


def power(documents: int, corpora: int) -> float:
    """Return how often approximate randomisation finds a true difference of the size that is called detectable.

    The second system is made worse until it differs by what is detectable, on average, between these two.
    """
    rng = np.random.default_rng(documents)
    shift = 0.0
    for _ in range(3):
        errors = [difference_error(*simulate_runs(rng, documents, (1, 1), 0.0, shift), _f1) for _ in range(150)]
        wanted = float(np.mean([error.detectable for error in errors if error is not None]))
        low, high = -4.0, 0.0
        for _ in range(10):
            shift = (low + high) / 2
            a, b = simulate_runs(np.random.default_rng(1), 20_000, (1, 1), 0.0, shift)
            low, high = (shift, high) if _mean(a) - _mean(b) > wanted else (low, shift)
    found = 0
    for seed in range(corpora):
        [one], [other] = simulate_runs(rng, documents, (1, 1), 0.0, shift)
        p_value = approximate_randomisation(one, other, _f1, resamples=400, seed=seed)
        found += p_value is not None and p_value <= 0.05
    return found / corpora


def simulate_runs(
    rng: np.random.Generator, documents: int, runs: tuple[int, int], spread: float, shift: float = 0.0
) -> tuple[Counts, Counts]:
    """Simulate the runs of two systems on the same documents, with 25 gold spans on average and an F1 around 0.8.

    Args:
        rng: Random numbers.
        documents: Number of documents.
        runs: Number of runs of each system.
        spread: How much runs differ, one of `SPREADS`.
        shift: How much better the second system is, in log odds.
    """
    gold = 1 + rng.negative_binomial(3, 3 / (3 + 24), documents)
    ease = np.log(4) + rng.normal(0, 0.8, documents)
    systems: list[Counts] = []
    for number, better in zip(runs, (0.0, shift), strict=True):
        own = rng.normal(0, 0.4, documents)
        counts = []
        for _ in range(number):
            matched = rng.binomial(gold, 1 / (1 + np.exp(-(ease + own + rng.normal(0, spread) + better))))
            spurious = rng.poisson(0.2 * gold)
            counts.append(np.stack([matched, 0 * gold, gold, matched + spurious], axis=1))
        systems.append(counts)
    return systems[0], systems[1]


def _mean(runs: Counts) -> float:
    return float(np.mean(_f1(np.stack([run.sum(axis=0) for run in runs]))))


def _f1(counts: Floats) -> Floats:
    return precision_recall_f1(counts)[..., 2]


if __name__ == "__main__":
    main()
