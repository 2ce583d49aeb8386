"""The format `studio`: records as a file of tasks that Label Studio imports, and its exports as records.

A file written by goldspan stores in `data.record` what results cannot express, so it gives the same records back. From
an export of any other project, marks over a text are read, whatever their controls are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ....corpus.formats.format_interface import CONTENTS, ReadRequest
from ....corpus.formats.transfer_reports import LossReport
from ....corpus.spans.offsets import resolve_offsets
from ....corpus.storage.file_io import open_writer
from ....corpus.storage.records import SeenIds, duplicate_id_problem
from ....schema import DataError, Document, RecordCodec, Scheme, truncate_problems
from .export_reader import ExportedTask
from .regions import regions_of
from .result_json import results_of
from .task_file import read_tasks
from .task_sidecar import sidecar_of, span_of
from .tasks import RECORD, make_task


class StudioFormat:
    """Label Studio's own JSON format."""

    name = "studio"
    summary = "Label Studio tasks as JSON; `goldspan schema studio-config` prints the labeling config for them"
    file = "tasks.json"
    suffixes: tuple[str, ...] = ()
    folder_patterns: tuple[str, ...] = (file,)
    text_free = False
    holds = tuple(CONTENTS)

    def write(self, documents: Iterable[Document], out: Path, scheme: Scheme, loss: LossReport) -> int:
        """Write documents as tasks; see `Format.write`."""
        codec = RecordCodec(scheme)
        seen = SeenIds()
        count = 0
        with open_writer(str(out)) as stream:
            for document in documents:
                seen.require_new(document.id)
                task = msgspec.json.encode(_task(codec.check(document), scheme, loss))
                stream.write((b",\n" if count else b"[\n") + task)
                count += 1
            stream.write(b"\n]\n" if count else b"[]\n")
        return count

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents from tasks; see `Format.read`. The file is read twice, first to find the unit of offsets."""
        marked, problems = [], []
        for task, location in read_tasks(str(source)):
            try:
                marked.append(ExportedTask.of(task, location).marked())
            except DataError as error:
                problems += error.problems
        if problems:
            raise DataError(truncate_problems(problems, "tasks and regions with errors"))
        resolution = resolve_offsets(lambda: marked)
        request.report.add_conversions(resolution.converted)
        codec = RecordCodec(request.scheme)
        seen = SeenIds()
        for number, (task, location) in enumerate(read_tasks(str(source))):
            exported = ExportedTask.of(task, location)
            offsets = [(start, end) for ((start, end),) in resolution.fragments(number, marked[number])]
            document = exported.document(offsets, codec, request.labels, request.report)
            if seen.is_duplicate(document.id):
                raise location.locate(DataError(duplicate_id_problem(document.id)))
            yield document


def _task(document: Document, scheme: Scheme, loss: LossReport) -> dict[str, Any]:
    spans = [span for span in document.spans if document.surface(span).strip()]
    suggested = any(span.score is not None or span.source is not None for span in spans)
    names = [(document.layer and document.layer.annotator) or "", *(span.source or "" for span in spans)]
    annotator = next(filter(None, names), "goldspan")
    task = make_task(document, {annotator: spans} if suggested else {}, scheme)
    loss.add("spans of white space", document, len(document.spans) - len(spans))
    results = task.suggestions[annotator] if suggested else results_of(document, spans, scheme)
    text = document.text or ""
    sidecars: dict[str, Any] = {}
    for span, region in zip(spans, regions_of(results).regions, strict=True):
        decoded, _ = span_of(region, span.label, (span.start, span.end), text, scheme, scored=suggested)
        if decoded is not None and (sidecar := sidecar_of(span, decoded)):
            sidecars[region.id] = sidecar
    layer = None if document.layer is None else msgspec.to_builtins(document.layer)
    data = task.data()
    data[RECORD] |= {"kind": "prediction" if suggested else "annotation", "layer": layer, "spans": sidecars}
    if suggested:
        return {"data": data, "predictions": task.predictions()}
    if document.layer is None and not spans:
        return {"data": data}
    annotation: dict[str, Any] = {"result": results}
    if document.layer is not None and document.layer.lead_time is not None:
        annotation["lead_time"] = document.layer.lead_time
    if document.layer is not None and document.layer.skipped:
        annotation["was_cancelled"] = True
    return {"data": data, "annotations": [annotation]}


STUDIO = StudioFormat()
"""The instance that the entry point names."""
