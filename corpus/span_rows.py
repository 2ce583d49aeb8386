"""Spans as rows of a data frame: documents with the spans of a frame, or spans without texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from ..schema import DataError, Document, Problem, Scheme, Span, UsageError, did_you_mean
from .span_like import problem_of

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
    by_document: dict[str, list[Span]] = {document.id: [] for document in documents}
    texts = {document.id: document for document in documents}
    existing = {document.id: {_content(span): span for span in document.spans} for document in documents}
    for number, row in enumerate(rows, 1):
        name = row["document"]
        try:
            if name not in by_document:
                hint = did_you_mean(str(name), list(by_document))
                raise DataError(Problem(f"the corpus has no document {name!r}", hint))
            span = span_from_row(row, scheme)
            _check_surface(row.get("surface"), texts[name].surface(span))
        except (DataError, UsageError) as error:
            raise _located(error, number) from error
        by_document[name].append(existing[name].get(_content(span), span))
    replaced = [msgspec.structs.replace(item, spans=tuple(by_document[item.id])) for item in documents]
    return replaced, ignored


def spans_by_document(frame: SpanFrame, scheme: Scheme) -> dict[str, list[Span]]:
    """Return the spans of a frame by document, in the order of the rows.

    Raises:
        DataError: A row is invalid; the error gives its number, counted from 1.
        UsageError: A column is missing.
    """
    by_document: dict[str, list[Span]] = {}
    for number, row in enumerate(_rows(frame, scheme)[0], 1):
        try:
            by_document.setdefault(str(row["document"]), []).append(span_from_row(row, scheme))
        except (DataError, UsageError) as error:
            raise _located(error, number) from error
    return by_document


def _rows(frame: SpanFrame, scheme: Scheme) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of a frame, and the columns without a meaning."""
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
    value = scheme.value(
        label.name, **{name: _typed(cell, types[name]) for name, cell in parts.items() if name in types}
    )
    others = {name: row[name] for name in ("id", "score", "source", "origin", "note") if row.get(name) is not None}
    if row.get("unsure"):
        others["unsure"] = True
    try:
        # a span is checked as in a record; values have been converted, and are put in afterwards
        record = {"start": row["start"], "end": row["end"], "label": label.name, "value": None, **others}
        span = msgspec.convert(record, _Row)
    except msgspec.ValidationError as error:
        raise DataError(Problem(str(error), "see `Corpus.to_pandas('spans')` for the types of the columns")) from error
    if not 0 <= span.start < span.end:
        fix = "offsets count code points from 0, and end must be greater than start"
        raise DataError(Problem(f"span [{span.start}, {span.end}) {label.name} is empty or reversed", fix))
    return Span(**msgspec.structs.asdict(span), value=value)


class _Row(msgspec.Struct, omit_defaults=True):
    start: int
    end: int
    label: str
    id: str | None = None
    score: float | None = None
    source: str | None = None
    origin: Any = None
    note: str | None = None
    unsure: bool = False


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


def _content(span: Span) -> tuple[object, ...]:
    """Return everything of a span that a row holds."""
    fields = (span.start, span.end, span.label, span.value, span.id)
    return (*fields, span.score, span.source, span.origin, span.note, span.unsure)


def _located(error: DataError | UsageError, number: int) -> DataError:
    problems = error.problems if isinstance(error, DataError) else [problem_of(error)]
    return DataError([problem.with_location("frame", number) for problem in problems])
