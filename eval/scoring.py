"""Scores of systems against gold: spans, tokens and values, with intervals and tests, as one object.

Data flow: documents are put side by side by id; spans become columns; counts per document and label come of pairing
them; figures, intervals and tests are made of those counts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..schema import (
    Document,
    Scheme,
    Span,
    UsageError,
    Value,
    conflict_scheme,
    for_each,
    layer_fingerprint,
    pluralize,
)
from .document_alignment import align_with_gold, common_documents, excluded_notes, names_of, restrict_to
from .inputs import Source, as_documents
from .matching.duplicate_spans import best_by_value
from .matching.excluded_spans import drop_zoned
from .matching.match_counts import MEASURES, SpanMatches, count_matches
from .matching.span_columns import outside_zones, span_columns
from .scores import Scores, SystemScore
from .statistics.confidence_intervals import Intervals
from .statistics.interval_coverage import ENOUGH, FEWEST, NOMINAL, simulated_coverage
from .statistics.metrics import span_tree
from .statistics.significance import compare_systems
from .token_measure import TokenCounts, count_tokens, tokenizer_mark, tokenizer_notes
from .value_measures import ValueCounts, count_values
from .value_rules import ValueRules, given_fields

MATCHING = 2
"""Version of the pairing rules; a change of it is a change of scores."""


def score(
    gold: Source,
    *systems: Source,
    scheme: Scheme | None = None,
    names: Sequence[str] = (),
    labels: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 0,
    warn: Callable[[str], None] | None = None,
    path: str | None = None,
    label_map: str = "none",
    common: bool = False,
    intervals: bool = False,
) -> Scores:
    """Scores systems against gold.

    Args:
        gold: Documents with gold spans, whose zones rule; or what `goldspan.eval.inputs` makes documents of: a path,
            spaCy's Docs, rows of a loaded dataset.
        systems: The same with each system's spans, by the same ids and texts.
        scheme: Of both; conflict news where none is given.
        names: Of the systems; else what their layers state, else `system`, numbered.
        labels: Only these, both sides.
        resamples: Of the bootstrap and the tests; 0 for none.
        seed: Of the same.
        warn: Called with what a person should know at once, such as a document that a system left out.
        path: Of the gold, for the record.
        label_map: What stands in the signature for the map that the systems' labels went through.
        common: Score what `common_documents` leaves: a system that read a part only, or more, is no fault then.
        intervals: Give intervals below 10 documents too; they hold the true figure less often than they say.

    Raises:
        DataError: A system has a document that the gold lacks, or another text under its id; with `common`, no document
            is common to all.
        UsageError: A label is unknown, or a count is negative.
    """
    scheme = scheme or conflict_scheme()
    chosen = list(dict.fromkeys(labels or scheme.labels))
    for label in chosen:
        scheme.label(label)
    if resamples < 0 or not systems:
        raise UsageError("scoring takes a system, and 0 resamples or more")
    # by id, so that the draws of resampling do not hang on the order of a file
    gold_documents = sorted(
        (drop_zoned(restrict_to(d, chosen), d.zones) for d in as_documents(gold, scheme)), key=lambda d: d.id
    )
    answers = [list(as_documents(system, scheme)) for system in systems]
    names = names_of(answers, names)
    notes: list[str] = []
    if common:
        sides = list(zip(("the gold", *names), (gold_documents, *answers), strict=True))
        gold_documents, *answers = common_documents(gold_documents, *answers)
        notes += excluded_notes(sides, len(gold_documents))
    scorer = _Scorer(
        scheme, chosen, gold_documents, resamples, seed, warn or (lambda _: None), label_map, common, intervals
    )
    scored = for_each(lambda system: scorer.system(*system), zip(answers, names, strict=True))
    facts = {
        "path": path,
        "documents": len(gold_documents),
        "spans": sum(len(document.spans) for document in gold_documents),
        "sha256": scorer.fingerprint,
        "scheme": scheme.ref,
    }
    comparisons = compare_systems(scored, resamples=resamples, seed=seed)
    return Scores(facts, scored, comparisons, notes + scorer.notes)


class _Scorer:
    """Scores systems one by one against the same gold."""

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
    ) -> None:
        from importlib.metadata import version

        self.scheme, self.labels, self.gold = scheme, labels, gold
        self.resamples, self.seed, self.warn = resamples, seed, warn
        self.index = {label: i for i, label in enumerate(labels)}
        self.fingerprint = layer_fingerprint(gold)
        self.notes: list[str] = []
        self.signature = "|".join(
            [
                f"gold:{self.fingerprint[:12]}",
                f"scheme:{scheme.ref}+{scheme.fingerprint[:8]}",
                f"labels:{','.join(labels) if len(labels) < len(scheme.labels) else 'all'}",
                *(["documents:common"] if common else []),
                f"map:{label_map}",
                "zones:gold",
                "offsets:codepoint",
                *tokenizer_mark(gold),
                f"match:{MATCHING}",
                f"boot:{resamples}",
                f"seed:{seed}",
                f"goldspan:{version('goldspan')}",
            ]
        )
        self.gold_spans = _in_order(gold, self.index)
        self.gold_columns = span_columns(self.gold_spans, self.index)
        self.gold_given = given_fields((span for _, span in self.gold_spans), scheme)
        if not self.gold_spans:
            what = "no spans of these labels" if gold else "no documents"
            self.notes.append(f"the gold has {what}: there is nothing to find")
        self.drawn = resamples if len(gold) >= FEWEST or (intervals and len(gold) > 1) else 0
        if resamples:
            self.notes += _few(len(gold), asked=intervals)

    def system(self, documents: list[Document], name: str) -> SystemScore:
        """Scores one system."""
        names = {d.layer.annotator for d in documents if d.layer and d.layer.annotator}
        if seen := sorted(names & {shown for d in self.gold for shown in d.saw}):
            self._note_once(f"the gold was made from suggestions of {', '.join(seen)}: people keep what they are shown")
        answers = align_with_gold(self.gold, documents, name, self.labels, self._left_out)
        spans = _in_order(answers, self.index)
        columns = span_columns(spans, self.index)
        kept = outside_zones(columns, ((i, document.zones) for i, document in enumerate(self.gold)))
        spans = [item for item, keep in zip(spans, kept.tolist(), strict=True) if keep]
        columns = columns.take(kept)
        matches = count_matches(self.gold_columns, columns, documents=len(self.gold), labels=len(self.labels))
        rules = ValueRules(self.scheme, self.gold_given, given_fields((span for _, span in spans), self.scheme))
        sides = [span for _, span in self.gold_spans], [span for _, span in spans]
        strict = best_by_value(matches.strict, (self.gold_columns, columns), sides, rules.likeness)
        matches = SpanMatches(matches.counts, strict, matches.overlapping)
        for note in rules.notes("the gold", name, *sides):
            self._note_once(note)
        counts = {measure: matches.counts[measure].stacked() for measure in MEASURES}
        tokens = self._tokens(spans, name)
        values = self._values(matches, spans, rules)
        found = Intervals(self.labels, len(self.gold), self.drawn, self.seed)
        interval = found.tree(counts, tokens, values)
        if found.undefined:
            worst = max(found.undefined, key=lambda path: found.undefined[path])
            self.notes.append(
                f"{name}: resamples in which a figure is undefined are left out of its interval: "
                f"{found.undefined[worst]} of {self.resamples} at the most, of {worst}"
            )
        of_label = counts["strict"].sum(axis=0)[:, 2:].sum(axis=1)  # gold and system spans
        return SystemScore(
            name=name,
            signature=self.signature,
            spans={measure: span_tree(counts[measure].sum(axis=0), self.labels) for measure in MEASURES},
            tokens=None if tokens is None else _token_tree(tokens, self.labels),
            values={label: counts.figures(int(of_label[self.index[label]])) for label, counts in values.items()},
            interval=interval,
            matches=matches,
        )

    def _values(
        self, matches: SpanMatches, spans: Sequence[tuple[int, Span]], rules: ValueRules
    ) -> dict[str, ValueCounts]:
        """Values of strictly matched spans, by label."""
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
            self._note_once("no token measure: the gold is text-free")
            return None
        for note in tokenizer_notes(self.gold):
            self._note_once(note)
        answers: list[list[Span]] = [[] for _ in self.gold]
        for document, span in spans:
            answers[document].append(span)
        counts = count_tokens(self.gold, answers, self.labels)
        if counts.untagged_gold or counts.untagged_system:
            lost = f"{pluralize(counts.untagged_gold, 'gold span')}, {pluralize(counts.untagged_system, 'system span')}"
            self.notes.append(f"{name}: tokens cannot express {lost} (overlap, part of a token): counted as wrong")
        return counts

    def _left_out(self, said: str) -> None:
        self.notes.append(said)
        self.warn(said)

    def _note_once(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def _in_order(documents: Iterable[Document], labels: Mapping[str, int]) -> list[tuple[int, Span]]:
    """Every span with the index of its document, in the order of columns; equal spans by their value."""

    def key(item: tuple[int, Span]) -> tuple[int, int, int, int, str]:
        number, span = item
        return number, span.start, span.end, labels[span.label], repr(span.value)

    return sorted(((i, span) for i, document in enumerate(documents) for span in document.spans), key=key)


def _few(documents: int, *, asked: bool) -> list[str]:
    """What a reader must know of intervals and tests of so few documents."""
    said = pluralize(documents, "document")
    coverage = simulated_coverage(documents)
    if documents >= ENOUGH:
        return []
    if documents < FEWEST and (not asked or coverage is None):
        return [f"{said}: too few for intervals and tests, which take {FEWEST} or more"]
    tests = f"; too few for tests, which take {FEWEST} or more" if documents < FEWEST else ""
    lower = f"intervals of so few hold the true figure less often than the {NOMINAL:.0%} they state"
    return [f"{said}: {lower}; in simulations {coverage:.0%}{tests}"]


def _token_tree(tokens: TokenCounts, labels: Sequence[str]) -> dict[str, Any]:
    tree = span_tree(tokens.counts.sum(axis=0), labels)
    untagged = {"gold": tokens.untagged_gold, "system": tokens.untagged_system}
    return {"micro": tree["micro"], "labels": tree["labels"], "untagged": untagged}
