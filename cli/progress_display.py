"""What is shown of the progress of long operations: a bar on a terminal, and in logs a line a minute."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from tqdm import tqdm

_LINE_SECONDS = 60.0


class ProgressDisplay:
    """A progress callback that shows rate and time left, of what this run does.

    Args:
        note: Prints a line of a log.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._step = ""
        self._bar: tqdm | None = None
        self._first = 0
        self._began = self._told = 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show how much of a step is done."""
        total = max(total, done) if total else 0  # which may be an estimate
        if step != self._step:
            self.close()
            self._step, self._first = step, done
            self._began = self._told = time.monotonic()
            if self._terminal:
                more = {"initial": done, "unit": "", "delay": 0.5, "leave": False}
                self._bar = tqdm(desc=step, total=total or None, **more)
        if self._bar is not None:
            self._bar.total = total or None
            self._bar.update(done - self._bar.n)
        elif not self._terminal and (now := time.monotonic()) - self._told >= _LINE_SECONDS:
            self._told = now
            self._note(self._line(done, total, now - self._began))

    def close(self) -> None:
        """Remove the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _line(self, done: int, total: int, seconds: float) -> str:
        rate = (done - self._first) / seconds
        parts = [f"{done:,} of about {total:,} ({done / total:.0%})" if total else f"{done:,}"]
        parts.append(f"{rate:,.0f} a second" if rate >= 1 else f"{rate * 60:,.1f} a minute")
        if total and rate:
            parts.append(f"{_duration((total - done) / rate)} left")
        return f"{self._step}: {', '.join(parts)}"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
