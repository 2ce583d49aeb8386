"""Suggestions for tasks of Label Studio; a faulty task never affects the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ....corpus.spans.layer_correction import CHANGE_PREFIXES
from ....schema import DataError, DependencyError, Document, Extractor, Scheme
from ...runner.extractor_run import ExtractorRun
from ...runner.readiness import SAMPLE, load_extractor_model
from ..mapping.tasks import TaskLists, document_from_task, make_task
from .predict_request import Answer, PredictRequest

_BATCH = 32
"""Documents passed to the extractor at once; a request can be stopped between batches."""

LogCallback = Callable[[str], None]


class Predictor:
    """An extractor that predicts on tasks.

    Log lines never contain any part of a text: only a task's id and the kind of the error.

    Args:
        extractor: The extractor; the user of this class calls it from one thread at a time.
        scheme: Scheme of the project.
        log: Called with a line for each task without suggestions, with the reason.

    Attributes:
        name: Name of the extractor; the model version of each prediction.
    """

    def __init__(self, extractor: Extractor, scheme: Scheme, log: LogCallback) -> None:
        self.name = extractor.name
        self._extractor = extractor
        self._run = ExtractorRun(extractor, scheme)
        self._scheme = scheme
        self._lists = TaskLists(scheme, {}, None)  # picks only of what a task offers, as projects may lack pickers
        self._log = log

    def warm_up(self) -> None:
        """Load the extractor and call it once, so that the first task does not wait for models to load.

        Raises:
            DependencyError: The extractor fails on a plain sentence.
            GoldspanError: It cannot be loaded, or lacks an argument that it needs.
        """
        load_extractor_model(self._extractor)
        [outcome] = self._run.annotate_batch([SAMPLE])
        if outcome.problem is not None:
            raise DependencyError(f"{outcome.problem.what}. Fix: correct the argument of the `extractor`")

    def answer(self, request: PredictRequest, stopped: Callable[[], bool]) -> list[Answer]:
        """Return a prediction for each task, in order; an empty one for a task that fails, which is logged.

        Args:
            request: The request, whose tasks have `id` and `data`.
            stopped: Checked between batches; once true, the remaining tasks get empty predictions.

        Raises:
            DependencyError: The extractor fails for a reason other than the task.
            UsageError: As above.
        """
        tasks = request.tasks
        empty: Answer = {"result": [], "score": None, "model_version": self.name}
        answers = [dict(empty) for _ in tasks]
        for start in range(0, len(tasks), _BATCH):
            if stopped():
                break
            documents: dict[int, Document] = {}
            for index, task in enumerate(tasks[start : start + _BATCH], start):
                try:
                    documents[index] = self._document(task, index)
                except DataError as error:
                    reason = error.problems[0].fix or "invalid data"
                    self._log(f"{_task_name(task)}: no suggestions: {reason}")
            if not documents:
                continue
            outcomes = self._run.annotate_batch(list(documents.values()))
            for change, count in sorted((outcomes[0].tally or {}).items()):
                if change.startswith(CHANGE_PREFIXES):
                    self._log(f"suggestions {change}: {count}")
            for index, outcome in zip(documents, outcomes, strict=True):
                document = outcome.document
                if document is None:
                    self._log(f"{_task_name(tasks[index])}: no suggestions: {self.name} failed: {outcome.kind}")
                    continue
                data = tasks[index]["data"]
                task = make_task(document, {self.name: document.spans}, self._scheme, lists=self._lists)
                [prediction] = task.predictions(data)
                answers[index] |= prediction
        return answers

    def _document(self, task: Any, index: int) -> Document:
        """Return the document of a task, with an id that is unique in the request.

        Raises:
            DataError: The task has no document, or one that Label Studio cannot show.
        """
        task = task if isinstance(task, dict) else {}
        document = msgspec.structs.replace(document_from_task(task.get("data"), 0, self._scheme), id=str(index))
        make_task(document, {}, self._scheme)
        return document


def _task_name(task: Any) -> str:
    task_id = task.get("id") if isinstance(task, dict) else None
    return f"task {task_id}" if isinstance(task_id, int) else "a task without an id"
