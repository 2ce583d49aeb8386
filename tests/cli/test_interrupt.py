"""Ctrl-C at many moments of the long commands: no half file, no temporary folder, no process is left.

The moments are told by what Python has imported so far (PYTHONPROFILEIMPORTTIME), so that none comes before the command's
own code runs.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from goldspan.corpus.editions import edition

from ..conftest import GOLDSPAN, record, write_lines
from ..studio_server import Studio, serving

pytestmark = pytest.mark.slow

GOLD = Path(str(edition().folder)) / "gold.jsonl"

START = ("goldspan.cli.entry", 0.0)
MOMENTS = (START, ("goldspan.cli.main", 0.0), ("goldspan.cli.main", 0.7), ("goldspan.cli.main", 3.0))


@dataclass(frozen=True, slots=True)
class Ended:
    """How an interrupted command ended.

    Attributes:
        interrupted: Whether the signal came while it worked; once all is done a command ignores signals.
        status: Its exit status.
        said: Its standard error, without Python's list of imports.
    """

    interrupted: bool
    status: int
    said: str


def interrupt(
    call: str,
    folder: Path,
    moment: tuple[str, float],
    *,
    how: signal.Signals = signal.SIGINT,
    group: bool = True,
    **surroundings: str,
) -> Ended:
    """Runs a command in a process group of its own, and sends the group, or it alone, a signal at a moment."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    env = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1", "TMPDIR": str(scratch), **surroundings}
    process = subprocess.Popen(
        [GOLDSPAN, *shlex.split(call)],
        cwd=folder,
        env=env,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    module, delay = moment
    for line in process.stderr:
        if line.startswith("import time:") and line.rpartition("|")[2].strip() == module:
            break
    time.sleep(delay)
    interrupted = process.poll() is None
    if interrupted and group:
        os.killpg(process.pid, how)
    elif interrupted:
        process.send_signal(how)
    had_ended = not interrupted or _ignores(process.pid, how)
    try:
        _, rest = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    said = "".join(line for line in rest.splitlines(keepends=True) if not line.startswith("import time:"))
    return Ended(interrupted and not (had_ended and process.returncode == 0), process.returncode, said)


def _ignores(process: int, number: signal.Signals) -> bool:
    """Whether a process ignores a signal, or is no more."""
    if sys.platform != "linux":
        return False
    try:
        said = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return True
    masks = [line.split()[1] for line in said.splitlines() if line.startswith("SigIgn:")]
    return not masks or bool(int(masks[0], 16) >> (number - 1) & 1)


def left_running(scratch: Path) -> list[str]:
    """Processes that were given a folder for temporary files, as far as they do not end by themselves soon."""
    give_up = time.monotonic() + 20
    while (found := list(_running(scratch))) and time.monotonic() < give_up:
        time.sleep(0.1)
    return found


def _running(scratch: Path) -> Iterator[str]:
    mark = f"TMPDIR={scratch}".encode()
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    yield (place / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue


def check(ended: Ended, folder: Path, before: set[Path]) -> None:
    """What must hold after any interruption; a file beside the target that the next run continues from is meant."""
    assert "Traceback" not in ended.said and "Exception ignored" not in ended.said, ended.said
    assert ended.status == (130 if ended.interrupted else 0), ended.said
    assert not ended.interrupted or "interrupted" in ended.said
    assert left_running(folder / "scratch") == []
    assert list((folder / "scratch").rglob("*")) == []
    if ended.interrupted:
        new = {path for path in folder.rglob("*") if path.suffix != ".unfinished"} - before - {folder / "scratch"}
        assert new == set()


needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="left processes are looked for in Linux's /proc")

SLEEP = "command:sh -c 'sleep 300; true'"
CALLS = {
    "annotate": "annotate big.jsonl --out out.jsonl",
    "annotate with workers": "annotate big.jsonl --out out.parquet --workers 2",
    "annotate by a program": f"annotate big.jsonl --out out.jsonl --extractor {shlex.quote(SLEEP)}",
    "annotate by programs": f"annotate big.jsonl --out out.jsonl --workers 2 --extractor {shlex.quote(SLEEP)}",
    "bench": "bench big.jsonl --extractor rules",
    "bench of a program": f"bench big.jsonl --extractor {shlex.quote(SLEEP)}",
    "build": "corpus build big.jsonl --out out.parquet",
    "check": "corpus check big.jsonl --deep --near",
    "convert": "convert big.jsonl --out out.jsonl.zst",
    "export hf": "export big.jsonl --to hf --out out",
    "export spacy": "export big.jsonl --to spacy --out out",
    "score": "score big.jsonl big.jsonl --errors --html out.html",
    "train": "train big.jsonl --out out --epochs 5",
}


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two thousand records with gold spans."""
    records = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    copies = ({**item, "id": f"{item['id']}-{number}"} for number in range(400) for item in records)
    return write_lines(tmp_path_factory.mktemp("big") / "big.jsonl", *copies)


@needs_proc
@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c_leaves_nothing(name: str, big: Path, tmp_path: Path) -> None:
    (tmp_path / "big.jsonl").symlink_to(big)
    before = set(tmp_path.rglob("*"))
    for moment in MOMENTS:
        ended = interrupt(CALLS[name], tmp_path, moment)
        assert ended.interrupted or moment is not START
        check(ended, tmp_path, before)


ALONE = ("annotate with workers", "annotate by programs", "bench", "bench of a program")


@needs_proc
@pytest.mark.parametrize("name", ALONE)
def test_a_signal_to_the_command_alone_ends_what_it_started(name: str, big: Path, tmp_path: Path) -> None:
    (tmp_path / "big.jsonl").symlink_to(big)
    before = set(tmp_path.rglob("*"))
    for delay in (1.0, 4.0):
        ended = interrupt(CALLS[name], tmp_path, ("goldspan.cli.main", delay), how=signal.SIGTERM, group=False)
        check(ended, tmp_path, before)


@needs_proc
def test_an_interrupted_demo_leaves_whole_files_only(tmp_path: Path) -> None:
    for delay in (1.0, 3.0, 6.0):
        ended = interrupt("demo --no-studio --out demo", tmp_path, ("goldspan.cli.main", delay))
        check(ended, tmp_path, set((tmp_path / "demo").rglob("*")) | {tmp_path / "demo"})
        assert not [path for path in (tmp_path / "demo").rglob("*") if path.name.startswith(".")]


def test_what_a_background_job_is_told_to_ignore_is_ignored(tmp_path: Path) -> None:
    source = tmp_path / "source.jsonl"
    os.mkfifo(source)
    call = shlex.join([str(GOLDSPAN), "corpus", "build", str(source), "--out", str(tmp_path / "out.jsonl")])
    process = subprocess.Popen(["bash", "-c", f"trap '' HUP; exec {call}"], stderr=subprocess.PIPE, encoding="utf-8")
    with source.open("w") as feed:
        feed.write(json.dumps({"text": "x"}) + "\n")
        feed.flush()
        process.send_signal(signal.SIGHUP)  # the terminal is closed; nohup was meant to outlive that
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0 and "1 document" in said


@needs_proc
@pytest.mark.server
def test_an_interrupted_start_leaves_no_server_and_the_next_start_works(
    server_environments: Path, tmp_path: Path
) -> None:
    with serving(tmp_path / "home", server_environments) as own:
        for delay in (0.2, 0.4, 0.7, 1.0, 2.0, 4.0, 6.0):
            home = {name: own.surroundings[name] for name in ("GOLDSPAN_HOME", "GOLDSPAN_SERVER_ENV")}
            ended = interrupt("studio up", tmp_path, ("goldspan.cli.main", delay), **home)
            if ended.interrupted:
                assert (ended.status, "Traceback" in ended.said) == (130, False), ended.said
                assert left_running(tmp_path / "scratch") == []
                assert own.run("status").returncode == 3
                assert not list((tmp_path / "home").rglob("*.part"))
            own.run("down")
        own.up()
        assert own.run("status").returncode == 0


@needs_proc
@pytest.mark.server
def test_an_interrupted_push_and_pull_leave_nothing_and_are_completed_by_the_next(
    studio: Studio, tmp_path: Path
) -> None:
    count = 3000
    write_lines(tmp_path / "many.jsonl", *(record(f"doc-{n}", f"Iran struck base {n}.") for n in range(count)))
    home = {name: studio.surroundings[name] for name in ("GOLDSPAN_HOME", "GOLDSPAN_SERVER_ENV")}
    push = "studio push many.jsonl --project interrupted"
    before = {*tmp_path.rglob("*")}
    broken_off = []
    for moment in (*MOMENTS[1:], ("goldspan.cli.main", 5.0)):
        ended = interrupt(push, tmp_path, moment, **home)
        check(ended, tmp_path, before)
        broken_off += [ended.said] if ended.interrupted else []
    assert any("interrupted; the same push completes it" in said for said in broken_off), broken_off
    done = subprocess.run([GOLDSPAN, *shlex.split(push), "--json"], cwd=tmp_path, env=studio.surroundings, capture_output=True, encoding="utf-8")  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["created"] + told["unchanged"] == count
    pull = "studio pull --project interrupted --out passes"
    for moment in (*MOMENTS[1:3], ("goldspan.cli.main", 1.5)):
        ended = interrupt(pull, tmp_path, moment, **home)
        assert "Traceback" not in ended.said and ended.status == (130 if ended.interrupted else 0)
        assert left_running(tmp_path / "scratch") == [] and not list(tmp_path.rglob("*.part"))
        shutil.rmtree(tmp_path / "passes", ignore_errors=True)
