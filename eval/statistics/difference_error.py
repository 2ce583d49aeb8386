"""Standard error of the difference in a metric between two systems, over documents and over runs of the systems.

Each run is turned into the jackknife pseudovalues of its documents, whose mean is the metric. They are analysed as
readings of the same cases by readers of two methods are: documents and runs are random, each document is in all runs,
and each run belongs to one system (Dorfman, Berbaum and Metz 1992; Hillis 2014 for readers nested in methods).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .metrics import Floats
from .student_t import t_quantile, t_tails

LEVEL = 0.05
"""Level of the test for which a detectable difference is stated, and of the interval of a difference (95 %)."""

POWER = 0.8
"""How often the test finds a difference of the size that is called detectable."""


@dataclass(frozen=True, slots=True)
class DifferenceError:
    """The standard error of a difference.

    Attributes:
        standard_error: Estimated standard deviation of the difference, above 0.
        degrees: Degrees of freedom of that estimate (Satterthwaite 1946), at least those of the least sure of the parts
            that it is a sum of.
    """

    standard_error: float
    degrees: float

    @property
    def detectable(self) -> float:
        """The smallest true difference that a test at the 5 % level finds with 80 % power (Bloom 1995)."""
        return self.standard_error * (t_quantile(1 - LEVEL / 2, self.degrees) + t_quantile(POWER, self.degrees))

    @property
    def margin(self) -> float:
        """Half the width of the 95 % interval of the difference."""
        return self.standard_error * t_quantile(1 - LEVEL / 2, self.degrees)

    def p_value(self, difference: float) -> float:
        """Return the two-sided p-value of a difference."""
        return t_tails(difference / self.standard_error, self.degrees)


def difference_error(
    a: Sequence[NDArray[Any]],
    b: Sequence[NDArray[Any]],
    metric: Callable[[Floats], Floats],
    *,
    documents: int | None = None,
) -> DifferenceError | None:
    """Return the standard error of the difference between the mean metrics of the runs of two systems.

    The variance is that over documents, of the difference between the means over runs, plus that over the runs of each
    system that has several. A part of the variance over runs comes from the documents at hand and is in the first term
    already, so it is subtracted, at most down to 0. What is left is never less than either term alone (Hillis 2014).

    A sum of independent parts is at least as sure as the least sure of them, so the degrees of freedom are at least the
    smallest of documents - 1 and runs - 1 of the systems whose runs count. Satterthwaite's formula keeps to that for
    sums, but not for what is subtracted: the parts that cancel would still count as uncertain in full.

    Args:
        a: Counts of each run of one system. Shape `(n_documents, …)`.
        b: Counts of each run of the other system on the same documents.
        metric: Function from summed counts, shape `(n, …)`, to the metric, shape `(n,)`.
        documents: Number of documents that the error is of, with the spread and the runs of these; by default these.

    Returns:
        None if there is no variance, or the metric is undefined for a run, or without one of the documents.
    """
    values = [np.stack([pseudovalues(run, metric) for run in side]) for side in (a, b)]
    size = values[0].shape[1]
    planned = size if documents is None else documents
    if size < 2 or not all(np.isfinite(side).all() for side in values):
        return None
    over_documents = float(np.var(values[0].mean(axis=0) - values[1].mean(axis=0), ddof=1)) / planned
    variance, squares = over_documents, over_documents**2 / (planned - 1)
    least, parts = 0.0, [planned - 1]
    for side in values:
        runs = len(side)
        if runs == 1:
            continue
        over_runs = float(np.var(side.mean(axis=1), ddof=1)) / runs
        rest = side - side.mean(axis=0) - side.mean(axis=1, keepdims=True) + side.mean()
        shared = float((rest**2).sum()) / ((runs - 1) * (size - 1)) / (size * runs)
        if over_runs > shared:
            over_runs -= shared * (1 - size / planned)
            shared *= size / planned
            variance += over_runs - shared
            squares += (over_runs**2 + shared**2 / (planned - 1)) / (runs - 1)
            least += over_runs
            parts.append(runs - 1)
    variance = max(variance, least)
    # differences that rounding makes of equal metrics are no variance
    if variance <= 1e-24:
        return None
    return DifferenceError(sqrt(variance), max(variance**2 / squares, min(parts)))


def pseudovalues(counts: NDArray[Any], metric: Callable[[Floats], Floats]) -> Floats:
    """Return the jackknife pseudovalue of each document: n times the metric minus n - 1 times that without it.

    Args:
        counts: Counts per document. Shape `(n_documents, …)`.
        metric: As in `difference_error`.
    """
    each = counts.astype(np.float64)
    total = each.sum(axis=0)
    return len(each) * metric(total[None]) - (len(each) - 1) * metric(total - each)
