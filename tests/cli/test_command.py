"""The installed command, as people call it."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from ..command import GOLDSPAN
from ..conftest import SEEDS, Run, record, span, write_lines
from ..schema.test_scheme_file import DISASTER


def test_the_seeds_build_and_check_clean(goldspan: Run, tmp_path: Path) -> None:
    out = tmp_path / "seeds.jsonl"
    built = goldspan("corpus", "build", SEEDS, "--out", out)
    assert built.returncode == 0, built.stderr
    assert "5 documents (1 without a publication date)" in built.stderr and built.stdout == ""
    checked = goldspan("corpus", "check", out)
    assert (checked.returncode, checked.stdout) == (0, "5 documents, 0 problems\n")
    stats = json.loads(goldspan("corpus", "stats", out, "--json").stdout)
    assert stats["documents"] == 5 and stats["zones"]["stamp"] == 3


def test_articles_of_which_none_has_a_day_are_told_how_to_get_one(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("Iran struck on Friday.")
    told = "a column of a table (--column published=NAME)"
    assert told in goldspan("corpus", "build", tmp_path / "news", "--out", tmp_path / "a.jsonl").stderr
    (tmp_path / "news" / "b.txt").write_text("BEIRUT, 3 May 2024.")
    manifest = '[[article]]\nfile = "a.txt"\n[[article]]\nfile = "b.txt"\npublished = "2024-05-03"\n'
    (tmp_path / "news" / "manifest.toml").write_text(manifest)
    dated = goldspan("corpus", "build", tmp_path / "news", "--out", tmp_path / "a.jsonl")
    assert dated.returncode == 0 and "2 documents (1 without" in dated.stderr and told not in dated.stderr


def test_records_flow_through_pipes(goldspan: Run, tmp_path: Path) -> None:
    built = goldspan("corpus", "build", SEEDS, "--out", "-")
    assert len(built.stdout.splitlines()) >= 5
    checked = goldspan("corpus", "check", "-", stdin=built.stdout)
    assert (checked.returncode, checked.stdout) == (0, "5 documents, 0 problems\n")
    rebuilt = goldspan("corpus", "build", "-", "--out", tmp_path / "again.parquet", stdin=built.stdout)
    assert rebuilt.returncode == 0, rebuilt.stderr
    diff = goldspan("corpus", "diff", tmp_path / "again.parquet", tmp_path / "again.parquet")
    assert diff.stdout == "0 spans the same, 0 differ\n"


def test_a_reader_that_stops_early_is_no_error() -> None:
    pipe = f"{GOLDSPAN} corpus build {SEEDS} --out - | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", pipe], capture_output=True, timeout=60)
    assert (done.returncode, len(done.stdout)) == (0, 10)
    assert b"Traceback" not in done.stderr


REFUSALS = {
    "span past the end": (record("b", "abc", spans=[span(0, 9, "ACTOR")]), "ends past the text"),
    "unknown key": (record("b", colour="red"), "`extra`"),
    "wrong hash": (record("b", text_sha256="00"), "text_sha256"),
}


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("command", [("stats",), ("check",), ("diff",)])
def test_bad_records_end_every_command_with_file_line_and_mend(
    name: str, command: tuple[str], goldspan: Run, tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "gold.jsonl", record("a"), REFUSALS[name][0])
    arguments = (path, path) if command == ("diff",) else (path,)
    done = goldspan("corpus", *command, *arguments)
    assert done.returncode == 1
    assert f"{path}:2: " in done.stderr and REFUSALS[name][1] in done.stderr and "Fix: " in done.stderr
    assert "Traceback" not in done.stderr


def test_lenient_building_writes_the_sound_part_and_ends_with_1(goldspan: Run, tmp_path: Path) -> None:
    source = write_lines(tmp_path / "in.jsonl", {"text": "x"}, {"text": ""}, {"body": "y"}, {"text": "z"})
    out = tmp_path / "out.jsonl"
    strict = goldspan("corpus", "build", source, "--out", out)
    assert (strict.returncode, out.exists()) == (1, False)
    lenient = goldspan("corpus", "build", source, "--out", out, "--lenient")
    assert lenient.returncode == 1 and "2 records skipped (see above)" in lenient.stderr
    assert goldspan("corpus", "check", out).stdout == "2 documents, 0 problems\n"


def test_an_empty_source_is_said_and_an_empty_records_file_is_none_of_a_problem(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    done = goldspan("corpus", "build", tmp_path / "none", "--out", tmp_path / "out.jsonl")
    assert done.returncode == 1 and "no articles" in done.stderr
    (tmp_path / "empty.jsonl").write_text("")
    done = goldspan("corpus", "check", tmp_path / "empty.jsonl")
    assert (done.returncode, done.stdout) == (0, "0 documents, 0 problems\n")
    assert goldspan("corpus", "stats", tmp_path / "empty.jsonl").returncode == 0


CALLS = {
    "unknown command": (["frobnicate"], 2, "frobnicate"),
    "unknown option": (["corpus", "check", "--fast", "x.jsonl"], 2, "--fast"),
    "missing argument": (["corpus", "check"], 2, "Missing argument"),
    "unknown suffix": (["corpus", "stats", "x.docx"], 2, "x.docx"),
    "unknown column": (["corpus", "build", "-", "--out", "-", "--column", "txt=body"], 2, "did you mean 'text'"),
    "no such file": (["corpus", "check", "nowhere.jsonl"], 1, "nowhere.jsonl"),
    "no such source": (["corpus", "build", "nowhere.txt", "--out", "-"], 1, "nowhere.txt"),
    "no such scheme": (["schema", "show", "--scheme", "nowhere.toml"], 1, "nowhere.toml"),
    "no such folder": (["corpus", "build", str(SEEDS), "--out", "/nowhere/at/all.jsonl"], 3, "/nowhere/at/all.jsonl"),
    "bad population": (["lookup", "Iran", "--population", "7"], 2, "500, 1000"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_cannot_work_is_one_clear_error(name: str, goldspan: Run) -> None:
    arguments, status, message = CALLS[name]
    done = goldspan(*arguments)
    assert done.returncode == status
    assert message in done.stderr and "Traceback" not in done.stderr and done.stderr.count("\n") <= 2


@pytest.mark.unmeasured
def test_a_full_disk_leaves_the_old_file_whole_and_ends_with_3(goldspan_process: Run, tmp_path: Path) -> None:
    out = tmp_path / "seeds.jsonl"
    out.write_text("old\n")

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = goldspan_process("corpus", "build", SEEDS, "--out", out, preexec_fn=no_room)
    assert done.returncode == 3 and "seeds.jsonl: cannot be written" in done.stderr and "Traceback" not in done.stderr
    assert out.read_text() == "old\n" and list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_writing_leaves_the_old_file_whole_and_ends_with_130(
    how: signal.Signals, tmp_path: Path
) -> None:
    source, out = tmp_path / "source", tmp_path / "out.jsonl"
    os.mkfifo(source)  # a source that never ends: the command is surely in the middle of it
    (tmp_path / "source.jsonl").symlink_to(source)
    out.write_text("old\n")
    process = subprocess.Popen(
        [GOLDSPAN, "export", tmp_path / "source.jsonl", "--to", "jsonl", "--out", out, "--names"],
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    with source.open("w") as feed:
        feed.write("".join(f'{{"id": "{number}", "text": "x", "spans": []}}\n' for number in range(2000)))
        feed.flush()
        deadline = time.monotonic() + 240
        while not any(path.suffix == ".part" for path in tmp_path.iterdir()):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(how)
        _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130 and "interrupted" in stderr and "Traceback" not in stderr
    assert out.read_text() == "old\n" and not any(path.suffix == ".part" for path in tmp_path.iterdir())


def test_another_scheme_runs_through_build_check_and_stats(goldspan: Run, tmp_path: Path) -> None:
    scheme = tmp_path / "disaster.toml"
    scheme.write_text(DISASTER)
    source = tmp_path / "in.jsonl"
    text = "https://example.org A flood took three houses.\n(Photo by X Y)"
    hazard, loss = {"type": "flood", "strength": None}, {"min": 3, "max": 3, "approx": False}
    spans = [span(22, 27, "HAZARD", hazard), span(33, 45, "LOSS", loss), span(33, 38, "LOSS")]
    write_lines(source, record("flood", text, spans=spans))
    for suffix in (".jsonl", ".parquet"):
        out = tmp_path / f"out{suffix}"
        built = goldspan("corpus", "build", source, "--out", out, "--scheme", scheme)
        assert built.returncode == 0, built.stderr
        assert "zones: url 1 " in built.stderr  # the scheme has no other kind
        assert "--column published" not in built.stderr  # it has no dates either
        assert goldspan("corpus", "check", out, "--scheme", scheme).stdout == "1 document, 0 problems\n"
        stats = json.loads(goldspan("corpus", "stats", out, "--scheme", scheme, "--json").stdout)
        assert {name: label["spans"] for name, label in stats["labels"].items()} == {"HAZARD": 1, "LOSS": 2}
    assert goldspan("corpus", "check", out).returncode == 1  # not records of conflict news
    shown = goldspan("schema", "show", "--scheme", scheme)
    assert "HAZARD" in shown.stdout and "ACTOR" not in shown.stdout


def test_a_scheme_file_is_checked_and_compared(goldspan: Run, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(DISASTER)
    bad.write_text(DISASTER.replace("#aa0000", "red").replace('"any"', '"words"'))
    assert "disaster@2, 2 labels (HAZARD, LOSS)" in goldspan("schema", "check", good).stdout
    refused = goldspan("schema", "check", bad)
    assert refused.returncode == 1
    assert f"{bad}:7: " in refused.stderr and f"{bad}:11: " in refused.stderr
    listed = json.loads(goldspan("schema", "check", bad, "--json").stdout)
    assert [problem["line"] for problem in listed["problems"]] == [7, 11]
    records = write_lines(tmp_path / "r.jsonl", record(spans=[span(0, 4, "ACTOR")]))
    diff = goldspan("schema", "diff", "conflict-news", good, "--records", records)
    assert (
        diff.returncode == 1 and "label ACTOR was removed" in diff.stdout and "no longer valid: 1 span" in diff.stdout
    )
    assert "conflict-news" in diff.stderr and "--draft, for a map by which `goldspan schema migrate`" in diff.stderr
    assert goldspan("schema", "diff", good, good).stdout == "no change that affects spans or zones\n"
    assert json.loads(goldspan("schema", "json-schema").stdout)["title"] == "goldspan record under conflict-news@1"


def test_diff_shows_what_changed(goldspan: Run, tmp_path: Path) -> None:
    a = write_lines(tmp_path / "a.jsonl", record(spans=[span(0, 4, "ACTOR", {"id": "IRN"})]))
    b = write_lines(tmp_path / "b.jsonl", record(spans=[span(0, 4, "ACTOR", {"id": "IRQ"}), span(12, 17, "COUNT")]))
    shown = goldspan("corpus", "diff", a, b).stdout
    assert "a: value [0, 4) ACTOR 'Iran'" in shown and "a: added [12, 17) COUNT 'three' null" in shown
    data = json.loads(goldspan("corpus", "diff", a, b, "--json").stdout)
    assert data["counts"] == {"ACTOR": {"value": 1}, "COUNT": {"added": 1}}


def test_lookup_finds_ids_and_suggests_near_names(goldspan: Run) -> None:
    found = json.loads(goldspan("lookup", "Kata’ib Hizballah", "--json").stdout)
    assert [actor["id"] for actor in found["actors"]] == ["kataib-hezbollah"]
    missed = goldspan("lookup", "Hezbolah")
    assert missed.returncode == 1 and "hezbollah" in missed.stdout and "Did you mean" in missed.stderr


def test_near_duplicates_are_problems(goldspan: Run, tmp_path: Path) -> None:
    text = " ".join(f"word{n}" for n in range(100))
    path = write_lines(tmp_path / "two.jsonl", record("a", text), record("b", text + "."))
    assert goldspan("corpus", "check", path).returncode == 0
    done = goldspan("corpus", "check", path, "--near")
    assert done.returncode == 1 and "nearly the same text as 'a' (similarity 1.00)" in done.stderr


def test_help_and_version_answer(goldspan: Run) -> None:
    assert all(word in goldspan("--help").stdout for word in ("demo", "schema", "corpus", "lookup"))
    assert goldspan("--version").stdout.startswith("goldspan 0.")
