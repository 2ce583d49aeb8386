"""Scores against gold that states the values of a text without their places, such as the quantities of a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isclose

from ...schema import Document

_DIGITS = 1e-5
"""Relative difference up to which numbers are the same: that of CQE's evaluation (Almasian et al. 2023)."""

Amount = tuple[float, float]
"""The least and the greatest number that a value stands for."""


@dataclass(frozen=True, slots=True)
class StatedValueScore:
    """Counts over documents, from which the figures are computed.

    Attributes:
        matched: Number of values of a system that the gold states of the same document.
        gold: Number of values of the gold.
        system: Number of values of the system.
    """

    matched: int
    gold: int
    system: int

    @property
    def precision(self) -> float | None:
        """The share of the system's values that the gold states; None if it has none."""
        return self.matched / self.system if self.system else None

    @property
    def recall(self) -> float | None:
        """The share of the gold's values that the system found; None if the gold has none."""
        return self.matched / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both; None if there are no values at all."""
        return 2 * self.matched / (self.gold + self.system) if self.gold + self.system else None


def score_stated_values(gold: Iterable[Sequence[Amount]], system: Iterable[Sequence[Amount]]) -> StatedValueScore:
    """Compare the values that gold and system state of each document, in the same order; each counts once."""
    matched = stated = predicted = 0
    for ours, theirs in zip(gold, system, strict=True):
        stated, predicted = stated + len(ours), predicted + len(theirs)
        left = sorted(theirs)
        for amount in sorted(ours):
            found = next((other for other in left if _same(amount, other)), None)
            if found is not None:
                left.remove(found)
                matched += 1
    return StatedValueScore(matched, stated, predicted)


def predicted_amounts(document: Document, label: str, unit: str = "") -> list[Amount]:
    """Return the numbers of the values of a label's spans; an open interval stands for the end that is known.

    Args:
        document: A document with values of an interval.
        label: The label.
        unit: Only values of this unit; all by default.
    """
    found: list[Amount] = []
    for span in document.spans:
        if span.label != label or span.value is None or (unit and getattr(span.value, "unit", None) != unit):
            continue
        low, high = getattr(span.value, "min", None), getattr(span.value, "max", None)
        known = [float(end) for end in (low, high) if end is not None]
        if known:
            found.append((min(known), max(known)))
    return found


def _same(a: Amount, b: Amount) -> bool:
    return all(isclose(x, y, rel_tol=_DIGITS, abs_tol=1e-8) for x, y in zip(a, b, strict=True))
