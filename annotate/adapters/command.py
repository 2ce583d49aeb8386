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
from ..interrupt_signals import defer_signals
from ..runner.readiness import SAMPLE
from .normalisation import FILL, MAP, PredictionNormalizer
from .wire_format import WireFormat


class CommandExtractor:
    """An extractor that runs a program for each batch: records on standard input, records with spans on its output.

    The program may write the records in any order, one for each that it reads. It is run directly, without a shell,
    and without the tokens in goldspan's environment.

    Args:
        scheme: The scheme of the layers.
        program: The program and its arguments, quoted as for a shell.
        timeout: Time limit for a batch, in seconds.
        token: The environment variable of a token that the program is given all the same.
        normalization: Keyword arguments of `PredictionNormalizer`.

    Attributes:
        restarting: Seconds spent so far on starting the program again, once `load` has measured how long a start takes.

    Raises:
        UsageError: The program does not exist, a quote is not closed, or `token` is not the variable of a token.
    """

    def __init__(
        self, scheme: Scheme, *, program: str, timeout: float, token: str | None = None, **normalization: Any
    ) -> None:
        if token is not None and token not in TOKENS:
            raise UsageError(f"token={token!r} is not a variable that is withheld. Fix: one of {', '.join(TOKENS)}")
        self._token = token
        try:
            self._command = shlex.split(program)
        except ValueError as error:
            raise UsageError(f"command {program!r}: {error}. Fix: close the quotes, as in a shell") from error
        executable = shutil.which(self._command[0]) if self._command else None
        if executable is None:
            raise UsageError(f"command {program!r}: no such program. Fix: give its path, or install it")
        self.name = f"command:{Path(self._command[0]).name}"
        self.version = sha256("\0".join(self._command).encode()).hexdigest()[:8]
        self._timeout = timeout
        self._start_seconds = 0.0
        self.restarting = 0.0
        self._normalizer = PredictionNormalizer(scheme, **normalization)
        self.tally = self._normalizer.tally
        self._wire_format = WireFormat(scheme, self.tally)
        self.version += self._normalizer.signature

    def extract(self, documents: Sequence[Document]) -> list[list[Span]]:
        """Return the layers of a batch.

        Raises:
            DataError: The program failed, took too long, or wrote something other than the records of the batch.
        """
        status, output, errors = self._run(documents)
        if status:
            last_line = errors.decode(errors="replace").strip().rsplit("\n", 1)[-1][-300:]
            raise DataError(Problem(f"the program exited with status {status}: {last_line or 'no error message'}"))
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
        environment = without_tokens((self._token,) if self._token else ())
        started = time.perf_counter()
        try:
            return _run_program(self._command, records, environment, self._timeout)
        except subprocess.TimeoutExpired as error:
            raise DataError(Problem(f"no answer within {self._timeout:g} seconds", "timeout=SECONDS")) from error
        except OSError as error:
            raise DataError(Problem(f"the program cannot be run: {error.strerror}")) from error
        finally:
            self.restarting += min(self._start_seconds, time.perf_counter() - started)


def _run_program(
    command: Sequence[str], stdin: bytes, environment: Mapping[str, str], timeout: float
) -> tuple[int, bytes, bytes]:
    """Return a program's exit status, output and errors; if it fails, kill it together with whatever it started."""
    # in a process group of its own, since killing a program alone leaves its children running
    group = None if sys.platform == "win32" else 0
    pipe = subprocess.PIPE
    process: subprocess.Popen[bytes] | None = None
    try:
        with defer_signals():  # an interruption before the assignment would leave the program running
            process = subprocess.Popen(
                command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, process_group=group
            )
        output, errors = process.communicate(stdin, timeout)
    except BaseException:
        if process is not None:
            with process, suppress(ProcessLookupError):
                if sys.platform == "win32":
                    process.kill()
                else:
                    os.killpg(process.pid, signal.SIGKILL)
        raise
    return process.returncode, output, errors


class _CommandFactory:
    summary = "any program: records in on standard input, records with spans out on standard output"
    parameters = (
        Parameter("program", "program and arguments, quoted as for a shell", required=True, positional=True),
        Parameter("timeout", "time limit for a batch, in seconds", type=float, default=600.0),
        Parameter("token", "variable of a token that the program is given all the same, such as OPENAI_API_KEY"),
        MAP,
        FILL,
    )

    def __call__(self, scheme: Scheme, **arguments: Any) -> Extractor:
        """Create the extractor."""
        return CommandExtractor(scheme, **arguments)


COMMAND = _CommandFactory()
"""The factory behind the entry point `command`."""
