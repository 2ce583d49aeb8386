"""Pairing of duplicate spans, which share bounds and label within a document, by the similarity of their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from ...corpus.spans.span_alignment import Similarity, pair_same_spans
from ...schema import Span
from .pairing import Pairs
from .span_columns import SpanColumns


def match_duplicates(
    strict: Pairs,
    columns: tuple[SpanColumns, SpanColumns],
    spans: tuple[Sequence[Span], Sequence[Span]],
    likeness: Similarity,
) -> Pairs:
    """Return the strict pairs with duplicate spans paired so that their values are as similar as possible.

    Args:
        strict: A largest set of strict pairs, in which duplicates are paired arbitrarily.
        columns: Columns of gold and system, sorted.
        spans: Spans of gold and system, in the order of the columns.
        likeness: Similarity of a gold and a system span with the same bounds and label.
    """
    duplicates = {row for side in columns for row in _duplicate_rows(side)}
    if not duplicates:
        return strict
    groups: dict[tuple[int, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, side in enumerate(columns):
        for i, row in enumerate(_rows(side)):
            if row in duplicates:
                groups[row][number].append(i)
    duplicate_gold = {i for gold, _ in groups.values() for i in gold}
    unique = np.array([g not in duplicate_gold for g in strict.gold.tolist()], dtype=bool)
    pairs = list(zip(strict.gold[unique].tolist(), strict.system[unique].tolist(), strict=True))
    for gold, system in groups.values():
        matches = pair_same_spans([spans[0][i] for i in gold], [spans[1][j] for j in system], likeness)
        pairs += [(gold[i], system[j]) for i, j in matches]
    table = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1])


def _rows(spans: SpanColumns) -> list[tuple[int, ...]]:
    return list(zip(*(c.tolist() for c in (spans.document, spans.start, spans.end, spans.label)), strict=True))


def _duplicate_rows(spans: SpanColumns) -> list[tuple[int, ...]]:
    """Return the rows that equal the row before."""
    table = np.stack([spans.document, spans.start, spans.end, spans.label])
    duplicates = np.flatnonzero((table[:, 1:] == table[:, :-1]).all(axis=0)) + 1
    return _rows(spans.take(duplicates))
