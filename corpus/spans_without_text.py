"""Documents made of spans alone, for scoring and agreement without texts.

Their offsets are taken as they are: that two layers are of the same text cannot be checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..schema import DataError, Document, Problem, Scheme, Span, UsageError
from .span_like import SpanLike, document_id, span_from

_LISTED = "{id: [(start, end, label), …]}"


def document_without_text(name: str, spans: Iterable[Span]) -> Document:
    """Return a document that has neither a text nor a hash of it."""
    return Document(id=name, spans=tuple(spans))


def is_without_text(document: Document) -> bool:
    """Check whether a document is made of spans alone, so that its text is unknown."""
    return document.text is None and document.text_sha256 is None


def documents_of_spans(items: Iterable[tuple[Any, Iterable[SpanLike]]], scheme: Scheme) -> Iterator[Document]:
    """Yield a document for each id and its spans.

    Raises:
        DataError: A span is invalid.
        UsageError: An item is not a list of spans.
    """
    for name, spans in items:
        if isinstance(spans, str | bytes | Mapping) or not isinstance(spans, Iterable):
            what = f"document {name!r} has {type(spans).__name__} instead of a list of spans"
            raise UsageError(f"{what}. Fix: {_LISTED}")
        document = document_id(name)
        yield document_without_text(document, _spans(document, spans, scheme))


def documents_of_tuples(rows: Iterable[Sequence[Any]], scheme: Scheme) -> Iterator[Document]:
    """Yield the documents of tuples `(id, start, end, label)` or `(id, start, end, label, value)`.

    Raises:
        DataError: A span is invalid.
        UsageError: An item is not such a tuple.
    """
    by_document: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        if not isinstance(row, Sequence) or isinstance(row, str | bytes) or len(row) < 2:
            raise UsageError(f"{type(row).__name__} among tuples. Fix: (id, start, end, label) for each span")
        by_document.setdefault(document_id(row[0]), []).append(row[1:])
    return documents_of_spans(by_document.items(), scheme)


def _spans(name: str, items: Iterable[SpanLike], scheme: Scheme) -> Iterator[Span]:
    for number, item in enumerate(items, 1):
        try:
            yield span_from(item, scheme)
        except DataError as error:
            problems = [Problem(f"span {number}: {p.what}", p.fix, document=name) for p in error.problems]
            raise DataError(problems) from error
