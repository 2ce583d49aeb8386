"""Where the command begins: an interruption is answered from here on, also while the rest is still being loaded."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command and ends the process, as `goldspan.cli.main.main` says."""
    try:
        from .main import main as run

        run()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with suppress(OSError):
            os.write(2, b"error: interrupted\n")
        sys.exit(130)
