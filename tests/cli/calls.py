"""Calls of the command within this process, each in a folder as it was laid out, with all that comes of them."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..command import command_tree, run_here

COMMAND: Any = command_tree()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: its status, what it printed, and the files that it made or changed."""

    status: int
    out: str
    err: str
    files: dict[str, bytes]


class Caller:
    """Runs calls, each equal one once.

    Args:
        inputs: Copied for the first call, and for each after one that changed something.
        place: Where the copy lies: the same for all, so that no path tells calls apart.
    """

    def __init__(self, inputs: Path, place: Path) -> None:
        laid_out = {path.relative_to(inputs): path for path in inputs.rglob("*")}
        self._inputs = inputs
        self._names = laid_out.keys()
        self._contents = {name: path.read_bytes() for name, path in laid_out.items() if path.is_file()}
        self._place = place
        self._known: dict[tuple[str, str], Outcome] = {}

    def __call__(self, call: str, configuration: str = "") -> Outcome:
        """What comes of a call, where goldspan.toml says what it is given."""
        if (call, configuration) not in self._known:
            self._known[call, configuration] = self._run(call, configuration)
        return self._known[call, configuration]

    def _run(self, call: str, configuration: str) -> Outcome:
        if not self._place.exists():
            shutil.copytree(self._inputs, self._place)
        if configuration:
            (self._place / "goldspan.toml").write_text(configuration)
        env = {**os.environ, "GOLDSPAN_CONFIG": "goldspan.toml" if configuration else os.devnull}
        unchanged = False
        try:
            done = run_here(*shlex.split(call), cwd=self._place, env=env)
            found = {path.relative_to(self._place): path for path in self._place.rglob("*")}
            made = self._made(found)
            unchanged = not made and found.keys() == self._names
            return Outcome(done.returncode, done.stdout, done.stderr, made)
        finally:
            if not unchanged:
                shutil.rmtree(self._place)

    def _made(self, found: dict[Path, Path]) -> dict[str, bytes]:
        files = {name: path.read_bytes() for name, path in found.items() if path.is_file()}
        return {str(name): content for name, content in files.items() if self._contents.get(name) != content}
