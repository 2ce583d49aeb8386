"""The line that says what to do next: for people only, true, and ready to be pasted."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from goldspan.cli import hints
from goldspan.corpus.release.editions import edition

from ..command import GOLDSPAN
from ..conftest import SEEDS, Run, record, span, write_lines
from .terminal import Ran, at_terminal

IRAN = {"kind": "state", "id": "IRN"}


def hint(ran: Ran) -> str:
    """The hint's command; every other line of the terminal is left aside."""
    found = re.findall(r"^next(?:, [^:]*)?: (.*)$", ran.terminal, re.M)
    assert len(found) == 1, ran.terminal
    return str(found[0])


def pasted(command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "PATH": f"{GOLDSPAN.parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-c", command], cwd=cwd, env=surroundings, capture_output=True, encoding="utf-8", timeout=300
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose name a shell would take apart."""
    folder = tmp_path / "war & peace's $news"
    folder.mkdir()
    return folder


def test_each_step_names_the_next_and_pasting_them_leads_to_a_dataset(folder: Path, tmp_path: Path) -> None:
    corpus = folder / "corpus.jsonl"
    built = at_terminal(["corpus", "build", SEEDS, "--out", corpus])
    done = pasted(hint(built), tmp_path)
    assert done.returncode == 0, done.stderr
    suggestions = folder / "corpus.suggestions.jsonl"
    assert "0 problems" in done.stdout and suggestions.exists()

    annotated = at_terminal(["annotate", corpus, "--out", suggestions])
    assert shlex.split(hint(annotated)) == ["goldspan", "studio", "push", str(suggestions)]

    passes = [write_lines(folder / f"{name}.jsonl", record(spans=[span(0, 4, "ACTOR", IRAN)])) for name in "ab"]
    agreed = at_terminal(["agree", *passes], cwd=folder)
    done = pasted(hint(agreed), folder)
    assert done.returncode == 0, done.stderr
    adjudicated = at_terminal(["adjudicate", *passes, "--out", folder / "gold.jsonl"], cwd=folder)
    done = pasted(hint(adjudicated), folder)
    assert done.returncode == 0, done.stderr
    exported = at_terminal(["export", folder / "gold.jsonl", "--to", "hf", "--out", folder / "dataset", "--overwrite"])
    done = pasted(hint(exported), folder)
    assert done.returncode == 0 and "DatasetDict" in done.stdout, done.stderr


def test_scores_lead_to_their_errors_and_open_conflicts_to_decisions(folder: Path) -> None:
    gold = Path(str(edition().folder)) / "gold.jsonl"
    reader = Path(str(edition().folder)) / "passes" / "reader-1.jsonl"
    scored = at_terminal(["score", gold, reader, "--resamples", 0, "--labels", "ACTOR"], cwd=folder)
    done = pasted(hint(scored), folder)
    assert done.returncode == 0 and "errors of reader-1" in done.stdout and (folder / "report.html").exists(), done
    whole = at_terminal([*shlex.split(hint(scored))[1:], "--resamples", 0], cwd=folder)
    assert "next" not in whole.terminal

    a = write_lines(folder / "a.jsonl", record(spans=[span(0, 4, "ACTOR", IRAN)]))
    b = write_lines(folder / "b.jsonl", record(spans=[]))
    first = at_terminal(["adjudicate", a, b, "--out", "gold.jsonl"], cwd=folder)
    assert first.returncode == 1
    assert pasted(hint(first), folder).returncode == 1 and (folder / "conflicts.jsonl").exists()
    again = at_terminal(["adjudicate", a, b, "--out", "gold.jsonl", "--conflicts", "conflicts.jsonl"], cwd=folder)
    assert shlex.split(hint(again))[-2:] == ["--decisions", "conflicts.jsonl"]


QUIET = {
    "not a terminal": ([], {}, "", False),
    "JSON": (["--json"], {}, "", True),
    "turned off by the environment": ([], {"GOLDSPAN_HINTS": "0"}, "", True),
    "turned off by the configuration": ([], {}, "hints = false\n", True),
}


@pytest.mark.parametrize("name", QUIET)
def test_no_hint_but_for_people_who_want_it(name: str, goldspan: Run, tmp_path: Path) -> None:
    options, surroundings, configuration, terminal = QUIET[name]
    (tmp_path / "goldspan.toml").write_text(configuration)
    call = ["corpus", "build", SEEDS, "--out", "out.jsonl", *options]
    env = {**os.environ, **surroundings}
    if terminal:
        assert "next" not in at_terminal([*call], cwd=tmp_path, env=env).terminal
    else:
        assert "next" not in goldspan(*call, cwd=tmp_path, env=env).stderr


def test_standard_output_needs_no_next_step() -> None:
    ran = at_terminal(["corpus", "build", SEEDS, "--out", "-"])
    assert ran.returncode == 0 and "next" not in ran.terminal and len(ran.stdout.splitlines()) == 5


def test_a_hint_names_no_file_that_is_there(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    for name in ("corpus.suggestions.jsonl", "corpus-2.suggestions.jsonl"):
        (tmp_path / name).touch()
    scheme = tmp_path / "x.toml"
    scheme.write_text('name = "x"\nversion = 1\n[labels.X]\ndefinition = "-"\npatterns = ["Iran"]\n')
    ran = at_terminal(["corpus", "build", SEEDS, "--out", corpus, "--scheme", scheme])
    named = ["--extractor", "patterns", "--out", str(tmp_path / "corpus-3.suggestions.jsonl"), "--scheme", str(scheme)]
    assert shlex.split(hint(ran))[-6:] == named


def test_a_server_of_ones_own_and_a_project_are_named_again(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # fmt: skip
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.chdir(tmp_path)
    hints.after_push(["--project", "a b", "--url", "https://x.example"], review=False, scheme=Path("my.toml"))
    said = capsys.readouterr().err
    assert said == (
        "next, once tasks are annotated: goldspan studio pull --project 'a b' --url https://x.example --out passes"
        " --scheme my.toml\n"
    )
