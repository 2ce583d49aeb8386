"""The tables of a paper: systems by their main figures, figures by label, tests between systems, slices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...schema import UsageError, pluralize
from ..comparisons.system_comparison import COMPARED, LEGEND, SystemComparison
from ..comparisons.system_runs import SystemRuns
from ..metric_types.metric_groups import Metric, MetricInterval
from ..result_display import format_difference, format_metric
from ..system_score import SystemScore

if TYPE_CHECKING:
    from ..score_results import Scores


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """A figure in a table; its text has three decimals.

    Attributes:
        value: The figure; None if it is undefined.
        interval: Its interval, in brackets; None if there is none.
        deviation: Standard deviation over runs, of which the figure is the mean; None if it is not a mean.
        signed: Whether it is a difference, which has a sign.
        stars: Stars for its p-value.
    """

    value: Metric
    interval: MetricInterval = None
    deviation: Metric = None
    signed: bool = False
    stars: str = ""

    @property
    def number(self) -> str:
        """The figure alone; `-` if it is undefined."""
        return self._format(self.value)

    def __str__(self) -> str:
        text = self.number + self.stars
        if self.deviation is not None:
            return f"{text} ± {self.deviation:.3f}"
        return text if self.interval is None else f"{text} [{', '.join(map(self._format, self.interval))}]"

    def _format(self, value: Metric) -> str:
        return format_difference(value) if self.signed else format_metric(value)


PublishedCell = str | PublishedFigure
"""A name, or a figure."""


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """A table.

    Attributes:
        caption: What it shows, as a phrase without a full stop.
        header: Names of the columns.
        rows: Cells of each row; the first is a name.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[PublishedCell]]


def published_tables(scores: Scores, further: Mapping[str, Mapping[str, str]] | None = None) -> list[PublishedTable]:
    """Return the tables of scores: a row for each system, and mean ± deviation for a system with several runs.

    Args:
        scores: The scores.
        further: Further cells of the first table by system, then by the name of the column, the same for all.
    """
    entries = score_entries(scores)
    first = scores.systems[0]
    main = [("strict F1", COMPARED)]
    main += [(name, f"spans.strict.micro.{name}") for name in ("precision", "recall")]
    main += [(f"{name} F1", f"spans.{name}.micro.f1") for name in ("partial", *first.spans.further)]
    main += [("token F1", "tokens.micro.f1")] if first.tokens is not None else []
    tested = dict.fromkeys(comparison.measure for comparison in scores.comparisons)
    main += [(path, path) for path in tested if path not in dict(main).values()]
    by_label = [(label, f"spans.strict.labels.{label}.f1") for label in first.spans.strict.labels]
    values = [
        (label, path)
        for label, path in ((label, f"values.{label}.value_f1") for label in first.values)
        if any(entry.figure(path).value is not None for entry in entries)
    ]
    documents, spans = pluralize(scores.gold.documents, "document"), pluralize(scores.gold.spans, "gold span")
    tables = [
        _figures(f"Systems on {documents} with {spans}", main, entries, further),
        _figures("Strict F1 by label", by_label, entries),
    ]
    if values:
        tables.append(_figures("F1 of spans with their values, by label", values, entries))
    tables += [_slices(field, entries) for field in first.slices or ()]
    return [*tables, *difference_tables(scores)]


@dataclass(frozen=True, slots=True)
class ScoreEntry:
    """A system of a table: one that was scored once, or the runs of one.

    Attributes:
        name: Name of the system.
        first: Its score, or that of its first run.
        runs: Its runs; None if it was scored once.
    """

    name: str
    first: SystemScore
    runs: SystemRuns | None

    @property
    def scored(self) -> tuple[SystemScore, ...]:
        """Its runs, or its score alone."""
        return (self.first,) if self.runs is None else self.runs.systems

    def figure(self, path: str) -> PublishedFigure:
        """Return a metric with its interval, or the mean over the runs with its deviation."""
        if self.runs is not None:
            over_runs = self.runs.metric(path)
            return PublishedFigure(over_runs.mean, deviation=over_runs.deviation)
        return PublishedFigure(self.first.metric(path), self.first.interval(path))


