"""A virtual environment with nothing in it but what one installation brings."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path


class CleanEnvironment:
    """A new virtual environment, of which goldspan's commands are run in an empty folder and for a user without files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._here = folder / "here"
        subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
        self._here.mkdir()
        scheme = {"base": str(folder / "env"), "platbase": str(folder / "env")}
        self._programs = Path(sysconfig.get_path("scripts", "venv", scheme))
        self.packages = Path(sysconfig.get_path("purelib", "venv", scheme))
        self._at_first = (self._bytes(), self._distributions())

    def install(self, requirement: str) -> None:
        """Install a requirement with what it needs.

        Raises:
            SystemExit: pip failed.
        """
        pip = [self._python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]
        done = subprocess.run(pip, capture_output=True, encoding="utf-8", env=self._variables(os.environ["PATH"]))
        if done.returncode:
            raise SystemExit(f"pip install {requirement} failed:\n{done.stderr[-2000:]}")

    def run(self, *call: str, program: str = "goldspan") -> str:
        """Run a program of the environment and return its output.

        Raises:
            SystemExit: It failed.
        """
        home = {name: str(self._folder) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
        variables = self._variables(f"{self._programs}{os.pathsep}{os.environ['PATH']}") | home
        command = [str(self._programs / program), *call]
        done = subprocess.run(command, cwd=self._here, env=variables, capture_output=True, encoding="utf-8")
        if done.returncode:
            raise SystemExit(f"{program} {' '.join(call)} ended with status {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout

    def installed(self) -> tuple[float, int]:
        """Return the megabytes (10^6 bytes) and the number of distributions that were installed."""
        size, count = self._at_first
        return (self._bytes() - size) / 1e6, self._distributions() - count

    @property
    def _python(self) -> str:
        return str(self._programs / "python")

    def _variables(self, path: str) -> dict[str, str]:
        """Return the variables of a process, without those by which another environment would reach into this one."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOLDSPAN_", "PYTHON"))}
        return {**kept, "PATH": path, "PYTHONUTF8": "1"}

    def _bytes(self) -> int:
        return sum(path.stat().st_size for path in self.packages.rglob("*") if path.is_file())

    def _distributions(self) -> int:
        return len(list(self.packages.glob("*.dist-info")))
