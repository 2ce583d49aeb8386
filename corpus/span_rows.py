"""Spans as rows of a data frame: documents with the spans of a frame, or spans without texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from ..schema import DataError, Document, Problem, Scheme, Span, UsageError, did_you_mean
from ..schema.extras import require_extras
from .span_like import document_id, problem_of, span_from
from .spans.span_keys import span_key

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    SpanFrame: TypeAlias = pd.DataFrame | pl.DataFrame | pa.Table
else:
    SpanFrame = Any

REQUIRED = ("document", "start", "end", "label")
_OPTIONAL = ("surface", "published", "id", "score", "source", "origin", "note", "unsure")
_VALUE = "value_"


def is_span_frame(frame: object) -> bool:
    """Check whether a table has a span in each row, and not a document."""
    names: Any = getattr(frame, "column_names", None)
    columns = set(map(str, getattr(frame, "columns", ()) if names is None else names))
    return not columns.isdisjoint(("document", "start", "end")) and "spans" not in columns


def replace_spans(documents: Sequence[Document], frame: SpanFrame, scheme: Scheme) -> tuple[list[Document], list[str]]:
    """Return the documents with the spans of a frame, and the columns that were ignored; see `Corpus.with_spans`."""
    rows, ignored = _rows(frame, scheme)
    texts = {document.id: document for document in documents}
    by_document: dict[str, list[Span]] = {name: [] for name in texts}
    existing: dict[tuple[object, ...], list[Span]] = {}
    for document in documents:
        for span in document.spans:
            existing.setdefault((document.id, *span_key(span)), []).append(span)
    for number, row in enumerate(rows, 1):
        try:
            name = document_id(row["document"])
            if name not in texts:
                raise DataError(Problem(f"the corpus has no document {name!r}", did_you_mean(name, list(texts))))
            span = span_from_row(row, scheme)
            if texts[name].length < span.end:
                raise DataError(Problem(f"span [{span.start}, {span.end}) {span.label} ends past the text"))
            _check_surface(row.get("surface"), texts[name].surface(span))
        except (DataError, UsageError) as error:
            raise _located(error, number) from error
        if same := existing.get((name, *span_key(span))):  # what a row does not hold goes with the same span
            earlier = same.pop(0) if len(same) > 1 else same[0]
            span = msgspec.structs.replace(span, passes=earlier.passes, decision=earlier.decision, extra=earlier.extra)
        by_document[name].append(span)
    return [msgspec.structs.replace(item, spans=tuple(by_document[item.id])) for item in documents], ignored


def spans_by_document(frame: SpanFrame, scheme: Scheme) -> dict[str, list[Span]]:
    """Return the spans of a frame by document, in the order of the rows.

    Raises:
        DataError: A row is invalid; the error gives its number, counted from 1.
        UsageError: A column is missing.
    """
    by_document: dict[str, list[Span]] = {}
    for number, row in enumerate(_rows(frame, scheme)[0], 1):
        try:
            by_document.setdefault(document_id(row["document"]), []).append(span_from_row(row, scheme))
        except (DataError, UsageError) as error:
            raise _located(error, number) from error
    return by_document


def _rows(frame: SpanFrame, scheme: Scheme) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of a frame, and the columns without a meaning."""
    require_extras("a data frame", "parquet")
    import pyarrow as pa

    library: Any = frame
    if isinstance(frame, pa.Table):
        table = frame
    elif hasattr(library, "iloc"):  # pandas
        table = pa.Table.from_pandas(library, preserve_index=False)
    elif hasattr(library, "to_arrow"):  # polars
        table = library.to_arrow()
    else:
        raise UsageError(f"{type(frame).__name__} is not a data frame. Fix: give a pandas, polars or Arrow table")
    if missing := [name for name in REQUIRED if name not in table.column_names]:
        raise UsageError(f"the frame has no column {', '.join(missing)}. Fix: the columns {', '.join(REQUIRED)}")
    keys = {key.name for label in scheme.labels.values() for field in label.fields.values() for key in field.keys}
    known = {*REQUIRED, *_OPTIONAL, *(f"{_VALUE}{key}" for key in keys)}
    return table.to_pylist(), [name for name in table.column_names if name not in known]


def span_from_row(row: Mapping[str, Any], scheme: Scheme) -> Span:
    """Return the span of a row with the columns of `span_table`.

    Raises:
        DataError: The row is invalid.
        UsageError: The scheme has no such label.
    """
    label = scheme.label(str(row["label"]))
    types = {key.name: key.base for field in label.fields.values() for key in field.keys}
    given = {name.removeprefix(_VALUE): cell for name, cell in row.items() if name.startswith(_VALUE)}
    parts = {name: cell for name, cell in given.items() if cell is not None}
    # false is the default of a key that other labels share, so it says nothing of this one
    if foreign := sorted(name for name, cell in parts.items() if name not in types and cell is not False):
        what = f"{label.name} has no value {', '.join(foreign)}"
        raise DataError(Problem(what, f"leave {', '.join(_VALUE + name for name in foreign)} empty"))
    value = {name: _typed(cell, types[name]) for name, cell in parts.items() if name in types}
    offsets = {name: _typed(row[name], int) for name in ("start", "end")}
    others = {name: row[name] for name in ("id", "score", "source", "origin", "note") if row.get(name) is not None}
    if row.get("unsure"):
        others["unsure"] = True
    return span_from({**offsets, "label": label.name, "value": value or None, **others}, scheme)


def _typed(cell: Any, base: type) -> Any:
    """Return a cell in the type of its key: a column may hold several types as strings, or whole numbers as floats."""
    if isinstance(cell, float) and base is int and cell.is_integer():
        return int(cell)
    if isinstance(cell, str) and base in (int, float):
        try:
            return base(cell)
        except ValueError:
            return cell  # refused as a value of the wrong type
    if isinstance(cell, str) and base is bool:
        return {"True": True, "False": False}.get(cell, cell)
    return cell


def _check_surface(surface: object, text: str) -> None:
    if surface is not None and text and surface != text:
        what = f"the surface is {surface!r}, and the text has {text!r} there"
        raise DataError(Problem(what, "correct the offsets, which count code points, or drop the column `surface`"))


def _located(error: DataError | UsageError, number: int) -> DataError:
    problems = error.problems if isinstance(error, DataError) else [problem_of(error)]
    return DataError([problem.with_location("frame", number) for problem in problems])