def score_entries(scores: Scores) -> list[ScoreEntry]:
    """Return the systems, each with its runs, in the order of the scores."""
    groups = {run.name: group for group in scores.runs for run in group.systems}
    entries: dict[str, ScoreEntry] = {}
    for system in scores.systems:
        group = groups.get(system.name)
        name = system.name if group is None else group.name
        entries.setdefault(name, ScoreEntry(name, system, group))
    return list(entries.values())


def score_signatures(scores: Scores) -> dict[str, str]:
    """Return the signature of each system, or of its first run, by the name of the system."""
    return {entry.name: entry.first.signature for entry in score_entries(scores)}


def difference_tables(scores: Scores) -> Iterator[PublishedTable]:
    """Yield the tests of each metric, and who beats whom if there are more than two systems."""
    for measure in dict.fromkeys(comparison.measure for comparison in scores.comparisons):
        found = [comparison for comparison in scores.comparisons if comparison.measure == measure]
        yield _tests(found)
        if len(found) > 1:
            table = scores.comparison_table(measure)
            signed = table.signed()
            matrix: list[tuple[PublishedCell, ...]] = [
                (row, *("" if row == column else _difference(*signed[row, column]) for column in table.names))
                for row in table.names
            ]
            yield PublishedTable(f"{found[0].title}, {LEGEND}", ("", *table.names), matrix)


def _tests(found: Sequence[SystemComparison]) -> PublishedTable:
    """Return the tests of a metric; without p-values, only the differences."""
    rows: list[tuple[PublishedCell, ...]] = [
        (f"{c.a} - {c.b}", PublishedFigure(c.difference, c.interval, signed=True)) for c in found
    ]
    caption = f"Differences of {found[0].title}"
    if all(c.p_value is None for c in found):
        return PublishedTable(f"{caption}, not tested", ("systems", "difference"), rows)
    figures = [map(PublishedFigure, (c.p_value, c.p_holm, c.detectable)) for c in found]
    methods = ", ".join(dict.fromkeys(comparison.method for comparison in found))
    return PublishedTable(
        f"{caption}, tested by {methods}",
        ("systems", "difference", "p", "p (Holm)", "detectable"),
        [(*row, *of_test) for row, of_test in zip(rows, figures, strict=True)],
    )


def _difference(comparison: SystemComparison, sign: int) -> PublishedFigure:
    if comparison.difference is None:
        return PublishedFigure(None, signed=True)
    return PublishedFigure(sign * comparison.difference, signed=True, stars=comparison.mark)


def _figures(
    caption: str,
    columns: Sequence[tuple[str, str]],
    entries: Sequence[ScoreEntry],
    further: Mapping[str, Mapping[str, str]] | None = None,
) -> PublishedTable:
    """Return a table with a row for each system, a column for each name and path, and further columns."""
    rows: list[tuple[PublishedCell, ...]] = [
        (entry.name, *(entry.figure(path) for _, path in columns), *(further or {}).get(entry.name, {}).values())
        for entry in entries
    ]
    figures = [cell for row in rows for cell in row[1:] if isinstance(cell, PublishedFigure)]
    if any(figure.interval is not None for figure in figures):
        caption += ", with 95 % intervals"
    if any(figure.deviation is not None for figure in figures):
        caption += ", mean ± standard deviation over runs"
    names = next(iter(further.values())) if further else ()
    return PublishedTable(caption, ("system", *(name for name, _ in columns), *names), rows)


def _slices(field: str, entries: Sequence[ScoreEntry]) -> PublishedTable:
    first = entries[0].first
    if first.slices is None:
        raise UsageError("there are no slices. Fix: name a field for `by`")
    rows: list[tuple[PublishedCell, ...]] = [
        (
            group,
            str(metrics.documents),
            *(entry.figure(f"slices.{field}.{group}.spans.strict.micro.f1") for entry in entries),
        )
        for group, metrics in first.slices[field].items()
    ]
    return PublishedTable(f"Strict F1 by {field}", (field, "documents", *(entry.name for entry in entries)), rows)
