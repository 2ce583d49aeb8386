"""How a metric of a layer rises as people read its documents: the curve, and how many documents give what is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...schema import pluralize
from ..result_display import format_metric, note_count, text_table

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ReadingPoint:
    """A metric of the whole after some documents were read.

    Attributes:
        documents: Number of documents that people have read.
        text: Share of the text that these have in the order.
        ordered: The metric if they were read in the order; None if it is undefined.
        random: Its mean over random orders; None if it is undefined in one.
        low: What it is above in 95 % of random orders.
        high: What it is below in 95 % of them.
    """

    documents: int
    text: float
    ordered: float | None
    random: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class NeededReading:
    """How many documents people have to read until a metric is as high as wanted, and stays so.

    Attributes:
        wanted: The wanted metric.
        ordered: Number of documents in the order; None if not even all do.
        random: Their mean number in random orders; None if not even all do.
        low: What it is above in 95 % of random orders.
        high: What it is below in 95 % of them.
    """

    wanted: float
    ordered: int | None
    random: float | None
    low: float | None
    high: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain data."""
        band = None if self.random is None else {"mean": self.random, "low": self.low, "high": self.high}
        return {"value": self.wanted, "ordered": self.ordered, "random": band}


@dataclass(frozen=True, slots=True)
class ReadingCurve:
    """How a metric of a layer rises as people read its documents.

    Attributes:
        measure: Path of the metric.
        order: The order that is compared with random ones.
        documents: Number of documents.
        curve: The metric after some numbers of documents, from none to all.
        needed: How many documents give a wanted metric; None if none is wanted.
        signature: What the figures depend on.
        notes: What a reader must know.
    """

    measure: str
    order: str
    documents: int
    curve: Sequence[ReadingPoint]
    needed: NeededReading | None
    signature: str
    notes: Sequence[str]

    @property
    def headline(self) -> str:
        """What the curve is of."""
        size = pluralize(self.documents, "document")
        return f"{self.measure} of {size}, of which people read some: by {self.order}, and in random orders"

    @property
    def table(self) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
        """Header and rows of some of the points, both ends among them."""
        places = np.linspace(0, len(self.curve) - 1, min(_SHOWN + 1, len(self.curve))).round().astype(int)
        rows = []
        for point in (self.curve[place] for place in places):
            band = f"{format_metric(point.low)} to {format_metric(point.high)}"
            cells = (f"{point.documents:,}", f"{point.text:.0%}", format_metric(point.ordered))
            rows.append((*cells, format_metric(point.random), band))
        return ("read", "of the text", self.order, "random", "90 %"), rows

    @property
    def answer(self) -> str:
        """How many documents give what is wanted; empty if nothing is wanted, or not even all do."""
        needed = self.needed
        if needed is None or needed.ordered is None or needed.random is None:
            return ""
        band = f"90 % of orders: {needed.low:,.0f} to {needed.high:,.0f}"
        return (
            f"{needed.wanted:g} takes {pluralize(needed.ordered, 'document')} by {self.order}, and "
            f"{needed.random:,.1f} in a random order on average ({band})"
        )

    def __str__(self) -> str:
        answer = [self.answer] if self.answer else []
        return "\n".join([self.headline, text_table(*self.table), *answer, *note_count(self.notes)])

    def to_dict(self) -> dict[str, Any]:
        """Return the curve as plain data, as printed by `goldspan power reading --json`."""
        return {
            "target": self.measure,
            "kind": "reading",
            "documents": self.documents,
            "order": self.order,
            "curve": [[point.documents, point.ordered] for point in self.curve],
            "text": [[point.documents, point.text] for point in self.curve],
            "random": [[point.documents, point.random, point.low, point.high] for point in self.curve],
            "wanted": None if self.needed is None else self.needed.to_dict(),
            "signature": self.signature,
            "notes": list(self.notes),
        }
