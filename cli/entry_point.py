"""Entry point of the command: handles interruptions from the start, while the rest is still being imported."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn


def main() -> NoReturn:
    """Run the command and exit, as `goldspan.cli.main.main` does."""
    # a start makes hundreds of thousands of objects that stay, and Python would look through them again and again
    gc.set_threshold(100_000, 20, 10)
    try:
        handles_ctrl_c = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not in a background job
        if handles_ctrl_c:
            # an exception raised while importlib cleans up would be swallowed, and there is nothing to undo yet
            signal.signal(signal.SIGINT, _exit_at_once)
        from .main import main as run

        if handles_ctrl_c:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _print_interrupted()
        sys.exit(130)


def _exit_at_once(_signal: int, _frame: FrameType | None) -> NoReturn:
    _print_interrupted()
    os._exit(130)


def _print_interrupted() -> None:
    with suppress(OSError):
        os.write(2, b"error: interrupted\n")
