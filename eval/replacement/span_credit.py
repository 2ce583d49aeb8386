"""How well each pass agrees with each other on each document: what the alternative annotator test compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ...schema import Scheme
from ..coefficients.pass_columns import PassColumns
from ..columns.layer_columns import LayerColumns
from ..columns.span_columns import Ints
from ..matching.span_measures import SEMEVAL
from ..statistics.metrics import Floats
from ..statistics.part_counts import Counted, count_parts

SPANS, VALUES = "spans", "values"
"""Credits: a span counts if the other pass has one of the same bounds and label; for `VALUES`, and value too."""


@dataclass(frozen=True, slots=True)
class PassCredits:
    """The credit of each pass with each other, by document, for each label and over all labels, which come last.

    Attributes:
        names: Names of the passes.
        labels: Names of the labels.
        credit: F1 of the spans of two passes on a document, 1 where both have none; NaN where one of them has not read
            it; by the kind of credit. Shape `(n_passes, n_passes, n_documents, n_labels + 1)`.
        marked: Whether a pass has a span of a label. Shape `(n_passes, n_documents, n_labels + 1)`.
        read: Whether a pass has read a document. Shape `(n_passes, n_documents)`.
        without_values: Labels whose values are not compared, since a pass gives none of them.
        suggested: Names under which the last pass made suggestions that others saw.
    """

    names: Sequence[str]
    labels: Sequence[str]
    credit: Mapping[str, Floats]
    marked: NDArray[np.bool_]
    read: NDArray[np.bool_]
    without_values: Sequence[str]
    suggested: Set[str]


def pass_credits(columns: PassColumns, scheme: Scheme) -> PassCredits:
    """Return the credit of each pass with each other.

    Args:
        columns: The passes.
        scheme: Their scheme.
    """
    labels = list(scheme.labels)
    what = Counted(scheme, labels, SEMEVAL)
    shape = len(columns.names), columns.read.shape[1], len(labels) + 1
    matched, right, sizes = (np.full((shape[0], *shape), np.nan) for _ in range(3))
    marked = np.zeros(shape, dtype=bool)
    compared = {label: bool(scheme.labels[label].fields) for label in labels}
    used: set[str] = set()
    suggested: set[str] = set()
    for a, b in combinations(range(shape[0]), 2):
        shared = columns.shared(columns.names[a], columns.names[b])
        gold, [system] = count_parts(partial(_whole, shared.layers), what)
        table = system.spans["strict"].astype(np.float64)
        by_label = table[:, :-1, 0].copy()
        for number, label in enumerate(labels):
            compared[label] &= not (table[:, number, 2:].any() and _lacks_values(label, gold.fields, system.fields))
            if label in system.values:
                by_label[:, number] = system.values[label].passed[:, 0]
        if b == shape[0] - 1:
            suggested |= gold.suggestions & system.annotators
        used |= system.used[0] | system.used[1]
        for one, other in ((a, b), (b, a)):
            matched[one, other, shared.rows] = table[..., 0]
            right[one, other, shared.rows, :-1] = by_label
            sizes[one, other, shared.rows] = table[..., 2] + table[..., 3]
        _mark(marked, a, shared.rows, table[..., 2])
        _mark(marked, b, shared.rows, table[..., 3])
    for number, label in enumerate(labels):
        if not compared[label]:
            right[..., number] = matched[..., number]
    right[..., -1] = right[..., :-1].sum(axis=-1)
    credit = {SPANS: _f1(matched, sizes)}
    if any(compared[label] for label in used):
        credit[VALUES] = _f1(right, sizes)
    without = [label for label in labels if label in used and scheme.labels[label].fields and not compared[label]]
    return PassCredits(columns.names, labels, credit, marked, columns.read, without, suggested)


def _whole(layers: Sequence[LayerColumns]) -> list[Sequence[LayerColumns]]:
    """Return the only part."""
    return [layers]


def _lacks_values(label: str, *sides: Mapping[str, frozenset[str]]) -> bool:
    return not frozenset.intersection(*(side.get(label, frozenset()) for side in sides))


def _mark(marked: NDArray[np.bool_], index: int, rows: Ints, spans: Floats) -> None:
    marked[index, rows] |= spans > 0


def _f1(matched: Floats, sizes: Floats) -> Floats:
    """Return F1 from matched spans and the spans of both; 1 where neither has any."""
    credit: Floats = np.where(sizes == 0, 1.0, 2 * matched / np.where(sizes == 0, 1.0, sizes))
    return credit
