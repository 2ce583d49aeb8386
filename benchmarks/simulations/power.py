"""How often a follow-up of `goldspan power` is as narrow as it was to be, over simulated pilots.

`python -m benchmarks.simulations.power 1000` simulates so many pilots a cell, and `… 1000 F1 sums` those of some
figures. Each is planned with, and its follow-up, which has the pilot's documents and as many more as were planned, is
drawn and given the interval that the command prints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from goldspan.eval.coefficients.token_agreement import nominal_alpha
from goldspan.eval.estimation.corrected_mean import SampledValues
from goldspan.eval.power.pilot_spread import HEAVY
from goldspan.eval.power.planned_estimates import plan_estimate
from goldspan.eval.power.planned_scores import bootstrapped_figure, difference_figure
from goldspan.eval.power.power_plan import PilotFigure, plan_documents
from goldspan.eval.statistics.bootstrap import approximate_randomisation, percentile_interval, resampled_sums
from goldspan.eval.statistics.compared_metrics import ComparedMetric
from goldspan.eval.statistics.metrics import Floats, precision_recall_f1
from goldspan.schema import DataError

from .coverage import simulate, simulate_pair

Table = NDArray[Any]

ASSURANCE = 0.95
_PILOTS = 200
_SIZES = (20, 50, 100)
_SIZES_OF_SUMS = (100, 200)
"""Smaller pilots have too few sums to be planned with."""

_NARROWER = (0.8, 0.5)
_SPREADS = (0.5, 0.75, 1.0, 1.4)
"""Standard deviations of the logarithms of log-normal sums."""

_PARETO = 2.5
"""Exponent of sums whose tail is heavier than the method takes it for."""

_CORPUS = 20_000
_MOST = 64
"""Size of the largest follow-up, as a multiple of the pilot."""


class KeptPlans(NamedTuple):
    """What became of the plans of some pilots. Of no plans, all but `made` is None.

    Attributes:
        kept: Share of the follow-ups that are as narrow as planned.
        size: Their number of documents over the pilot's, in the median.
        uneven: Share of pilots that have a note on their kurtosis.
        made: Share of pilots that are planned with: not refused, and with a corpus that is large enough.
    """

    kept: float | None
    size: float | None
    uneven: float | None
    made: float

    @property
    def line(self) -> str:
        """The figures as columns."""
        kept, size, uneven = (np.nan if figure is None else figure for figure in self[:3])
        return f"{kept:>8.3f}{size:>7.1f}{uneven:>8.2f}{self.made:>7.2f}"


class Planned:
    """A kind of figure: how its documents are drawn, what a pilot plans, and how wide a follow-up's interval is.

    Args:
        draw: Returns so many documents.
        pilot: Returns the figure of a pilot.
        sizes: Numbers of documents of the pilots to simulate.

    Attributes:
        sizes: The same.
    """

    def __init__(
        self, draw: Callable[..., Table], pilot: Callable[[Table], PilotFigure], sizes: tuple[int, ...] = _SIZES
    ) -> None:
        self._draw, self._pilot = draw, pilot
        self.sizes = sizes

    def kept(self, size: int, narrower: float, pilots: int) -> KeptPlans:
        """Return how often follow-ups are as narrow as planned.

        Args:
            size: Number of documents of a pilot.
            narrower: The wanted width over that of the pilot.
            pilots: Number of pilots.
        """
        rng = np.random.default_rng(size)
        kept, sizes, uneven = 0, [], 0
        for _ in range(pilots):
            documents = self._draw(rng, size * _MOST)
            try:
                pilot = self._pilot(documents[:size])
            except DataError:  # too few sums to plan with: refused
                continue
            needed = plan_documents(pilot, narrower * pilot.width, ASSURANCE).needed
            if needed is None:  # not even the whole corpus is enough, which promises nothing
                continue
            uneven += pilot.spread.kurtosis > HEAVY
            sizes.append(needed / size)
            kept += self._pilot(documents[: min(needed, len(documents))]).width <= narrower * pilot.width
        made = len(sizes)
        if not made:
            return KeptPlans(None, None, None, 0.0)
        return KeptPlans(kept / made, float(np.median(sizes)), uneven / made, made / pilots)


def main(pilots: int = _PILOTS, *figures: str) -> None:
    """Print how often follow-ups are as narrow as planned, by kind of figure, size of the pilot and width.

    Args:
        pilots: Number of pilots a cell.
        figures: The kinds of figures, `sums` for all of sums; all if there are none.
    """
    if unknown := [name for name in figures if name not in {*PLANNED, _ALL_SUMS}]:
        sys.exit(f"unknown figure: {', '.join(unknown)}. Known: {', '.join([*PLANNED, _ALL_SUMS])}")
    chosen = {name for name in PLANNED if name in figures or (_ALL_SUMS in figures and name in _SUMS) or not figures}
    print(f"power    {pilots} pilots a cell; share of follow-ups as narrow as planned, for {ASSURANCE:.0%}")
    print(f"         {'figure':<12}{'pilot':>6}{'width':>7}{'kept':>8}{'size':>7}{'uneven':>8}{'made':>7}")
    for name, planned in PLANNED.items():
        for size in planned.sizes if name in chosen else ():
            for narrower in _NARROWER:
                line = planned.kept(size, narrower, pilots).line
                print(f"         {name:<12}{size:>6}{narrower:>7}{line}", flush=True)
    if _DIFFERENCE not in chosen:
        return
    print("         power of the test at a difference that was planned for with 95 % assurance, wanted 0.8:")
    for size in _SIZES:
        print(f"         {'difference':<12}{size:>6}{found_differences(size, pilots):>15.3f}", flush=True)


def found_differences(size: int, pilots: int) -> float:
    """Return how often a test finds the difference that a pilot of a size was planned for."""
    rng = np.random.default_rng(size)
    truth = _worse_pair(rng, 200_000).sum(axis=0, dtype=np.float64)
    difference = float(_f1(truth[0][None])[0] - _f1(truth[1][None])[0])
    found = tested = 0
    for seed in range(pilots):
        documents = _worse_pair(rng, size * _MOST)
        needed = plan_documents(_difference(documents[:size]), difference, ASSURANCE).needed or 0
        if needed > len(documents):
            continue
        tested += 1
        first, second = documents[:needed, 0], documents[:needed, 1]
        p_value = approximate_randomisation(first, second, _f1, resamples=500, seed=seed)
        found += p_value is not None and p_value <= 0.05
    return found / tested


def _f1(sums: Floats) -> Floats:
    rates: Floats = precision_recall_f1(sums)[..., 2]
    return rates


def _alpha(sums: Floats) -> Floats:
    return nominal_alpha(sums[..., 0], sums[..., 1:])


def _bootstrapped(of_sums: Callable[[Floats], Floats], counts: Table) -> PilotFigure:
    [sums] = resampled_sums(counts, resamples=1000, seed=0)
    interval, _ = percentile_interval(of_sums(sums))
    return bootstrapped_figure("simulated", ComparedMetric(counts, of_sums, np.empty(0)), interval, 1000, {})


def _difference(counts: Table) -> PilotFigure:
    runs = [[ComparedMetric(counts[:, side], _f1, np.empty(0))] for side in (0, 1)]
    return difference_figure("simulated", runs, {})


def _estimated(values: Table, *, is_sum: bool = False) -> PilotFigure:
    gold, found = values.T
    size = len(gold)
    probability = np.full(size, size / _CORPUS)
    # the corpus is the world: what it finds in all of it is as if it were known without error
    sample = SampledValues(
        gold, found, 1 / probability, probability, np.zeros(size, np.int64), np.ones(size, bool), _CORPUS, found.mean()
    )
    return plan_estimate(sample, "simulated", "simple", is_sum=is_sum)


def _ratings(rng: np.random.Generator, size: int) -> Table:
    """Simulate the labels that two readers give to tokens, most of them none, in documents of unequal difficulty."""
    tokens, labelled = rng.poisson(rng.gamma(4, 40, size)) + 20, rng.beta(2, 10, size)
    wrong = rng.beta(2, 12, size)
    marked = rng.binomial(tokens, labelled)
    lost = rng.binomial(marked, wrong)
    invented = rng.binomial(tokens - marked, 0.1 * wrong)
    none, some = 2 * (tokens - marked) + lost - invented, 2 * marked - lost + invented
    return np.stack([2 * (lost + invented), none, some], axis=1)


def _worse_pair(rng: np.random.Generator, size: int) -> Table:
    """Simulate two systems, the second of which finds less."""
    first, second = simulate_pair(rng, size)
    lost = rng.binomial(second[:, 0], 0.06)
    second = np.stack([second[:, 0] - lost, second[:, 1], second[:, 2], second[:, 3] - lost], axis=1)
    return np.stack([first, second], axis=1)


def _shares(rng: np.random.Generator, size: int) -> Table:
    true = rng.random(size) < 0.3
    return np.stack([true, np.where(true, rng.random(size) < 0.8, rng.random(size) < 0.05)], axis=1).astype(float)


def _numbers(rng: np.random.Generator, size: int) -> Table:
    counts = rng.poisson(np.exp(rng.normal(0, 0.7, size)) * 2)
    return np.stack([counts, rng.binomial(counts, 0.7) + rng.poisson(0.3, size)], axis=1).astype(float)


def _sums(sizes: Callable[[np.random.Generator, int], Table], rng: np.random.Generator, size: int) -> Table:
    """Simulate sums as of the killed: mostly none, and a few large ones, which are found or not.

    Args:
        sizes: Returns so many sums that are not 0.
        rng: Random numbers.
        size: Number of documents.
    """
    killed = np.where(rng.random(size) < 0.3, np.ceil(sizes(rng, size)), 0)
    return np.stack([killed, np.where(rng.random(size) < 0.8, killed, 0)], axis=1)


def _log_normal(spread: float, rng: np.random.Generator, size: int) -> Table:
    return np.exp(rng.normal(1.2, spread, size))


def _pareto(rng: np.random.Generator, size: int) -> Table:
    return 2 * (1 + rng.pareto(_PARETO, size))


_DIFFERENCE, _ALL_SUMS = "difference", "sums"
_SUM_VALUES: dict[str, Callable[[np.random.Generator, int], Table]] = {
    **{f"sum, {spread:g}": partial(_log_normal, spread) for spread in _SPREADS},
    "sum, Pareto": _pareto,
}
_SUMS = {
    name: Planned(partial(_sums, sizes), partial(_estimated, is_sum=True), _SIZES_OF_SUMS)
    for name, sizes in _SUM_VALUES.items()
}

PLANNED = {
    "F1": Planned(simulate, partial(_bootstrapped, _f1)),
    "alpha": Planned(_ratings, partial(_bootstrapped, _alpha)),
    _DIFFERENCE: Planned(_worse_pair, _difference),
    "documents": Planned(_shares, _estimated),
    "spans": Planned(_numbers, _estimated),
    **_SUMS,
}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _PILOTS, *sys.argv[2:])
