"""Sources of documents: whatever a script has, read as documents.

Functions that take documents take any source: a corpus, documents, spaCy Docs, the rows of a loaded dataset, data
frames, or the path of a file or folder in any installed format. Scoring and agreement also take spans without texts.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from ..schema import (
    DataError,
    Document,
    Problem,
    RecordCodec,
    Scheme,
    UsageError,
    conflict_scheme,
    load_scheme,
    parse_scheme,
)
from .file_documents import pointing_to_load, read_path
from .formats import ReadOptions, ReadReport, ReadRequest
from .formats.spacy.doc_reader import DocReader
from .formats.tables.row_formats import read_foreign_rows
from .formats.transfer_reports import warn_of_losses
from .in_memory_corpus import Corpus
from .span_like import SpanLike
from .span_rows import is_span_frame, spans_by_document
from .spans_without_text import document_without_text, documents_of_spans, documents_of_tuples
from .storage.checked import Checked, is_checked
from .storage.label_map import LabelMap
from .storage.records import ProblemCallback
from .storage.shards.seen_ids import SeenIds, duplicate_id_problem

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from datasets import Dataset
    from spacy.tokens import Doc

    Source: TypeAlias = (
        str | Path | Iterable[Document] | Iterable[Doc] | Iterable[Mapping[str, Any]]
        | Dataset | pd.DataFrame | pl.DataFrame | pa.Table
    )  # fmt: skip
    SpanSource: TypeAlias = Source | Mapping[str, Iterable[SpanLike]] | Iterable[Iterable[SpanLike]]
else:
    Source = SpanSource = Any

SchemeLike: TypeAlias = Scheme | Mapping[str, Any] | str | Path
"""A scheme, the path of its file, or a mapping as `parse_scheme` takes it."""

_SOURCES = "give a corpus, documents, spaCy Docs, rows of a dataset, a data frame or a path"


def resolve_scheme(scheme: SchemeLike | None, *sources: object) -> Scheme:
    """Return the scheme to use: the given one, or else that of the corpora among the sources, or else the default.

    Args:
        scheme: A scheme, the path of its file, or a mapping as `parse_scheme` takes it.
        sources: Sources of documents.

    Raises:
        DataError: The file cannot be read or is invalid.
        UsageError: No scheme is given, and the sources have different ones.
    """
    if isinstance(scheme, Scheme):
        return scheme
    if isinstance(scheme, Mapping):
        return parse_scheme(scheme)
    if scheme is not None:
        return load_scheme(scheme)
    schemes = {source.checked_by.fingerprint: source.checked_by for source in sources if isinstance(source, Checked)}
    if len(schemes) > 1:
        names = " and ".join(sorted({f"{item.ref} ({key[:8]})" for key, item in schemes.items()}))
        raise UsageError(f"the documents have different schemes, {names}. Fix: name one as `scheme`")
    return next(iter(schemes.values()), conflict_scheme())


def documents_from(
    source: SpanSource,
    scheme: Scheme,
    *,
    form: str = "",
    without_text: bool = False,
    lenient: ProblemCallback | None = None,
    labels: LabelMap | None = None,
    options: ReadOptions | None = None,
) -> Iterator[Document]:
    """Return an iterator over the documents of a source, each of which is valid.

    Args:
        source: A corpus; documents; spaCy Docs, whose id is `doc.user_data["id"]` or else their index; the rows of a
            loaded dataset; a pandas, polars or Arrow table with a document in each row; or the path of a file or
            folder.
        scheme: The scheme of the documents.
        form: Name of the format of a path. Detected from the suffix, or from the contents of a folder, if empty.
        without_text: Whether the source may also be spans without texts: `{id: spans}`, a list of the spans of each
            document (the ids are then their indices), tuples `(id, start, end, label)`, or a data frame with a span in
            each row. A span is a `Span`, a tuple `(start, end, label)` or `(start, end, label, value)`, or a mapping.
        lenient: Called with the problem of each document in memory or in a records file that is skipped: it is invalid,
            or its id is a duplicate. If None, the first such problem is raised.
        labels: Maps the labels of a file or of rows to the scheme's.
        options: How to read what a file or rows leave open; None if the caller takes no options, which errors then
            point to.

    Warns:
        UserWarning: A file was recognised as another format than goldspan's own; or its reader, or that of spaCy Docs,
            left something out, or converted offsets from another unit to code points.

    Raises:
        DataError: A document is invalid, or two have the same id; an iterator has no documents.
        UsageError: The source is of another type, the format of a file cannot be detected, or an option has no effect
            on it.
    """
    request = ReadRequest(scheme, labels=labels, options=options or ReadOptions())
    if isinstance(source, str | Path):
        stream = read_path(source, request, form, lenient=lenient)
        documents = _without_duplicates(stream if options is not None else pointing_to_load(stream), lenient)
    elif is_checked(source, scheme) and not form and not _asked_of(request):
        documents = iter(cast(Iterable[Document], source))
    else:
        stream = _in_memory(source, request, form, without_text=without_text, lenient=lenient)
        documents = _without_duplicates(stream, lenient)
    return _not_used_up(documents) if isinstance(source, Iterator) else documents


def positional_length(source: object) -> int | None:
    """Return the number of documents of a list with the spans of each document; None for any other source."""
    if not isinstance(source, list | tuple) or not all(isinstance(item, list | tuple) for item in source):
        return None
    first = next((item for item in source if item), ())
    return None if first and isinstance(first[0], str) else len(source)


def _not_used_up(documents: Iterator[Document]) -> Iterator[Document]:
    """Yield documents, and raise an error if there are none: an iterator that was read before looks the same."""
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007
        yield document
    if not count:
        what = "the iterator has no documents; it may have been read before, which is possible only once"
        raise DataError(Problem(what, "make a corpus of it with `goldspan.load`, and use that"))


def _without_duplicates(documents: Iterable[Document], lenient: ProblemCallback | None) -> Iterator[Document]:
    seen = SeenIds()
    for document in documents:
        if not seen.is_duplicate(document.id):
            yield document
        elif lenient is None:
            raise DataError(duplicate_id_problem(document.id))
        else:
            lenient(duplicate_id_problem(document.id))


def _in_memory(
    source: Any, request: ReadRequest, form: str, *, without_text: bool, lenient: ProblemCallback | None
) -> Iterator[Document]:
    if form:
        raise UsageError("`form` is the format of a path. Fix: leave it out")
    if isinstance(source, Document):
        raise UsageError("a single document is not a corpus. Fix: put it in a list")
    library = type(source).__module__.partition(".")[0]
    if library == "datasets":
        if isinstance(source, Mapping) and len(source) == 1:
            (source,) = source.values()
        elif isinstance(source, Mapping):
            raise UsageError(f"the dataset has splits. Fix: choose one of {', '.join(map(str, source))}")
        source = source.with_format(None)
    is_table = library in ("pandas", "polars", "pyarrow")
    has_rows = library == "datasets" or isinstance(source, Mapping | list | tuple)
    foreign = read_foreign_rows(source, request) if has_rows or (is_table and _asked_of(request)) else None
    if foreign is not None:
        return _warn_after(foreign, request.report)
    if asked := _asked_of(request):
        fix = "leave it out, or give a path, or rows of a dataset of others"
        raise UsageError(f"`{asked[0]}` has no effect on documents in memory. Fix: {fix}")
    if is_table:
        return _table(source, request.scheme, without_text=without_text)
    return _own_documents(source, request.scheme, without_text=without_text, lenient=lenient)


def _own_documents(
    source: Any, scheme: Scheme, *, without_text: bool, lenient: ProblemCallback | None
) -> Iterator[Document]:
    if isinstance(source, Mapping) and ("text" in source or ("tokens" in source and "id" in source)):
        raise UsageError("a single record is not a corpus. Fix: put it in a list")
    if isinstance(source, Mapping):
        _require_texts_optional(without_text, "a mapping of spans")
        return documents_of_spans(source.items(), scheme)
    if not isinstance(source, Iterable):
        raise UsageError(f"{type(source).__name__} is not a source of documents. Fix: {_SOURCES}")
    return _items(source, scheme, without_text=without_text, lenient=lenient)


def _asked_of(request: ReadRequest) -> list[str]:
    """Return the names of what the call asks for."""
    return [*(["labels"] if request.labels is not None else []), *request.options.given()]


def _warn_after(documents: Iterator[Document], report: ReadReport) -> Iterator[Document]:
    yield from documents
    for line in report.summary():
        warnings.warn(line, stacklevel=4)


def _table(table: Any, scheme: Scheme, *, without_text: bool) -> Iterator[Document]:
    kind = f"{type(table).__module__.partition('.')[0]}.{type(table).__name__}"
    readers: dict[str, Callable[[Any, Scheme], Corpus]] = {
        "pandas.DataFrame": Corpus.from_pandas,
        "polars.DataFrame": Corpus.from_polars,
        "pyarrow.Table": Corpus.from_arrow,
    }
    if kind not in readers:
        fix = "collect it first" if hasattr(table, "collect") else "give a data frame or an Arrow table"
        raise UsageError(f"{kind} is not a source of documents. Fix: {fix}")
    if is_span_frame(table):
        _require_texts_optional(without_text, "a frame with a span in each row")
        return (document_without_text(name, spans) for name, spans in spans_by_document(table, scheme).items())
    return iter(readers[kind](table, scheme))


def _items(
    source: Iterable[Any], scheme: Scheme, *, without_text: bool, lenient: ProblemCallback | None
) -> Iterator[Document]:
    codec, request = RecordCodec(scheme), ReadRequest(scheme)
    reader = DocReader(request)
    features = getattr(source, "features", None) or {}  # loaded datasets encode labels as numbers
    items = iter(source)
    for number, item in enumerate(items):
        if isinstance(item, Sequence) and not isinstance(item, str | bytes):
            _require_texts_optional(without_text, "spans")
            yield from _listed_spans(chain([item], items), item, scheme)
            return
        try:
            yield _document(item, str(number), codec, reader, features)
        except DataError as error:
            if lenient is None:
                raise
            for problem in error.problems:
                lenient(problem)
    warn_of_losses(request.report, "spaCy docs")


def _document(
    item: Any, default_id: str, codec: RecordCodec, reader: DocReader, features: Mapping[str, Any]
) -> Document:
    if isinstance(item, Document):
        return codec.check(item)
    if isinstance(item, Mapping):
        from .formats.huggingface.features import record_from_row

        if "id" not in item:
            what = "a mapping without the key `id` is not a record"
            raise UsageError(f"{what}. Fix: give it an `id`; several systems are arguments of their own, not a list")
        spans = item.get("spans")
        if not features and isinstance(spans, list) and any(type(_label(span)) is int for span in spans):
            what = "the labels are class numbers, without the dataset that names the classes"
            raise UsageError(f"{what}. Fix: give the loaded dataset itself")
        return codec.from_mapping(record_from_row(item, features, codec.scheme))
    if hasattr(item, "ents") and hasattr(item, "user_data"):
        return reader.document(item, default_id)
    raise UsageError(f"{type(item).__name__} is not a document. Fix: {_SOURCES}")


def _label(span: Any) -> Any:
    return span.get("label") if isinstance(span, Mapping) else None


def _listed_spans(items: Iterator[Any], first: Sequence[Any], scheme: Scheme) -> Iterator[Document]:
    """Yield the documents of a list: of tuples with ids, or of a list of spans for each document."""
    if first and isinstance(first[0], int):
        raise UsageError("the spans name no document. Fix: {id: [(start, end, label), …]}")
    if first and isinstance(first[0], str):
        return documents_of_tuples(items, scheme)
    return documents_of_spans(enumerate(items), scheme)


def _require_texts_optional(without_text: bool, what: str) -> None:
    if not without_text:
        raise UsageError(f"{what} without texts can only be scored and compared. Fix: give documents with texts")
