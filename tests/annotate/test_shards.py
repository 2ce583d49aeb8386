"""Corpora of shards: what is one, and annotating one on any engine, in runs that continue."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from goldspan.annotate.adapters.program_files import program_state
from goldspan.corpus import load, read_records
from goldspan.corpus.storage.shards.shard_listing import list_shards
from goldspan.schema import Scheme

from ..conftest import Run, record, write_lines
from ..dask_cluster import DaskCluster

TEXTS = {
    "a.jsonl": ["Iran struck Erbil.", "Mali fell."],
    "b.parquet": ["Goma is quiet.", "Iran spoke."],
    "sub/c.jsonl.gz": ["Iran left Goma.", "Nothing."],
}


@pytest.fixture
def corpus(tmp_path: Path, goldspan: Run) -> Path:
    """A folder of three shards of different formats, one of them in a subfolder."""
    folder = tmp_path / "corpus"
    (folder / "sub").mkdir(parents=True)
    for name, texts in TEXTS.items():
        lines = tmp_path / "lines.jsonl"
        write_lines(lines, *(record(f"{name[-9:]}-{n}", text) for n, text in enumerate(texts)))
        assert goldspan("corpus", "merge", lines, "--out", folder / name).returncode == 0
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "_goldspan" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_folder_a_pattern_and_an_address_are_read_like_one_file(corpus: Path, scheme: Scheme, goldspan: Run) -> None:
    (corpus / "README.md").write_text("about it")
    (corpus / "_SUCCESS").touch()
    (corpus / ".a.jsonl.part").write_text("{")
    ids = [document.id for document in read_records(corpus, scheme)]
    assert ids == ["a.jsonl-0", "a.jsonl-1", "b.parquet-0", "b.parquet-1", ".jsonl.gz-0", ".jsonl.gz-1"]
    patterns = {"*.jsonl": 2, "*": 4, "**/*.gz": 2, "[ab].*": 4, "**/*": 6}
    for pattern, count in patterns.items():
        assert len(list(read_records(f"{corpus}/{pattern}", scheme))) == count, pattern
    assert goldspan("corpus", "merge", corpus, "--out", "memory://merged/all.parquet").returncode == 0
    assert goldspan("corpus", "shard", corpus, "--out", "memory://cut", "--documents", 4).returncode == 0
    for address in ("memory://merged", "memory://merged/all.parquet", "memory://cut/*.jsonl", f"file://{corpus}"):
        assert [document.id for document in read_records(address, scheme)] == ids, address
    counted = goldspan("corpus", "stats", corpus)
    assert counted.stdout.startswith("documents   6 "), counted.stderr
    checked = goldspan("corpus", "check", "memory://cut")
    assert checked.stdout == "6 documents, 0 problems\n", checked.stderr


WRONG = {
    "a folder without shards": ([], {"x.txt": "text"}, "holds no shards. Fix:"),
    "an empty pattern": (["*.parquet"], {"x.jsonl": ""}, "matches no shards. Fix:"),
    "files of another kind": (
        [],
        {"x.jsonl": "", "x.csv": "a"},
        "beside its shards, the folder holds x.csv. Fix: a pattern",
    ),
    "one document twice": (
        [],
        dict.fromkeys(("x.jsonl", "y.jsonl"), '{"id": "a", "text": "", "spans": []}\n'),
        "y.jsonl:1:",
    ),
    "a shard that is cut off": ([], {"x.jsonl": '{"id": "a", "te'}, "x.jsonl:1: the line is truncated"),
}


@pytest.mark.parametrize(("below", "files", "message"), WRONG.values(), ids=WRONG)
def test_what_is_no_corpus_is_refused_by_name(
    tmp_path: Path, goldspan: Run, below: list[str], files: dict[str, str], message: str
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    read = goldspan("corpus", "stats", Path(tmp_path, *below))
    assert read.returncode in (1, 2)
    assert message in read.stderr
    assert not read.stdout


def test_shards_and_merge_are_each_others_reverse(corpus: Path, goldspan: Run, tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert goldspan("corpus", "merge", corpus, "--out", one).returncode == 0
    for suffix, size in ((".jsonl", 1), (".parquet", 4), (".jsonl.gz", 100)):
        cut = goldspan("corpus", "shard", one, "--out", tmp_path / "cut", "--suffix", suffix, "--documents", size)
        assert cut.returncode == 0, cut.stderr
        assert len(list_shards(str(tmp_path / "cut"))) == -(-6 // size)  # those of the run before are gone
        assert goldspan("corpus", "merge", tmp_path / "cut", "--out", two).returncode == 0
        assert two.read_bytes() == one.read_bytes()
    shutil.copy(one, tmp_path / "cut" / "mine.jsonl")
    refused = goldspan("corpus", "shard", one, "--out", tmp_path / "cut")
    assert refused.returncode == 2
    assert "holds mine.jsonl, which no run of goldspan wrote. Fix: another --out" in refused.stderr
    assert goldspan("corpus", "shard", one, "--out", tmp_path / "cut", "--overwrite").returncode == 2
    assert (tmp_path / "cut" / "mine.jsonl").read_bytes() == one.read_bytes()
    (tmp_path / "theirs").mkdir()
    shutil.copy(one, tmp_path / "theirs" / "part-00000.jsonl")
    assert "or --overwrite, which replaces it" in goldspan("corpus", "shard", one, "--out", tmp_path / "theirs").stderr
    assert goldspan("corpus", "shard", one, "--out", tmp_path / "theirs", "--overwrite").returncode == 0
    twice = goldspan("corpus", "merge", one, corpus, "--out", two)
    assert twice.returncode == 1
    assert "duplicate document id" in twice.stderr
    assert two.read_bytes() == one.read_bytes()


def test_any_engine_makes_the_same_shards_as_of_one_file(
    corpus: Path, goldspan: Run, scheme: Scheme, tmp_path: Path, plugin: dict[str, str], dask_cluster: DaskCluster
) -> None:
    whole = tmp_path / "whole.jsonl"
    assert goldspan("annotate", corpus, "--extractor", "moody", "--out", whole, env=plugin).returncode == 0
    engines = {"one": (), "two": ("--workers", 2), "dask": ("--engine", f"dask:{dask_cluster.address}")}
    made = {}
    for name, options in engines.items():
        # as a name below the working folder, which is not that of the workers
        call = ("annotate", "corpus", "--extractor", "moody", "--out", name, *options)
        run = goldspan(*call, cwd=tmp_path, env=plugin)
        assert run.returncode == 0, run.stderr
        assert ("dashboard: http://127.0.0.1" in run.stderr) == (name == "dask")
        assert "distributed" not in run.stderr
        made[name] = contents(tmp_path / name)
    assert made["one"].keys() == TEXTS.keys()
    assert made["one"] == made["two"] == made["dask"]
    by_id = {document.id: document for document in read_records(tmp_path / "dask", scheme)}
    assert by_id == {document.id: document for document in read_records(whole, scheme)}
    assert sum(len(document.spans) for document in by_id.values()) == 3


def test_a_second_run_does_what_is_missing_or_changed_and_nothing_else(
    corpus: Path, goldspan: Run, tmp_path: Path, plugin: dict[str, str]
) -> None:
    def run(*options: object) -> tuple[int, str]:
        ran = goldspan("annotate", corpus, "--extractor", "moody", "--out", out, *options, env=plugin)
        return ran.returncode, ran.stderr

    def times() -> dict[str, int]:
        return {name: (out / name).stat().st_mtime_ns for name in TEXTS if (out / name).exists()}

    out = tmp_path / "out"
    good = (corpus / "a.jsonl").read_bytes()
    (corpus / "a.jsonl").write_bytes(good[:-20])  # cut off
    status, message = run()
    assert status == 1
    assert "a.jsonl:2: the line is truncated" in message
    assert "1 shard not annotated (see above): a.jsonl. Fix:" in message
    assert not (out / "a.jsonl").exists()
    unfinished = goldspan("corpus", "stats", out)
    assert unfinished.returncode == 1
    assert "not finished, so shards may be missing. Fix: run the same command again" in unfinished.stderr
    for part in (f"{out}/*.parquet", f"{tmp_path}/[no]*/*.parquet", f"{out}/sub", f"{out}/**/*.gz"):
        assert "the run that writes this folder is not finished" in goldspan("corpus", "stats", part).stderr, part
    assert goldspan("corpus", "stats", out / "b.parquet").returncode == 0  # one file is whole
    before = times()
    (corpus / "a.jsonl").write_bytes(good)
    status, message = run()
    assert status == 0, message
    assert "2 shards done already" in message
    assert {name: time for name, time in times().items() if name in before} == before
    before = times()
    (corpus / "b.parquet").unlink()
    shutil.copy(out / "a.jsonl", tmp_path / "kept.jsonl")
    write_lines(corpus / "a.jsonl", record("new", "Iran is new."))
    status, message = run()
    assert status == 0, message
    assert times().keys() == before.keys() - {"b.parquet"}
    assert json.loads((out / "a.jsonl").read_text())["spans"]
    assert times()["sub/c.jsonl.gz"] == before["sub/c.jsonl.gz"]
    moved = tmp_path / "moved"
    shutil.copytree(out, moved)  # with other times
    assert (
        "2 shards done already"
        in goldspan("annotate", corpus, "--extractor", "moody", "--out", moved, env=plugin).stderr
    )
    other = ("annotate", corpus, "--extractor", "moody:Mali", "--out", moved)
    refused = goldspan(*other, env=plugin)
    assert refused.returncode == 2
    assert "holds the result of other work (annotate moody). Fix: another --out, or --overwrite" in refused.stderr
    replaced = goldspan(*other, "--overwrite", env=plugin)
    assert (replaced.returncode, "done already" in replaced.stderr) == (0, False)


def test_what_a_person_did_in_the_target_is_not_overwritten(
    corpus: Path, goldspan: Run, tmp_path: Path, plugin: dict[str, str]
) -> None:
    out = tmp_path / "out"
    call = ("annotate", corpus, "--extractor", "moody", "--out", out)
    out.mkdir()
    shutil.copy(corpus / "a.jsonl", out / "mine.jsonl")
    foreign = goldspan(*call, env=plugin)
    assert foreign.returncode == 2
    assert "holds mine.jsonl, which no run of goldspan wrote. Fix: another --out" in foreign.stderr
    (out / "mine.jsonl").unlink()
    assert goldspan(*call, env=plugin).returncode == 0
    work = (out / "a.jsonl").read_text().replace("Iran", "IRAN", 1)
    (out / "a.jsonl").write_text(work)
    changed = goldspan(*call, env=plugin)
    assert changed.returncode == 2
    assert (
        "a.jsonl was changed after it was written. Fix: another --out, or --overwrite, which replaces it"
        in changed.stderr
    )
    assert (out / "a.jsonl").read_text() == work
    assert goldspan(*call, "--overwrite", env=plugin).returncode == 0
    assert (out / "a.jsonl").read_text() != work
    assert goldspan("annotate", corpus, "--out", corpus, "--overwrite").returncode == 2


@pytest.mark.parametrize("engine", ["local", "dask"])
def test_a_document_that_ends_its_process_costs_only_itself(
    corpus: Path, goldspan: Run, tmp_path: Path, plugin: dict[str, str], dask_cluster: DaskCluster, engine: str
) -> None:
    options = ("--workers", 2) if engine == "local" else ("--engine", f"dask:{dask_cluster.address}")
    write_lines(
        corpus / "d.jsonl", record("d0", "Iran"), record("d1", "DIE"), record("d2", "RAISE"), record("d3", "Iran")
    )
    out = tmp_path / "out"
    ran = goldspan("annotate", corpus, "--extractor", "moody", "--out", out, *options, env=plugin)
    assert ran.returncode == 1
    assert "document 'd1': the process that read it ended" in ran.stderr
    assert "2 documents skipped because the extractor failed" in ran.stderr
    assert [json.loads(line)["id"] for line in (out / "d.jsonl").read_text().splitlines()] == ["d0", "d3"]
    failed = (out / "_goldspan" / "d.jsonl.failed.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in failed] == ["d1", "d2"]
    if engine == "local":
        write_lines(corpus / "d.jsonl", record("d0", "Iran"), record("d2", "RAISE"))
        again = goldspan("annotate", corpus, "--extractor", "moody", "--out", out, env=plugin)
        assert (again.returncode, "3 shards done already" in again.stderr) == (1, True)
        same = goldspan("annotate", corpus, "--extractor", "moody", "--out", out, env=plugin)
        retried = goldspan("annotate", corpus, "--extractor", "moody", "--out", out, "--retry-failed", env=plugin)
        assert "4 shards done already" in same.stderr
        assert "3 shards done already" in retried.stderr


APART = {
    "the input by another name": ("corpus", "./corpus"),
    "a pattern in the target": ("corpus/*.jsonl", "corpus"),
    "a link to the input": ("link", "corpus"),
    "the folder around the input": ("corpus", "."),
    "a folder in the input": ("corpus", "corpus/out"),
    "an address of the input": ("file://{}/corpus", "corpus"),
}


@pytest.mark.parametrize(("source", "target"), APART.values(), ids=APART)
@pytest.mark.parametrize("verb", ["annotate", "shard"])
def test_no_run_writes_over_its_input_or_into_it(
    corpus: Path, goldspan: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str, verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("corpus")
    before = contents(corpus)
    command = ["annotate", "--extractor", "command:cat"] if verb == "annotate" else ["corpus", "shard"]
    ran = goldspan(*command, source.format(tmp_path), "--out", target, "--overwrite")
    assert ran.returncode == 2
    assert "Fix: another folder, beside the input" in ran.stderr
    assert contents(corpus) == before


def test_a_folder_with_signs_of_patterns_in_its_name_is_a_folder(
    corpus: Path, goldspan: Run, tmp_path: Path, plugin: dict[str, str]
) -> None:
    source, out = corpus.rename(tmp_path / "news [2023]"), tmp_path / "made [v*]"
    call = ("annotate", source, "--extractor", "moody", "--out", out)
    assert goldspan("corpus", "stats", source).stdout.startswith("documents   6 ")
    assert goldspan(*call, env=plugin).returncode == 0
    assert "3 shards done already" in goldspan(*call, env=plugin).stderr
    (out / "a.jsonl").write_text((out / "a.jsonl").read_text().replace("Iran", "IRAN", 1))
    assert "was changed after it was written" in goldspan(*call, env=plugin).stderr


def test_files_of_others_in_the_target_are_never_removed(
    corpus: Path, goldspan: Run, tmp_path: Path, plugin: dict[str, str]
) -> None:
    out = tmp_path / "out"
    good = (corpus / "a.jsonl").read_bytes()
    (corpus / "a.jsonl").write_bytes(good[:-20])
    call = ("annotate", corpus, "--extractor", "moody", "--out", out)
    assert goldspan(*call, env=plugin).returncode == 1  # not finished
    (corpus / "a.jsonl").write_bytes(good)
    (out / "mine.jsonl").write_bytes(good)
    for options in ((), ("--overwrite",)):
        refused = goldspan(*call, *options, env=plugin)
        assert (refused.returncode, (out / "mine.jsonl").read_bytes()) == (2, good)
        assert "holds mine.jsonl, which no run of goldspan wrote. Fix: another --out" in refused.stderr
    (out / "mine.jsonl").unlink()
    assert goldspan(*call, env=plugin).returncode == 0


def test_skipped_records_are_told_until_they_are_mended(
    corpus: Path, goldspan: Run, tmp_path: Path, plugin: dict[str, str]
) -> None:
    with (corpus / "a.jsonl").open("a") as shard:
        shard.write('{"id": "bad"}\n')
    for _ in range(2):
        ran = goldspan("annotate", corpus, "--extractor", "moody", "--out", tmp_path / "out", "--lenient", env=plugin)
        assert ran.returncode == 1
        assert "1 record skipped" in ran.stderr


def test_addresses_are_read_and_written_by_scripts_and_single_runs(corpus: Path, goldspan: Run, tmp_path: Path) -> None:
    assert len(load(f"file://{corpus}")) == 6
    out = f"file://{tmp_path}/one.jsonl"
    assert goldspan("annotate", corpus / "a.jsonl", "--extractor", "command:cat", "--out", out).returncode == 0
    assert len(load(out)) == 2
    assert goldspan("corpus", "stats", "s3://nowhere-at-all/x").returncode in (1, 3)


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz", ".parquet"])
def test_a_document_in_two_shards_is_named_before_anything_is_annotated(
    tmp_path: Path, goldspan: Run, plugin: dict[str, str], suffix: str
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name, ids in {"a": ("x", "y"), "b": ("z", ""), "c": ("w", "y"), "d": ("y", "x")}.items():
        write_lines(tmp_path / "one.jsonl", *(record(f"d{at}", f"Iran {at}.") for at in ids))
        merged = goldspan("corpus", "merge", tmp_path / "one.jsonl", "--out", folder / f"{name}{suffix}")
        assert merged.returncode == 0, merged.stderr
    (folder / f"e{suffix}").write_bytes(b"no records")
    call = ("annotate", folder, "--extractor", "moody", "--out", out)
    refused = goldspan(*call, env=plugin)
    assert refused.returncode == 1
    named = {"c": ("dy",), "d": ("dy", "dx")}
    for shard, name in ((shard, name) for shard, names in named.items() for name in names):
        told = f"error: {folder}/{shard}{suffix}: document '{name}': duplicate document id; a{suffix} has it too. Fix: "
        assert told in refused.stderr
    assert "3 documents are in two shards, so nothing was begun. Fix: " in refused.stderr
    assert not list(out.glob(f"*{suffix}"))
    for shard in "cd":
        (folder / f"{shard}{suffix}").unlink()
    (folder / f"e{suffix}").unlink()
    done = goldspan(*call, env=plugin)
    assert done.returncode == 0, done.stderr


def test_what_one_shard_has_twice_is_named_with_its_line(tmp_path: Path, goldspan: Run, plugin: dict[str, str]) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    write_lines(folder / "a.jsonl", record("x", "Iran."), record("x", "Iran."))
    write_lines(folder / "b.jsonl", record("y", "Iran."))
    refused = goldspan("annotate", folder, "--extractor", "moody", "--out", out, env=plugin)
    assert refused.returncode == 1 and "in two shards" not in refused.stderr
    assert f"{folder}/a.jsonl:2: document 'x': duplicate document id" in refused.stderr
    assert (out / "b.jsonl").is_file()


def test_a_document_in_two_shards_at_an_address_is_named_also_when_the_run_continues(
    tmp_path: Path, goldspan: Run, plugin: dict[str, str]
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name, ids in {"a": "xy", "b": "z", "c": "wy"}.items():
        write_lines(folder / f"{name}.jsonl", *(record(f"d{at}", f"Iran {at}.") for at in ids))
    call = ("annotate", f"file://{folder}", "--extractor", "moody", "--out", out)  # whose JSON lines are read once
    told = f"error: file://{folder}/c.jsonl: document 'dy': duplicate document id; a.jsonl has it too. Fix: give each"
    for _ in range(2):  # nothing is left to annotate the second time
        refused = goldspan(*call, env=plugin)
        assert refused.returncode == 1
        assert told in refused.stderr, refused.stderr
        assert "1 document in two shards" in refused.stderr
        assert "is not finished" in goldspan("corpus", "stats", out).stderr
    assert "3 shards done already" in refused.stderr
    (out / "_goldspan" / "a.jsonl.ids").unlink()  # as of a run of an earlier version
    assert told in goldspan(*call, env=plugin).stderr
    write_lines(folder / "c.jsonl", record("dw", "Iran w."))
    done = goldspan(*call, env=plugin)
    assert done.returncode == 0, done.stderr
    assert "2 shards done already" in done.stderr
    assert goldspan("corpus", "stats", out).stdout.startswith("documents   4 ")


_TAGGER = """
import json, sys
for line in sys.stdin:
    item = json.loads(line)
    print(json.dumps(item | {"spans": [{"start": 0, "end": 4, "label": "LABEL"}]}))
