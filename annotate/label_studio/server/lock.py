"""File locks between processes, released by the operating system however the holder ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ....schema import DependencyError
from ....schema.errors import os_error_hint

_LONGEST_WAIT = 1800.0


@contextmanager
def hold_lock(path: Path, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold an exclusive lock on a file, which is created if needed.

    Args:
        path: Path of the lock file.
        on_wait: Called once if another process holds the lock.

    Raises:
        DependencyError: The file cannot be locked, or another process held the lock for half an hour.
    """
    from filelock import FileLock, Timeout

    try:
        path.open("ab").close()  # filelock waits for a file that cannot be opened as for one that is locked
    except OSError as error:
        raise DependencyError(f"{path}: cannot be locked: {error.strerror}. Fix: {os_error_hint(error)}") from error
    lock = FileLock(path, fallback_to_soft=False)  # a soft lock would outlive a holder that was killed
    try:
        lock.acquire(timeout=0)
    except Timeout:
        on_wait()
        try:
            lock.acquire(timeout=_LONGEST_WAIT, poll_interval=0.1)
        except Timeout as error:
            raise DependencyError(f"{path}: locked by another goldspan process. Fix: stop it") from error
    try:
        yield
    finally:
        lock.release()
