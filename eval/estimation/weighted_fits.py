"""Fits by weighted documents: a mean, and linear and logistic regressions, of which a mean is the simplest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MAX_STEPS = 100
_CONVERGED = 1e-9
_LARGEST_CHANGE = 4.0
"""Change of logits of a step beyond which it would overshoot."""

_LARGEST_LOGIT = 25.0
"""Logits beyond which a probability is 0 or 1: the fit has no end."""


@dataclass(frozen=True, slots=True)
class WeightedFit:
    """A fit by some documents.

    Attributes:
        coefficients: Its coefficients. Shape `(k,)`.
        scale: What a residual of 1 of each document adds to each coefficient (linearised). Shape `(k, n)`.
        fitted: What the fit expects of each document. Shape `(n,)`.
        leverage: How much each document decides what is expected of it, of 1. Shape `(n,)`.
    """

    coefficients: Floats
    scale: Floats
    fitted: Floats
    leverage: Floats

    def influence(self, index: int, values: Floats | float) -> Floats:
        """Return what each document adds to the error of a coefficient if it has these values. Shape `(n,)`."""
        influence: Floats = self.scale[index] * (values - self.fitted)
        return influence


def fit_linear(columns: Floats, values: Floats, weights: Floats) -> WeightedFit:
    """Return the least squares fit.

    Args:
        columns: What explains the values, the constant included. Shape `(n, k)`, of full rank where weights are not 0.
        values: The values. Shape `(n,)`.
        weights: Weights of the documents. Shape `(n,)`.
    """
    scale = _scale(columns, weights, weights)
    coefficients: Floats = scale @ values
    return WeightedFit(coefficients, scale, columns @ coefficients, np.einsum("nk,kn->n", columns, scale))


def fit_logistic(columns: Floats, values: Floats, weights: Floats) -> WeightedFit | None:
    """Return the logistic regression by maximum likelihood; None if it has no end, as columns tell 0 from 1.

    Arguments are as in `fit_linear`; values are 0 or 1.
    """
    coefficients: Floats = np.zeros(columns.shape[1])
    for _ in range(_MAX_STEPS):
        logits = columns @ coefficients
        if np.max(np.abs(logits[weights > 0])) > _LARGEST_LOGIT:
            return None
        fitted: Floats = 1 / (1 + np.exp(-np.clip(logits, -_LARGEST_LOGIT, _LARGEST_LOGIT)))
        spread = fitted * (1 - fitted)
        scale = _scale(columns, weights, weights * spread)
        step = scale @ (values - fitted)
        change = float(np.max(np.abs((columns @ step)[weights > 0])))
        coefficients = coefficients + step / max(1.0, change / _LARGEST_CHANGE)
        if change < _CONVERGED:
            leverage = spread * np.einsum("nk,kn->n", columns, scale)
            return WeightedFit(coefficients, scale, fitted, leverage)
    return None


def _scale(columns: Floats, weights: Floats, spread: Floats) -> Floats:
    """Return the matrix of the step that solves the normal equations with these weights. Shape `(k, n)`.

    By orthogonal columns, because the normal equations themselves lose half of the digits.
    """
    root = np.sqrt(spread)
    orthogonal, triangular = np.linalg.qr(columns * root[:, None])
    relative = np.divide(weights, root, out=np.zeros_like(root), where=root > 0)
    scale: Floats = np.linalg.solve(triangular, orthogonal.T * relative)
    return scale
