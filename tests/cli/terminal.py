"""The command with a real terminal as its standard error."""

from __future__ import annotations

import os
import pty
import tempfile
import termios
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from ..command import run_between

_END = b"\0"
"""What no command shows. A process that outlives the call may hold the terminal, so its closing tells nothing."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it showed."""

    returncode: int
    stdout: str
    terminal: str


def at_terminal(
    arguments: Sequence[object], *, cwd: Path | None = None, env: dict[str, str] | None = None, typed: str | None = None
) -> Ran:
    """Runs the command where its standard error is a terminal, and its output a file.

    What is typed comes from that terminal too; otherwise there is nothing to read.
    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 120))
    shown = bytearray()

    def read() -> None:
        while not shown.endswith(_END):
            shown.extend(os.read(ours, 65536))

    reader = Thread(target=read)
    reader.start()
    try:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
            if typed is not None:
                os.write(ours, typed.encode())  # the terminal keeps it until it is read
            given = None if typed is None else theirs
            status = run_between(tuple(arguments), (given, out.fileno(), theirs), cwd=cwd, env=env)
            out.seek(0)
            stdout = out.read()
    finally:
        os.write(theirs, _END)
        reader.join()
        os.close(ours)
        os.close(theirs)
    return Ran(status, stdout, shown.removesuffix(_END).decode().replace("\r\n", "\n"))
