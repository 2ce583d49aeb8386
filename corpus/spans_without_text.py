"""Documents made of spans alone, for scoring and agreement without texts.

Their offsets are taken as they are: that two layers are of the same text cannot be checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import index
from typing import Any, SupportsIndex, TypeAlias

import msgspec

from ..schema import DataError, Document, Problem, Scheme, Span, UsageError, Value

SpanLike: TypeAlias = Span | Sequence[Any] | Mapping[str, Any]
"""A span: a `Span`, a tuple `(start, end, label)` or `(start, end, label, value)`, or a mapping with these keys."""

_SHAPES = "(start, end, label) or (start, end, label, value)"


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
            raise UsageError(f"{what}. Fix: {{id: [{_SHAPES}, …]}}")
        yield document_without_text(str(name), _spans(str(name), spans, scheme))


def documents_of_tuples(rows: Iterable[Sequence[Any]], scheme: Scheme) -> Iterator[Document]:
    """Yield the documents of tuples `(id, start, end, label)` or `(id, start, end, label, value)`.

    Raises:
        DataError: A span is invalid.
        UsageError: An item is not such a tuple.
    """
    by_document: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        if not isinstance(row, Sequence) or len(row) < 2 or not isinstance(row[0], str):
            raise UsageError(f"{type(row).__name__} among tuples. Fix: (id, start, end, label) for each span")
        by_document.setdefault(row[0], []).append(row[1:])
    return documents_of_spans(by_document.items(), scheme)


def _spans(name: str, items: Iterable[SpanLike], scheme: Scheme) -> Iterator[Span]:
    for number, item in enumerate(items, 1):
        try:
            yield _span(item, scheme)
        except DataError as error:
            problems = error.problems
            raise DataError([_numbered(problem, name, number) for problem in problems]) from error
        except UsageError as error:
            raise DataError(_numbered(problem_of(error), name, number)) from error


def problem_of(error: UsageError) -> Problem:
    """Return the problem that an error about a call is for the data that the call was made with."""
    what, _, fix = str(error).partition(". Fix: ")
    return Problem(what, fix)


def _numbered(problem: Problem, name: str, number: int) -> Problem:
    return Problem(f"span {number}: {problem.what}", problem.fix, document=name)


def _span(item: SpanLike, scheme: Scheme) -> Span:
    """Return a span, checked as far as this is possible without a text."""
    if isinstance(item, Span):
        start, end, label, value = item.start, item.end, item.label, item.value
    elif isinstance(item, Mapping):
        if missing := [key for key in ("start", "end", "label") if key not in item]:
            raise UsageError(f"the span has no {', '.join(missing)}. Fix: a mapping with start, end, label and value")
        start, end, label, value = item["start"], item["end"], item["label"], item.get("value")
    elif isinstance(item, Sequence) and not isinstance(item, str | bytes) and len(item) in (3, 4):
        start, end, label, value = (*item, None)[:4]
    else:
        raise UsageError(f"{item!r} is not a span. Fix: {_SHAPES}")
    if not all(isinstance(offset, SupportsIndex) and not isinstance(offset, bool) for offset in (start, end)):
        raise UsageError(f"offsets [{start!r}, {end!r}) are not whole numbers")
    parts = msgspec.to_builtins(value) if isinstance(value, Value) else value
    if parts is not None and not isinstance(parts, Mapping):
        what = f"the value {parts!r} is not a mapping of fields"
        raise DataError(Problem(what, f"such as {{{', '.join(map(repr, _keys(label, scheme)))}: …}}"))
    span = scheme.span(index(start), index(end), str(label), **(parts or {}))
    return msgspec.structs.replace(item, value=span.value) if isinstance(item, Span) else span


def _keys(label: str, scheme: Scheme) -> list[str]:
    return [key.name for field in scheme.label(label).fields.values() for key in field.keys][:1]
