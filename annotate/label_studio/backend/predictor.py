"""Suggestions for tasks of Label Studio: tasks in, answers out, whatever single tasks do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ....corpus.spans.fitting import CHANGES
from ....schema import DataError, DependencyError, Document, Extractor, RecordCodec, Scheme
from ...runner.extractor_run import ExtractorRun
from ...runner.readiness import SAMPLE, load_extractor_model
from ..mapping.tasks import document_of, make_task

_TOGETHER = 32
"""Documents that the extractor gets at once; between them a call can be stopped."""

Answer = dict[str, Any]
LogCallback = Callable[[str], None]


class Predictor:
    """An extractor that answers tasks.

    What it tells never has words of a text: a task's number and the kind of the fault.

    Args:
        extractor: Called in one thread at a time by whoever uses this.
        scheme: Of the project.
        tell: Told which tasks have no suggestions, and why.

    Attributes:
        name: The extractor's; the version of each answer.
    """

    def __init__(self, extractor: Extractor, scheme: Scheme, tell: LogCallback) -> None:
        self.name = extractor.name
        self._extractor = extractor
        self._run = ExtractorRun(extractor, scheme)
        self._codec = RecordCodec(scheme)
        self._scheme = scheme
        self._tell = tell

    def warm(self) -> None:
        """Loads the extractor and calls it once, so that the first task does not wait for models to load.

        Raises:
            DependencyError: It fails on a plain sentence.
            GoldspanError: It cannot be loaded, or lacks an argument without which it can do nothing.
        """
        load_extractor_model(self._extractor)
        [outcome] = self._run.annotate_batch([SAMPLE])
        if outcome.problem is not None:
            raise DependencyError(f"{outcome.problem.what}. Fix: mend --extractor")

    def answers(self, tasks: Sequence[Any], stopped: Callable[[], bool] = lambda: False) -> list[Answer]:
        """The answers to tasks, in their order; one that makes trouble has an empty answer, which is told.

        Args:
            tasks: As Label Studio sends them: `id` and `data`.
            stopped: Asked now and then; where it says so, the rest is not looked at.

        Raises:
            DependencyError: The extractor cannot go on, whatever the task.
            UsageError: As the former.
        """
        empty: Answer = {"result": [], "score": None, "model_version": self.name}
        answers = [dict(empty) for _ in tasks]
        for start in range(0, len(tasks), _TOGETHER):
            if stopped():
                break
            documents: dict[int, Document] = {}
            for place, task in enumerate(tasks[start : start + _TOGETHER], start):
                try:
                    documents[place] = self._document(task, place)
                except DataError as error:
                    self._tell(f"{_called(task)}: no suggestions: {error.problems[0].fix or 'its data is at fault'}")
            if not documents:
                continue
            outcomes = self._run.annotate_batch(list(documents.values()))
            for what, count in sorted((outcomes[0].tally or {}).items()):
                if what.startswith(CHANGES):
                    self._tell(f"suggestions {what}: {count}")
            for place, outcome in zip(documents, outcomes, strict=True):
                if outcome.problem is not None:
                    self._tell(f"{_called(tasks[place])}: no suggestions: {self.name} failed: {outcome.kind}")
                    continue
                found = self._codec.decode(outcome.line)
                [prediction] = make_task(found, {self.name: found.spans}, self._scheme).predictions()
                answers[place] |= prediction
        return answers

    def _document(self, task: Any, place: int) -> Document:
        """The document of a task, under an id that no other task of the call has.

        Raises:
            DataError: There is none, or not one that can be shown.
        """
        task = task if isinstance(task, dict) else {}
        document = msgspec.structs.replace(document_of(task.get("data"), 0, self._scheme), id=str(place))
        make_task(document, {}, self._scheme)
        return document


def _called(task: Any) -> str:
    number = task.get("id") if isinstance(task, dict) else None
    return f"task {number}" if isinstance(number, int) else "a task without a number"
