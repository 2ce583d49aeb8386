"""The format `studio`: records as a file of tasks that Label Studio imports, and its exports as records.

A file of goldspan's own holds in `data.record` what results cannot say, so it gives the same records back. Of any
other project's export marks over a text are taken, whatever their controls are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from ...corpus.files import writing
from ...corpus.formats.base import Loss
from ...corpus.label_map import LabelMap
from ...corpus.records import SeenIds, doubled_id
from ...schema import DataError, Document, Layer, Problem, RecordCodec, Scheme, canonical_json, did_you_mean
from .choice import Choice, choose
from .interface import TEXT, control_names
from .kept import kept, restored, span_of
from .regions import Regions, fitting, regions_of
from .results import results_of
from .task_file import Place, read_tasks
from .tasks import ID, RECORD, document_of, make_task

BESIDE = "studio"
"""Where `extra` of a layer keeps results that mark nothing, and that of a document other fields of a foreign task."""

_MEND = "mend it in the task and export again"
_ONE = "export one annotator's work; of a running server `goldspan studio pull --out FOLDER` makes a layer of each"


class Exchange:
    """Label Studio's own JSON, as a format."""

    name = "studio"
    summary = "tasks of Label Studio as JSON; `goldspan schema studio-config` has the interface that they need"
    file = "tasks.json"
    suffixes: tuple[str, ...] = ()
    holds: tuple[str, ...] = (file,)
    text_free = False

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: Loss) -> int:
        """As `Format.write`."""
        codec = RecordCodec(scheme)
        seen = SeenIds()
        count = 0
        with writing(str(out)) as stream:
            for document in documents:
                if seen.again(document.id):
                    raise DataError(doubled_id(document.id))
                task = msgspec.json.encode(_task(codec.checked(document), scheme, loss))
                stream.write((b",\n" if count else b"[\n") + task)
                count += 1
            stream.write(b"\n]\n" if count else b"[]\n")
        return count

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None) -> Iterator[Document]:
        """As `Format.read`."""
        codec = RecordCodec(scheme)
        seen = SeenIds()
        for task, place in read_tasks(str(source)):
            document = _document(task, place, codec, labels)
            if seen.again(document.id):
                raise place.refusal(DataError(doubled_id(document.id)))
            yield document


def _task(document: Document, scheme: Scheme, loss: Loss) -> dict[str, Any]:
    spans = [span for span in document.spans if document.surface(span).strip()]
    suggested = any(span.score is not None or span.source is not None for span in spans)
    named = [(document.layer and document.layer.annotator) or "", *(span.source or "" for span in spans)]
    annotator = next(filter(None, named), "goldspan")
    task = make_task(document, {annotator: spans} if suggested else {}, scheme)
    loss("spans of white space", document, len(document.spans) - len(spans))
    results = task.suggestions[annotator] if suggested else results_of(document, spans, scheme)
    text = document.text or ""
    beside: dict[str, Any] = {}
    for span, region in zip(spans, regions_of(results, text).found, strict=True):
        read, _ = span_of(region, region.label, text, scheme, scored=suggested)
        if read is not None and (held := kept(span, read)):
            beside[region.id] = held
    layer = None if document.layer is None else msgspec.to_builtins(document.layer)
    data = task.data()
    data[RECORD] |= {"kind": "prediction" if suggested else "annotation", "layer": layer, "spans": beside}
    if suggested:
        return {"data": data, "predictions": task.predictions()}
    if document.layer is None and not spans:
        return {"data": data}
    about: dict[str, Any] = {"result": results}
    if document.layer is not None and document.layer.lead_time is not None:
        about["lead_time"] = document.layer.lead_time
    if document.layer is not None and document.layer.skipped:
        about["was_cancelled"] = True
    return {"data": data, "annotations": [about]}


