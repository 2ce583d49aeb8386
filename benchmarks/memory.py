"""Memory of `goldspan corpus check` on a million records."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .corpus import lines
from .process_usage import run_measured

_RECORDS = 1_000_000


def main() -> None:
    """Print the peak memory and time of checking a million short records (target: under 300 MB)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.jsonl"
        with path.open("wb") as stream:
            stream.writelines(lines(_RECORDS, characters=200, spans=2))
        usage = run_measured([Path(sys.executable).with_name("goldspan"), "corpus", "check", path])
        print(f"memory   corpus check of {_RECORDS} records ({path.stat().st_size / 1e6:.0f} MB):", end=" ")
        print(usage)
