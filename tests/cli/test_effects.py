"""Every option has an effect, and where it can have none the call is refused before anything is read or written."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import shlex
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.label_studio import studio_paths
from goldspan.annotate.label_studio.client.connection import TOKEN_VARIABLES
from goldspan.cli import console
from goldspan.cli.option_effects import CheckedCommand, declared
from goldspan.schema import UsageError

from .calls import COMMAND, Caller
from .option_inputs import lay_out
from .option_table import ROWS

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"


def commands(group: Any = COMMAND, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


OPTIONS = {
    f"{path} {max(item.opts, key=len)}".strip(): [*item.opts, *item.secondary_opts]
    for path, command in [("", COMMAND), *commands()]
    for item in command.params
    if item.param_type_name == "option"
}
"""The forms of each option, by `command --option`."""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("inputs"))


@pytest.fixture(scope="module")
def call(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GOLDSPAN_HOME", str(tmp_path_factory.mktemp("home")))
        for name in TOKEN_VARIABLES:  # so that no server is asked
            patch.delenv(name, raising=False)
        for name in ("default", "bea"):
            log = studio_paths().server(name).log
            log.parent.mkdir(parents=True)
            log.write_text(f"one\ntwo\n{name}\n")
        patch.setenv("COLUMNS", "1000")
        yield Caller(inputs, tmp_path_factory.mktemp("calls") / "here")


def test_every_option_of_every_command_is_in_the_table() -> None:
    assert sorted(ROWS) == sorted(OPTIONS)
    assert all(isinstance(command, CheckedCommand) for _, command in commands())


@pytest.mark.parametrize("option", [name for name, row in ROWS.items() if not row.shown])
def test_an_option_changes_what_comes_of_a_call(option: str, call: Caller) -> None:
    row = ROWS[option]
    assert option.rpartition(" ")[2] in row.option
    template = row.call if "{}" in row.call else f"{row.call} {{}}"
    without, given = (call(template.format(words)) for words in (row.instead, row.option))
    assert given.status != 2 and "has no effect" not in given.err, given.err
    assert without != given


@pytest.mark.parametrize("option", [name for name, row in ROWS.items() if row.shown])
def test_the_test_that_shows_an_effect_is_there(option: str) -> None:
    file, _, name = ROWS[option].shown.partition("::")
    source = (TESTS / file).read_text("utf-8")
    assert name in {item.name for item in ast.walk(ast.parse(source)) if isinstance(item, ast.FunctionDef)}
    assert any(f'"{form}"' in source or f" {form}" in source for form in OPTIONS[option])


REFUSED = [name for name, row in ROWS.items() if row.refused]


def ruled() -> Iterator[str]:
    """Each option that a command has a rule for."""
    for path, command in commands():
        names = {item.name: max(item.opts, key=len) for item in command.params}
        yield from dict.fromkeys(f"{path} {names[rule.option]}" for rule in declared(command) if not rule.default)


@pytest.mark.parametrize("option", REFUSED)
def test_an_option_without_effect_is_refused_before_anything_is_read_or_written(option: str, call: Caller) -> None:
    done = call(ROWS[option].refused)
    assert (done.status, done.out, done.files) == (2, "", {}), done.err
    assert option.rpartition(" ")[2] in done.err.replace("--no-studio", "--studio") and "Fix: " in done.err


RULED = [name for name in ruled() if ROWS[name].refused]


def test_every_rule_of_a_command_has_a_call_that_it_refuses() -> None:
    assert sorted(RULED) == sorted(ruled())


@pytest.mark.parametrize("option", RULED)
def test_a_default_that_does_not_apply_is_not_used(option: str, inputs: Path) -> None:
    path, _, flag = option.rpartition(" ")
    command = dict(commands())[path]
    words = shlex.split(ROWS[option].refused)[path.count(" ") + 1 :]
    [item] = [item for item in command.params if flag in item.opts]
    at = words.index(flag)
    rest = words[:at] + words[at + (1 if item.is_flag else 2) :]
    value = True if item.is_flag else [words[at + 1]] if item.multiple else words[at + 1]
    with contextlib.chdir(inputs):
        with pytest.raises(UsageError, match=f"{flag} has no effect"):
            command.make_context(path, [*words])
        plain = command.make_context(path, [*rest]).params
        assert command.make_context(path, [*rest], default_map={item.name: value}).params == plain


def test_the_command_line_beats_a_default_that_stands_in_its_way(call: Caller) -> None:
    plain = call("studio status --name bea")
    default = call("studio status --name bea", '[studio.status]\nurl = "http://127.0.0.1:1"\n')
    assert (plain.status, plain.out, plain.err) == (default.status, default.out, default.err)
    told = call("studio pull --out d --annotator ann", '[studio.pull]\nplan = "team.json"\n')
    assert told.status == 2 and "--annotator has no effect with --plan of goldspan.toml" in told.err


CONTRADICTIONS = {
    "studio push gold.jsonl --plan team.json --blind 0.5": "--blind has no effect on team.json, which was made with 0.25",
    "studio push gold.jsonl --plan team.json --overlap 2": "which was made with 1.0",
    "studio push gold.jsonl --plan team.json --project Q": "which was made with P",
    "studio push gold.jsonl --plan team.json --server-per-annotator": "which was made without it",
    "studio push gold.jsonl --plan team.json --annotators ann": "ben of the plan would be left out",
    "studio push gold.jsonl --plan team.json --annotators ann,,ben": "none empty and none twice",
    "score gold.jsonl sys.jsonl --labels ,": "--labels ,: Fix: names separated by commas",
    "score gold.jsonl sys.jsonl --labels ACTOR,ACTOR": "none twice",
    "score gold.jsonl sys.jsonl --seed 1 --seed 2": "--seed is given 2 times",
    "score gold.jsonl sys.jsonl --scheme ''": "--scheme is empty. Fix: give a value, or leave out --scheme",
    "convert '' --out o.jsonl": "SRC is empty. Fix: give a value",
    "corpus build t.csv --out o.jsonl --column text=body --column text=id": "text is both 'body' and 'id'",
    "corpus build t.parquet --out o.jsonl --encoding latin-1": "--encoding has no effect on Parquet and Office files",
    "corpus build sheets.xlsx --out o.jsonl --encoding latin-1": "--encoding has no effect on Parquet and Office files",
    "corpus build x.txt --out o.jsonl --dates dmy": "--dates has no effect on text files",
    "corpus build x.txt --out o.jsonl --sheet A": "--sheet has no effect without a spreadsheet",
    "agree - - ": "- is given 2 times, and standard input is read once",
    "corpus check - --suspicious --suppress -": "standard input is read once",
    "adjudicate ann.jsonl ben.jsonl --out o.jsonl --conflicts - --json": "--json has no effect with --conflicts -",
}  # fmt: skip


@pytest.mark.parametrize("words", CONTRADICTIONS)
def test_it_is_said_why_an_option_has_no_effect(words: str, call: Caller) -> None:
    done = call(words)
    assert (done.status, done.out, done.files) == (2, "", {}) and CONTRADICTIONS[words] in done.err, done.err


SAME = [
    "--blind 0.25",
    "--overlap 1",
    "--project P",
    "--annotators ann,ben",
    "--annotators ann,ben,cy --blind 0.25",
]


@pytest.mark.parametrize("words", SAME)
def test_what_a_plan_says_already_may_be_said_again(words: str, call: Caller) -> None:
    done = call(f"studio push gold.jsonl --plan team.json {words}")
    assert done.status == 3 and "goldspan's server is not running" in done.err  # as far as it gets here
    if "cy" not in words:
        assert done.files == call("studio push gold.jsonl --plan team.json").files


def test_a_plan_keeps_its_share_when_annotators_are_added(call: Caller) -> None:
    done = call("studio push gold.jsonl --plan team.json --annotators ann,ben,cy")
    plan = json.loads(done.files["team.json"])
    assert (plan["blind"], plan["annotators"]) == (0.25, ["ann", "ben", "cy"])


NOTES = {
    "convert gold.jsonl --out o.jsonl --restore gold.jsonl": "--restore changed no document: every one has its text",
    "convert gold.jsonl --out o.jsonl --map rest.toml": "rest.toml: no span has a label in this map",
    "score gold.jsonl sys.jsonl --resamples 0 --map rest.toml": "rest.toml: no system has a label in this map",
    "corpus build gold.jsonl --out o.jsonl --column title=headline": "--column title=headline: no row has this column",
    "corpus build gold.jsonl --out o.jsonl --dates dmy": "--dates dmy: no date depends on it",
    "corpus build gold.jsonl --out o.jsonl --html": "--html: no text has tags or entities",
    "studio push x.jsonl --annotators ann --blind 0.5": "no document has suggestions",
}


@pytest.mark.parametrize("words", NOTES)
def test_what_only_the_data_shows_to_be_without_effect_is_noted(words: str, call: Caller) -> None:
    done = call(words)
    assert done.status in (0, 3) and f"note: {NOTES[words]}" in done.err, done.err


def test_a_log_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDSPAN_HOME", str(tmp_path))
    log = studio_paths().server("default").log
    log.parent.mkdir(parents=True)
    log.write_text("before\n")
    done = threading.Event()

    class Screen(io.StringIO):
        def write(self, text: str) -> int:
            if "after" in text:
                raise KeyboardInterrupt
            return super().write(text)

    def go_on() -> None:
        while not done.wait(0.01):
            with log.open("a") as file:
                file.write("after\n")

    writer = threading.Thread(target=go_on)
    screen = Screen()
    with contextlib.redirect_stdout(screen):
        COMMAND.main(["studio", "logs", "--lines", "1"], standalone_mode=False)  # ends by itself
        writer.start()
        COMMAND.main(["studio", "logs", "--lines", "0", "--follow"], standalone_mode=False)
    done.set()
    writer.join()
    assert screen.getvalue() == "before\n"


def test_every_extra_that_is_named_is_there() -> None:
    extras = set(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
    places = [
        path for folder in ("annotate", "cli", "corpus", "eval", "schema") for path in (ROOT / folder).rglob("*.py")
    ]
    places += [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    named = {
        (str(path.relative_to(ROOT)), name)
        for path in places
        for found in re.findall(r"goldspan\[([\w,\- ]+)\]|\bextras? `(\w+)`", path.read_text("utf-8"))
        for name in re.split(r"[, ]+", "".join(found))
    }
    assert named and {name for _, name in named} <= extras


def test_parameters_are_shown_as_options_and_quoted_data_as_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "_options", {"out": "--out", "overwrite=True": "--overwrite"})
    console.note("""'a `out` b' and "it's `out`": goldspan's `out`, `overwrite=True` or `other`""")
    assert capsys.readouterr().err == ("""'a `out` b' and "it's `out`": goldspan's --out, --overwrite or `other`\n""")
