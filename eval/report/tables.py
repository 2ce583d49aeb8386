"""Cells and tables that the reports share."""

from __future__ import annotations

from collections.abc import Sequence

from ..error_analysis import ErrorAnalysis
from .page import Cell, Table


def confusion_table(caption: str, analysis: ErrorAnalysis, labels: Sequence[str]) -> Table:
    """How many spans of each label pair with spans of each, shaded by how many."""
    names = [*labels, "-"]
    most = max([1, *(n for row in analysis.confusion.values() for n in row.values())])
    rows: list[list[Cell | str]] = []
    for name in names:
        found = analysis.confusion.get(name, {})
        cells = [
            Cell(str(found.get(other, 0)), heat=(found.get(other, 0) / most) ** 0.5 if found.get(other) else None)
            for other in names
        ]
        rows.append([_none(name), *cells])
    return Table(caption, ("", *map(_none, names)), rows)


def _none(label: str) -> str:
    return "none" if label == "-" else label


def metric_cell(value: float | None, title: str = "") -> Cell:
    """A figure with three decimals, `-` where it is undefined."""
    return Cell("-" if value is None else f"{value:.3f}", title=title)
