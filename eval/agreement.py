"""Agreement between annotators or passes: pairwise over the documents that both have read, and over all passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from ..corpus.adjudication.conflicts import find_conflicts
from ..corpus.spans.span_alignment import align
from ..corpus.spans.tokenisation import token_offsets
from ..schema import DataError, Document, Problem, Scheme, Span, UsageError, conflict_scheme, pluralize
from .scoring import score
from .shared_documents import DocumentVersions, group_by_document, select_shared
from .statistics.agreement_coefficients import Coefficients, Tokenizer
from .suggestion_bias import suggestion_effect
from .token_measure import tokenizer_notes
from .value_comparison import ValueRules, filled_fields

_MAX_LISTED = 20


@dataclass(frozen=True)
class Agreement:
    """Agreement between passes.

    Attributes:
        documents: Number of documents that two or more passes have read.
        alone: Number of documents that only one pass has read; no metric includes them.
        passes: Names of the passes.
        pairwise: For each pair of passes, over the documents that both have read: the number of these documents, strict
            and partial micro F1, strict F1 by label (F1 is symmetric, so either pass may be the gold), and the metrics
            below. They equal the agreement of these two passes alone; null if the passes share no document.
        alpha_u: Krippendorff's alpha for unitising over all passes, labels as categories.
        token_alpha: Krippendorff's alpha over tokens and their labels (nominal), over all passes.
        token_kappa: Cohen's kappa over tokens and their labels; for more than two passes the mean over pairs (Light's
            kappa).
        values: By label, how often the values of strictly matched spans agree, over all pairs of passes that both fill
            in values of the label; null if there is no such pair.
        disagreements: Each place that the passes annotate differently, with its kind and the spans of each pass. Values
            are compared as in `values`: differences that leave a value correct are omitted and counted in the notes.
        suggestions: Time saved by suggestions and anchoring bias, as returned by `suggestion_effect`; None if no pass
            saw any suggestions.
        notes: What could not be computed, and why.
    """

    documents: int
    alone: int
    passes: list[str]
    pairwise: list[dict[str, Any]]
    alpha_u: float | None
    token_alpha: float | None
    token_kappa: float | None
    values: dict[str, dict[str, Any]]
    disagreements: list[dict[str, Any]]
    suggestions: dict[str, Any] | None
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the agreement as plain data, as printed by `goldspan agree --json`."""
        return dict(vars(self))


def agree(passes: Mapping[str, Iterable[Document]], scheme: Scheme | None = None) -> Agreement:
    """Measure the agreement between two or more passes.

    Pairs of passes are compared over the documents that both have read; coefficients over all passes count each
    document with the passes that have read it. A pass that skipped a document has not read it. Documents that fewer
    than two passes have read are excluded and noted. The zones of the first of the compared passes apply.

    Raises:
        DataError: The text of a document differs between passes, a pass contains a draft, or no document has been read
            by two passes.
        UsageError: There are fewer than two passes.
    """
    scheme = scheme or conflict_scheme()
    if len(passes) < 2:
        raise UsageError("agreement requires at least two passes. Fix: give a second pass")
    documents_by_pass = {name: list(documents) for name, documents in passes.items()}
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
    all_versions = group_by_document(documents_by_pass)
    shared_versions = select_shared(all_versions)
    if not shared_versions:
        fix = "give passes over the same documents, for example from a push with overlap"
        raise DataError(Problem("no document has been read by two of the passes", fix))
    tokenize = cache(token_offsets)
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
        pairwise=[pair.to_dict() for pair in pairs],
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
        self, a: str, b: str, shared_versions: Sequence[DocumentVersions], scheme: Scheme, tokenize: Tokenizer
    ) -> None:
        self.a, self.b, self.documents = a, b, len(shared_versions)
        left, right = ([versions[name] for versions in shared_versions] for name in (a, b))
        self._score = score(left, right, scheme=scheme, names=[b], resamples=0).systems[0]
        spans = [[span for document in side for span in document.spans] for side in (left, right)]
        self.rules = ValueRules(scheme, *(filled_fields(side, scheme) for side in spans))
        self.value_notes = self.rules.notes(a, b, *spans)
        self.values = {
            label: {"value_accuracy": metrics["value_accuracy"], "support": metrics["support"]}
            if (metrics := self._score.values.get(label)) and metrics["value_accuracy"] is not None
            else {"value_accuracy": None, "support": 0}
            for label in scheme.labels
        }
        self.coefficients = Coefficients.of(shared_versions, scheme, tokenize)
        self.token_kappa = self.coefficients.kappa(a, b)
        # if the passes share no document, every metric is null, and a single note of the caller says so
        self.notes = self.coefficients.notes if shared_versions else []
        if shared_versions and self.coefficients.tags is not None and self.token_kappa is None:
            self.notes = [*self.notes, "token_kappa is null: every token has the same label"]

    def to_dict(self) -> dict[str, Any]:
        """Return the metrics of the pair as an item of `Agreement.pairwise`."""
        spans = self._score.spans
        return {
            "a": self.a,
            "b": self.b,
            "documents": self.documents,
            "strict_f1": spans["strict"]["micro"]["f1"],
            "partial_f1": spans["partial"]["micro"]["f1"],
            "labels": {label: metrics["f1"] for label, metrics in spans["strict"]["labels"].items()},
            "alpha_u": self.coefficients.alpha_u,
            "token_alpha": self.coefficients.token_alpha,
            "token_kappa": self.token_kappa,
            "values": self.values,
        }


def _pool_values(values_by_pair: Sequence[Mapping[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Pool the value accuracies of pairs by label, weighted by the numbers of matched spans."""
    pooled = {}
    for label in values_by_pair[0]:
        compared = [values[label] for values in values_by_pair if values[label]["value_accuracy"] is not None]
        support = sum(item["support"] for item in compared)
        correct = sum(item["value_accuracy"] * item["support"] for item in compared)
        pooled[label] = {"value_accuracy": correct / support if support else None, "support": support}
    return pooled


def _disagreements(
    shared_versions: Sequence[DocumentVersions], rules: Mapping[tuple[str, str], ValueRules]
) -> tuple[list[dict[str, Any]], int]:
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
            disagreements.append(
                {
                    "document": conflict.document,
                    "start": conflict.start,
                    "end": conflict.end,
                    "kind": kind,
                    "readings": {name: [_to_dict(span) for span in spans] for name, spans in conflict.readings.items()},
                }
            )
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


def _to_dict(span: Span) -> dict[str, Any]:
    from msgspec import to_builtins

    return {"start": span.start, "end": span.end, "label": span.label, "value": to_builtins(span.value)}
