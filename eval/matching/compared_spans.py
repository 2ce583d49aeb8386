"""The spans of gold and system that a measure compares, and the counts of the pairs that it allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ...schema import Scheme, Value, canonical_value
from ...schema.value_types import Identifier
from ..columns.span_columns import KEY_LIMIT, Ints, SpanColumns, offset_ranks
from .duplicate_spans import match_duplicates
from .largest_matching import allowed_pairs, largest_matching
from .match_counts import MatchCounts, SpanMatches, count_by_label, count_matches
from .mention_clusters import MentionClusters, mention_clusters
from .pairing import Pairs

PairCondition = Callable[[SpanColumns, SpanColumns], NDArray[np.bool_]]
"""A function from the gold and the system span of each pair to a mask of the pairs that are allowed."""

NO_ID = -1
"""Number of the id of a span that has none."""


@dataclass(frozen=True)
class ComparedSpans:
    """The spans of gold and system, outside zones.

    Attributes:
        gold: Gold spans, sorted by document, start, end and label.
        system: System spans, likewise.
        documents: Number of documents.
        labels: Names of the labels, in the order of their indices.
        values: The values, to which spans refer by index; the last is None.
        scheme: Scheme of the labels.
    """

    gold: SpanColumns
    system: SpanColumns
    documents: int
    labels: Sequence[str]
    values: Sequence[Value | None]
    scheme: Scheme

    @cached_property
    def semeval(self) -> SpanMatches:
        """Pairs and counts of the four measures of SemEval-2013 task 9."""
        return count_matches(self.gold, self.system, documents=self.documents, labels=len(self.labels))

    def where(self, gold: NDArray[np.bool_], system: NDArray[np.bool_]) -> ComparedSpans:
        """Return only the spans of two masks, one for each side."""
        return replace(self, gold=self.gold.take(gold), system=self.system.take(system))

    def linked(self, *, nil: bool) -> ComparedSpans:
        """Return only the spans with an id, of the labels of which the gold links a span.

        Args:
            nil: Include the spans of these labels that have no id.
        """
        sides = (self.gold, self.system)
        has_id = [self.ids(side) != NO_ID for side in sides]
        used = np.zeros(len(self.labels), dtype=bool)
        used[self.gold.label[has_id[0]]] = True
        return self.where(*(used[side.label] & (nil | mask) for side, mask in zip(sides, has_id, strict=True)))

    def clusters(self, *, nil: bool) -> MentionClusters:
        """Return the clusters that the ids of linked spans form.

        Spans of gold and system are the same mention if they have the same bounds and label. Several spans with the
        same bounds and label are paired so that as many as possible have the same id.

        Args:
            nil: Include spans without an id, as in `linked`; each is a cluster of its own.
        """
        if nil not in self._clusters:
            spans = self.linked(nil=nil)
            pairs = spans.pairs(lambda gold, system: (gold.start == system.start) & (gold.end == system.end))
            numbers = self._id_numbers
            pairs = match_duplicates(pairs, (spans.gold, spans.system), lambda _, a, b: numbers[a] == numbers[b])
            self._clusters[nil] = mention_clusters(
                (self.ids(spans.gold), spans.gold.label), (self.ids(spans.system), spans.system.label), pairs
            )
        return self._clusters[nil]

    @cached_property
    def _clusters(self) -> dict[bool, MentionClusters]:
        return {}

    def count(self, allowed: PairCondition, *, near: int | None = None, any_label: bool = False) -> MatchCounts:
        """Count the pairs of a largest one-to-one pairing, each with full credit.

        Args:
            allowed: Which pairs are allowed, of those that overlap and have the same label. It is given the gold and
                the system span of each pair, as columns of the same length, and returns a mask.
            near: Ask for the pairs whose starts are at most this many code points apart instead of those that overlap.
            any_label: Whether the figure over all labels also pairs spans of different labels. Figures of a label are
                always computed from the spans of that label alone.

        Raises:
            DataError: Spans are nested too deeply to be paired.
        """
        pairs = self.pairs(allowed, near=near)
        size = (self.documents, len(self.labels))
        gold, system = (count_by_label(side.document, side.label, *size) for side in (self.gold, self.system))
        matched = count_by_label(self.gold.document[pairs.gold], self.gold.label[pairs.gold], *size)
        if any_label:
            total = self.pairs(allowed, near=near, any_label=True)
            matched[:, -1] = np.bincount(self.gold.document[total.gold], minlength=self.documents)
        return MatchCounts(matched, np.zeros_like(matched), gold, system)

    def pairs(self, allowed: PairCondition, *, near: int | None = None, any_label: bool = False) -> Pairs:
        """Return the pairs that `count` counts, as indices into the columns."""
        sides = (self.gold, self.system)
        groups = [s.document if any_label else s.document * len(self.labels) + s.label for s in sides]
        bounds = [self.gold.start, self.gold.end, self.system.start, self.system.end]
        if near is not None:  # what overlaps is the surroundings of a gold start and a system start
            bounds = [bounds[0], bounds[0] + 2 * near + 1, bounds[2] + near, bounds[2] + near + 1]
        stride = 1 + max([0, *(int(edge.max()) for edge in bounds if len(edge))])
        if max([0, *(int(group.max()) for group in groups if len(group))]) + 1 > KEY_LIMIT // stride:
            bounds = offset_ranks(*bounds)
            stride = 1 + max(int(edge.max()) for edge in bounds if len(edge))
        axis: list[Ints] = []
        orders = []
        for group, start, end in zip(groups, bounds[::2], bounds[1::2], strict=True):
            key = group * stride + start
            order = np.argsort(key, kind="stable")
            axis += [key[order], (group * stride + end)[order]]
            orders.append(order)

        def allowed_rows(pairs: Pairs) -> NDArray[np.bool_]:
            return allowed(self.gold.take(orders[0][pairs.gold]), self.system.take(orders[1][pairs.system]))

        pairs = largest_matching(allowed_pairs(axis[0], axis[1], axis[2], axis[3], allowed=allowed_rows))
        return Pairs(orders[0][pairs.gold], orders[1][pairs.system])

    def ids(self, spans: SpanColumns) -> Ints:
        """Return a number for the id that each span is linked to; `NO_ID` if there is none.

        The id is the first identifier field of the span's value; ids of actors are resolved through the registry's
        aliases. Spans of one label have the same number if and only if they have the same id.
        """
        return self._id_numbers[spans.value]

    @cached_property
    def _id_numbers(self) -> Ints:
        size = len(self.values)
        used = np.unique(np.concatenate([s.label * size + s.value % size for s in (self.gold, self.system)]))
        numbers: dict[str, int] = {}
        found = np.full(size, NO_ID, dtype=np.int64)
        for label, index in (divmod(key, size) for key in used.tolist()):
            value, name = self.values[index], self.labels[label]
            if value is not None and (key := _identifier(self.scheme, name)) is not None:
                canonical = canonical_value(value, self.scheme.labels[name], self.scheme)
                if (identifier := getattr(canonical, key)) is not None:
                    found[index] = numbers.setdefault(identifier, len(numbers))
        return found


def _identifier(scheme: Scheme, label: str) -> str | None:
    """Return the key of the first identifier field of a label; None if it has no such field."""
    fields = (field for field in scheme.labels[label].fields.values() if isinstance(field.type, Identifier))
    field = next(fields, None)
    return None if field is None else field.keys[0].name
