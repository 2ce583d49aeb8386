"""How often intervals of `goldspan estimate` hold, and how wide they are, over simulated corpora.

`python -m benchmarks.simulations.estimation 2000` simulates so many corpora a cell: means under each design, what
widens the intervals of simple samples, and slopes of regressions.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldspan.eval import ConfidenceInterval
from goldspan.eval.estimation.corrected_mean import (
    EstimatedMean,
    SampledValues,
    corrected_fit,
    corrected_mean,
    gold_fit,
    gold_mean,
)
from goldspan.eval.estimation.weighted_fits import WeightedFit, fit_linear, fit_logistic

_CORPORA = 300
_DOCUMENTS = 4000
_MONTHS = 6
_LEAST_POSITIVE = 10
_SIZES = (50, 100, 200, 400)
_SLOPES = (100, 200, 400)
"""Sizes of the gold for regressions."""

_NORMAL = 1.959963984540054

Array = NDArray[Any]
World = Callable[[np.random.Generator, Array], tuple[Array, Array]]
Fit = Callable[[Array, Array, Array], WeightedFit | None]
Design = Callable[[np.random.Generator, Array, Array, int], tuple[Array, Array, Array]]


def main(corpora: int = _CORPORA) -> None:
    """Print, for each quantity, design and size of the gold, how often the 95 % intervals hold the truth."""
    print(f"estimate {corpora} corpora of {_DOCUMENTS:,} documents a cell; share of 95 % intervals that hold")
    print(f"         {'quantity':<12}{'design':<12}{'gold':>5}", end="")
    print(f"{'corrected':>11}{'gold alone':>12}{'predictions':>13}{'width':>8}{'of gold':>9}")
    for quantity, world in _WORLDS.items():
        for (design, size), cell in _cells(world, corpora).items():
            print(f"         {quantity:<12}{design:<12}{size:>5}{cell.line}", flush=True)
    print(f"         {'widened by':<12}{'gold':>5}{'gold alone':>12}{'corrected':>11}{'of gold':>9}", end="")
    print(f"{'unseen':>8}{'t, skew':>9}{'spread':>8}{'held by that alone':>20}")
    for quantity, world in _WORLDS.items():
        for size in _SIZES:
            print(f"         {quantity:<12}{size:>5}{_widened(world, size, corpora).line}", flush=True)
    print(f"         {'slope':<12}{'design':<12}{'gold':>5}{'corrected':>11}{'gold alone':>12}{'predictions':>13}")
    for name, (world, fit) in _REGRESSIONS.items():
        for (design, size), cell in _slopes(world, fit, corpora).items():
            print(f"         {name:<12}{design:<12}{size:>5}{cell.line}".rstrip(" -"), flush=True)


@dataclass
class _Cell:
    """Counts of corpora whose samples by one design have at least so many documents with more than 0."""

    corpora: int = 0
    corrected: int = 0
    gold: int = 0
    predictions: int = 0
    widths: list[float] = field(default_factory=list)
    of_gold: list[float] = field(default_factory=list)

    def count(
        self, of_gold: EstimatedMean, of_both: EstimatedMean, truth: float
    ) -> tuple[ConfidenceInterval, ConfidenceInterval]:
        """Count whether the intervals of a sample hold, and return that of gold alone and the corrected one."""
        gold, corrected = of_gold.interval, of_both.interval
        assert gold is not None and corrected is not None
        self.corpora += 1
        self.gold += gold.low <= truth <= gold.high
        self.corrected += corrected.low <= truth <= corrected.high
        return gold, corrected

    @property
    def line(self) -> str:
        """Shares that hold, and the widths as ratios of what theory says, where it says something.

        The first is over the width with a known spread. The second is over the interval of gold alone, which does not
        know the spread either, times what theory says that predictions gain.
        """
        if not self.corpora:
            return "          -           -            -       -        -"
        shares = [count / self.corpora for count in (self.corrected, self.gold, self.predictions)]
        width = f"{np.mean(self.widths):8.2f}{np.mean(self.of_gold):9.2f}" if self.widths else f"{'-':>8}{'-':>9}"
        return f"{shares[0]:11.3f}{shares[1]:12.3f}{shares[2]:13.3f}{width}"


def _cells(world: World, corpora: int) -> dict[tuple[str, int], _Cell]:
    """Return the cells of a quantity, by design and size of the gold."""
    truth = float(world(rng := np.random.default_rng(99), rng.integers(0, _MONTHS, 4_000_000))[0].mean())
    cells = {(design, size): _Cell() for design in _DESIGNS for size in _SIZES}
    rng = np.random.default_rng(1)
    for _ in range(corpora):
        month = rng.integers(0, _MONTHS, _DOCUMENTS)
        values, found = world(rng, month)
        for (design, size), cell in cells.items():
            sample = _sampled(values, found, *_DESIGNS[design](rng, found, month, size))
            if np.count_nonzero(sample.gold) >= _LEAST_POSITIVE:
                gold, corrected = cell.count(gold_mean(sample), corrected_mean(sample), truth)
                cell.predictions += abs(found.mean() - truth) <= 1.96 * found.std() / sqrt(_DOCUMENTS)
                if design == "simple":
                    error, gain = values.std() / sqrt(size), _gain(values, found, size)
                    cell.widths.append(_width(corrected) / (2 * 1.96 * error * gain))
                    cell.of_gold.append(_width(corrected) / (_width(gold) * gain))
    return cells


@dataclass
class _Widened:
    """What widens intervals of simple samples, corpus by corpus: ratios of widths, and whether a plain one holds."""

    gold: list[float] = field(default_factory=list)
    corrected: list[float] = field(default_factory=list)
    of_gold: list[float] = field(default_factory=list)
    unseen: list[float] = field(default_factory=list)
    quantiles: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)

    @property
    def line(self) -> str:
        """Means of all.

        Gold alone and the corrected interval over what theory says of each, and the second over the first and what
        predictions gain; the corrected one over itself without unseen mistakes; that over 1.96 of its errors; these
        over theory; and the share that the last would hold.
        """
        means = [float(np.mean(ratios)) for ratios in (self.gold, self.corrected, self.of_gold, self.unseen)]
        rest = [float(np.mean(ratios)) for ratios in (self.quantiles, self.spread, self.held)]
        gold, corrected, of_gold, unseen = means
        return f"{gold:12.2f}{corrected:11.2f}{of_gold:9.2f}{unseen:8.2f}{rest[0]:9.2f}{rest[1]:8.2f}{rest[2]:20.3f}"


def _widened(world: World, size: int, corpora: int) -> _Widened:
    truth = float(world(rng := np.random.default_rng(99), rng.integers(0, _MONTHS, 4_000_000))[0].mean())
    widened, rng = _Widened(), np.random.default_rng(2)
    for _ in range(corpora):
        month = rng.integers(0, _MONTHS, _DOCUMENTS)
        values, found = world(rng, month)
        sample = _sampled(values, found, *_simple(rng, found, month, size))
        gold, corrected = gold_mean(sample).interval, corrected_mean(sample)
        if np.count_nonzero(sample.gold) < _LEAST_POSITIVE or corrected.error is None or gold is None:
            continue
        assert corrected.interval is not None
        theory, gain = 2 * _NORMAL * values.std() / sqrt(size), _gain(values, found, size)
        seen = replace(corrected.error, unseen_square=0.0, unseen_cube=0.0)
        plain = _NORMAL * sqrt(seen.variance)
        widened.gold.append(_width(gold) / theory)
        widened.corrected.append(_width(corrected.interval) / (theory * gain))
        widened.of_gold.append(_width(corrected.interval) / (_width(gold) * gain))
        without = _width(seen.interval(corrected.value))
        widened.unseen.append(_width(corrected.interval) / without)
        widened.quantiles.append(without / (2 * plain))
        widened.spread.append(2 * plain / (theory * gain))
        widened.held.append(abs(corrected.value - truth) <= plain)
    return widened


def _slopes(world: World, fit: Fit, corpora: int) -> dict[tuple[str, int], _Cell]:
    """Return the cells of the slope of a quantity on the month, by design and size of the gold."""

    def fitted(values: Array, month: Array, weights: Array) -> WeightedFit | None:
        return fit(np.column_stack([np.ones(len(month)), month]).astype(float), values, weights)

    rng = np.random.default_rng(99)
    month = rng.integers(0, _MONTHS, 1_000_000)
    true = fitted(world(rng, month)[0], month, np.full(len(month), 1e-6))
    assert true is not None
    truth = float(true.coefficients[1])
    cells = {(design, size): _Cell() for design in _DESIGNS for size in _SLOPES}
    rng = np.random.default_rng(3)
    for _ in range(corpora):
        month = rng.integers(0, _MONTHS, _DOCUMENTS)
        values, found = world(rng, month)
        whole = fitted(found, month, np.full(_DOCUMENTS, 1 / _DOCUMENTS))
        assert whole is not None
        error = sqrt(float(np.sum(whole.influence(1, found) ** 2)))
        for (design, size), cell in cells.items():
            drawn, probability, stratum = _DESIGNS[design](rng, found, month, size)
            sample = _sampled(values, found, drawn, probability, stratum)
            gold = fitted(sample.gold, month[drawn], sample.relative)
            predicted = fitted(sample.predicted, month[drawn], sample.relative)
            if np.count_nonzero(sample.gold) >= _LEAST_POSITIVE and gold is not None and predicted is not None:
                cell.count(
                    gold_fit(sample, gold)[1], corrected_fit(sample, gold, predicted, whole.coefficients)[1], truth
                )
                cell.predictions += abs(float(whole.coefficients[1]) - truth) <= _NORMAL * error
    return cells


def _sampled(values: Array, found: Array, drawn: Array, probability: Array, stratum: Array) -> SampledValues:
    every = np.ones(len(drawn), dtype=bool)
    known = (values[drawn], found[drawn], 1 / probability, probability, stratum, every)
    return SampledValues(*known, _DOCUMENTS, float(found.mean()))


def _width(interval: ConfidenceInterval) -> float:
    return interval.high - interval.low


def _gain(values: Array, found: Array, size: int) -> float:
    """Return by what predictions multiply the width of gold alone in theory: √(1 - ρ²(1 - n/N))."""
    correlation = float(np.corrcoef(values, found)[0, 1])
    return float(sqrt(1 - correlation**2 * (1 - size / _DOCUMENTS)))


def _shares(rng: np.random.Generator, month: Array) -> tuple[Array, Array]:
    true = rng.random(len(month)) < 0.2 * (0.5 + month / 5)
    found = np.where(true, rng.random(len(month)) < 0.85 - 0.06 * month, rng.random(len(month)) > 0.97 - 0.01 * month)
    return true.astype(float), found.astype(float)


def _counts(rng: np.random.Generator, month: Array) -> tuple[Array, Array]:
    counts = rng.poisson(np.exp(rng.normal(0, 0.7, len(month))) * (1 + month / 3))
    found = rng.binomial(counts, 0.8 - 0.05 * month) + rng.poisson(0.3, len(month))
    return counts.astype(float), found.astype(float)


def _sums(rng: np.random.Generator, month: Array) -> tuple[Array, Array]:
    """Sums as of the killed: mostly none, a few large, and now and then one is found twice."""
    killed = np.where(rng.random(len(month)) < 0.3, np.ceil(np.exp(rng.normal(1.2, 1, len(month)))), 0)
    found = np.where(rng.random(len(month)) < 0.85 - 0.05 * month, killed, 0)
    return killed, found * np.where(rng.random(len(month)) < 0.9, 1, 2)


def _simple(rng: np.random.Generator, found: Array, month: Array, size: int) -> tuple[Array, Array, Array]:
    drawn = rng.choice(len(found), size, replace=False)
    return drawn, np.full(size, size / len(found)), np.zeros(size, dtype=np.int64)


def _stratified(rng: np.random.Generator, found: Array, month: Array, size: int) -> tuple[Array, Array, Array]:
    drawn, shares, strata = [], [], []
    for number in range(_MONTHS):
        members = np.flatnonzero(month == number)
        take = size // _MONTHS + (number < size % _MONTHS)
        drawn.append(rng.choice(members, take, replace=False))
        shares.append(np.full(take, take / len(members)))
        strata.append(np.full(take, number))
    return np.concatenate(drawn), np.concatenate(shares), np.concatenate(strata)


def _unequal(rng: np.random.Generator, found: Array, month: Array, size: int) -> tuple[Array, Array, Array]:
    """Documents in which the system finds something three times as often, systematically from a random order."""
    weight = 1 + 2 * (found > 0)
    probability = weight / weight.sum() * size
    order = rng.permutation(len(found))
    steps = np.floor(np.cumsum(probability[order]) - rng.random())
    drawn = order[np.diff(np.concatenate([[-1], steps])) > 0]
    return drawn, probability[drawn], np.zeros(len(drawn), dtype=np.int64)


_WORLDS: dict[str, World] = {"documents": _shares, "spans": _counts, "sum": _sums}
_REGRESSIONS: dict[str, tuple[World, Fit]] = {
    "logit": (_shares, fit_logistic),
    "linear": (_counts, fit_linear),
}
_DESIGNS: dict[str, Design] = {"simple": _simple, "stratified": _stratified, "unequal": _unequal}


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
