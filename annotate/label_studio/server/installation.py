"""The server program, installed once in an environment of its own: exactly the files that goldspan was tested with."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from ....schema import DependencyError
from ...child_environment import without_tokens
from ...signals import defer_signals
from .lock import hold_lock
from .paths import StudioPaths, ensure_dir
from .progress import ByteProgress, no_progress

_MODULE = ("-P", "-m")  # without the folder one stands in on the path: a file there may be called as a module is
_PIP = (*_MODULE, "pip", "install", "--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check")
_OURS = ("PYTHONHOME", "PYTHONPATH")
_UMASK = 0o022  # whatever the user's is: a program that others can write runs what they write
_FETCHED = re.compile(r"(Collecting|Processing) ")
_FAULTS = (
    ("No space left", "make room on the disk, about 1.5 GB"),
    ("DO NOT MATCH THE HASHES", "use an index of packages that has the published files"),
    ("", "connect to the network, or tell pip which index or proxy to use, and call again"),
)


@dataclass(frozen=True, slots=True)
class Installation:
    """An installed server program.

    Attributes:
        folder: Holds it; made by one lock, never changed once it is complete.
        version: Of Label Studio.
    """

    folder: Path
    version: str

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def program(self) -> Path:
        """The server's command."""
        return self.folder / "bin" / "label-studio"

    @property
    def complete(self) -> bool:
        """Whether all of it is there, and the Python it was made with still is."""
        return (self.folder / "complete").is_file() and self.python.exists()


def pinned_version() -> str:
    """The version of Label Studio that goldspan installs."""
    [version] = re.findall(r"^label-studio==(\S+)", _lock(), re.M)
    return str(version)


def required_installation(home: StudioPaths) -> Installation:
    """The environment of our lock, installed or not."""
    mark = sha256(_lock().encode()).hexdigest()[:12]
    return Installation(home.environments / f"{pinned_version()}-{mark}", pinned_version())


def install(home: StudioPaths, tell: ByteProgress = no_progress) -> Installation:
    """The environment, installed where it is not there or not whole; two who ask at once get the same one.

    Raises:
        DependencyError: No network, no room, no venv; what was begun is done anew the next time.
    """
    environment = required_installation(home)
    if environment.complete:
        return environment
    with hold_lock(
        ensure_dir(home.environments) / "lock", lambda: tell("waiting: someone else installs the server", 0, 0)
    ):
        if not environment.complete:
            _install(environment, tell)
    return environment


def _install(environment: Installation, tell: ByteProgress) -> None:
    folder = environment.folder
    tell("making an environment for the server", 0, 0)
    shutil.rmtree(folder, ignore_errors=True)  # half of one, or of a Python that is gone
    venv = subprocess.run(
        [sys.executable, *_MODULE, "venv", folder],
        env=without_tokens(),
        capture_output=True,
        text=True,
        check=False,
        umask=_UMASK,
    )
    if venv.returncode:
        said = " ".join((venv.stdout + venv.stderr).split())[:300]
        raise DependencyError(
            f"Python cannot make an environment: {said}. Fix: install venv (Debian, Ubuntu: apt install python3-venv)"
        )
    lock = folder / "server.txt"
    lock.write_text(_lock(), "utf-8")
    # Old packages without wheels are built by setuptools of the lock, not by one that is fetched unseen.
    builder = folder / "builder.txt"
    [pins] = re.findall(r"^setuptools==(?:.*\\\n)*.*\n", _lock(), re.M)
    builder.write_text(pins, "utf-8")
    total = len(re.findall(r"^\S+==", _lock(), re.M))
    _pip(environment, ["-r", str(builder)], 0, tell)
    _pip(environment, ["--no-build-isolation", "-r", str(lock)], total, tell)
    (folder / "complete").write_text(f"{environment.version}\n", "utf-8")


def _pip(environment: Installation, arguments: list[str], total: int, tell: ByteProgress) -> None:
    command = [str(environment.python), *_PIP, "--progress-bar", "off", "--retries", "2", *arguments]
    log = environment.folder.with_name(environment.folder.name + ".log")
    surroundings = {name: value for name, value in without_tokens().items() if name not in _OURS}
    surroundings["PIP_USE_PEP517"] = "1"  # old pips need to be told; as a variable, later ones may forget it
    said: list[str] = []
    process: subprocess.Popen[bytes] | None = None
    try:
        with defer_signals():  # pip that has begun but is not known yet could not be ended
            process = subprocess.Popen(
                command,
                env=surroundings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                umask=_UMASK,
            )
        assert process.stdout is not None
        fetched = 0
        for line in process.stdout:
            said.append(line.decode("utf-8", "replace"))
            if total and _FETCHED.match(said[-1]):
                fetched += 1
                tell("fetching the server's packages", fetched, total)
            elif total and said[-1].startswith("Installing collected"):
                tell("unpacking them", 0, 0)
        status = process.wait()
    except BaseException:
        if process is not None:
            process.kill()
        raise
    finally:
        if process is not None:
            with process:  # closes its output and waits for its end
                log.write_text("".join(said), "utf-8")
    if status:
        errors = [line.strip() for line in said if "ERROR" in line] or said[-1:] or ["pip said nothing"]
        fix = next(fix for sign, fix in _FAULTS if sign in "".join(said))
        raise DependencyError(f"the server cannot be installed: {errors[-1][:300]}. Fix: {fix} (all of it: {log})")


@cache
def _lock() -> str:
    return files(__package__).joinpath("server.txt").read_text("utf-8")
