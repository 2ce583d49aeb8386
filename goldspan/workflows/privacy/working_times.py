"""Working times of single persons, which reports leave out unless names are wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...corpus.adjudication.conflicts import is_skipped
from ...corpus.privacy.annotator_names import is_machine
from ...eval import Agreement, ProgressReport
from ...eval.annotation_progress.annotator_work import WAYS
from ...eval.annotation_progress.lead_times import LeadTimes
from ...eval.metric_types.metric_groups import NamedMetrics
from ...eval.suggestion_bias import has_suggestions, known_seconds
from ...schema import Document

_LEAST = 2
"""Number of persons from which on a time is nobody's."""


def agreement_without_times(agreement: Agreement, passes: Mapping[str, Sequence[Document]]) -> Agreement:
    """Return agreement without the time per word of a way of working in which only one person's time is known."""
    effect, hidden = agreement.suggestions, _personal_ways(passes)
    timed = [way for way in hidden if effect is not None and effect.readings[way].seconds_per_1000_words is not None]
    if effect is None or not timed:
        return agreement
    readings = {
        way: replace(rates, seconds_per_1000_words=None) if way in timed else rates
        for way, rates in effect.readings.items()
    }
    effect = replace(effect, readings=NamedMetrics(readings, noun="kind"), time_saved=None)
    note = "the time per word is left out where it is that of a single person: use `names` to see it"
    return replace(agreement, suggestions=effect, notes=[*agreement.notes, note])


def report_without_times(report: ProgressReport, passes: Mapping[str, Sequence[Document]]) -> ProgressReport:
    """Return a report without the lead times of its annotators, and without medians over a single one of them."""
    hidden = _personal_ways(passes)
    annotators = {
        name: replace(item, lead_times=_without_medians(item.lead_times, WAYS))
        for name, item in report.annotators.items()
    }
    timed = any(times.timed for item in report.annotators.values() for times in item.lead_times.values())
    note = "lead times of single persons are left out: use `names` to see them"
    return replace(
        report,
        annotators=NamedMetrics(annotators, noun="annotator"),
        lead_times=_without_medians(report.lead_times, hidden),
        agreement=report.agreement and agreement_without_times(report.agreement, passes),
        notes=[*report.notes, *([note] if timed else [])],
    )


def _without_medians(times: Mapping[str, LeadTimes], ways: Sequence[str]) -> NamedMetrics[LeadTimes]:
    changed = {
        way: replace(item, seconds_per_document=None, seconds_per_span=None) if way in ways else item
        for way, item in times.items()
    }
    return NamedMetrics(changed, noun="way of working")


def _personal_ways(passes: Mapping[str, Sequence[Document]]) -> list[str]:
    """Return the ways of working in which the times of fewer than two persons are known."""
    persons: dict[str, set[str]] = {way: set() for way in WAYS}
    for name, documents in passes.items():
        for document in documents:
            person = document.layer is not None and not is_machine(document.layer) and not is_skipped(document)
            if person and known_seconds(document) is not None:
                persons[WAYS[has_suggestions(document)]].add(name)
    return [way for way in WAYS if len(persons[way]) < _LEAST]
