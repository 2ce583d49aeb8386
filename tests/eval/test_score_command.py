"""`goldspan score` as a program and a person call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goldspan.eval import score

from ..conftest import Run, record, span, write_lines
from .layers import SYSTEM, TEXT, files, layer


def test_a_part_of_the_gold_is_scored_reported_and_named(goldspan: Run, tmp_path: Path) -> None:
    texts = {name: f"Iran struck base {name}." for name in ("one", "two", "three")}
    spans = [span(0, 4, "ACTOR", {"id": "IRN", "kind": "state"})]
    gold = write_lines(tmp_path / "gold.jsonl", *(record(n, texts[n], spans=spans) for n in ("one", "two")))
    system = write_lines(tmp_path / "system.jsonl", *(record(n, texts[n]) for n in ("two", "three")))
    call = ("score", gold, system, "--errors", "--html", tmp_path / "page.html")
    refused = goldspan(*call)
    assert refused.returncode == 1 and "--common" in refused.stderr and not (tmp_path / "page.html").exists()
    shown = goldspan(*call, "--common")
    assert shown.returncode == 0 and f"gold {gold}: 1 document, 1 span, " in shown.stdout
    assert "scored only the 1 common document; excluded: 1 of the gold, 1 of system" in shown.stderr
    assert "missed: two 'Iran'" in shown.stdout and "missed: one" not in shown.stdout
    page = (tmp_path / "page.html").read_text("utf-8")
    assert texts["two"] in page and texts["one"] not in page and texts["three"] not in page
    told = json.loads(goldspan(*call, "--common", "--json").stdout)
    assert told["gold"]["documents"] == 1 and any("excluded: " in note for note in told["notes"])
    assert told["systems"][0]["errors"]["counts"] == {"missed": 1}


def test_a_gold_with_nothing_in_it_is_told(goldspan: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    shown = goldspan("score", tmp_path / "empty.jsonl", tmp_path / "empty.jsonl")
    assert shown.returncode == 0 and "note: the gold has no documents: there is nothing to score" in shown.stderr
    bare = score(layer([]), layer(SYSTEM))
    assert "the gold has no spans of these labels: there is nothing to score" in bare.notes


def test_the_command_prints_the_contracts_json_and_a_table_of_a_hundred_columns(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    done = goldspan("score", gold, system, "--json")
    data = json.loads(done.stdout)
    assert set(data) == {"gold", "systems", "comparisons", "notes"}
    assert set(data["systems"][0]) == {"name", "signature", "spans", "values", "interval"}
    with_tokens = json.loads(goldspan("score", gold, system, "--json", "--tokens").stdout)["systems"][0]
    assert with_tokens["tokens"]["micro"]["f1"] and with_tokens["spans"] == data["systems"][0]["spans"]
    assert goldspan("score", gold, system, "--json").stdout == done.stdout
    shown = goldspan("score", gold, system, "--errors")
    table = [line for line in shown.stdout.splitlines() if not line.startswith(("signature", "gold "))]
    assert max(map(len, table)) <= 100 and "boundary: a 'three'" in shown.stdout


def test_fail_under_ends_with_1_and_unknown_measures_with_2(goldspan: Run, tmp_path: Path) -> None:
    gold, system = files(tmp_path)
    assert goldspan("score", gold, system, "--fail-under", "spans.strict.micro.f1=0.4").returncode == 0
    failed = goldspan("score", gold, system, "--fail-under", "spans.strict.micro.f1=0.5")
    assert failed.returncode == 1 and "spans.strict.micro.f1 is 0.444, below 0.5" in failed.stderr
    assert goldspan("score", gold, system, "--fail-under", "spans.strikt.micro.f1=0.5").returncode == 2
    assert goldspan("score", gold, system, "--fail-under", "f1").returncode == 2


def test_a_label_map_brings_foreign_labels_home_and_says_what_it_drops(goldspan: Run, tmp_path: Path) -> None:
    gold, _ = files(tmp_path)
    spans = [
        span(0, 4, "GPE", {"wikidata": "Q794"}),
        span(27, 31, "LOC"),
        span(12, 17, "CARDINAL"),
        span(5, 11, "VERB"),
    ]
    system = write_lines(tmp_path / "foreign.jsonl", record("a", TEXT, spans=spans))
    mapping = tmp_path / "map.toml"
    mapping.write_text('GPE = "ACTOR"\nLOC = "LOCATION"\nCARDINAL = "COUNT"\n')
    missing = goldspan("score", gold, system, "--map", mapping)
    assert missing.returncode == 1 and "foreign.jsonl:1: the label map has no line for 'VERB'" in missing.stderr
    mapping.write_text(mapping.read_text() + '"*" = ""\n')
    done = goldspan("score", gold, system, "--map", mapping, "--json")
    assert "dropped by the label map: VERB 1" in done.stderr
    assert "values dropped because the mapped label has no such field: GPE 1" in done.stderr
    data = json.loads(done.stdout)["systems"][0]
    assert data["spans"]["strict"]["micro"]["matched"] == 3 and "map:none" not in data["signature"]
    mapping.write_text('GPE = "ACTORS"\n')
    assert "did you mean 'ACTOR'" in goldspan("score", gold, system, "--map", mapping).stderr


MISTYPED = {
    "spans.strict.micro.f1=nan": "not a number",
    "spans.strict.micro.f=0.5": "did you mean 'f1'",
    "spans.strict.labels.ACTORS.f1=0.5": "did you mean 'ACTOR'",
    "values.COUNT.value_f1s=0.5": "did you mean 'value_f1'",
    "interval.spans.strict.micro.f1=0.5": "known: spans, values",
    "name=0.5": "known: spans, values",
    "spans.strict=0.5": "it is a group of",
}


@pytest.mark.parametrize("limit", MISTYPED)
def test_a_limit_on_no_measure_is_refused_before_anything_is_read(goldspan: Run, limit: str) -> None:
    done = goldspan("score", "absent.jsonl", "absent.jsonl", "--fail-under", limit)
    assert done.returncode == 2 and MISTYPED[limit] in done.stderr and "absent" not in done.stderr
