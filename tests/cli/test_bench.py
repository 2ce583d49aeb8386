"""`goldspan bench` on the gold of the seeds and on extractors that fail."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from goldspan.corpus.editions import edition
from tests.conftest import Run, record, span, write_lines
from tests.schema.test_scheme_file import DISASTER

GOLD = Path(str(edition().folder)) / "gold.jsonl"


def test_extractors_are_scored_with_their_time_and_memory(goldspan: Run) -> None:
    program = shlex.join([sys.executable, "-c", "import sys; sys.stdout.write(sys.stdin.read())"])
    specs = ("--extractor", "rules", "--extractor", f"command:{program}", "--extractor", "rules")
    ran = goldspan("bench", GOLD, *specs, "--resamples", 50, "--json")
    assert ran.returncode == 0, ran.stderr
    rules, nothing, again = json.loads(ran.stdout)["systems"]
    assert [system["name"] for system in (rules, again)] == ["rules", "rules#2"]
    assert rules["spans"] == again["spans"]
    told = f"rules {rules['spans']['strict']['micro']['f1']:.3f}\n"
    assert told in (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert nothing["spans"]["strict"]["micro"]["matched"] == 0
    cost = rules["cost"]
    assert cost["words"] == 2536
    assert cost["words_per_second"] == cost["words"] / cost["seconds"]
    assert cost["peak_megabytes"] is None or cost["peak_megabytes"] > 50
    shown = goldspan("bench", GOLD, "--extractor", "rules", "--resamples", 0)
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[0].split()[:3] == ["extractor", "strict", "F1"]


def test_every_option_tells_in_what_comes_of_it(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(DISASTER)
    gold = write_lines(tmp_path / "gold.jsonl", record(spans=[span(0, 4, "HAZARD", {"type": "flood"})]))
    specs = ("--extractor", "command:cat", "--scheme", tmp_path / "own.toml")
    ran = goldspan("bench", gold, *specs, "--seed", 7, "--html", tmp_path / "report.html", "--json")
    [system] = json.loads(ran.stdout)["systems"]
    assert "seed:7" in system["signature"] and list(system["spans"]["strict"]["labels"]) == ["HAZARD", "LOSS"]
    assert "<html" in (tmp_path / "report.html").read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="read from Linux's /proc")
def test_the_peak_of_memory_is_the_extractors_own_and_not_what_its_parent_held() -> None:
    ask = "from goldspan.annotate.peak import peak_megabytes; print(peak_megabytes())"
    parent = f"import subprocess, sys; held = b'x' * 600_000_000; subprocess.run([sys.executable, '-c', {ask!r}], check=True)"
    said = subprocess.run([sys.executable, "-c", parent], check=True, capture_output=True, encoding="utf-8").stdout
    assert 5 < float(said) < 200


def test_a_gold_with_nothing_in_it_is_told_and_nothing_else_is(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    ran = goldspan("bench", tmp_path / "empty.jsonl", "--extractor", "rules")
    notes = ["the gold has no documents: there is nothing to find"]
    notes += ["0 documents: too few for intervals and tests, which take 10 or more"]
    assert (ran.returncode, ran.stderr.splitlines()) == (0, [f"note: {note}" for note in notes])


def test_what_an_extractor_fails_on_counts_as_empty_and_is_told(goldspan: Run, tmp_path: Path) -> None:
    code = "import sys; t=sys.stdin.read(); sys.exit('no') if 'BAD' in t else sys.stdout.write(t)"
    program = shlex.join([sys.executable, "-c", code])
    gold = write_lines(
        tmp_path / "gold.jsonl",
        record("a", "Iran BAD", spans=[span(0, 4, "ACTOR", {"id": "IRN", "kind": "state"})]),
        record("b", "Nothing."),
    )
    ran = goldspan("bench", gold, "--extractor", f"command:{program}", "--json")
    assert ran.returncode == 1
    assert "document 'a'" in ran.stderr
    [system] = json.loads(ran.stdout)["systems"]
    assert system["cost"]["failed"] == 1
    assert system["spans"]["strict"]["micro"]["missed"] == 1


def test_what_is_wrong_with_an_extractors_file_is_told_as_it_is(goldspan: Run, tmp_path: Path) -> None:
    table = tmp_path / "actors.tsv"
    table.write_text("hi\n")
    ran = goldspan("bench", GOLD, "--extractor", f"rules:actors={table}")
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"error: {table}:1: unknown column 'hi'. Fix: ") and ran.stderr.count("\n") == 1


def test_wrong_calls_are_refused(goldspan: Run, tmp_path: Path) -> None:
    for args, status in (
        ((tmp_path / "none.jsonl", "--extractor", "rules"), 1),
        ((GOLD, "--extractor", "ruels"), 2),
        ((GOLD,), 2),
        (("-", "--extractor", "rules"), 2),
    ):
        ran = goldspan("bench", *args)
        assert (ran.returncode, "Traceback" in ran.stderr) == (status, False), ran.stderr