def _document(task: Mapping[str, Any], place: Place, codec: RecordCodec, labels: LabelMap | None) -> Document:
    data: dict[str, Any] = task["data"]
    name = data[ID] if isinstance(data.get(ID), str) else ""
    try:
        choice = choose(task)
    except ValueError as error:
        raise place.fault(str(error), _ONE, name) from error
    try:
        field = TEXT if _record(data) else fitting(data, choice.results if choice else ())
        document = _bare(data, field, place, codec.scheme)
        if choice is None:
            return document
        found = regions_of(choice.results, document.text or "")
        own = _record(data).get("kind") == choice.kind
        made = {
            "spans": _spans(found, document, _record(data), codec.scheme, labels, choice, own=own),
            "layer": _layer(choice, found, _record(data) if own else {}, codec.scheme),
        }
        return codec.decode(msgspec.json.encode(msgspec.to_builtins(document) | made))
    except ValueError as error:
        raise place.fault(str(error), _MEND, name) from error
    except DataError as error:
        raise place.refusal(error) from error


def _record(data: Mapping[str, Any]) -> dict[str, Any]:
    """What goldspan wrote beside the text; empty in a task of another's."""
    record = data.get(RECORD)
    return record if isinstance(record, dict) else {}


def _bare(data: Mapping[str, Any], field: str, place: Place, scheme: Scheme) -> Document:
    """The document without its spans; of another's task, with what else the task's data says in `extra`."""
    if _record(data):
        return document_of(data, place.task, scheme)
    titled = {"title": data["title"]} if field != "title" and "title" in data else {}
    document = document_of({**titled, ID: data.get(ID), TEXT: data[field]}, place.task, scheme)
    taken = {ID, field} | ({"title"} if document.meta.title is not None else set())
    rest = {key: part for key, part in data.items() if key not in taken}
    return replace(document, extra={BESIDE: rest}) if rest else document


def _spans(
    found: Regions,
    document: Document,
    record: Mapping[str, Any],
    scheme: Scheme,
    labels: LabelMap | None,
    choice: Choice,
    *,
    own: bool,
) -> list[dict[str, Any]]:
    """The spans of regions as plain data; own ones in the order in which they were written."""
    held = record.get("spans")
    beside = held if isinstance(held, dict) else {}
    spans: list[dict[str, Any]] = []
    for region in found.found if own or not choice.skipped else ():
        label = region.label if labels is None else labels(region.label)
        if label is None:
            continue
        if label not in scheme.labels:
            fix = f"a label map brings its labels to the scheme's; {did_you_mean(label, list(scheme.labels))}"
            what = f"the label {label!r} is none of {scheme.ref}"
            raise DataError(Problem(what, fix, document=document.id, label=label))
        span, faults = span_of(region, label, document.text or "", scheme, scored=choice.kind == "prediction")
        if span is None or (faults and label == region.label):
            raise DataError(Problem(f"region {region.id!r}: {faults[0].what}", _MEND, document=document.id))
        # a value that another label cannot hold is left out, as it is of records
        spans.append(restored(span, beside.get(region.id), own=own))
    if own:
        return spans
    distinct = spans if labels is None else {canonical_json(span): span for span in spans}.values()
    return sorted(distinct, key=lambda span: (span["start"], span["end"], span["label"]))


def _layer(choice: Choice, found: Regions, record: Mapping[str, Any], scheme: Scheme) -> Any:
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
    strange = [item for item in found.fields() if item["from_name"] not in known]
    more = {key: part for key, part in (("note", found.note), ("results", [*strange, *found.others])) if part}
    if not more or not isinstance(layer or {}, dict):
        return layer
    layer = layer or {}
    held_extra = layer.get("extra")
    extra = held_extra if isinstance(held_extra, dict) else {}
    held = extra.get(BESIDE)
    return {**layer, "extra": {**extra, BESIDE: {**(held if isinstance(held, dict) else {}), **more}}}


STUDIO = Exchange()
"""What the entry point names."""
