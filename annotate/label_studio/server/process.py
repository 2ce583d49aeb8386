"""A process that outlives its starter: known again by pid and time of start, ended with all it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_STARTED_HERE: dict[int, subprocess.Popen[bytes]] = {}
"""Our own children: asked for their end, so that none stays a zombie while we live."""


def start_process(command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path) -> int:
    """Starts a program in a session of its own, with no input and its output at the end of the log; returns its pid."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o077,
        )
    _STARTED_HERE[process.pid] = process
    return process.pid


def process_identity(pid: int) -> str:
    """What tells a process from a later one with the same pid: when it was started. Empty where none runs."""
    if pid in _STARTED_HERE and _STARTED_HERE[pid].poll() is not None:
        del _STARTED_HERE[pid]
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if fields[0] in "ZX" else f"{boot} {fields[19]}"
    told = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, begun = told.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else begun.strip()


def stop_process(pid: int, known: str, *, grace: float) -> None:
    """Ends a process and its group: asks, waits, and ends it by force after the grace (seconds).

    Args:
        pid: The leader of its group.
        known: Its identity; a process with another one is left alone.
        grace: How long it may take.
    """
    for force, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        if process_identity(pid) != known:
            return
        try:
            os.killpg(pid, force)
        except ProcessLookupError:
            return
        until = time.monotonic() + patience
        while process_identity(pid) == known and time.monotonic() < until:
            time.sleep(0.02)
