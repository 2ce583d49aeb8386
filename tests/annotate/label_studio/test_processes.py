"""What keeps servers apart: one start at a time, and a process that is still the one that was started."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from goldspan.annotate.label_studio.server import lock
from goldspan.annotate.label_studio.server.lock import hold_lock
from goldspan.annotate.label_studio.server.process import process_identity, start_process, stop_process
from goldspan.annotate.label_studio.server.state import ServerState
from goldspan.schema import DependencyError

HOLDING = """
import sys, time
from pathlib import Path
from goldspan.annotate.label_studio.server.lock import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(1000)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock until it is killed."""
    command = [sys.executable, "-c", HOLDING, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_lock_is_waited_for_and_free_again_when_its_holder_is_killed(
    holder: subprocess.Popen[str], tmp_path: Path
) -> None:
    told: list[str] = []

    def wait() -> None:
        told.append("waiting")
        holder.kill()

    with hold_lock(tmp_path / "lock", wait):
        assert told == ["waiting"]
    with hold_lock(tmp_path / "lock", wait):
        assert told == ["waiting"]


def test_a_lock_that_is_never_freed_is_told(
    holder: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_LONGEST_WAIT", 0.2)
    with (
        pytest.raises(DependencyError, match=r"locked by another goldspan process. Fix: stop it"),
        hold_lock(tmp_path / "lock"),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="as recorded on Linux")
def test_a_server_that_an_earlier_version_started_is_alive_whatever_happens_to_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    with subprocess.Popen(["sleep", "1000"]) as process:
        started = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[19]
        state = ServerState(8080, "1", pid=process.pid, identity=f"{boot} {started}")
        assert state.alive
        boot_time = psutil.boot_time()
        monkeypatch.setattr(psutil, "boot_time", lambda: boot_time + 3600)
        monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: boot_time + 3600)
        assert state.alive
        assert not ServerState(8080, "1", pid=process.pid, identity=f"{boot} {int(started) + 1}").alive
        process.kill()
    assert not state.alive


def test_a_process_is_stopped_with_what_it_started_and_a_killed_one_is_not_alive(tmp_path: Path) -> None:
    command = ["sh", "-c", "sleep 1000 & echo $! > child; wait"]
    pid = start_process(command, environment={"PATH": "/usr/bin:/bin"}, folder=tmp_path, log=tmp_path / "log")
    identity = process_identity(pid)
    while not (tmp_path / "child").is_file() or not (tmp_path / "child").read_text():
        assert process_identity(pid) == identity
    child = psutil.Process(int((tmp_path / "child").read_text()))
    stop_process(pid, "another", grace=0)
    assert process_identity(pid) == identity and child.is_running()
    stop_process(pid, identity, grace=10)
    assert process_identity(pid) == ""
    psutil.wait_procs([child], timeout=60)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


@pytest.mark.skipif(sys.platform != "linux", reason="a first thread ends alone on Linux")
def test_a_process_runs_until_its_last_thread_has_ended_and_then_nothing_is_left_of_it(tmp_path: Path) -> None:
    first_ends = "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(1000,)).start()"
    command = [sys.executable, "-c", f"{first_ends}; ctypes.CDLL(None).pthread_exit(None)"]
    pid = start_process(command, environment={}, folder=tmp_path, log=tmp_path / "log")
    identity = process_identity(pid)
    while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert process_identity(pid) == identity  # it may still hold a port
    stop_process(pid, identity, grace=0)
    assert not psutil.pid_exists(pid)


def test_a_process_that_ended_by_itself_is_not_alive(tmp_path: Path) -> None:
    pid = start_process(["sleep", "1000"], environment={"PATH": "/usr/bin:/bin"}, folder=tmp_path, log=tmp_path / "log")
    assert process_identity(pid)
    psutil.Process(pid).send_signal(signal.SIGKILL)
    while process_identity(pid):
        pass
