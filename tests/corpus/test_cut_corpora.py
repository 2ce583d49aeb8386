"""What builds, converts or cuts a corpus into shards: whole shards, of which a repeated run writes only those that change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from goldspan.schema import UsageError
from goldspan.workflows.conversion.pass_folder import check_pass_folder

from ..conftest import Run, record, span, write_lines

COMMANDS = {"build": ("corpus", "build"), "convert": ("convert",), "shard": ("corpus", "shard")}
WORK = {**COMMANDS, "annotate": ("annotate", "--extractor", "rules")}


def _lines(count: int, *, held: int = -1) -> list[dict[str, Any]]:
    texts = [f"Goma {at} {'held' if at == held else 'fell'}." for at in range(count)]
    return [record(f"d{at:02}", text, spans=[span(0, 4, "LOCATION")]) for at, text in enumerate(texts)]


def _states(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.glob("part-*")}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.zst", ".parquet"])
def test_a_repeated_run_writes_the_shards_that_changed_and_no_other(
    tmp_path: Path, goldspan: Run, command: tuple[str, ...], suffix: str
) -> None:
    source, folder = write_lines(tmp_path / "in.jsonl", *_lines(7)), tmp_path / "cut"
    call = (*command, source, "--out", folder, "--documents", 3, "--suffix", suffix)
    first = goldspan(*call)
    assert first.returncode == 0, first.stderr
    assert f"7 documents in 3 shards -> {folder}" in first.stderr
    before = _states(folder)
    assert sorted(before) == [f"part-0000{number}{suffix}" for number in range(3)]
    again = goldspan(*call)
    assert f"7 documents in 3 shards, 3 of them unchanged -> {folder}" in again.stderr
    assert _states(folder) == before
    write_lines(source, *_lines(5, held=4))
    (folder / f"part-00000{suffix}").unlink()
    third = goldspan(*call)
    assert "5 documents in 2 shards -> " in third.stderr, third.stderr
    after = _states(folder)
    assert after.keys() == {f"part-00000{suffix}", f"part-00001{suffix}"}
    assert after[f"part-00000{suffix}"][0] == before[f"part-00000{suffix}"][0]
    one = ("corpus", "merge") if command[-1] == "shard" else command
    whole = goldspan(*one, source, "--out", tmp_path / "one.jsonl")
    assert whole.returncode == 0, whole.stderr
    merged = goldspan("corpus", "merge", folder, "--out", "-").stdout
    assert merged == (tmp_path / "one.jsonl").read_text("utf-8")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_an_interrupted_run_is_known_as_such_and_continues(
    tmp_path: Path, goldspan: Run, command: tuple[str, ...]
) -> None:
    good = _lines(6)
    source, folder = write_lines(tmp_path / "in.jsonl", *good[:5], _lines(1, held=0)[0]), tmp_path / "cut"
    call = (*command, source, "--out", f"{folder}/", "--documents", 2)
    stopped = goldspan(*call)
    assert stopped.returncode == 1
    assert f"{source}:6: document 'd00': duplicate document id" in stopped.stderr
    written = (
        f"error: {folder}/: is not finished; 2 shards with the documents before can stay. Fix: correct this; the same"
    )
    assert written in stopped.stderr
    before = _states(folder)
    assert before.keys() >= {"part-00000.jsonl", "part-00001.jsonl"}
    unfinished = goldspan("corpus", "stats", folder).stderr
    assert "is not finished" in unfinished and "continues it, after what it reported is corrected" in unfinished
    write_lines(source, *good)
    done = goldspan(*call)
    assert done.returncode == 0, done.stderr
    assert "6 documents in 3 shards, " in done.stderr
    assert {
        name: state for name, state in _states(folder).items() if name in ("part-00000.jsonl", "part-00001.jsonl")
    } == {name: before[name] for name in ("part-00000.jsonl", "part-00001.jsonl")}
    assert json.loads(goldspan("corpus", "stats", folder, "--json").stdout)["documents"] == 6
    assert not list(tmp_path.rglob("*.part")) and not list(tmp_path.rglob("*.begun"))


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_whoever_interrupts_a_run_is_told_how_many_shards_are_kept(
    tmp_path: Path, goldspan: Run, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("goldspan.cli.console.when_interrupted", told.append)
    source, folder = write_lines(tmp_path / "in.jsonl", *_lines(5)), tmp_path / "cut"
    call = (*command, source, "--out", folder, "--documents", 2)
    assert goldspan(*call).returncode == 0
    assert [line.partition(" kept; the same command reads its sources again")[0] for line in told] == [
        "1 shard",
        "2 shards",
        "3 shards",
    ]
    (folder / "part-00001.jsonl").unlink()
    told.clear()
    assert goldspan(*call).returncode == 0
    assert [line.partition(" ")[0] for line in told] == ["2", "2", "3", "3"]  # before the first, those of the first run
    told.clear()
    if command[-1] != "shard":  # which writes nothing else
        assert goldspan(*command, source, "--out", tmp_path / "one.jsonl").returncode == 0
        assert not told  # a file is all or nothing


@pytest.mark.parametrize("command", WORK)
def test_a_repeated_run_touches_nothing_that_stays(tmp_path: Path, goldspan: Run, command: str) -> None:
    (tmp_path / "in").mkdir()
    source, folder = write_lines(tmp_path / "in" / "a.jsonl", *_lines(4)), tmp_path / "cut"
    options = () if command == "annotate" else ("--documents", 2)
    call = (*WORK[command], source.parent if command == "annotate" else source, "--out", folder, *options)

    def times() -> dict[str, int]:
        return {path.name: path.stat().st_mtime_ns for path in folder.rglob("*.json*")}

    assert goldspan(*call).returncode == 0
    before = times()
    assert goldspan(*call).returncode == 0
    assert times() == before
    if command == "annotate":
        return
    write_lines(source, *_lines(4, held=3), _lines(1, held=0)[0])  # ends in an error, after the second shard
    assert goldspan(*call).returncode == 1
    after = times()
    assert {name for name in before if before[name] != after.get(name)} == {
        "run.json",
        "part-00001.jsonl",
        "part-00001.jsonl.json",
    }


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_folder_of_others_is_left_as_it_is(tmp_path: Path, goldspan: Run, command: tuple[str, ...]) -> None:
    source, folder = write_lines(tmp_path / "in.jsonl", *_lines(2)), tmp_path / "theirs"
    folder.mkdir()
    theirs = write_lines(folder / "part-00000.jsonl", *_lines(1))
    before = theirs.read_bytes()
    refused = goldspan(*command, source, "--out", folder)
    assert refused.returncode == 2
    assert "which no run of goldspan wrote. Fix: another --out, or --overwrite, which replaces it" in refused.stderr
    assert theirs.read_bytes() == before
    assert goldspan(*command, source, "--out", folder, "--overwrite").returncode == 0
    theirs.write_bytes(theirs.read_bytes() + b"\n")  # somebody edits it
    assert (
        "was changed after it was written. Fix: another --out, or --overwrite"
        in goldspan(*command, source, "--out", folder).stderr
    )
    inside = goldspan(*command, tmp_path, "--out", tmp_path / "x")
    assert inside.returncode == 2 and "lies in the input" in inside.stderr, inside.stderr
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("second", WORK)
@pytest.mark.parametrize("first", WORK)
def test_the_result_of_another_command_is_not_replaced_unasked(
    tmp_path: Path, goldspan: Run, first: str, second: str
) -> None:
    (tmp_path / "in").mkdir()
    source, folder = write_lines(tmp_path / "in" / "part-00000.jsonl", *_lines(3)), tmp_path / "cut"
    sources = dict.fromkeys(WORK, source) | {"annotate": source.parent}
    assert goldspan(*WORK[first], sources[first], "--out", folder).returncode == 0
    before = _states(folder)
    ran = goldspan(*WORK[second], sources[second], "--out", folder)
    if first == second:
        assert ran.returncode == 0, ran.stderr
        return
    assert ran.returncode == 2
    assert f"holds the result of other work ({first}" in ran.stderr, ran.stderr
    assert "Fix: another --out, or --overwrite, which replaces it" in ran.stderr
    assert _states(folder) == before
    assert goldspan(*WORK[second], sources[second], "--out", folder, "--overwrite").returncode == 0


def test_shards_of_others_are_replaced_with_all_that_they_are(tmp_path: Path, goldspan: Run) -> None:
    source, folder = write_lines(tmp_path / "in.jsonl", *_lines(2)), tmp_path / "theirs"
    folder.mkdir()
    for number in range(3):
        write_lines(folder / f"part-0000{number}.jsonl", record(f"old{number}", "Goma fell."))
    assert goldspan("corpus", "shard", source, "--out", folder, "--overwrite").returncode == 0
    assert _states(folder).keys() == {"part-00000.jsonl"}
    assert json.loads(goldspan("corpus", "stats", folder, "--json").stdout)["documents"] == 2


@pytest.mark.parametrize("command", WORK)
def test_a_folder_that_could_not_be_read_afterwards_is_refused_before_anything_is_written(
    tmp_path: Path, goldspan: Run, command: str
) -> None:
    (tmp_path / "in").mkdir()
    source, folder = write_lines(tmp_path / "in" / "a.jsonl", *_lines(2)), tmp_path / "notes"
    folder.mkdir()
    (folder / "notes.txt").write_text("hi")
    ran = goldspan(*WORK[command], source.parent if command == "annotate" else source, "--out", folder)
    assert ran.returncode == 2
    assert "holds notes.txt, which is no shard, so that no command could read the folder. Fix: another" in ran.stderr
    assert [path.name for path in folder.rglob("*")] == ["notes.txt"]
    (folder / "notes.txt").rename(folder / "README")
    assert goldspan("corpus", "shard", source, "--out", folder).returncode == 0


NAMES = {
    "standard output": ("-", "standard output cannot hold"),
    "a file": ("cut.parquet", "a name that ends in .parquet is one of a file"),
    "a file and a folder": ("cut.jsonl.gz/", "a name that ends in .jsonl is one of a file"),
    "a pattern at an address": ("memory://cut-*", "would read this address as a pattern"),
}


@pytest.mark.parametrize(("out", "message"), NAMES.values(), ids=NAMES)
def test_what_commands_take_for_something_else_is_no_folder_of_shards(
    tmp_path: Path, goldspan: Run, out: str, message: str
) -> None:
    write_lines(tmp_path / "in.jsonl", *_lines(2))
    ran = goldspan("corpus", "shard", "in.jsonl", "--out", out, cwd=tmp_path)
    assert (ran.returncode, message in ran.stderr) == (2, True), ran.stderr
    assert "Fix: name a folder" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


@pytest.mark.parametrize("command", ["build", "convert", "annotate"])
def test_a_file_is_not_named_with_a_slash_and_shards_can_go_to_standard_output(
    tmp_path: Path, goldspan: Run, command: str
) -> None:
    (tmp_path / "in").mkdir()
    write_lines(tmp_path / "in" / "a.jsonl", *_lines(2))
    source = "in" if command == "annotate" else "in/a.jsonl"
    ran = goldspan(*WORK[command], source, "--out", "news.jsonl/", cwd=tmp_path)
    assert (ran.returncode, "Fix: leave the slash out, or the suffix" in ran.stderr) == (2, True), ran.stderr
    assert len(goldspan(*WORK[command], source, "--out", "-", cwd=tmp_path).stdout.splitlines()) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_source_without_documents_leaves_nothing(tmp_path: Path, goldspan: Run) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.jsonl").write_text("{")
    for source in ("empty", "bad.jsonl"):
        failed = goldspan("corpus", "build", tmp_path / source, "--out", tmp_path / "cut")
        assert failed.returncode == 1, failed.stderr
        assert not (tmp_path / "cut").exists()


def test_an_id_in_two_shards_is_told_with_both(tmp_path: Path, goldspan: Run) -> None:
    (tmp_path / "in").mkdir()
    for name, ids in (("a", "xy"), ("b", "zy")):
        write_lines(tmp_path / "in" / f"{name}.jsonl", *(record(at, f"Goma {at}.") for at in ids))
    told = goldspan("corpus", "shard", "in", "--out", "cut", cwd=tmp_path).stderr
    assert "in/b.jsonl:2: document 'y': duplicate document id; in/a.jsonl:2 has it too. Fix: give each" in told


def test_a_corpus_without_documents_is_not_cut(tmp_path: Path, goldspan: Run) -> None:
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "bad.jsonl").write_text('{"id": "a"}\n')
    for source, options in (("empty.jsonl", ()), ("bad.jsonl", ("--lenient",))):
        failed = goldspan("corpus", "shard", source, "--out", "cut", *options, cwd=tmp_path)
        assert failed.returncode == 1
        assert f"{source}: has no documents. Fix: name a corpus that has some" in failed.stderr
        assert not (tmp_path / "cut").exists()


def test_what_is_only_written_here_is_refused_at_an_address(tmp_path: Path, goldspan: Run) -> None:
    write_lines(tmp_path / "in.jsonl", *_lines(2))
    for out in ("memory://drafted/bar", "memory://drafted/bar.jsonl"):
        refused = goldspan("convert", "in.jsonl", "--scheme", "auto", "--out", out, cwd=tmp_path)
        assert (refused.returncode, "not at an address. Fix: name a file or folder here" in refused.stderr) == (2, True)
    with pytest.raises(UsageError, match="not written at an address"):
        check_pass_folder("memory://passes")
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_shards_are_written_at_an_address_and_told_as_json(tmp_path: Path, goldspan: Run) -> None:
    source = write_lines(tmp_path / "in.jsonl", *_lines(4))
    call = ("corpus", "build", source, "--out", "memory://built-here", "--documents", 3, "--json")
    assert json.loads(goldspan(*call).stdout)["shards"] == 2
    told = json.loads(goldspan(*call).stdout)
    assert (told["shards"], told["shards_unchanged"], told["documents"]) == (2, 2, 4)
    assert json.loads(goldspan("corpus", "stats", "memory://built-here", "--json").stdout)["documents"] == 4


@pytest.mark.parametrize("kind", ["folder", "address"])
def test_a_corpus_of_several_targets_is_refused_until_each_is_finished(
    tmp_path: Path, goldspan: Run, kind: str
) -> None:
    root = str(tmp_path / "news") if kind == "folder" else f"local://{tmp_path}/news"
    for month, lines in (("01", _lines(3)), ("02", [*_lines(6)[3:], _lines(6, held=3)[3]])):
        source = write_lines(tmp_path / f"{month}.jsonl", *lines)
        built = goldspan("corpus", "build", source, "--out", f"{root}/2023-{month}", "--documents", 2)
        assert built.returncode == int(month == "02"), built.stderr
    readers = {
        "stats": ("corpus", "stats", root),
        "annotate": ("annotate", root, "--out", tmp_path / "suggestions"),
        "score": ("score", root, root),
        "convert": ("convert", root, "--out", tmp_path / "one.jsonl"),
        "build": ("corpus", "build", root, "--out", tmp_path / "one.jsonl"),
    }
    for name, call in readers.items():
        if kind == "address" and name in ("convert", "build"):  # which read files here
            continue
        refused = goldspan(*call)
        assert refused.returncode == 1
        assert f"{root}/2023-02: the run that writes this folder is not finished" in refused.stderr, refused.stderr
    write_lines(tmp_path / "02.jsonl", *_lines(6)[3:])
    assert (
        goldspan("corpus", "build", tmp_path / "02.jsonl", "--out", f"{root}/2023-02", "--documents", 2).returncode == 0
    )
    sources = (tmp_path / "01.jsonl", tmp_path / "02.jsonl")
    assert goldspan("corpus", "build", *sources, "--out", tmp_path / "one.jsonl").returncode == 0
    assert goldspan("corpus", "merge", root, "--out", "-").stdout == (tmp_path / "one.jsonl").read_text("utf-8")
