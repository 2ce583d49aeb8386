"""Reading of the documents of an export, after all its tasks have been looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .....corpus.formats.foreign.refused_spans import audit_refused
from .....corpus.formats.foreign.repeated_reading import RepeatedReading
from .....corpus.formats.format_interface import ReadRequest
from .....corpus.spans.unstated_offsets import resolve_or_guess_offsets
from .....corpus.storage.shards.seen_ids import SeenIds
from .....schema import DataError, Document, Problem, RecordCodec, UsageError, truncate_problems
from ..tasks import ID, RECORD
from .accounts import Accounts
from .export_reader import ExportedTask
from .latest_annotation import LatestAnnotation, annotations_by_person, annotations_in, latest_annotation
from .task_file import TaskLocation, read_tasks


def read_exported(source: Path, request: ReadRequest) -> Iterator[Document]:
    """Yield the documents of an export: a document for each task, or for each person who annotated it.

    A large file is read three times, first to find the accounts and then the unit of offsets.

    Args:
        source: As in `read_tasks`.
        request: As in `FormatReader.read`.

    Raises:
        DataError: Tasks or regions are invalid, all of which are listed with their lines.
        UsageError: The work of each person is wanted, and the file names nobody.
    """
    selection = _Selection(source, request)
    problems: list[Problem] = []
    tasks = RepeatedReading(lambda: selection.exported(problems), ExportedTask.size)
    try:
        resolution = resolve_or_guess_offsets(lambda: (exported.marked() for exported in tasks))
    except DataError:
        if not problems:
            audit_refused((exported.stated() for exported in tasks), request.report.audit)
            raise
    if problems:
        raise DataError(truncate_problems(problems, "tasks and regions with errors"))
    request.report.add_conversions(resolution.converted)
    for name in resolution.doubtful:
        request.report.changed.add("documents read in code points, which may count UTF-16 code units", name)
    codec = RecordCodec(request.scheme)
    seen: dict[str | None, SeenIds] = defaultdict(SeenIds)
    for number, exported in enumerate(tasks):
        offsets = [(start, end) for ((start, end),) in resolution.fragments(number, exported.unnamed())]
        unit = resolution.unit_of(number)
        document = exported.document(offsets, unit, codec, request.labels, request.report)
        if seen[exported.annotation.annotator].is_duplicate(document.id):
            fix = "give each task its own id, or name the field that has it as `id_field`"
            raise exported.location.locate(DataError(Problem("duplicate document id", fix, document=document.id)))
        yield document


class _Selection:
    """What is read of an export.

    Args:
        source: The export.
        request: What the call asks for.

    Raises:
        UsageError: The work of each person is wanted, and the file names nobody.
    """

    def __init__(self, source: Path, request: ReadRequest) -> None:
        self._options = request.options
        annotations: list[dict[str, Any]] = []
        models = False
        self._tasks = RepeatedReading(lambda: read_tasks(source), _size)
        for task, _ in self._tasks:
            annotations += ({"completed_by": item.get("completed_by")} for item in annotations_in(task))
            predictions = task.get("predictions")
            models = models or any(
                isinstance(item, dict) and item.get("model_version")
                for item in (predictions if isinstance(predictions, list) else ())
            )
        self._accounts = Accounts(annotations)
        self._annotated = bool(annotations)
        self._models = models and not annotations
        if request.options.passes and not self._models and not any(map(self._accounts.name, annotations)):
            raise UsageError(f"{source}: the file names no annotators. Fix: leave out `passes`")

    def exported(self, problems: list[Problem]) -> Iterator[ExportedTask]:
        """Yield what is read of each task, and set the problems of those that cannot be read."""
        problems.clear()
        for task, location in self._tasks:
            try:
                annotations = self._annotations(task)
            except DataError as error:
                name = task["data"].get(ID)
                problems += location.locate(error, name if isinstance(name, str) else "").problems
                continue
            for annotation in annotations:
                try:
                    exported = ExportedTask.of(task, location, annotation, self._options.id_field)
                except DataError as error:
                    problems += error.problems
                else:
                    yield exported

    def _annotations(self, task: dict[str, Any]) -> list[LatestAnnotation]:
        if self._options.passes:
            return annotations_by_person(task, self._accounts, models=self._models)
        if self._annotated and RECORD not in task["data"] and not annotations_in(task):
            # predictions are not a person's work, and could not be told apart from it in a record
            return annotations_by_person(task, self._accounts, models=False)
        return [latest_annotation(task, self._accounts)]


def _size(item: tuple[dict[str, Any], TaskLocation]) -> int:
    """Return about how many bytes of memory a task takes."""
    task, _ = item
    found = (annotation.get("result") for annotation in annotations_in(task))
    results = sum(len(result) for result in found if isinstance(result, list))
    return 4000 + 2 * sum(len(part) for part in task["data"].values() if isinstance(part, str)) + 1500 * results
