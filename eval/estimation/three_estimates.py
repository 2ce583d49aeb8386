"""One figure by the predictions alone, by the gold alone, and corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .corrected_mean import EstimatedMean

THREE_COLUMNS = (
    *("predictions", "gold", "gold_low", "gold_high"),
    *("corrected", "corrected_low", "corrected_high"),
)
"""Columns of three estimates in tables for programs."""

_ROUNDING = 1e-12
"""Share of the largest figure of an estimate up to which another is what rounding leaves of 0."""

THREE_HEADERS = ("predictions", "by gold", "95 %", "corrected", "95 %")
"""Columns of three estimates in tables for readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeEstimates:
    """Three estimates of one figure.

    Attributes:
        predictions: By the predictions alone, which has no interval that could be trusted.
        gold: By the gold alone; None without gold.
        corrected: By the predictions corrected by the gold; None without gold.
    """

    predictions: float | None
    gold: EstimatedMean | None
    corrected: EstimatedMean | None

    @property
    def cells(self) -> tuple[float | None, ...]:
        """The figures, in the order of `THREE_COLUMNS`."""
        return self.predictions, *_ends(self.gold), *_ends(self.corrected)

    @property
    def texts(self) -> tuple[str, ...]:
        """The figures as text, in the order of `THREE_HEADERS`; `-` for what is unknown."""
        scale = max((abs(cell) for cell in self.cells if cell is not None), default=0.0)
        every = (self.predictions,), _ends(self.gold), _ends(self.corrected)
        alone, gold, corrected = ([_text(cell, scale) for cell in cells] for cells in every)
        return *alone, gold[0], _between(*gold[1:]), corrected[0], _between(*corrected[1:])

    def figures(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        corrected = _figure(self.corrected)
        if self.corrected is not None and self.corrected.weight is not None:
            corrected["method"] = f"prediction-powered, weight {self.corrected.weight:.3f}"
        return {"predictions": {"value": self.predictions}, "gold": _figure(self.gold), "corrected": corrected}

    def minus(self, other: ThreeEstimates) -> ThreeEstimates:
        """Return the differences from the estimates for another part of the corpus."""
        known = self.predictions is not None and other.predictions is not None
        return ThreeEstimates(
            predictions=self.predictions - other.predictions if known else None,  # type: ignore[operator]
            gold=_difference(self.gold, other.gold),
            corrected=_difference(self.corrected, other.corrected),
        )


def _difference(one: EstimatedMean | None, other: EstimatedMean | None) -> EstimatedMean | None:
    return None if one is None or other is None else one.minus(other)


def _ends(mean: EstimatedMean | None) -> tuple[float | None, float | None, float | None]:
    low, high = (None, None) if mean is None or mean.interval is None else mean.interval
    return None if mean is None else mean.value, low, high


def _between(low: str, high: str) -> str:
    return "-" if low == "-" else f"{low} to {high}"


def _text(value: float | None, scale: float) -> str:
    if value is None:
        return "-"
    return "0" if abs(value) <= _ROUNDING * scale else f"{value:.4g}"


def _figure(mean: EstimatedMean | None) -> dict[str, Any]:
    value, *ends = _ends(mean)
    return {"value": value, "interval": None if ends[0] is None else ends}
