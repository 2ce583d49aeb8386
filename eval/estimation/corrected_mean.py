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
    """What is known of the documents of a sample, and of the part of the corpus that a mean is of.

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


@dataclass(frozen=True, slots=True)
class EstimatedMean:
    """A mean with its interval.

    Attributes:
        value: The mean.
        interval: Its 95 % interval; None if the sample is too small for one, or shows no spread.
        weight: Weight of the predictions, 0 for gold alone.
        skewness: Skewness of the mean: how much a few documents decide it.
    """

    value: float
    interval: ConfidenceInterval | None
    weight: float
    skewness: float = 0.0


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
    further = sample.population_mean - within.mean(sample.predicted)
    calibration = 1 + further * within.share * deviations / spread
    return _estimate(sample, within, weight, calibration / (1 - np.minimum(decisive, _MOST_DECISIVE)))


class _Deviations:
    """What each document of a sample adds to the error of the mean over a part of the corpus (linearised).

    The documents outside the part add to it too: how many of a stratum are inside is itself a matter of the draw.
    """

    def __init__(self, sample: SampledValues) -> None:
        weights = np.where(sample.inside, sample.weight, 0.0)
        self.relative: Floats = weights / weights.sum()
        self._stratum = sample.stratum
        sizes = np.bincount(sample.stratum)
        self._sizes = sizes
        size = sizes[sample.stratum]
        self._alone = size == 1
        correction = np.where(self._alone, 1.0, size / np.maximum(size - 1, 1))
        self.count = int(np.count_nonzero(sample.inside))
        if 1 < self.count < len(sample.inside):
            correction = correction * self.count / (self.count - 1)
        self.share: Floats = (1 - sample.probability) * correction
        inside = np.bincount(sample.stratum[sample.inside])
        self.degrees = int(self.count - np.count_nonzero(inside > 1) - bool(np.count_nonzero(inside == 1)))

    def mean(self, values: Floats) -> float:
        """Return the weighted mean over the part."""
        return float(self.relative @ values)

    def of(self, values: Floats) -> Floats:
        """Return what each document adds to the error of the mean of values."""
        parts = self.relative * (values - self.mean(values))
        means = np.bincount(self._stratum, parts) / self._sizes
        # a document alone in its stratum has no deviation there, and is compared with all
        deviations: Floats = np.where(self._alone, parts, parts - means[self._stratum])
        return deviations


def _estimate(sample: SampledValues, within: _Deviations, weight: float, factors: Floats) -> EstimatedMean:
    """Return a mean.

    Args:
        sample: The sample.
        within: Its deviations.
        weight: Weight of the predictions.
        factors: By how much the deviation of each document counts for more in the variance. Shape `(n,)`.
    """
    errors = sample.gold - weight * sample.predicted
    value = weight * sample.population_mean + within.mean(errors)
    degrees = within.degrees - (weight != 0)
    inside = sample.gold[sample.inside]
    if degrees < 1 or np.all(inside == inside[0]):
        return EstimatedMean(value, None, weight)
    deviations = within.of(errors)
    variance = float(within.share @ (factors * deviations) ** 2)
    # that of the corpus, which is itself one draw of what its sources report
    spread = within.mean((sample.gold - within.mean(sample.gold)) ** 2)
    variance += spread * within.count / (within.count - 1) / sample.population
    squares = float(deviations @ deviations)
    skewness = float(np.sum(deviations**3)) / squares**1.5 if squares > 0 else 0.0
    return EstimatedMean(value, _interval(value, sqrt(variance), skewness, degrees), weight, skewness)


def _interval(value: float, error: float, skewness: float, degrees: int) -> ConfidenceInterval:
    """Return a t interval, transformed for the skewness of the mean (Hall 1992)."""
    quantile = t_quantile((1 + LEVEL) / 2, degrees)
    bent = max(-_MOST_SKEWED, min(skewness, _MOST_SKEWED))

    def inverse(point: float) -> float:
        return 3 / bent * (cbrt(1 + bent * (point - bent / 6)) - 1) if abs(bent) > 1e-8 else point

    return ConfidenceInterval(value - error * inverse(quantile), value - error * inverse(-quantile))
