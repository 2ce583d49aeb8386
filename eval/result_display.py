"""Scores and agreement as text for terminals, HTML for notebooks, and data frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ..schema import pluralize
from ..schema.extras import require_extras
from ..schema.writing.line_layout import align_left, align_right, display_width
from .metric_types.metric_groups import Metric, MetricInterval, find_interval, leaves

if TYPE_CHECKING:
    import pandas as pd

Figure = str | tuple[Metric, MetricInterval]
"""A cell of a table: text, or a metric with its interval."""


def format_metric(value: Metric) -> str:
    """Return a metric with three decimals; `-` if it is undefined."""
    return "-" if value is None else f"{value:.3f}"


def format_difference(value: Metric) -> str:
    """Return a difference with its sign and three decimals, `0.000` without one; `-` if it is undefined."""
    if value is None:
        return "-"
    text = f"{value:+.3f}"
    return text[1:] if float(text) == 0 else text


def text_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an aligned table, the first column left-aligned; line breaks in names become blanks."""
    cells = [[" ".join(cell.split()) for cell in row] for row in (header, *rows)]
    widths = [max(map(display_width, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join((align_left(row[0], widths[0]), *map(align_right, row[1:], widths[1:]))) for row in cells)
    return "\n".join(line.rstrip() for line in lines)


def note_count(notes: Sequence[str]) -> list[str]:
    """Return a line on how many notes there are; empty without notes."""
    return [f"{pluralize(len(notes), 'note')} in `notes`"] if notes else []


def html_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[Figure]]) -> str:
    """Return a table for notebooks, with intervals below the metrics in small print."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join(
        f'<tr><th scope="row">{_html_cell(first)}</th>{"".join(f"<td>{_html_cell(cell)}</td>" for cell in others)}</tr>'
        for first, *others in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_block(tables: Iterable[str], notes: Sequence[str] = ()) -> str:
    """Return tables with notes below them."""
    listed = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return f"<div>{''.join(tables)}{f'<ul>{listed}</ul>' if listed else ''}</div>"


def _html_cell(cell: Figure) -> str:
    if isinstance(cell, str):
        return escape(cell)
    value, interval = cell
    bounds = "" if interval is None else f"<br><small>{interval.low:.3f} to {interval.high:.3f}</small>"
    return format_metric(value) + bounds


MetricRow = tuple[str | float | None, ...]
"""The cells of a row of metrics: those of the columns that name it, then of `METRIC_COLUMNS`."""


def metric_rows(
    systems: Iterable[tuple[tuple[str | None, ...], Mapping[str, Any] | object, object]],
) -> Iterator[MetricRow]:
    """Yield a row for each system and metric or count, with the cells of its name before those of `METRIC_COLUMNS`.

    Args:
        systems: Name, metrics and intervals of each system, or of each part of one, such as a slice.
    """
    for name, metrics, intervals in systems:
        for path, value in leaves(metrics):
            interval = find_interval(intervals, ".".join(path)) or (None, None)
            yield (*name, ".".join(path), *_place(path), value, *interval)


def metric_frame(
    systems: Iterable[tuple[tuple[str | None, ...], Mapping[str, Any] | object, object]],
    keys: Sequence[str] = ("system",),
) -> pd.DataFrame:
    """Return a data frame with one row per system and metric or count, as `Scores.to_pandas` describes it.

    Args:
        systems: As in `metric_rows`.
        keys: Columns that the name fills, of which each part is one cell.
    """
    columns: dict[str, list[Any]] = {name: [] for name in (*keys, *METRIC_COLUMNS)}
    for row in metric_rows(systems):
        for column, cell in zip(columns.values(), row, strict=True):
            column.append(cell)
    return arrow_frame(columns, dict.fromkeys(("value", "low", "high"), "float64"))


METRIC_COLUMNS = ("path", "group", "measure", "average", "label", "metric", "value", "low", "high")
"""Columns of a metric or count, after those that name its system."""


def _place(path: tuple[str, ...]) -> tuple[str | None, str | None, str | None, str | None, str]:
    """Return group, measure, average, label and metric of a path."""
    group, *rest = path
    if not rest:  # a count of a slice
        return None, None, None, None, group
    measure = rest.pop(0) if group == "spans" else None
    if group == "values" or rest[0] == "labels":
        label, *metric = rest if group == "values" else rest[1:]
        return group, measure, None, label, ".".join(metric)
    average = rest.pop(0) if rest[0] in ("micro", "macro", "weighted") else None
    return group, measure, average, None, ".".join(rest)


def arrow_frame(columns: Mapping[str, Sequence[Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """Return a data frame with Arrow-backed columns, so that missing values are NA whatever the type.

    Args:
        columns: Cells by column.
        types: Arrow types by column; the others hold text.

    Raises:
        DependencyError: pandas is not installed.
    """
    require_extras("to_pandas", "pandas")
    import pandas as pd
    import pyarrow as pa

    arrays = {name: pa.array(cells, types.get(name, "string")) for name, cells in columns.items()}
    frame: pd.DataFrame = pa.table(arrays).to_pandas(types_mapper=pd.ArrowDtype)
    return frame
