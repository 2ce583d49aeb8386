"""A task of a file of tasks, with the work on it that becomes a document's layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from ....corpus.formats.base import ReadReport
from ....corpus.spans.offsets import MarkedText, StatedSpan
from ....corpus.storage.label_map import LabelMap
from ....schema import DataError, Document, Layer, Problem, RecordCodec, Scheme, canonical_json, did_you_mean
from .labeling_config import TEXT, control_names
from .latest_annotation import LatestAnnotation, latest_annotation
from .regions import RegionSet, regions_of
from .task_file import TaskLocation
from .task_sidecar import restore_document, span_of
from .tasks import ID, RECORD, document_of
from .text_field import text_field

BESIDE = "studio"
"""Where `extra` of a layer keeps results that mark nothing, and that of a document other fields of a foreign task."""

_CORRECT = "correct it in the task and export again"


@dataclass(frozen=True, slots=True)
class ExportedTask:
    """A task with the one annotation or prediction of it that is read.

    Attributes:
        data: Of the task.
        place: Of the task.
        choice: What is read.
        regions: What its results say.
        field: Of the data, which holds the text.
    """

    data: dict[str, Any]
    place: TaskLocation
    choice: LatestAnnotation
    regions: RegionSet
    field: str

    @classmethod
    def of(cls, task: Mapping[str, Any], place: TaskLocation) -> ExportedTask:
        """The work on a task.

        Raises:
            DataError: Which annotation or which text counts cannot be told, or regions cannot be read: all of these.
        """
        data: dict[str, Any] = task["data"]
        try:
            choice = latest_annotation(task)
            regions = regions_of(choice.results)
            if regions.faults and not choice.skipped:
                raise DataError(regions.faults)
            if not regions.found and regions.unread and not choice.skipped:
                what = f"none of its results can be read: {', '.join(sorted(regions.unread))} mark no labels on a text"
                raise DataError(Problem(what, "export a project that marks its texts with `Labels`"))
            if len(regions.texts) > 1:
                what = f"its regions lie on several texts ({', '.join(sorted(regions.texts))}), and a record has one"
                raise DataError(Problem(what, "export a project of one text"))
            field = TEXT if _record(data) else text_field(data, regions.marks)
        except DataError as error:
            raise place.refusal(error, _name(data)) from error
        return cls(data, place, choice, regions, field)

    def marked(self) -> MarkedText:
        """The text with the spans that the file states; of a skipped task none count."""
        text = self.data.get(self.field)
        shown = [
            mark._replace(name=f"task {self.place.task}: {mark.name}", line=self.place.line) for mark in self._marks
        ]
        name = _name(self.data) or f"task-{self.place.task}"
        return MarkedText(text if isinstance(text, str) else "", shown, self.place.path, name)

    @property
    def _marks(self) -> list[StatedSpan]:
        own = _record(self.data).get("kind") == self.choice.kind
        return self.regions.marks if own or not self.choice.skipped else []

    def document(
        self, places: Sequence[tuple[int, int]], codec: RecordCodec, labels: LabelMap | None, account: ReadReport
    ) -> Document:
        """The document with its layer.

        Args:
            places: Of the marks, in code points.
            codec: Of the scheme.
            labels: Brings foreign labels to the scheme's.
            account: Told what is left out.
        """
        choice, regions = self.choice, self.regions
        record = _record(self.data)
        own = record.get("kind") == choice.kind
        try:
            document = _bare(self.data, self.field, self.place, codec.scheme)
            _tell(document.id, choice, regions, account, read=bool(places))
            if choice.kind is None:
                return document
            made = {
                "spans": _spans(regions, places, document, record, codec.scheme, labels, choice, own=own),
                "layer": _layer(choice, regions, record if own else {}, codec.scheme),
            }
            return codec.decode(msgspec.json.encode(msgspec.to_builtins(document) | made))
        except DataError as error:
            raise self.place.refusal(error) from error


def _tell(name: str, choice: LatestAnnotation, regions: RegionSet, account: ReadReport, *, read: bool) -> None:
    """Tells what of a task is not in its document."""
    for what, count in choice.left.items():
        account.left_out(what, name, count)
    account.left_out("remarks on regions", name, regions.remarks)
    for kind, count in sorted(regions.unread.items()):
        account.left_out(f"results of type {kind}, which mark no labels on a text", name, count)
    if choice.kind is None:
        account.without_spans("tasks that nobody annotated", name)
    elif choice.skipped and not read:
        account.without_spans("tasks that their annotator skipped", name)
        account.left_out("regions of skipped tasks", name, len(regions.marks))
    elif not regions.found and regions.others:
        account.without_spans("tasks whose results mark no text", name)


def _name(data: Mapping[str, Any]) -> str:
    return data[ID] if isinstance(data.get(ID), str) else ""


def _record(data: Mapping[str, Any]) -> dict[str, Any]:
    """What goldspan wrote beside the text; empty in a task of another's."""
    record = data.get(RECORD)
    return record if isinstance(record, dict) else {}


