"""Ctrl-C at chosen points of the long commands: no half file, no temporary folder, no process is left.

No point is a matter of time. What a command reads is a pipe that the test holds, so it cannot have ended; and that it has
come to a point is told by the pipe, by a program that it runs, or by the list of what Python imports
(PYTHONPROFILEIMPORTTIME), which goes to a pipe so small that the command does not get far ahead of its reader.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from goldspan.annotate.label_studio.server.installation import required_installation
from goldspan.annotate.label_studio.server.lock import hold_lock
from goldspan.annotate.label_studio.server.paths import ServerPaths, StudioPaths
from goldspan.corpus.release.editions import edition

from ..command import GOLDSPAN
from ..conftest import record, write_lines
from ..studio_server import Studio, serving
from .gate import Gate

pytestmark = pytest.mark.slow

GOLD = Path(str(edition().folder)) / "gold.jsonl"
PATIENCE = 240.0
"""Seconds after which something that must happen counts as never happening, on the busiest of machines."""

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="left processes are looked for in Linux's /proc")


def until(happened: Callable[[], bool]) -> None:
    """Waits for something that must happen."""
    give_up = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@dataclass
class Running:
    """A command under way in a process group of its own.

    Attributes:
        folder: Where it runs, with its folder for temporary files and the pipes of the test.
        process: The command.
        before: What was in the folder.
        feed: What it reads from, while the test holds it.
        said: Its standard error as far as the test has read it.
    """

    folder: Path
    process: subprocess.Popen[str]
    before: set[Path]
    feed: int = -1
    said: str = ""
    _ready: int = field(default=-1)

    def imports(self, module: str) -> None:
        """Until it has imported a module."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith("import time:") and line.rpartition("|")[2].strip() == module:
                return
        raise AssertionError(f"{module} was never imported")

    def says(self, word: str) -> None:
        """Until it has said something."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line
            if word in line:
                return
        raise AssertionError(f"it never said {word!r}: {self.said}")

    def opens(self) -> None:
        """Until it has opened its input, which gives nothing."""

        def opened() -> bool:
            assert self.process.poll() is None
            try:
                self.feed = os.open(self.folder / "in.jsonl", os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                assert error.errno == errno.ENXIO  # nobody reads it yet
                return False
            return True

        until(opened)

    def reads(self, records: bytes) -> None:
        """Until it has read all of some records but what a pipe holds."""
        rest = memoryview(records)

        def written() -> bool:
            nonlocal rest
            with suppress(BlockingIOError):  # the pipe is full
                rest = rest[os.write(self.feed, rest) :]
            return not rest

        until(written)

    def has_read(self) -> None:
        """Until it has read its input to the end."""
        os.close(self.feed)
        self.feed = -1

        def closed() -> bool:
            try:
                os.close(os.open(self.folder / "in.jsonl", os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                return True
            return False

        until(closed)

    def programs(self, number: int) -> None:
        """Until so many programs that it runs wait for what never comes."""
        self._ready = os.open(self.folder / "ready", os.O_RDONLY | os.O_NONBLOCK)
        told = b""

        def all_told() -> bool:
            nonlocal told
            assert self.process.poll() is None
            with suppress(BlockingIOError):
                told += os.read(self._ready, 100)
            return told.count(b"\n") >= number

        until(all_told)

    def interrupted(self, how: signal.Signals = signal.SIGINT, *, group: bool = True) -> None:
        """Sends it a signal, and holds against what comes what must hold after any interruption."""
        assert self.process.poll() is None
        if group:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        _, rest = self.process.communicate(timeout=PATIENCE)
        self.said += "".join(line for line in rest.splitlines(keepends=True) if not line.startswith("import time:"))

    def check(self, *, status: tuple[int, ...] = (130,)) -> None:
        """What must hold after any interruption; a file beside the target that the next run continues from is meant."""
        assert self.process.returncode in status, self.said
        if self.process.returncode == 130 and status == (130,):
            assert "Traceback" not in self.said and "Exception ignored" not in self.said, self.said
            assert "error: interrupted" in self.said
        self.check_nothing_runs()
        new = {path for path in self.folder.rglob("*") if path.suffix != ".unfinished"} - self.before
        assert new == set()

    def check_nothing_runs(self) -> None:
        until(lambda: not list(_running(self.folder / "scratch")))
        assert list((self.folder / "scratch").rglob("*")) == []

    def close(self) -> None:
        for descriptor in (self.feed, self._ready):
            if descriptor >= 0:
                os.close(descriptor)
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.communicate()


def _running(scratch: Path) -> Iterator[str]:
    """Processes that were given a folder for temporary files."""
    mark = f"TMPDIR={scratch}".encode()
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    yield (place / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a command in the test's folder; whatever is still there at the end is killed."""
    with ExitStack() as stack:

        def started(call: str, *, listing: bool = False, **surroundings: str) -> Running:
            (tmp_path / "scratch").mkdir(exist_ok=True)
            for name in ("in.jsonl", "ready", "never"):
                if not (tmp_path / name).exists():
                    os.mkfifo(tmp_path / name)
            env = {**os.environ, "TMPDIR": str(tmp_path / "scratch"), **surroundings}
            before = set(tmp_path.rglob("*"))
            process = subprocess.Popen(
                [GOLDSPAN, *shlex.split(call)],
                cwd=tmp_path,
                env={**env, "PYTHONPROFILEIMPORTTIME": "1"} if listing else env,
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pipesize=4096 if listing else -1,
                encoding="utf-8",
            )
            running = Running(tmp_path, process, before)
            stack.callback(running.close)
            return running

        yield started


