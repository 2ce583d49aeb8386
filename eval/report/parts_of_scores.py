"""Sections of the report on scores for what is scored on request: runs of one system, slices of the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..comparisons.system_runs import SystemRuns
from ..metric_types.slice_metrics import SliceMetrics
from ..system_score import SystemScore
from .page import Cell, Group, Section, Table
from .tables import interval_text, metric_cell


def runs_section(runs: Sequence[SystemRuns]) -> Section:
    """Return the section with mean and standard deviation of each system that was scored several times."""
    measures = list(runs[0].systems[0].spans.parts())
    paths = ["spans.strict.micro.precision", "spans.strict.micro.recall", *(f"spans.{m}.micro.f1" for m in measures)]
    rows: list[list[Cell | str]] = [
        [group.name, str(len(group.systems)), *(Cell(str(group.metric(path)), title=path) for path in paths)]
        for group in runs
    ]
    header = ("system", "runs", "precision", "recall", *(f"{measure} F1" for measure in measures))
    prose = "Runs of one system have the same name, for instance with several seeds."
    return Section("Runs", (prose,), (Table("mean and standard deviation over the runs", header, rows),))


def slices_section(ranked: Sequence[SystemScore]) -> Section:
    """Return the section with the figures of slices, a table for each field."""
    groups = [
        Group(f"by {by}", (_slices_table(ranked, by),), is_open=number == 0)
        for number, by in enumerate(ranked[0].slices or ())
    ]
    prose = "Pairs are those of the whole corpus, so the counts of the groups add up to those of all documents."
    return Section("Slices", (prose,), groups)


def _slices_table(ranked: Sequence[SystemScore], by: str) -> Table:
    rows: list[list[Cell | str]] = []
    for system in ranked:
        slices: Mapping[str, SliceMetrics] = system.slices[by] if system.slices else {}
        intervals = system.intervals.slices[by] if system.intervals.slices else {}
        for group, metrics in slices.items():
            strict, *others = metrics.spans.parts().values()
            rows.append(
                [
                    system.name,
                    group,
                    str(metrics.documents),
                    str(metrics.gold_spans),
                    str(metrics.system_spans),
                    *map(metric_cell, strict.micro.rates),
                    interval_text(intervals[group].spans.strict.f1 if group in intervals else None),
                    *(metric_cell(measure.f1) for measure in others),
                ]
            )
    strict_name, *names = (f"{name} F1" for name in ranked[0].documents.measures)
    header = ("system", by, "documents", "gold", "system spans", "precision", "recall", strict_name, "95 %", *names)
    return Table(f"figures of the documents by {by}", header, rows)
