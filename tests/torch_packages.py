"""The packages of the extra `transformers`, in a folder of their own: only the tests of that extractor need torch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "transformers.txt"
PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]


class CannotInstallError(Exception):
    """torch cannot be installed: no network, too little disk space, or no build for this Python."""


def installed() -> Path:
    """The folder with the packages that this environment lacks; whoever comes first installs them, others wait.

    Raises:
        CannotInstallError: pip failed.
    """
    state = f"{sys.version}\0{_torch()}\0{LOCK.read_text('utf-8')}"
    # the last name tells Hypothesis that these are not the modules under test, all of which it would read
    folder = ROOT / ".cache" / "torch" / sha256(state.encode()).hexdigest()[:12] / "site-packages"
    complete = folder / "complete"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent.with_suffix(".lock")):
        if not complete.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            _install(folder)
            complete.touch()
    return folder


def _install(folder: Path) -> None:
    folder.mkdir()
    missing = folder / "requirements.txt"
    pins = filter(_is_missing, re.findall(r"^\S+==(?:.*\\\n)*.*\n", LOCK.read_text("utf-8"), re.M))
    if missing.write_text("".join(pins), encoding="utf-8"):
        _pip(folder, "--no-deps", "--require-hashes", "-r", str(missing))
    if find_spec("torch") is not None:  # a developer's own
        return
    # Outside the lock: its files differ by processor and graphics card. Without the others' libraries it is small where
    # its file is one for processors alone; where it cannot be imported so, they are fetched too.
    _pip(folder, "--no-deps", _torch())
    surroundings = {**os.environ, "PYTHONPATH": str(folder)}
    if subprocess.run([sys.executable, "-c", "import torch"], env=surroundings, capture_output=True).returncode:
        _pip(folder, "--upgrade", _torch())


def _is_missing(pin: str) -> bool:
    try:
        version(Requirement(pin.partition("\\")[0]).name)
    except PackageNotFoundError:
        return True
    return False


def _torch() -> str:
    """The requirement of torch in `pyproject.toml`."""
    [torch] = {str(item) for item in map(Requirement, requires("goldspan") or ()) if item.name == "torch"}
    return torch.partition(";")[0]


def _pip(folder: Path, *arguments: str) -> None:
    done = subprocess.run([*PIP, "--target", str(folder), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise CannotInstallError(((done.stderr or done.stdout).strip().splitlines() or ["no output of pip"])[-1])
