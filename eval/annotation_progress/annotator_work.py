"""What an annotator of a project has done, and has to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from ...corpus.adjudication.conflicts import is_skipped
from ...schema import Document
from ..metric_types.metric_groups import MetricGroup, NamedMetrics
from ..suggestion_bias import has_suggestions
from .end_forecast import Courses, EndForecast, forecast_end, simulate_end
from .lead_times import LeadTimes, measure_lead_times

WAYS = ("blind", "suggested")
"""Ways of working: without and with suggestions."""


_OLDEST = date(2000, 1, 1)  # what is dated earlier was done by no annotator of such a project


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is to be done, as far as it is known.

    Attributes:
        documents: Ids of the documents of each annotator, if there is a plan.
        left: Annotators who have left the team, whose open documents nobody is expected to do.
        total: Number of documents that anybody may do, each once, without a plan.
    """

    documents: Mapping[str, Collection[str]] | None = None
    left: Collection[str] = ()
    total: int | None = None


@dataclass(frozen=True, slots=True)
class AnnotatorFigures(MetricGroup):
    """Figures of an annotator. Days are `YYYY-MM-DD`.

    Attributes:
        planned: Number of documents assigned; None without a plan.
        annotated: Number of documents annotated.
        skipped: Number of documents skipped.
        spans: Number of spans.
        first_day: First day with a document done; None if there is none, or days are not known.
        last_day: Last such day.
        has_left: Whether the annotator has left the team.
        lead_times: Lead times without (`blind`) and with suggestions (`suggested`).
        end: Forecast of the end; None without a plan, and for annotators who have left.
    """

    planned: int | None
    annotated: int
    skipped: int
    spans: int
    first_day: str | None
    last_day: str | None
    has_left: bool
    lead_times: NamedMetrics[LeadTimes]
    end: EndForecast | None


class AnnotatorWork:
    """What an annotator has done and has to do.

    Args:
        name: Name of the annotator.
        documents: What they have submitted.
        assignment: What is to be done.
        newest: Last day on which something can have been done.

    Attributes:
        name: Name of the annotator.
        ids: Ids of the documents done.
        done: Number of documents done.
        by_way: Annotated documents by way of working, one of `WAYS`.
        day_of: Day on which a document was done, by id; documents without a known day are left out.
        impossible: Day that a document states, by id, if nothing can have been done on it.
        days: Number of documents by that day.
        planned: Number of documents assigned; None without a plan.
        open: Number of these that are not done.
        has_left: Whether the annotator has left the team.
        courses: Courses of the simulation; None if nothing can be told.
    """

    def __init__(self, name: str, documents: Sequence[Document], assignment: Assignment, newest: date) -> None:
        self.name = name
        self.read = [document for document in documents if not is_skipped(document)]
        self.ids = {document.id for document in documents}
        self.done = len(documents)
        self.by_way = {
            "blind": [document for document in self.read if not has_suggestions(document)],
            "suggested": [document for document in self.read if has_suggestions(document)],
        }
        stated = {document.id: day for document in documents if (day := _day_of(document)) is not None}
        self.day_of = {name: day for name, day in stated.items() if _OLDEST <= day <= newest}
        self.impossible = {name: day for name, day in stated.items() if name not in self.day_of}
        self.days = Counter(self.day_of.values())
        assigned = None if assignment.documents is None else assignment.documents.get(name)
        self.planned = None if assigned is None else len(assigned)
        self.has_left = name in assignment.left
        self.open = 0 if assigned is None else len(set(assigned) - self.ids)
        self.courses: Courses | None = None

    def simulate(self, until: date | None) -> None:
        """Simulate the annotator's work after a day, if they have something to do."""
        if self.open and not self.has_left and until is not None:
            self.courses = simulate_end(daily_counts(self.days, until), self.open, self.name)

    def figures(self, until: date | None) -> AnnotatorFigures:
        """Return the annotator's figures, after `simulate`."""
        is_forecast = self.planned is not None and not self.has_left
        return AnnotatorFigures(
            planned=self.planned,
            annotated=len(self.read),
            skipped=self.done - len(self.read),
            spans=sum(len(document.spans) for document in self.read),
            first_day=min(self.days).isoformat() if self.days else None,
            last_day=max(self.days).isoformat() if self.days else None,
            has_left=self.has_left,
            lead_times=NamedMetrics(
                {way: measure_lead_times([self.by_way[way]]) for way in WAYS}, noun="way of working"
            ),
            end=forecast_end([self.courses], self.open, until) if is_forecast else None,
        )


def _day_of(document: Document) -> date | None:
    created = document.layer.created if document.layer else None
    try:
        return date.fromisoformat(created[:10]) if created else None
    except ValueError:
        return None


def daily_counts(days: Mapping[date, int], until: date) -> npt.NDArray[np.int64]:
    """Return the number of documents of each day, from the first one with any."""
    if not days:
        return np.zeros(0, dtype=np.int64)
    first = min(days)
    counts = np.zeros((until - first).days + 1, dtype=np.int64)
    for day, number in days.items():
        counts[(day - first).days] = number
    return counts
