"""`goldspan init`: five questions, or the options that answer them, and a folder whose first commands work."""

from __future__ import annotations

import os
import resource
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldspan.cli.commands.init import init
from goldspan.schema import load_scheme
from goldspan.workflows import LabelAnswer, ProjectAnswers, create_project
from goldspan.workflows.new_project.project_answers import open_definition
from goldspan.workflows.new_project.project_files import PROJECT_FILES, TEMPLATES

from ..command import GOLDSPAN
from ..conftest import Run
from ..document_blocks import blocks
from .calls import COMMAND
from .terminal import at_terminal

COURTS = ProjectAnswers(
    "courts",
    "Court decisions",
    "de",
    (
        LabelAnswer("GESETZ", "Ein zitiertes Gesetz.", {"id": {"type": "identifier"}}),
        LabelAnswer("Große Kammer"),
        LabelAnswer("DAUER", "Wie lange.", {"count": {"type": "interval"}, "kind": {"type": "choice", "choices": ["Haft", "Frist, lang"]}}),
    ),
    overlap=True,
)  # fmt: skip
OPTIONS = [
    *("--title", "Court decisions", "--language", "de", "--labels", "GESETZ,Große Kammer,DAUER", "--overlap"),
    *("--definition", "GESETZ=Ein zitiertes Gesetz.", "--definition", "DAUER=Wie lange."),
    *("--value", "GESETZ=identifier", "--value", "DAUER=interval", "--value", 'DAUER=choice:Haft,"Frist, lang"'),
]
ANSWERS = [
    *("Court decisions", "germanish", "de", "", "GESETZ, Große Kammer, DAUER"),
    *("Ein zitiertes Gesetz.", "", "Wie lange.", "perhaps", "yes"),
    *("identifikator", "identifier", "", 'interval; choice:Haft,"Frist, lang"'),
]
"""Three of them are not answers, and are asked for again."""


def contents(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()}


def test_a_conversation_options_and_a_script_make_the_same_project(goldspan: Run, tmp_path: Path) -> None:
    create_project(COURTS, tmp_path / "script")
    asked = at_terminal(["init", "courts", "--dir", "asked"], cwd=tmp_path, typed="\n".join(ANSWERS) + "\n")
    assert asked.returncode == 0, asked.terminal
    for wrong in (
        "'germanish' is not a language tag",
        "there must be a label",
        "'perhaps' is neither",
        "identifikator",
    ):
        assert wrong in asked.terminal
    given = goldspan("init", "courts", "--dir", "given", *OPTIONS, "--yes", cwd=tmp_path)
    assert given.returncode == 0, given.stderr
    assert given.stderr.endswith("to be defined in scheme.toml and guidelines.md: Große Kammer\n")
    assert contents(tmp_path / "asked") == contents(tmp_path / "given") == contents(tmp_path / "script")
    scheme = load_scheme(tmp_path / "given" / "scheme.toml")
    assert (scheme.ref, scheme.title, scheme.overlap) == ("courts@1", "Court decisions", True)
    assert [label.definition for label in scheme.labels.values()] == ["Ein zitiertes Gesetz.", open_definition("Große Kammer"), "Wie lange."]  # fmt: skip
    assert scheme.value("DAUER", min=2, max=None, kind="Frist, lang") and scheme.value("GESETZ", id="§ 1 BGB")


def test_what_options_give_is_not_asked(tmp_path: Path) -> None:
    done = at_terminal(
        ["init", "courts", *OPTIONS, "--value", "Große Kammer=none"], cwd=tmp_path, typed="Eine Kammer.\n"
    )
    assert (done.returncode, done.terminal.count("?"), "Value of" in done.terminal) == (0, 0, False)
    assert load_scheme(tmp_path / "courts" / "scheme.toml").labels["Große Kammer"].definition == "Eine Kammer."


def test_who_leaves_before_the_last_answer_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):  # status 130
        at_terminal(["init", "courts"], cwd=tmp_path, typed="A title\n\x04")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("--title", "--title"),
        ("--language", "--language"),
        ("--overlap", "--overlap or --no-overlap"),
        ("--definition", "--definition GESETZ=…, --definition Große Kammer=…, --definition DAUER=…"),
        ("--value", "--value GESETZ=…, --value Große Kammer=…, --value DAUER=…"),
        ("", "--definition Große Kammer=…, --value Große Kammer=…"),
    ],
)
def test_without_a_terminal_the_missing_options_are_named(
    left_out: str, named: str, goldspan: Run, tmp_path: Path
) -> None:
    words: list[str] = []
    rest = iter(OPTIONS)
    for word in rest:
        if word != left_out:
            words.append(word)
        elif word != "--overlap":
            next(rest)
    done = goldspan("init", "courts", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "") and named in done.stderr, done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", ["a file", "a link that leads nowhere", "a folder"])
