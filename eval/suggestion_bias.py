"""Time saved by suggestions and anchoring bias: annotation with suggestions compared to annotation without.

A layer states whose suggestions its annotator saw (`suggestions_shown`); one that does not counts as annotated without
suggestions. Seconds and spans are summed over documents before they are divided by words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf

from ..schema import Document, Scheme
from .metric_types.metric_groups import Metric, MetricGroup, NamedMetrics
from .scoring import score_documents

KINDS = ("blind", "suggested", "mixed")
"""Kinds of pairs of passes over the same document: neither annotator saw suggestions, both did, or one did."""


@dataclass(frozen=True, slots=True)
class AnnotationRates(MetricGroup):
    """Spans and time of annotation, summed over documents; each pass over a document counts.

    Attributes:
        documents: Number of documents.
        words: Their words, split at white space.
        spans_per_1000_words: Spans per 1,000 words; None without words.
        labels: The same by label.
        timed_documents: Number of documents with known lead times.
        seconds_per_1000_words: Seconds per 1,000 words over these documents; None if there are none.
        origins: Number of spans by origin; empty if no origins are known.
    """

    documents: int
    words: int
    spans_per_1000_words: Metric
    labels: NamedMetrics[Metric]
    timed_documents: int
    seconds_per_1000_words: Metric
    origins: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AnnotationAgreement(MetricGroup):
    """Agreement of pairs of passes over the same document.

    Attributes:
        pairs: Number of pairs.
        strict_f1: Strict micro F1.
        labels: Strict F1 by label.
    """

    pairs: int
    strict_f1: Metric
    labels: NamedMetrics[Metric]


@dataclass(frozen=True, slots=True)
class SuggestionEffect(MetricGroup):
    """Effect of suggestions on annotation.

    Attributes:
        readings: Spans and time of documents annotated without (`blind`) and with suggestions (`suggested`).
        agreement: Agreement by kind of pairs, one of `KINDS`; None if there are no pairs.
        time_saved: Share of the time per word that suggestions saved; None if times are unknown.
    """

    readings: NamedMetrics[AnnotationRates]
    agreement: NamedMetrics[AnnotationAgreement | None]
    time_saved: Metric


def suggestion_effect(layers: Mapping[str, Sequence[Document]], scheme: Scheme) -> SuggestionEffect | None:
    """Return the effect of suggestions; None if no layer was annotated with suggestions.

    Args:
        layers: Documents by pass.
        scheme: Scheme of the documents.
    """
    if not any(has_suggestions(document) for documents in layers.values() for document in documents):
        return None
    documents = [document for documents in layers.values() for document in documents]
    blind = _rates([document for document in documents if not has_suggestions(document)], scheme)
    suggested = _rates([document for document in documents if has_suggestions(document)], scheme)
    times = blind.seconds_per_1000_words, suggested.seconds_per_1000_words
    return SuggestionEffect(
        readings=NamedMetrics({"blind": blind, "suggested": suggested}, noun="kind"),
        agreement=NamedMetrics({kind: _agreement(layers, kind, scheme) for kind in KINDS}, noun="kind"),
        time_saved=1 - times[1] / times[0] if times[0] and times[1] is not None else None,
    )


def has_suggestions(document: Document) -> bool:
    """Check whether the annotator saw suggestions, according to the layer."""
    return bool(document.suggestions_shown)


def known_seconds(document: Document) -> float | None:
    """Return how long an annotator spent on a document; None if that is not known, or what is stated cannot be."""
    seconds = document.layer.lead_time if document.layer else None
    return seconds if seconds is not None and 0 < seconds < inf else None


def _rates(documents: Sequence[Document], scheme: Scheme) -> AnnotationRates:
    words = sum(_words(document) for document in documents)
    labels = Counter(span.label for document in documents for span in document.spans)
    timed = [(seconds, _words(d)) for d in documents if (seconds := known_seconds(d)) is not None]
    timed_words = sum(count for _, count in timed)
    rate = {label: 1000 * labels[label] / words if words else None for label in scheme.labels}
    origins = Counter(span.origin for document in documents for span in document.spans if span.origin)
    return AnnotationRates(
        documents=len(documents),
        words=words,
        spans_per_1000_words=1000 * labels.total() / words if words else None,
        labels=NamedMetrics(rate),
        timed_documents=len(timed),
        seconds_per_1000_words=1000 * sum(time for time, _ in timed) / timed_words if timed_words else None,
        origins={name: origins[name] for name in ("prediction", "prediction-changed", "manual") if origins.total()},
    )


def _agreement(layers: Mapping[str, Sequence[Document]], kind: str, scheme: Scheme) -> AnnotationAgreement | None:
    left: list[Document] = []
    right: list[Document] = []
    for (a, documents_a), (b, documents_b) in combinations(layers.items(), 2):
        by_id = {document.id: document for document in documents_b}
        for first in documents_a:
            if (second := by_id.get(first.id)) is None:
                continue
            suggested = has_suggestions(first) + has_suggestions(second)
            if ("blind", "mixed", "suggested")[suggested] == kind:
                left.append(_with_id(first, f"{a}|{b}|{first.id}"))
                right.append(_with_id(second, f"{a}|{b}|{first.id}"))
    if not left:
        return None
    strict = score_documents(left, [right], scheme, names=["other"], resamples=0)[0].spans.strict
    labels = NamedMetrics({label: metrics.f1 for label, metrics in strict.labels.items()})
    return AnnotationAgreement(len(left), strict.f1, labels)


def _with_id(document: Document, document_id: str) -> Document:
    from msgspec.structs import replace

    return replace(document, id=document_id)


def _words(document: Document) -> int:
    return len((document.text or "").split())