"""


def test_shards_of_a_program_that_has_changed_are_made_again(tmp_path: Path, goldspan: Run) -> None:
    folder, out, script = tmp_path / "in", tmp_path / "out", tmp_path / "tagger.py"
    folder.mkdir()
    for name in "ab":
        write_lines(folder / f"{name}.jsonl", record(name, "Iran spoke."))
    call = ("annotate", folder, "--extractor", f"command:{sys.executable} {script},fill=false", "--out", out)
    for label, told in (("ACTOR", ""), ("ACTOR", "2 shards done already"), ("LOCATION", "")):
        script.write_text(_TAGGER.replace("LABEL", label))
        ran = goldspan(*call)
        assert ran.returncode == 0, ran.stderr
        assert told in ran.stderr and ("done already" in ran.stderr) == bool(told)
        assert f'"label":"{label}"' in (out / "a.jsonl").read_text("utf-8")


def test_a_program_is_known_by_the_files_that_its_call_names(tmp_path: Path) -> None:
    script, model = tmp_path / "tag.py", tmp_path / "model"
    script.write_text("1")
    model.mkdir()
    (model / "weights").write_text("1")
    calls = {
        "a script": ([sys.executable, str(script)], True),
        "a folder": ([sys.executable, str(model)], False),
        "the program": ([str(script)], True),
        "a file that is missing": ([sys.executable, "nowhere" * 90], False),
    }
    before = {name: program_state(call) for name, (call, _) in calls.items()}
    assert before == {name: program_state(call) for name, (call, _) in calls.items()}
    script.write_text("2")
    (model / "weights").write_text("2")
    changed = {name: program_state(call) != before[name] for name, (call, _) in calls.items()}
    assert changed == {name: expected for name, (_, expected) in calls.items()}
