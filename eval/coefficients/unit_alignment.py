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

from ...schema import DataError, Problem
from ..columns.span_columns import Ints
from ..matching.cluster_alignment import assigned
from ..statistics.metrics import Floats

_MOST_SETS = 1000

_SMALL = 1 << 16
"""Largest number of pairs of units of two annotators of which a full table is made."""

_MOST_PAIRS = 20_000_000
"""Largest number of pairs of units to look at, which bounds the memory."""

_MOST_CELLS = 2_000_000
"""Largest number of unitary alignments times annotators."""

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


def dissimilarity(one: AnnotatorUnits, of_one: Ints, other: AnnotatorUnits, of_other: Ints) -> Floats:
    """Return the combined dissimilarity of units of two annotators: that of positions plus that of categories.

    That of positions is the squared sum of the differences of both ends over the sum of both lengths; that of
    categories is 1 if they differ (section 4.3, with weights of 1).

    Args:
        one: Units of one annotator.
        of_one: Indices of some of them.
        other: Units of the other annotator.
        of_other: Indices of as many of them, or of a shape that goes with that of `of_one`.

    Returns:
        The common shape of the indices.
    """
    start, end, category = one.start[of_one], one.end[of_one], one.category[of_one]
    others = other.start[of_other], other.end[of_other]
    apart = np.abs(start - others[0]) + np.abs(end - others[1])
    combined: Floats = (apart / ((end - start) + (others[1] - others[0]))) ** 2 + (category != other.category[of_other])
    return combined


def least_disorder(annotators: Sequence[AnnotatorUnits]) -> float:
    """Return the disorder of the best alignment, summed over its unitary alignments.

    Args:
        annotators: The units of two or more annotators.

    Raises:
        DataError: There are too many ways to align the units.
    """
    units = sum(map(len, annotators))
    if len(annotators) == 2:
        return units + _saved_by_pairs(*annotators)
    if not units:
        return 0.0
    members, disorders = candidates(annotators)
    start = np.concatenate([annotator.start for annotator in annotators])
    firsts = np.cumsum([0, *(len(annotator) for annotator in annotators[:-1])])
    column, owner = np.nonzero(members != NONE)
    covers = column, (firsts[owner] + members[column, owner])
    by_sweep = partition_by_sweep(*covers, disorders, start)
    return partition_by_program(*covers, disorders, units) if by_sweep is None else by_sweep


def _saved_by_pairs(one: AnnotatorUnits, other: AnnotatorUnits) -> float:
    """Return what the best pairs of units of two annotators add to the disorder of all units alone, 0 or less."""
    if len(one) * len(other) <= _SMALL:
        from scipy.optimize import linear_sum_assignment

        pairs = dissimilarity(one, np.arange(len(one))[:, None], other, np.arange(len(other)))
        saved = np.minimum(pairs - 2, 0)
        return float(saved[linear_sum_assignment(saved)].sum())
    first, second = near_units(one, np.arange(len(one)), other, 2)
    saved = dissimilarity(one, first, other, second) - 2
    return float(saved[assigned(first, second, -saved)].sum())


def near_units(one: AnnotatorUnits, of_one: Ints, other: AnnotatorUnits, limit: float) -> tuple[Ints, Ints]:
    """Return the pairs of units whose dissimilarity is below a limit, or at it, found without a look at all pairs.

    A unit is looked for among those of about the same length that start near enough, with two lengths of which one is
    at most twice the other taken for the same.

    Args:
        one: Units of one annotator.
        of_one: Indices of some of them, which may be repeated.
        other: Units of the other annotator.
        limit: The limit.

    Returns:
        Place in `of_one`, and index of the unit of `other`, by place and then by index.

    Raises:
        DataError: There are too many pairs.
    """
    start, length = one.start[of_one], (one.end - one.start)[of_one]
    lengths = other.end - other.start
    sizes = np.frexp(lengths)[1]
    firsts, seconds, looked_at = [], [], 0
    for size in np.unique(sizes).tolist():
        own = np.flatnonzero(sizes == size)
        own = own[np.argsort(other.start[own], kind="stable")]
        reach = np.sqrt(limit) * (length + int(lengths[own].max())) + 1  # 1 for what rounding may take away
        low = np.searchsorted(other.start[own], start - reach, side="left")
        counts = np.searchsorted(other.start[own], start + reach, side="right") - low
        looked_at += int(counts.sum())
        if looked_at > _MOST_PAIRS:
            raise _too_many()
        place = np.repeat(np.arange(len(of_one)), counts)
        unit = own[np.arange(len(place)) + np.repeat(low - (np.cumsum(counts) - counts), counts)]
        near = dissimilarity(one, of_one[place], other, unit) <= limit
        firsts.append(place[near])
        seconds.append(unit[near])
    if not firsts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    order = np.lexsort((second, first))
    return first[order], second[order]


