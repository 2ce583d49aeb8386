"""Memory of `goldspan corpus check` on a million records."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .corpus import lines

_RECORDS = 1_000_000


def main() -> None:
    """Prints the peak memory and time of checking a million short records (under 300 MB)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.jsonl"
        with path.open("wb") as stream:
            stream.writelines(lines(_RECORDS, characters=200, spans=2))
        start = time.perf_counter()
        check = Path(sys.executable).with_name("goldspan")
        process = subprocess.Popen([check, "corpus", "check", path], stdout=subprocess.PIPE)
        _, status, usage = os.wait4(process.pid, 0)
        print(f"memory   corpus check of {_RECORDS} records ({path.stat().st_size / 1e6:.0f} MB):", end=" ")
        print(f"peak {usage.ru_maxrss / 1024:.0f} MB, {time.perf_counter() - start:.1f} s, status {status}")
