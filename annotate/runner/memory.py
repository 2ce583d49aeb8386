"""Peak memory of processes.

psutil knows it on Windows only. On Linux it is read from the kernel: what `getrusage` tells there includes the memory
that the process used before it became this program, that is, the memory of its parent (getrusage(2): the maximum
resident set size survives execve). So `getrusage` is only the fallback for this process.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def peak_megabytes() -> float | None:
    """Return the peak resident memory of this process or of its largest finished child, whichever is larger.

    The unit is megabytes of a million bytes; the result is None if unknown. For children `getrusage` has the flaw
    described above, which does not matter here.
    """
    own_peak = resident_peak(os.getpid()) or _resource_peak("RUSAGE_SELF")
    return own_peak if own_peak is None else max(own_peak, _resource_peak("RUSAGE_CHILDREN") or 0.0)


def resident_peak(pid: int) -> float | None:
    """Return the peak resident memory of a running process in megabytes of a million bytes; None if unknown."""
    if sys.platform == "linux":
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text("ascii", errors="replace").splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024 / 1e6
    elif sys.platform == "win32":
        import psutil

        with suppress(psutil.Error):
            return float(psutil.Process(pid).memory_info().peak_wset) / 1e6
    return None


def _resource_peak(who: str) -> float | None:
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(getattr(resource, who)).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
