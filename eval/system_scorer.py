"""The scorer of one system after another against the same gold, from columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..schema import (
    Document,
    Scheme,
    Value,
    pluralize,
)
from ..schema.names.settlements import settlement_edition
from ..schema.value_types import Coordinates
from .columns.column_alignment import missing_warning, spans_in_gold
from .columns.layer_columns import LayerColumns
from .columns.span_columns import SpanColumns, outside_zones
from .matching.cluster_measures import ClusterMeasure
from .matching.compared_spans import ComparedSpans
from .matching.duplicate_spans import match_duplicates, sort_duplicates
from .matching.measure_registry import counted
from .matching.pairing import Pairs
from .matching.span_measures import SpanMeasure
from .metric_types.document_counts import DocumentCounts
from .metric_types.metric_groups import NamedMetrics
from .metric_types.span_metrics import ByMeasure, TokenMetrics, UntaggedSpans
from .statistics.compared_metrics import ComparedMetric, compared_metrics, value_quotients
from .statistics.confidence_intervals import Intervals, no_intervals
from .statistics.document_scores import DocumentScores
from .statistics.interval_coverage import MIN_DOCUMENTS, sample_size_notes
from .statistics.metrics import cluster_metrics, measure_metrics
from .statistics.slices import slice_notes, slice_scores
from .statistics.value_measures import ValueCounts, ValuePairs, count_values
from .system_score import SystemScore
from .token_measure import TokenCounts, count_tokens, tokenizer_notes, tokenizer_signature
from .value_comparison import FilledFields, ValueRules, filled_fields

MATCHING = 3
"""Version of the pairing rules, incremented when scores change."""


def _has_places(scheme: Scheme, labels: list[str]) -> bool:
    """Return whether values are places, whose ids and coordinates come from an edition of the gazetteer."""
    return any(isinstance(f.type, Coordinates) for label in labels for f in scheme.labels[label].fields.values())


class SystemScorer:
    """A scorer of one system at a time against the same gold.

    Arguments are those of `score_columns`, with the gold sorted and reduced to what is scored.
    """

    def __init__(
        self,
        scheme: Scheme,
        labels: list[str],
        gold: LayerColumns,
        texts: Mapping[str, Document] | None,
        resamples: int,
        seed: int,
        warn: Callable[[str], None],
        label_map: str,
        common: bool,
        intervals: bool,
        *,
        measures: Sequence[SpanMeasure | ClusterMeasure],
        unchecked: bool,
        reading: Sequence[str],
        tests: Sequence[str],
    ) -> None:
        from importlib.metadata import version

        self.scheme, self.labels, self.gold = scheme, labels, gold
        self.resamples, self.seed, self.warn = resamples, seed, warn
        self.clusters = [measure for measure in measures if isinstance(measure, ClusterMeasure)]
        self.measures = [measure for measure in measures if not isinstance(measure, ClusterMeasure)]
        self.tests = tests
        self.compared: list[dict[str, ComparedMetric]] = []
        self.index = {label: i for i, label in enumerate(labels)}
        self.fingerprint = gold.fingerprint(labels)
        self.notes: list[str] = []
        self.texts = None if texts is None else [texts[name] for name in gold.ids]
        stated = [
            f"gold:{self.fingerprint[:12]}",
            f"scheme:{scheme.ref}+{scheme.fingerprint[:8]}",
            f"labels:{','.join(labels) if len(labels) < len(scheme.labels) else 'all'}",
            *(["documents:common"] if common else []),
            *(["texts:unchecked"] if unchecked else []),
            f"map:{label_map}",
            *reading,
            "zones:gold",
            "offsets:codepoint",
            *(tokenizer_signature(self.texts) if self.texts else []),
            f"match:{MATCHING}",
            *([f"places:{settlement_edition()}"] if _has_places(scheme, labels) else []),
            *(["intervals:requested"] if intervals else []),
            f"boot:{resamples}",
            f"seed:{seed}",
            f"goldspan:{version('goldspan')}",
        ]
        self.settings = {name: text for name, _, text in (part.partition(":") for part in stated)}
        self.signature = "|".join(stated)
        self.gold_fields = self.filled_fields(gold.spans, gold.values)
        if not len(gold.spans):
            missing = "no spans of these labels" if len(gold) else "no documents"
            self.notes.append(f"the gold has {missing}: there is nothing to score")
        self.minimum = 2 if intervals else MIN_DOCUMENTS
        self.interval_resamples = resamples if len(gold) >= self.minimum else 0
        if resamples:
            self.notes += sample_size_notes(len(gold), requested=intervals)
        if self.interval_resamples and self.clusters:
            self.notes.append("clusters have no intervals: resampling documents would change the clusters")

    def score(self, system: LayerColumns, name: str) -> SystemScore:
        """Score a system."""
        shown = {extractor for extractors in set(self.gold.suggestions_shown) for extractor in extractors}
        if biased := sorted(system.annotator_names & shown):
            self._note_once(
                f"the gold was annotated with suggestions of {', '.join(biased)}, which may bias it in their favour"
            )
        if missing := missing_warning(self.gold, system, name):
            self.notes.append(missing)
            self.warn(missing)
        spans = outside_zones(spans_in_gold(self.gold, system), self.gold.zones)
        values = [*self.gold.values, *system.values, None]

        def order(value: int) -> str:
            return repr(values[value])

        columns = (
            sort_duplicates(self.gold.spans, order),
            sort_duplicates(spans.with_values_after(len(self.gold.values)), order),
        )
        compared = ComparedSpans(*columns, len(self.gold), self.labels, values, self.scheme)
        rules = ValueRules(self.scheme, self.gold_fields, self.filled_fields(spans, system.values))
        by_measure = {measure.name: counted(measure, compared) for measure in self.measures}
        strict = self._match_duplicates(compared.semeval.strict, columns, values, rules)
        used = [{self.labels[i] for i in np.unique(side.label).tolist()} for side in columns]
        for note in rules.notes("the gold", name, *used):
            self._note_once(note)
        counts = {measure: table.stacked() for measure, table in by_measure.items()}
        clusters = {measure.name: measure.compare(compared) for measure in self.clusters}
        tokens = None if self.texts is None else self._tokens(self.texts, spans, name)
        value_counts = self._values(strict, columns, values, rules)
        intervals = Intervals(self.labels, len(self.gold), self.interval_resamples, self.seed, kept=self.tests)
        score_intervals = intervals.of(counts, tokens, value_counts, no_intervals(clusters, self.labels))
        self.undefined = intervals.undefined
        if intervals.undefined:
            worst = max(intervals.undefined, key=lambda path: intervals.undefined[path])
            self.notes.append(
                f"{name}: intervals exclude resamples in which the metric is undefined: "
                f"at most {intervals.undefined[worst]} of {self.resamples}, for {worst}"
            )
        slices, slice_intervals = slice_scores(
            counts, self.gold.groups, self.labels,
            resamples=self.resamples, seed=self.seed, minimum=self.minimum,
        )  # fmt: skip
        for note in slice_notes(slices, self.minimum) if self.resamples else ():
            self._note_once(note)
        sides = counts["strict"][:, :, 2:].sum(axis=2)  # gold and system spans
        quotients = [value_quotients(label, c, sides[:, self.index[label]]) for label, c in value_counts.items()]
        of_documents = DocumentCounts(
            documents=self.gold.ids,
            labels=self.labels,
            spans=counts,
            tokens=None if tokens is None else tokens.counts,
            values={path: table for of_label in quotients for path, table in of_label.items()},
        )
        spans_by_label = sides.sum(axis=0)
        scored = SystemScore(
            name=name,
            signature=self.signature,
            spans=ByMeasure.of(
                {measure: measure_metrics(table.sum(axis=0), self.labels) for measure, table in counts.items()}
                | {measure: cluster_metrics(sums, self.labels) for measure, sums in clusters.items()}
            ),
            tokens=None if tokens is None else _token_metrics(tokens, self.labels),
            values=NamedMetrics(
                {
                    label: counted.metrics(int(spans_by_label[self.index[label]]))
                    for label, counted in value_counts.items()
                }
            ),
            intervals=replace(score_intervals, slices=slice_intervals) if slices else score_intervals,
            counts=of_documents,
            slices=slices or None,
            documents=DocumentScores(of_documents),
        )
        for path in self.tests:
            scored.metric(path)  # which refuses paths that do not exist
        self.compared.append(compared_metrics(self.tests, of_documents, intervals.resampled))
        return scored

    def filled_fields(self, spans: SpanColumns, values: Sequence[Value]) -> FilledFields:
        """Return the fields that spans fill in, by label; see `value_comparison.filled_fields`."""
        used = np.unique(spans.label * (len(values) + 1) + spans.value + 1).tolist()
        labels_and_values = (divmod(key, len(values) + 1) for key in used)
        return filled_fields(
            ((self.labels[label], values[value - 1] if value else None) for label, value in labels_and_values),
            self.scheme,
        )

    def _match_duplicates(
        self,
        strict: Pairs,
        columns: tuple[SpanColumns, SpanColumns],
        values: Sequence[Value | None],
        rules: ValueRules,
    ) -> Pairs:
        def similarity(label: int, gold: int, system: int) -> float:
            return rules[self.labels[label]].similarity(values[gold], values[system])

        return match_duplicates(strict, columns, similarity)

    def _values(
        self,
        strict: Pairs,
        columns: tuple[SpanColumns, SpanColumns],
        values: Sequence[Value | None],
        rules: ValueRules,
    ) -> dict[str, ValueCounts]:
        """Compare the values of strictly matched spans, by label."""
        gold, system = columns[0].take(strict.gold), columns[1].take(strict.system)
        counts = {}
        for number, label in enumerate(self.labels):
            if self.scheme.labels[label].fields:
                rows = np.flatnonzero(gold.label == number)
                pairs = ValuePairs(gold.document[rows], gold.value[rows], system.value[rows], values)
                counts[label] = count_values(rules[label], pairs, self.scheme, len(self.gold))
        return counts

    def _tokens(self, texts: Sequence[Document], spans: SpanColumns, name: str) -> TokenCounts:
        for note in tokenizer_notes(texts):
            self._note_once(note)
        counts = count_tokens(texts, self.gold.spans, spans, self.labels)
        if counts.untagged_gold or counts.untagged_system:
            gold_spans = pluralize(counts.untagged_gold, "gold span")
            system_spans = pluralize(counts.untagged_system, "system span")
            self.notes.append(
                f"{name}: IOB2 tags cannot express {gold_spans} and {system_spans} (overlapping, or not aligned with "
                "tokens), which count as errors in token metrics"
            )
        return counts

    def _note_once(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def _token_metrics(tokens: TokenCounts, labels: Sequence[str]) -> TokenMetrics:
    metrics = measure_metrics(tokens.counts.sum(axis=0), labels)
    return TokenMetrics(metrics.micro, metrics.labels, UntaggedSpans(tokens.untagged_gold, tokens.untagged_system))
