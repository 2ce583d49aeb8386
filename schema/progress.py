"""The progress callback of long operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

Progress = Callable[[str, int, int], None]
"""Takes the name of the current step, how many parts of it are done, and about how many there are; 0 if unknown.

A first call of a step before anything is done in it tells how much an earlier run has done.
"""


def ignore_progress(_step: str, _done: int, _total: int) -> None:
    """Report nothing: the default where a caller does not want to follow the progress."""


def report_each(items: Iterable[T], step: str, progress: Progress, total: int = 0) -> Iterator[T]:
    """Yield the items, and report each as done once the next one is asked for; how many there are is 0 if unknown."""
    for done, item in enumerate(items, 1):
        yield item
        progress(step, done, total)
