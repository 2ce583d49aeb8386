"""Scores as tidy CSV: a row for each system and figure, for slices, documents and runs too."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..metric_types.metric_groups import leaves
from ..result_display import METRIC_COLUMNS, MetricRow, metric_rows
from ..system_score import SystemScore, slice_parts

if TYPE_CHECKING:
    from ..score_results import Scores

_KEYS = ("system", "by", "slice", "document")

_LINES = 1000
"""Number of lines of a piece."""


def csv_pieces(
    scores: Scores, *, documents: bool = False, further: Mapping[str, Mapping[str, object]] | None = None
) -> Iterator[str]:
    """Yield a CSV file, as `Scores.to_csv` describes it, in pieces of whole lines, none empty.

    Args:
        scores: The scores.
        documents: Whether the figures of each document are rows too.
        further: Further groups of figures by system.
    """
    named = {"system": True, "by": False, "slice": False, "document": documents}
    named["by"] = named["slice"] = any(system.slices is not None for system in scores)
    kept = [place for place, key in enumerate(_KEYS) if named[key]]
    piece = io.StringIO()
    writer = csv.writer(piece, lineterminator="\n")
    writer.writerow((*(_KEYS[place] for place in kept), *METRIC_COLUMNS, *(["deviation"] if scores.runs else [])))
    for number, (row, deviation) in enumerate(_rows(scores, documents, further or {}), start=1):
        cells = (*(row[place] for place in kept), *row[len(_KEYS) :])
        writer.writerow((*cells, deviation) if scores.runs else cells)
        if number % _LINES == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    if piece.tell():
        yield piece.getvalue()


def _rows(
    scores: Scores, documents: bool, further: Mapping[str, Mapping[str, object]]
) -> Iterator[tuple[MetricRow, float | None]]:
    """Yield the rows with the cells of all keys, and the deviation over runs of those that are means."""
    for system in scores:
        groups = {**system.metric_groups, **further.get(system.name, {})}
        for row in metric_rows([((system.name, None, None, None), groups, system.intervals)]):
            yield row, None
    for group in scores.runs:
        statistics = {path: group.metric(".".join(path)) for path, _ in leaves(group.systems[0].metric_groups)}
        for path, (mean, deviation) in statistics.items():
            for row in metric_rows([((group.name, None, None, None), _nested(path, mean), None)]):
                yield row, deviation
    for system in scores:
        slices = (((*name, None), metrics, intervals) for name, metrics, intervals in slice_parts(system))
        for row in metric_rows(slices):
            yield row, None
    for system in scores if documents else ():
        for row in _document_rows(system):
            yield row, None


def _document_rows(system: SystemScore) -> Iterator[MetricRow]:
    columns = system.documents.columns()
    for document, measure, *figures in zip(*columns.values(), strict=True):
        for metric, figure in zip(list(columns)[2:], figures, strict=True):
            place = (f"spans.{measure}.micro.{metric}", "spans", measure, "micro", None, metric)
            yield (system.name, None, None, document, *place, figure, None, None)


def _nested(path: tuple[str, ...], value: float | None) -> dict[str, object]:
    """Return a tree in which a value has a path."""
    tree: object = value
    for name in reversed(path):
        tree = {name: tree}
    return tree if isinstance(tree, dict) else {}
