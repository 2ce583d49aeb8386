"""Conflicts and decisions in another scheme: what they say stays, whatever becomes of the conflict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from goldspan.corpus.adjudication.decisions import ConflictLine, read_conflicts, read_decisions
from goldspan.corpus.migration.decision_migration import migrate_decisions
from goldspan.corpus.migration.record_migration import MigrationTally
from goldspan.schema import DataError, Migration, parse_migration, parse_scheme
from goldspan.workflows.migration.migrate_files import migrate_files

from ..conftest import write_lines


def scheme(version: int, *labels: str) -> Any:
    return parse_scheme({"name": "t", "version": version, "labels": {name: {"definition": "-"} for name in labels}})


OLD, NEW = scheme(1, "A", "B", "C"), scheme(2, "X", "C")
MIGRATION = parse_migration({"labels": {"A": "X", "B": "X", "C": ""}}, OLD, NEW)


def span(start: int, end: int, label: str) -> dict[str, Any]:
    return {"start": start, "end": end, "label": label, "value": None}


def line(first: list[Any], second: list[Any], **decision: Any) -> dict[str, Any]:
    readings = {"ann": first, "ben": second}
    start, end = (f(s[k] for s in [*first, *second]) for f, k in ((min, "start"), (max, "end")))
    return {"document": "d", "start": start, "end": end, "kind": "label", "readings": readings, **decision}


ANN = {"choose": "ann", "by": "Jo", "reason": "so it is"}
LINES = {
    "it goes on": line([span(0, 5, "A")], [span(0, 6, "B")], **ANN),
    "it is settled": line([span(0, 5, "A")], [span(0, 5, "B")], **ANN),
    "it is settled and open": line([span(0, 5, "A")], [span(0, 5, "B")]),
    "all is set aside": line([span(0, 5, "C")], [], **ANN),
    "it falls into two": line([span(0, 5, "A"), span(8, 9, "A")], [span(0, 9, "C")], **ANN),
    "it falls into two, decided otherwise": line(
        [span(0, 5, "A"), span(8, 9, "A")],
        [span(0, 9, "C")],
        spans=[span(0, 4, "B"), span(6, 7, "A")],
        by="Jo",
        reason="so it is",
    ),
    "it has no readings": {
        "document": "d", "start": 0, "end": 9, "spans": [span(0, 4, "B")], "override": True, "by": "Jo", "reason": "so",
    },
}  # fmt: skip


def migrated(path: Path, migration: Migration, *lines: Any) -> list[dict[str, Any]]:
    write_lines(path, *lines)
    return [msgspec.to_builtins(item) for item in migrate_decisions(str(path), migration, {}, MigrationTally())]


@pytest.mark.parametrize("case", LINES.values(), ids=LINES)
def test_a_line_says_the_same_and_comes_back_as_it_was(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    there = migrated(path, MIGRATION, case)
    write_lines(path, *there)
    decisions = read_decisions(path, NEW)
    assert bool(decisions) == ("by" in case)
    labels = [span.label for decision in decisions for span in decision.spans or ()]
    assert set(labels) <= {"X"} and len(labels) == len(case.get("spans", ()))
    assert migrated(path, MIGRATION, *there) == there  # a second time changes nothing
    back = [msgspec.convert(item, ConflictLine) for item in migrated(path, MIGRATION.reversed, *there)]
    assert back == [msgspec.convert(case, ConflictLine)]


def test_a_conflict_that_is_settled_holds_against_all_and_is_not_asked_about(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    [decided] = migrated(path, MIGRATION, LINES["it is settled"])
    assert decided["override"] is True
    [undecided] = migrated(path, MIGRATION, LINES["it is settled and open"])
    write_lines(path, undecided)
    assert read_conflicts(path, NEW) == []
    parts = migrated(path, MIGRATION, LINES["it falls into two"])
    assert [(part["start"], part["end"], part["choose"]) for part in parts] == [(0, 5, "ann"), (8, 9, "ann")]


def test_a_decision_made_in_between_goes_back_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    [there] = migrated(path, MIGRATION, line([span(0, 5, "A")], [span(0, 6, "A")]))
    [back] = migrated(path, MIGRATION.reversed, {**there, **ANN, "choose": "ben"})
    assert (back["choose"], back["by"]) == ("ben", "Jo")


def test_decisions_about_parts_go_back_as_one_about_the_whole_conflict(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    undecided = line([span(0, 5, "A"), span(8, 9, "B")], [span(0, 9, "C")])
    first, second = migrated(path, MIGRATION, undecided)
    ann, ben = {**ANN}, {**ANN, "choose": "ben", "by": "Al"}
    for decisions, expected in (
        (({**first, **ann}, {**second, **ann}), {"choose": "ann", "spans": None, "by": "Jo"}),
        (({**first, **ann}, {**second, **ben}), {"choose": None, "spans": [span(0, 5, "A")], "by": "Jo, Al"}),
        (
            ({**first, **ben}, {**second, "spans": [span(8, 9, "X")], "by": "Jo", "reason": "so it is"}),
            {"choose": None, "spans": [span(8, 9, "B")], "by": "Al, Jo"},
        ),
    ):
        [back] = migrated(path, MIGRATION.reversed, *decisions)
        assert back == {**back, **expected, "start": 0, "end": 9, "readings": undecided["readings"]}
        assert "extra" not in back and back["reason"] == "so it is"
        assert migrated(path, MIGRATION.reversed, *reversed(decisions))[0]["spans"] == back["spans"]
    lost = {key: part for key, part in second.items() if key != "extra"}  # as `adjudicate` writes it again
    [back] = migrated(path, MIGRATION.reversed, {**lost, **ann}, {**first, **ann})
    assert (back["start"], back["end"], back["choose"]) == (0, 9, "ann")
    with pytest.raises(DataError, match=r"decisions.jsonl:1: .*\[0, 5\) is decided and \[8, 9\) not"):
        migrated(path, MIGRATION.reversed, {**first, **ann}, second)
    asked = {**first, "spans": [span(1, 2, "X")], "by": "Jo", "reason": "so"}
    tally = MigrationTally()
    write_lines(path, asked, {**second, **ann})
    assert list(migrate_decisions(str(path), MIGRATION.reversed, {}, tally)) == []
    assert [question.options for question in tally.questions.values()] == [("A", "B")]


def test_a_decision_about_a_conflict_that_became_shorter_goes_back(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    [there] = migrated(path, MIGRATION, line([span(0, 5, "A")], [span(2, 9, "C")]))
    assert (there["start"], there["end"]) == (0, 5)
    [back] = migrated(path, MIGRATION.reversed, {**there, **ANN})
    assert (back["start"], back["end"], back["choose"]) == (0, 9, "ann")


def chosen(name: str) -> Any:
    return parse_scheme({
        "name": "t",
        "version": {"old": 1, "new": 2}[name],
        "labels": {"A": {"definition": "-", "fields": {
            "k": {"type": "choice", "choices": ["x", "y"] if name == "old" else ["x", "y", "z"]},
        }}},
    })  # fmt: skip


def test_a_second_run_moves_no_decision_again(tmp_path: Path) -> None:
    old, new = chosen("old"), chosen("new")
    swap = parse_migration({"labels": {"A": {"fields": {"k": {"values": {"x": "y", "y": "x"}}}}}}, old, new)
    x, y = ({"start": 0, "end": 3, "label": "A", "value": {"k": name}} for name in "xy")
    decided = {"document": "d", "start": 0, "end": 3, "spans": [x], "override": True, "by": "Jo", "reason": "so"}
    path = tmp_path / "decisions.jsonl"
    [once] = migrated(path, swap, decided)
    assert once["spans"] == [y] and once["extra"] == {"migrations": [{"id": swap.id}]}
    assert migrated(path, swap, once) == [once]
    [back] = migrated(path, swap.reversed, once)
    assert msgspec.convert(back, ConflictLine) == msgspec.convert(decided, ConflictLine)
    [changed] = migrated(path, swap.reversed, {**once, "spans": [x]})
    assert changed["spans"] == [y] and "extra" not in changed

    folder = tmp_path / "gold"
    (folder / "passes").mkdir(parents=True)
    for name, expected in (("new", "x"), ("old", "y")):
        layer = {"annotator": "ann", "scheme": chosen(name).ref}
        write_lines(folder / "passes" / "ann.jsonl", {"id": "d", "text": "One two.", "layer": layer, "spans": [x]})
        write_lines(folder / "decisions.jsonl", decided)
        migrate_files(str(folder), str(tmp_path / name), swap)
        [line] = read_decisions(tmp_path / name / "decisions.jsonl", new)
        assert [item.value for item in line.spans or ()] == [new.value("A", k=expected)]


def test_spans_of_another_scheme_are_refused_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"decisions.jsonl:1: document 'd': span 1 \[0, 5\) Z has an unknown label"):
        migrated(tmp_path / "decisions.jsonl", MIGRATION, line([span(0, 5, "Z")], []))
