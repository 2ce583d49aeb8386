"""Extractors by name, and runs of them: order, bytes, failures, interruptions."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate import installed_extractors, load_extractor
from goldspan.annotate.runner.annotate_documents import annotate_documents
from goldspan.corpus import read_records
from goldspan.schema import Document, RecordCodec, Scheme, UsageError
from tests.command import GOLDSPAN
from tests.conftest import SEEDS, Run, record, span, write_lines


def texts(path: Path, *said: str) -> Path:
    return write_lines(path, *(record(f"d{number}", text) for number, text in enumerate(said)))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_extractors_of_other_packages_are_listed_with_their_arguments(plugin: dict[str, str], goldspan: Run) -> None:
    found = {item.name: item for item in installed_extractors()}
    assert found["rules"].summary
    assert found["moody"].package == "moody 0.9"
    assert [parameter.name for parameter in found["moody"].parameters] == ["word", "times"]
    assert "cannot be loaded" in found["gone"].fault
    assert "nowhere_at_all" in found["lost"].fault
    listed = goldspan("extractors", env=plugin)
    assert listed.returncode == 0
    assert "word=str" in listed.stdout
    names = [item["name"] for item in json.loads(goldspan("extractors", "--json", env=plugin).stdout)]
    assert names == sorted(names)
    assert {"rules", "moody"} <= set(names)


def test_the_example_package_of_the_documents_installs_and_runs(goldspan_process: Run, tmp_path: Path) -> None:
    example = tmp_path / "example"
    shutil.copytree(Path(__file__).parents[2] / "docs" / "example-extractor", example)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-build-isolation", "--no-deps"]
    subprocess.run([*pip, "--target", tmp_path / "site", example], check=True, capture_output=True, timeout=300)
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    source, out = texts(tmp_path / "in.jsonl", "Iran met Iran."), tmp_path / "out.jsonl"
    ran = goldspan_process("annotate", source, "--extractor", "shouting", "--out", out, env=env)
    assert ran.returncode == 0, ran.stderr
    assert [(s["start"], s["source"]) for s in lines(out)[0]["spans"]] == [(0, "shouting"), (9, "shouting")]
    code = (example / "shouting.py").read_text(encoding="utf-8").split("class Shouting:")[1].split("SHOUTING =")[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 10


SPECS = {
    "nothing given": ("moody", "Iran"),
    "the first without its name": ("moody:Mali", "Mali"),
    "with its name": ("moody:word=Mali,times=2", "Mali"),
    "a comma inside": ("moody:a, b,times=1", "a, b"),
    "an equals sign inside": ("moody:x=y", "x=y"),
    "a colon inside": ("needy:http://x/y,quick=true", "http://x/y"),
}


@pytest.mark.parametrize(("spec", "word"), SPECS.values(), ids=SPECS)
def test_arguments_are_read(plugin: dict[str, str], scheme: Scheme, spec: str, word: str) -> None:
    text = f"They say {word} again"
    found = load_extractor(spec, scheme).extract([Document(id="a", text=text, spans=())])[0]
    assert {text[s.start : s.end] for s in found} == {word}


FAULTS = {
    "an unknown name": ("ruels", "did you mean 'rules'"),
    "no name": ("", "no extractor is called ''"),
    "an unknown argument": ("rules:populaton=3", "did you mean 'population'"),
    "an argument where none of that name fits": ("rules:5000", "no argument '5000'"),
    "no number": ("rules:population=many", "is not a whole number"),
    "a number that is not allowed": ("rules:population=3", "15000"),
    "no such file": ("rules:actors=nowhere.tsv", "no such file"),
    "twice": ("moody:word=a,word=b", "given twice"),
    "missing": ("needy", "needs model"),
    "neither true nor false": ("needy:m,quick=yes", "neither true nor false"),
}


@pytest.mark.parametrize(("spec", "message"), FAULTS.values(), ids=FAULTS)
def test_a_wrong_extractor_or_argument_is_refused(
    plugin: dict[str, str], scheme: Scheme, spec: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        load_extractor(spec, scheme)


def test_a_layer_says_who_made_it_and_keeps_all_else(
    plugin: dict[str, str], scheme: Scheme, codec: RecordCodec
) -> None:
    had = record("a", "Iran struck.", spans=[span(5, 11, "COUNT")], extra={"mine": 1}, meta={"title": "T"})
    document = codec.decode(json.dumps(had).encode())
    [outcome] = annotate_documents([document], load_extractor("moody", scheme), scheme)
    made = json.loads(outcome.line)
    assert [(s["start"], s["end"], s["source"]) for s in made["spans"]] == [(0, 4, "moody")]
    assert made["layer"]["annotator"] == "moody"
    assert made["layer"]["extractor_version"] == "3" and "extra" not in made["layer"]
    assert made["layer"]["scheme"] == scheme.ref
    assert (made["extra"], made["meta"]["title"]) == ({"mine": 1}, "T")


MOODS = [
    *("Iran one", "Iran RAISE", "two", "Iran OUTSIDE", "Iran FOREIGN", "Iran NONSENSE", "Iran three"),
    *("Iran EXIT", "Iran UNREADABLE", "Iran OVERLAP"),
]


@pytest.mark.parametrize("workers", [1, 2])
def test_documents_that_an_extractor_fails_on_are_named_and_the_others_go_on(
    plugin: dict[str, str], goldspan: Run, tmp_path: Path, workers: int
) -> None:
    source, out = texts(tmp_path / "in.jsonl", *MOODS), tmp_path / "out.jsonl"
    ran = goldspan("annotate", source, "--extractor", "moody", "--out", out, "--workers", workers, env=plugin)
    assert ran.returncode == 1
    assert [item["id"] for item in lines(out)] == ["d0", "d2", "d6", "d9"]
    for name, why in (
        ("d1", "cannot read this"),
        ("d3", "past the text"),
        ("d4", "unknown label"),
        ("d5", ""),
        ("d7", "SystemExit"),
        ("d8", "cannot be read"),
    ):
        assert any(f"document '{name}'" in line and why in line for line in ran.stderr.splitlines()), ran.stderr
    assert "6 documents skipped" in ran.stderr
    assert "dropped, overlapping another: 1" in ran.stderr  # that costs the span, not its document
    assert "Traceback" not in ran.stderr


def test_a_document_that_ends_its_process_costs_only_itself(
    plugin: dict[str, str], goldspan: Run, tmp_path: Path
) -> None:
    source, out = texts(tmp_path / "in.jsonl", *["Iran"] * 300, "DIE", *["Iran"] * 300), tmp_path / "out.jsonl"
    ran = goldspan("annotate", source, "--extractor", "moody", "--out", out, "--workers", 2, env=plugin)
    assert ran.returncode == 1
    assert "document 'd300': the process that read it ended" in ran.stderr
    assert [item["id"] for item in lines(out)] == [f"d{number}" for number in range(601) if number != 300]


def test_a_text_free_record_is_named(goldspan: Run, tmp_path: Path) -> None:
    free = {"id": "a", "text_sha256": "0" * 64, "text_length": 5, "spans": []}
    source, out = write_lines(tmp_path / "in.jsonl", free, record("b")), tmp_path / "out.jsonl"
    ran = goldspan("annotate", source, "--out", out)
    assert ran.returncode == 1
    assert "'a': has no text to annotate" in ran.stderr
    assert [item["id"] for item in lines(out)] == ["b"]


def test_any_number_of_workers_gives_the_same_bytes(goldspan: Run, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    assert goldspan("corpus", "build", SEEDS, "--out", corpus).returncode == 0
    for workers in (1, 3):
        out = tmp_path / f"{workers}.jsonl"
        assert goldspan("annotate", corpus, "--out", out, "--workers", workers).returncode == 0
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "3.jsonl").read_bytes()


def test_no_order_of_a_set_decides_a_byte(goldspan: Run, goldspan_process: Run, tmp_path: Path) -> None:
    news, here, there = Path(__file__).parent / "news" / "tuned.jsonl", tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"  # by which this process does not order its sets
    assert goldspan("annotate", news, "--out", here).returncode == 0
    env = {**os.environ, "PYTHONHASHSEED": seed}
    assert goldspan_process("annotate", news, "--out", there, env=env).returncode == 0
    assert here.read_bytes() == there.read_bytes()


def test_standard_streams_and_parquet_hold_the_same_layers(goldspan: Run, scheme: Scheme, tmp_path: Path) -> None:
    source = texts(tmp_path / "in.jsonl", "Iran struck Kyiv on 3 March 2022.", "")
    piped = goldspan("annotate", "-", "--out", "-", stdin=source.read_text(encoding="utf-8"))
    assert piped.returncode == 0
    for name in ("out.jsonl", "out.parquet", "out.jsonl.gz", "out.jsonl.zst"):
        assert goldspan("annotate", source, "--out", tmp_path / name).returncode == 0
        layers = [document.spans for document in read_records(tmp_path / name, scheme)]
        assert [len(layer) for layer in layers] == [
            len(json.loads(line)["spans"]) for line in piped.stdout.splitlines()
        ]
    assert not list(tmp_path.glob(".*"))


REFUSED = {
    "no such file": ("nowhere.jsonl", "out.jsonl", 1, "nowhere.jsonl"),
    "a format that is none": ("in.jsonl", "out.txt", 2, "unknown records format"),
    "a folder": ("in.jsonl", ".", 2, ""),
    "a folder that is not there": ("in.jsonl", "no/where/out.jsonl", 3, "no/where"),
}


@pytest.mark.parametrize(("source", "out", "status", "message"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_call_is_refused_and_nothing_is_left(
    goldspan: Run, tmp_path: Path, source: str, out: str, status: int, message: str
) -> None:
    texts(tmp_path / "in.jsonl", "Iran")
    ran = goldspan("annotate", source, "--out", out, cwd=tmp_path)
    assert (ran.returncode, "Traceback" in ran.stderr) == (status, False), ran.stderr
    assert message in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


PATHS = {
    "a folder to read": (
        "in",
        "out.jsonl",
        1,
        "in: holds no shards. Fix: files that end in .jsonl, .ndjson, .parquet, .pq; or first goldspan corpus build in",
    ),
    "a suffix to read": ("in.txt", "out.jsonl", 2, "in.txt: unknown records format '.txt'"),
    "nothing to read": ("no.jsonl", "out.jsonl", 1, "no.jsonl: cannot be read"),
    "a folder to write": ("in.jsonl", "in", 2, "in is a folder, and in.jsonl is a single file. Fix: name a file"),
    "no suffix to write": ("in.jsonl", "out", 2, "out: a records file needs a suffix"),
}


@pytest.mark.parametrize(("source", "out", "status", "message"), PATHS.values(), ids=PATHS)
def test_paths_are_checked_before_the_extractor_is_loaded(
    goldspan: Run, tmp_path: Path, source: str, out: str, status: int, message: str
) -> None:
    texts(tmp_path / "in.jsonl", "Iran")
    (tmp_path / "in").mkdir()
    ran = goldspan("annotate", source, "--extractor", "no-such", "--out", out, cwd=tmp_path)
    assert ran.returncode == status, ran.stderr
    assert message in ran.stderr and "no-such" not in ran.stderr


OWN_FILE = {
    "no spans": ((), None, (), 0),
    "its own spans": ((span(0, 4, "ACTOR"),), {"annotator": "rules"}, (), 0),
    "a person's": ((span(0, 4, "ACTOR"),), {"annotator": "Ann"}, (), 2),
    "suggestions that a person accepted": ((span(0, 4, "ACTOR", source="rules"),), {"annotator": "Ann"}, (), 2),
    "of nobody named": ((span(0, 4, "ACTOR"),), None, (), 2),
    "a person's, overwritten": ((span(0, 4, "ACTOR"),), {"annotator": "Ann"}, ("--overwrite",), 0),
}


@pytest.mark.parametrize("name", OWN_FILE)
def test_the_input_is_not_overwritten_where_its_spans_are_somebody_elses(
    name: str, goldspan: Run, tmp_path: Path
) -> None:
    spans, layer, more, status = OWN_FILE[name]
    stated = {} if layer is None else {"layer": layer}
    path = write_lines(tmp_path / "g.jsonl", record("empty"), record("a", "Iran", spans=list(spans), **stated))
    (tmp_path / "link.jsonl").symlink_to(path)
    before = path.read_bytes()
    ran = goldspan("annotate", "g.jsonl", "--out", "link.jsonl", *more, cwd=tmp_path)
    assert ran.returncode == status, ran.stderr
    assert (path.read_bytes() == before) == (status == 2)
    assert ("another --out, or --overwrite" in ran.stderr) == (status == 2)
    assert status == 2 or {item["layer"]["annotator"] for item in lines(path)} == {"rules"}


def test_a_bad_record_ends_the_run_or_is_left_out_when_lenient(goldspan: Run, tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps(record("a")) + "\n{broken\n" + json.dumps(record("b")) + "\n", encoding="utf-8")
    ran = goldspan("annotate", source, "--out", out)
    assert ran.returncode == 1
    assert "in.jsonl:2:" in ran.stderr
    assert not out.exists()
    ran = goldspan("annotate", source, "--out", out, "--lenient")
    assert ran.returncode == 1
    assert [item["id"] for item in lines(out)] == ["a", "b"]


def journal(out: Path) -> Path:
    return out.with_name(f".{out.name}.unfinished")


def gated(number: int, word: str = "") -> list[str]:
    """Texts of three thousand characters: an extractor gets them some sixty at a time, and waits at the 250th."""
    return [f"Iran {at} {word if at == 3 else 'GATE' if at == 250 else ''} {'x' * 3000}" for at in range(number)]


@contextmanager
def waiting(source: Path, out: Path, env: dict[str, str], *more: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The command once some documents are done, waiting at one, and the pipe whose end it waits for."""
    gate = source.with_name("gate")
    os.mkfifo(gate)
    command = [str(GOLDSPAN), "annotate", str(source), "--extractor", "moody", "--out", str(out), *more]
    surroundings = {**env, "MOODY_GATE": str(gate)}
    with subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE, text=True) as process:
        try:
            deadline = time.monotonic() + 240
            while not (journal(out).exists() and journal(out).stat().st_size > 30_000):
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.01)
            yield process, gate
        finally:
            process.kill()


