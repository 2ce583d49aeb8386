"""Coverage of the bootstrap interval and the size of the paired test on few documents, by simulation.

`python -m benchmarks.coverage` prints the table that `goldspan.eval.statistics.interval_coverage` and the documents
state. Documents differ in length and difficulty, as articles do; the true figure is that of all possible articles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from goldspan.eval.statistics.bootstrap import approximate_randomisation, percentile_interval, resampled_sums
from goldspan.eval.statistics.interval_coverage import SIMULATED
from goldspan.eval.statistics.metrics import Floats, precision_recall_f1

_CORPORA = 4000


def main() -> None:
    """Prints, by number of documents, the coverage of the interval and how often a true null is rejected at 5 %."""
    print("documents  coverage  rejected")
    for documents in SIMULATED:
        rejected = f"{rejection(documents, _CORPORA):.3f}" if documents >= 10 else "-"
        print(f"{documents:9d}  {coverage(documents, _CORPORA):.2f}      {rejected}", flush=True)


def coverage(documents: int, corpora: int, *, resamples: int = 1000) -> float:
    """The share of simulated corpora whose interval of F1 holds the true F1."""
    chance = np.random.default_rng(documents)
    truth = _f1(simulated(chance, 1_000_000).sum(axis=0)[None])[0]
    held = 0
    for seed in range(corpora):
        sums = resampled_sums(simulated(chance, documents), resamples=resamples, seed=seed)
        interval, _ = percentile_interval(_f1(sums))
        held += interval is not None and interval[0] <= truth <= interval[1]
    return held / corpora


def rejection(documents: int, corpora: int, *, resamples: int = 1000) -> float:
    """The share of pairs of equally good systems that the paired test tells apart at the 5 % level."""
    chance = np.random.default_rng(documents)
    rejected = 0
    for seed in range(corpora):
        one, other = simulated_pair(chance, documents)
        p_value = approximate_randomisation(one, other, _f1, resamples=resamples, seed=seed)
        rejected += p_value is not None and p_value <= 0.05
    return rejected / corpora


def simulated(chance: np.random.Generator, documents: int) -> NDArray[np.int64]:
    """Counts (matched, 0, gold, system) of documents: 25 gold spans on average, F1 around 0.8, some articles harder.

    Shape `(n_documents, 4)`.
    """
    return simulated_pair(chance, documents)[0]


def simulated_pair(chance: np.random.Generator, documents: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts of two systems of the same quality on the same documents."""
    gold = 1 + chance.negative_binomial(3, 3 / (3 + 24), documents)
    ease = chance.beta(8, 2, documents)
    sides = []
    for _ in range(2):
        matched = chance.binomial(gold, ease)
        spurious = chance.poisson(0.2 * gold)
        sides.append(np.stack([matched, 0 * gold, gold, matched + spurious], axis=1))
    return sides[0], sides[1]


def _f1(counts: Floats) -> Floats:
    return precision_recall_f1(counts)[..., 2]


if __name__ == "__main__":
    main()
