"""The format `studio`: records as a file of tasks that Label Studio imports, and its exports as records.

A file of goldspan's own holds in `data.record` what results cannot say, so it gives the same records back. Of any
other project's export marks over a text are taken, whatever their controls are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ....corpus.formats.base import LossReport, ReadReport
from ....corpus.spans.offsets import resolve_offsets
from ....corpus.storage.file_io import open_writer
from ....corpus.storage.label_map import LabelMap
from ....corpus.storage.records import SeenIds, duplicate_id
from ....schema import DataError, Document, RecordCodec, Scheme, truncate_problems
from .export_reader import ExportedTask
from .regions import regions_of
from .results import results_of
from .task_file import read_tasks
from .task_sidecar import sidecar_of, span_of
from .tasks import RECORD, make_task


class StudioFormat:
    """Label Studio's own JSON, as a format."""

    name = "studio"
    summary = "tasks of Label Studio as JSON; `goldspan schema studio-config` has the interface that they need"
    file = "tasks.json"
    suffixes: tuple[str, ...] = ()
    holds: tuple[str, ...] = (file,)
    text_free = False

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """As `Format.write`."""
        codec = RecordCodec(scheme)
        seen = SeenIds()
        count = 0
        with open_writer(str(out)) as stream:
            for document in documents:
                if seen.again(document.id):
                    raise DataError(duplicate_id(document.id))
                task = msgspec.json.encode(_task(codec.validate(document), scheme, loss))
                stream.write((b",\n" if count else b"[\n") + task)
                count += 1
            stream.write(b"\n]\n" if count else b"[]\n")
        return count

    def read(self, source: Path, scheme: Scheme, labels: LabelMap | None, account: ReadReport) -> Iterator[Document]:
        """As `Format.read`; the file is read twice, first for where its spans are."""
        marked, faults = [], []
        for task, place in read_tasks(str(source)):
            try:
                marked.append(ExportedTask.of(task, place).marked())
            except DataError as error:
                faults += error.problems
        if faults:
            raise DataError(truncate_problems(faults, "tasks and regions at fault"))
        settlement = resolve_offsets(lambda: marked)
        account.settled(settlement.moved)
        codec = RecordCodec(scheme)
        seen = SeenIds()
        for number, (task, place) in enumerate(read_tasks(str(source))):
            work = ExportedTask.of(task, place)
            places = [(start, end) for ((start, end),) in settlement.places(number, marked[number])]
            document = work.document(places, codec, labels, account)
            if seen.again(document.id):
                raise place.refusal(DataError(duplicate_id(document.id)))
            yield document


def _task(document: Document, scheme: Scheme, loss: LossReport) -> dict[str, Any]:
    spans = [span for span in document.spans if document.surface(span).strip()]
    suggested = any(span.score is not None or span.source is not None for span in spans)
    named = [(document.layer and document.layer.annotator) or "", *(span.source or "" for span in spans)]
    annotator = next(filter(None, named), "goldspan")
    task = make_task(document, {annotator: spans} if suggested else {}, scheme)
    loss("spans of white space", document, len(document.spans) - len(spans))
    results = task.suggestions[annotator] if suggested else results_of(document, spans, scheme)
    text = document.text or ""
    beside: dict[str, Any] = {}
    for span, region in zip(spans, regions_of(results).found, strict=True):
        read, _ = span_of(region, region.label, (span.start, span.end), text, scheme, scored=suggested)
        if read is not None and (held := sidecar_of(span, read)):
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


STUDIO = StudioFormat()
"""What the entry point names."""
