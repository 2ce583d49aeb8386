"""Calls of the command within this process, each in a fresh copy of a folder, with all that comes of them."""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer.main

from goldspan.cli.console import error
from goldspan.cli.main import _CallError, app
from goldspan.schema import GoldspanError

COMMAND: Any = typer.main.get_command(app)


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
        inputs: Copied for each call.
        place: Where the copy lies: the same for all, so that no path tells calls apart.
    """

    def __init__(self, inputs: Path, place: Path) -> None:
        self._inputs = inputs
        self._place = place
        self._known: dict[tuple[str, str], Outcome] = {}

    def __call__(self, call: str, configuration: str = "") -> Outcome:
        """What comes of a call, where goldspan.toml says what it is given."""
        if (call, configuration) not in self._known:
            self._known[call, configuration] = self._run(call, configuration)
        return self._known[call, configuration]

    def _run(self, call: str, configuration: str) -> Outcome:
        shutil.copytree(self._inputs, self._place)
        if configuration:
            (self._place / "goldspan.toml").write_text(configuration)
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        try:
            with (
                pytest.MonkeyPatch.context() as patch,
                contextlib.chdir(self._place),
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
            ):
                patch.setenv("GOLDSPAN_CONFIG", "goldspan.toml" if configuration else os.devnull)
                status = _status(shlex.split(call))
            return Outcome(status, _printed(out), _printed(err), self._made())
        finally:
            shutil.rmtree(self._place)

    def _made(self) -> dict[str, bytes]:
        files = {path.relative_to(self._place): path for path in self._place.rglob("*") if path.is_file()}
        return {
            str(name): path.read_bytes()
            for name, path in files.items()
            if not (before := self._inputs / name).exists() or before.read_bytes() != path.read_bytes()
        }


def _printed(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def _status(words: list[str]) -> int:
    try:
        return COMMAND.main(words, prog_name="goldspan", standalone_mode=False) or 0
    except GoldspanError as fault:
        for line in fault.lines:
            error(line)
        return fault.exit_code
    except _CallError as fault:
        error(fault.format_message())
        return 2
