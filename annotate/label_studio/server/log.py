"""The log file of a server: rotation, its last lines, and the port that it reports."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

_LARGEST = 5_000_000
_LISTENS = re.compile(rb"Starting development server at http://127\.0\.0\.1:(\d+)/")


def rotate_log(log: Path) -> None:
    """Move the contents of a log over 5 MB to a file with the suffix `.1`; its writer continues at the beginning."""
    if log.is_file() and log.stat().st_size > _LARGEST:
        shutil.copy(log, log.with_name(log.name + ".1"))
        with log.open("r+b") as file:
            file.truncate(0)


def log_size(log: Path) -> int:
    """Return the size of a log in bytes; 0 if there is none."""
    return log.stat().st_size if log.is_file() else 0


def port_from_log(log: Path, start: int) -> int:
    """Return the port that the server reports in its log after the byte `start`; 0 if it does not."""
    with log.open("rb") as file:
        file.seek(start)
        match = _LISTENS.search(file.read())
    return int(match[1]) if match else 0


def last_lines(log: Path, count: int) -> list[str]:
    """Return the last lines of a log; an empty list if there is no log."""
    if not log.is_file() or count <= 0:
        return []
    with log.open("rb") as file:
        file.seek(max(0, log_size(log) - 1000 * count))
        return file.read().decode("utf-8", "replace").splitlines()[-count:]


def tail(log: Path, every: float = 0.25) -> Iterator[str]:
    """Yield the lines that are written to a log from now on, without end.

    Args:
        log: Path of the log.
        every: Seconds between two looks at the file.
    """
    position = log_size(log)
    incomplete = ""
    while True:
        if log_size(log) < position:
            position = 0  # rotated
        if log_size(log) > position:
            with log.open("rb") as file:
                file.seek(position)
                new = file.read()
            position += len(new)
            *lines, incomplete = (incomplete + new.decode("utf-8", "replace")).split("\n")
            yield from lines
        time.sleep(every)
