"""A worker process: it ignores interruptions, which its parent handles, and is ended by its parent."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import NoReturn

_GRACE_SECONDS = 2.0
"""Time that a process gets to end what it has started itself."""

_CAN_MASK_SIGNALS = hasattr(signal, "pthread_sigmask")


def spawn(process: BaseProcess) -> None:
    """Start a process with interruptions blocked until it enters `worker_main`, which must be its first action."""
    if not _CAN_MASK_SIGNALS:
        process.start()
        return
    resource_tracker.ensure_running()  # starting it later would lift the mask
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


@contextmanager
def worker_main() -> Iterator[None]:
    """Make the block end only by `terminate`, and then at once; nothing interrupts the process after the block.

    A process wraps all its work in it: interrupting Python's own cleanup afterwards would only print tracebacks.
    """

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second request must not interrupt the cleanup
        raise KeyboardInterrupt

    # handled rather than ignored: programs started by an extractor would inherit that and outlive an interruption
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    signal.signal(signal.SIGTERM, stop)
    if _CAN_MASK_SIGNALS:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with suppress(KeyboardInterrupt):
        yield
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def terminate(process: BaseProcess) -> None:
    """End a process, after what it has started itself."""
    process.terminate()
    process.join(_GRACE_SECONDS)
    process.kill()
    process.join()
