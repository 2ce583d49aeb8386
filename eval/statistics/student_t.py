"""Student's t distribution, whose degrees of freedom need not be whole."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

_TINY = 1e-300
_MAX_STEPS = 100_000


def t_tails(t: float, degrees: float) -> float:
    """Return the probability of a value at least as far from 0 as `t`, on either side.

    Args:
        t: The value.
        degrees: Degrees of freedom, above 0.
    """
    return _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t)) if t else 1.0


def t_quantile(probability: float, degrees: float) -> float:
    """Return the value that is not exceeded with a probability.

    Args:
        probability: At least 0.5 and below 1.
        degrees: Degrees of freedom, above 0.
    """
    low, high, tails = 0.0, 1.0, 2 * (1 - probability)
    while t_tails(high, degrees) > tails:
        low, high = high, 2 * high
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if t_tails(middle, degrees) > tails:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function, by its continued fraction (DLMF 8.17.22)."""
    if x in (0.0, 1.0):
        return x
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, x) / a
    return 1 - front * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction by Lentz's method."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or _TINY)
    value = d
    for m in range(1, _MAX_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1 / (1 + term * d or _TINY)
            c = 1 + term / c or _TINY
            step = c * d
            value *= step
        if abs(step - 1) < 1e-15:
            break
    return value