def _bare(data: Mapping[str, Any], field: str, place: TaskLocation, scheme: Scheme) -> Document:
    """The document without its spans; of another's task, with what else the task's data says in `extra`."""
    if _record(data):
        return document_of(data, place.task, scheme)
    titled = {"title": data["title"]} if field != "title" and "title" in data else {}
    document = document_of({**titled, ID: data.get(ID), TEXT: data[field]}, place.task, scheme)
    taken = {ID, field} | ({"title"} if document.meta.title is not None else set())
    rest = {key: part for key, part in data.items() if key not in taken}
    return replace(document, extra={BESIDE: rest}) if rest else document


def _spans(
    regions: RegionSet,
    places: Sequence[tuple[int, int]],
    document: Document,
    record: Mapping[str, Any],
    scheme: Scheme,
    labels: LabelMap | None,
    choice: LatestAnnotation,
    *,
    own: bool,
) -> list[dict[str, Any]]:
    """The spans of regions as plain data; own ones in the order in which they were written."""
    held = record.get("spans")
    beside = held if isinstance(held, dict) else {}
    spans: list[dict[str, Any]] = []
    for region in regions.found if places else ():
        label = region.label if labels is None else labels(region.label)
        if label is None:
            continue
        if label not in scheme.labels:
            fix = f"a label map brings its labels to the scheme's; {did_you_mean(label, list(scheme.labels))}"
            what = f"the label {label!r} is none of {scheme.ref}"
            raise DataError(Problem(what, fix, document=document.id, label=label))
        text, scored = document.text or "", choice.kind == "prediction"
        span, faults = span_of(region, label, places[region.number], text, scheme, scored=scored)
        if span is None or (faults and label == region.label):
            raise DataError(Problem(f"region {region.id!r}: {faults[0].what}", _CORRECT, document=document.id))
        # a value that another label cannot hold is left out, as it is of records
        spans.append(restore_document(span, beside.get(region.id), own=own))
    if own:
        return spans
    distinct = spans if labels is None else {canonical_json(span): span for span in spans}.values()
    return sorted(distinct, key=lambda span: (span["start"], span["end"], span["label"]))


def _layer(choice: LatestAnnotation, regions: RegionSet, record: Mapping[str, Any], scheme: Scheme) -> Any:
    """The layer as plain data: the one that was written, else what the annotation tells, and what marks nothing."""
    made = Layer(
        annotator=choice.annotator,
        scheme=scheme.ref,
        scheme_sha256=scheme.fingerprint,
        created=choice.created,
        lead_time=choice.lead_time,
        skipped=choice.skipped,
    )
    layer = record["layer"] if "layer" in record else msgspec.to_builtins(made)
    known = frozenset(control_names(scheme))
    strange = [item for item in regions.fields() if item["from_name"] not in known]
    more = {key: part for key, part in (("note", regions.note), ("results", [*strange, *regions.others])) if part}
    if not more or not isinstance(layer or {}, dict):
        return layer
    layer = layer or {}
    held_extra = layer.get("extra")
    extra = held_extra if isinstance(held_extra, dict) else {}
    held = extra.get(BESIDE)
    return {**layer, "extra": {**extra, BESIDE: {**(held if isinstance(held, dict) else {}), **more}}}
