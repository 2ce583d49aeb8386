"""Counts of systems against a gold, part by part: of a corpus of shards, only one part is in memory at a time.

Pairing and comparing need the spans of one document at a time; all that lies across documents is which fields of values
each side fills in, which is assumed from the first part and, if that was not all of it, counted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...schema import Document, LayerFingerprint, Scheme, Value
from ..columns.column_alignment import missing_documents, sorted_by_id, spans_in_gold
from ..columns.layer_columns import LayerColumns
from ..columns.shard_parts import DifferingParts
from ..columns.span_columns import Ints, SpanColumns, outside_zones
from ..matching.cluster_measures import ClusterMeasure, ClusterSums
from ..matching.compared_spans import ComparedSpans
from ..matching.duplicate_spans import match_duplicates, sort_duplicates
from ..matching.measure_registry import counted
from ..matching.span_measures import SpanMeasure
from ..token_measure import TokenCounts, count_tokens
from ..value_comparison import FilledFields, ValueRules, filled_fields
from .value_measures import ValueCounts, ValuePairs, count_values, merged_counts

Parts = Callable[[], Iterable[Sequence[LayerColumns]]]
"""A function that reads the parts of a corpus: of each, the gold and the systems, aligned."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted, and how.

    Attributes:
        scheme: Scheme of all layers.
        labels: Labels to count.
        measures: Span measures.
        clusters: Measures of clusters, which lie across documents, so that there may be one part only.
        texts: The gold documents by id, for counts of tokens, likewise; None for none.
    """

    scheme: Scheme
    labels: Sequence[str]
    measures: Sequence[SpanMeasure]
    clusters: Sequence[ClusterMeasure] = ()
    texts: Mapping[str, Document] | None = None


@dataclass(slots=True)
class GoldCounts:
    """What scores need to know of the gold, without its spans.

    Attributes:
        ids: Ids of the documents, sorted.
        groups: The group of each document by field.
        extra_keys: Keys of `extra`, as in `LayerColumns`.
        suggestions: Extractors whose suggestions annotators saw.
        spans: Number of spans.
        fields: Fields of values that are filled in.
        fingerprint: Fingerprint of the layer.
        without_text: Whether a document is made of spans alone.
    """

    ids: list[str] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)
    extra_keys: frozenset[str] = frozenset()
    suggestions: set[str] = field(default_factory=set)
    spans: int = 0
    fields: FilledFields = field(default_factory=dict)
    fingerprint: str = ""
    without_text: bool = False

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(slots=True)
class SystemCounts:
    """Counts of a system, by document in the order of the gold's ids.

    Attributes:
        spans: Counts by measure. Shape `(n_documents, n_labels + 1, 4)`.
        values: Counts of values by label.
        clusters: Sums by measure of clusters.
        tokens: Counts of tokens; None unless they were requested.
        used: Labels of the spans of gold and system.
        fields: Fields of values that the system fills in.
        annotators: Names of its annotators.
        missing: Ids of the gold's documents that it lacks, sorted.
        without_text: Whether a document is made of spans alone.
    """

    spans: dict[str, NDArray[Any]] = field(default_factory=dict)
    values: dict[str, ValueCounts] = field(default_factory=dict)
    clusters: dict[str, ClusterSums] = field(default_factory=dict)
    tokens: TokenCounts | None = None
    used: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    fields: FilledFields = field(default_factory=dict)
    annotators: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    without_text: bool = False


def count_parts(parts: Parts, what: Counted) -> tuple[GoldCounts, list[SystemCounts]]:
    """Count systems against the gold, part by part. The result does not depend on how the corpus is cut.

    Raises:
        DifferingParts: A document of the gold is in two parts.
    """
    assumed: list[FilledFields] = []
    while True:
        counter = _Counter(what, assumed)
        for part in parts():
            counter.add(part)
            del part  # before the next one is read
        found = [counter.gold.fields, *(system.fields for system in counter.systems)]
        if found == counter.assumed:
            return counter.finish()
        assumed = found


class _Counter:
    """Counts of the parts so far.

    Args:
        what: What is counted.
        assumed: The fields that gold and systems fill in; empty to assume those of the first part.
    """

    def __init__(self, what: Counted, assumed: list[FilledFields]) -> None:
        self.gold = GoldCounts()
        self.systems: list[SystemCounts] = []
        self.assumed = assumed
        self._what = what
        self._fingerprint = LayerFingerprint()
        self._sizes: list[int] = []
        self._parts: list[list[SystemCounts]] = []
        places = list(what.scheme.labels)
        self._chosen = np.array([places.index(label) for label in what.labels], dtype=np.int64)

    def add(self, part: Sequence[LayerColumns]) -> None:
        """Count a part."""
        gold = part[0].with_labels(self._chosen)
        gold = sorted_by_id(gold.outside(gold.zones))
        systems = [system.with_labels(self._chosen) for system in part[1:]]
        spans = [outside_zones(spans_in_gold(gold, system), gold.zones) for system in systems]
        fields = [self._fields(gold.spans, gold.values)]
        fields += [self._fields(own, system.values) for own, system in zip(spans, systems, strict=True)]
        self.assumed = self.assumed or fields
        self._add_gold(gold, fields[0])
        if not self.systems:
            self.systems = [SystemCounts() for _ in systems]
        found = []
        for total, system, own, filled, assumed in zip(
            self.systems, systems, spans, fields[1:], self.assumed[1:], strict=True
        ):
            counts = self._count(gold, system, own, ValueRules(self._what.scheme, self.assumed[0], assumed))
            found.append(counts)
            total.fields = _united(total.fields, filled)
            total.annotators |= system.annotator_names
            total.missing += missing_documents(gold, system)
            total.without_text |= system.without_text
            total.used = (total.used[0] | counts.used[0], total.used[1] | counts.used[1])
        self._parts.append(found)

    def finish(self) -> tuple[GoldCounts, list[SystemCounts]]:
        """Return the counts of all parts, documents sorted by id."""
        gold = self.gold
        if len(self._parts) > 1 and len(set(gold.ids)) < len(gold.ids):
            raise DifferingParts("a document of the gold is in two shards")
        order = sorted(range(len(gold.ids)), key=gold.ids.__getitem__)
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        gold.ids = [gold.ids[i] for i in order]
        gold.groups = {name: [groups[i] for i in order] for name, groups in gold.groups.items()}
        gold.fingerprint = self._fingerprint.hexdigest()
        places = np.split(place, np.cumsum(self._sizes)[:-1])
        for number, system in enumerate(self.systems):
            system.missing.sort()
            _merge(system, [part[number] for part in self._parts], places)
        return gold, self.systems

    def _add_gold(self, gold: LayerColumns, fields: FilledFields) -> None:
        total = self.gold
        total.ids += gold.ids
        for name, groups in gold.groups.items():
            total.groups.setdefault(name, []).extend(groups)
        total.extra_keys |= gold.extra_keys
        total.suggestions.update(extractor for shown in set(gold.suggestions_shown) for extractor in shown)
        total.spans += len(gold.spans)
        total.fields = _united(total.fields, fields)
        total.without_text |= gold.without_text
        gold.add_to_fingerprint(self._fingerprint, self._what.labels)
        self._sizes.append(len(gold))

    def _count(self, gold: LayerColumns, system: LayerColumns, spans: SpanColumns, rules: ValueRules) -> SystemCounts:
        what = self._what
        values = [*gold.values, *system.values, None]

        def order(value: int) -> str:
            return repr(values[value])

        def similarity(label: int, of_gold: int, of_system: int) -> float:
            return rules[what.labels[label]].similarity(values[of_gold], values[of_system])

        sides = (sort_duplicates(gold.spans, order), sort_duplicates(spans.with_values_after(len(gold.values)), order))
        compared = ComparedSpans(*sides, len(gold), what.labels, values, what.scheme)
        tables = {measure.name: counted(measure, compared) for measure in what.measures}
        strict = match_duplicates(compared.semeval.strict, sides, similarity)
        pairs = (sides[0].take(strict.gold), sides[1].take(strict.system))
        used = [{what.labels[i] for i in np.unique(side.label).tolist()} for side in sides]
        tokens = None
        if what.texts is not None:
            tokens = count_tokens([what.texts[name] for name in gold.ids], gold.spans, spans, what.labels)
        return SystemCounts(
            spans={name: table.stacked() for name, table in tables.items()},
            clusters={measure.name: measure.compare(compared) for measure in what.clusters},
            tokens=tokens,
            values={
                label: self._values(rules, number, pairs, values, len(gold))
                for number, label in enumerate(what.labels)
                if what.scheme.labels[label].fields
            },
            used=(used[0], used[1]),
        )

    def _values(
        self,
        rules: ValueRules,
        number: int,
        pairs: tuple[SpanColumns, SpanColumns],
        values: Sequence[Value | None],
        documents: int,
    ) -> ValueCounts:
        """Compare the values of the strictly matched spans of a label."""
        gold, system = pairs
        rows = np.flatnonzero(gold.label == number)
        of_label = ValuePairs(gold.document[rows], gold.value[rows], system.value[rows], values)
        return count_values(rules[self._what.labels[number]], of_label, self._what.scheme, documents)

    def _fields(self, spans: SpanColumns, values: Sequence[Value]) -> FilledFields:
        """Return the fields that spans fill in, by label."""
        used = np.unique(spans.label * (len(values) + 1) + spans.value + 1).tolist()
        pairs = (divmod(key, len(values) + 1) for key in used)
        named = ((self._what.labels[label], values[value - 1] if value else None) for label, value in pairs)
        return filled_fields(named, self._what.scheme)


def _united(one: FilledFields, two: FilledFields) -> FilledFields:
    return {label: one.get(label, frozenset()) | two.get(label, frozenset()) for label in {**one, **two}}


def _merge(system: SystemCounts, parts: Sequence[SystemCounts], places: Sequence[Ints]) -> None:
    """Put the counts of parts together; those of the parts are given up one by one."""
    documents = sum(map(len, places))
    for name in list(parts[0].spans):
        tables = [part.spans.pop(name) for part in parts]
        if len(tables) == 1:
            system.spans[name] = tables[0]
            continue
        merged = np.empty((documents, *tables[0].shape[1:]), dtype=np.result_type(*tables))
        for table, place in zip(tables, places, strict=True):
            merged[place] = table
        system.spans[name] = merged
    for label in list(parts[0].values):
        system.values[label] = merged_counts([part.values.pop(label) for part in parts], places)
    system.clusters, system.tokens = parts[0].clusters, parts[0].tokens
