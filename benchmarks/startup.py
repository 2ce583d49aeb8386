"""Startup time of `goldspan --help`, compared with importing the library that parses its command line."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

_ROUNDS = 9


def main() -> None:
    """Print the median time of both and the median ratio (target: at most 3)."""
    command = [str(Path(sys.executable).with_name("goldspan")), "--help"]
    peer = [sys.executable, "-c", "import typer"]
    times = [(_seconds(command), _seconds(peer)) for _ in range(_ROUNDS)]
    ours, theirs = (sorted(column)[_ROUNDS // 2] for column in zip(*times, strict=True))
    ratio = sorted(a / b for a, b in times)[_ROUNDS // 2]
    print(
        f"help     goldspan --help {ours:.3f} s, import typer {theirs:.3f} s, ratio {ratio:.2f} (median of {_ROUNDS})"
    )


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
