"""Completion by the real shells, with the scripts that the command prints for them."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from goldspan.annotate.registry import installed_extractors
from goldspan.cli import completion
from goldspan.corpus.formats.format_registry import installed_formats
from goldspan.schema import conflict_scheme

from ..command import GOLDSPAN
from ..schema.test_scheme_file import DISASTER

WAYS = {**os.environ, "PATH": f"{GOLDSPAN.parent}{os.pathsep}{os.environ['PATH']}"}
EXTRACTORS = {item.name for item in installed_extractors()}

LINES: dict[str, tuple[str, set[str]]] = {
    "commands": ("goldspan co", {"comparable", "convert", "corpus"}),
    "sub-commands": (
        "goldspan corpus ",
        {
            "build",
            "check",
            "concordance",
            "diff",
            "filter",
            "merge",
            "names",
            "rename",
            "sample",
            "shard",
            "stats",
            "terms",
        },
    ),
    "options": ("goldspan annotate --w", {"--workers"}),
    "extractors": ("goldspan annotate --extractor ", EXTRACTORS),
    "an extractor": ("goldspan bench gold.jsonl --extractor ru", {"rules"}),
    "an extractor to probe": ("goldspan probe ru", {"rules"}),
    "probes": ("goldspan probe rules gold.jsonl --probe s", {"shuffle", "swap"}),
    "formats to": ("goldspan export gold.jsonl --to ", set(installed_formats())),
    "formats from": ("goldspan convert x --from co", {"conll"}),
    "labels": ("goldspan score --labels ", set(conflict_scheme().labels)),
    "labels after others": ("goldspan score --labels ACTOR,DATE,", {"ACTOR,DATE,LOCATION", "ACTOR,DATE,COUNT"}),
    "labels of a scheme": ("goldspan score --scheme disaster.toml --labels ", {"HAZARD", "LOSS"}),
    "orders of a layer": ("goldspan power reading --order ", {"contested", "mix", "novelty", "score"}),
    "orders": ("goldspan studio push --order ", {"contested", "disagreement", "mix", "novelty", "score"}),
    "populations": ("goldspan lookup --population 1", {"1000", "15000"}),
    "suites": ("goldspan bench --suite co", {"conflict", "counts"}),
    "gold sets": ("goldspan gold get t", {"tagwar", "tempeval-3", "tr-news"}),
    "suites of a list": ("goldspan gold list --suite d", {"dates"}),
    "servers": ("goldspan studio down --name ", {"default", "second"}),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "disaster.toml").write_text(DISASTER)
    for name in ("default", "second"):
        (tmp_path / "home" / "servers" / name).mkdir(parents=True)
    return tmp_path


def surroundings(folder: Path) -> dict[str, str]:
    return {**WAYS, "GOLDSPAN_HOME": str(folder / "home")}


@cache
def script(shell: str) -> str:
    done = subprocess.run(
        ["goldspan"], env={**WAYS, "_GOLDSPAN_COMPLETE": f"source_{shell}"}, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0 and "goldspan" in done.stdout
    return done.stdout


def offered_by_bash(line: str, folder: Path) -> set[str]:
    words = [*shlex.split(line), *([""] if line.endswith(" ") else [])]
    program = f"""{script("bash")}
COMP_WORDS=({shlex.join(words)})
COMP_CWORD={len(words) - 1}
$(complete -p goldspan | sed 's/.*-F \\([^ ]*\\).*/\\1/') goldspan
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run(
        ["bash", "--norc", "-c", program], cwd=folder, env=surroundings(folder), capture_output=True, encoding="utf-8"
    )
    assert done.stderr == ""
    return set(filter(None, done.stdout.split("\n")))


@pytest.mark.parametrize("name", LINES)
def test_bash_offers(name: str, folder: Path) -> None:
    line, expected = LINES[name]
    assert offered_by_bash(line, folder) == expected


