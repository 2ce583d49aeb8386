"""The scorer of one system after another against the same gold, from counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..schema import Scheme, pluralize
from ..schema.names.authorities import table_editions
from ..schema.names.settlements import settlement_edition
from ..schema.value_types import Coordinates
from .columns.column_alignment import missing_warning
from .metric_types.document_counts import DocumentCounts
from .metric_types.metric_groups import NamedMetrics
from .metric_types.span_metrics import ByMeasure, TokenMetrics, UntaggedSpans
from .statistics.compared_metrics import ComparedMetric, ValueQuotients, compared_metrics
from .statistics.confidence_intervals import Intervals, no_intervals
from .statistics.document_scores import DocumentScores
from .statistics.interval_coverage import MIN_DOCUMENTS, sample_size_notes
from .statistics.metrics import cluster_metrics, measure_metrics
from .statistics.part_counts import Counted, GoldCounts, SystemCounts
from .statistics.slices import slice_notes, slice_scores
from .system_score import SystemScore
from .token_measure import TokenCounts, tokenizer_notes, tokenizer_signature
from .value_comparison import ValueRules

MATCHING = 3
"""Version of the pairing rules, incremented when scores change."""


def _has_places(scheme: Scheme, labels: Sequence[str]) -> bool:
    """Return whether values are places, whose ids and coordinates come from an edition of the gazetteer."""
    return any(isinstance(f.type, Coordinates) for label in labels for f in scheme.labels[label].fields.values())


class SystemScorer:
    """A scorer of one system at a time against the same gold.

    Arguments are those of `score_columns`, with what was counted, and the gold's counts.
    """

    def __init__(
        self,
        what: Counted,
        gold: GoldCounts,
        resamples: int,
        seed: int,
        warn: Callable[[str], None],
        label_map: str,
        common: bool,
        intervals: bool,
        *,
        unchecked: bool,
        reading: Sequence[str],
        tests: Sequence[str],
    ) -> None:
        from importlib.metadata import version

        scheme, labels = what.scheme, what.labels
        self.scheme, self.labels, self.gold = scheme, labels, gold
        self.resamples, self.seed, self.warn = resamples, seed, warn
        self.tests = tests
        self.compared: list[dict[str, ComparedMetric]] = []
        self.index = {label: i for i, label in enumerate(labels)}
        self.notes: list[str] = []
        self.texts = None if what.texts is None else [what.texts[name] for name in gold.ids]
        stated = [
            f"gold:{gold.fingerprint[:12]}",
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
            *([f"tables:{','.join(editions)}"] if (editions := table_editions(scheme)) else []),
            *(["intervals:requested"] if intervals else []),
            f"boot:{resamples}",
            f"seed:{seed}",
            f"goldspan:{version('goldspan')}",
        ]
        self.settings = {name: text for name, _, text in (part.partition(":") for part in stated)}
        self.signature = "|".join(stated)
        if not gold.spans:
            missing = "no spans of these labels" if len(gold) else "no documents"
            self.notes.append(f"the gold has {missing}: there is nothing to score")
        self.minimum = 2 if intervals else MIN_DOCUMENTS
        self.interval_resamples = resamples if len(gold) >= self.minimum else 0
        if resamples:
            self.notes += sample_size_notes(len(gold), requested=intervals)
        if self.interval_resamples and what.clusters:
            self.notes.append("clusters have no intervals: resampling documents would change the clusters")

    def score(self, system: SystemCounts, name: str) -> SystemScore:
        """Score a system."""
        if biased := sorted(system.annotators & self.gold.suggestions):
            self._note_once(
                f"the gold was annotated with suggestions of {', '.join(biased)}, which may bias it in their favour"
            )
        if missing := missing_warning(system.missing, name):
            self.notes.append(missing)
            self.warn(missing)
        rules = ValueRules(self.scheme, self.gold.fields, system.fields)
        for note in rules.notes("the gold", name, *system.used):
            self._note_once(note)
        counts, clusters, value_counts, tokens = system.spans, system.clusters, system.values, system.tokens
        if tokens is not None:
            self._note_on_tokens(tokens, name)
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
        quotients = {label: (c, sides[:, self.index[label]]) for label, c in value_counts.items()}
        of_documents = DocumentCounts(
            documents=self.gold.ids,
            labels=self.labels,
            spans=counts,
            tokens=None if tokens is None else tokens.counts,
            values=ValueQuotients(quotients),
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

    def _note_on_tokens(self, counts: TokenCounts, name: str) -> None:
        for note in tokenizer_notes(self.texts or ()):
            self._note_once(note)
        if counts.untagged_gold or counts.untagged_system:
            gold_spans = pluralize(counts.untagged_gold, "gold span")
            system_spans = pluralize(counts.untagged_system, "system span")
            self.notes.append(
                f"{name}: IOB2 tags cannot express {gold_spans} and {system_spans} (overlapping, or not aligned with "
                "tokens), which count as errors in token metrics"
            )

    def _note_once(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def _token_metrics(tokens: TokenCounts, labels: Sequence[str]) -> TokenMetrics:
    metrics = measure_metrics(tokens.counts.sum(axis=0), labels)
    return TokenMetrics(metrics.micro, metrics.labels, UntaggedSpans(tokens.untagged_gold, tokens.untagged_system))