def interrupted(source: Path, out: Path, env: dict[str, str], how: signal.Signals, *more: str) -> tuple[int, str]:
    """Stops the command when some documents are done, and answers its status and its words."""
    with waiting(source, out, env, *more) as (process, gate):
        process.send_signal(how)
        if how == signal.SIGKILL:
            process.wait()
            with suppress(OSError):  # nobody waits, but the worker of a killed command, which ends with its batch
                os.close(os.open(gate, os.O_WRONLY | os.O_NONBLOCK))
        _, said = process.communicate(timeout=240)
    return process.returncode, said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_run_goes_on_where_it_stopped(
    plugin: dict[str, str], goldspan: Run, tmp_path: Path, how: signal.Signals, workers: str
) -> None:
    source, out, whole = (
        texts(tmp_path / "in.jsonl", *gated(400, "RAISE")),
        tmp_path / "out.jsonl",
        tmp_path / "whole.jsonl",
    )
    status, message = interrupted(source, out, plugin, how, "--workers", workers)
    assert status == (-how if how == signal.SIGKILL else 130), message
    assert "Traceback" not in message
    assert how == signal.SIGKILL or "interrupted; the same command continues from there" in message
    assert not out.exists()
    again = goldspan("annotate", source, "--extractor", "moody", "--out", out, "--workers", workers, env=plugin)
    assert again.returncode == 1
    assert "continuing an interrupted run" in again.stderr
    assert "document 'd3'" in again.stderr  # what failed the first time is told again
    assert not journal(out).exists()
    straight = goldspan("annotate", source, "--extractor", "moody", "--out", whole, "--workers", workers, env=plugin)
    assert straight.returncode == 1
    assert out.read_bytes() == whole.read_bytes()


