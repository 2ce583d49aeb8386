"""Conversion of an exported task, with the work on it, to a document with a layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from ....corpus.formats.transfer_reports import ReadReport
from ....corpus.spans.offsets import MarkedText, StatedSpan
from ....corpus.storage.label_map import LabelMap
from ....schema import DataError, Document, Layer, Problem, RecordCodec, Scheme, canonical_json, did_you_mean
from .labeling_config import TEXT, control_names, scheme_label
from .latest_annotation import LatestAnnotation, latest_annotation
from .regions import RegionSet, regions_of
from .task_file import TaskLocation
from .task_sidecar import restore_span, span_of
from .tasks import ID, RECORD, document_from_task
from .text_field import text_field

EXTRA_KEY = "studio"
"""Key in a layer's `extra` for results that mark nothing, and in a document's for other fields of a foreign task."""

_CORRECT = "correct it in the task and export again"


@dataclass(frozen=True, slots=True)
class ExportedTask:
    """A task with the annotation or prediction that is read from it.

    Attributes:
        data: Data of the task.
        location: Location of the task.
        annotation: The annotation or prediction.
        regions: Regions of its results.
        field: Field of the data that contains the text.
    """

    data: dict[str, Any]
    location: TaskLocation
    annotation: LatestAnnotation
    regions: RegionSet
    field: str

    @classmethod
    def of(cls, task: Mapping[str, Any], location: TaskLocation) -> ExportedTask:
        """Select what to read from a task.

        Raises:
            DataError: The annotation or the text to read is ambiguous, or regions cannot be read; all are listed.
        """
        data: dict[str, Any] = task["data"]
        try:
            annotation = latest_annotation(task)
            regions = regions_of(annotation.results)
            if regions.problems and not annotation.skipped:
                raise DataError(regions.problems)
            if not regions.regions and regions.unread and not annotation.skipped:
                types = ", ".join(sorted(regions.unread))
                message = f"none of its results mark labels on a text (types: {types})"
                raise DataError(Problem(message, "export a project that marks its texts with `Labels`"))
            if len(regions.texts) > 1:
                message = f"it has several texts ({', '.join(sorted(regions.texts))}), but a record has only one"
                raise DataError(Problem(message, "export a project with one text"))
            field = TEXT if _record(data) else text_field(data, regions.marks)
        except DataError as error:
            raise location.locate(error, _document_id(data)) from error
        return cls(data, location, annotation, regions, field)

    def marked(self) -> MarkedText:
        """Return the text with the spans that the file states; without spans if the task was skipped."""
        text = self.data.get(self.field)
        spans = [
            mark._replace(name=f"task {self.location.task}: {mark.name}", line=self.location.line)
            for mark in self._marks
        ]
        name = _document_id(self.data) or f"task-{self.location.task}"
        return MarkedText(text if isinstance(text, str) else "", spans, self.location.path, name)

    @property
    def _marks(self) -> list[StatedSpan]:
        own = _record(self.data).get("kind") == self.annotation.kind
        return self.regions.marks if own or not self.annotation.skipped else []

    def document(
        self, offsets: Sequence[tuple[int, int]], codec: RecordCodec, labels: LabelMap | None, report: ReadReport
    ) -> Document:
        """Return the document with its layer.

        Args:
            offsets: Start and end of each mark, in code points.
            codec: Codec of the scheme.
            labels: Maps foreign labels to those of the scheme.
            report: Receives what is left out.

        Raises:
            DataError: The document is invalid.
        """
        annotation, regions = self.annotation, self.regions
        record = _record(self.data)
        own = record.get("kind") == annotation.kind
        try:
            document = _bare_document(self.data, self.field, self.location, codec.scheme)
            _report_omissions(document.id, annotation, regions, report, read=bool(offsets))
            if annotation.kind is None:
                return document
            work = {
                "spans": _spans(regions, offsets, document, record, codec.scheme, labels, annotation, own=own),
                "layer": _layer(annotation, record if own else {}, codec.scheme),
            }
            document = codec.from_mapping(msgspec.to_builtins(document) | work)
            return replace(document, layer=_with_unplaced(document.layer, regions, codec.scheme))
        except DataError as error:
            raise self.location.locate(error) from error


def _report_omissions(
    name: str, annotation: LatestAnnotation, regions: RegionSet, report: ReadReport, *, read: bool
) -> None:
    """Report what of a task is not in its document."""
    for kind, count in annotation.ignored.items():
        report.left_out.add(kind, name, count)
    report.left_out.add("remarks on regions", name, regions.notes)
    for kind, count in sorted(regions.unread.items()):
        report.left_out.add(f"results of type {kind}, which mark no labels on a text", name, count)
    if annotation.kind is None:
        report.without_spans.add("tasks that nobody annotated", name)
    elif annotation.skipped and not read:
        report.without_spans.add("tasks that their annotator skipped", name)
        report.left_out.add("regions of skipped tasks", name, len(regions.marks))
    elif not regions.regions and regions.others:
        report.without_spans.add("tasks whose results mark no text", name)


def _document_id(data: Mapping[str, Any]) -> str:
    return data[ID] if isinstance(data.get(ID), str) else ""


def _record(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goldspan stored with the text; empty for a foreign task."""
    record = data.get(RECORD)
    return record if isinstance(record, dict) else {}


