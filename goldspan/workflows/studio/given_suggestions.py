"""Documents with suggestions from the sources that scripts give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ...corpus.document_sources import Source, documents_from
from ...schema import Scheme, UsageError
from .document_suggestions import DocumentWithSuggestions, SuggestionLayer, group_suggestions, order_for_reading
from .low_scores import mark_low_scores


def suggested_documents(
    documents: Source,
    suggestions: Mapping[str, Source] | None,
    scheme: Scheme,
    order: str,
    random_share: float,
    faint: float | None,
    framed: float | None,
) -> Sequence[DocumentWithSuggestions]:
    """Return documents with their own spans and further ones as suggestions. Arguments and errors are as in `push`."""
    if not isinstance(suggestions, Mapping | None):
        raise UsageError("`suggestions` are not a mapping. Fix: give them by extractor, as in {'rules': …}")
    layers = [
        suggestion_layer(documents, scheme),
        *(suggestion_layer(source, scheme, name) for name, source in (suggestions or {}).items()),
    ]
    items = group_suggestions(layers, scheme)
    mark_low_scores(items, faint, framed)
    return order_for_reading(items, order, random_share=random_share) if order else items


def suggestion_layer(source: Source, scheme: Scheme, extractor: str = "") -> SuggestionLayer:
    """Return a source as a layer of suggestions.

    Args:
        source: Documents with the suggested spans.
        scheme: Their scheme.
        extractor: Name of whoever made the suggestions; the annotator of each document's layer if empty.
    """
    path = str(source) if isinstance(source, str | Path) else ""
    return SuggestionLayer(documents_from(source, scheme), path, extractor)
