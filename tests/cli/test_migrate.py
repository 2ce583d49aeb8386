"""`goldspan schema migrate` over the files of a project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..conftest import Run, record, span, write_lines

TEXT = "The flood killed 300 people; 20 were hurt by the storm. Some say 5."
OLD = """
name = "disaster"
version = 1
[labels.FLOOD]
definition = "A flood."
fields.size = { type = "choice", choices = ["big", "huge", "small"] }
[labels.STORM]
definition = "A storm."
[labels.STRUCK]
definition = "How many it struck."
fields.number = { type = "interval" }
fields.fate = { type = "choice", choices = ["dead", "hurt", "other"] }
[labels.RUMOUR]
definition = "A rumour."
[zones]
stamp = "a stamp"
"""
NEW = """
name = "disaster"
version = 2
[labels.HAZARD]
definition = "What struck."
fields.type = { type = "choice", choices = ["flood", "storm"] }
fields.size = { type = "choice", choices = ["large", "small"] }
[labels.KILLED]
definition = "How many died."
fields.number = { type = "interval" }
[labels.INJURED]
definition = "How many were injured."
fields.number = { type = "interval" }
"""
MAP = """
[labels]
STORM = { to = "HAZARD", set = { type = "storm" } }
RUMOUR = ""
[labels.FLOOD]
to = "HAZARD"
set = { type = "flood" }
fields.size.values = { big = "large", huge = "large" }
[[labels.STRUCK.split]]
to = "KILLED"
where = { fate = "dead" }
[[labels.STRUCK.split]]
to = "INJURED"
where = { fate = "hurt" }
[zones]
stamp = ""
"""
FLOOD = span(4, 9, "FLOOD", {"size": "huge"})
DEAD = span(17, 20, "STRUCK", {"min": 300, "max": 300, "approx": False, "fate": "dead"})
STORM = span(49, 54, "STORM")
RUMOUR = span(56, 60, "RUMOUR")
OPEN = span(65, 66, "STRUCK", {"min": 5, "max": 5, "approx": False, "fate": None})
CALL = ("schema", "migrate", "old.toml", "new.toml")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two schemes and a map, in which the commands run."""
    for name, text in {"old.toml": OLD, "new.toml": NEW, "map.toml": MAP}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def labels(path: Path) -> list[str]:
    return [item["label"] for document in read(path) for item in document["spans"]]


def test_records_go_to_the_new_scheme_and_back_with_nothing_lost(goldspan: Run, folder: Path) -> None:
    zones = [{"start": 0, "end": 3, "kind": "stamp"}]
    line = record("a", TEXT, spans=[FLOOD, DEAD, STORM, RUMOUR], zones=zones, layer={"annotator": "ann"})
    write_lines(folder / "in.jsonl", line, record("b", TEXT, spans=[]))
    done = goldspan(*CALL, "in.jsonl", "--map", "map.toml", "--out", "out.jsonl")
    assert done.returncode == 0, done.stderr
    assert [row.rsplit(maxsplit=1)[0].strip() for row in done.stdout.splitlines()[3:]] == [
        "FLOOD -> HAZARD",
        "FLOOD.size: huge -> large",
        "RUMOUR: set aside",
        "STORM -> HAZARD",
        "STRUCK -> KILLED",
        "zone stamp: set aside",
    ]
    assert labels(folder / "out.jsonl") == ["HAZARD", "KILLED", "HAZARD"]
    for document in read(folder / "out.jsonl"):
        assert document["layer"]["scheme"] == "disaster@2"
        assert len(document["layer"]["extra"]["migrations"]) == 1
    assert goldspan("corpus", "check", "out.jsonl", "--scheme", "new.toml").returncode == 0
    wrong = goldspan("corpus", "check", "out.jsonl", "--scheme", "old.toml")
    assert "`goldspan schema migrate` takes records of disaster@2 to disaster@1" in wrong.stderr
    assert goldspan(*CALL, "out.jsonl", "--map", "map.toml", "--out", "back.jsonl", "--reverse").returncode == 0
    assert goldspan("corpus", "merge", "in.jsonl", "--scheme", "old.toml", "--out", "same.jsonl").returncode == 0
    assert (folder / "back.jsonl").read_bytes() == (folder / "same.jsonl").read_bytes()


