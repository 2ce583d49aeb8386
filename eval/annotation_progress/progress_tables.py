"""Tables of a progress report, the same in the terminal, in Python and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...schema import pluralize
from ..metric_types.metric_groups import Metric
from ..result_display import format_metric, note_count, text_table
from .end_forecast import EndForecast
from .lead_times import LeadTimes

if TYPE_CHECKING:
    from .progress_report import ProgressReport
    from .suggestion_outcomes import LabelOutcomes

_WAY_NAMES = {"blind": "without", "suggested": "with"}


class ProgressTable(NamedTuple):
    """A table: its caption, the names of its columns, and its rows."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


def summary_tables(report: ProgressReport) -> list[ProgressTable]:
    """Return the tables of annotators, lead times, suggestions and agreement; those without figures are left out."""
    tables = [annotator_table(report), lead_time_table(report)]
    tables += [outcome_table(report)] if report.suggestions else []
    tables += [agreement_table(report)] if report.agreement else []
    return [table for table in tables if table.rows]


def annotator_table(report: ProgressReport) -> ProgressTable:
    """Return what each annotator has done and has to do."""
    rows = [
        (
            f"{name} (left)" if item.has_left else name,
            str(item.annotated + item.skipped),
            "-" if item.planned is None else str(item.planned),
            str(item.skipped),
            str(item.spans),
            item.first_day or "-",
            item.last_day or "-",
            end_text(item.end),
        )
        for name, item in report.annotators.items()
    ]
    header = ("annotator", "done", "planned", "skipped", "spans", "first day", "last day", "end")
    return ProgressTable("documents by annotator", header, rows)


def lead_time_table(report: ProgressReport) -> ProgressTable:
    """Return lead times by annotator, without and with suggestions."""
    times_by_name = [*((name, item.lead_times) for name, item in report.annotators.items()), ("all", report.lead_times)]
    rows = [
        (name, _WAY_NAMES[way], *_lead_time_cells(times))
        for name, by_way in times_by_name
        for way, times in by_way.items()
        if times.documents
    ]
    counts = ("documents", "without time", "out of proportion")
    header = ("lead time", "suggestions", *counts, "seconds per document", "seconds per span")
    return ProgressTable("median lead times", header, rows)


def _lead_time_cells(times: LeadTimes) -> tuple[str, ...]:
    medians = (times.seconds_per_document, times.seconds_per_span)
    return (
        str(times.documents),
        str(times.untimed),
        str(times.outliers),
        *("-" if value is None else f"{value:.1f}" for value in medians),
    )


def outcome_table(report: ProgressReport) -> ProgressTable:
    """Return the outcomes of suggestions by label."""
    outcomes = report.suggestions
    named = [*outcomes.labels.items(), ("all", outcomes.all)] if outcomes else []
    rows = [(name, *_outcome_cells(item)) for name, item in named]
    header = ("suggestions of", "suggested", "accepted", "changed", "rejected", "added")
    return ProgressTable("outcomes of suggestions", header, rows)


def _outcome_cells(item: LabelOutcomes) -> tuple[str, ...]:
    return (
        "-" if item.suggested is None else str(item.suggested),
        _with_share(item.accepted, item.accepted_share),
        _with_share(item.changed, item.changed_share),
        _with_share(item.rejected, item.rejected_share),
        _with_share(item.added, item.added_share),
    )


def _with_share(count: int | None, share: Metric) -> str:
    if count is None:
        return "-"
    return str(count) if share is None else f"{count} ({share:.0%})"


def agreement_table(report: ProgressReport) -> ProgressTable:
    """Return the agreement of each pair of annotators who share documents."""
    agreement = report.agreement
    pairs = [pair for pair in agreement.pairwise if pair.documents] if agreement else []
    rows = [
        (
            f"{pair.a} - {pair.b}",
            str(pair.documents),
            *map(format_metric, (pair.strict_f1, pair.partial_f1, *pair.labels.values())),
        )
        for pair in pairs
    ]
    labels = pairs[0].labels if pairs else ()
    return ProgressTable("agreement", ("F1 of", "documents", "strict", "partial", *labels), rows)


def day_table(report: ProgressReport) -> ProgressTable:
    """Return the number of documents done by day and annotator, the newest day first."""
    names = list(report.annotators)
    rows = [
        (day, *(str(counts.get(name, 0)) for name in names), str(sum(counts.values())))
        for day, counts in sorted(report.days.items(), reverse=True)
    ]
    return ProgressTable("documents done by day (UTC)", ("day", *names, "all"), rows)


def end_text(end: EndForecast | None) -> str:
    """Return a forecast in words; `-` if the end cannot be told."""
    if end is None:
        return "-"
    if not end.remaining:
        return "done"
    if end.day is None:
        return "-" if end.earliest is None else f"{end.earliest} or later"
    return f"{end.day} ({end.earliest} {f'to {end.latest}' if end.latest else 'or later'})"


def summary_text(report: ProgressReport) -> str:
    """Return the state of the project as a line."""
    planned = "" if report.planned is None else f" of {report.planned}"
    day = f" until {report.day}" if report.day else ""
    return f"{report.done}{planned} {pluralize(report.planned or report.done, 'document').split()[-1]} done{day}"


def forecast_text(report: ProgressReport) -> str:
    """Return the forecast of the end as a line."""
    return f"end: {end_text(report.end)}"


def progress_text(report: ProgressReport) -> str:
    """Return the report as text."""
    tables = [text_table(header, rows) for _, header, rows in summary_tables(report)]
    return "\n\n".join([summary_text(report), *tables, "\n".join([forecast_text(report), *note_count(report.notes)])])
