"""Scoring of systems against gold: spans, tokens and values, with confidence intervals and significance tests.

Layers are columns. Documents are aligned by id; pairing the spans yields counts per document and label, from which
alone all metrics, intervals and tests are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..schema import (
    DataError,
    Document,
    Problem,
    Scheme,
    UsageError,
    Value,
    for_each,
    pluralize,
)
from ..schema.extras import require_extras
from ..schema.names.settlements import settlement_edition
from ..schema.value_types import Coordinates
from .columns.column_alignment import common_layers, excluded_notes, missing_warning, sorted_by_id, spans_in_gold
from .columns.document_groups import checked_groupings
from .columns.layer_columns import LayerColumns, columns_of
from .columns.span_columns import SpanColumns, outside_zones
from .comparisons.system_runs import repeated_systems, run_names, runs_of
from .document_alignment import require_alignment, unique_names
from .document_matching import match_documents
from .matching.compared_spans import ComparedSpans
from .matching.duplicate_spans import match_duplicates, sort_duplicates
from .matching.match_counts import SpanMatches
from .matching.measure_registry import counted, find_measures
from .matching.pairing import Pairs
from .matching.span_measures import SEMEVAL, SpanMeasure
from .metric_types.metric_groups import NamedMetrics
from .metric_types.span_metrics import ByMeasure, TokenMetrics, UntaggedSpans
from .score_results import GoldSummary, Scores
from .statistics.compared_metrics import ComparedMetric, compared_metrics
from .statistics.confidence_intervals import Intervals
from .statistics.document_scores import DocumentScores
from .statistics.interval_coverage import MIN_DOCUMENTS, NOMINAL, RELIABLE_DOCUMENTS, simulated_coverage
from .statistics.metrics import measure_metrics
from .statistics.significance import checked_tests, compare_systems, notes_on_tests
from .statistics.slices import slice_notes, slice_scores
from .statistics.value_measures import ValueCounts, ValuePairs, count_values
from .system_score import SystemScore
from .token_measure import TokenCounts, count_tokens, tokenizer_notes, tokenizer_signature
from .value_comparison import FilledFields, ValueRules, filled_fields

MATCHING = 3
"""Version of the pairing rules, incremented when scores change."""


def score_documents(
    gold: Iterable[Document],
    systems: Sequence[Sequence[Document]],
    scheme: Scheme,
    *,
    names: Sequence[str] = (),
    labels: Sequence[str] = (),
    tokens: bool = False,
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    path: str | None = None,
    label_map: str = "none",
    common: bool = False,
    intervals: bool = False,
    tests: Sequence[str] = (),
    measures: Sequence[str | SpanMeasure] = (),
    by: Sequence[str] = (),
    remarks: Sequence[str] = (),
    reading: Sequence[str] = (),
) -> Scores:
    """Score the documents of systems, all of which are valid. Other arguments and errors are those of `score`.

    `path` is that of the gold, stored in the scores; `label_map` identifies the map that was applied to the systems'
    labels, and `reading` how files were read, for the signature; `remarks` precede the notes.
    """
    gold = list(gold)
    by = checked_groupings(by)
    if len(names) < len(systems):
        names = unique_names([*names, *map(_annotator, systems[len(names) :])])
    of_runs = run_names(names)
    matched = [match_documents(gold, system, name) for system, name in zip(systems, of_runs, strict=True)]
    ids = {document.id for document in gold}
    predictions = [[d for d in m.documents if not common or d.id in ids] for m in matched]
    excluded = [len(m.documents) - len(p) for m, p in zip(matched, predictions, strict=True)]
    for_each(
        lambda item: require_alignment(gold, item[0], item[1], item[2].partings),
        zip(predictions, of_runs, matched, strict=True),
    )
    return score_columns(
        columns_of(gold, scheme, by),
        [columns_of(documents, scheme) for documents in predictions],
        scheme,
        names=names,
        labels=labels,
        texts={document.id: document for document in gold} if tokens else None,
        resamples=resamples,
        seed=seed,
        warn=warn,
        path=path,
        label_map=label_map,
        reading=reading,
        common=common,
        excluded=excluded,
        intervals=intervals,
        tests=tests,
        measures=measures,
        remarks=[*remarks, *(note for system in matched for note in system.notes)],
    )


def score_columns(
    gold: LayerColumns,
    systems: Sequence[LayerColumns],
    scheme: Scheme,
    *,
    names: Sequence[str],
    labels: Sequence[str] = (),
    texts: Mapping[str, Document] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    path: str | None = None,
    label_map: str = "none",
    reading: Sequence[str] = (),
    common: bool = False,
    excluded: Sequence[int] = (),
    intervals: bool = False,
    tests: Sequence[str] = (),
    measures: Sequence[str | SpanMeasure] = (),
    remarks: Sequence[str] = (),
) -> Scores:
    """Score layers that are aligned (`are_aligned`). Other arguments and errors are those of `score_documents`.

    Args:
        gold: The gold, in groups where scores are sliced.
        systems: The systems.
        scheme: Scheme of all layers.
        names: Names of the systems; the same name several times is for runs of one system.
        labels: Labels to score; all by default.
        texts: The gold documents by id, whose texts token metrics require; None for no token metrics.
        resamples: As in `score`.
        seed: As in `score`.
        warn: As in `score`.
        path: Path of the gold.
        label_map: As in `score_documents`.
        reading: As in `score_documents`.
        common: As in `score`.
        excluded: Number of documents of each system that are left out because the gold lacks them.
        intervals: As in `score`.
        tests: As in `score`.
        measures: As in `score`.
        remarks: What precedes the notes.
    """
    of_systems, names = list(names), run_names(names)
    tests = checked_tests(tests, set(of_systems))
    selected = list(dict.fromkeys(labels or scheme.labels))
    for label in selected:
        scheme.label(label)
    further = find_measures(measures)
    if resamples < 0 or not systems:
        raise UsageError("scoring requires at least one system and a non-negative number of resamples")
    if texts is not None:
        require_extras("a metric of tokens", "rules", "tokens")
        if without := next((document.id for document in texts.values() if document.text is None), None):
            raise DataError(
                Problem("there are no tokens: the gold is text-free", "leave out `tokens`", document=without)
            )
    notes = [*remarks]
    sides = dict(zip(("the gold", *names), (gold, *systems), strict=True))
    if common:
        gold, *systems = common_layers(gold, systems)
        sizes = [
            len(layer) + more
            for layer, more in zip(sides.values(), (0, *(excluded or [0] * len(systems))), strict=True)
        ]
        notes += excluded_notes(zip(sides, sizes, strict=True), len(gold))
    unchecked = [name for name, layer in sides.items() if layer.without_text]
    if unchecked:
        notes.append(f"spans without texts: {', '.join(unchecked)}; whether the texts are the same cannot be checked")
    places = list(scheme.labels)
    chosen = np.array([places.index(label) for label in selected], dtype=np.int64)
    # sorted by id, so that resampling does not depend on the order of a file
    gold = sorted_by_id(gold.with_labels(chosen).outside(gold.zones))
    scorer = _Scorer(
        scheme, selected, gold, texts, resamples, seed, warn or (lambda _: None), label_map, common, intervals,
        measures=(*SEMEVAL, *further),
        unchecked=bool(unchecked), reading=reading, tests=tests,
    )  # fmt: skip
    system_scores = [
        scorer.score(system.with_labels(chosen), name) for system, name in zip(systems, names, strict=True)
    ]
    gold_summary = GoldSummary(
        path=path,
        documents=len(gold),
        spans=len(gold.spans),
        sha256=scorer.fingerprint,
        scheme=scheme.ref,
    )
    groups = runs_of(of_systems, scorer.compared)
    comparisons = compare_systems(groups, tests, resamples=resamples, seed=seed)
    notes += [*scorer.notes, *(notes_on_tests(groups, tests) if scorer.interval_resamples else ())]
    return Scores(gold_summary, system_scores, comparisons, notes, repeated_systems(of_systems, system_scores))


def _annotator(documents: Sequence[Document]) -> str:
    """Return the name of the annotator if there is a single one, else `system`."""
    annotators = {d.layer.annotator for d in documents if d.layer and d.layer.annotator}
    return annotators.pop() if len(annotators) == 1 else "system"


def _has_places(scheme: Scheme, labels: list[str]) -> bool:
    """Return whether values are places, whose ids and coordinates come from an edition of the gazetteer."""
    return any(isinstance(f.type, Coordinates) for label in labels for f in scheme.labels[label].fields.values())


class _Scorer:
    """A scorer of one system at a time against the same gold."""

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
        measures: Sequence[SpanMeasure],
        unchecked: bool,
        reading: Sequence[str],
        tests: Sequence[str],
    ) -> None:
        from importlib.metadata import version

        self.scheme, self.labels, self.gold = scheme, labels, gold
        self.resamples, self.seed, self.warn, self.measures = resamples, seed, warn, measures
        self.tests = tests
        self.compared: list[dict[str, ComparedMetric]] = []
        self.index = {label: i for i, label in enumerate(labels)}
        self.fingerprint = gold.fingerprint(labels)
        self.notes: list[str] = []
        self.texts = None if texts is None else [texts[name] for name in gold.ids]
        self.signature = "|".join(
            [
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
                f"boot:{resamples}",
                f"seed:{seed}",
                f"goldspan:{version('goldspan')}",
            ]
        )
        self.gold_fields = self._filled_fields(gold.spans, gold.values)
        if not len(gold.spans):
            missing = "no spans of these labels" if len(gold) else "no documents"
            self.notes.append(f"the gold has {missing}: there is nothing to score")
        self.minimum = 2 if intervals else MIN_DOCUMENTS
        self.interval_resamples = resamples if len(gold) >= self.minimum else 0
        if resamples:
            self.notes += _sample_size_notes(len(gold), requested=intervals)

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
        spans = spans_in_gold(self.gold, system)
        spans = spans.take(outside_zones(spans, self.gold.zones))
        values = [*self.gold.values, *system.values, None]

        def order(value: int) -> str:
            return repr(values[value])

        columns = (
            sort_duplicates(self.gold.spans, order),
            sort_duplicates(spans.with_values_after(len(self.gold.values)), order),
        )
        compared = ComparedSpans(*columns, len(self.gold), self.labels, values, self.scheme)
        matches = compared.semeval
        rules = ValueRules(self.scheme, self.gold_fields, self._filled_fields(spans, system.values))
        by_measure = {measure.name: counted(measure, compared) for measure in self.measures}
        matches = SpanMatches(by_measure, self._match_duplicates(matches, columns, values, rules), matches.overlapping)
        used = [{self.labels[i] for i in np.unique(side.label).tolist()} for side in columns]
        for note in rules.notes("the gold", name, *used):
            self._note_once(note)
        counts = {measure: table.stacked() for measure, table in by_measure.items()}
        tokens = None if self.texts is None else self._tokens(self.texts, spans, name)
        value_counts = self._values(matches, columns, values, rules)
        intervals = Intervals(self.labels, len(self.gold), self.interval_resamples, self.seed, kept=self.tests)
        score_intervals = intervals.of(counts, tokens, value_counts)
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
        spans_by_label = counts["strict"].sum(axis=0)[:, 2:].sum(axis=1)  # gold and system spans
        scored = SystemScore(
            name=name,
            signature=self.signature,
            spans=ByMeasure.of(
                {measure: measure_metrics(table.sum(axis=0), self.labels) for measure, table in counts.items()}
            ),
            tokens=None if tokens is None else _token_metrics(tokens, self.labels),
            values=NamedMetrics(
                {
                    label: counted.metrics(int(spans_by_label[self.index[label]]))
                    for label, counted in value_counts.items()
                }
            ),
            intervals=replace(score_intervals, slices=slice_intervals) if slices else score_intervals,
            matches=matches,
            slices=slices or None,
            documents=DocumentScores(self.gold.ids, by_measure),
        )
        for path in self.tests:
            scored.metric(path)  # which refuses paths that do not exist
        self.compared.append(
            compared_metrics(
                self.tests,
                counts,
                None if tokens is None else tokens.counts,
                value_counts,
                self.labels,
                intervals.resampled,
            )
        )
        return scored

    def _filled_fields(self, spans: SpanColumns, values: Sequence[Value]) -> FilledFields:
        used = np.unique(spans.label * (len(values) + 1) + spans.value + 1).tolist()
        labels_and_values = (divmod(key, len(values) + 1) for key in used)
        return filled_fields(
            ((self.labels[label], values[value - 1] if value else None) for label, value in labels_and_values),
            self.scheme,
        )

    def _match_duplicates(
        self,
        matches: SpanMatches,
        columns: tuple[SpanColumns, SpanColumns],
        values: Sequence[Value | None],
        rules: ValueRules,
    ) -> Pairs:
        def similarity(label: int, gold: int, system: int) -> float:
            return rules[self.labels[label]].similarity(values[gold], values[system])

        return match_duplicates(matches.strict, columns, similarity)

    def _values(
        self,
        matches: SpanMatches,
        columns: tuple[SpanColumns, SpanColumns],
        values: Sequence[Value | None],
        rules: ValueRules,
    ) -> dict[str, ValueCounts]:
        """Compare the values of strictly matched spans, by label."""
        gold, system = columns[0].take(matches.strict.gold), columns[1].take(matches.strict.system)
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


def _sample_size_notes(documents: int, *, requested: bool) -> list[str]:
    """Return notes on the reliability of intervals and tests for small numbers of documents."""
    count = pluralize(documents, "document")
    coverage = simulated_coverage(documents)
    if documents >= RELIABLE_DOCUMENTS:
        return []
    if documents < MIN_DOCUMENTS and (not requested or coverage is None):
        return [f"{count}: too few for intervals and tests, which require at least {MIN_DOCUMENTS}"]
    tests = f"; too few for tests, which require at least {MIN_DOCUMENTS}" if documents < MIN_DOCUMENTS else ""
    actual = f"intervals contain the true value in about {coverage:.0%} of simulations, not in {NOMINAL:.0%}"
    return [f"{count}: too few for reliable intervals; {actual}{tests}"]


def _token_metrics(tokens: TokenCounts, labels: Sequence[str]) -> TokenMetrics:
    metrics = measure_metrics(tokens.counts.sum(axis=0), labels)
    return TokenMetrics(metrics.micro, metrics.labels, UntaggedSpans(tokens.untagged_gold, tokens.untagged_system))
