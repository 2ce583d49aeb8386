"""A command run to its end, with its peak of memory."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Watched:
    """How a command went.

    Attributes:
        seconds: Wall clock.
        peak: Resident memory, megabytes of a million bytes; NaN where the system does not tell.
        status: Its exit status.
    """

    seconds: float
    peak: float
    status: int

    def __str__(self) -> str:
        return f"peak {self.peak:.0f} MB, {self.seconds:.1f} s, status {self.status}"


def watch(command: Sequence[str | Path]) -> Watched:
    """Runs a command, its output thrown away, and reads its peak again and again until it ends.

    The peak that the system reports at the end would be ours where ours is higher
    (see `goldspan.annotate.runner.memory`).
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = float("nan")
    while process.poll() is None:
        peak = _peak(process.pid) or peak
        time.sleep(0.02)
    return Watched(time.perf_counter() - start, peak, process.returncode)


def _peak(process: int) -> float | None:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return None
    found = [int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM:")]
    return found[0] if found else None
