"""The format `studio`: records as a file of tasks that Label Studio imports, and its exports as records.

A file written by goldspan stores in `data.record` what results cannot express, so it gives the same records back. From
an export of any other project, as JSON or JSON-MIN, or from a target storage, marks over a text are read, whatever
their controls are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from ....corpus.formats.file_sample import FileSample
from ....corpus.formats.format_interface import CONTENTS, ReadRequest
from ....corpus.formats.transfer_reports import LossReport
from ....corpus.storage.file_io import open_writer
from ....corpus.storage.shards.seen_ids import SeenIds
from ....schema import Document, RecordCodec, Scheme
from .exports.regions import regions_of
from .exports.task_file import TASKS
from .exports.task_reader import read_exported
from .exports.task_shapes import is_task
from .exports.task_sidecar import sidecar_of, span_of
from .result_json import results_of
from .tasks import RECORD, make_task


class StudioFormat:
    """Label Studio's own JSON format."""

    name = "studio"
    summary = "Label Studio tasks as JSON; `goldspan schema studio-config` prints the labeling config for them"
    file = TASKS
    suffixes: tuple[str, ...] = ()
    folder_patterns: tuple[str, ...] = (file,)
    audited = True
    holds = tuple(CONTENTS)
    read_options = ("id_field", "passes")

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

    def recognises(self, sample: FileSample) -> bool:
        """Return whether the items of a file, or of the files of a folder, are tasks in a shape of Label Studio."""
        if sample.is_folder:
            files = [FileSample(sample.path / TASKS)] if TASKS in sample.names else list(sample)
            return bool(files) and all(map(self.recognises, files))
        return bool(sample.items) and all(map(is_task, sample.items))

    def read(self, source: Path, request: ReadRequest) -> Iterator[Document]:
        """Read documents from tasks; see `Format.read`."""
        return read_exported(source, request)


def _task(document: Document, scheme: Scheme, loss: LossReport) -> dict[str, Any]:
    spans = [span for span in document.spans if document.surface(span).strip()]
    suggested = any(span.score is not None or span.source is not None for span in spans)
    names = [(document.layer and document.layer.annotator) or "", *(span.source or "" for span in spans)]
    annotator = next(filter(None, names), "goldspan")
    task = make_task(document, {annotator: spans} if suggested else {}, scheme)
    loss.add("spans of white space", document, len(document.spans) - len(spans))
    results = task.contents().suggestions[annotator] if suggested else results_of(document, spans, scheme)
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
        return {"data": data, "predictions": task.predictions(data)}
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