def test_what_no_rule_decides_is_asked_and_nothing_is_written_before_it_is_answered(
    goldspan: Run, folder: Path
) -> None:
    write_lines(folder / "in.jsonl", record("a", TEXT, spans=[OPEN]))
    call = (*CALL, "in.jsonl", "--map", "map.toml", "--out", "out.jsonl")
    tried = goldspan(*call, "--dry-run", "--questions", "q.jsonl")
    assert tried.returncode == 1
    asked = goldspan(*call, "--questions", "q.jsonl")
    assert asked.returncode == 1
    assert "document 'a': [65, 66) STRUCK" in asked.stderr
    assert "Some say [5]." in asked.stderr
    assert "Fix: KILLED, INJURED" in asked.stderr
    assert not (folder / "out.jsonl").exists()
    [question] = read(folder / "q.jsonl")
    write_lines(folder / "q.jsonl", {**question, "answer": "WOUNDED", "by": "Jo"})
    wrong = goldspan(*call, "--questions", "q.jsonl")
    assert "in.jsonl:1: document 'a': the answer about [65, 66) STRUCK is 'WOUNDED'" in wrong.stderr
    write_lines(folder / "q.jsonl", {**question, "answer": "INJURED", "by": "Jo"})
    assert goldspan(*call, "--questions", "q.jsonl").returncode == 0
    assert labels(folder / "out.jsonl") == ["INJURED"]
    assert read(folder / "q.jsonl")[0]["by"] == "Jo"


def test_a_second_run_changes_nothing_and_a_third_scheme_is_refused(goldspan: Run, folder: Path) -> None:
    write_lines(folder / "in.jsonl", record("a", TEXT, spans=[STORM]))
    goldspan(*CALL, "in.jsonl", "--map", "map.toml", "--out", "out.jsonl")
    again = goldspan(*CALL, "out.jsonl", "--map", "map.toml", "--out", "again.jsonl")
    assert "1 of them already in disaster@2 and left as they are" in again.stdout
    assert "nothing to migrate" in again.stdout
    assert (folder / "again.jsonl").read_bytes() == (folder / "out.jsonl").read_bytes()
    write_lines(folder / "other.jsonl", record("a", TEXT, spans=[STORM], layer={"scheme": "floods@7"}))
    third = goldspan(*CALL, "other.jsonl", "--map", "map.toml", "--dry-run")
    assert third.returncode == 1
    assert "other.jsonl:1: document 'a': the layer was made with floods@7, which is neither disaster@1" in third.stderr


