"""The report on the progress of an annotation project, from what its annotators have submitted.

A document is done when its annotator has submitted or skipped it, on the day of the last change of the annotation, in
UTC: Label Studio keeps no other day in what is pulled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ...corpus.adjudication.conflicts import is_skipped
from ...corpus.adjudication.drafts import require_submitted
from ...schema import Document, Scheme, Span, pluralize
from ..agreement_results import Agreement
from ..metric_types.metric_groups import NamedMetrics, metrics_as_dict
from ..pass_agreement import agreement_of
from .annotator_work import WAYS, AnnotatorFigures, AnnotatorWork, Assignment, daily_counts
from .end_forecast import LEAST_DAYS, METHOD, WINDOW, EndForecast, forecast_end, simulate_end
from .lead_times import LeadTimes, measure_lead_times
from .suggestion_outcomes import SuggestionOutcomes, Suggestions, measure_outcomes


@dataclass(frozen=True, repr=False)
class ProgressReport:
    """The progress of an annotation project; with working times of persons, it is not for publication.

    Attributes:
        day: Day up to which the figures go; None if nothing has been done.
        planned: Number of documents to be annotated or skipped; with a plan, each counts for every annotator who has
            it. None if not known.
        done: Number of these that are done.
        annotators: Figures by annotator.
        days: Number of documents done by annotator, by day; days without work are left out.
        lead_times: Lead times of all annotators, without (`blind`) and with suggestions (`suggested`).
        suggestions: Outcomes of suggestions; None if no annotator saw any, or no document counts.
        agreement: Agreement on the documents that two or more annotators have annotated; None if there are none.
        end: Forecast of the end; None if it is not known how much is to be done.
        notes: What is not included or not known, and why.
    """

    day: date | None
    planned: int | None
    done: int
    annotators: NamedMetrics[AnnotatorFigures]
    days: Mapping[str, Mapping[str, int]]
    lead_times: NamedMetrics[LeadTimes]
    suggestions: SuggestionOutcomes | None
    agreement: Agreement | None
    end: EndForecast | None
    notes: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, as printed by `goldspan studio report --json`.

        The agreement is that of `goldspan agree --json`, with the number of disagreements instead of a list of them.
        """
        agreement = None
        if self.agreement:
            agreement = self.agreement.to_dict() | {"disagreements": len(self.agreement.disagreements)}
        return {
            "day": self.day and self.day.isoformat(),
            "planned": self.planned,
            "done": self.done,
            "annotators": metrics_as_dict(self.annotators),
            "days": metrics_as_dict(self.days),
            "lead_times": metrics_as_dict(self.lead_times),
            "suggestions": metrics_as_dict(self.suggestions),
            "agreement": agreement,
            "end": self.end and {**metrics_as_dict(self.end), "method": METHOD},
            "notes": self.notes,
        }

    @property
    def has_personal_times(self) -> bool:
        """Whether it has the working time of a person."""
        times = (item.lead_times.values() for item in self.annotators.values())
        return any(way.seconds_per_document is not None for ways in times for way in ways)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {pluralize(len(self.annotators), 'annotator')}, {self.done} done>"

    def __str__(self) -> str:
        from .progress_tables import progress_text

        return progress_text(self)


def report_progress(
    passes: Mapping[str, Sequence[Document]],
    scheme: Scheme,
    *,
    assignment: Assignment | None = None,
    suggestions: Suggestions | None = None,
    day: date | None = None,
    today: date | None = None,
    notes: Sequence[str] = (),
) -> ProgressReport:
    """Return the progress of an annotation project.

    Args:
        passes: What each annotator has submitted, by name.
        scheme: Scheme of the documents.
        assignment: What is to be done.
        suggestions: The suggestions that annotators saw; None if they are not known.
        day: Day up to which days without work count; by default the last day with work, so that the same passes give
            the same report.
        today: Last day on which something can have been done; by default tomorrow, since clocks differ a little.
        notes: Notes to begin with.

    Raises:
        DataError: A pass has a draft, or the text of a document differs between passes.
    """
    for name, documents in passes.items():
        for document in documents:
            require_submitted(name, document)
    assignment = assignment or Assignment()
    newest = today or datetime.now(UTC).date() + timedelta(days=1)  # clocks differ a little
    names = [*(assignment.documents or ()), *(name for name in passes if name not in (assignment.documents or ()))]
    work = {name: AnnotatorWork(name, passes.get(name, ()), assignment, newest) for name in names}
    report_notes = list(notes)
    last = max((d for item in work.values() for d in item.days), default=None)
    if day is not None and last is not None and day < last:
        report_notes.append(f"the last work is of {last} (UTC), after the day of the report: the forecast starts there")
    until = max(filter(None, (day, last)), default=None)
    for item in work.values():
        item.simulate(until)
    end = _end(work, assignment, until, report_notes)
    groups = {way: [item.by_way[way] for item in work.values()] for way in WAYS}
    lead_times = NamedMetrics({way: measure_lead_times(groups[way]) for way in WAYS}, noun="way of working")
    report_notes += _excluded(work, lead_times)
    outcomes = None
    suggested = [document for group in groups["suggested"] for document in group]
    if suggested:
        outcomes, remarks = measure_outcomes(suggested, scheme, suggestions)
        report_notes += remarks
    unstated = sum(any(_is_suggested(span) for span in d.spans) for group in groups["blind"] for d in group)
    if unstated:
        report_notes.append(
            f"{pluralize(unstated, 'annotated document')} with accepted suggestions counted as annotated without, "
            "because their layers name no suggestions"
        )
    return ProgressReport(
        day=until,
        planned=_planned(work, assignment),
        done=sum(item.done for item in work.values()) if assignment.total is None else len(_done_by_anybody(work)),
        annotators=NamedMetrics({name: item.figures(until) for name, item in work.items()}, noun="annotator"),
        days=_days(work),
        lead_times=lead_times,
        suggestions=outcomes,
        agreement=_agreement(passes, scheme, report_notes),
        end=end,
        notes=report_notes,
    )


