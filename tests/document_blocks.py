"""Documents as their readers have them: the site's pages, and the blocks run in their order, in one folder.

A block with a title is a file of that name. A console block shows commands with all that they print; a Python block is
run, and what it prints stands in the text block right below it, where there is one. Other blocks are only read.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

from .command import Streams, run_between, surroundings

_FENCE = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.M | re.S)
_SECONDS = 300
_SHELL = re.compile(r"[|&;<>$`*?~#()\n]")
"""What a shell does more with than take words apart."""
_ROOT = Path(__file__).parents[1]


def lay_out_pages(out: Path) -> None:
    """Writes the site's pages, as `make docs` lays them out."""
    links = _ROOT / ".links" / "goldspan"
    links.mkdir(parents=True, exist_ok=True)
    packages = [_ROOT / name for name in ("annotate", "cli", "corpus", "eval", "schema", "seeds")]
    parts = [_ROOT / "goldspan" / name for name in ("__init__.py", "lazy_names.py", "py.typed", "workflows")]
    for path in packages + parts:  # as the Makefile lays them out
        if not (links / path.name).exists():
            (links / path.name).symlink_to(path)
    call = [sys.executable, "-m", "docs.reference", str(out)]
    done = subprocess.run(call, cwd=_ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file that it is, what stands in it, and where."""

    language: str
    title: str | None
    body: str
    start: int


def blocks(text: str) -> list[Block]:
    """Those of a document, in order."""
    return [Block(found[1], found[2], found[3], found.start(3)) for found in _FENCE.finditer(text)]


def played(text: str, folder: Path) -> Iterator[tuple[Block, str]]:
    """Runs a document in a folder, and tells each block that shows output with what it ought to be."""
    found = blocks(text)
    for at, block in enumerate(found):
        if block.title is not None:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, "utf-8")
        elif block.language == "console":
            calls = [line[2:] for line in block.body.splitlines() if line.startswith("$ ")]
            yield block, "".join(f"$ {call}\n{_typed(call, folder)}" for call in calls)
        elif block.language == "python":
            said = run_script(block.body, folder)
            below = found[at + 1] if at + 1 < len(found) else None
            if below is not None and below.language == "text" and below.title is None:
                yield below, said
            else:
                yield Block("python", None, "", block.start), said


def _typed(call: str, folder: Path) -> str:
    """What a call shows at a prompt. One of goldspan alone needs no shell."""
    words = shlex.split(call)
    if words[0] == "goldspan" and not _SHELL.search(call):
        return _shown(lambda streams: run_between(tuple(words[1:]), streams, cwd=folder, env=_variables()))
    done = subprocess.run(
        ["sh", "-c", call],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_SECONDS,
        env=_variables(),
    )
    return done.stdout


def run_script(code: str, folder: Path) -> str:
    """What a script shows, its warnings included. What is deprecated, it does not use."""

    def run(streams: Streams) -> None:
        with surroundings(streams, cwd=folder, env=_variables()), warnings.catch_warnings():
            warnings.resetwarnings()
            for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
                warnings.simplefilter("ignore", category)
            warnings.filterwarnings("error", category=DeprecationWarning, module="__main__")
            warnings.showwarning = _show_warning
            cast(io.TextIOWrapper, sys.stdout).reconfigure(line_buffering=True)  # as it is at a terminal
            exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})

    return _shown(run)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno))


def _shown(run: Callable[[Streams], object]) -> str:
    """What is shown where both streams end in one place, as at a terminal."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as place:
        run((None, place.fileno(), place.fileno()))
        place.seek(0)
        return place.read()


def _variables() -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {name: value for name, value in os.environ.items() if name != "GOLDSPAN_NAME_KEY"} | {"PATH": path}
