"""A worker process: it runs one call at a time, ignores interruptions, which its parent handles, and ends with it."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from types import FrameType
from typing import NoReturn, ParamSpec, TypeVar

from ...schema import GoldspanError

P = ParamSpec("P")
T = TypeVar("T")

_CONTEXT = get_context("spawn")  # works the same on every system, and never copies a thread of the parent midway
_GRACE_SECONDS = 2.0
"""Time that a process gets to end what it has started itself."""


class WorkerProcess:
    """A process with a pipe of its own, so that its death, even while it writes, concerns no other process."""

    def __init__(self) -> None:
        self._busy = False
        self._pipe, child_pipe = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(child_pipe,), daemon=True)
        # the pipe's other end is closed here, so that the process's death ends the pipe; the process lets interruptions
        # through in `_interrupted_by_parent_only`
        with child_pipe, uninterrupted():
            self._process.start()

    def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in the process and return its result.

        Raises:
            BrokenExecutor: The process has ended.
            GoldspanError: The function raised it. Other errors end the process.
        """
        self._busy = True
        try:
            self._pipe.send((function, args, kwargs))
            result: T | GoldspanError = self._pipe.recv()
            self._busy = False
        except (EOFError, OSError) as error:
            raise BrokenExecutor("the process has ended") from error
        if isinstance(result, GoldspanError):
            raise result
        return result

    def request_stop(self) -> None:
        """Make the process end, without waiting for it; an idle one at once, as Python's cleanup can take seconds."""
        if self._busy:
            self._process.terminate()
        else:
            self._process.kill()

    def close(self) -> None:
        """End the process and release its pipe, which no other thread may be using."""
        self.end()
        self._pipe.close()
        self._process.close()

    def end(self) -> None:
        """End the process, after what it has started itself."""
        deadline = time.monotonic() + _GRACE_SECONDS
        while self._process.is_alive() and time.monotonic() < deadline:
            self._process.terminate()  # repeatedly: one that follows another signal at once may not wake the process
            self._process.join(0.1)
        self._process.kill()
        self._process.join()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Block interruptions in processes that are started in the block, or by threads that are."""
    if sys.platform == "win32":  # it cannot block signals
        yield
        return
    resource_tracker.ensure_running()  # starting it later would lift the mask
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def _serve(pipe: Connection) -> None:
    """Run the calls that the parent sends, until it ends."""
    with _interrupted_by_parent_only(), suppress(EOFError, ConnectionError):  # raised when the parent has ended
        while True:
            function, args, kwargs = pipe.recv()
            try:
                result = function(*args, **kwargs)
            except GoldspanError as error:
                result = error
            pipe.send(result)


@contextmanager
def _interrupted_by_parent_only() -> Iterator[None]:
    """Let the parent end the block, and then at once; nothing interrupts the process after the block.

    A process wraps all its work in it: interrupting Python's own cleanup afterwards would only print tracebacks.
    """

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second request must not interrupt the cleanup
        raise KeyboardInterrupt

    # handled rather than ignored: programs started by an extractor would inherit that and outlive an interruption
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    signal.signal(signal.SIGTERM, stop)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with suppress(KeyboardInterrupt):
        yield
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
