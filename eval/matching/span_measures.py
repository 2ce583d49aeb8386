"""Span measures: what counts as a match between gold and system.

A measure is a value. Its name is printed the same in commands, paths, JSON and tables. It pairs the spans of gold and
system and returns counts by document and label, from which everything else is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ..columns.span_columns import KEY_LIMIT, Ints, SpanColumns
from .compared_spans import ComparedSpans
from .match_counts import MEASURES, MatchCounts


@runtime_checkable
class SpanMeasure(Protocol):
    """A measure of spans: a value, such as an instance of a frozen dataclass.

    A package provides measures as entry points in the group `goldspan.measures`. Each names a function that takes the
    text after `@` in the name, None without one, and returns the measure.
    """

    @property
    def name(self) -> str:
        """The name, `NAME` or `NAME@ARGUMENT`, with one spelling only; no blanks, commas or `=`."""

    def count(self, spans: ComparedSpans, /) -> MatchCounts:
        """Pair the spans and return counts by document and label.

        Args:
            spans: The spans of gold and system; `spans.count` finds a largest one-to-one pairing.
        """


@dataclass(frozen=True, slots=True)
class SemevalMeasure:
    """One of the four measures of SemEval-2013 task 9, which are always computed.

    Attributes:
        name: One of `MEASURES`.
    """

    name: str

    def count(self, spans: ComparedSpans, /) -> MatchCounts:
        """Return the counts, which the four measures share the work for."""
        return spans.semeval.counts[self.name]


SEMEVAL = tuple(map(SemevalMeasure, MEASURES))


@dataclass(frozen=True, slots=True)
class ThresholdMeasure:
    """A measure with a threshold for what the bounds of two spans share.

    Attributes:
        threshold: Above 0, at most 1.
    """

    threshold: Decimal
    prefix: ClassVar[str]

    @property
    def name(self) -> str:
        """The prefix, `@` and the threshold."""
        return f"{self.prefix}@{self.threshold}"


@dataclass(frozen=True, slots=True)
class IouMeasure(ThresholdMeasure):
    """Equal label, and an intersection over union (Jaccard index) of the bounds of at least a threshold."""

    prefix: ClassVar[str] = "iou"

    def count(self, spans: ComparedSpans, /) -> MatchCounts:
        """Count pairs whose shared code points are enough of all that either covers."""

        def allowed(gold: SpanColumns, system: SpanColumns) -> NDArray[np.bool_]:
            shared = _shared(gold, system)
            return _at_least(shared, (gold.end - gold.start) + (system.end - system.start) - shared, self.threshold)

        return spans.count(allowed)


@dataclass(frozen=True, slots=True)
class OverlapMeasure(ThresholdMeasure):
    """Equal label, and at least a share of the gold span covered by the system span."""

    prefix: ClassVar[str] = "overlap"

    def count(self, spans: ComparedSpans, /) -> MatchCounts:
        """Count pairs whose shared code points are enough of the gold span."""
        return spans.count(lambda gold, system: _at_least(_shared(gold, system), gold.end - gold.start, self.threshold))


@dataclass(frozen=True, slots=True)
class ToleranceMeasure:
    """Equal label, and each bound at most a number of code points off.

    Attributes:
        distance: The number, 0 or more.
    """

    distance: int
    prefix: ClassVar[str] = "tolerance"

    @property
    def name(self) -> str:
        """`tolerance@` and the number."""
        return f"{self.prefix}@{self.distance}"

    def count(self, spans: ComparedSpans, /) -> MatchCounts:
        """Count pairs whose starts and ends are near enough."""

        def allowed(gold: SpanColumns, system: SpanColumns) -> NDArray[np.bool_]:
            offsets = np.stack([gold.start - system.start, gold.end - system.end])
            near: NDArray[np.bool_] = np.abs(offsets).max(axis=0) <= self.distance
            return near

        return spans.count(allowed, near=self.distance)


@dataclass(frozen=True, slots=True)
class CharacterMeasure:
    """Code points with their labels instead of spans: a code point counts once for each label that covers it."""

    name: ClassVar[str] = "characters"

    def count(self, spans: ComparedSpans, /) -> MatchCounts:
        """Count the labelled code points of gold, system, and both."""
        size = (spans.documents, len(spans.labels))
        both = SpanColumns(
            *(np.concatenate([getattr(spans.gold, name), getattr(spans.system, name)])
              for name in ("document", "start", "end", "label", "value"))
        )  # fmt: skip
        gold, system, union = (_covered(side, *size) for side in (spans.gold, spans.system, both))
        return MatchCounts(gold + system - union, np.zeros_like(gold), gold, system)


@dataclass(frozen=True, slots=True)
class LinkedMeasure:
    """Spans that are linked to an id: equal label and id, and the same bounds or some overlap.

    Labels that the gold links nowhere are not compared. Without `nil` these are the measures `strong_typed_link_match`
    of neleval and its relaxed form; with it, spans without an id count as linked to nothing (NIL), as in
    `strong_typed_all_match` and in the HIPE scorer.

    Attributes:
        relaxed: Whether an overlap is enough.
        nil: Whether spans without an id are compared too.
    """

    relaxed: bool
    nil: bool = False

    @property
    def name(self) -> str:
        """`linked.strict` or `linked.relaxed`, with `@nil` for spans without an id."""
        return f"linked.{'relaxed' if self.relaxed else 'strict'}{'@nil' if self.nil else ''}"

    def count(self, spans: ComparedSpans, /) -> MatchCounts:
        """Count pairs of linked spans with the same id."""

        def allowed(gold: SpanColumns, system: SpanColumns) -> NDArray[np.bool_]:
            same: NDArray[np.bool_] = spans.ids(gold) == spans.ids(system)
            return same if self.relaxed else same & (gold.start == system.start) & (gold.end == system.end)

        return spans.linked(nil=self.nil).count(allowed)


def _shared(gold: SpanColumns, system: SpanColumns) -> Ints:
    """Return the number of code points that both spans of a pair cover; below 0 if they are apart."""
    shared: Ints = np.minimum(gold.end, system.end) - np.maximum(gold.start, system.start)
    return shared


def _at_least(part: Ints, whole: Ints, threshold: Decimal) -> NDArray[np.bool_]:
    """Check exactly, in whole numbers, that parts are at least a share of the whole."""
    numerator, denominator = threshold.as_integer_ratio()
    sides: list[Any] = [part, whole]
    if max([0, *(int(np.abs(side).max()) for side in sides if len(side))]) >= KEY_LIMIT // denominator:
        sides = [side.astype(object) for side in sides]
    enough: NDArray[np.bool_] = np.asarray(sides[0] * denominator >= sides[1] * numerator, dtype=bool)
    return enough


def _covered(spans: SpanColumns, documents: int, labels: int) -> Ints:
    """Count the code points that spans cover, those of several spans of a label once. Shape as in `MatchCounts`."""
    table = np.zeros(documents * labels, dtype=np.int64)
    if len(spans):
        group = spans.document * labels + spans.label
        order = np.lexsort((spans.start, group))
        group, start, end = group[order], spans.start[order], spans.end[order]
        begins = np.flatnonzero(np.diff(group, prepend=-1))
        furthest = _running_maximum(end, begins)
        earlier = np.concatenate([[0], furthest[:-1]])
        earlier[begins] = 0
        np.add.at(table, group, np.maximum(0, end - np.maximum(start, earlier)))
    by_label = table.reshape(documents, labels)
    return np.column_stack([by_label, by_label.sum(axis=1)])


def _running_maximum(numbers: Ints, begins: Ints) -> Ints:
    """Return the largest number so far in each group, given where groups begin."""
    ranks = np.unique(numbers, return_inverse=True)[1].reshape(-1).astype(np.int64)
    owner = np.zeros(len(numbers), dtype=np.int64)
    owner[begins] = 1
    size = int(ranks.max()) + 1
    keyed = np.maximum.accumulate(np.cumsum(owner) * size + ranks) % size
    values: Ints = np.unique(numbers)[keyed]
    return values
