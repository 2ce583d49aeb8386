"""What a server wrote: kept short, read from its end, searched for what it says at its start."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 5_000_000
_LISTENS = re.compile(rb"Starting development server at http://127\.0\.0\.1:(\d+)/")


def rotate_log(log: Path) -> None:
    """Moves what a log has to a file `.1` beside it where it is over 5 MB; its writer goes on at the beginning."""
    if log.is_file() and log.stat().st_size > _LARGEST:
        shutil.copy(log, log.with_name(log.name + ".1"))
        with log.open("r+b") as file:
            file.truncate(0)


def log_size(log: Path) -> int:
    """Bytes of the log."""
    return log.stat().st_size if log.is_file() else 0


def port_from_log(log: Path, since: int) -> int:
    """The port that a server said it listens on, after so many bytes of its log; 0 where it did not."""
    with log.open("rb") as file:
        file.seek(since)
        found = _LISTENS.search(file.read())
    return int(found[1]) if found else 0


def last_lines(log: Path, count: int) -> list[str]:
    """The last lines of a log; none where there is no log."""
    if not log.is_file() or count <= 0:
        return []
    with log.open("rb") as file:
        file.seek(max(0, log_size(log) - 1000 * count))
        return file.read().decode("utf-8", "replace").splitlines()[-count:]


def tail(log: Path, every: float = 0.25) -> Iterator[str]:
    """The lines that are written from now on, for ever."""
    at = log_size(log)
    rest = ""
    while True:
        if log_size(log) < at:
            at = 0  # it was rotated
        if log_size(log) > at:
            with log.open("rb") as file:
                file.seek(at)
                new = file.read()
            at += len(new)
            *lines, rest = (rest + new.decode("utf-8", "replace")).split("\n")
            yield from lines
        time.sleep(every)
