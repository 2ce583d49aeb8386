"""The progress callback of long operations."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Takes the name of the current step, how many parts of it are done, and how many there are; 0 of 0 if unknown."""


def ignore_progress(_step: str, _done: int, _total: int) -> None:
    """Report nothing: the default where a caller does not want to follow the progress."""
