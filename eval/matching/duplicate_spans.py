"""Pairing of duplicate spans, which share bounds and label within a document, by the similarity of their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from ...corpus.spans.optimal_assignment import best_pairs
from ..columns.span_columns import SpanColumns
from .pairing import Pairs

ValueSimilarity = Callable[[int, int, int], float]
"""The similarity of a gold and a system value of a label, all three given by their indices."""


def match_duplicates(strict: Pairs, columns: tuple[SpanColumns, SpanColumns], similarity: ValueSimilarity) -> Pairs:
    """Return the strict pairs with duplicate spans paired so that their values are as similar as possible.

    Args:
        strict: A largest set of strict pairs, in which duplicates are paired arbitrarily.
        columns: Columns of gold and system, sorted, and duplicates by value (`sort_duplicates`).
        similarity: Similarity of two values of a label.
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
    values = [side.value.tolist() for side in columns]
    for row, (gold, system) in groups.items():
        if gold and system:
            table = [[similarity(row[-1], values[0][i], values[1][j]) for j in system] for i in gold]
            pairs += [(gold[i], system[j]) for i, j in best_pairs(table)]
    result = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return Pairs(result[:, 0], result[:, 1])


def sort_duplicates(spans: SpanColumns, order: Callable[[int], str]) -> SpanColumns:
    """Return sorted columns with their duplicates sorted, so that nothing depends on the order of a file.

    Args:
        spans: The columns.
        order: What duplicates are sorted by, given the index of a value.
    """
    duplicates = set(_duplicate_rows(spans))
    if not duplicates:
        return spans
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for i, row in enumerate(_rows(spans)):
        if row in duplicates:
            groups[row].append(i)
    index = np.arange(len(spans))
    values = spans.value.tolist()
    for group in groups.values():
        index[group] = sorted(group, key=lambda i: order(values[i]))
    return spans.take(index)


def _rows(spans: SpanColumns) -> list[tuple[int, ...]]:
    return list(zip(*(c.tolist() for c in (spans.document, spans.start, spans.end, spans.label)), strict=True))


def _duplicate_rows(spans: SpanColumns) -> list[tuple[int, ...]]:
    """Return the rows that equal the row before."""
    index = np.flatnonzero(spans.start[1:] == spans.start[:-1]) + 1  # few, so that the other columns cost little
    for column in (spans.document, spans.end, spans.label):
        index = index[column[index] == column[index - 1]]
    return _rows(spans.take(index))
