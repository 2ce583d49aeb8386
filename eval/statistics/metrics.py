"""Precision, recall and F1 from summed counts, and the tree in which they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FIGURES = ("precision", "recall", "f1")


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """The quotient, NaN where the denominator is 0: undefined, and neither 0 nor 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, numerator / denominator)


def precision_recall_f1(counts: Floats) -> Floats:
    """Figures from (matched, partial, gold, system).

    With the credit c = matched + partial / 2, gold spans g and system spans s: c / s, c / g and 2c / (g + s).

    Args:
        counts: Shape `(…, 4)`.

    Returns:
        Shape `(…, 3)`, in the order of `FIGURES`.
    """
    matched, partial, gold, system = np.moveaxis(np.asarray(counts, dtype=np.float64), -1, 0)
    credit = matched + partial / 2
    return np.stack([ratio(credit, system), ratio(credit, gold), ratio(2 * credit, gold + system)], axis=-1)


def macro(figures: Floats, support: Floats) -> Floats:
    """The mean over labels with gold support; a figure that is undefined for a label leaves that label out.

    Args:
        figures: Of each label. Shape `(…, n_labels, 3)`.
        support: Gold spans of each label. Shape `(…, n_labels)`.

    Returns:
        Shape `(…, 3)`; NaN where no label counts.
    """
    counted = (support[..., None] > 0) & ~np.isnan(figures)
    return ratio(np.where(counted, figures, 0.0).sum(axis=-2), counted.sum(axis=-2).astype(np.float64))


def span_tree(counts: Floats, labels: Sequence[str]) -> dict[str, Any]:
    """micro, macro and labels of one measure.

    Args:
        counts: (matched, partial, gold, system) of each label, then of all together. Shape `(n_labels + 1, 4)`.
        labels: Their names.
    """
    figures = precision_recall_f1(counts)
    told = [_told(figures[i], counts[i]) for i in range(len(labels) + 1)]
    mean = macro(figures[:-1], counts[:-1, 2])
    return {
        "micro": told[-1],
        "macro": {name: number(value) for name, value in zip(FIGURES, mean, strict=True)},
        "labels": dict(zip(labels, told[:-1], strict=True)),
    }


def number(value: float) -> float | None:
    """A figure as JSON holds it: null where it is undefined."""
    return None if np.isnan(value) else float(value)


def _told(figures: Floats, counts: Floats) -> dict[str, Any]:
    matched, partial, gold, system = (int(count) for count in counts)
    told: dict[str, Any] = {name: number(value) for name, value in zip(FIGURES, figures, strict=True)}
    return told | {
        "matched": matched,
        "partial": partial,
        "missed": gold - matched - partial,
        "spurious": system - matched - partial,
        "support": gold,
    }


def interval_tree(
    resampled: Floats, labels: Sequence[str], bounds: Callable[[Floats, str], Any], path: str
) -> dict[str, Any]:
    """The intervals of one measure, in the shape of `span_tree`.

    Args:
        resampled: Summed counts of each resample. Shape `(n_resamples, n_labels + 1, 4)`.
        labels: Names.
        bounds: Makes an interval of one figure's resamples; it is told the figure's path.
        path: Of the measure, as in `spans.strict`.
    """
    figures = precision_recall_f1(resampled)
    mean = macro(figures[:, :-1], resampled[:, :-1, 2])

    def told(columns: Floats, where: str) -> dict[str, Any]:
        return {name: bounds(columns[:, i], f"{path}.{where}.{name}") for i, name in enumerate(FIGURES)}

    return {
        "micro": told(figures[:, -1], "micro"),
        "macro": told(mean, "macro"),
        "labels": {name: told(figures[:, i], f"labels.{name}") for i, name in enumerate(labels)},
    }
