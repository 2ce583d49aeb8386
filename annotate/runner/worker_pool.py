"""Processes that read batches for a run: in order, bounded in memory, and none left when the run ends.

Each worker has a pipe of its own, so that a process that dies takes no other's work along, and an interrupted parent
can leave at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing import active_children, get_context
from multiprocessing.connection import Connection, wait

from ...schema import DependencyError, Document, GoldspanError, Problem, Scheme
from ..registry import load_extractor
from .run import AnnotationOutcome, ExtractorRun
from .worker_process import spawn, terminate, worker_main

_CONTEXT = get_context("spawn")  # the same on every system, and no thread of the parent is copied half-way
_AHEAD = 2


class _Worker:
    """A process with an extractor of its own, and the batch that it has.

    Attributes:
        ready: Whether its extractor is made.
        number: Of the batch that it reads; None while it waits for one.
        batch: What it reads.
    """

    def __init__(self, extractor: str, scheme: Scheme) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, extractor, scheme), daemon=True)
        spawn(self._process)
        theirs.close()  # the worker's death is then the end of the pipe
        self.ready = False
        self.number: int | None = None
        self.batch: list[Document] = []

    def read(self, number: int, batch: list[Document]) -> None:
        """Gives it a batch."""
        self.number, self.batch = number, batch
        self.pipe.send(batch)

    def answer(self) -> list[AnnotationOutcome] | None:
        """What became of its batch; None for the word that it is ready, after which the batch is read.

        Raises:
            EOFError: The process has ended.
            GoldspanError: The extractor cannot go on.
        """
        try:
            answer = self.pipe.recv()
        except ConnectionError as error:
            raise EOFError from error
        if isinstance(answer, GoldspanError):
            raise answer
        if answer is None:
            self.ready = True
            return None
        self.number, self.batch = None, []
        outcomes: list[AnnotationOutcome] = answer
        return outcomes

    def end(self) -> None:
        """Ends the process: at once where it waits, else what it runs goes first."""
        if self.number is None:
            self._process.kill()
        terminate(self._process)
        self.pipe.close()

    def ask_to_end(self) -> None:
        """Lets it begin to end, while others do so too."""
        self._process.terminate()


def _serve(pipe: Connection, extractor: str, scheme: Scheme) -> None:
    """What a worker does: batches in, outcomes out, until the pipe ends."""
    with worker_main(), suppress(EOFError, BrokenPipeError):  # the parent has ended
        try:
            run = ExtractorRun(load_extractor(extractor, scheme), scheme)
            pipe.send(None)
            while True:
                try:
                    pipe.send(run.whole(pipe.recv()))
                except GoldspanError as error:
                    pipe.send(error)
        except GoldspanError as error:
            pipe.send(DependencyError(str(error)))


class WorkerPool:
    """Runs an extractor in several processes.

    Args:
        extractor: Its name and arguments, by which each process makes its own.
        scheme: The scheme of the layers.
        workers: How many processes.
    """

    def __init__(self, extractor: str, scheme: Scheme, workers: int) -> None:
        self._extractor = extractor
        self._scheme = scheme
        self._most = workers
        self._workers: list[_Worker] = []

    def run(self, batches: Iterable[list[Document]]) -> Iterator[AnnotationOutcome]:
        """The outcomes in the order of the documents.

        Raises:
            DependencyError: The extractor cannot be started in a process of its own, or cannot go on.
        """
        others = {process.pid for process in active_children()}
        try:
            yield from self._run(enumerate(batches))
        finally:
            for worker in self._workers:
                worker.ask_to_end()
            for worker in self._workers:
                worker.end()
            # an interruption may have come between a process and its being noted
            for process in active_children():
                if process.pid not in others:
                    process.kill()

    def _run(self, batches: Iterator[tuple[int, list[Document]]]) -> Iterator[AnnotationOutcome]:
        done: dict[int, list[AnnotationOutcome]] = {}
        out = given = 0
        more = True
        while more or out < given:
            while more and given - out < _AHEAD * self._most and (worker := self._idle()) is not None:
                following = next(batches, None)
                if following is None:
                    more = False
                else:
                    worker.read(*following)
                    given += 1
            if out < given and out not in done:
                self._collect(done)
            while out in done:
                yield from done.pop(out)
                out += 1

    def _idle(self) -> _Worker | None:
        while len(self._workers) < self._most:
            self._started()  # all at once: each takes seconds to make its extractor
        return next((worker for worker in self._workers if worker.number is None), None)

    def _started(self) -> _Worker:
        worker = _Worker(self._extractor, self._scheme)
        self._workers.append(worker)
        return worker

    def _collect(self, done: dict[int, list[AnnotationOutcome]]) -> None:
        """Waits until some worker has answered, and takes the answers."""
        busy = {worker.pipe: worker for worker in self._workers if worker.number is not None}
        for pipe in wait(list(busy)):
            worker = next(worker for known, worker in busy.items() if known is pipe)
            number, batch = worker.number, worker.batch
            assert number is not None
            try:
                outcomes = worker.answer()
            except EOFError:
                self._lost(worker)
                outcomes = [outcome for document in batch for outcome in self._alone(document)]
            if outcomes is not None:
                done[number] = outcomes

    def _lost(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()
        if not worker.ready:
            name = repr(self._extractor)
            raise DependencyError(f"the extractor {name} cannot be started in a process of its own. Fix: --workers 1")

    def _alone(self, document: Document) -> list[AnnotationOutcome]:
        """A document of a batch that ended its process, read by itself: it may be the one that does it."""
        worker = next((known for known in self._workers if known.number is None), None) or self._started()
        worker.read(-1, [document])
        try:
            outcomes = worker.answer()
            while outcomes is None:
                outcomes = worker.answer()
        except EOFError:
            self._lost(worker)
            problem = Problem("the process that read it ended", "look at its text", document=document.id)
            return [AnnotationOutcome(b"", problem, text_sha256=document.sealed().text_sha256)]
        return outcomes
