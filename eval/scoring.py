"""Scoring of systems against gold: spans, tokens and values, with confidence intervals and significance tests.

Documents are aligned by id and their spans converted to columns; pairing the spans yields counts per document and
label, from which alone all metrics, intervals and tests are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..corpus.spans_without_text import is_without_text
from ..schema import (
    Document,
    Scheme,
    Span,
    UsageError,
    Value,
    for_each,
    layer_fingerprint,
    pluralize,
)
from ..schema.extras import missing_extras
from ..schema.names.settlements import settlement_edition
from ..schema.value_types import Coordinates
from .document_alignment import align_with_gold, common_documents, excluded_notes, restrict_to, system_names
from .document_matching import MatchedSystem, match_documents
from .matching.duplicate_spans import match_duplicates
from .matching.excluded_spans import drop_excluded
from .matching.match_counts import MEASURES, SpanMatches, count_matches
from .matching.span_columns import outside_zones, span_columns
from .metric_types.metric_groups import NamedMetrics
from .metric_types.span_metrics import ByMeasure, TokenMetrics, UntaggedSpans
from .score_results import GoldSummary, Scores
from .statistics.confidence_intervals import Intervals
from .statistics.interval_coverage import MIN_DOCUMENTS, NOMINAL, RELIABLE_DOCUMENTS, simulated_coverage
from .statistics.metrics import measure_metrics
from .statistics.significance import compare_systems
from .statistics.value_measures import ValueCounts, count_values
from .system_score import SystemScore
from .token_measure import TokenCounts, count_tokens, tokenizer_notes, tokenizer_signature
from .value_comparison import ValueRules, filled_fields

MATCHING = 3
"""Version of the pairing rules, incremented when scores change."""


def score_documents(
    gold: Iterable[Document],
    systems: Sequence[Sequence[Document]],
    scheme: Scheme,
    *,
    names: Sequence[str] = (),
    labels: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    path: str | None = None,
    label_map: str = "none",
    common: bool = False,
    intervals: bool = False,
    remarks: Sequence[str] = (),
    reading: Sequence[str] = (),
) -> Scores:
    """Score the documents of systems, all of which are valid. Other arguments and errors are those of `score`.

    `path` is that of the gold, stored in the scores; `label_map` identifies the map that was applied to the systems'
    labels, and `reading` how files were read, for the signature; `remarks` precede the notes.
    """
    selected = list(dict.fromkeys(labels or scheme.labels))
    for label in selected:
        scheme.label(label)
    if resamples < 0 or not systems:
        raise UsageError("scoring requires at least one system and a non-negative number of resamples")
    gold = list(gold)
    names = system_names(systems, names)
    matched = [match_documents(gold, system, name) for system, name in zip(systems, names, strict=True)]
    # sorted by id, so that resampling does not depend on the order of a file
    gold_documents = sorted((drop_excluded(restrict_to(d, selected), d.zones) for d in gold), key=lambda d: d.id)
    predictions = [list(system.documents) for system in matched]
    sides = list(zip(("the gold", *names), (gold_documents, *predictions), strict=True))
    notes = [*remarks, *(note for system in matched for note in system.notes)]
    if common:
        gold_documents, *predictions = common_documents(gold_documents, *predictions)
        notes += excluded_notes(sides, len(gold_documents))
    unchecked = [name for name, documents in sides if any(map(is_without_text, documents))]
    if unchecked:
        notes.append(f"spans without texts: {', '.join(unchecked)}; whether the texts are the same cannot be checked")
    scorer = _Scorer(
        scheme, selected, gold_documents, resamples, seed, warn or (lambda _: None), label_map, common, intervals,
        unchecked=bool(unchecked), reading=reading,
    )  # fmt: skip
    system_scores = for_each(lambda system: scorer.score(*system), zip(predictions, names, matched, strict=True))
    gold_summary = GoldSummary(
        path=path,
        documents=len(gold_documents),
        spans=sum(len(document.spans) for document in gold_documents),
        sha256=scorer.fingerprint,
        scheme=scheme.ref,
    )
    comparisons = compare_systems(system_scores, resamples=resamples, seed=seed)
    return Scores(gold_summary, system_scores, comparisons, notes + scorer.notes)


def _has_places(scheme: Scheme, labels: list[str]) -> bool:
    """Return whether values are places, whose ids and coordinates come from an edition of the gazetteer."""
    return any(isinstance(f.type, Coordinates) for label in labels for f in scheme.labels[label].fields.values())


class _Scorer:
    """A scorer of one system at a time against the same gold."""

    def __init__(
        self,
        scheme: Scheme,
        labels: list[str],
        gold: list[Document],
        resamples: int,
        seed: int,
        warn: Callable[[str], None],
        label_map: str,
        common: bool,
        intervals: bool,
        *,
        unchecked: bool,
        reading: Sequence[str],
    ) -> None:
        from importlib.metadata import version

        self.scheme, self.labels, self.gold = scheme, labels, gold
        self.resamples, self.seed, self.warn = resamples, seed, warn
        self.index = {label: i for i, label in enumerate(labels)}
        self.fingerprint = layer_fingerprint(gold)
        self.notes: list[str] = []
        self.missing_for_tokens = missing_extras("tagging tokens", "rules", "tokens")
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
                *([] if self.missing_for_tokens else tokenizer_signature(gold)),
                f"match:{MATCHING}",
                *([f"places:{settlement_edition()}"] if _has_places(scheme, labels) else []),
                f"boot:{resamples}",
                f"seed:{seed}",
                f"goldspan:{version('goldspan')}",
            ]
        )
        self.gold_spans = _sorted_spans(gold, self.index)
        self.gold_columns = span_columns(self.gold_spans, self.index)
        self.gold_fields = filled_fields((span for _, span in self.gold_spans), scheme)
        if not self.gold_spans:
            missing = "no spans of these labels" if gold else "no documents"
            self.notes.append(f"the gold has {missing}: there is nothing to score")
        self.interval_resamples = resamples if len(gold) >= MIN_DOCUMENTS or (intervals and len(gold) > 1) else 0
        if resamples:
            self.notes += _sample_size_notes(len(gold), requested=intervals)

    def score(self, documents: list[Document], name: str, matched: MatchedSystem) -> SystemScore:
        """Score a system."""
        annotators = {d.layer.annotator for d in documents if d.layer and d.layer.annotator}
        if shown := sorted(annotators & {extractor for d in self.gold for extractor in d.suggestions_shown}):
            self._note_once(
                f"the gold was annotated with suggestions of {', '.join(shown)}, which may bias it in their favour"
            )
        predictions = align_with_gold(self.gold, documents, name, self.labels, self._warn, matched.partings)
        spans = _sorted_spans(predictions, self.index)
        columns = span_columns(spans, self.index)
        outside = outside_zones(columns, ((i, document.zones) for i, document in enumerate(self.gold)))
        spans = [item for item, keep in zip(spans, outside.tolist(), strict=True) if keep]
        columns = columns.take(outside)
        matches = count_matches(self.gold_columns, columns, documents=len(self.gold), labels=len(self.labels))
        rules = ValueRules(self.scheme, self.gold_fields, filled_fields((span for _, span in spans), self.scheme))
        sides = [span for _, span in self.gold_spans], [span for _, span in spans]
        strict = match_duplicates(matches.strict, (self.gold_columns, columns), sides, rules.similarity)
        matches = SpanMatches(matches.counts, strict, matches.overlapping)
        for note in rules.notes("the gold", name, *sides):
            self._note_once(note)
        counts = {measure: matches.counts[measure].stacked() for measure in MEASURES}
        tokens = self._tokens(spans, name)
        values = self._values(matches, spans, rules)
        intervals = Intervals(self.labels, len(self.gold), self.interval_resamples, self.seed)
        score_intervals = intervals.of(counts, tokens, values)
        if intervals.undefined:
            worst = max(intervals.undefined, key=lambda path: intervals.undefined[path])
            self.notes.append(
                f"{name}: intervals exclude resamples in which the metric is undefined: "
                f"at most {intervals.undefined[worst]} of {self.resamples}, for {worst}"
            )
        spans_by_label = counts["strict"].sum(axis=0)[:, 2:].sum(axis=1)  # gold and system spans
        return SystemScore(
            name=name,
            signature=self.signature,
            spans=ByMeasure(
                **{measure: measure_metrics(counts[measure].sum(axis=0), self.labels) for measure in MEASURES}
            ),
            tokens=None if tokens is None else _token_metrics(tokens, self.labels),
            values=NamedMetrics(
                {
                    label: value_counts.metrics(int(spans_by_label[self.index[label]]))
                    for label, value_counts in values.items()
                }
            ),
            intervals=score_intervals,
            matches=matches,
        )

    def _values(
        self, matches: SpanMatches, spans: Sequence[tuple[int, Span]], rules: ValueRules
    ) -> dict[str, ValueCounts]:
        """Compare the values of strictly matched spans, by label."""
        pairs: dict[str, list[tuple[int, Value | None, Value | None]]] = {label: [] for label in self.labels}
        for g, s in zip(matches.strict.gold.tolist(), matches.strict.system.tolist(), strict=True):
            document, span = self.gold_spans[g]
            pairs[span.label].append((document, span.value, spans[s][1].value))
        return {
            label: count_values(rules[label], pairs[label], self.scheme, len(self.gold))
            for label in self.labels
            if self.scheme.labels[label].fields
        }

    def _tokens(self, spans: list[tuple[int, Span]], name: str) -> TokenCounts | None:
        if any(document.text is None for document in self.gold):
            self._note_once("no token metrics: the gold is text-free")
            return None
        if self.missing_for_tokens:
            self._note_once(f"no token metrics: {self.missing_for_tokens}")
            return None
        for note in tokenizer_notes(self.gold):
            self._note_once(note)
        spans_by_document: list[list[Span]] = [[] for _ in self.gold]
        for document, span in spans:
            spans_by_document[document].append(span)
        counts = count_tokens(self.gold, spans_by_document, self.labels)
        if counts.untagged_gold or counts.untagged_system:
            gold_spans = pluralize(counts.untagged_gold, "gold span")
            system_spans = pluralize(counts.untagged_system, "system span")
            self.notes.append(
                f"{name}: IOB2 tags cannot express {gold_spans} and {system_spans} (overlapping, or not aligned with "
                "tokens), which count as errors in token metrics"
            )
        return counts

    def _warn(self, message: str) -> None:
        self.notes.append(message)
        self.warn(message)

    def _note_once(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def _sorted_spans(documents: Iterable[Document], labels: Mapping[str, int]) -> list[tuple[int, Span]]:
    """Return all spans with the indices of their documents, sorted as in columns and then by value."""

    def key(item: tuple[int, Span]) -> tuple[int, int, int, int, str]:
        document, span = item
        return document, span.start, span.end, labels[span.label], repr(span.value)

    return sorted(((i, span) for i, document in enumerate(documents) for span in document.spans), key=key)


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