def _is_suggested(span: Span) -> bool:
    return span.origin in ("prediction", "prediction-changed")


def _days(work: Mapping[str, AnnotatorWork]) -> dict[str, dict[str, int]]:
    days = sorted({day for item in work.values() for day in item.days})
    return {day.isoformat(): {name: item.days[day] for name, item in work.items() if item.days[day]} for day in days}


def _done_by_anybody(work: Mapping[str, AnnotatorWork]) -> set[str]:
    return set().union(*(item.ids for item in work.values()))


def _planned(work: Mapping[str, AnnotatorWork], assignment: Assignment) -> int | None:
    if assignment.documents is None:
        return assignment.total
    return sum(item.planned or 0 for item in work.values())


def _end(
    work: Mapping[str, AnnotatorWork], assignment: Assignment, until: date | None, notes: list[str]
) -> EndForecast | None:
    """Return the forecast of the project's end, and add notes on what it leaves out."""
    why = f"nothing done in the last {WINDOW} days, or first work fewer than {LEAST_DAYS} days ago"
    if any(item.done > len(item.day_of) for item in work.values()):
        why += ", apart from documents whose day is unknown or cannot be"
    if assignment.documents is not None:
        busy = [item for item in work.values() if item.open and not item.has_left]
        if untold := [item.name for item in busy if forecast_end([item.courses], item.open, until).day is None]:
            notes.append(f"the end cannot be told for {', '.join(untold)}: {why}")
        if lost := [item for item in work.values() if item.open and item.has_left]:
            listed = ", ".join(f"{item.name} {item.open}" for item in lost)
            notes.append(f"open documents of annotators who left, not in the forecast: {listed}")
        if unknown := [item.name for item in work.values() if item.planned is None]:
            notes.append(f"not in the plan: {', '.join(unknown)}")
        return forecast_end([item.courses for item in busy], sum(item.open for item in busy), until)
    if assignment.total is None:
        notes.append("the end cannot be told: how many documents are to be done is not known without a plan")
        return None
    done = _done_by_anybody(work)
    remaining = max(0, assignment.total - len(done))
    courses = None
    if remaining and until is not None:
        first_days: dict[str, date] = {}
        for item in work.values():
            for document, day in item.day_of.items():
                first_days[document] = min(day, first_days.get(document, day))
        courses = simulate_end(daily_counts(Counter(first_days.values()), until), remaining, "")
    end = forecast_end([courses], remaining, until)
    if remaining and end.day is None:
        notes.append(f"the end cannot be told: {why}")
    return end


def _excluded(work: Mapping[str, AnnotatorWork], lead_times: Mapping[str, LeadTimes]) -> list[str]:
    """Return notes on documents that some figures leave out."""
    impossible = [
        f"{document!r} of {name} ({day})" for name, item in work.items() for document, day in item.impossible.items()
    ]
    undated = sum(item.done - len(item.day_of) for item in work.values()) - len(impossible)
    untimed = sum(item.untimed for item in lead_times.values())
    outliers = sum(item.outliers for item in lead_times.values())
    counts = {
        f"{pluralize(undated, 'document')} done on an unknown day, not in the days and the forecast": undated,
        f"{pluralize(len(impossible), 'document')} done on a day that cannot be, not in the days and the forecast, "
        f"such as {next(iter(impossible), '')}: the clock was wrong, or `created` was changed": len(impossible),
        f"lead times: {pluralize(untimed, 'annotated document')} without a known time": untimed,
        f"lead times: {pluralize(outliers, 'time')} out of proportion excluded": outliers,
    }
    return [note for note, count in counts.items() if count]


def _agreement(passes: Mapping[str, Sequence[Document]], scheme: Scheme, notes: list[str]) -> Agreement | None:
    counts = Counter(document.id for documents in passes.values() for document in documents if not is_skipped(document))
    if max(counts.values(), default=0) < 2:
        notes.append("agreement cannot be measured: no document has been annotated by two annotators")
        return None
    return agreement_of(passes, scheme)
