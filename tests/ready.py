"""What the tests would install and compile first, for a run beside other work: `python -m tests.ready`.

Without it the first tests do the same, while those on the other processors wait for it, and each process compiles all
tests for itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from . import earlier_release, studio_server, torch_packages


def make_ready() -> None:
    """Installs what the tests need of Label Studio and of torch, and has Python keep the compiled tests."""
    studio_server.installed()
    earlier_release.fetched()
    try:
        torch_packages.installed()
    except torch_packages.CannotInstallError as error:
        sys.stderr.write(f"note: no torch here, so the tests that need it are skipped: {error}\n")
    collect = [sys.executable, "-m", "pytest", "--collect-only", "--quiet"]
    subprocess.run(collect, cwd=Path(__file__).parents[1], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    make_ready()
