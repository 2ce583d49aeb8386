"""What the commands that inspect and convert do with a corpus of shards: the same as with one file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ..conftest import Run, record, span, write_lines


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Two shards and one file of the same documents, one with a span that overlaps and two with nearly one text."""
    text = "Kyiv was quiet on Monday, said the governor of the region, who had spoken to reporters at noon there."
    lines = [
        record("a", text, spans=[span(0, 4, "LOCATION")], meta={"publisher": "B", "published": "2023-01-02"}),
        record("b", "Goma fell on Friday.", spans=[span(0, 4, "LOCATION"), span(0, 4, "LOCATION")]),
        record("c", text + " Again.", spans=[span(0, 4, "ACTOR")], meta={"publisher": "A", "published": "2022-05-01"}),
    ]
    (tmp_path / "cut").mkdir()
    write_lines(tmp_path / "cut" / "0.jsonl", *lines[:2])
    write_lines(tmp_path / "cut" / "1.jsonl", lines[2])
    write_lines(tmp_path / "one.jsonl", *lines)
    return tmp_path / "cut"


def test_a_check_names_the_shard_and_looks_for_near_duplicates_over_all(shards: Path, goldspan: Run) -> None:
    shown = goldspan("corpus", "check", shards, "--near", "--threshold", 0.7)
    assert shown.returncode == 1
    assert f"{shards}/0.jsonl:2: " in shown.stderr and "is a duplicate" in shown.stderr
    assert "nearly the same text as 'a'" in shown.stderr
    told = json.loads(goldspan("corpus", "check", shards, "--json").stdout)
    assert [(item["file"], item["line"]) for item in told["problems"]] == [(f"{shards}/0.jsonl", 2)]
    one = json.loads(goldspan("corpus", "check", shards.parent / "one.jsonl", "--json").stdout)
    assert [item.pop("file") for item in told["problems"]] and told["problems"] == one["problems"]


def test_counts_and_conversions_of_shards_are_those_of_one_file(shards: Path, goldspan: Run, tmp_path: Path) -> None:
    one = goldspan("corpus", "stats", tmp_path / "one.jsonl", "--json")
    assert goldspan("corpus", "stats", shards, "--json").stdout == one.stdout
    (shards / "_goldspan").mkdir()
    (shards / "_goldspan" / "run.json").write_text('{"run": "", "description": {}, "shards": [], "complete": true}')
    done = goldspan("convert", shards, "--out", tmp_path / "out.jsonl")
    assert done.returncode == 0, done.stderr
    assert "not read" not in done.stderr  # the state of the run is no document
    merged = goldspan("corpus", "merge", shards, "--out", "-")
    assert (tmp_path / "out.jsonl").read_text("utf-8") == merged.stdout


def test_workers_count_what_one_process_does(shards: Path, goldspan: Run, tmp_path: Path) -> None:
    def told(*options: object) -> tuple[int, str, str]:
        run = goldspan("corpus", "stats", shards, "--json", *options)
        return run.returncode, run.stdout, run.stderr

    layers = [{"annotator": name} for name in ("zoe", "ada")]
    write_lines(shards / "2.jsonl", *(record(f"d{n}", "Iran", layer=layer) for n, layer in enumerate(layers)))
    one = told()
    assert told("--workers", 2) == one
    assert json.loads(one[1])["documents"] == 5
    (shards / "3.jsonl").write_text('{"id": "e", "text": "x", "spans": [{"start": 0, "end": 9, "label": "DATE"}]}\n')
    write_lines(shards / "4.jsonl", record("f", "Iran"))
    assert told()[0] == 1
    assert told("--workers", 2) == told()
    assert told("--workers", 2, "--lenient") == told("--lenient")
    (shards / "3.jsonl").unlink()
    write_lines(shards / "5.jsonl", record("a", "Iran"))  # in two shards
    assert "5.jsonl:1: document 'a': duplicate" in told("--workers", 2)[2]
    assert told("--workers", 2) == told()
