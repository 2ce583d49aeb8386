"""Scores as tidy CSV: a row for each system and figure, for slices, documents and runs too."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..metric_types.metric_groups import leaves
from ..result_display import METRIC_COLUMNS, MetricRow, metric_rows
from ..system_score import slice_parts

if TYPE_CHECKING:
    from ..score_results import Scores

_KEYS = ("system", "by", "slice", "document")


def csv_lines(
    scores: Scores, *, documents: bool = False, further: Mapping[str, Mapping[str, object]] | None = None
) -> Iterator[str]:
    """Yield the lines of a CSV file with a header and line ends, as `Scores.to_csv` describes it.

    Args:
        scores: The scores.
        documents: Whether the figures of each document are rows too.
        further: Further groups of figures by system.
    """
    named = {"system": True, "by": False, "slice": False, "document": documents}
    named["by"] = named["slice"] = any(system.slices is not None for system in scores)
    kept = [place for place, key in enumerate(_KEYS) if named[key]]
    yield _line((*(_KEYS[place] for place in kept), *METRIC_COLUMNS, *(["deviation"] if scores.runs else [])))
    for row, deviation in _rows(scores, documents, further or {}):
        cells = (*(row[place] for place in kept), *row[len(_KEYS) :])
        yield _line((*cells, deviation) if scores.runs else cells)


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
        for score in system.documents:
            spans = {"spans": {measure: {"micro": metrics} for measure, metrics in score.spans.items()}}
            for row in metric_rows([((system.name, None, None, score.document), spans, None)]):
                yield row, None


def _nested(path: tuple[str, ...], value: float | None) -> dict[str, object]:
    """Return a tree in which a value has a path."""
    tree: object = value
    for name in reversed(path):
        tree = {name: tree}
    return tree if isinstance(tree, dict) else {}


def _line(cells: tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()
