"""Where the command begins: an interruption is answered from here on, also while the rest is still being loaded."""

from __future__ import annotations

import os
import sys
from typing import NoReturn


def main() -> NoReturn:
    """Runs the command and ends the process, as `goldspan.cli.main.main` says."""
    try:
        from .main import main as run

        run()
    except KeyboardInterrupt:
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, b"error: interrupted\n")
        os._exit(130)  # nothing was begun, or all is tidied up
