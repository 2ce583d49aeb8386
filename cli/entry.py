"""Where the command begins: an interruption is answered from here on, also while the rest is still being loaded."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command and ends the process, as `goldspan.cli.main.main` says."""
    try:
        hears = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # a background job of a shell does not
        if hears:
            # an exception may come up while importlib tidies up, which swallows it; and there is nothing to undo yet
            signal.signal(signal.SIGINT, _leave)
        from .main import main as run

        if hears:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _tell()
        sys.exit(130)


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    _tell()
    os._exit(130)


def _tell() -> None:
    with suppress(OSError):
        os.write(2, b"error: interrupted\n")