@pytest.mark.parametrize("path", PROJECT_FILES)
def test_no_file_is_overwritten_and_nothing_is_asked_before(path: str, way: str, tmp_path: Path) -> None:
    place = tmp_path / "courts" / path
    place.parent.mkdir(parents=True)
    if way == "a file":
        place.write_text("mine")
    elif way == "a folder":
        place.mkdir()
    else:
        place.symlink_to("nowhere")
    before = sorted(tmp_path.rglob("*"))
    done = at_terminal(["init", "courts"], cwd=tmp_path, typed="")
    assert done.returncode == 2 and f"1 file would be overwritten: {path}. Fix: name a new or empty folder as --dir" in done.terminal  # fmt: skip
    assert "1." not in done.terminal and sorted(tmp_path.rglob("*")) == before


def test_files_of_the_example_are_not_overwritten(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "beben-von-1911.txt").write_text("mine")
    done = goldspan("init", "disaster", "--dir", tmp_path, "--example")
    assert done.returncode == 2 and "1 file would be overwritten: articles/beben-von-1911.txt" in done.stderr
    assert contents(tmp_path) == {"articles/beben-von-1911.txt": "mine"}
    assert goldspan("init", "disaster", "--dir", tmp_path).returncode == 0


@pytest.mark.unmeasured
def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path) -> None:
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))  # noqa: E731
    call = [str(GOLDSPAN), "init", "courts", "--labels", "A", "--yes"]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(call, cwd=tmp_path, env=env, capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 3 and "cannot be written" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_template_in_another_language_is_not_used(goldspan: Run, tmp_path: Path) -> None:
    done = goldspan("init", "disaster", "--language", "uk", "--labels", "ПОВІНЬ", "--yes", cwd=tmp_path)
    assert done.returncode == 0 and "the template of disaster (de) is not used" in done.stderr
    assert list(load_scheme(tmp_path / "disaster" / "scheme.toml").labels) == ["ПОВІНЬ"]
    asked = at_terminal(["init", "disaster", "--dir", "asked"], cwd=tmp_path, typed="\n")
    assert asked.returncode == 0 and "[de]" in asked.terminal
    assert load_scheme(tmp_path / "asked" / "scheme.toml").fingerprint == TEMPLATES["disaster"].scheme().fingerprint


def first_commands(folder: Path) -> Iterator[str]:
    """Those of the README that need no server."""
    for block in blocks((folder / "README.md").read_text("utf-8")):
        if block.language == "sh" and "goldspan studio" in block.body:
            return
        if block.language == "sh":
            yield from block.body.splitlines()


@pytest.mark.parametrize(
    "call",
    ["courts --labels 'GESETZ,Große Kammer' --yes --language de", "conflict", "disaster", "disaster --example"],
)
def test_the_first_commands_work_as_they_are_pasted(call: str, goldspan: Run, tmp_path: Path) -> None:
    assert goldspan("init", *shlex.split(call), "--dir", tmp_path).returncode == 0
    commands = list(first_commands(tmp_path))
    assert sum(command.startswith("goldspan ") for command in commands) >= 4
    for command in commands:
        if command.startswith("goldspan "):
            done = goldspan(*shlex.split(command)[1:], cwd=tmp_path)
        else:
            done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, f"{command}\n{done.stderr}"
    for block in blocks((tmp_path / "README.md").read_text("utf-8")):
        for line in block.body.splitlines():
            if line.startswith(("goldspan studio", "goldspan agree", "goldspan adjudicate", "goldspan export")):
                check_call(line)
    checked = goldspan("doctor", "--json", cwd=tmp_path)
    assert str(tmp_path / "goldspan.toml") in checked.stdout and load_scheme(tmp_path / "scheme.toml").guidelines


def check_call(line: str) -> None:
    """Fails if the command has no such option or argument."""
    command, words = COMMAND, shlex.split(line)[1:]
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    command.make_context(command.name, words)


def test_the_help_names_every_field_that_has_a_template() -> None:
    assert all(name in str(init.__doc__) for name in TEMPLATES)
