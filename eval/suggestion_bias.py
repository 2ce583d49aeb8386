"""Time saved by suggestions and anchoring bias: annotation with suggestions compared to annotation without.

A layer states whose suggestions its annotator saw (`suggestions_shown`); one that does not counts as annotated without
suggestions. Seconds and spans are summed over documents before they are divided by words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ..schema import Document, Scheme
from .scoring import score

KINDS = ("blind", "suggested", "mixed")
"""Kinds of pairs of passes over the same document: neither annotator saw suggestions, both did, or one did."""


def suggestion_effect(layers: Mapping[str, Sequence[Document]], scheme: Scheme) -> dict[str, Any] | None:
    """Return the effect of suggestions; None if no layer was annotated with suggestions.

    Args:
        layers: Documents by pass.
        scheme: Scheme of the documents.

    Returns:
        `readings`: for `blind` and `suggested`, the number of documents (counted for each pass), their words, spans per
        1,000 words (in total and by label), seconds per 1,000 words for documents with known lead times, and the
        origins of spans. `agreement`: strict F1 of pairs of passes over the same document by `KINDS`, micro and by
        label; null if there are no pairs. `time_saved`: share of the time per word that suggestions saved; null if
        times are unknown.
    """
    if not any(has_suggestions(document) for documents in layers.values() for document in documents):
        return None
    documents_by_kind = {
        "blind": [d for documents in layers.values() for d in documents if not has_suggestions(d)],
        "suggested": [d for documents in layers.values() for d in documents if has_suggestions(d)],
    }
    statistics = {kind: _statistics(documents, scheme) for kind, documents in documents_by_kind.items()}
    blind, suggested = (statistics[kind]["seconds_per_1000_words"] for kind in ("blind", "suggested"))
    return {
        "readings": statistics,
        "agreement": {kind: _agreement(layers, kind, scheme) for kind in KINDS},
        "time_saved": 1 - suggested / blind if blind and suggested is not None else None,
    }


def has_suggestions(document: Document) -> bool:
    """Check whether the annotator saw suggestions, according to the layer."""
    return bool(document.suggestions_shown)


def _statistics(documents: Sequence[Document], scheme: Scheme) -> dict[str, Any]:
    words = sum(_words(document) for document in documents)
    labels = Counter(span.label for document in documents for span in document.spans)
    timed = [(d.layer.lead_time, _words(d)) for d in documents if d.layer and d.layer.lead_time]
    timed_words = sum(count for _, count in timed)
    rate = {label: 1000 * labels[label] / words if words else None for label in scheme.labels}
    origins = Counter(span.origin for document in documents for span in document.spans if span.origin)
    return {
        "documents": len(documents),
        "words": words,
        "spans_per_1000_words": 1000 * labels.total() / words if words else None,
        "labels": rate,
        "timed_documents": len(timed),
        "seconds_per_1000_words": 1000 * sum(time for time, _ in timed) / timed_words if timed_words else None,
        "origins": {name: origins[name] for name in ("prediction", "prediction-changed", "manual") if origins.total()},
    }


def _agreement(layers: Mapping[str, Sequence[Document]], kind: str, scheme: Scheme) -> dict[str, Any] | None:
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
    strict = score(left, right, scheme=scheme, names=["other"], resamples=0).systems[0].spans["strict"]
    labels = {label: metrics["f1"] for label, metrics in strict["labels"].items()}
    return {"pairs": len(left), "strict_f1": strict["micro"]["f1"], "labels": labels}


def _with_id(document: Document, document_id: str) -> Document:
    from msgspec.structs import replace

    return replace(document, id=document_id)


def _words(document: Document) -> int:
    return len((document.text or "").split())