def candidates(annotators: Sequence[AnnotatorUnits]) -> tuple[Ints, Floats]:
    """Return the unitary alignments that may be part of a best alignment.

    Not among them are those from which a unit can be taken out, to stand alone, with less disorder.

    Returns:
        The index of the unit of each annotator, or `NONE`, shape `(n, n_annotators)`, and the disorders, shape `(n,)`.

    Raises:
        DataError: There are too many of them: where k annotators have marked the same, each subset of them is one.
    """
    pairs = comb(len(annotators), 2)
    limit = pairs + len(annotators) - 1  # of the sum of dissimilarities of a unit to the others, which only grows
    members: Ints = np.empty((1, 0), dtype=np.int64)
    sums: Floats = np.zeros((1, 0))  # of the dissimilarities of each unit to the others so far
    for number, annotator in enumerate(annotators):
        old, new = _neighbours(annotators, members, annotator, limit)
        grown: Floats = sums[old]
        own: Floats = np.zeros(len(old))
        for earlier in range(number):
            with_unit = members[old, earlier] != NONE
            between = np.zeros(len(old))
            between[with_unit] = dissimilarity(
                annotators[earlier], members[old, earlier][with_unit], annotator, new[with_unit]
            )
            grown[:, earlier] += between
            own += between
            possible = (grown[:, earlier] <= limit) & (own <= limit)
            if not possible.all():
                old, new, grown, own = old[possible], new[possible], grown[possible], own[possible]
        if (len(members) + len(old)) * len(annotators) > _MOST_CELLS:
            raise _too_many()
        sums = np.vstack([np.column_stack([sums, np.zeros(len(members))]), np.column_stack([grown, own])])
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


def _neighbours(
    annotators: Sequence[AnnotatorUnits], members: Ints, annotator: AnnotatorUnits, limit: float
) -> tuple[Ints, Ints]:
    """Return each unitary alignment with each unit of a further annotator that is near its first unit, in order.

    All units are near an alignment without units.
    """
    units = np.arange(len(annotator))
    first = np.argmax(members != NONE, axis=1) if members.shape[1] else np.zeros(len(members), np.int64)
    empty = np.flatnonzero(np.all(members == NONE, axis=1))
    olds, news = [np.repeat(empty, len(units))], [np.tile(units, len(empty))]
    for earlier in range(members.shape[1]):
        rows = np.flatnonzero((first == earlier) & (members[:, earlier] != NONE))
        place, unit = near_units(annotators[earlier], members[rows, earlier], annotator, limit)
        olds.append(rows[place])
        news.append(unit)
    old, new = np.concatenate(olds), np.concatenate(news)
    order = np.lexsort((new, old))
    return old[order], new[order]


def _too_many() -> DataError:
    fix = "leave out `gamma`, compare fewer passes at a time, or split the document"
    return DataError(Problem("there are too many ways to align the spans for gamma", fix))


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
    rank = np.argsort(np.argsort(start, kind="stable"))[unit]
    first = np.full(len(disorders), len(start))
    np.minimum.at(first, column, rank)
    members: list[int] = [0] * len(disorders)  # bits of the units of each, from its first unit on
    for number, bit in zip(column.tolist(), (rank - first[column]).tolist(), strict=True):
        members[number] |= 1 << bit
    beginning: list[list[tuple[int, float]]] = [[] for _ in start]
    for place, taken, disorder in zip(first.tolist(), members, disorders.tolist(), strict=True):
        beginning[place].append((taken, disorder))
    sums = {0: 0.0}  # by the bits of the units that are taken, from the next unit on
    for options in beginning:
        further: dict[int, float] = {}
        for taken, total in sums.items():
            for more, disorder in [(0, 0.0)] if taken & 1 else options:
                if not taken & more and total + disorder < further.get((taken | more) >> 1, np.inf):
                    further[(taken | more) >> 1] = total + disorder
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
