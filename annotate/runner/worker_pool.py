"""A pool of processes that annotate batches: in order, in bounded memory, and with none left when the run ends.

Each worker has its own pipe, so that a process that dies does not affect the work of the others, and an interrupted
parent can exit at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing import active_children, get_context
from multiprocessing.connection import Connection, wait

from ...schema import DependencyError, Document, GoldspanError, Problem, RecordCodec, Scheme
from ..registry import load_extractor
from .extractor_run import ExtractorRun
from .outcome import AnnotationOutcome
from .worker_process import spawn, terminate, worker_main

_CONTEXT = get_context("spawn")  # works the same on every system, and never copies a thread of the parent midway
_BATCHES_PER_WORKER = 2


class _Worker:
    """A process with its own extractor, and the batch assigned to it.

    Attributes:
        ready: Whether its extractor is loaded.
        batch_number: The number of the batch that it is processing; None while it is idle.
        batch: The documents that it is processing.
    """

    def __init__(self, spec: str, scheme: Scheme) -> None:
        self.pipe, child_pipe = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(child_pipe, spec, scheme), daemon=True)
        spawn(self._process)
        child_pipe.close()  # so that the worker's death ends the pipe
        self.ready = False
        self.batch_number: int | None = None
        self.batch: list[Document] = []

    def send(self, batch_number: int, batch: list[Document]) -> None:
        """Assign a batch to the worker."""
        self.batch_number, self.batch = batch_number, batch
        self.pipe.send(batch)

    def receive(self) -> list[AnnotationOutcome] | None:
        """Return the outcomes of the batch, or None for the message that the worker is ready to process it.

        Raises:
            EOFError: The process has ended.
            GoldspanError: The extractor cannot continue.
        """
        try:
            message = self.pipe.recv()
        except ConnectionError as error:
            raise EOFError from error
        if isinstance(message, GoldspanError):
            raise message
        if message is None:
            self.ready = True
            return None
        self.batch_number, self.batch = None, []
        outcomes: list[AnnotationOutcome] = message
        return outcomes

    def request_stop(self) -> None:
        """Ask the process to stop, without waiting for it."""
        self._process.terminate()

    def stop(self) -> None:
        """End the process: at once if it is idle, otherwise after whatever it has started."""
        if self.batch_number is None:
            self._process.kill()
        terminate(self._process)
        self.pipe.close()


def _serve(pipe: Connection, spec: str, scheme: Scheme) -> None:
    """Process batches from the pipe until it ends."""
    with worker_main(), suppress(EOFError, BrokenPipeError):  # raised when the parent has ended
        try:
            run = ExtractorRun(load_extractor(spec, scheme), scheme)
            pipe.send(None)
            while True:
                try:
                    pipe.send(run.annotate_batch(pipe.recv()))
                except GoldspanError as error:
                    pipe.send(error)
        except GoldspanError as error:
            pipe.send(DependencyError(str(error)))


class WorkerPool:
    """A pool of processes that run the same extractor.

    Args:
        spec: The extractor's name and arguments, from which each process loads its own.
        scheme: The scheme of the layers.
        workers: The number of processes.
    """

    def __init__(self, spec: str, scheme: Scheme, workers: int) -> None:
        self._spec = spec
        self._scheme = scheme
        self._codec = RecordCodec(scheme)
        self._max_workers = workers
        self._workers: list[_Worker] = []

    def run(self, batches: Iterable[list[Document]]) -> Iterator[AnnotationOutcome]:
        """Yield the outcomes in the order of the documents.

        Raises:
            DependencyError: The extractor cannot be started in a separate process, or cannot continue.
        """
        earlier_children = {process.pid for process in active_children()}
        try:
            for outcome in self._run(enumerate(batches)):
                outcome.codec = self._codec
                yield outcome
        finally:
            for worker in self._workers:
                worker.request_stop()
            for worker in self._workers:
                worker.stop()
            # an interruption may arrive after a process has started and before it is recorded in self._workers
            for process in active_children():
                if process.pid not in earlier_children:
                    process.kill()

    def _run(self, batches: Iterator[tuple[int, list[Document]]]) -> Iterator[AnnotationOutcome]:
        results: dict[int, list[AnnotationOutcome]] = {}
        next_result = sent = 0
        exhausted = False
        while not exhausted or next_result < sent:
            while (
                not exhausted
                and sent - next_result < _BATCHES_PER_WORKER * self._max_workers
                and (worker := self._idle_worker()) is not None
            ):
                numbered_batch = next(batches, None)
                if numbered_batch is None:
                    exhausted = True
                else:
                    worker.send(*numbered_batch)
                    sent += 1
            if next_result < sent and next_result not in results:
                self._collect(results)
            while next_result in results:
                yield from results.pop(next_result)
                next_result += 1

    def _idle_worker(self) -> _Worker | None:
        while len(self._workers) < self._max_workers:
            self._start_worker()  # start all at once: each takes seconds to load its extractor
        return next((worker for worker in self._workers if worker.batch_number is None), None)

    def _start_worker(self) -> _Worker:
        worker = _Worker(self._spec, self._scheme)
        self._workers.append(worker)
        return worker

    def _collect(self, results: dict[int, list[AnnotationOutcome]]) -> None:
        """Wait for at least one worker to send a message, and store the outcomes received."""
        busy = {worker.pipe: worker for worker in self._workers if worker.batch_number is not None}
        for pipe in wait(list(busy)):
            worker = next(worker for worker_pipe, worker in busy.items() if worker_pipe is pipe)
            number, batch = worker.batch_number, worker.batch
            assert number is not None
            try:
                outcomes = worker.receive()
            except EOFError:
                self._remove(worker)
                outcomes = [outcome for document in batch for outcome in self._annotate_alone(document)]
            if outcomes is not None:
                results[number] = outcomes

    def _remove(self, worker: _Worker) -> None:
        """Remove a worker whose process has ended.

        Raises:
            DependencyError: The process ended before its extractor was loaded.
        """
        self._workers.remove(worker)
        worker.stop()
        if not worker.ready:
            spec = repr(self._spec)
            raise DependencyError(f"the extractor {spec} cannot be started in a separate process. Fix: 1 as `workers`")

    def _annotate_alone(self, document: Document) -> list[AnnotationOutcome]:
        """Annotate a single document of a batch that crashed its process, since only some documents may cause that."""
        worker = next((worker for worker in self._workers if worker.batch_number is None), None) or self._start_worker()
        worker.send(-1, [document])
        try:
            outcomes = worker.receive()
            while outcomes is None:
                outcomes = worker.receive()
        except EOFError:
            self._remove(worker)
            problem = Problem("the process that read it ended", "look at its text", document=document.id)
            return [AnnotationOutcome(None, problem, text_sha256=document.with_hash().text_sha256)]
        return outcomes
