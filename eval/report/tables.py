"""Cells and tables shared by the reports."""

from __future__ import annotations

from collections.abc import Sequence

from ..error_analysis import ErrorAnalysis
from ..metric_types.metric_groups import MetricInterval
from .page import Cell, Table


def confusion_table(caption: str, analysis: ErrorAnalysis, labels: Sequence[str]) -> Table:
    """Return a confusion matrix of labels, shaded by the counts."""
    names = [*labels, "-"]
    maximum = max([1, *(n for row in analysis.confusion.values() for n in row.values())])
    rows: list[list[Cell | str]] = []
    for name in names:
        counts = analysis.confusion.get(name, {})
        cells = [
            Cell(str(counts.get(other, 0)), heat=(counts.get(other, 0) / maximum) ** 0.5 if counts.get(other) else None)
            for other in names
        ]
        rows.append([_label_title(name), *cells])
    return Table(caption, ("", *map(_label_title, names)), rows)


def _label_title(label: str) -> str:
    return "none" if label == "-" else label


def interval_text(interval: MetricInterval, *, signed: bool = False) -> str:
    """Return both ends of an interval with three decimals; `-` if there is none.

    Args:
        interval: The interval.
        signed: Whether to write a plus, as for differences.
    """
    if interval is None:
        return "-"
    form = "{:+.3f} to {:+.3f}" if signed else "{:.3f} to {:.3f}"
    return form.format(*interval)


def metric_cell(value: float | None, title: str = "") -> Cell:
    """Return a cell for a metric with three decimals; `-` if it is undefined."""
    return Cell("-" if value is None else f"{value:.3f}", title=title)
