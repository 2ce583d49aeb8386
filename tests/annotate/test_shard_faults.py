"""Runs over shards with faults: processes that are killed, clusters that are lost, shards that are damaged, full disks.

Each ends in a clear account, and the same command completes it to the bytes of an undisturbed run.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from ..command import GOLDSPAN
from ..conftest import Run, Shared, record, write_lines
from ..dask_cluster import DaskCluster

SHARDS = 10
DOCUMENTS = 30


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.jsonl"))}


def times(folder: Path) -> dict[str, int]:
    """The shards that are finished, and when they were written."""
    markers = (folder / "_goldspan").glob("*.jsonl.json")
    return {name: (folder / name).stat().st_mtime_ns for name in (path.name[: -len(".json")] for path in markers)}


@pytest.fixture
def made(shared: Shared, goldspan: Run, plugin: dict[str, str]) -> tuple[Path, dict[str, bytes]]:
    """A corpus of shards, and what an undisturbed run makes of it."""

    def make(folder: Path) -> None:
        corpus = folder / "corpus"
        corpus.mkdir(parents=True)
        for shard in range(SHARDS):
            documents = (record(f"{shard}-{at}", f"Iran {at} Mali {shard}. " * (20 + shard)) for at in range(DOCUMENTS))
            write_lines(corpus / f"part-{shard}.jsonl", *documents)
        call = ("annotate", corpus, "--extractor", "moody", "--out", folder / "whole")
        assert goldspan(*call, env=plugin).returncode == 0

    folder = shared("shards with faults", make)
    return folder / "corpus", contents(folder / "whole")


@contextmanager
def when_done(out: Path, shards: int, act: Callable[[], object]) -> Iterator[None]:
    """Acts, beside the block, once so many shards are finished; again while it answers that it could not."""
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            if len(list((out / "_goldspan").glob("*.jsonl.json"))) >= shards and act() is not False:
                return
            time.sleep(0.002)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("--shard-fault-runs")))


def test_whatever_is_killed_the_same_command_completes_the_run(
    seed: int,
    made: tuple[Path, dict[str, bytes]],
    goldspan: Run,
    tmp_path: Path,
    plugin: dict[str, str],
    dask_cluster: DaskCluster,
) -> None:
    chance = random.Random(seed)
    corpus, whole = made
    out = tmp_path / "out"
    victim = ("a worker", "a worker", "the command")[seed // 2 % 3]
    engine = ("--workers", "2") if seed % 2 else ("--engine", f"dask:{dask_cluster.address}")
    call = ("annotate", str(corpus), "--extractor", "moody", "--out", str(out), *engine)
    moment = chance.randrange(SHARDS - 2)
    process: subprocess.Popen[str] | None = None

    def kill() -> bool:
        time.sleep(chance.random() * 0.02)
        if process is not None:
            process.kill()
        elif seed % 2:
            try:
                own = [child for child in psutil.Process().children() if "spawn_main" in " ".join(child.cmdline())]
                chance.choice(own).kill()
            except (IndexError, psutil.Error):  # none has started, or it is about to end
                return False
        else:
            chance.choice(dask_cluster.workers).kill()
        return True

    if victim == "the command":
        process = subprocess.Popen([GOLDSPAN, *call], env=plugin, text=True, stderr=subprocess.PIPE)
        with when_done(out, moment, kill):
            _, said = process.communicate(timeout=120)
        assert process.returncode in (0, -signal.SIGKILL), said
    else:
        with when_done(out, moment, kill):
            ran = goldspan(*call, env=plugin)
        assert ran.returncode == 0, ran.stderr
        assert contents(out) == whole
    before = times(out)
    again = goldspan(*call, env=plugin)
    assert again.returncode == 0, again.stderr
    assert contents(out) == whole
    if seed % 2:  # Dask may run a call again that has just ended on a worker that is lost
        assert {name: when for name, when in times(out).items() if name in before} == before
    assert not list(out.rglob(".*.part"))
    if before:
        assert f"{len(before)} shard{'s' if len(before) > 1 else ''} done already" in again.stderr


def test_a_scheduler_that_dies_ends_the_run_in_one_error_and_another_engine_completes_it(
    made: tuple[Path, dict[str, bytes]],
    goldspan: Run,
    tmp_path: Path,
    plugin: dict[str, str],
    dask_cluster: DaskCluster,
) -> None:
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    shutil.copytree(made[0], corpus)
    write_lines(corpus / "waits.jsonl", record("waits", "Iran GATE"))
    call = ("annotate", corpus, "--extractor", "moody", "--out", out)
    assert dask_cluster.scheduler is not None
    address = dask_cluster.address
    with when_done(out, SHARDS, dask_cluster.scheduler.kill):
        ran = goldspan(*call, "--engine", f"dask:{address}", env=plugin)
    assert ran.returncode == 3, ran.stderr
    [said] = [line for line in ran.stderr.splitlines() if not line.startswith("dashboard")]
    lost = f"error: the Dask cluster {address}: the connection to the scheduler is lost. Fix: start the scheduler again"
    assert said.startswith(lost)
    before = times(out)
    again = goldspan(*call, env=plugin)
    assert again.returncode == 0, again.stderr
    assert f"{SHARDS} shards done already" in again.stderr
    assert contents(out) == {**made[1], "waits.jsonl": (out / "waits.jsonl").read_bytes()}
    assert {name: when for name, when in times(out).items() if name in before} == before


def test_a_cluster_of_our_own_says_nothing_but_where_it_is_when_it_is_interrupted(
    made: tuple[Path, dict[str, bytes]], goldspan: Run, tmp_path: Path, plugin: dict[str, str]
) -> None:
    corpus, whole = made
    out = tmp_path / "out"
    call = ("annotate", str(corpus), "--extractor", "moody", "--out", str(out))
    more = ("--engine", "dask", "--workers", "1")
    command = subprocess.Popen(
        [GOLDSPAN, *call, *more], env=plugin, text=True, stderr=subprocess.PIPE, start_new_session=True
    )
    with when_done(out, 1, lambda: os.killpg(command.pid, signal.SIGINT)):  # as a terminal does
        _, said = command.communicate(timeout=120)
    address, *others = said.splitlines()
    assert address.startswith("dashboard: http://127.0.0.1:")
    assert command.returncode in (0, 130)
    assert command.returncode == 0 or others == ["error: interrupted; the same command continues from there"]
    assert goldspan(*call, env=plugin).returncode == 0
    assert contents(out) == whole


def test_a_cluster_without_workers_is_waited_for_and_says_so_once(
    made: tuple[Path, dict[str, bytes]],
    tmp_path: Path,
    plugin: dict[str, str],
    dask_cluster: DaskCluster,
) -> None:
    corpus, whole = made
    out = tmp_path / "out"
    dask_cluster.down()
    address = dask_cluster.up(workers=0)
    call = ("annotate", str(corpus), "--extractor", "moody", "--out", str(out), "--engine", f"dask:{address}")
    with subprocess.Popen([GOLDSPAN, *call], env=plugin, text=True, stderr=subprocess.PIPE) as command:
        assert command.stderr is not None
        waiting = f"the Dask cluster {address} has no workers: waiting until one joins"
        said = next((line for line in command.stderr if waiting in line), "")
        dask_cluster.up()
        rest = command.stderr.read()
    assert command.returncode == 0, rest
    assert said and waiting not in rest
    assert contents(out) == whole


def test_workers_of_another_version_are_refused(
    made: tuple[Path, dict[str, bytes]],
    goldspan: Run,
    tmp_path: Path,
    plugin: dict[str, str],
    dask_cluster: DaskCluster,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("goldspan.annotate.runner.dask_cluster.version", lambda _name: "99.1")
    call = ("annotate", made[0], "--extractor", "moody", "--out", tmp_path / "out")
    ran = goldspan(*call, "--engine", f"dask:{dask_cluster.address}", env=plugin)
    assert ran.returncode == 3
    assert (
        "and the command is of 99.1. Fix: install goldspan 99.1 where the scheduler and the workers run" in ran.stderr
    )
    assert not contents(tmp_path / "out")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere.json"])
def test_a_cluster_that_is_not_there_is_refused(
    made: tuple[Path, dict[str, bytes]], goldspan: Run, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goldspan.annotate.runner.dask_cluster._CONNECT_SECONDS", 1)
    ran = goldspan("annotate", made[0], "--out", tmp_path / "out", "--engine", f"dask:{address}")
    assert ran.returncode == 3
    [said] = ran.stderr.splitlines()
    assert address in said and "Fix: " in said


DAMAGED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a.jsonl": (lambda data: data[:-20], "a.jsonl:30: the line is truncated"),
    "a.jsonl.gz": (lambda data: data[: len(data) // 2], "the compressed file is truncated"),
    "b.jsonl.gz": (lambda data: data[:40] + b"\xff" * 40 + data[80:], "the compressed file is corrupt"),
    "a.parquet": (lambda data: data[: len(data) // 2], "a.parquet"),
    "b.parquet": (lambda data: data[:200] + b"\xff" * 200 + data[400:], "b.parquet"),
}


@pytest.mark.parametrize(("name", "engine"), [*((name, "local") for name in DAMAGED), ("a.jsonl", "dask")])
def test_a_damaged_shard_is_named_and_the_others_are_done(
    made: tuple[Path, dict[str, bytes]],
    goldspan: Run,
    tmp_path: Path,
    plugin: dict[str, str],
    dask_cluster: DaskCluster,
    name: str,
    engine: str,
) -> None:
    options = () if engine == "local" else ("--engine", f"dask:{dask_cluster.address}")
    damage, message = DAMAGED[name]
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    corpus.mkdir()
    assert goldspan("corpus", "merge", made[0] / "part-0.jsonl", "--out", corpus / name).returncode == 0
    write_lines(corpus / "z.jsonl", record("z", "Iran"))
    whole = (corpus / name).read_bytes()
    (corpus / name).write_bytes(damage(whole))
    call = ("annotate", corpus, "--extractor", "moody", "--out", out, *options)
    ran = goldspan(*call, env=plugin)
    assert ran.returncode == 1, ran.stderr
    assert message in ran.stderr and "Fix: " in ran.stderr and "Traceback" not in ran.stderr
    assert f"1 shard not annotated (see above): {name}. Fix: the same command again" in ran.stderr
    assert [path.name for path in out.iterdir() if path.name != "_goldspan"] == ["z.jsonl"]
    (corpus / name).write_bytes(whole)
    assert "1 shard done already" in goldspan(*call, env=plugin).stderr
    assert goldspan("annotate", made[0] / "part-0.jsonl", "--extractor", "moody", "--out", tmp_path / name, env=plugin)
    assert (out / name).read_bytes() == (tmp_path / name).read_bytes()


def test_a_shard_that_vanishes_while_the_run_is_on_is_named(
    made: tuple[Path, dict[str, bytes]], goldspan: Run, tmp_path: Path, plugin: dict[str, str]
) -> None:
    corpus, out = tmp_path / "corpus", tmp_path / "out"
    corpus.mkdir()
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    write_lines(corpus / "a.jsonl", record("a", "GATE"))
    for name in ("b", "c"):
        write_lines(corpus / f"{name}.jsonl", record(name, "Iran"))

    def vanish() -> None:
        with gate.open("w"):  # once the extractor reads
            (corpus / "c.jsonl").unlink()

    thread = threading.Thread(target=vanish)
    thread.start()
    call = ("annotate", corpus, "--extractor", "moody", "--out", out)
    ran = goldspan(*call, env={**plugin, "MOODY_GATE": str(gate)})
    thread.join()
    assert ran.returncode == 1
    assert "c.jsonl" in ran.stderr and "No such file" in ran.stderr
    assert "1 shard not annotated (see above): c.jsonl" in ran.stderr
    again = goldspan(*call, env=plugin)
    assert again.returncode == 0, again.stderr
    assert "2 shards done already" in again.stderr
    assert sorted(contents(out)) == ["a.jsonl", "b.jsonl"]


def test_two_runs_on_one_target_do_not_mix(goldspan: Run, tmp_path: Path, plugin: dict[str, str]) -> None:
    out = tmp_path / "out"
    second: list[subprocess.CompletedProcess[str]] = []
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_lines(corpus / "a.jsonl", record("a", "GATE"))
    call = ("annotate", str(corpus), "--extractor", "moody", "--out", str(out))

    def run_meanwhile() -> None:
        with gate.open("w"):  # once the extractor of the first reads
            second.append(subprocess.run([GOLDSPAN, *call], env=plugin, capture_output=True, text=True, timeout=120))

    thread = threading.Thread(target=run_meanwhile)
    thread.start()
    first = goldspan(*call, env={**plugin, "MOODY_GATE": str(gate)})
    thread.join()
    assert first.returncode == 0, first.stderr
    assert second[0].returncode == 3
    assert second[0].stderr == f"error: {out}: another run is writing it. Fix: wait for it, or stop it\n"


@pytest.mark.unmeasured
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_full_disk_ends_the_run_and_the_same_command_completes_it(
    made: tuple[Path, dict[str, bytes]], goldspan: Run, tmp_path: Path, plugin: dict[str, str], workers: str
) -> None:
    corpus, whole = made
    out = tmp_path / "out"
    call = ("annotate", str(corpus), "--extractor", "moody", "--out", str(out), "--workers", workers)
    limit = sorted(map(len, whole.values()))[2]  # three shards fit
    ran = subprocess.run(
        [GOLDSPAN, *call],
        env=plugin,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert ran.returncode == 3, ran.stderr
    assert "cannot be written" in ran.stderr and "Fix: " in ran.stderr and "Traceback" not in ran.stderr
    assert ran.stderr.count("error: ") == 1
    assert not list(out.rglob(".*.part"))
    before = times(out)
    again = goldspan(*call, env=plugin)
    assert again.returncode == 0, again.stderr
    assert contents(out) == whole
    assert {name: when for name, when in times(out).items() if name in before} == before
