"""Running a command to completion while recording its time and peak memory, on Linux and macOS."""

from __future__ import annotations

import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from goldspan.annotate.runner.memory import resident_peak

_POLL_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """The resources that a command used.

    Attributes:
        seconds: Wall-clock time.
        cpu_seconds: Processor time, of the command and of the processes that it waited for.
        peak: Peak resident memory in MB (10^6 bytes); NaN if the system does not report it.
        status: Exit status.
    """

    seconds: float
    cpu_seconds: float
    peak: float
    status: int

    def __str__(self) -> str:
        return f"peak {self.peak:.0f} MB, {self.seconds:.1f} s, status {self.status}"


def run_measured(command: Sequence[str | Path]) -> ProcessUsage:
    """Run a command, discarding its output, and poll its peak memory until it ends.

    The peak that the system reports at the end would be this process's own if that is higher
    (see `goldspan.annotate.runner.memory`).
    """
    start, cpu_start = time.perf_counter(), children_cpu_seconds()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = float("nan")
    while process.poll() is None:
        peak = resident_peak(process.pid) or peak
        time.sleep(_POLL_SECONDS)
    cpu_seconds = children_cpu_seconds() - cpu_start
    return ProcessUsage(time.perf_counter() - start, cpu_seconds, peak, process.returncode)


def children_cpu_seconds() -> float:
    """Return the processor time of all processes that this one has waited for, and of those that they waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
