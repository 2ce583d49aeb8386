"""goldspan.toml: found, checked, obeyed where the command line says nothing, and harmless where it came from elsewhere."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from goldspan.cli.configuration import GUARDED, Configuration, find, load
from goldspan.cli.option_schema import PATHS, option_schema
from goldspan.schema import UsageError

from ..command import command_tree
from ..conftest import SEEDS, Run, record, span, write_lines
from ..schema.test_scheme_file import DISASTER

COMMANDS: dict[str, Any] = option_schema(command_tree())
TEXTS = frozenset(
    "address against allocation annotator annotators asked-by assign by column columns country database database-url date dates definition description encoding engine extractor fail-under field figure format fragments from guidelines host id id-field label "
    "labels language measure measures name on on-duplicate only order prefix probe project push reason reference repair "
    "sheet sort split suffix suite system systems tags test title to train url value weights where".split()
)


def read(text: str, path: Path, *, named: bool) -> Configuration:
    path.write_text(text)
    return load(path, COMMANDS, named=named)


def gold_and_system(folder: Path) -> tuple[Path, Path]:
    iran = span(0, 4, "ACTOR", {"kind": "state", "id": "IRN"})
    return (
        write_lines(folder / "gold.jsonl", record(spans=[iran])),
        write_lines(folder / "system.jsonl", record(spans=[iran])),
    )


def signature(done: Any) -> str:
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["systems"][0]["signature"])


def test_a_file_here_or_above_gives_defaults_and_the_command_line_beats_it(goldspan: Run, tmp_path: Path) -> None:
    gold, system = gold_and_system(tmp_path)
    (tmp_path / "goldspan.toml").write_text("[score]\nresamples = 7\njson = true\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    for folder in (tmp_path, below):
        assert "|boot:7|" in signature(goldspan("score", gold, system, cwd=folder))
        assert "|boot:9|" in signature(goldspan("score", gold, system, "--resamples", 9, cwd=folder))
    assert "default: 7" in goldspan("score", "--help", cwd=below).stdout


def test_a_required_option_a_flag_a_list_and_a_group_can_be_set(goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", {"body": "Iran struck."}, {"body": ""})
    (tmp_path / "goldspan.toml").write_text(
        '[corpus.build]\nout = "made/out.jsonl"\ncolumn = ["text=body"]\nlenient = true\n[corpus.stats]\njson = true\n'
    )
    (tmp_path / "made").mkdir()
    below = tmp_path / "below"
    below.mkdir()
    built = goldspan("corpus", "build", source, cwd=below)
    assert built.returncode == 1 and "1 record skipped (see above)" in built.stderr
    counted = goldspan("corpus", "stats", tmp_path / "made" / "out.jsonl", cwd=below)
    assert json.loads(counted.stdout)["documents"] == 1


def test_a_string_is_a_list_of_one(tmp_path: Path) -> None:
    text = "[annotate]\nextractor = 'rules'\n[score]\nagreement-of = 'a.jsonl'\nseed = 3\n"
    said = read(text, tmp_path / "goldspan.toml", named=True).defaults
    assert said == {
        "annotate": {"extractor": ["rules"]},
        "score": {"agreement_of": [str(tmp_path / "a.jsonl")], "seed": 3},
    }


def test_the_scheme_on_top_reaches_every_command_that_takes_one(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "schemes").mkdir()
    (tmp_path / "schemes" / "disaster.toml").write_text(DISASTER)
    (tmp_path / "goldspan.toml").write_text('scheme = "schemes/disaster.toml"\n')
    assert "HAZARD" in goldspan("schema", "show", cwd=tmp_path).stdout
    found = read('scheme = "s.toml"\n[score]\nscheme = "other.toml"\n', tmp_path / "goldspan.toml", named=True)
    for name, below in COMMANDS.items():
        for command, settings in [(name, below)] if "scheme" in below else below.items():
            if isinstance(settings, dict) and "scheme" in settings:
                said = found.defaults[name] if command == name else found.defaults[name][command]
                assert Path(said["scheme"]).name == ("other.toml" if name == "score" else "s.toml")


def test_a_named_file_is_taken_instead_of_any_that_could_be_found(goldspan: Run, tmp_path: Path) -> None:
    gold, system = gold_and_system(tmp_path)
    (tmp_path / "goldspan.toml").write_text("[score]\nresamples = 7\njson = true\n")
    other = tmp_path / "other.toml"
    other.write_text("[score]\nresamples = 8\njson = true\n")
    named = {**os.environ, "GOLDSPAN_CONFIG": str(other)}
    assert "|boot:8|" in signature(goldspan("score", gold, system, cwd=tmp_path, env=named))
    nothing = {**os.environ, "GOLDSPAN_CONFIG": os.devnull}
    assert "|boot:1000|" in signature(goldspan("score", gold, system, "--json", cwd=tmp_path, env=nothing))
    gone = goldspan("score", gold, system, env={**os.environ, "GOLDSPAN_CONFIG": str(tmp_path / "gone.toml")})
    assert gone.returncode == 2 and "gone.toml: no such file. Fix:" in gone.stderr


def test_the_search_ends_at_the_home_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    work = home / "project" / "deep"
    work.mkdir(parents=True)
    (tmp_path / "goldspan.toml").touch()
    assert find(work, home) is None
    assert find(work, None) == tmp_path / "goldspan.toml"
    (home / "goldspan.toml").touch()
    assert find(work, home) == home / "goldspan.toml"
    (home / "project" / "goldspan.toml").mkdir()  # no file: looked past
    assert find(work, home) == home / "goldspan.toml"


FAULTS = {
    "unknown command": ("[scor]\n", 1, "scor: not a command of goldspan. Fix: did you mean 'score'?"),
    "unknown sub-command": ("[studio.psh]\n", 1, "did you mean 'push'?"),
    "unknown option": ("\n[score]\nresample = 2\n", 3, "not an option of goldspan score. Fix: did you mean 'resamples'?"),
    "underscore": ("[score]\nfail_under = []\n", 2, "did you mean 'fail-under'?"),
    "argument": ("[score]\ngold = 'x'\n", 2, "not an option of goldspan score"),
    "outside of a table": ("resamples = 2\n", 1, "put it under [score]"),
    "command without options": ("[studio]\npush = 'x'\n", 2, "a table [studio.push] with its options"),
    "text for a number": ("[score]\nresamples = 'two'\n", 2, "expected a whole number, got a string. Fix: write it as in"),
    "flag for a number": ("[score]\nresamples = true\n", 2, "expected a whole number, got true or false"),
    "number for a flag": ("[score]\nerrors = 1\n", 2, "expected true or false, got a whole number"),
    "fraction for a whole number": ("[score]\nseed = 1.5\n", 2, "expected a whole number, got a number"),
    "number for a path": ("[score]\nmap = 1\n", 2, "expected a path (a string), got a whole number"),
    "number for a list": ("[score]\nfail-under = 1\n", 2, "expected a list, got a whole number"),
    "empty text for a list": ("[score]\nfail-under = ''\n", 2, "is empty"),
    "empty": ("[studio.push]\nproject = ''\n", 2, "is empty. Fix: write it as in project ="),
    "too small": ("[annotate]\nworkers = 0\n", 2, "0 is too small: the minimum is 1"),
    "too large": ("[studio.up]\nport = 70000\n", 2, "70000 is too large: the maximum is 65535"),
    "none of the choices": (
        "[studio.up]\ndatabase = 'mysql'\n",
        2,
        "'mysql' is not one of sqlite, postgres. Fix: write it as in database = \"sqlite\"",
    ),
    "number for a choice": ("[studio.up]\ndatabase = 1\n", 2, "expected a string, got a whole number"),
    "not a number": ("[studio.push]\noverlap = nan\n", 2, "nan is not a number"),
    "table for a value": ("[score.seed]\nx = 1\n", 1, "expected a whole number, got a table"),
    "hints": ("hints = 'no'\n", 1, "hints: expected true or false"),
    "no TOML": ("[score\n", 1, "not TOML"),
    "too deep": ("x = " + "[" * 5000 + "]" * 5000 + "\n", 0, "not TOML"),
    "token": ("[studio.push]\ntoken = 'abc'\n", 2, "put the token in GOLDSPAN_STUDIO_TOKEN or the keyring"),
    "api key": ("OPENAI_API_KEY = 'abc'\n", 1, "a secret does not belong in a file"),
    "password": ("[studio.status]\npassword = true\n", 2, "a secret does not belong in a file"),
    "password in an address": ("[studio.push]\nurl = 'https://me:abc@host'\n", 2, "an address with a password"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_with_file_line_and_mend(name: str, tmp_path: Path) -> None:
    text, line, message = FAULTS[name]
    path = tmp_path / "goldspan.toml"
    with pytest.raises(UsageError) as refused:
        read(text, path, named=True)
    said = str(refused.value)
    assert said.startswith(f"{path}:{line}: " if line else f"{path}: ") and message in said and "Fix: " in said
    assert "abc" not in said  # a secret is not repeated


def test_every_fault_is_told_at_once_and_ends_any_command_with_2(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "goldspan.toml").write_text("[score]\nseed = 'x'\n[demo]\nuot = 1\n")
    done = goldspan("lookup", "Iran", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("error: ")) == (2, "", 2)
    (tmp_path / "goldspan.toml").write_bytes(b"\xff\xfe")
    done = goldspan("lookup", "Iran", cwd=tmp_path)
    assert done.returncode == 2 and "not UTF-8" in done.stderr


def test_each_text_option_is_known_to_be_a_path_or_none() -> None:
    """A new option must say which it is: paths of a file are relative to the file."""

    def each(known: dict[str, Any]) -> set[str]:
        options = set()
        for name, below in known.items():
            if isinstance(below, dict):
                options |= each(below)
            elif below.type is str:
                assert below.path == (name in PATHS)
                options.add(name)
        return options

    assert each(COMMANDS) == PATHS | TEXTS


def test_paths_are_those_of_the_files_folder(tmp_path: Path) -> None:
    text = '[score]\nmap = "maps/a.toml"\nagreement-of = ["p/a.jsonl", "-"]\ntraining = "t.jsonl"\n'
    said = read(text, tmp_path / "goldspan.toml", named=False).defaults["score"]
    assert said == {
        "label_map": str(tmp_path / "maps" / "a.toml"),
        "agreement_of": [str(tmp_path / "p" / "a.jsonl"), "-"],
        "training": str(tmp_path / "t.jsonl"),
    }


ELSEWHERE = {
    "a program as extractor": "[annotate]\nextractor = 'command:touch ran'\n",
    "a model as extractor": "[annotate]\nextractor = 'spacy:model'\n",
    "a service as extractor": "[bench]\nextractor = ['rules', 'http:https://elsewhere.example']\n",
    "a program in a check": "[corpus.check]\nextractor = ['command:touch ran']\n",
    "a program in a backend": "[studio.backend]\nextractor = 'command:touch ran'\n",
    "a cluster": "[annotate]\nengine = 'dask:tcp://10.0.0.1:8786'\n",
    "a server": "[studio.push]\nurl = 'https://elsewhere.example'\n",
    "an open server": "[studio.up]\nlocal-backends = true\n",
    "an open backend": "[studio.backend]\nhost = '10.0.0.1'\n",
    "names of annotators": "[export]\nnames = true\n",
    "what may be published": "[export]\ncleared = 'cleared.jsonl'\n",
    "an export over what is there": "[export]\noverwrite = true\n",
    "a file above": "[corpus.build]\nout = '../out.jsonl'\n",
    "an absolute path": "[corpus.build]\nout = '/etc/passwd'\n",
    "a file of the home folder": "[studio.push]\nguidelines = '~/notes.md'\n",
    "a way out by a link": "[corpus.build]\nout = 'link/out.jsonl'\n",
    "a scheme from outside": "scheme = '../my.toml'\n",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_file_that_came_with_a_folder_can_run_reach_and_overwrite_nothing(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "downloaded"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    path = folder / "goldspan.toml"
    with pytest.raises(UsageError, match=r"that was merely found.* Fix: .*GOLDSPAN_CONFIG="):
        read(ELSEWHERE[name], path, named=False)
    read(ELSEWHERE[name], path, named=True)  # what a person names, a person means


def test_a_program_in_a_found_file_is_not_run_and_in_a_named_one_is(goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", record())
    program = shlex.join([sys.executable, "-c", "import sys; open('ran', 'w'); print(sys.stdin.read())"])
    config = tmp_path / "goldspan.toml"
    config.write_text(f"[annotate]\nextractor = {json.dumps('command:' + program)}\nout = 'out.jsonl'\n")
    refused = goldspan("annotate", source, cwd=tmp_path)
    assert refused.returncode == 2 and "an extractor may run a program" in refused.stderr
    assert not (tmp_path / "ran").exists() and not (tmp_path / "out.jsonl").exists()
    trusted = goldspan("annotate", source, cwd=tmp_path, env={**os.environ, "GOLDSPAN_CONFIG": "goldspan.toml"})
    assert trusted.returncode == 0, trusted.stderr
    assert (tmp_path / "ran").exists() and (tmp_path / "out.jsonl").exists()


def test_guarded_options_are_options() -> None:
    def names(known: dict[str, Any]) -> set[str]:
        return {n for k, below in known.items() for n in (names(below) if isinstance(below, dict) else {k})}

    assert set(GUARDED) <= names(COMMANDS)


def test_the_seeds_build_under_the_documents_example(goldspan: Run, tmp_path: Path) -> None:
    import re

    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.S)
    (tmp_path / "goldspan.toml").write_text(example)
    (tmp_path / "disaster.toml").write_text(DISASTER)
    built = goldspan("corpus", "build", SEEDS, "--out", "out.jsonl", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    for option in GUARDED:
        assert f"`{option}`" in page


def test_auto_in_the_file_means_what_it_means_on_the_command_line(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "t.conll").write_text("Iran\tB-STATE\nfell\tO\n")
    (below := tmp_path / "below").mkdir()
    (tmp_path / "goldspan.toml").write_text('[convert]\nscheme = "auto"\n')
    for folder, source in ((tmp_path, "t.conll"), (below, "../t.conll")):
        ran = goldspan("convert", source, "--out", "o.jsonl", cwd=folder)
        assert ran.returncode == 0 and "scheme -> o.scheme.toml" in ran.stderr, ran.stderr
    (tmp_path / "goldspan.toml").write_text('scheme = "auto"\n')
    ran = goldspan("convert", "t.conll", "--out", "p.jsonl", cwd=tmp_path)
    assert (
        ran.returncode == 2
        and "'auto' is not for every command. Fix: name a file, or put it under [convert]" in ran.stderr
    )
    (tmp_path / "goldspan.toml").write_text('scheme = ["auto"]\n')
    assert "goldspan.toml:1: scheme: expected a path" in goldspan("schema", "show", cwd=tmp_path).stderr
