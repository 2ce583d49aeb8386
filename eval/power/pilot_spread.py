"""How far the spread of a follow-up's documents may exceed what a pilot shows of it.

The width of an interval is a spread over the square root of the number of documents. A pilot tells the spread only
roughly, and a follow-up, which has the pilot's documents and further ones, has a spread of its own. For documents of
kurtosis k, the logarithm of a variance over m documents has a variance of about (k - 1) / m, so that of the ratio of
the variance over n documents to that over the m of them that are the pilot is (k - 1) (1 / m - 1 / n). Its upper
quantile is what the follow-up keeps with a wanted assurance, with the small-sample factor of Bonett (2006).

A small pilot shows too little kurtosis, above all where it shows too little spread: its kurtosis is therefore raised,
by as much as simulations need (`python -m benchmarks power`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist

import numpy as np

from ..statistics.metrics import Floats

HEAVY = 8.0
"""Kurtosis of a pilot from which on a few documents decide its spread, and assurance is less than what is stated."""


LEAST_VALUES = 20
"""Documents of a pilot with a sum other than 0 below which their spread cannot be told."""

_TAIL, _VALUES = 0.7, 30
"""Logarithm of the factor for sums, over the variance of their logarithms, for so many of them; by simulation."""

_LEAST_SPREAD = 0.35
"""Variance of logarithms that counts besides, for tails that are heavier than their logarithms show; by simulation."""


@dataclass(frozen=True, slots=True)
class PilotSpread:
    """The spread of a pilot's documents.

    Attributes:
        documents: Number of documents, 2 or more.
        deviation: Standard deviation of what each document adds to the figure (its influence).
        kurtosis: Kurtosis of that, 3 for a normal distribution.
        tail: By which factor larger values than the pilot has may widen the interval of a far larger follow-up.
    """

    documents: int
    deviation: float
    kurtosis: float
    tail: float = 1.0

    @classmethod
    def of(cls, influence: Floats) -> PilotSpread:
        """Return the spread of documents, given what each adds to the figure. Shape `(n_documents,)`."""
        deviations = influence - influence.mean()
        squares = float(deviations @ deviations)
        fourth = float(np.sum(deviations**4))
        count = len(influence)
        # what rounding leaves of equal documents is no spread
        if squares <= 1e-24 * count:
            return cls(count, 0.0, 3.0)
        return cls(count, sqrt(squares / (count - 1)), count * fourth / squares**2)

    def excess(self, documents: int, assurance: float, chance: float) -> float:
        """Return by which factor the width of a follow-up's interval may exceed what the pilot's spread gives.

        Args:
            documents: Number of documents of the follow-up, the pilot's included; at least as many.
            assurance: Share of follow-ups that are to stay below; at least one half.
            chance: Relative standard deviation of the width that the interval's own random numbers leave.
        """
        pilot, quantile = self.documents, NormalDist().inv_cdf(assurance)
        new = 1 - pilot / documents
        variance = (self.kurtosis * (1.5 + 10 / pilot) + 2) * new / pilot
        small = (pilot / (pilot - min(quantile, pilot / 2))) ** new
        return float(self.tail**new * sqrt(small * exp(quantile * sqrt(variance + (2 * chance) ** 2))))


def tail_factor(values: Floats) -> float | None:
    """Return by which factor values larger than those of a pilot may widen an interval; None for too few values.

    Of sums, few large values decide the spread, and a pilot that lacks them does not even show that it does. The
    logarithms of its values do: those of log-normal values are normal, whose variance s^2 a pilot tells well, and the
    spread of the values themselves grows with exp(s^2). How far s^2 may be off falls with the root of their number.

    Args:
        values: The sums of the documents; of what is 0, nothing is told.
    """
    logarithms = np.log(np.abs(values[values != 0]))
    if len(logarithms) < LEAST_VALUES:
        return None
    spread = float(logarithms.var(ddof=1)) + _LEAST_SPREAD
    return exp(_TAIL * spread * sqrt(_VALUES / len(logarithms)))
