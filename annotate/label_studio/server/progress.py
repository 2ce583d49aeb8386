"""How far a long work is."""

from __future__ import annotations

from collections.abc import Callable

ByteProgress = Callable[[str, int, int], None]
"""Takes what is being done, how many parts of it are done, and of how many; 0 of 0 where nobody can tell."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """For those who do not want to know."""