@pytest.mark.parametrize("name", LINES)
def test_fish_offers(name: str, folder: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed: its completion was not tried")
    line, expected = LINES[name]
    source = folder / "goldspan.fish"
    source.write_text(script("fish"))
    program = f"source {shlex.quote(str(source))}; complete -C {shlex.quote(line)}"
    settings = {**surroundings(folder), "HOME": str(folder)}
    done = subprocess.run(["fish", "--no-config", "-c", program], cwd=folder, env=settings, capture_output=True, encoding="utf-8")  # fmt: skip
    assert {row.partition("\t")[0] for row in done.stdout.splitlines() if row} == expected


def test_zsh_offers(folder: Path) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed: its completion was not tried")
    (folder / "goldspan.zsh").write_text(script("zsh"))
    start = "autoload -U compinit; compinit -D -u; source goldspan.zsh; bindkey '^I' list-choices; echo REA''DY\n"
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(folder)
        os.execvpe("zsh", ["zsh", "-f", "-i"], {**surroundings(folder), "TERM": "dumb", "COLUMNS": "80"})
    try:
        shown(terminal, start, until=["READY"])
        for line, expected in LINES.values():
            seen = shown(terminal, f"\x15{line}\t", until=sorted(expected) if len(expected) > 1 else [])
            if len(expected) > 1:
                assert expected <= set(re.findall(r"[^\s]+", seen)), line
    finally:
        os.write(terminal, b"\x15exit\n")
        os.close(terminal)
        os.waitpid(pid, 0)


def shown(terminal: int, typed: str, *, until: list[str]) -> str:
    """What a terminal shows after something was typed, up to when all the words stand there."""
    os.write(terminal, typed.encode())
    seen = ""
    give_up = time.monotonic() + 60
    while not (until and set(until) <= set(seen.split())) and time.monotonic() < give_up:
        if select.select([terminal], [], [], 0.2 if until else 2)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")
        elif not until:
            break
    return seen


def test_the_configurations_scheme_gives_the_labels(folder: Path) -> None:
    (folder / "goldspan.toml").write_text('scheme = "disaster.toml"\n')
    assert offered_by_bash("goldspan score --labels ", folder) == {"HAZARD", "LOSS"}
    (folder / "goldspan.toml").write_text("[broken\n")
    assert offered_by_bash("goldspan score --labels ", folder) == set(conflict_scheme().labels)
    assert offered_by_bash("goldspan score --scheme none.toml --labels ", folder) == set()


def test_files_are_left_to_the_shell(folder: Path) -> None:
    assert offered_by_bash("goldspan corpus check dis", folder) == set()
    assert "-o default" in script("bash")  # which is bash's own completion of files


@pytest.mark.parametrize(
    "line", ["goldspan annotate --extractor ", "goldspan export --to ", "goldspan score --labels "]
)
def test_completion_loads_nothing_heavy(line: str, folder: Path) -> None:
    heavy = ["spacy", "datasets", "label_studio_sdk", "pyarrow", "numpy", "torch", "transformers", "tqdm"]
    code = "import sys; sys.argv = ['goldspan']\nfrom goldspan.cli.entry_point import main\ntry: main()\n"
    code += (
        f"except SystemExit as end: print(end.code, [name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    words = line.split()
    asked = {"_GOLDSPAN_COMPLETE": "complete_bash", "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words))}
    done = subprocess.run([sys.executable, "-c", code], env={**surroundings(folder), **asked}, capture_output=True, text=True)  # fmt: skip
    assert done.stderr == "0 []\n" and done.stdout.strip()


def test_a_shells_question_about_files_is_answered_by_the_status() -> None:
    asked = {"_GOLDSPAN_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "is-args"}
    for line, status in (("goldspan corpus ", 0), ("goldspan corpus check ", 1)):
        done = subprocess.run(["goldspan"], env={**WAYS, **asked, "_TYPER_COMPLETE_ARGS": line}, capture_output=True)
        assert done.returncode == status


def test_the_script_is_shown() -> None:
    shell = "goldspan --show-completion; exit $?"
    done = subprocess.run(["bash", "--norc", "-c", shell], env=WAYS, capture_output=True, encoding="utf-8")
    assert done.returncode == 0 and "complete" in done.stdout


def test_installing_it_makes_it_known_to_doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", "/bin/bash")
    assert completion.completion_status() == completion.CompletionStatus("bash", None)
    done = subprocess.run(["bash", "--norc", "-c", "goldspan --install-completion; exit $?"], env={**WAYS, "HOME": str(tmp_path)}, capture_output=True, encoding="utf-8")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert completion.completion_status() == completion.CompletionStatus(
        "bash", tmp_path / ".bash_completions" / "goldspan.sh"
    )
    sourced = subprocess.run(["bash", "-ic", "complete -p goldspan"], env={**WAYS, "HOME": str(tmp_path)}, capture_output=True, encoding="utf-8")  # fmt: skip
    assert "-F" in sourced.stdout
