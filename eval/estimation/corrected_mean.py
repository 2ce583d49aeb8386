"""The mean of a quantity per document, or a coefficient of its regression, by gold for a sample and predictions of all.

Predictions alone are wrong by as much as the system is; gold alone is unbiased, but its interval is wide. The
corrected estimate adds to that of the predictions what they are wrong by in the sample, with the weight that makes the
interval narrowest (prediction-powered inference with a tuned weight, Angelopoulos, Duchi and Zrnic 2023; with the
probabilities of sampling it is the generalised difference estimator of Särndal, Swensson and Wretman 1992, which
design-based supervised learning uses, Egami et al. 2023; of regressions, that of Chen and Chen 2000, and of Kluger et
al. 2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..metric_types.metric_groups import ConfidenceInterval
from .linearised_error import Floats, Ints, LinearisedError
from .weighted_fits import WeightedFit, fit_linear

_MOST_DECISIVE = 0.9
_UNSEEN = 0.5
"""Documents that count as missed by the predictions, and as invented, besides those of the sample (Haldane 1956)."""


@dataclass(frozen=True, slots=True)
class SampledValues:
    """What is known of the documents of a sample, and of the part of the corpus that an estimate is of.

    Attributes:
        gold: The quantity by the gold. Shape `(n,)`.
        predicted: The quantity by the predictions. Shape `(n,)`.
        weight: What each document stands for: 1 / probability, or in proportion to it. Shape `(n,)`.
        probability: The probability of each document to be in the sample. Shape `(n,)`.
        stratum: Number of the stratum that each document was drawn from. Shape `(n,)`.
        inside: Whether each document is in the part. Shape `(n,)`.
        population: Number of documents of the part in the corpus.
        population_mean: Mean of the predictions over all of them.
    """

    gold: Floats
    predicted: Floats
    weight: Floats
    probability: Floats
    stratum: Ints
    inside: NDArray[np.bool_]
    population: int
    population_mean: float

    @property
    def relative(self) -> Floats:
        """The weights within the part, of 1 together. Shape `(n,)`."""
        weights = np.where(self.inside, self.weight, 0.0)
        relative: Floats = weights / weights.sum()
        return relative


@dataclass(frozen=True, slots=True)
class EstimatedMean:
    """A mean, a difference of means or a coefficient, with its interval.

    Attributes:
        value: The estimate.
        interval: Its 95 % interval; None if the sample is too small for one, or shows no spread.
        weight: Weight of the predictions, 0 for gold alone; None of a difference, in which each mean has its own.
        skewness: Skewness of the estimate: how much a few documents decide it.
        error: Its error by documents, from which differences are made; None where there is no interval.
    """

    value: float
    interval: ConfidenceInterval | None
    weight: float | None
    skewness: float = 0.0
    error: LinearisedError | None = field(default=None, repr=False, compare=False)

    def minus(self, other: EstimatedMean) -> EstimatedMean:
        """Return the difference of two estimates over separate parts of the corpus, by one sample."""
        value = self.value - other.value
        if self.error is None or other.error is None:
            return EstimatedMean(value, None, None)
        error = self.error.minus(other.error)
        return EstimatedMean(value, error.interval(value), None, error.skewness, error)


def gold_mean(sample: SampledValues) -> EstimatedMean:
    """Return the mean by the gold alone, weighted by the probabilities of sampling (Hájek 1971)."""
    (mean,) = gold_fit(sample, _mean_fit(sample, sample.gold))
    return mean


def corrected_mean(sample: SampledValues) -> EstimatedMean:
    """Return the mean of the predictions, corrected by what the sample shows of their errors."""
    gold, predicted = (_mean_fit(sample, values) for values in (sample.gold, sample.predicted))
    (mean,) = corrected_fit(sample, gold, predicted, np.array([sample.population_mean]))
    return mean


def gold_fit(sample: SampledValues, gold: WeightedFit) -> Sequence[EstimatedMean]:
    """Return the coefficients of a fit by the gold alone."""
    within = _Deviations(sample, gold)
    return [_estimate(sample, within, gold, None, at, 0.0, 1.0) for at in range(len(gold.coefficients))]


def corrected_fit(
    sample: SampledValues, gold: WeightedFit, predicted: WeightedFit, population: Floats
) -> Sequence[EstimatedMean]:
    """Return the coefficients of a fit to the predictions of the corpus, corrected by what the sample shows.

    Args:
        sample: The sample.
        gold: The fit to its gold.
        predicted: The fit to its predictions.
        population: Coefficients of the fit to the predictions of the corpus. Shape `(k,)`.
    """
    within = _Deviations(sample, gold)
    further = population - predicted.coefficients
    return [_corrected(sample, within, gold, predicted, at, float(more)) for at, more in enumerate(further)]


def _corrected(
    sample: SampledValues, within: _Deviations, gold: WeightedFit, predicted: WeightedFit, at: int, further: float
) -> EstimatedMean:
    """Return a corrected coefficient; `further` is by how much that of the predictions is larger in the corpus."""
    of_gold = within.of(gold.influence(at, sample.gold))
    of_predicted = within.of(predicted.influence(at, sample.predicted))
    spread = float(of_predicted @ of_predicted)
    if not spread:
        return _estimate(sample, within, gold, None, at, 0.0, 1.0)
    weight = float(of_predicted @ of_gold) / spread
    # The weight is estimated from the same documents: those that decide it fit too well (as in HC3, MacKinnon and White
    # 1985), and count for more the further the sample's predictions are from the corpus' (Särndal et al. 1989).
    decisive = of_predicted**2 / spread
    calibration = 1 + further * within.root * of_predicted / spread
    factors = calibration / (1 - np.minimum(decisive, _MOST_DECISIVE))
    return _estimate(sample, within, gold, predicted, at, weight, factors, further)


def _mean_fit(sample: SampledValues, values: Floats) -> WeightedFit:
    return fit_linear(np.ones((len(values), 1)), values, sample.relative)


class _Deviations:
    """What each document of a sample adds to the error of an estimate over a part of the corpus (linearised).

    The documents outside the part add to it too: how many of a stratum are inside is itself a matter of the draw.
    """

    def __init__(self, sample: SampledValues, fit: WeightedFit) -> None:
        self.relative = sample.relative
        self._stratum = sample.stratum
        sizes = np.bincount(sample.stratum)
        self._sizes = sizes
        size = sizes[sample.stratum]
        self._alone = size == 1
        correction = np.where(self._alone, 1.0, size / np.maximum(size - 1, 1))
        self.count = int(np.count_nonzero(sample.inside))
        if 1 < self.count < len(sample.inside):
            correction = correction * self.count / (self.count - 1)
        self.left = 1 - sample.probability
        self.root: Floats = np.sqrt(self.left * correction)
        inside = np.bincount(sample.stratum[sample.inside])
        self.degrees = int(self.count - np.count_nonzero(inside > 1) - bool(np.count_nonzero(inside == 1)))
        self.degrees -= len(fit.coefficients) - 1
        # Documents that decide a regression fit too well; of a mean, the correction above is that for it.
        self.decisive: Floats = np.clip(fit.leverage - self.relative, 0.0, _MOST_DECISIVE)

    def of(self, influence: Floats) -> Floats:
        """Return deviations whose sum of squares is a variance, from what each document adds to an error."""
        means = np.bincount(self._stratum, influence) / self._sizes
        # a document alone in its stratum has no deviation there, and is compared with all
        deviations = np.where(self._alone, influence, influence - means[self._stratum])
        scaled: Floats = self.root * deviations
        return scaled


def _estimate(
    sample: SampledValues,
    within: _Deviations,
    gold: WeightedFit,
    predicted: WeightedFit | None,
    at: int,
    weight: float,
    factors: Floats | float,
    further: float = 0.0,
) -> EstimatedMean:
    """Return a coefficient.

    Args:
        sample: The sample.
        within: Its deviations.
        gold: The fit to its gold.
        predicted: The fit to its predictions; None for gold alone.
        at: Which coefficient it is.
        weight: Weight of the predictions.
        factors: By how much the deviation of each document counts for more in the variance. Shape `(n,)`.
        further: By how much the coefficient of the predictions is larger in the corpus than in the sample.
    """
    value = float(gold.coefficients[at]) + weight * further
    degrees = within.degrees - (weight != 0)
    inside = sample.gold[sample.inside]
    if degrees < 1 or np.all(inside == inside[0]):
        return EstimatedMean(value, None, weight)
    of_gold = gold.influence(at, sample.gold)
    influence = of_gold if predicted is None else of_gold - weight * predicted.influence(at, sample.predicted)
    deviations = within.of(influence)
    held = within.relative > 0
    corpus = float(np.sum(of_gold[held] ** 2 / within.relative[held])) / sample.population
    error = LinearisedError(
        deviations,
        factors / (1 - within.decisive) * deviations,
        sample.stratum,
        *(_unseen(sample, within, gold, predicted, at, weight) if predicted is not None else (0.0, 0.0)),
        corpus * within.count / (within.count - 1),
        degrees,
    )
    return EstimatedMean(value, error.interval(value), weight, error.skewness, error)


def _unseen(
    sample: SampledValues, within: _Deviations, gold: WeightedFit, predicted: WeightedFit, at: int, weight: float
) -> tuple[float, float]:
    """Return what may be added to the second and third moment by a document missed and by one invented, unseen so far.

    Each is a mean document: of those in which nothing is predicted, with the mean of the gold that is not 0; and of
    those in which something is, with the mean of that, and no gold.
    """
    square = cube = 0.0
    for held, value, prediction in (
        (sample.inside & (sample.predicted == 0), _typical(sample.gold[sample.inside]), 0.0),
        (sample.inside & (sample.predicted != 0), 0.0, _typical(sample.predicted[sample.inside])),
    ):
        if held.any():
            influence = gold.influence(at, value) - weight * predicted.influence(at, prediction)
            added = (np.sqrt(within.left) * influence)[held]
            square += _UNSEEN * float(np.mean(added**2))
            cube += _UNSEEN * float(np.mean(added**3))
    return square, cube


def _typical(values: Floats) -> float:
    """Return the mean of the values that are not 0; 0 if all are."""
    held = values[values != 0]
    return float(held.mean()) if len(held) else 0.0
