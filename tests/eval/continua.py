"""Units of observers on continua, written down by hand, as the coefficients take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from goldspan.eval.coefficients.unit_agreement import UnitDisagreement
from goldspan.eval.coefficients.unit_placement import MarkedUnits
from goldspan.eval.columns.span_columns import NO_VALUE, SpanColumns

Units = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Continuum:
    """A document of a length, with the units of each observer who has read it by category."""

    length: int
    observers: Mapping[str, Mapping[str, Units]]


def disagreement(continua: Sequence[Continuum]) -> UnitDisagreement:
    continua = [part for part in continua if len(part.observers) > 1]
    names = sorted({name for part in continua for name in part.observers})
    categories = sorted({c for part in continua for units in part.observers.values() for c in units})
    rows = sorted(
        (names.index(name), number, categories.index(category), start, end)
        for number, part in enumerate(continua)
        for name, by_category in part.observers.items()
        for category, units in by_category.items()
        for start, end in units
    )
    observer, document, category, start, end = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    spans = SpanColumns(document, start, end, category, np.full(len(rows), NO_VALUE))
    read = np.array([[name in part.observers for part in continua] for name in names], dtype=bool)
    lengths = np.array([part.length for part in continua], dtype=np.int64)
    return UnitDisagreement(MarkedUnits(observer, spans, read, lengths, categories))


def alpha_u(continua: Sequence[Continuum]) -> float:
    return float(disagreement(continua).alpha()[-1])