WAITING = "command:sh -c 'echo ready > ready; cat < never; true',fill=false"
"""A program that says that it runs and then waits, as does what it has started itself."""


def lines(size: int) -> bytes:
    """So many bytes of records with gold spans, or a few more."""
    items = [json.loads(line) for line in GOLD.read_text("utf-8").splitlines()]
    made: list[bytes] = []
    while sum(map(len, made)) < size:
        item = items[len(made) % len(items)]
        made.append(json.dumps({**item, "id": f"{item['id']}-{len(made)}"}).encode() + b"\n")
    return b"".join(made)


FIRST_LINE = "before its first line"
LOADING = "loading"
OPENED = "its input open"
READING = "reading"
WORKING = "at work"

CALLS = {
    "annotate": ("annotate in.jsonl --out out.jsonl", (OPENED, READING)),
    "annotate with workers": ("annotate in.jsonl --out out.parquet --workers 2", (READING,)),
    "annotate by a program": (f"annotate small.jsonl --out out.jsonl --extractor {shlex.quote(WAITING)}", (WORKING,)),
    "annotate by programs": (
        f"annotate many.jsonl --out out.jsonl --workers 2 --extractor {shlex.quote(WAITING)}",
        (WORKING,),
    ),
    "bench": ("bench in.jsonl --extractor rules", (OPENED,)),
    "bench of a program": (f"bench small.jsonl --extractor {shlex.quote(WAITING)}", (WORKING,)),
    "build": ("corpus build in.jsonl --out out.parquet", (READING,)),
    "check": ("corpus check in.jsonl --suspicious --near", (READING,)),
    "convert": ("convert in.jsonl --out out.jsonl.zst", (READING,)),
    "export hf": ("export in.jsonl --to hf --out out", (READING,)),
    "export spacy": ("export in.jsonl --to spacy --out out", (READING,)),
    "score": ("score small.jsonl in.jsonl --errors --html out.html", (READING,)),
    "train": ("train in.jsonl --out out --epochs 1000000", (WORKING,)),
}
POINTS = [("annotate", FIRST_LINE), ("annotate", LOADING)]  # all commands begin alike: none has read its words yet
POINTS += [(name, point) for name, (_, points) in CALLS.items() for point in points]


def brought_to(name: str, point: str, start: Start, folder: Path) -> Running:
    """The command of a call at a point."""
    (folder / "small.jsonl").write_bytes(lines(1))
    if name == "annotate by programs":  # two batches
        write_lines(folder / "many.jsonl", *(record(str(number)) for number in range(300)))
    running = start(CALLS[name][0], listing=point in (FIRST_LINE, LOADING))
    if point == FIRST_LINE:
        running.imports("goldspan.cli.entry_point")
    elif point == LOADING:
        running.imports("typer")
    elif "in.jsonl" not in CALLS[name][0]:
        running.programs(2 if name == "annotate by programs" else 1)
    else:
        running.opens()
    if point == READING:
        running.reads(lines(300_000))
    elif point == WORKING and running.feed >= 0:
        running.reads(lines(1))
        running.has_read()
    return running


@needs_proc
@pytest.mark.parametrize(("name", "point"), POINTS, ids=map(", ".join, POINTS))
def test_ctrl_c_leaves_nothing(name: str, point: str, start: Start, tmp_path: Path) -> None:
    running = brought_to(name, point, start, tmp_path)
    running.interrupted()
    # before its first line Python answers by itself, with a traceback or without
    running.check(status=(130, -signal.SIGINT) if point == FIRST_LINE else (130,))
    if name == "export hf":
        assert "interrupted; nothing was written; the same command begins again" in running.said


@needs_proc
def test_ctrl_c_keeps_the_shards_that_are_finished_and_says_so(start: Start, tmp_path: Path) -> None:
    running = start("corpus shard in.jsonl --out out --documents 5")
    running.opens()
    running.reads(lines(300_000))
    until((tmp_path / "out" / "_goldspan" / "part-00001.jsonl.json").exists)
    running.interrupted()
    running.check_nothing_runs()
    assert re.search(r"error: interrupted; \d+ shards? kept; the same command reads", running.said), running.said
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.endswith(".part")]


