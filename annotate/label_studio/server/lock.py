"""One at a time: a lock between processes, freed by the system when its holder ends in whatever way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ....schema import DependencyError

_LONGEST_WAIT = 1800.0


@contextmanager
def hold_lock(path: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Holds the lock of a file, which it makes.

    Args:
        path: The file.
        waiting: Called once where someone else holds it.

    Raises:
        DependencyError: The system has no such locks, or someone held it for half an hour.
    """
    try:
        import fcntl
    except ImportError as error:
        message = (
            "goldspan's own server runs on Linux and macOS. Fix: start Label Studio yourself and name it with --url"
        )
        raise DependencyError(message) from error
    with path.open("ab") as file:
        give_up = time.monotonic() + _LONGEST_WAIT
        told = False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if not told:
                    waiting()
                    told = True
                if time.monotonic() > give_up:
                    raise DependencyError(f"{path}: another goldspan holds it. Fix: end that one") from error
                time.sleep(0.1)
            else:
                break
        yield
