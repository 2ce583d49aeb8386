"""The mean of a quantity per document, from its values in a sample of gold and its predictions everywhere.

Predictions alone are wrong by as much as the system is; gold alone is unbiased, but its interval is wide. The
corrected mean adds to the mean of the predictions what they are wrong by in the sample, weighted so that the interval
is as narrow as it can be (prediction-powered inference with a tuned weight, Angelopoulos, Duchi and Zrnic 2023; with
the probabilities of sampling it is the generalised difference estimator of Särndal, Swensson and Wretman 1992, which
design-based supervised learning uses, Egami et al. 2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cbrt, sqrt

import numpy as np
from numpy.typing import NDArray

from ..metric_types.metric_groups import ConfidenceInterval
from ..statistics.student_t import t_quantile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL = 0.95

_MOST_DECISIVE = 0.9
_MOST_SKEWED = 1.5
"""Skewness of a mean up to which its interval is corrected for it; beyond, the correction is less certain than it."""


@dataclass(frozen=True, slots=True)
class SampledValues:
    """What is known of the documents of a sample, and of the population.

    Attributes:
        gold: The quantity by the gold. Shape `(n,)`.
        predicted: The quantity by the predictions. Shape `(n,)`.
        probability: The probability of each document to be in the sample. Shape `(n,)`.
        stratum: Number of the stratum that each document was drawn from. Shape `(n,)`.
        population: Number of documents of the corpus.
        population_mean: Mean of the predictions over all of them.
    """

    gold: Floats
    predicted: Floats
    probability: Floats
    stratum: Ints
    population: int
    population_mean: float


@dataclass(frozen=True, slots=True)
class EstimatedMean:
    """A mean with its interval.

    Attributes:
        value: The mean.
        interval: Its 95 % interval; None if the sample is too small for one.
        weight: Weight of the predictions, 0 for gold alone.
    """

    value: float
    interval: ConfidenceInterval | None
    weight: float


def gold_mean(sample: SampledValues) -> EstimatedMean:
    """Return the mean by the gold alone, weighted by the probabilities of sampling (Hájek 1971)."""
    return _estimate(sample, _Deviations(sample), 0.0, np.ones(len(sample.gold)))


def corrected_mean(sample: SampledValues) -> EstimatedMean:
    """Return the mean of the predictions, corrected by what the sample shows of their errors."""
    within = _Deviations(sample)
    deviations = within.of(sample.predicted)
    spread = float(within.share @ deviations**2)
    if not spread:
        return gold_mean(sample)
    weight = float(within.share @ (deviations * within.of(sample.gold))) / spread
    # The weight is estimated from the same documents: those that decide it fit too well (as in HC3, MacKinnon and White
    # 1985), and count for more the further the sample's predictions are from the corpus' (Särndal et al. 1989).
    decisive = within.share * deviations**2 / spread
    further = sample.population_mean - float(within.relative @ sample.predicted)
    calibration = 1 + further * within.share * deviations / spread / within.relative
    return _estimate(sample, within, weight, calibration / (1 - np.minimum(decisive, _MOST_DECISIVE)))


class _Deviations:
    """Deviations from the means of strata, and the share of each document in the variance of an estimated mean."""

    def __init__(self, sample: SampledValues) -> None:
        self._weights = 1 / sample.probability
        self._stratum = sample.stratum
        self.sizes = np.bincount(sample.stratum)
        self._totals = np.bincount(sample.stratum, self._weights)
        size = self.sizes[sample.stratum]
        # a document alone in its stratum has no deviation there, and is compared with all documents
        self._alone = size == 1
        correction = np.where(self._alone, 1.0, size / np.maximum(size - 1, 1))
        self.share = (self._weights / self._weights.sum()) ** 2 * (1 - sample.probability) * correction
        self.relative = self._weights / self._weights.sum()

    def of(self, values: Floats) -> Floats:
        means = np.bincount(self._stratum, self._weights * values) / np.where(self._totals > 0, self._totals, 1)
        overall = float(self.relative @ values)
        deviations: Floats = values - np.where(self._alone, overall, means[self._stratum])
        return deviations

    @property
    def degrees(self) -> int:
        """Degrees of freedom: the documents less the strata with several."""
        return int(len(self._stratum) - np.count_nonzero(self.sizes > 1))


def _estimate(sample: SampledValues, within: _Deviations, weight: float, factors: Floats) -> EstimatedMean:
    """Return a mean.

    Args:
        sample: The sample.
        within: Its deviations.
        weight: Weight of the predictions.
        factors: By how much the deviation of each document counts for more in the variance. Shape `(n,)`.
    """
    errors = sample.gold - weight * sample.predicted
    value = weight * sample.population_mean + float(within.relative @ errors)
    degrees = within.degrees - (weight != 0)
    if degrees < 1:
        return EstimatedMean(value, None, weight)
    deviations = within.of(errors)
    variance = float(within.share @ (factors * deviations) ** 2)
    # that of the corpus, which is itself one draw of what its sources report
    mean = float(within.relative @ sample.gold)
    count = len(sample.gold)
    variance += float(within.relative @ (sample.gold - mean) ** 2) * count / (count - 1) / sample.population
    parts = within.relative * deviations
    squares = float(parts @ parts)
    skewness = float(np.sum(parts**3)) / squares**1.5 if squares > 0 else 0.0
    return EstimatedMean(value, _interval(value, sqrt(variance), skewness, degrees), weight)


def _interval(value: float, error: float, skewness: float, degrees: int) -> ConfidenceInterval:
    """Return a t interval, transformed for the skewness of the mean (Hall 1992)."""
    quantile = t_quantile((1 + LEVEL) / 2, degrees)
    bent = max(-_MOST_SKEWED, min(skewness, _MOST_SKEWED))

    def inverse(point: float) -> float:
        return 3 / bent * (cbrt(1 + bent * (point - bent / 6)) - 1) if abs(bent) > 1e-8 else point

    return ConfidenceInterval(value - error * inverse(quantile), value - error * inverse(-quantile))
