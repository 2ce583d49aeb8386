"""A real embedded server for tests: data of its own, the installed program shared with the user's other servers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from .command import run_here

CLOCK = Path(__file__).parent / "annotate" / "label_studio" / "clock"


class Studio:
    """A home with a server in it, and the command run there."""

    def __init__(self, home: Path, environments: Path) -> None:
        self.home = home
        self.folder = home / "servers" / "default"
        self.surroundings = {**os.environ, "GOLDSPAN_HOME": str(home), "GOLDSPAN_SERVER_ENV": str(environments)}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`goldspan studio` with the arguments; the others are variables of its environment.

        A start is without the service that marks the same words, unless it is asked for.
        """
        if arguments[:1] == ("up",) and not {"--mark-once", "--no-mark-once"}.intersection(arguments):
            arguments = (*arguments, "--no-mark-once")
        return run_here("studio", *arguments, env={**self.surroundings, **more})

    def up(self, *arguments: str) -> None:
        done = self.run("up", *arguments)
        assert done.returncode == 0, done.stderr

    def kill(self) -> None:
        """Ends the server as a power failure does; its data stays."""
        from goldspan.annotate.label_studio.server.process import process_identity

        pid = self.state["pid"]
        os.killpg(pid, signal.SIGKILL)
        while process_identity(pid):
            time.sleep(0.01)

    @property
    def state(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "state.json").read_text("utf-8")))

    @property
    def credentials(self) -> dict[str, str]:
        return dict(json.loads((self.folder / "credentials.json").read_text("utf-8")))

    @property
    def token(self) -> str:
        return self.credentials["token"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.state['port']}"


def installed() -> Path:
    """The folder of environments with a ready one in it; whoever comes first installs it, others wait."""
    from goldspan.annotate.label_studio.server.databases.sqlite_template import make_template
    from goldspan.annotate.label_studio.server.installation import install
    from goldspan.annotate.label_studio.server.paths import studio_paths

    make_template(install(studio_paths()))
    return studio_paths().environments


@contextmanager
def serving(folder: Path, environments: Path) -> Iterator[Studio]:
    """A home in a folder; whatever server runs there at the end is stopped."""
    studio = Studio(folder, environments)
    try:
        yield studio
    finally:
        studio.run("down")


class Stage(Studio):
    """A server that the test runs itself, as goldspan does, with a clock to set and any database.

    Args:
        home: Of the server.
        environments: With the installed program.
        database: The variables that name another database than goldspan's own; none for that.
    """

    def __init__(self, home: Path, environments: Path, database: Mapping[str, str]) -> None:
        from goldspan.annotate.label_studio.client.connection import DEFAULT_SERVER
        from goldspan.annotate.label_studio.server.credentials import generate_credentials, write_credentials
        from goldspan.annotate.label_studio.server.databases.sqlite_template import fresh_database, make_template
        from goldspan.annotate.label_studio.server.environment import server_environment
        from goldspan.annotate.label_studio.server.installation import required_installation
        from goldspan.annotate.label_studio.server.paths import StudioPaths, ensure_private_dir
        from goldspan.annotate.label_studio.server.ports import LOOPBACK, free_port

        super().__init__(home, environments)
        found = StudioPaths(home, environments)
        self._place, environment, credentials = (
            found.server(),
            required_installation(found),
            generate_credentials(DEFAULT_SERVER),
        )
        ensure_private_dir(self._place.folder)
        write_credentials(self._place, credentials)
        fresh_database(self._place, make_template(environment))
        port = free_port()
        self._url = f"http://{LOOPBACK}:{port}"
        self._command = environment.start_command(port, self._url)
        self.database = "postgresql" if database else "sqlite"
        self._clock = home / "clock"
        clock = {"PYTHONPATH": str(CLOCK), "GOLDSPAN_TEST_CLOCK": str(self._clock)}
        self._variables = {**server_environment(self._place, credentials, database, local_backends=True), **clock}
        self._process: subprocess.Popen[bytes] | None = None
        self.set_clock()

    @property
    def url(self) -> str:
        return self._url

    def set_clock(self, ahead: float = 0.0, *, still: bool = False) -> None:
        """Puts the clock seconds ahead of the true time, or behind it; from there it goes on, or stands still."""
        shown = (datetime.now(UTC) + timedelta(seconds=ahead)).isoformat()
        beside = self._clock.with_suffix(".part")
        beside.write_text(f"= {shown}" if still else f"+ {ahead}", "ascii")
        beside.replace(self._clock)

    def up(self, *arguments: str) -> None:
        assert not arguments and self._process is None
        with self._place.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._variables,
                cwd=self._place.data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + 300  # another database than goldspan's is made from nothing at the first start
        headers = {"Authorization": f"Token {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30) as http:
            while not _answers(http):
                ended = self._process.poll() is not None or time.monotonic() > until
                assert not ended, self._place.log.read_text("utf-8")[-2000:]
                time.sleep(0.1)
        assert self._clock.with_suffix(".in-force").exists(), f"the server does not go by the clock in {CLOCK}"

    def serve_commands(self, url: str) -> None:
        """Has commands without `--url` find the server at an address, as their own one."""
        from goldspan.annotate.label_studio.server.process import process_identity
        from goldspan.annotate.label_studio.server.state import ServerState, write_state

        pid = self._process.pid if self._process is not None else 0
        port = urlsplit(url).port or 0
        write_state(self._place, ServerState(port, "", True, pid, process_identity(pid) if pid else ""))

    def start_marking(self, *, ready: bool) -> None:
        """Starts the service that marks the same words, unless it runs; on demand until it answers."""
        from goldspan.annotate.label_studio.server.mark_once_process import (
            read_service,
            start_service,
            wait_for_service,
        )

        start_service(self._place)
        service = read_service(self._place.folder)
        assert service is not None and (not ready or wait_for_service(service))

    def kill_marking(self) -> None:
        """Ends that service as a power failure does, if it runs."""
        from goldspan.annotate.label_studio.server.mark_once_process import read_service

        service = read_service(self._place.folder)
        if service is not None and service.alive:
            os.kill(service.pid, signal.SIGKILL)
            while service.alive:
                time.sleep(0.01)

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def end(self, how: int) -> None:
        """Ends the server by a signal; its data stays."""
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, how)
            self._process.wait(30)
            self._process = None


def _answers(http: httpx.Client) -> bool:
    try:
        return http.get("/api/current-user/whoami").status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def staged(folder: Path, environments: Path, database: Mapping[str, str]) -> Iterator[Stage]:
    """A running server of the test's own, ended afterwards."""
    stage = Stage(folder, environments, database)
    try:
        stage.up()
        yield stage
    finally:
        stage.kill_marking()
        stage.end(signal.SIGTERM)