LEFT = {
    "as it was": (lambda data: data, lambda state: state, True),
    "a line cut off": (lambda data: data[:-20], lambda state: state, True),
    "a failure that was not written": (lambda data: data, lambda state: state.splitlines(keepends=True)[0], True),
    "of another run": (lambda data: data, lambda state: state.replace(b'"run":"', b'"run":"0'), False),
    "as of an earlier version": (lambda data: state_line() + data, lambda _state: b"", False),
    "no records": (lambda _data: b"", lambda state: state, False),
}


def state_line() -> bytes:
    return b'{"run": "0"}\n'


def test_what_an_interrupted_run_left_is_taken_as_far_as_it_is_whole_and_becomes_the_output(
    plugin: dict[str, str], goldspan: Run, tmp_path: Path
) -> None:
    source = texts(tmp_path / "in.jsonl", *gated(400, "RAISE"))
    out, whole = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    assert goldspan("annotate", source, "--extractor", "moody", "--out", whole, env=plugin).returncode == 1
    interrupted(source, out, plugin, signal.SIGINT)
    files = (journal(out), out.with_name(f".{out.name}.run.unfinished"))
    left = [file.read_bytes() for file in files]
    for what, (*damages, resumed) in LEFT.items():
        for file, data, damage in zip(files, left, damages, strict=True):
            file.write_bytes(damage(data))
        records = files[0].stat().st_ino
        again = goldspan("annotate", source, "--extractor", "moody", "--out", out, env=plugin)
        assert ("continuing an interrupted run" in again.stderr) == resumed, what
        assert out.read_bytes() == whole.read_bytes(), what
        assert out.stat().st_ino == records, what  # nothing was copied
        assert not any(file.exists() for file in files)
        out.unlink()