def _bare_document(data: Mapping[str, Any], field: str, location: TaskLocation, scheme: Scheme) -> Document:
    """Return the document without spans; for a foreign task, with the remaining data in `extra`."""
    if _record(data):
        return document_from_task(data, location.task, scheme)
    title = {"title": data["title"]} if field != "title" and "title" in data else {}
    document = document_from_task({**title, ID: data.get(ID), TEXT: data[field]}, location.task, scheme)
    used = {ID, field} | ({"title"} if document.meta.title is not None else set())
    rest = {key: value for key, value in data.items() if key not in used}
    return replace(document, extra={EXTRA_KEY: rest}) if rest else document


def _spans(
    regions: RegionSet,
    offsets: Sequence[tuple[int, int]],
    document: Document,
    record: Mapping[str, Any],
    scheme: Scheme,
    labels: LabelMap | None,
    annotation: LatestAnnotation,
    *,
    own: bool,
) -> list[dict[str, Any]]:
    """Return the spans of regions as plain data; those that goldspan wrote in their original order."""
    sidecars = record.get("spans")
    sidecars = sidecars if isinstance(sidecars, dict) else {}
    spans: list[dict[str, Any]] = []
    for region in regions.regions if offsets else ():
        label = scheme_label(region.label, scheme) if labels is None else labels(region.label)
        if label is None:
            continue
        if label not in scheme.labels:
            fix = f"map its labels to the scheme's with a label map; {did_you_mean(label, list(scheme.labels))}"
            message = f"label {label!r} is not in {scheme.ref}"
            raise DataError(Problem(message, fix, document=document.id, label=label))
        text, scored = document.text or "", annotation.kind == "prediction"
        span, problems = span_of(region, label, offsets[region.number], text, scheme, scored=scored)
        if span is None or (problems and label == scheme_label(region.label, scheme)):
            message = f"region {region.id!r}: {problems[0].message}"
            raise DataError(Problem(message, _CORRECT, document=document.id))
        # a value that the mapped label cannot hold is dropped, as it is when records are mapped
        spans.append(restore_span(span, sidecars.get(region.id), own=own))
    if own:
        return spans
    distinct = spans if labels is None else {canonical_json(span): span for span in spans}.values()
    return sorted(distinct, key=lambda span: (span["start"], span["end"], span["label"]))


def _layer(annotation: LatestAnnotation, record: Mapping[str, Any], scheme: Scheme) -> Any:
    """Return the layer as plain data: the original one or one made from the annotation."""
    layer = Layer(
        annotator=annotation.annotator,
        scheme=scheme.ref,
        scheme_sha256=scheme.fingerprint,
        created=annotation.created,
        lead_time=annotation.lead_time,
        skipped=annotation.skipped,
    )
    return record["layer"] if "layer" in record else msgspec.to_builtins(layer)


def _with_unplaced(layer: Layer | None, regions: RegionSet, scheme: Scheme) -> Layer | None:
    """Return the layer with the note on the document, and in `extra` with the results that mark nothing."""
    known = frozenset(control_names(scheme))
    foreign = [item for item in regions.unplaced_details() if item["from_name"] not in known]
    results = [*foreign, *regions.others]
    if regions.note:
        layer = replace(layer or Layer(), note=regions.note)
    if results:
        layer = layer or Layer()
        extra = layer.extra or {}
        earlier = extra.get(EXTRA_KEY)
        earlier = earlier if isinstance(earlier, dict) else {}
        layer = replace(layer, extra={**extra, EXTRA_KEY: {**earlier, "results": results}})
    return layer
