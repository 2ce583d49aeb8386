"""Conversion of an exported task, with the work on it, to a document with a layer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from .....corpus.formats.foreign.stated_documents import LabelledStatement, StatedDocument
from .....corpus.formats.transfer_reports import ReadReport
from .....corpus.spans.offsets import MarkedText, StatedSpan
from .....corpus.storage.label_map import LabelMap
from .....schema import DataError, Document, Layer, Problem, RecordCodec, Scheme, canonical_json
from ..labeling_config import TEXT, control_names
from ..pickers.picker_controls import picker_names
from ..tasks import ID, RECORD, document_from_task
from .conversations import flatten_conversation
from .latest_annotation import LatestAnnotation
from .region_spans import RegionSpans
from .regions import RegionSet, regions_of
from .task_file import TaskLocation
from .text_field import text_field

EXTRA_KEY = "studio"
"""Key in a layer's `extra` for results that mark nothing, and in a document's for other fields of a foreign task."""


@dataclass(frozen=True, slots=True)
class ExportedTask:
    """A task with an annotation or prediction that is read from it.

    Attributes:
        data: Data of the task, with the document's id.
        location: Location of the task.
        annotation: The annotation or prediction.
        regions: Regions of its results.
        field: Field of the data that contains the text.
        text: The text.
        used: Further fields of the data that the document has elsewhere.
    """

    data: dict[str, Any]
    location: TaskLocation
    annotation: LatestAnnotation
    regions: RegionSet
    field: str
    text: str
    used: frozenset[str]

    @classmethod
    def of(
        cls, task: Mapping[str, Any], location: TaskLocation, annotation: LatestAnnotation, id_field: str = ""
    ) -> ExportedTask:
        """Select what to read from a task.

        Args:
            task: The task.
            location: Location of the task.
            annotation: An annotation or prediction of the task.
            id_field: Field of the data, or of the task, with the id of the document; if empty, `doc_id` or `id` of the
                data.

        Raises:
            DataError: The text is ambiguous, an id is missing, or regions cannot be read; all are listed.
        """
        data, used = with_document_id(task, id_field, location)
        try:
            conversation = None if _record(data) else flatten_conversation(data, annotation.results)
            regions = regions_of(conversation[2] if conversation else annotation.results)
            if regions.problems and not annotation.skipped:
                raise DataError(regions.problems)
            if not regions.regions and regions.unread and not annotation.skipped:
                types = ", ".join(sorted(regions.unread))
                message = f"none of its results mark labels on a text (types: {types})"
                raise DataError(Problem(message, "export a project that marks its texts with `Labels`"))
            if len(regions.texts) > 1:
                message = f"it has several texts ({', '.join(sorted(regions.texts))}), but a record has only one"
                raise DataError(Problem(message, "export a project with one text"))
            if conversation:
                return cls(data, location, annotation, regions, conversation[0], conversation[1], used)
            field = TEXT if _record(data) else text_field(data, regions.marks)
        except DataError as error:
            raise location.locate(error, _document_id(data)) from error
        text = data.get(field)
        return cls(data, location, annotation, regions, field, text if isinstance(text, str) else "", used)

    def stated(self) -> StatedDocument:
        """Return what the file states: a span for each label of each mark; none if the task was skipped."""
        read = set(map(id, self._marks))
        marks = [(region.label, self.regions.marks[region.number]) for region in self.regions.regions]
        spans = [
            LabelledStatement(label, mark.fragments, mark.words, self._name(mark), self.location.line)
            for label, mark in marks
            if id(mark) in read
        ]
        return StatedDocument(
            self.text, spans, self._document_name, self.location.path, annotator=self.annotation.annotator
        )

    def marked(self) -> MarkedText:
        """Return the text with its marks, each of which may have several labels; without marks if it was skipped."""
        spans = [mark._replace(name=self._name(mark), line=self.location.line) for mark in self._marks]
        return MarkedText(self.text, spans, self.location.path, self._document_name)

    def unnamed(self) -> MarkedText:
        """Return the text with its marks like `marked`, without what messages say of them."""
        return MarkedText(self.text, self._marks)

    def size(self) -> int:
        """Return about how many bytes of memory it takes."""
        return 6000 + 2 * len(self.text) + 2500 * len(self.annotation.results)

    def _name(self, mark: StatedSpan) -> str:
        return f"task {self.location.task}: {mark.name}"

    @property
    def _document_name(self) -> str:
        return _document_id(self.data) or f"task-{self.location.task}"

    @property
    def _marks(self) -> list[StatedSpan]:
        own = _record(self.data).get("kind") == self.annotation.kind
        return self.regions.marks if own or not self.annotation.skipped else []

    def document(
        self,
        offsets: Sequence[tuple[int, int]],
        unit: str,
        codec: RecordCodec,
        labels: LabelMap | None,
        report: ReadReport,
    ) -> Document:
        """Return the document with its layer.

        Args:
            offsets: Start and end of each mark, in code points.
            unit: The unit that they were converted from; empty if they are as stated.
            codec: Codec of the scheme.
            labels: Maps foreign labels to those of the scheme.
            report: Receives what is left out or changed.

        Raises:
            DataError: The document is invalid.
        """
        annotation, regions = self.annotation, self.regions
        record = _record(self.data)
        own = record.get("kind") == annotation.kind
        try:
            document = self._bare_document(codec.scheme)
            _report_omissions(document.id, annotation, regions, report, read=bool(offsets))
            if isinstance(self.data.get(self.field), list):
                report.changed.add("conversations read as the text of their utterances", document.id)
            if annotation.kind is None:
                return document
            spans = RegionSpans(self.stated(), document.text or "", codec.scheme, labels, report, unit)
            work = {
                "spans": spans.of(regions, offsets, record, scored=annotation.kind == "prediction", own=own),
                "layer": _layer(annotation, record if own else {}, codec.scheme),
            }
            document = codec.from_mapping(msgspec.to_builtins(document) | work)
            return replace(document, layer=_with_unplaced(document.layer, regions, codec.scheme, spans.placed))
        except DataError as error:
            raise self.location.locate(error) from error

    def _bare_document(self, scheme: Scheme) -> Document:
        """Return the document without spans; for a foreign task, with the remaining data in `extra`."""
        data, field, task = self.data, self.field, self.location.task
        if _record(data):
            return document_from_task(data, task, scheme)
        title = {"title": data["title"]} if field != "title" and "title" in data else {}
        document = document_from_task({**title, ID: data.get(ID), TEXT: self.text}, task, scheme)
        used = {ID, *self.used} | ({"title"} if document.meta.title is not None else set())
        used |= {field} if isinstance(data.get(field), str) else set()  # a conversation also names its speakers
        rest = {key: value for key, value in data.items() if key not in used}
        return replace(document, extra={EXTRA_KEY: rest}) if rest else document


def with_document_id(
    task: Mapping[str, Any], id_field: str, location: TaskLocation
) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the data of a task with the id of its document as `doc_id`, and the field of the data that states it.

    Raises:
        DataError: The named field is missing, or no id.
    """
    data: dict[str, Any] = task["data"]
    for source, name in ((data, id_field), (task, id_field)) if id_field else ((data, ID), (data, "id")):
        found = source.get(name)
        if (isinstance(found, str) and found) or (isinstance(found, int) and not isinstance(found, bool)):
            return {**data, ID: str(found)}, frozenset([name] if source is data else [])
    if not id_field:
        return data, frozenset()
    stated = next((source[id_field] for source in (data, task) if id_field in source), None)
    what = (
        f"has no id in {id_field!r}"
        if stated is None
        else f"{id_field!r} is not an id: {canonical_json(stated)[:40]!r}"
    )
    known = ", ".join(key for key, value in data.items() if isinstance(value, str | int))
    raise location.error(what, f"name a field that every task has as `id_field`; its data has {known or 'none'}")


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


def _with_unplaced(layer: Layer | None, regions: RegionSet, scheme: Scheme, placed: Collection[int]) -> Layer | None:
    """Return the layer with the note on the document, and in `extra` with the results that mark nothing.

    Args:
        layer: The layer.
        regions: Regions of the results.
        scheme: Scheme of the document.
        placed: Identities of the results that are in the values of spans.
    """
    known = frozenset((*control_names(scheme), *picker_names(scheme)))
    details = regions.unplaced_details()
    foreign = [item for item in details if item["from_name"] not in known and id(item) not in placed]
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
