"""Progress: what it is measured against, what a bar and a log show of it, and what of it an earlier run has done."""

from __future__ import annotations

import gzip
import json
import os
import time
from pathlib import Path

import pytest

from goldspan.cli.progress_display import ProgressDisplay
from goldspan.corpus.storage.expected_documents import expected_documents

from ..conftest import Run, record, write_lines


def test_about_how_many_documents_there_are_is_known_before_they_are_read(tmp_path: Path, goldspan: Run) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    # short documents first, as in a corpus that is sorted by length
    lines = write_lines(tmp_path / "long.jsonl", *(record(str(at), "x" * (at // 10)) for at in range(20_000)))
    assert expected_documents(str(lines)) == pytest.approx(20_000, rel=0.3)
    write_lines(folder / "a.jsonl", *(record(f"a{at}") for at in range(30)))
    assert expected_documents(str(folder / "a.jsonl")) == 30
    assert goldspan("corpus", "merge", folder / "a.jsonl", "--out", tmp_path / "a.parquet").returncode == 0
    assert expected_documents(str(tmp_path / "a.parquet")) == 30
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress((folder / "a.jsonl").read_bytes()))
    assert expected_documents(str(tmp_path / "a.jsonl.gz")) == pytest.approx(30, rel=0.1)
    for number in range(40):
        write_lines(folder / f"b{number}.jsonl", *(record(f"b{number}-{at}") for at in range(30)))
    assert expected_documents(str(folder)) == pytest.approx(41 * 30, rel=0.1)


def test_what_cannot_be_told_is_zero(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    (tmp_path / "empty.jsonl").touch()
    os.mkfifo(tmp_path / "pipe.jsonl")
    for name in ("bad.parquet", "empty.jsonl", "pipe.jsonl", "none.jsonl", "none.txt"):
        assert expected_documents(str(tmp_path / name)) == 0
    assert expected_documents("-") == 0


class Minutes:
    """A clock that only goes on when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now * 60)


def test_a_log_gets_a_line_a_minute_with_the_rate_of_this_run_and_the_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, said = Minutes(monkeypatch), list[str]()
    display = ProgressDisplay(said.append)
    display("annotating", 100_000, 400_000)  # by an earlier run
    for minute in range(1, 4):
        for half in (0.5, 1):
            clock.now = minute - 1 + half
            display("annotating", 100_000 + round(clock.now * 6_000), 400_000)
    display.close()
    assert said == [
        "annotating: 106,000 of about 400,000 (26%), 100 a second, 49 min left",
        "annotating: 112,000 of about 400,000 (28%), 100 a second, 48 min left",
        "annotating: 118,000 of about 400,000 (30%), 100 a second, 47 min left",
    ]
    said.clear()
    for minutes, done, total in ((3, 0, 0), (5, 40, 0), (7, 45, 44)):
        clock.now = minutes
        display("reading", done, total)
    assert said == ["reading: 40, 20.0 a minute", "reading: 45 of about 45 (100%), 11.2 a minute, 0 min left"]


def test_a_run_that_is_short_says_nothing_of_progress_in_a_log(tmp_path: Path, goldspan: Run) -> None:
    source = write_lines(tmp_path / "in.jsonl", *(record(str(at)) for at in range(300)))
    ran = goldspan("annotate", source, "--out", tmp_path / "out.jsonl")
    assert ran.stderr.splitlines()[0].startswith("300 documents annotated")


def test_commands_tell_the_total_and_what_an_earlier_run_has_done(
    tmp_path: Path, goldspan: Run, monkeypatch: pytest.MonkeyPatch, plugin: dict[str, str]
) -> None:
    shown: list[tuple[str, int, int]] = []
    monkeypatch.setattr(ProgressDisplay, "__call__", lambda _self, *told: shown.append(told))
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in "abc":
        write_lines(corpus / f"{name}.jsonl", *(record(f"{name}{at}") for at in range(10)))
    call = ("annotate", corpus, "--extractor", "moody", "--out", tmp_path / "out")
    assert goldspan(*call, env=plugin).returncode == 0
    ids = [("reading ids", done, 30) for done in (10, 20, 30)]
    assert shown == [*ids, *(("annotating", done, 30) for done in (0, 10, 20, 30))]
    shown.clear()
    write_lines(corpus / "b.jsonl", *(record(f"b{at}") for at in range(10)), record("new"))
    assert goldspan(*call, env=plugin).returncode == 0
    assert [told for told in shown if told[0] == "annotating"] == [("annotating", 20, 31), ("annotating", 31, 31)]
    shown.clear()
    assert goldspan("annotate", corpus / "b.jsonl", "--out", tmp_path / "b.jsonl").returncode == 0
    assert shown[0] == ("annotating", 0, 11) and shown[-1] == ("annotating", 11, 11)
    shown.clear()
    scored = goldspan("score", tmp_path / "b.jsonl", tmp_path / "b.jsonl", "--resamples", 0, "--json")
    assert json.loads(scored.stdout)["gold"]["documents"] == 11
    assert {total for step, _, total in shown if step.startswith("reading")} <= {11}
