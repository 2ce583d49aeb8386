"""Simulated coverage of the bootstrap interval, and size of the paired test, on few documents.

`python -m benchmarks.simulations.coverage` prints the table in `goldspan.eval.statistics.interval_coverage` and the
documentation. Documents differ in length and difficulty, as articles do; the true value is that of all possible
articles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from goldspan.eval.statistics.bootstrap import approximate_randomisation, percentile_interval, resampled_sums
from goldspan.eval.statistics.interval_coverage import SIMULATED
from goldspan.eval.statistics.metrics import Floats, precision_recall_f1

_CORPORA = 4000


def main() -> None:
    """Print the coverage of the interval, and how often a true null is rejected at 5 %, by number of documents."""
    print("documents  coverage  rejected")
    for documents in SIMULATED:
        rejected = f"{rejection(documents, _CORPORA):.3f}" if documents >= 10 else "-"
        print(f"{documents:9d}  {coverage(documents, _CORPORA):.2f}      {rejected}", flush=True)


def coverage(documents: int, corpora: int, *, resamples: int = 1000) -> float:
    """Return the share of simulated corpora whose interval of F1 contains the true F1."""
    rng = np.random.default_rng(documents)
    truth = _f1(simulate(rng, 1_000_000).sum(axis=0)[None])[0]
    covered = 0
    for seed in range(corpora):
        (sums,) = resampled_sums(simulate(rng, documents), resamples=resamples, seed=seed)
        interval, _ = percentile_interval(_f1(sums))
        covered += interval is not None and interval[0] <= truth <= interval[1]
    return covered / corpora


def rejection(documents: int, corpora: int, *, resamples: int = 1000) -> float:
    """Return the share of pairs of equally good systems that the paired test finds different at the 5 % level."""
    rng = np.random.default_rng(documents)
    rejected = 0
    for seed in range(corpora):
        first, second = simulate_pair(rng, documents)
        p_value = approximate_randomisation(first, second, _f1, resamples=resamples, seed=seed)
        rejected += p_value is not None and p_value <= 0.05
    return rejected / corpora


def simulate(rng: np.random.Generator, documents: int) -> NDArray[np.int64]:
    """Simulate documents with 25 gold spans on average and an F1 around 0.8, some of them harder than others.

    Returns:
        Counts (matched, 0, gold, system), shape `(n_documents, 4)`.
    """
    return simulate_pair(rng, documents)[0]


def simulate_pair(rng: np.random.Generator, documents: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Simulate two systems of equal quality on the same documents; counts as in `simulate`."""
    gold = 1 + rng.negative_binomial(3, 3 / (3 + 24), documents)
    ease = rng.beta(8, 2, documents)
    systems = []
    for _ in range(2):
        matched = rng.binomial(gold, ease)
        spurious = rng.poisson(0.2 * gold)
        systems.append(np.stack([matched, 0 * gold, gold, matched + spurious], axis=1))
    return systems[0], systems[1]


def _f1(counts: Floats) -> Floats:
    return precision_recall_f1(counts)[..., 2]


if __name__ == "__main__":
    main()
