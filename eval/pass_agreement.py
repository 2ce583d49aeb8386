"""Agreement between annotators or passes: pairwise over the documents that both have read, and over all passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations

import numpy as np

from ..corpus.adjudication.conflicts import find_conflicts
from ..corpus.document_sources import SchemeLike, SpanSource, documents_from, resolve_scheme
from ..corpus.spans.span_alignment import align
from ..corpus.spans.tokenisation import token_offsets
from ..corpus.spans_without_text import is_without_text
from ..schema import DataError, Document, Problem, Scheme, Span, UsageError, pluralize
from ..schema.extras import missing_extras
from .agreement_results import Agreement, Disagreement, PairAgreement, ValueAgreement
from .metric_types.metric_groups import NamedMetrics
from .metric_types.value_metrics import ValueMetrics
from .scoring import score_documents
from .shared_documents import DocumentVersions, group_by_document, select_shared
from .statistics.agreement_coefficients import Coefficients, Tokenizer, missing_for_kappa
from .suggestion_bias import suggestion_effect
from .token_measure import tokenizer_notes
from .value_comparison import ValueRules, filled_fields

_MAX_LISTED = 20


def agreement(passes: Mapping[str, SpanSource], scheme: SchemeLike | None = None) -> Agreement:
    """Measure the agreement between two or more passes.

    Pairs of passes are compared over the documents that both have read; coefficients over all passes count each
    document with the passes that have read it. A pass that skipped a document has not read it. Documents that fewer
    than two passes have read are excluded and noted. The zones of the first of the compared passes apply.

    Args:
        passes: The passes by annotator, each as any source that `score` accepts.
        scheme: The scheme of the passes, or the path of its file. Defaults to that of a corpus among them, or else to
            the conflict news scheme.

    Raises:
        DataError: The text of a document differs between passes, a pass contains a draft, or no document has been read
            by two passes.
        UsageError: There are fewer than two passes.

    Examples:
        >>> import goldspan
        >>> passes = {"ada": {"a": [(0, 4, "ACTOR")]}, "ben": {"a": [(0, 4, "ACTOR"), (12, 17, "LOCATION")]}}
        >>> result = goldspan.agreement(passes)
        >>> round(result.pairwise[0].strict_f1, 3)
        0.667
    """
    if not isinstance(passes, Mapping):
        raise UsageError("`passes` are not a mapping. Fix: give them by annotator, as in {'ada': …, 'ben': …}")
    if len(passes) < 2:
        raise UsageError("agreement requires at least two passes. Fix: give a second pass")
    resolved = resolve_scheme(scheme, *passes.values())
    documents = {name: list(documents_from(source, resolved, without_text=True)) for name, source in passes.items()}
    return agreement_of(documents, resolved)


def agreement_of(documents_by_pass: Mapping[str, Sequence[Document]], scheme: Scheme) -> Agreement:
    """Measure the agreement between passes, whose documents are valid. Errors are those of `agreement`."""
    extractors = {
        name: document.extractor
        for name, documents in documents_by_pass.items()
        for document in documents
        if document.extractor
    }
    notes = [
        f"{name} was created by the extractor {extractor}: agreement with it is not agreement between annotators"
        for name, extractor in extractors.items()
    ]
    if unchecked := [name for name, documents in documents_by_pass.items() if any(map(is_without_text, documents))]:
        notes.append(f"spans without texts: {', '.join(unchecked)}; whether the texts are the same cannot be checked")
    all_versions = group_by_document(documents_by_pass)
    shared_versions = select_shared(all_versions)
    if not shared_versions:
        fix = "give passes over the same documents, for example from a push with overlap"
        raise DataError(Problem("no document has been read by two of the passes", fix))
    missing = missing_extras("tokenizing texts", "rules")
    if missing:
        notes.append(f"token_alpha and token_kappa are null: {missing}")
    elif missing_for_kappa():
        notes.append(f"token_kappa is null: {missing_for_kappa()}")
    tokenize = None if missing else cache(token_offsets)
    pairs = [
        _Pair(a, b, select_shared(all_versions, (a, b)), scheme, tokenize)
        for a, b in combinations(documents_by_pass, 2)
    ]
    notes += _exclusion_notes(documents_by_pass, all_versions, pairs)
    only_pair = pairs[0] if len(pairs) == 1 else None
    for pair in pairs:
        prefix = "" if only_pair else f"{pair.a} - {pair.b}: "
        notes += [f"{prefix}{note}" for note in pair.notes]
        notes += [note for note in pair.value_notes if note not in notes]
    overall = only_pair.coefficients if only_pair else Coefficients.of(shared_versions, scheme, tokenize)
    notes += [note for note in overall.notes if note not in notes]
    if overall.tags is not None:
        notes += tokenizer_notes(document for versions in shared_versions for document in versions.values())
    kappas = [pair.token_kappa for pair in pairs if pair.token_kappa is not None]
    if undefined := [f"{p.a} - {p.b}" for p in pairs if p.token_kappa is None] if kappas else []:
        notes.append(f"token_kappa: the mean excludes pairs for which it is undefined: {', '.join(undefined)}")
    disagreements, minor = _disagreements(shared_versions, {(pair.a, pair.b): pair.rules for pair in pairs})
    if minor:
        notes.append(
            f"not listed: {pluralize(minor, 'difference')} in values that no metric counts (fields that do not affect "
            "correctness, values that a pass does not fill in); adjudicate lists them"
        )
    annotated = {
        name: [versions[name] for versions in shared_versions if name in versions]
        for name in documents_by_pass
        if name not in extractors
    }
    return Agreement(
        documents=len(shared_versions),
        alone=sum(len(versions) == 1 for versions in all_versions),
        passes=list(documents_by_pass),
        pairwise=[pair.result() for pair in pairs],
        alpha_u=overall.alpha_u,
        token_alpha=overall.token_alpha,
        token_kappa=float(np.mean(kappas)) if kappas else None,
        values=_pool_values([pair.values for pair in pairs]),
        disagreements=disagreements,
        suggestions=suggestion_effect(annotated, scheme),
        notes=notes,
    )


def _exclusion_notes(
    passes: Mapping[str, Sequence[Document]], all_versions: Sequence[DocumentVersions], pairs: Sequence[_Pair]
) -> list[str]:
    """Return notes on documents that no metric includes and on pairs of passes that share no document."""
    ids = sorted({document.id for documents in passes.values() for document in documents})
    excluded = [document_id for document_id, versions in zip(ids, all_versions, strict=True) if len(versions) < 2]
    notes = []
    if excluded:
        listed = ", ".join(excluded[:_MAX_LISTED]) + (" …" if len(excluded) > _MAX_LISTED else "")
        count = pluralize(len(excluded), "document")
        notes.append(f"excluded, as fewer than two passes have read them: {count}, {listed}")
    if disjoint := [f"{pair.a} - {pair.b}" for pair in pairs if not pair.documents]:
        notes.append(f"no metrics for passes that share no document: {', '.join(disjoint)}")
    return notes


class _Pair:
    """A pair of passes with their metrics over the documents that both have read."""

    def __init__(
        self, a: str, b: str, shared_versions: Sequence[DocumentVersions], scheme: Scheme, tokenize: Tokenizer | None
    ) -> None:
        self.a, self.b, self.documents = a, b, len(shared_versions)
        left, right = ([versions[name] for versions in shared_versions] for name in (a, b))
        self._score = score_documents(left, [right], scheme, names=[b], resamples=0).systems[0]
        spans = [[(span.label, span.value) for document in side for span in document.spans] for side in (left, right)]
        self.rules = ValueRules(scheme, *(filled_fields(side, scheme) for side in spans))
        self.value_notes = self.rules.notes(a, b, *({label for label, _ in side} for side in spans))
        self.values = NamedMetrics({label: _value_agreement(self._score.values.get(label)) for label in scheme.labels})
        self.coefficients = Coefficients.of(shared_versions, scheme, tokenize)
        self.token_kappa = self.coefficients.kappa(a, b)
        # if the passes share no document, every metric is null, and a single note of the caller says so
        self.notes = self.coefficients.notes if shared_versions else []
        has_kappa = self.coefficients.tags is not None and not missing_for_kappa()
        if shared_versions and has_kappa and self.token_kappa is None:
            self.notes = [*self.notes, "token_kappa is null: every token has the same label"]

    def result(self) -> PairAgreement:
        """Return the metrics of the pair."""
        spans = self._score.spans
        return PairAgreement(
            a=self.a,
            b=self.b,
            documents=self.documents,
            strict_f1=spans.strict.f1,
            partial_f1=spans.partial.f1,
            labels=NamedMetrics({label: metrics.f1 for label, metrics in spans.strict.labels.items()}),
            alpha_u=self.coefficients.alpha_u,
            token_alpha=self.coefficients.token_alpha,
            token_kappa=self.token_kappa,
            values=self.values,
        )


def _value_agreement(metrics: ValueMetrics | None) -> ValueAgreement:
    if metrics is None or metrics.value_accuracy is None:
        return ValueAgreement(None, 0)
    return ValueAgreement(metrics.value_accuracy, metrics.support)


def _pool_values(values_by_pair: Sequence[Mapping[str, ValueAgreement]]) -> NamedMetrics[ValueAgreement]:
    """Pool the value accuracies of pairs by label, weighted by the numbers of matched spans."""
    pooled = {}
    for label in values_by_pair[0]:
        agreements = [values[label] for values in values_by_pair]
        support = sum(item.support for item in agreements)
        correct = sum(item.value_accuracy * item.support for item in agreements if item.value_accuracy is not None)
        pooled[label] = ValueAgreement(correct / support if support else None, support)
    return NamedMetrics(pooled)


def _disagreements(
    shared_versions: Sequence[DocumentVersions], rules: Mapping[tuple[str, str], ValueRules]
) -> tuple[list[Disagreement], int]:
    """Return the disagreements, and how many places differ only in ways that leave values correct."""
    disagreements, minor = [], 0
    for versions in shared_versions:
        _, conflicts = find_conflicts(versions)
        for conflict in conflicts:
            kind: str | None = conflict.kind
            if kind == "value" and _values_agree(conflict.readings, rules):
                kind = None if all(conflict.readings.values()) else "missing"
            if kind is None:
                minor += 1
                continue
            readings = {name: tuple(spans) for name, spans in conflict.readings.items()}
            disagreements.append(Disagreement(conflict.document, conflict.start, conflict.end, kind, readings))
    return disagreements, minor


def _values_agree(spans_by_pass: Mapping[str, Sequence[Span]], rules: Mapping[tuple[str, str], ValueRules]) -> bool:
    """Check whether the values match for each pair of passes that both have spans at a place."""
    return all(
        rules[a, b].same(left, right)
        for a, b in combinations(spans_by_pass, 2)
        if spans_by_pass[a] and spans_by_pass[b]
        for pair in align(spans_by_pass[a], spans_by_pass[b], rules[a, b].similarity)
        if (left := pair.a) and (right := pair.b)
    )
