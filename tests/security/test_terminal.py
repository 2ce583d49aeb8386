"""What files hold is shown by every command and obeyed by no terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ..command import GOLDSPAN
from ..conftest import Run, record, span, write_lines

CLIPBOARD = "\x1b]52;c;bXkgbGFzdCB3b3Jkcw==\x07"
LINK = "\x1b]8;;https://evil.example/\x1b\\here\x1b]8;;\x1b\\"
FORGED = "error: forged"
NASTY = f"{CLIPBOARD}{LINK}\x1b[2J\x9b31m\u202egnp.exe\u2066\r\x08\x7f\U000e0041\u2028\n{FORGED}"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
TEXT = f"Iran {NASTY} struck."
END = TEXT.index(" struck")


def passes(folder: Path) -> tuple[Path, Path]:
    """Two layers that differ in everything, with hostile words wherever a record can hold words."""
    layers = []
    for name, start, id in (("a", 0, "IRN"), ("b", 5, NASTY)):
        marked = span(start, END, "ACTOR", {"id": id}, id=NASTY, source=NASTY, note=NASTY, score=0.5)
        made = record(
            NASTY,
            TEXT,
            spans=[marked],
            meta={"title": NASTY, "publisher": NASTY, "url": NASTY, "published": "2023-11-07"},
            layer={"annotator": f"{NASTY} {name}", "scheme": NASTY, "guidelines": NASTY},
            extra={NASTY: NASTY, "of": name},
        )
        layers.append(write_lines(folder / f"{name}.jsonl", made, record(f"{NASTY} only {name}", "x")))
        write_lines(folder / f"same-{name}.jsonl", made)
    return folder / "a.jsonl", folder / "b.jsonl"


def wrong(folder: Path, name: str, **more: Any) -> Path:
    return write_lines(folder / f"{name}.jsonl", record(**{"id": NASTY, "text": TEXT} | more))


def shown(done: subprocess.CompletedProcess[str]) -> str:
    said = done.stdout + done.stderr
    assert "Traceback" not in said, said
    assert (found := OBEYED.search(said)) is None, f"{found[0]!r} reaches the terminal: {said!r}"
    assert not [line for line in said.split("\n") if line.startswith(FORGED)], said
    return said


FAULTS: dict[str, dict[str, Any]] = {
    "label": {"spans": [span(0, 4, NASTY)]},
    "bounds": {"spans": [span(9, 2, "ACTOR", note=NASTY)]},
    "value": {"spans": [span(0, 4, "ACTOR", {"id": NASTY, NASTY: NASTY})]},
    "kind": {"spans": [span(0, 4, "ACTOR", {"kind": NASTY})]},
    "date": {"spans": [span(0, 4, "DATE", {"edtf": NASTY})]},
    "key": {NASTY: 1},
    "zone": {"zones": [{"start": 0, "end": 4, "kind": NASTY}]},
    "hash": {"text_sha256": NASTY},
    "published": {"meta": {"published": NASTY}},
    "meta": {"meta": {NASTY: NASTY}},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refused_record_is_told_without_being_obeyed(fault: str, goldspan: Run, tmp_path: Path) -> None:
    path = wrong(tmp_path, "wrong", **FAULTS[fault])
    for command in ("check", "stats"):
        done = goldspan("corpus", command, path)
        assert done.returncode == 1
        assert "\\x1b]52" in shown(done)
    shown(goldspan("corpus", "build", path, "--out", tmp_path / "out.jsonl", "--lenient"))


def test_commands_that_compare_layers_obey_nothing_of_them(goldspan: Run, tmp_path: Path) -> None:
    a, b = passes(tmp_path)
    same = (tmp_path / "same-a.jsonl", tmp_path / "same-b.jsonl")
    conflicts = tmp_path / "conflicts.jsonl"
    calls: list[tuple[object, ...]] = [
        ("corpus", "stats", a),
        ("corpus", "diff", a, b),
        ("corpus", "diff", *same),
        ("corpus", "check", a, "--suspicious"),
        ("corpus", "check", a, "--near"),
        ("agree", *same, "--names"),
        ("adjudicate", *same, "--out", tmp_path / "gold.jsonl", "--conflicts", conflicts),
        ("score", *same, "--errors", "--resamples", "0"),
        ("score", *same, "--resamples", "0", "--fail-under", "spans.strict.micro.f1=1"),
    ]
    for call in calls:
        said = shown(goldspan(*call))
        assert "\\x1b]52" in said or call[-1] in ("--suspicious", "--near"), call  # which find nothing here
    line = json.loads(conflicts.read_text().split("\n")[0])
    for number, decision in enumerate(({"choose": NASTY}, {"spans": [span(0, 4, NASTY)]}, {"kind": NASTY})):
        decided = tmp_path / f"decided-{number}.jsonl"
        decided.write_text(json.dumps(line | {"by": NASTY, "reason": NASTY} | decision) + "\n")
        shown(goldspan("adjudicate", *same, "--out", tmp_path / "x.jsonl", "--decisions", decided))
    answers = tmp_path / "answers.jsonl"
    answers.write_text(json.dumps({"check": "x", "document": NASTY, "start": 1, "end": 2, "reason": NASTY}) + "\n")
    assert "\\x1b" in shown(goldspan("corpus", "check", a, "--suspicious", "--suppress", answers))


def test_json_says_the_same_with_escapes(goldspan: Run, tmp_path: Path) -> None:
    a, b = passes(tmp_path)
    done = goldspan("corpus", "diff", a, b, "--json")
    shown(done)
    assert json.loads(done.stdout)["removed_documents"] == [f"{NASTY} only a"]
    done = goldspan("agree", tmp_path / "same-a.jsonl", tmp_path / "same-b.jsonl", "--names", "--json")
    shown(done)
    assert json.loads(done.stdout)["passes"] == [f"{NASTY} a", f"{NASTY} b"]


def test_exports_tell_what_they_do_not_hold_without_obeying_it(goldspan: Run, tmp_path: Path) -> None:
    a, _ = passes(tmp_path)
    for form in ("brat", "conll", "spacy", "studio", "standoff", "hf"):
        out = tmp_path / form
        shown(goldspan("export", a, "--to", form, "--out", out))
        if out.exists():
            shown(goldspan("convert", out, "--from", form, "--out", tmp_path / f"{form}.jsonl"))


def test_names_of_files_columns_and_arguments_are_obeyed_by_nothing(goldspan: Run, tmp_path: Path) -> None:
    named = NASTY.replace("/", "-")[:200].replace("\ud800", "")
    (tmp_path / named).mkdir()
    (tmp_path / named / "a.jsonl").write_text('{"id": 1}\n')
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / f"{named}.txt").write_text("x")
    (tmp_path / "t.csv").write_text(f'id,"{NASTY.replace(chr(34), "")}"\n1,x\n')
    (tmp_path / "gone.toml").write_text('[[article]]\nfile = "\\u001b]52;c;YQ==\\u0007"\n')
    calls: list[tuple[object, ...]] = [
        ("corpus", "check", tmp_path / named / "a.jsonl"),
        ("corpus", "check", tmp_path / named / "gone.jsonl"),
        ("corpus", "build", tmp_path / "bad", "--out", "-"),
        ("corpus", "build", tmp_path / "t.csv", "--out", "-"),
        ("corpus", "build", tmp_path / "t.csv", "--out", "-", "--encoding", NASTY),
        ("corpus", "build", tmp_path / "t.csv", "--out", "-", "--column", f"{NASTY}=x"),
        ("annotate", tmp_path / named / "a.jsonl", "--out", "-", "--extractor", NASTY),
        ("annotate", tmp_path / named / "a.jsonl", "--out", "-", "--extractor", f"command:{NASTY}"),
        ("lookup", NASTY),
        ("export", tmp_path / "t.csv", "--to", NASTY, "--out", tmp_path / "x"),
        (NASTY,),
        ("corpus", f"--{NASTY}"),
    ]
    for call in calls:
        assert "\\x1b" in shown(goldspan(*call)), call


def test_bytes_of_file_names_that_are_no_characters_are_written_out(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/\xff\x9b"
    Path(os.fsdecode(folder)).mkdir()
    done = subprocess.run(
        [os.fsencode(GOLDSPAN), b"corpus", b"check", folder + b"/gone.jsonl"], capture_output=True, timeout=60
    )
    assert done.returncode == 1
    assert rb"\udcff\udc9b/gone.jsonl: " in done.stderr


def test_tables_and_schemes_of_ones_own_are_shown_and_not_obeyed(goldspan: Run, tmp_path: Path) -> None:
    cell = NASTY.replace("\n", " ").replace("\r", " ").replace("\u2028", " ").replace("|", " ")
    actors = tmp_path / "actors.tsv"
    actors.write_bytes(
        b"id\tkind\tname\taliases\tadjectives\tcountry\twikidata\n"
        + f"mine\tarmed_group\tThe {cell}\tminers\t\t\t\n".encode()
    )
    assert "\\x1b]52" in shown(goldspan("lookup", "miners", "--actors", actors))
    scheme = tmp_path / "own.toml"
    words = json.dumps(NASTY.replace("\n", ""))  # its prose may have lines
    scheme.write_text(
        f'name = "own"\nversion = 1\ntitle = {words}\ndescription = {words}\n'
        f"[labels.A]\ndefinition = {words}\nexamples = [{words}]\n[zones]\nurl = {words}\n".replace(
            "\\udb40\\udc41", ""
        )
    )
    assert "\\x1b]52" in shown(goldspan("schema", "show", "--scheme", scheme))
    broken = tmp_path / "broken.toml"
    broken.write_text(f"name = {words}\nversion = {words}\n{words} = 1\n".replace("\\udb40\\udc41", ""))
    assert "\\x1b]52" in shown(goldspan("schema", "check", broken))


def test_scripts_of_other_languages_are_shown_as_they_are(goldspan: Run, tmp_path: Path) -> None:
    names = ["كتائب حزب الله", "می‌خواهم", "Zürich", "👩‍👩‍👧", "\u200fשלום"]  # joiners and marks belong to them
    write_lines(tmp_path / "a.jsonl", *(record(name, "x") for name in names))
    write_lines(tmp_path / "b.jsonl", record("other", "x"))
    done = goldspan("corpus", "diff", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()[:-2]] == sorted(names)
