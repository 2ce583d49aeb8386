"""Tokens: who gets them, and where none may stand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from goldspan.annotate.child_environment import TOKENS

from ..command import GOLDSPAN
from ..conftest import Run, record, write_lines
from ..studio_server import Studio

MARK = "recognisable0123456789abcdef0123456789ab"
TELLING = """
import json, os, sys
for line in sys.stdin:
    record = json.loads(line)
    open({out!r}, "w").write(json.dumps(dict(os.environ)))
    print(json.dumps({{"id": record["id"], "spans": []}}))
"""


def everything(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".py")


def test_programs_get_no_token_but_the_one_that_is_named(goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", record())
    program = tmp_path / "telling.py"
    program.write_text(TELLING.format(out=str(tmp_path / "env.json")))
    surroundings = {**os.environ, **{name: f"{MARK}-{name}" for name in TOKENS}, "OTHER": "kept"}
    spec = f"command:{sys.executable} {program}"
    for argument, named in (("", set()), (",token=OPENAI_API_KEY", {"OPENAI_API_KEY"})):
        done = goldspan(
            "annotate", source, "--extractor", spec + argument, "--out", tmp_path / "o.jsonl", env=surroundings
        )
        assert done.returncode == 0, done.stderr
        told = json.loads((tmp_path / "env.json").read_text())
        assert (told.keys() & set(TOKENS), told["OTHER"]) == (named, "kept")
        assert MARK not in (tmp_path / "o.jsonl").read_text() + done.stdout + done.stderr
    wrong = goldspan("annotate", source, "--extractor", f"{spec},token=PATH", "--out", tmp_path / "o.jsonl")
    assert (wrong.returncode, "Fix: one of" in wrong.stderr) == (2, True)


@pytest.mark.parametrize("how", [[], ["--json"]], ids=["for people", "for programs"])
def test_what_is_said_of_the_surroundings_holds_no_token(how: list[str], goldspan: Run, tmp_path: Path) -> None:
    tokens = {name: f"{MARK}-{name}" for name in TOKENS}
    done = goldspan("doctor", *how, env={**os.environ, **tokens, "GOLDSPAN_HOME": str(tmp_path)})
    assert done.stdout and MARK not in done.stdout + done.stderr


@pytest.mark.server
def test_a_token_stands_in_nothing_that_is_written_said_or_listed(studio: Studio, tmp_path: Path) -> None:
    secrets = [studio.token.encode(), studio.credentials["password"].encode()]
    source = write_lines(tmp_path / "in.jsonl", record("t", "Iran struck three bases."))
    title = ("--project", "tokens")
    surroundings = {"GOLDSPAN_STUDIO_TOKEN": studio.token, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    said = []
    for call in (
        ("push", str(source), *title, "--url", studio.url),
        ("pull", "--out", str(tmp_path / "passes"), *title, "--url", studio.url),
        ("push", str(source), "--project", "x", "--url", studio.url),
        ("status", "--url", studio.url),
        ("status", "--json"),
        ("logs", "-n", "1000"),
    ):
        process = subprocess.Popen(
            [str(GOLDSPAN), "studio", *call],
            env={**studio.surroundings, **surroundings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        told: tuple[bytes, ...] = ()
        while not told:
            said += _arguments()
            with suppress(subprocess.TimeoutExpired):  # read all the while: a pipe that is full stops who writes
                told = process.communicate(timeout=0.05)
        said += [*told]
    said += [everything(tmp_path)]
    said += [
        path.read_bytes() for path in studio.folder.glob("*") if path.is_file() and path.name != "credentials.json"
    ]
    for secret in secrets:
        assert not [text for text in said if secret in text]


def _arguments() -> list[bytes]:
    """Of all processes, where the system shows them as files."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            found.append((path / "cmdline").read_bytes())
        except OSError:
            continue
    return found
