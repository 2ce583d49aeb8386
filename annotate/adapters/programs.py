"""Programs that are given records: run once for a batch, or kept and asked line by line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Lock, Thread, Timer

from ...schema import DataError, Problem
from ..interrupt_signals import defer_signals

_LONGEST_LINE = 200_000_000
_GRACE_SECONDS = 2.0
"""Time that a program gets to end once its input has ended."""
_TAIL = 2000

_PIPE = subprocess.PIPE
# in a process group of its own, since killing a program alone leaves its children running
_GROUP = None if sys.platform == "win32" else 0


class ProgramEndedError(DataError):
    """A program ended where an answer was expected."""


def run_program(
    command: Sequence[str], stdin: bytes, environment: Mapping[str, str], timeout: float
) -> tuple[int, bytes, bytes]:
    """Return a program's exit status, output and errors; if it fails, kill it together with whatever it started.

    Raises:
        subprocess.TimeoutExpired: It takes longer than `timeout` seconds.
        OSError: It cannot be run.
    """
    process: subprocess.Popen[bytes] | None = None
    try:
        with defer_signals():  # an interruption before the assignment would leave the program running
            process = subprocess.Popen(
                command, stdin=_PIPE, stdout=_PIPE, stderr=_PIPE, env=environment, process_group=_GROUP
            )
        output, errors = process.communicate(stdin, timeout)
    except BaseException:
        if process is not None:
            with process:
                _kill(process)
        raise
    return process.returncode, output, errors


class LineProgram:
    """A program that stays: it reads a line, writes a line, flushes it, and waits for the next.

    It is started with the first question, again after it ended, and ended with the object at the latest.

    Args:
        command: The program and its arguments.
        environment: Its environment.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = _Tail()
        self._end: weakref.finalize[..., LineProgram] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the program has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def ask(self, line: bytes, seconds: float) -> bytes:
        """Write a line, and return the line that the program answers.

        If there is no answer, the program is killed together with whatever it started.

        Args:
            line: The line, with its end.
            seconds: Time limit.

        Raises:
            ProgramEndedError: The program ended without an answer, or cannot be started.
            DataError: It did not answer in time, or with too long a line.
        """
        if not self.is_running:
            self._start()
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        answer = b""
        deadline = _Deadline(process, seconds)
        try:
            with deadline, suppress(OSError):  # it ended, as is told below
                process.stdin.write(line)
                process.stdin.flush()
                answer = process.stdout.readline(_LONGEST_LINE)
        except BaseException:
            self.stop()
            raise
        if answer.endswith(b"\n") and not deadline.passed:
            return answer
        if deadline.passed:
            self.stop()
            fix = "timeout=SECONDS; the program must write a line for each record, and flush it"
            raise DataError(Problem(f"no answer within {seconds:g} seconds", fix))
        if len(answer) == _LONGEST_LINE:
            self.stop()
            raise DataError(Problem(f"the program answers with a line of more than {_LONGEST_LINE:,} bytes"))
        with suppress(subprocess.TimeoutExpired):  # one that only closed its output is killed
            process.wait(_GRACE_SECONDS)
        self.stop()
        last_line = self._errors.last_line() or "no error message"
        raise ProgramEndedError(Problem(f"the program ended with status {process.returncode}: {last_line}"))

    def stop(self) -> None:
        """Kill the program together with whatever it started."""
        if self._end is not None:
            self._end()
        self._process = None

    def close(self) -> None:
        """End the input of the program, which ends it; kill it if it does not end soon."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_GRACE_SECONDS)
        self.stop()

    def _start(self) -> None:
        self.stop()
        try:
            with defer_signals():
                process = self._process = subprocess.Popen(
                    self._command,
                    stdin=_PIPE,
                    stdout=_PIPE,
                    stderr=_PIPE,
                    env=self._environment,
                    process_group=_GROUP,
                )
                self._end = weakref.finalize(self, _end_and_close, process)
        except OSError as error:
            raise ProgramEndedError(Problem(f"the program cannot be run: {error.strerror}")) from error
        self._errors = _Tail()
        self._errors.follow(process)


class _Deadline:
    """A time limit for a block, after which a process is killed.

    Attributes:
        passed: Whether the block took too long.
    """

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self._process = process
        self._lock = Lock()
        self._over = self.passed = False
        self._timer = Timer(seconds, self._pass)
        self._timer.daemon = True

    def _pass(self) -> None:
        with self._lock:
            if not self._over:
                self.passed = True
                _kill(self._process)

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True


class _Tail:
    """The end of what a program writes to its standard error, which is read so that it never blocks there."""

    def __init__(self) -> None:
        self._text = b""
        self._thread: Thread | None = None

    def follow(self, process: subprocess.Popen[bytes]) -> None:
        """Read what a process writes, until it ends."""
        self._thread = Thread(target=self._read, args=(process,), daemon=True)
        self._thread.start()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr as stream:
            while part := os.read(stream.fileno(), _TAIL):
                self._text = (self._text + part)[-_TAIL:]

    def last_line(self) -> str:
        """Return the last line, once the program has ended."""
        if self._thread is not None:
            self._thread.join(_GRACE_SECONDS)  # a process that it leaves behind may keep the stream open
        return last_line_of(self._text)


def last_line_of(errors: bytes) -> str:
    """Return the last line of what a program wrote to its standard error, as far as it fits into a message."""
    return errors.decode(errors="replace").strip().rsplit("\n", 1)[-1][-300:]


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        elif process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)


def _end_and_close(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    process.wait()
    for stream in (process.stdin, process.stdout):  # the other is closed by the thread that reads it
        with suppress(OSError):
            if stream is not None:
                stream.close()
