"""A Dask cluster of real processes on loopback: a scheduler and three workers, each with an address of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

_WORKERS = 3
_PATIENCE = 120


class DaskCluster:
    """A cluster whose processes tests may kill; what is missing is started again by `up`."""

    def __init__(self, folder: Path, site: Path) -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        self.gate = folder / "gate"
        os.mkfifo(self.gate)  # at which an extractor waits for a text that asks for it
        # one lost worker may be an accident, a second one is taken to be the call's doing
        self._env = {
            **os.environ,
            "PYTHONPATH": str(site),
            "MOODY_GATE": str(self.gate),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        }
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def up(self, workers: int = _WORKERS) -> str:
        """Start what does not run, and return the address of the scheduler."""
        if self.scheduler is None or self.scheduler.poll() is not None:
            self.down()
            self._file.unlink(missing_ok=True)
            where = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
            self.scheduler = self._start("scheduler", *where, "--scheduler-file", str(self._file))
            deadline = time.monotonic() + _PATIENCE
            while not self._file.exists() or not self._file.read_bytes().endswith(b"}"):
                assert self.scheduler.poll() is None and time.monotonic() < deadline, self.log
                time.sleep(0.02)
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        for number in range(len(self.workers), workers):
            host = f"127.0.0.{number + 2}" if sys.platform == "linux" else "127.0.0.1"
            more = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self._folder))
            self.workers.append(self._start("worker", self.address, "--host", host, *more))
        return self.address

    @property
    def address(self) -> str:
        """The address of the scheduler."""
        return str(json.loads(self._file.read_text(encoding="utf-8"))["address"])

    @property
    def log(self) -> str:
        """What the processes have said."""
        return (self._folder / "log").read_text(encoding="utf-8")

    def down(self) -> None:
        """End all processes."""
        for process in (*self.workers, *([self.scheduler] if self.scheduler else ())):
            process.kill()
            process.wait()
        self.workers, self.scheduler = [], None

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            command = [sys.executable, "-m", "dask", *arguments]
            return subprocess.Popen(command, env=self._env, cwd=self._folder, stdout=log, stderr=log)
