"""A process that works for another: deaf to interruptions, which are the other's to handle, and ended by it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import NoReturn

_GRACE = 2.0
"""Seconds that it has to end what it has started itself."""

_MASKS = hasattr(signal, "pthread_sigmask")


def spawn(process: BaseProcess) -> None:
    """Starts a process, which hears of no interruption before it enters `worker_main`, the first thing that it does."""
    if not _MASKS:
        process.start()
        return
    resource_tracker.ensure_running()  # which would lift the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def worker_main() -> Iterator[None]:
    """What this process does within is ended by `terminate` alone, and at once; once it is over nothing breaks it off.

    A process wraps all its work in it: breaking off what Python tidies up behind that would only make noise.
    """

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # asked again, it goes on tidying up
        raise KeyboardInterrupt

    # handled and not ignored: a program that an extractor runs would ignore it too, and outlive an interruption
    signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    signal.signal(signal.SIGTERM, stop)
    if _MASKS:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with suppress(KeyboardInterrupt):
        yield
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def terminate(process: BaseProcess) -> None:
    """Ends a process, and first what it has started."""
    process.terminate()
    process.join(_GRACE)
    process.kill()
    process.join()
