"""The extractor `command`: any program that reads records and writes them back with spans."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...schema import DataError, DependencyError, Document, Extractor, Parameter, Problem, Scheme, Span, UsageError
from ..child_environment import TOKENS, without_tokens
from ..runner.readiness import SAMPLE
from .normalisation import FILL, MAP, ForeignSpan, PredictionNormalizer, require_layers
from .program_files import program_state
from .programs import LineProgram, ProgramEndedError, last_line_of, run_program
from .services.concurrent_calls import call_in_order
from .wire_format import WireFormat

_BATCH, _LINES = "batch", "lines"
_LOAD_SECONDS = 600.0


class _ProgramExtractor:
    """What the extractors that run a program have in common.

    The program is run directly, without a shell, and without the tokens in goldspan's environment.

    Args:
        scheme: The scheme of the layers.
        program: The program and its arguments, quoted as for a shell.
        timeout: Time limit in seconds, for what the program is given at once.
        token: The environment variable of a token that the program is given all the same.
        normalization: Keyword arguments of `PredictionNormalizer`.

    Attributes:
        state: What tells the program from an earlier one, whose run is not continued with it.

    Raises:
        UsageError: The program does not exist, a quote is not closed, or `token` is not the variable of a token.
    """

    def __init__(
        self, scheme: Scheme, *, program: str, timeout: float, token: str | None = None, **normalization: Any
    ) -> None:
        if token is not None and token not in TOKENS:
            raise UsageError(f"token={token!r} is not a variable that is withheld. Fix: one of {', '.join(TOKENS)}")
        self._environment = without_tokens((token,) if token else ())
        try:
            self._command = shlex.split(program)
        except ValueError as error:
            raise UsageError(f"command {program!r}: {error}. Fix: close the quotes, as in a shell") from error
        executable = shutil.which(self._command[0]) if self._command else None
        if executable is None:
            raise UsageError(f"command {program!r}: no such program. Fix: give its path, or install it")
        self.name = f"command:{Path(self._command[0]).name}"
        self._timeout = timeout
        self._normalizer = PredictionNormalizer(scheme, **normalization)
        self.version = sha256("\0".join(self._command).encode()).hexdigest()[:8] + self._normalizer.signature
        self.state = program_state(self._command)
        self.tally = self._normalizer.tally
        self._wire_format = WireFormat(scheme, self.tally)


class CommandExtractor(_ProgramExtractor):
    """An extractor that runs a program for each batch: records on standard input, records with spans on its output.

    The program may write the records in any order, one for each that it reads. Arguments and errors are those of
    `_ProgramExtractor`; the time limit is that of a batch.

    Attributes:
        restarting: Seconds spent so far on starting the program again, once `load` has measured how long a start takes.
    """

    def __init__(self, scheme: Scheme, **arguments: Any) -> None:
        super().__init__(scheme, **arguments)
        self._start_seconds = 0.0
        self.restarting = 0.0

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch.

        Raises:
            DataError: The program failed, took too long, or wrote something other than the records of the batch.
        """
        status, output, errors = self._run(documents)
        if status:
            reason = last_line_of(errors) or "no error message"
            raise DataError(Problem(f"the program exited with status {status}: {reason}"))
        return self._normalizer.layers(documents, self._wire_format.decode(output, documents))

    def load(self) -> None:
        """Load what fills in values, and run the program on a sentence to measure how long it takes to start.

        Of two runs the second counts, since the first may have to read the program from disk. It does not matter here
        whether the program can process the sentence.

        Raises:
            DataError: The program cannot be run, or takes too long even for a sentence.
        """
        self._normalizer.load()
        for _ in range(2):
            started = time.perf_counter()
            self._run([SAMPLE])
            self._start_seconds = time.perf_counter() - started

    def _run(self, documents: Sequence[Document]) -> tuple[int, bytes, bytes]:
        """Run the program on a batch and return its exit status, output and errors.

        Raises:
            DataError: It cannot be run, or takes too long.
        """
        records = self._wire_format.encode(documents)
        started = time.perf_counter()
        try:
            return run_program(self._command, records, self._environment, self._timeout)
        except subprocess.TimeoutExpired as error:
            raise DataError(Problem(f"no answer within {self._timeout:g} seconds", "timeout=SECONDS")) from error
        except OSError as error:
            raise DataError(Problem(f"the program cannot be run: {error.strerror}")) from error
        finally:
            self.restarting += min(self._start_seconds, time.perf_counter() - started)


