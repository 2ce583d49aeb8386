"""What suggestions saved and what they bent: work that began from them set against work that did not.

A layer says in `extra.studio.suggestions` whose suggestions its annotator saw; a layer that says nothing counts as
made without any. Sums come first: seconds and spans are summed over documents and divided by the words read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from ..schema import Document, Scheme
from .scoring import score

KINDS = ("blind", "suggested", "mixed")
"""Pairs of readings of one document: neither annotator saw suggestions, both did, one did."""


def suggestion_effect(layers: Mapping[str, Sequence[Document]], scheme: Scheme) -> dict[str, Any] | None:
    """The effect of suggestions, None where no layer had any.

    Args:
        layers: Documents by pass; a pair of readings are those that two passes have.
        scheme: Theirs.

    Returns:
        `readings`: for `blind` and `suggested`, how many documents were read so (each pass counts), their words, spans
        by 1,000 words (all, and by label), seconds by 1,000 words where lead times are known, and where spans come
        from. `agreement`: strict F1 of pairs of readings by `KINDS`, micro and by label; null where there are none.
        `time_saved`: the share of time by word that suggestions saved; null where a time is not known.
    """
    if not any(has_suggestions(document) for documents in layers.values() for document in documents):
        return None
    readings = {
        "blind": [d for documents in layers.values() for d in documents if not has_suggestions(d)],
        "suggested": [d for documents in layers.values() for d in documents if has_suggestions(d)],
    }
    told = {kind: _reading(documents, scheme) for kind, documents in readings.items()}
    slow, fast = (told[kind]["seconds_per_1000_words"] for kind in ("blind", "suggested"))
    return {
        "readings": told,
        "agreement": {kind: _agreement(layers, kind, scheme) for kind in KINDS},
        "time_saved": 1 - fast / slow if slow and fast is not None else None,
    }


def has_suggestions(document: Document) -> bool:
    """Whether the annotator saw suggestions, as far as the layer says."""
    return bool(document.saw)


def _reading(documents: Sequence[Document], scheme: Scheme) -> dict[str, Any]:
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
    for (a, one), (b, other) in combinations(layers.items(), 2):
        theirs = {document.id: document for document in other}
        for first in one:
            if (second := theirs.get(first.id)) is None:
                continue
            saw = has_suggestions(first) + has_suggestions(second)
            if ("blind", "mixed", "suggested")[saw] == kind:
                left.append(_renamed(first, f"{a}|{b}|{first.id}"))
                right.append(_renamed(second, f"{a}|{b}|{first.id}"))
    if not left:
        return None
    strict = score(left, right, scheme=scheme, names=["other"], resamples=0).systems[0].spans["strict"]
    labels = {label: figures["f1"] for label, figures in strict["labels"].items()}
    return {"pairs": len(left), "strict_f1": strict["micro"]["f1"], "labels": labels}


def _renamed(document: Document, name: str) -> Document:
    from msgspec.structs import replace

    return replace(document, id=name)


def _words(document: Document) -> int:
    return len((document.text or "").split())
