"""The installed command with a real terminal as some of its streams."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import termios
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it showed."""

    returncode: int
    stdout: str
    terminal: str


def at_terminal(command: Sequence[object], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> Ran:
    """Runs a command whose standard error is a terminal, and its output a pipe."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    process: Any = subprocess.Popen(
        [*map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, cwd=cwd, env=env
    )
    os.close(theirs)
    shown: dict[int, bytes] = {ours: b"", process.stdout.fileno(): b""}
    left = set(shown)
    while left:
        ready, _, _ = select.select(list(left), [], [], 120)
        assert ready, "it neither ends nor says anything"
        for stream in ready:
            try:
                part = os.read(stream, 65536)
            except OSError:  # how Linux says that nobody holds the terminal any more
                part = b""
            shown[stream] += part
            if not part:
                left.discard(stream)
    os.close(ours)
    told = {stream: data.decode() for stream, data in shown.items()}
    process.wait(timeout=60)
    stdout = told[process.stdout.fileno()]
    process.stdout.close()
    return Ran(process.returncode, stdout, told[ours].replace("\r\n", "\n"))