class LineCommandExtractor(_ProgramExtractor):
    """An extractor that starts a program once, and then gives it a record a line and reads a record a line.

    If the program ends, takes too long or answers something else, the document fails and the program is started again
    for the next one. Arguments and errors are those of `_ProgramExtractor`; the time limit is that of a document.

    Args:
        scheme: The scheme of the layers.
        load_timeout: Time limit in seconds for the first record after a start, when the program may load a model; None
            for ten minutes, or for that of any document if that is more.
        arguments: Further keyword arguments of `_ProgramExtractor`.
    """

    def __init__(self, scheme: Scheme, *, load_timeout: float | None, **arguments: Any) -> None:
        super().__init__(scheme, **arguments)
        self._load_timeout = max(self._timeout, _LOAD_SECONDS) if load_timeout is None else load_timeout
        self._program = LineProgram(self._command, self._environment)

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch.

        Raises:
            DataError: The program failed on a document; that of the first such document.
            DependencyError: The program ends whatever it is given.
        """
        return require_layers(self.extract_each(documents))

    def extract_each(self, documents: Sequence[Document]) -> list[list[Span] | Exception]:
        """Return the layer of each document or its error; one that ends the run in place of all that follow."""
        found = list(call_in_order(self._spans, documents, 1))
        return self._normalizer.layers_each(documents, found + found[-1:] * (len(documents) - len(found)))

    def load(self) -> None:
        """Load what fills in values, and start the program with a sentence, whatever it answers.

        Raises:
            DependencyError: The program ends.
            DataError: It takes too long.
        """
        self._normalizer.load()
        self._start()

    def close(self) -> None:
        """End the program."""
        self._program.close()

    def _spans(self, document: Document) -> list[ForeignSpan]:
        is_first = not self._program.is_running
        record = self._wire_format.encode([document])
        try:
            answer = self._program.ask(record, self._load_timeout if is_first else self._timeout)
        except ProgramEndedError:
            if is_first:  # otherwise every document would fail, of a program that never runs
                self._start()
            raise
        try:
            return self._wire_format.decode(answer, [document])[0]
        except Exception:
            self._program.stop()  # what it writes next may belong to this document
            raise

    def _start(self) -> None:
        try:
            self._program.ask(self._wire_format.encode([SAMPLE]), self._load_timeout)
        except ProgramEndedError as error:
            reason = error.problems[0].what
            fix = "run it by hand with a record on its standard input"
            raise DependencyError(f"{self.name} does not run: given a plain sentence, {reason}. Fix: {fix}") from error


class _CommandFactory:
    summary = "any program: records in on standard input, records with spans out on standard output"
    parameters = (
        Parameter("program", "program and arguments, quoted as for a shell", required=True, positional=True),
        Parameter(
            "protocol",
            "batch: run once for each batch; lines: started once, answers each line before it reads the next",
            default=_BATCH,
            choices=(_BATCH, _LINES),
        ),
        Parameter("timeout", "time limit for a batch, or for a document with lines, in seconds", float, 600.0),
        Parameter("load_timeout", "time limit for the first record after a start with lines; default 600", float),
        Parameter("token", "variable of a token that the program is given all the same, such as OPENAI_API_KEY"),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor."""
        protocol, load_timeout = arguments.pop("protocol"), arguments.pop("load_timeout")
        if protocol == _LINES:
            return LineCommandExtractor(scheme, load_timeout=load_timeout, **arguments)
        if load_timeout is not None:
            raise UsageError("load_timeout has no effect on a program that is run for each batch. Fix: protocol=lines")
        return CommandExtractor(scheme, **arguments)


COMMAND = _CommandFactory()
"""The factory behind the entry point `command`."""
