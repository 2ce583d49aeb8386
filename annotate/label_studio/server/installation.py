"""Installation of the server program in its own environment: exactly the files that goldspan was tested with."""

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
from ....schema.progress import Progress, ignore_progress
from ...child_environment import without_tokens
from ...interrupt_signals import defer_signals
from .lock import hold_lock
from .paths import StudioPaths, ensure_dir
from .ports import LOOPBACK

_MODULE = ("-P", "-m")  # -P keeps the current folder off the path: a file there may be named like a module
_PIP = (*_MODULE, "pip", "install", "--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check")
_PYTHON_VARIABLES = ("PYTHONHOME", "PYTHONPATH")
_UMASK = 0o022  # whatever the user's umask: a program that others can modify would run their code
_FETCHED = re.compile(r"(Collecting|Processing) ")
_FIXES = (
    ("No space left", "free about 1.5 GB of disk space"),
    ("DO NOT MATCH THE HASHES", "use a package index that has the published files"),
    ("", "connect to the network, or configure pip's index or proxy, and try again"),
)
"""What to do by a part of pip's output; the first that occurs counts."""


@dataclass(frozen=True, slots=True)
class Installation:
    """An installation of the server program.

    Attributes:
        folder: Its environment; created under a lock and never changed once it is complete.
        version: Version of Label Studio.
    """

    folder: Path
    version: str

    @property
    def python(self) -> Path:
        """Its Python interpreter."""
        return self.folder / "bin" / "python"

    @property
    def program(self) -> Path:
        """The server's command."""
        return self.folder / "bin" / "label-studio"

    def start_command(self, port: int, url: str) -> list[str]:
        """Return the command that runs a server on a port of this machine, which its links call by the URL."""
        quick = [str(self.python), "-P", str(Path(__file__).with_name("quick_start.py")), str(self.program)]
        return [*quick, "start", "--no-browser", "--internal-host", LOOPBACK, "--port", str(port), "--host", url]

    @property
    def complete(self) -> bool:
        """Whether it is complete and the Python that it was made with still exists."""
        return (self.folder / "complete").is_file() and self.python.exists()


def pinned_version() -> str:
    """Return the version of Label Studio that goldspan installs."""
    [version] = re.findall(r"^label-studio==(\S+)", _requirements(), re.M)
    return str(version)


def required_installation(paths: StudioPaths) -> Installation:
    """Return the installation that matches the pinned requirements, whether it exists or not."""
    digest = sha256(_requirements().encode()).hexdigest()[:12]
    return Installation(paths.environments / f"{pinned_version()}-{digest}", pinned_version())


def install(paths: StudioPaths, progress: Progress = ignore_progress) -> Installation:
    """Install the server program unless it is complete; concurrent calls get the same installation.

    Raises:
        DependencyError: There is no network, disk space or venv; the next call starts over.
    """
    installation = required_installation(paths)
    if installation.complete:
        return installation
    with hold_lock(
        ensure_dir(paths.environments) / "lock",
        lambda: progress("waiting for another process that installs the server", 0, 0),
    ):
        if not installation.complete:
            _install(installation, progress)
    return installation


def _install(installation: Installation, progress: Progress) -> None:
    folder = installation.folder
    progress("creating an environment for the server", 0, 0)
    shutil.rmtree(folder, ignore_errors=True)  # incomplete, or made with a Python that no longer exists
    venv = subprocess.run(
        [sys.executable, *_MODULE, "venv", folder],
        env=without_tokens(),
        capture_output=True,
        text=True,
        check=False,
        umask=_UMASK,
    )
    if venv.returncode:
        output = " ".join((venv.stdout + venv.stderr).split())[:300]
        raise DependencyError(
            f"Python cannot create an environment: {output}. "
            "Fix: install venv (Debian, Ubuntu: apt install python3-venv)"
        )
    requirements = folder / "requirements.txt"
    requirements.write_text(_requirements(), "utf-8")
    # Old packages without wheels are built with the pinned setuptools, not with one that pip fetches unchecked.
    build_requirements = folder / "builder.txt"
    [pins] = re.findall(r"^setuptools==(?:.*\\\n)*.*\n", _requirements(), re.M)
    build_requirements.write_text(pins, "utf-8")
    total = len(re.findall(r"^\S+==", _requirements(), re.M))
    _pip_install(installation, ["-r", str(build_requirements)], 0, progress)
    _pip_install(installation, ["--no-build-isolation", "-r", str(requirements)], total, progress)
    (folder / "complete").write_text(f"{installation.version}\n", "utf-8")


def _pip_install(installation: Installation, arguments: list[str], total: int, progress: Progress) -> None:
    command = [str(installation.python), *_PIP, "--progress-bar", "off", "--retries", "2", *arguments]
    log = installation.folder.with_name(installation.folder.name + ".log")
    environment = {name: value for name, value in without_tokens().items() if name not in _PYTHON_VARIABLES}
    environment["PIP_USE_PEP517"] = "1"  # needed by old pips; as a variable, later ones may drop the option
    output: list[str] = []
    process: subprocess.Popen[bytes] | None = None
    try:
        with defer_signals():  # an interruption between start and assignment would leave pip running
            process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                umask=_UMASK,
            )
        assert process.stdout is not None
        fetched = 0
        for line in process.stdout:
            output.append(line.decode("utf-8", "replace"))
            if total and _FETCHED.match(output[-1]):
                fetched += 1
                progress("downloading the server's packages", fetched, total)
            elif total and output[-1].startswith("Installing collected"):
                progress("installing the packages", 0, 0)
        status = process.wait()
    except BaseException:
        if process is not None:
            process.kill()
        raise
    finally:
        if process is not None:
            with process:  # closes its output and waits for its end
                log.write_text("".join(output), "utf-8")
    if status:
        errors = [line.strip() for line in output if "ERROR" in line] or output[-1:] or ["no output from pip"]
        fix = next(fix for sign, fix in _FIXES if sign in "".join(output))
        raise DependencyError(f"cannot install the server: {errors[-1][:300]}. Fix: {fix} (full log: {log})")


@cache
def _requirements() -> str:
    return files(__package__).joinpath("requirements.txt").read_text("utf-8")
