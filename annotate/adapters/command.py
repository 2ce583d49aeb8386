"""The extractor `command`: any program that reads records and writes them back with spans."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...schema import DataError, Document, Extractor, Parameter, Problem, Scheme, Span, UsageError
from ..child_environment import TOKENS, without_tokens
from ..runner.readiness import PLAIN
from ..signals import defer_signals
from .normalisation import FILL, MAP, PredictionNormalizer
from .wire_format import WireFormat


class CommandExtractor:
    """Runs a program for each batch: records in on standard input, records with spans out on standard output.

    The records come out in any order, one for each that went in. The program is run as it is, with no shell, and
    without the tokens in goldspan's environment.

    Args:
        scheme: The scheme of the layers.
        program: Program and arguments, in the quoting of a shell.
        timeout: Seconds that it may take for a batch.
        token: The variable of a token that the program gets all the same.
        how: For `PredictionNormalizer`.

    Attributes:
        restarting: Seconds so far that went into starting the program again, once `load` has learnt how long it takes.

    Raises:
        UsageError: There is no such program, the quoting is not closed, or the variable is none of a token.
    """

    def __init__(self, scheme: Scheme, *, program: str, timeout: float, token: str | None = None, **how: Any) -> None:
        if token is not None and token not in TOKENS:
            raise UsageError(f"token={token!r} is no variable that is kept back. Fix: one of {', '.join(TOKENS)}")
        self._token = token
        try:
            self._words = shlex.split(program)
        except ValueError as error:
            raise UsageError(f"command {program!r}: {error}. Fix: close the quotes, as a shell wants them") from error
        found = shutil.which(self._words[0]) if self._words else None
        if found is None:
            raise UsageError(f"command {program!r}: there is no such program. Fix: its path, or install it")
        self.name = f"command:{Path(self._words[0]).name}"
        self.version = sha256("\0".join(self._words).encode()).hexdigest()[:8]
        self._timeout = timeout
        self._start = 0.0
        self.restarting = 0.0
        self._intake = PredictionNormalizer(scheme, **how)
        self.tally = self._intake.tally
        self._exchange = WireFormat(scheme, self.tally)
        self.version += self._intake.mark

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """The layers of a batch.

        Raises:
            DataError: The program failed, took too long, or answered something else than the batch's records.
        """
        status, answer, said = self._run(documents)
        if status:
            last = said.decode(errors="replace").strip().rsplit("\n", 1)[-1][-300:]
            raise DataError(Problem(f"the program ended with status {status}: {last or 'it said nothing'}"))
        return self._intake.layers(documents, self._exchange.answer(answer, documents))

    def load(self) -> None:
        """Loads what fills values, and runs the program on a sentence to learn how long it takes to start.

        Of two runs the second counts, since the first may have to fetch the program from a disk. Whether the program
        can read the sentence does not matter here.

        Raises:
            DataError: The program cannot be run, or takes too long even for a sentence.
        """
        self._intake.load()
        for _ in range(2):
            began = time.perf_counter()
            self._run([PLAIN])
            self._start = time.perf_counter() - began

    def _run(self, documents: Sequence[Document]) -> tuple[int, bytes, bytes]:
        """The program's status, output and errors for a batch.

        Raises:
            DataError: It cannot be run, or takes too long.
        """
        question = self._exchange.question(documents)
        began = time.perf_counter()
        try:
            return _run(self._words, question, without_tokens((self._token,) if self._token else ()), self._timeout)
        except subprocess.TimeoutExpired as error:
            raise DataError(Problem(f"no answer within {self._timeout:g} seconds", "timeout=SECONDS")) from error
        except OSError as error:
            raise DataError(Problem(f"the program cannot be run: {error.strerror}")) from error
        finally:
            self.restarting += min(self._start, time.perf_counter() - began)


def _run(
    words: Sequence[str], question: bytes, variables: Mapping[str, str], timeout: float
) -> tuple[int, bytes, bytes]:
    """A program's status, output and errors; however this ends, neither it nor what it started goes on."""
    # a group of its own, since a program that is killed takes nothing along that it has started
    group = None if sys.platform == "win32" else 0
    pipe = subprocess.PIPE
    process: subprocess.Popen[bytes] | None = None
    try:
        with defer_signals():  # a program that has begun but is not known yet could not be ended
            process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, env=variables, process_group=group)
        answer, said = process.communicate(question, timeout)
    except BaseException:
        if process is not None:
            with process, suppress(ProcessLookupError):
                if sys.platform == "win32":
                    process.kill()
                else:
                    os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, answer, said


class _CommandFactory:
    summary = "any program: records in on standard input, records with spans out on standard output"
    parameters = (
        Parameter("program", "program and arguments, in a shell's quoting", required=True, positional=True),
        Parameter("timeout", "seconds for a batch", type=float, default=600.0),
        Parameter("token", "a token's variable that the program gets all the same, as OPENAI_API_KEY"),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """The extractor."""
        return CommandExtractor(scheme, **arguments)


COMMAND = _CommandFactory()
"""What the entry point `command` names."""
