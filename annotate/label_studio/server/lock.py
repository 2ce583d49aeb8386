"""File locks between processes, released by the operating system however the holder ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ....schema import DependencyError

_LONGEST_WAIT = 1800.0


@contextmanager
def hold_lock(path: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold an exclusive lock on a file, which is created if needed.

    Args:
        path: Path of the lock file.
        on_wait: Called once if another process holds the lock.

    Raises:
        DependencyError: The system lacks such locks, or another process held the lock for half an hour.
    """
    try:
        import fcntl
    except ImportError as error:
        message = (
            "goldspan's own server runs on Linux and macOS only. Fix: start Label Studio yourself and pass its `url`"
        )
        raise DependencyError(message) from error
    with path.open("ab") as file:
        deadline = time.monotonic() + _LONGEST_WAIT
        waiting = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if not waiting:
                    on_wait()
                    waiting = True
                if time.monotonic() > deadline:
                    raise DependencyError(f"{path}: locked by another goldspan process. Fix: stop it") from error
                time.sleep(0.1)
            else:
                break
        yield