def test_what_another_run_left_is_not_continued(plugin: dict[str, str], goldspan: Run, tmp_path: Path) -> None:
    source, out = texts(tmp_path / "in.jsonl", *gated(260)), tmp_path / "out.jsonl"
    interrupted(source, out, plugin, signal.SIGKILL)
    texts(source, "Mali and Iran", "Iran")
    again = goldspan("annotate", source, "--extractor", "moody:Mali", "--out", out, env=plugin)
    assert (again.returncode, "continuing" in again.stderr) == (0, False)
    assert [len(item["spans"]) for item in lines(out)] == [1, 0]


def test_two_runs_at_once_on_one_target_do_not_mix(plugin: dict[str, str], goldspan: Run, tmp_path: Path) -> None:
    source, out = texts(tmp_path / "in.jsonl", *gated(260)), tmp_path / "out.jsonl"
    with waiting(source, out, plugin) as (first, gate):
        second = goldspan("annotate", source, "--extractor", "moody", "--out", out, env=plugin)
        assert (second.returncode, "another run is writing it" in second.stderr) == (3, True)
        gate.write_text("go on")
        first.communicate(timeout=240)
    assert first.returncode == 0
    assert len(lines(out)) == 260


def test_a_text_that_changed_since_is_read_again(plugin: dict[str, str], goldspan: Run, tmp_path: Path) -> None:
    said = gated(260)
    source, out = texts(tmp_path / "in.jsonl", *said), tmp_path / "out.jsonl"
    interrupted(source, out, plugin, signal.SIGKILL)
    times = (source.stat().st_atime_ns, source.stat().st_mtime_ns)
    texts(source, said[0].replace("Iran", "Mali"), *said[1:])
    os.utime(source, ns=times)  # as rsync and cp -p leave it
    again = goldspan("annotate", source, "--extractor", "moody", "--out", out, env=plugin)
    assert again.returncode == 0
    assert [len(item["spans"]) for item in lines(out)] == [0] + [1] * 259


def test_a_closed_pipe_is_no_fault(goldspan: Run, tmp_path: Path) -> None:
    source = texts(tmp_path / "in.jsonl", *["Iran struck."] * 2000)
    command = f"'{GOLDSPAN}' annotate '{source}' --out - | head -1 | wc -l"
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, timeout=120)
    assert ran.stdout.strip() == "1"
    assert "Traceback" not in ran.stderr
