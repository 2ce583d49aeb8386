"""The report on the progress of an annotation project, without texts."""

from __future__ import annotations

from datetime import date
from itertools import accumulate

from ...schema import Scheme, pluralize
from ...schema.extras import require_extras
from ..annotation_progress.end_forecast import METHOD
from ..annotation_progress.progress_report import ProgressReport
from ..annotation_progress.progress_tables import (
    ProgressTable,
    agreement_table,
    annotator_table,
    day_table,
    end_text,
    lead_time_table,
    outcome_table,
    summary_text,
)
from ..annotation_progress.suggestion_outcomes import OUTCOMES
from ..result_display import format_metric
from . import plots
from .page import Group, Plot, ReportPage, Section, Table

_PRIVATE = "This page has working times of persons. It is for whoever leads the project, and not for publication."


def progress_page(report: ProgressReport, scheme: Scheme, *, title: str = "goldspan progress") -> ReportPage:
    """Create the report on progress.

    Args:
        report: Progress of the project.
        scheme: Scheme of its documents.
        title: Title of the page.

    Raises:
        DependencyError: matplotlib is not installed.
    """
    require_extras("a report", "report")
    sections = [_documents(report), _lead_times(report)]
    sections += [_outcomes(report)] if report.suggestions else []
    sections += [_agreement(report)] if report.agreement else []
    facts = {
        "state": summary_text(report),
        "end": end_text(report.end),
        "scheme": scheme.ref,
    }
    private = [_PRIVATE] if report.has_personal_times else []
    return ReportPage(title, facts, [*private, *report.notes], sections, None)


def _documents(report: ProgressReport) -> Section:
    forecast = (
        f"Forecast of the end: {METHOD}. It takes the pace to stay as it was, and ends with the last annotator. "
        "A dash stands for what cannot be told."
    )
    prose = (
        "A document is done when it is submitted or skipped, on the day (UTC) of the last change of the annotation.",
        forecast,
    )
    if not report.days:
        return Section("Documents", prose, (_table(annotator_table(report)),))
    days = [date.fromisoformat(name) for name in report.days]
    totals = {
        name: list(accumulate(counts.get(name, 0) for counts in report.days.values())) for name in report.annotators
    }
    growth = Plot("documents done", plots.growth_plot(days, totals, "documents done"))
    by_day = Group("documents of each day", (_table(day_table(report)),))
    return Section("Documents", prose, (_table(annotator_table(report)), growth, by_day))


def _lead_times(report: ProgressReport) -> Section:
    prose = (
        "The lead time of a document is how long its page was open. All figures are medians. The time per span is that "
        "of a document divided by its spans. A time is out of proportion, and not included, if the seconds per "
        "character lie more than 1.5 interquartile ranges beyond the quartiles (of logarithms), among the times of "
        "the same annotator with or without suggestions, from eight of them."
    )
    return Section("Lead times", (prose,), (_table(lead_time_table(report)),))


def _outcomes(report: ProgressReport) -> Section:
    outcomes = report.suggestions
    rows = {
        label: {name: getattr(item, name) or 0 for name in OUTCOMES}
        for label, item in (outcomes.labels if outcomes else {}).items()
    }
    prose = (
        "Accepted, changed and rejected suggestions as shares of the suggestions of a label, and added spans as a "
        "share of what annotators submitted. Each document counts for every annotator who saw suggestions on it."
    )
    plot = Plot("outcomes of suggestions", plots.stacked_bars(rows, {name: name for name in OUTCOMES}, "spans"))
    return Section("Suggestions", (prose,), (_table(outcome_table(report)), plot))


def _agreement(report: ProgressReport) -> Section:
    agreement = report.agreement
    assert agreement is not None
    coefficients = {
        "alpha-u, labels as categories": agreement.alpha_u,
        "Krippendorff's alpha over tokens": agreement.token_alpha,
        "Cohen's kappa over tokens": agreement.token_kappa,
    }
    rows = [(name, format_metric(value)) for name, value in coefficients.items()]
    prose = f"Measured over {pluralize(agreement.documents, 'document')} that two or more annotators have annotated."
    return Section(
        "Agreement",
        (prose, *agreement.notes),
        (_table(agreement_table(report)), Table("all annotators", ("metric", "value"), rows)),
    )


def _table(table: ProgressTable) -> Table:
    return Table(table.caption, table.header, table.rows)
