"""A process in which no extra is installed, and what happens there: `python -m tests.without_extras CALLS OUTCOMES`.

CALLS is a file with the arguments of commands, or Python expressions. They run one after another in the working folder.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    """How a call ended: the status of a command, or the error of an expression; and what it left in the folder."""

    status: int | str
    out: str
    err: str
    made: list[str]


def outcomes(calls: Mapping[str, Sequence[str] | str], folder: Path) -> dict[str, Outcome]:
    """Run commands (a list of arguments) and expressions (a string) in a folder, in one process."""
    given, told = folder.parent / "calls.json", folder.parent / "outcomes.json"
    given.write_text(json.dumps(calls), encoding="utf-8")
    command = [sys.executable, "-m", "tests.without_extras", str(folder), str(given), str(told)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return {name: Outcome(**outcome) for name, outcome in json.loads(told.read_text("utf-8")).items()}


def _hide_extras() -> None:
    from goldspan.schema.extras import EXTRAS

    hidden = {module for extra in EXTRAS.values() for module in extra.modules.values()}
    assert not hidden & sys.modules.keys(), "import goldspan.schema imports an optional package"
    sys.modules.update(dict.fromkeys(hidden))  # None, so that neither `import` nor `find_spec` finds it


def _run(call: list[str] | str) -> Outcome:
    from goldspan.cli.main import main

    out, err, before = io.StringIO(), io.StringIO(), _files()
    status: int | str = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            if isinstance(call, str):
                exec(call, {})
            else:
                with patch.object(sys, "argv", ["goldspan", *call]):
                    main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
        except Exception as error:
            status = type(error).__name__
            err.write(str(error))
    return Outcome(status, out.getvalue(), err.getvalue(), sorted(_files() - before))


def _files() -> set[str]:
    return {path.as_posix() for path in Path().rglob("*")}


if __name__ == "__main__":
    import os

    folder, given, told = map(Path, sys.argv[1:])
    os.chdir(folder)
    _hide_extras()
    results = {name: asdict(_run(call)) for name, call in json.loads(given.read_text("utf-8")).items()}
    told.write_text(json.dumps(results), encoding="utf-8")
