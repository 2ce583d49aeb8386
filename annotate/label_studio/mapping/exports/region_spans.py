"""Conversion of the regions of a task to spans, with what is changed or left out on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .....corpus.formats.foreign.stated_documents import StatedDocument
from .....corpus.formats.transfer_reports import AuditRow, ReadReport
from .....corpus.storage.label_map import LabelMap
from .....schema import DataError, Problem, Scheme, Span, canonical_json, did_you_mean
from ..labeling_config import scheme_label
from .region_fields import answers_as_fields
from .regions import Region, RegionSet
from .task_sidecar import restore_span, span_of

_CORRECT = "correct it in the task and export again"


class RegionSpans:
    """Converts the regions of a task to spans.

    Args:
        stated: What the file states of the task, a span for each region.
        text: Text of the document.
        scheme: Scheme of the document.
        labels: Maps the project's labels to the scheme's.
        report: Receives what is left out or changed.
        unit: The unit that offsets were converted from; empty if they are as stated.

    Attributes:
        placed: Identities of further results that are in the values of spans.
    """

    def __init__(
        self,
        stated: StatedDocument,
        text: str,
        scheme: Scheme,
        labels: LabelMap | None,
        report: ReadReport,
        unit: str = "",
    ) -> None:
        self._stated, self._text, self._scheme, self._labels = stated, text, scheme, labels
        self._report, self._unit = report, unit
        self.placed: set[int] = set()

    def of(
        self,
        regions: RegionSet,
        offsets: Sequence[tuple[int, int]],
        record: Mapping[str, Any],
        *,
        scored: bool,
        own: bool,
    ) -> list[dict[str, Any]]:
        """Return the spans of regions as plain data; those that goldspan wrote in their original order.

        Args:
            regions: The regions.
            offsets: Start and end of each mark, in code points; empty if the task was skipped.
            record: What goldspan stored with the text.
            scored: Whether scores belong to the spans.
            own: Whether the results are those that goldspan wrote, not somebody's work on them.

        Raises:
            DataError: Regions are no valid spans, all of which are listed.
        """
        stored = record.get("spans")
        sidecars: dict[str, Any] = stored if isinstance(stored, dict) else {}
        spans: list[dict[str, Any]] = []
        problems: list[Problem] = []
        for number, region in enumerate(regions.regions if offsets else ()):
            bounds = offsets[region.number]
            try:
                span = self._span(region, number, bounds, scored=scored, own=own)
            except DataError as error:
                self._audit(number, f"refused: {error.problems[0].what}")
                problems += error.problems
                continue
            if span is not None:
                # a value that the mapped label cannot hold is dropped, as it is when records are mapped
                spans.append(restore_span(span, sidecars.get(region.id), own=own))
        if problems:
            raise DataError(problems)
        if own:
            return spans
        distinct = spans
        if len({_place(span) for span in spans}) < len(spans):
            distinct = list({canonical_json(span): span for span in spans}.values())
        self._report.left_out.add("spans that are stated twice", self._stated.id, len(spans) - len(distinct))
        return sorted(distinct, key=_place)

    def _span(self, region: Region, number: int, bounds: tuple[int, int], *, scored: bool, own: bool) -> Span | None:
        """Return the span of a region; None if the label map drops it."""
        own_label = scheme_label(region.label, self._scheme)
        label = own_label if self._labels is None else self._labels(region.label)
        if label is None:
            self._audit(number, "left out: the label map drops its label")
            return None
        if label not in self._scheme.labels:
            fix = f"map its labels to the scheme's with a label map; {did_you_mean(label, list(self._scheme.labels))}"
            message = f"label {label!r} is not in {self._scheme.ref}"
            raise DataError(Problem(message, fix, document=self._stated.id, label=label))
        answers, originals, unfit = ([], [], []) if own else answers_as_fields(region, label, self._scheme)
        for name in unfit:
            self._report.left_out.add(f"attributes {name!r} that no field holds", self._stated.id)
        self.placed.update(map(id, originals))
        complete = replace(region, details=[*region.details, *answers]) if answers else region
        span, problems = span_of(complete, label, bounds, self._text, self._scheme, scored=scored)
        if span is None or (problems and label == own_label):
            message = f"region {region.id!r}: {problems[0].message}"
            raise DataError(Problem(message, _CORRECT, document=self._stated.id))
        trimmed = (span.start, span.end) != bounds
        if trimmed and not own:
            self._report.changed.add("spans trimmed of blanks at their ends", self._stated.id)
        if self._stated.spans[number].words is None:
            self._report.note_cut(self._stated.id, self._text, span.start, span.end)
        moved = (bounds,) != self._stated.spans[number].fragments
        actions = [f"converted from {self._unit}"] * moved + ["trimmed"] * trimmed
        self._audit(number, " and ".join(actions) or "kept", span)
        return span

    def _audit(self, number: int, action: str, span: Span | None = None) -> None:
        if self._report.audit is None:
            return
        stated = self._stated.spans[number]
        shown = " ".join(f"{start}-{end}" for start, end in stated.fragments)
        row = AuditRow(self._stated.id, stated.name, stated.line, stated.label, shown, stated.words, action)
        if span is not None:
            words = self._text[span.start : span.end]
            row = row._replace(start=span.start, end=span.end, words=words, target=span.label)
        self._report.audit(row._replace(annotator=self._stated.annotator))


def _place(span: Mapping[str, Any]) -> tuple[int, int, str]:
    return span["start"], span["end"], span["label"]
