"""A document's code, run from its first block to its last in one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.M | re.S)
CUT = "…\n"
"""Ends an output that a document shows the beginning of."""


@dataclass(frozen=True)
class Step:
    """A command of a document, and what the document says that it prints."""

    call: str
    shown: str


def steps(document: Path, folder: Path) -> Iterator[Step]:
    """The commands in order; a block with a title is laid down as that file when its turn comes."""
    for kind, title, body in _BLOCK.findall(document.read_text("utf-8")):
        if title:
            path = folder / title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, "utf-8")
        elif kind == "console":
            for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
                call, _, shown = part.partition("\n")
                yield Step(call, shown)


def printed(call: str, folder: Path) -> str:
    """What a terminal shows of a command: both streams in the order in which they were written."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", call],
        cwd=folder,
        env=os.environ | {"PATH": path, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.stdout
