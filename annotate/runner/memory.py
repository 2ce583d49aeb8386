"""Peak memory of this process and of the processes that it has started."""

from __future__ import annotations

import sys
from pathlib import Path


def peak_megabytes() -> float | None:
    """Return the peak resident memory of this process or of its largest finished child, whichever is larger.

    The unit is megabytes of a million bytes; the result is None if unknown. For this process, `getrusage` is only the
    fallback: on Linux it includes the memory that the process used before it became this program, that is, the memory
    of its parent (getrusage(2): the maximum resident set size survives execve). For children `getrusage` has the same
    flaw, which does not matter here.
    """
    own_peak = _own_peak()
    return own_peak if own_peak is None else max(own_peak, _resource_peak("RUSAGE_CHILDREN") or 0.0)


def _own_peak() -> float | None:
    try:
        lines = Path("/proc/self/status").read_text("ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return _resource_peak("RUSAGE_SELF")


def _resource_peak(who: str) -> float | None:
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(getattr(resource, who)).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