def test_the_folder_of_a_gold_goes_as_a_whole(goldspan: Run, folder: Path) -> None:
    gold = folder / "gold"
    (gold / "passes").mkdir(parents=True)
    spans = {"ann": [FLOOD, DEAD, RUMOUR], "ben": [span(4, 9, "STORM"), DEAD]}
    for name, found in spans.items():
        write_lines(gold / "passes" / f"{name}.jsonl", record("a", TEXT, spans=found, layer={"annotator": name}))
    passes = [f"gold/passes/{name}.jsonl" for name in spans]
    goldspan("adjudicate", *passes, "--scheme", "old.toml", "--out", "x.jsonl", "--conflicts", "gold/decisions.jsonl")
    decided = [{**line, "choose": "ann", "by": "Jo", "reason": "as it says"} for line in read(gold / "decisions.jsonl")]
    write_lines(gold / "decisions.jsonl", *decided)
    calls = ("--scheme", "old.toml", "--decisions", "gold/decisions.jsonl", "--out", "gold/gold.jsonl")
    assert goldspan("adjudicate", *passes, *calls).returncode == 0
    write_lines(gold / "answers.jsonl", {"check": "label", "document": "a", "start": 4, "end": 9, "reason": "it is"})
    plan = {
        "version": 1,
        "title": "P",
        "annotators": ["ann"],
        "overlap": 1,
        "blind": 0,
        "servers": False,
        "documents": {},
    }
    (gold / "plan.json").write_text(json.dumps(plan, indent=1))
    done = goldspan(*CALL, "gold", "--map", "map.toml", "--out", "gold-2")
    assert done.returncode == 0, done.stderr
    assert "a plan, which names documents and annotators; as it is" in done.stdout
    assert (folder / "gold-2" / "plan.json").read_bytes() == (gold / "plan.json").read_bytes()
    # the decisions still say what they said: what is adjudicated anew is the gold that was migrated
    passes = [f"gold-2/passes/{name}.jsonl" for name in spans]
    calls = ("--scheme", "new.toml", "--decisions", "gold-2/decisions.jsonl", "--out", "anew.jsonl")
    anew = goldspan("adjudicate", *passes, *calls)
    assert anew.returncode == 0, anew.stderr
    migrated = read(folder / "gold-2" / "gold.jsonl")[0]["spans"]
    assert [item | {"extra": 0} for item in read(folder / "anew.jsonl")[0]["spans"]] == [
        i | {"extra": 0} for i in migrated
    ]
    back = goldspan(*CALL, "gold-2", "--map", "map.toml", "--out", "gold-1", "--reverse")
    assert back.returncode == 0, back.stderr
    assert read(folder / "gold-1" / "decisions.jsonl") == decided
    for file in ("gold.jsonl", "passes/ann.jsonl", "passes/ben.jsonl"):
        assert [line["spans"] for line in read(folder / "gold-1" / file)] == [
            line["spans"] for line in read(gold / file)
        ]
    refused = goldspan(*CALL, "gold", "--map", "map.toml", "--out", "gold-2")
    assert refused.returncode == 2
    assert "Fix: name one that does not exist yet" in refused.stderr


def test_shards_keep_their_names(goldspan: Run, folder: Path) -> None:
    (folder / "in").mkdir()
    for name in ("a", "b"):
        write_lines(folder / "in" / f"{name}.jsonl", record(name, TEXT, spans=[STORM]))
    assert goldspan(*CALL, "in", "--map", "map.toml", "--out", "out").returncode == 0
    assert [labels(folder / "out" / f"{name}.jsonl") for name in ("a", "b")] == [["HAZARD"], ["HAZARD"]]
    inside = goldspan(*CALL, "in", "--map", "map.toml", "--out", "in/out")
    assert inside.returncode == 2
    assert "--out in/out lies in the input in" in inside.stderr


def test_a_call_without_a_map_says_how_to_get_one(goldspan: Run, folder: Path) -> None:
    done = goldspan(*CALL, "in.jsonl", "--dry-run")
    assert done.returncode == 2
    assert "the label FLOOD has no place in disaster@2" in done.stderr
    assert "goldspan schema migrate old.toml new.toml --draft" in done.stderr
    draft = goldspan(*CALL, "--draft").stdout
    (folder / "draft.toml").write_text(draft)
    unfinished = goldspan(*CALL, "in.jsonl", "--dry-run", "--map", "draft.toml")
    assert unfinished.returncode == 1
    assert "draft.toml:6: labels.FLOOD: is not decided yet" in unfinished.stderr


def test_patterns_with_names_of_the_old_scheme_are_told_of(folder: Path, goldspan: Run) -> None:
    patterns = """[[labels.HAZARD.patterns]]
regex = '(?P<fate>flood)'
[[labels.HAZARD.patterns]]
regex = 'flood'
value = { size = "huge" }
"""
    (folder / "new.toml").write_text(f"{NEW}{patterns}")
    write_lines(folder / "in.jsonl", record("a", TEXT, spans=[FLOOD]))
    done = goldspan(*CALL, "in.jsonl", "--map", "map.toml", "--out", "out.jsonl")
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert done.returncode == 0 and len(warnings) == 2
    assert "the group 'fate' is not a key of HAZARD" in warnings[0] and "huge" in warnings[1]
    assert "warning" not in goldspan(*CALL, "out.jsonl", "--map", "map.toml", "--out", "back.jsonl", "--reverse").stderr
