"""The most memory that this process has had."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_megabytes() -> float | None:
    """Peak resident memory since the process's program began, in megabytes of a million bytes; None if unknown.

    Not what `getrusage` says where it can be had otherwise: on Linux that counts what the process held before it became
    this program, which is what its parent held (getrusage(2), "maximum resident set size", survives execve).
    """
    try:
        lines = Path("/proc/self/status").read_text("ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
