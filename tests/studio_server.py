"""A real embedded server for tests: data of its own, the installed program shared with the user's other servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

GOLDSPAN = Path(sys.executable).with_name("goldspan")


class Studio:
    """A home with a server in it, and the command run there."""

    def __init__(self, home: Path, environments: Path) -> None:
        self.home = home
        self.folder = home / "servers" / "default"
        self.surroundings = {**os.environ, "GOLDSPAN_HOME": str(home), "GOLDSPAN_SERVER_ENV": str(environments)}

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`goldspan studio` with the arguments; the others are variables of its environment."""
        surroundings = {**self.surroundings, **more}
        command = [str(GOLDSPAN), "studio", *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", env=surroundings, timeout=300)

    def up(self, *arguments: str) -> None:
        done = self.run("up", *arguments)
        assert done.returncode == 0, done.stderr

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
    from goldspan.annotate.studio.environment import install
    from goldspan.annotate.studio.home import home
    from goldspan.annotate.studio.template import make_template

    make_template(install(home()))
    return home().environments


@contextmanager
def serving(folder: Path, environments: Path) -> Iterator[Studio]:
    """A home in a folder; whatever server runs there at the end is stopped."""
    studio = Studio(folder, environments)
    try:
        yield studio
    finally:
        studio.run("down")
