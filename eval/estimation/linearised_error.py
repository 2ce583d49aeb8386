"""The error of an estimate as a sum over the documents of a sample, and the interval that follows from it.

Means, differences of means and coefficients of regressions all have such errors, so that all have the same intervals.
Of heavy tails, a sample shows too little of the spread and the skewness. Three things keep intervals from being too
narrow for that, chosen by simulation (`benchmarks/simulations/estimation.py`): degrees of freedom fall with the
kurtosis of what the documents add; the interval is longer on the side to which the error is skewed; and half a
document more counts as missed by the predictions, and half as invented, as though the sample had shown them.
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

_SKEWNESS_UNSEEN = 1.2
"""Skewness as a multiple of what a sample shows of it."""


@dataclass(frozen=True, slots=True)
class LinearisedError:
    """What each document of a sample adds to the error of an estimate.

    Attributes:
        deviations: What each adds, less the mean of its stratum, scaled so that the sum of squares is the variance.
            Shape `(n,)`.
        inflated: The same, greater for documents that fit too well, because they decide the fit. Shape `(n,)`.
        stratum: Number of the stratum that each was drawn from. Shape `(n,)`.
        unseen_square: What errors of which the sample has none may add to the variance.
        unseen_cube: What they may add to the third moment.
        corpus_variance: Variance of the corpus, which is itself one draw of what its sources report.
        degrees: Degrees of freedom by design.
    """

    deviations: Floats
    inflated: Floats
    stratum: Ints
    unseen_square: float
    unseen_cube: float
    corpus_variance: float
    degrees: int

    def minus(self, other: LinearisedError) -> LinearisedError:
        """Return the error of the difference of two estimates over separate parts of the corpus, by one sample."""
        return LinearisedError(
            self.deviations - other.deviations,
            self.inflated - other.inflated,
            self.stratum,
            self.unseen_square + other.unseen_square,
            self.unseen_cube - other.unseen_cube,
            self.corpus_variance + other.corpus_variance,
            self.degrees + other.degrees,
        )

    @property
    def variance(self) -> float:
        """Variance of the estimate."""
        return float(self.inflated @ self.inflated) + self.unseen_square + self.corpus_variance

    @property
    def skewness(self) -> float:
        """Skewness of the estimate: how much a few documents decide it, between -1 and 1."""
        squares = float(self.deviations @ self.deviations) + self.unseen_square
        cubes = float(np.sum(self.deviations**3)) + self.unseen_cube
        return cubes / squares**1.5 if squares > 0 else 0.0

    def interval(self, value: float) -> ConfidenceInterval:
        """Return the 95 % interval of an estimate."""
        quantile = t_quantile((1 + LEVEL) / 2, self._effective_degrees())
        skewness = _SKEWNESS_UNSEEN * self.skewness
        long, short = _long(quantile, abs(skewness)), _short(quantile, abs(skewness))
        below, above = (short, long) if skewness > 0 else (long, short)
        error = sqrt(self.variance)
        return ConfidenceInterval(value - error * below, value + error * above)

    def _effective_degrees(self) -> float:
        """Return the degrees of freedom of a chi-square with the mean and variance of the variance's estimate.

        Satterthwaite (1946); that estimate's variance is what squares of deviations show of it, at least that of normal
        ones.
        """
        sizes = np.bincount(self.stratum)
        squares = np.bincount(self.stratum, self.deviations**2)
        fourths = np.bincount(self.stratum, self.deviations**4)
        others = np.maximum(sizes - 1, 1)
        shown = (fourths - squares**2 / sizes) * sizes / others
        variance = float(np.sum(np.maximum(shown, 2 * squares**2 / others)))
        if not variance:
            return float(self.degrees)
        return max(1.0, min(float(self.degrees), 2 * float(squares.sum()) ** 2 / variance))


def _long(quantile: float, skewness: float) -> float:
    """Return the quantile on the side to which the error is skewed (Cornish and Fisher 1938; Johnson 1978)."""
    return quantile + skewness * (2 * quantile**2 + 1) / 6


def _short(quantile: float, skewness: float) -> float:
    """Return the quantile on the other side, where Cornish and Fisher's falls below 0 (Hall 1992)."""
    if skewness < 1e-8:
        return quantile
    return 3 / skewness * (cbrt(1 + skewness * (quantile - skewness / 6)) - 1)