ALONE = [
    *(("annotate with workers", READING), ("annotate by programs", WORKING)),
    *(("bench", OPENED), ("bench of a program", WORKING)),
]


@needs_proc
@pytest.mark.parametrize(("name", "point"), ALONE, ids=map(", ".join, ALONE))
def test_a_signal_to_the_command_alone_ends_what_it_started(
    name: str, point: str, start: Start, tmp_path: Path
) -> None:
    running = brought_to(name, point, start, tmp_path)
    running.interrupted(signal.SIGTERM, group=False)
    running.check()


@needs_proc
def test_an_interrupted_demo_leaves_whole_files_only(start: Start, tmp_path: Path) -> None:
    for step in ("suggest", "agree"):
        running = start("demo --no-studio --out demo")
        running.says(f" {step}: ")
        running.interrupted()
        assert (running.process.returncode, "Traceback" in running.said) == (130, False), running.said
        running.check_nothing_runs()
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
    server_environments: Path, start: Start, tmp_path: Path
) -> None:
    with serving(tmp_path / "home", server_environments) as own:
        home = {"GOLDSPAN_HOME": str(own.home)}
        waiting = waiting_server(server_environments, tmp_path / "environments", tmp_path)

        def broken_off(point: Callable[[Running], None], environments: Path, *, listing: bool = False) -> None:
            running = start("studio up", listing=listing, GOLDSPAN_SERVER_ENV=str(environments), **home)
            point(running)
            running.interrupted()
            assert (running.process.returncode, "Traceback" in running.said) == (130, False), running.said
            running.check_nothing_runs()
            assert own.run("status").returncode == 3
            assert not list((tmp_path / "home").rglob("*.part"))

        broken_off(lambda running: running.imports("typer"), server_environments, listing=True)
        with locked(own):
            broken_off(lambda running: running.says("waiting for "), server_environments)
        for _ in range(2):  # of a home without a server's data, and of one with
            broken_off(lambda running: running.programs(1), waiting)
        own.up()
        assert own.run("status").returncode == 0


def waiting_server(installed: Path, folder: Path, pipes: Path) -> Path:
    """Environments with the installed server, whose program says that it runs and then waits for what never comes."""
    real = required_installation(StudioPaths(installed.parent, installed)).folder
    made = folder / real.name
    (made / "bin").mkdir(parents=True)
    for place in (*real.iterdir(), *(real / "bin").iterdir()):
        if place.name not in ("bin", "label-studio"):
            (made / place.relative_to(real)).symlink_to(place)
    program = made / "bin" / "label-studio"
    command = f"echo ready > {shlex.quote(str(pipes / 'ready'))}; cat < {shlex.quote(str(pipes / 'never'))}"
    program.write_text(f"import subprocess\nsubprocess.run(['sh', '-c', {command!r}])\n")
    return folder


@contextmanager
def locked(own: Studio) -> Iterator[None]:
    """As while another command starts or stops the server."""
    own.folder.mkdir(parents=True, exist_ok=True)
    with hold_lock(ServerPaths("default", own.folder).lock):
        yield


@needs_proc
@pytest.mark.server
def test_an_interrupted_push_and_pull_leave_nothing_and_are_completed_by_the_next(
    studio: Studio, start: Start, tmp_path: Path
) -> None:
    count = 800  # four requests, of which the first is broken off
    write_lines(tmp_path / "many.jsonl", *(record(f"doc-{n}", f"Iran struck base {n}.") for n in range(count)))
    push = "studio push many.jsonl --project interrupted"
    broken_off(push, "POST /api/projects/", studio, start)
    said = broken_off(push, "/import HTTP", studio, start).said
    assert "interrupted; the same push completes it" in said
    done = subprocess.run([GOLDSPAN, *shlex.split(push), "--json"], cwd=tmp_path, env=studio.surroundings, capture_output=True, encoding="utf-8")  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["created"] + told["unchanged"] == count and told["unchanged"] > 0
    (tmp_path / "passes").mkdir()
    broken_off("studio pull --project interrupted --out passes", "/export", studio, start)


def broken_off(call: str, request: str, studio: Studio, start: Start) -> Running:
    """A command interrupted while the server's answer to a request does not come."""
    address = ("127.0.0.1", studio.state["port"])
    with Gate(address, request) as gate:
        running = start(f"{call} --url {gate.url}", GOLDSPAN_STUDIO_TOKEN=studio.token)
        assert gate.reached.wait(PATIENCE)
        running.interrupted()
    running.check()
    return running
