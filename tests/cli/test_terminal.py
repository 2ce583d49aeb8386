"""What reaches a terminal: no colours, whatever is asked for, and bars only where somebody looks."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.corpus.release.editions import edition

from ..command import GOLDSPAN
from ..conftest import SEEDS, Run, record, write_lines
from .terminal import at_terminal

GOLD = Path(str(edition().folder)) / "gold.jsonl"
READER = GOLD.parent / "passes" / "reader-1.jsonl"

CALLS: dict[str, list[object]] = {
    "help": ["--help"],
    "wrong call": ["scroe"],
    "build": ["corpus", "build", SEEDS, "--out", "out.jsonl"],
    "export": ["export", GOLD, "--to", "hf", "--out", "dataset"],
    "score": ["score", GOLD, READER, "--errors", "--html", "report.html"],
    "doctor": ["doctor"],
    "install-completion": ["--install-completion"],
}

FORCED = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "PY_COLORS": "1"}


@pytest.mark.parametrize("name", CALLS)
def test_no_escape_sequence_reaches_a_terminal(name: str, tmp_path: Path) -> None:
    env = {**os.environ, **FORCED, "TERM": "xterm-256color", "HOME": str(tmp_path), "SHELL": "/bin/bash"}
    ran = at_terminal(CALLS[name], cwd=tmp_path, env=env)
    assert "\x1b" not in ran.terminal + ran.stdout


@pytest.mark.parametrize("name", CALLS)
def test_without_a_terminal_there_are_neither_bars_nor_colours(name: str, goldspan: Run, tmp_path: Path) -> None:
    env = {**os.environ, **FORCED, "HOME": str(tmp_path), "SHELL": "/bin/bash"}
    done = goldspan(*CALLS[name], cwd=tmp_path, env=env)
    for shown in (done.stdout, done.stderr):
        assert "\x1b" not in shown and "\r" not in shown and "it/s" not in shown


def test_a_bar_is_shown_to_who_waits_and_is_gone_at_the_end(tmp_path: Path) -> None:
    big = write_lines(tmp_path / "big.jsonl", *(record(str(number)) for number in range(800)))  # several batches
    slow = shlex.join([sys.executable, "-c", "import sys, time; time.sleep(0.5); print(sys.stdin.read())"])
    ran = at_terminal(["annotate", big, "--out", tmp_path / "out.jsonl", "--extractor", f"command:{slow}"])
    assert ran.returncode == 0
    assert "annotating" in ran.terminal and ran.terminal.splitlines()[-1].startswith("next: ")


def test_words_from_right_to_left_move_nothing_around_them_on_a_terminal(goldspan: Run, tmp_path: Path) -> None:
    marked = {"start": 0, "end": 4, "label": "عدد الضحايا"}
    wrong = write_lines(tmp_path / "wrong.jsonl", record("مكان", "Iran left.", spans=[marked]))
    ran = at_terminal(["corpus", "check", wrong])
    assert "\u200eerror: " in ran.terminal and "\u2068عدد الضحايا\u2069 has an unknown label" in ran.terminal
    piped = goldspan("corpus", "check", wrong).stderr
    assert "عدد الضحايا has an unknown label" in piped and not {"\u200e", "\u2068"} & {*piped}


def test_a_closed_standard_error_is_no_place_for_hints(tmp_path: Path) -> None:
    call = f"{GOLDSPAN} corpus build {SEEDS} --out {tmp_path / 'out.jsonl'} 2>/dev/full"
    done = subprocess.run(["bash", "-c", call], capture_output=True, encoding="utf-8", timeout=60)
    assert (done.stdout, done.stderr) == ("", "")
