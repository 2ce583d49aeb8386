"""Spans of one document that share bounds and label: which of the gold's goes with which of the system's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ...corpus.spans.span_alignment import Similarity, pair_same_spans
from ...schema import Span
from .pairing import Pairs
from .span_columns import SpanColumns


def best_by_value(
    strict: Pairs,
    columns: tuple[SpanColumns, SpanColumns],
    spans: tuple[Sequence[Span], Sequence[Span]],
    likeness: Similarity,
) -> Pairs:
    """Strict pairs, those among doubled spans made anew so that their values are as much alike as possible.

    Args:
        strict: As many pairs as there can be, whichever of the doubled spans they take.
        columns: Of gold and system, sorted.
        spans: The spans of the columns.
        likeness: Of a gold and a system span of the same bounds and label.
    """
    doubled = {row for side in columns for row in _doubled(side)}
    if not doubled:
        return strict
    groups: dict[tuple[int, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, side in enumerate(columns):
        for i, row in enumerate(_rows(side)):
            if row in doubled:
                groups[row][number].append(i)
    loose = {i for ours, _ in groups.values() for i in ours}
    kept = np.array([g not in loose for g in strict.gold.tolist()], dtype=bool)
    pairs = list(zip(strict.gold[kept].tolist(), strict.system[kept].tolist(), strict=True))
    for ours, theirs in groups.values():
        found = pair_same_spans([spans[0][i] for i in ours], [spans[1][j] for j in theirs], likeness)
        pairs += [(ours[i], theirs[j]) for i, j in found]
    table = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1])


def _rows(spans: SpanColumns) -> list[tuple[int, ...]]:
    return list(zip(*(c.tolist() for c in (spans.document, spans.start, spans.end, spans.label)), strict=True))


def _doubled(spans: SpanColumns) -> list[tuple[int, ...]]:
    """Rows that are the same as the row before."""
    table = np.stack([spans.document, spans.start, spans.end, spans.label])
    again = np.flatnonzero((table[:, 1:] == table[:, :-1]).all(axis=0)) + 1
    return _rows(spans.take(again))
