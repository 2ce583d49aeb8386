"""Progress of installing and starting a server."""

from __future__ import annotations

from collections.abc import Callable

SetupProgress = Callable[[str, int, int], None]
"""Callback that receives the current step, the number of finished parts and their total; 0 and 0 if unknown."""


def no_progress(_step: str, _finished: int, _total: int) -> None:
    """Ignore progress reports."""
