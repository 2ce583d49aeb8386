"""The alignment of units of annotators with the least disorder (Mathet, Widlöcher and Métivier 2015, sections 4 and 5).

A unitary alignment has a unit, or none, of each annotator. Its disorder is the mean over pairs of annotators of the
dissimilarity of their units, which is 1 if one of them is missing. An alignment has each unit in one unitary alignment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np

from ..columns.span_columns import Ints
from ..statistics.metrics import Floats

_MOST_SETS = 1000

NONE = -1
"""Index of the unit of an annotator who has none in a unitary alignment."""


@dataclass(frozen=True, slots=True)
class AnnotatorUnits:
    """Units of one annotator on a continuum, in any order. All arrays have shape `(n_units,)`.

    Attributes:
        start: Starts.
        end: Ends, after the starts.
        category: Indices of the categories.
    """

    start: Ints
    end: Ints
    category: Ints

    def __len__(self) -> int:
        return len(self.start)


def dissimilarity(one: AnnotatorUnits, other: AnnotatorUnits) -> Floats:
    """Return the combined dissimilarity of all units of two annotators: that of positions plus that of categories.

    That of positions is the squared sum of the differences of both ends over the sum of both lengths; that of
    categories is 1 if they differ (section 4.3, with weights of 1).

    Returns:
        Shape `(n_units_of_one, n_units_of_other)`.
    """
    apart = np.abs(one.start[:, None] - other.start) + np.abs(one.end[:, None] - other.end)
    lengths = (one.end - one.start)[:, None] + (other.end - other.start)
    combined: Floats = (apart / lengths) ** 2 + (one.category[:, None] != other.category)
    return combined


def least_disorder(annotators: Sequence[AnnotatorUnits]) -> float:
    """Return the disorder of the best alignment, summed over its unitary alignments.

    Args:
        annotators: The units of two or more annotators.
    """
    units = sum(map(len, annotators))
    if len(annotators) == 2:
        from scipy.optimize import linear_sum_assignment

        # what a pair saves over its two units alone
        saved = np.minimum(dissimilarity(*annotators) - 2, 0)
        return units + float(saved[linear_sum_assignment(saved)].sum())
    if not units:
        return 0.0
    members, disorders = candidates(annotators)
    start = np.concatenate([annotator.start for annotator in annotators])
    firsts = np.cumsum([0, *(len(annotator) for annotator in annotators[:-1])])
    column, owner = np.nonzero(members != NONE)
    covers = column, (firsts[owner] + members[column, owner])
    by_sweep = partition_by_sweep(*covers, disorders, start)
    return partition_by_program(*covers, disorders, units) if by_sweep is None else by_sweep


def candidates(annotators: Sequence[AnnotatorUnits]) -> tuple[Ints, Floats]:
    """Return the unitary alignments that may be part of a best alignment.

    Not among them are those from which a unit can be taken out, to stand alone, with less disorder.

    Returns:
        The index of the unit of each annotator, or `NONE`, shape `(n, n_annotators)`, and the disorders, shape `(n,)`.
    """
    pairs = comb(len(annotators), 2)
    members = np.empty((1, 0), dtype=np.int64)
    sums = np.zeros((1, 0))  # of the dissimilarities of each unit to the others so far
    for number, annotator in enumerate(annotators):
        between = np.zeros((number, len(members), len(annotator)))
        for earlier in range(number):
            table = np.vstack([dissimilarity(annotators[earlier], annotator), np.zeros(len(annotator))])
            between[earlier] = table[members[:, earlier]]  # NONE is the last row
        own = between.sum(axis=0)
        grown = sums.T[:, :, None] + between
        # a sum only grows, and as a unit of the whole it is limited as below
        possible = np.all(grown <= pairs + len(annotators) - 1, axis=0) & (own <= pairs + len(annotators) - 1)
        old, new = np.nonzero(possible)
        sums = np.vstack(
            [
                np.column_stack([sums, np.zeros(len(members))]),
                np.column_stack([grown[:, old, new].T, own[old, new]]),
            ]
        )
        members = np.vstack(
            [
                np.column_stack([members, np.full(len(members), NONE)]),
                np.column_stack([members[old], new]),
            ]
        )
    present = members != NONE
    count = present.sum(axis=1)
    kept = (count > 0) & np.all(sums <= (pairs + count - 1)[:, None], axis=1)
    present, count, sums = present[kept], count[kept], sums[kept]
    disorders = (sums.sum(axis=1) / 2 + pairs - count * (count - 1) / 2) / pairs
    return members[kept], disorders


def partition_by_sweep(column: Ints, unit: Ints, disorders: Floats, start: Ints) -> float | None:
    """Return the least sum of disorders of unitary alignments that have each unit once, by a sweep along the text.

    It goes from unit to unit and keeps, for each set of units that are taken, the least sum. As unitary alignments are
    local, there are few such sets unless many units overlap.

    Args:
        column: Unitary alignment of each of its units. Shape `(n,)`.
        unit: Index of each of these units. Shape `(n,)`.
        disorders: Disorder of each unitary alignment.
        start: Start of each unit.

    Returns:
        The sum; None if there are too many sets.
    """
    rank = np.argsort(np.argsort(start, kind="stable"))
    members: list[int] = [0] * len(disorders)
    for number, bit in zip(column.tolist(), rank[unit].tolist(), strict=True):
        members[number] |= 1 << bit
    beginning: list[list[tuple[int, float]]] = [[] for _ in start]
    for taken, disorder in zip(members, disorders.tolist(), strict=True):
        beginning[(taken & -taken).bit_length() - 1].append((taken, disorder))
    sums = {0: 0.0}
    for bit, options in enumerate(beginning):
        further: dict[int, float] = {}
        for taken, total in sums.items():
            for more, disorder in [(0, 0.0)] if taken >> bit & 1 else options:
                if not taken & more and total + disorder < further.get(taken | more, np.inf):
                    further[taken | more] = total + disorder
        if len(further) > _MOST_SETS:
            return None
        sums = further
    return min(sums.values())


def partition_by_program(column: Ints, unit: Ints, disorders: Floats, units: int) -> float:
    """Return what `partition_by_sweep` returns, by an integer linear program; it takes longer, for few overlaps too.

    Args:
        column: As there.
        unit: As there.
        disorders: As there.
        units: Number of units.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    matrix: Any = csc_array((np.ones(len(unit)), (unit, column)), shape=(units, len(disorders)))
    once = LinearConstraint(matrix, 1, 1)
    return float(milp(disorders, integrality=np.ones(len(disorders)), bounds=Bounds(0, 1), constraints=once).fun)
