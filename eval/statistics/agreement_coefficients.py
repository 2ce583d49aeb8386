"""Coefficients of agreement over documents that not all have read: alpha of units and of tokens, kappa of two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...schema import Scheme, Span
from ..shared_documents import Reading
from .krippendorff import Continuum, alpha_u, nominal_alpha
from .metrics import number

Tokens = Callable[[str, str | None], Sequence[tuple[int, int]]]
"""The tokens of a text in a language, as `token_offsets`."""


@dataclass(frozen=True)
class Coefficients:
    """Figures that take any number of readers, each over what it is defined for.

    Attributes:
        alpha_u: Krippendorff's alpha for unitising, labels as categories.
        token_alpha: Krippendorff's alpha over tokens and their labels.
        notes: Why one is null.
        tags: Labels of the tokens of each document, by reader; None where there is no text.
    """

    alpha_u: float | None
    token_alpha: float | None
    notes: list[str]
    tags: list[dict[str, list[str]]] | None = field(repr=False)

    @classmethod
    def of(cls, readings: Sequence[Reading], scheme: Scheme, tokens: Tokens) -> Coefficients:
        """The figures of documents, each with two readers or more whose spans in zones are left out."""
        notes: list[str] = []
        alpha = _alpha_u(readings, scheme, notes)
        tags = _tags(readings, tokens)
        if tags is None:
            notes.append("token_alpha and token_kappa are null: the documents are text-free")
            return cls(alpha, None, notes, tags)
        index = {label: i for i, label in enumerate(("O", *scheme.labels))}
        given = (np.array([[index[tag] for tag in row] for row in of.values()], dtype=np.int64) for of in tags)
        counts = [(rows[..., None] == np.arange(len(index))).sum(axis=0) for rows in given]
        token_alpha = number(nominal_alpha(np.concatenate(counts))) if counts else None
        if token_alpha is None:
            notes.append("token_alpha is null: every token has the same label")
        return cls(alpha, token_alpha, notes, tags)

    def kappa(self, a: str, b: str) -> float | None:
        """Cohen's kappa over the tokens of two readers of all documents; None where it is not defined."""
        from sklearn.metrics import cohen_kappa_score

        left, right = ([tag for of in self.tags or () for tag in of[name]] for name in (a, b))
        return float(cohen_kappa_score(left, right)) if len({*left, *right}) > 1 else None


def _alpha_u(readings: Sequence[Reading], scheme: Scheme, notes: list[str]) -> float | None:
    """Alpha-u over the documents laid end to end."""
    continua = []
    for reading in readings:
        observers: dict[str, dict[str, list[tuple[int, int]]]] = {}
        for name, document in reading.items():
            units = observers[name] = {label: [] for label in scheme.labels}
            for span in sorted(document.spans, key=lambda s: (s.start, s.end)):
                row = units[span.label]
                if row and span.start < row[-1][1]:
                    notes.append(f"alpha_u is null: spans of {span.label} overlap in {document.id}")
                    return None
                row.append((span.start, span.end))
        continua.append(Continuum(next(iter(reading.values())).length, observers))
    value = number(alpha_u(continua))
    if value is None:
        notes.append("alpha_u is null: nothing was marked")
    return value


def _tags(readings: Sequence[Reading], tokens: Tokens) -> list[dict[str, list[str]]] | None:
    """The labels of each document's tokens, by reader; None where a document has no text."""
    told = []
    for reading in readings:
        text = next((d.text for d in reading.values() if d.text is not None), None)
        if text is None:
            return None
        offsets = tokens(text, next((d.meta.language for d in reading.values() if d.meta.language), None))
        told.append({name: _token_labels(offsets, document.spans) for name, document in reading.items()})
    return told


def _token_labels(offsets: Sequence[tuple[int, int]], spans: Iterable[Span]) -> list[str]:
    """The label of the span that each token overlaps, the longest where there are several; `O` for none."""
    labels = ["O"] * len(offsets)
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    for span in sorted(spans, key=lambda s: (s.end - s.start, s.start, s.label)):
        first, beyond = np.searchsorted(ends, span.start, side="right"), np.searchsorted(starts, span.end, side="left")
        labels[first:beyond] = [span.label] * max(0, int(beyond - first))
    return labels
