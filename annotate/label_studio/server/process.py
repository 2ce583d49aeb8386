"""Processes that outlive their starter: identified by pid and start time, stopped with their whole group."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""Processes started by this one: polled, so that none remains a zombie."""


def start_process(command: Sequence[str], *, environment: Mapping[str, str], folder: Path, log: Path) -> int:
    """Start a program in its own session, without input, with its output appended to the log; return its pid."""
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
    _CHILDREN[process.pid] = process
    return process.pid


def process_identity(pid: int) -> str:
    """Return what distinguishes a process from a later one with the same pid: its start time. Empty if none runs.

    It stays the same when the machine's clock is set. A running server is known by it: its form must not change.
    """
    import psutil

    if pid in _CHILDREN and _CHILDREN[pid].poll() is not None:
        del _CHILDREN[pid]
    try:
        process = psutil.Process(pid)
        if process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD) and not _is_ending(process):
            return ""
        started = process.create_time()
    except psutil.Error:
        return ""
    if sys.platform != "linux":
        return time.ctime(started)
    # psutil adds the time of the boot, which changes with the clock, to a start time in ticks, which does not
    ticks = round((started - psutil.boot_time()) * os.sysconf("SC_CLK_TCK"))
    return f"{Path('/proc/sys/kernel/random/boot_id').read_text('ascii').strip()} {ticks}"


def _is_ending(process: psutil.Process) -> bool:
    """Return whether a process whose main thread has ended may still hold its files and its port."""
    return process.pid in _CHILDREN or process.num_threads() > 1


def stop_process(pid: int, identity: str, *, grace: float) -> None:
    """Stop a process and its group: ask it to end, and kill it after the grace period.

    Args:
        pid: Leader of the process group.
        identity: Its identity; a process with a different one is left alone.
        grace: Seconds to wait before killing it.
    """
    if sys.platform == "win32":  # where no server is started
        return
    for signal_number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, 5.0)):
        if process_identity(pid) != identity:
            return
        try:
            os.killpg(pid, signal_number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while process_identity(pid) == identity and time.monotonic() < deadline:
            time.sleep(0.02)
