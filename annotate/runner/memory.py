"""The most memory that this process has had, or another that it started."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_megabytes() -> float | None:
    """Peak resident memory of the larger: this process, or the largest that it has started and that has ended.

    In megabytes of a million bytes; None if unknown. This process's own is not what `getrusage` says where it can be
    had otherwise: on Linux that counts what the process held before it became this program, which is what its parent
    held (getrusage(2), "maximum resident set size", survives execve). Of a process that this one has started it counts
    the same, which changes nothing here.
    """
    own = _own()
    return own if own is None else max(own, _used("RUSAGE_CHILDREN") or 0.0)


def _own() -> float | None:
    try:
        lines = Path("/proc/self/status").read_text("ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return _used("RUSAGE_SELF")


def _used(whose: str) -> float | None:
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(getattr(resource, whose)).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
