"""Agreement coefficients over documents that not all passes have read: alpha for units and tokens, pairwise kappa."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...corpus.spans_without_text import is_without_text
from ...schema import Scheme, Span
from ...schema.extras import missing_extras
from ..shared_documents import DocumentVersions
from .krippendorff import Continuum, alpha_u, nominal_alpha
from .metrics import nan_to_none

Tokenizer = Callable[[str, str | None], Sequence[tuple[int, int]]]
"""A function from a text and its language to the offsets of the tokens, such as `token_offsets`."""


_OUTSIDE = "O\n"  # of tokens in no span; no label is the same, for labels have one line


def missing_for_kappa() -> str:
    """Return what Cohen's kappa lacks here, and how to install it; empty if it lacks nothing."""
    return missing_extras("Cohen's kappa", "tokens")


@dataclass(frozen=True)
class Coefficients:
    """Agreement coefficients for any number of passes.

    Attributes:
        alpha_u: Krippendorff's alpha for unitising, labels as categories.
        token_alpha: Krippendorff's alpha over tokens and their labels.
        notes: Reasons why coefficients are null.
        tags: Labels of the tokens of each document, by pass; None without a tokenizer, or if a document has no text.
    """

    alpha_u: float | None
    token_alpha: float | None
    notes: list[str]
    tags: list[dict[str, list[str]]] | None = field(repr=False)

    @classmethod
    def of(
        cls, shared_versions: Sequence[DocumentVersions], scheme: Scheme, tokenize: Tokenizer | None
    ) -> Coefficients:
        """Compute the coefficients of documents that two or more passes have read, given without spans in zones.

        Those over tokens are None without a tokenizer, which the caller notes.
        """
        notes: list[str] = []
        alpha = _alpha_u(shared_versions, scheme, notes)
        if tokenize is None:
            return cls(alpha, None, notes, None)
        tags = _token_tags(shared_versions, tokenize)
        if tags is None:
            notes.append("token_alpha and token_kappa are null: the documents are text-free")
            return cls(alpha, None, notes, tags)
        index = {label: i for i, label in enumerate((_OUTSIDE, *scheme.labels))}
        tables = (
            np.array([[index[tag] for tag in row] for row in tags_by_pass.values()], dtype=np.int64)
            for tags_by_pass in tags
        )
        counts = [(table[..., None] == np.arange(len(index))).sum(axis=0) for table in tables]
        token_alpha = nan_to_none(nominal_alpha(np.concatenate(counts))) if counts else None
        if token_alpha is None:
            notes.append("token_alpha is null: every token has the same label")
        return cls(alpha, token_alpha, notes, tags)

    def kappa(self, a: str, b: str) -> float | None:
        """Return Cohen's kappa over tokens for two passes that have read all documents.

        None if it is undefined, or if there is nothing to compute it from or with: see `tags` and `missing_for_kappa`.
        """
        if self.tags is None or missing_for_kappa():
            return None
        from sklearn.metrics import cohen_kappa_score

        left, right = ([tag for tags_by_pass in self.tags for tag in tags_by_pass[name]] for name in (a, b))
        return float(cohen_kappa_score(left, right)) if len({*left, *right}) > 1 else None


def _alpha_u(shared_versions: Sequence[DocumentVersions], scheme: Scheme, notes: list[str]) -> float | None:
    """Return alpha-u over the concatenated documents and note why it is None."""
    continua = []
    for versions in shared_versions:
        observers: dict[str, dict[str, list[tuple[int, int]]]] = {}
        for name, document in versions.items():
            units = observers[name] = {label: [] for label in scheme.labels}
            for span in sorted(document.spans, key=lambda s: (s.start, s.end)):
                row = units[span.label]
                if row and span.start < row[-1][1]:
                    notes.append(f"alpha_u is null: spans of {span.label} overlap in {document.id}")
                    return None
                row.append((span.start, span.end))
        length = next((d.length for d in versions.values() if not is_without_text(d)), None)
        if length is None:
            notes.append("alpha_u is null: the lengths of the texts are unknown")
            return None
        continua.append(Continuum(length, observers))
    value = nan_to_none(alpha_u(continua))
    if value is None:
        notes.append("alpha_u is null: there are no spans")
    return value


def _token_tags(shared_versions: Sequence[DocumentVersions], tokenize: Tokenizer) -> list[dict[str, list[str]]] | None:
    """Return the labels of the tokens of each document, by pass; None if a document has no text."""
    tags = []
    for versions in shared_versions:
        text = next((d.text for d in versions.values() if d.text is not None), None)
        if text is None:
            return None
        offsets = tokenize(text, next((d.meta.language for d in versions.values() if d.meta.language), None))
        tags.append({name: _token_labels(offsets, document.spans) for name, document in versions.items()})
    return tags


def _token_labels(offsets: Sequence[tuple[int, int]], spans: Iterable[Span]) -> list[str]:
    """Return the label of the longest span that each token overlaps; `_OUTSIDE` if there is none."""
    labels = [_OUTSIDE] * len(offsets)
    starts, ends = [start for start, _ in offsets], [end for _, end in offsets]
    for span in sorted(spans, key=lambda s: (s.end - s.start, s.start, s.label)):
        first, last = np.searchsorted(ends, span.start, side="right"), np.searchsorted(starts, span.end, side="left")
        labels[first:last] = [span.label] * max(0, int(last - first))
    return labels
