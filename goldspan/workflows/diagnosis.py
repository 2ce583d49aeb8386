"""What goldspan finds around it: packages, extras, Label Studio, disk, terminal, shell, configuration.

Nothing is imported for it but what tells of packages: a package that cannot be imported is a matter for its own error.
"""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..annotate.label_studio.server.installation import pinned_version, required_installation
from ..annotate.label_studio.server.paths import server_names, studio_paths
from ..annotate.label_studio.server.ports import LOOPBACK
from ..annotate.label_studio.server.state import read_state
from ..cli.completion import completion_status

GIVES = {
    "backend": "goldspan studio backend: suggestions as people open tasks",
    "keyring": "tokens of servers of your own, kept by the system",
    "polars": "goldspan.corpus.Corpus.to_polars",
    "transformers": "the extractor transformers: token classification models",
}
"""What each extra is for."""

STUDIO_NEEDS = 1_500_000_000
"""Bytes that the installed server takes, about."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that goldspan asks for.

    Attributes:
        name: As it is installed by.
        needs: The versions that will do; empty where any will.
        version: The installed one; None where there is none.
        fault: What is wrong with it; empty where nothing is.
        extra: Of which extra it is; empty for one that is always needed.
    """

    name: str
    needs: str
    version: str | None
    fault: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of goldspan that is installed on demand.

    Attributes:
        name: Of the extra.
        gives: What it is for.
        packages: What it takes.
    """

    name: str
    gives: str
    packages: list[Package]

    @property
    def installed(self) -> bool:
        """Whether all of it is there, in versions that will do."""
        return not any(package.fault for package in self.packages)

    @property
    def fix(self) -> str:
        """How to get it."""
        return f"pip install 'goldspan[{self.name}]'"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was found.

    Attributes:
        version: Of goldspan.
        python: Of Python.
        python_needs: The versions that will do.
        packages: Those that are always needed.
        extras: By name.
        studio: Of the embedded Label Studio.
        disk: Free room by what it is needed for.
        terminal: What the three streams are, and the like.
        completion: Of the shell.
        faults: What is missing or wrong of all that is needed, each with its mend.
    """

    version: str
    python: str
    python_needs: str
    packages: list[Package]
    extras: list[Extra]
    studio: dict[str, Any]
    disk: list[dict[str, Any]]
    terminal: dict[str, Any]
    completion: dict[str, Any]
    faults: list[str] = field(default_factory=list)


def diagnose() -> Diagnosis:
    """Looks at everything; takes well under a second."""
    own = distribution("goldspan")
    python_needs = own.metadata["Requires-Python"] or ""
    everything = list(_packages(own))
    packages = [package for package in everything if not package.extra]
    by_extra: dict[str, list[Package]] = defaultdict(list)
    for package in everything:
        if package.extra:
            by_extra[package.extra].append(package)
    extras = [Extra(name, GIVES.get(name, ""), found) for name, found in sorted(by_extra.items())]
    faults = [f"{p.name}: {p.fault}. Fix: pip install '{p.name}{p.needs}'" for p in packages if p.fault]
    if not _within(platform.python_version(), python_needs):
        faults.insert(0, f"Python is {platform.python_version()}, and goldspan needs {python_needs}. Fix: a later one")
    return Diagnosis(
        version=own.version,
        python=platform.python_version(),
        python_needs=python_needs,
        packages=packages,
        extras=extras,
        studio=_studio(),
        disk=list(_disk()),
        terminal=_terminal(),
        completion=_completion(),
        faults=faults,
    )


def _packages(own: Distribution) -> Iterator[Package]:
    from packaging.requirements import Requirement

    for line in own.requires or ():
        requirement = Requirement(line)
        extra = next((name for name in own.metadata.get_all("Provides-Extra") or () if _of(requirement, name)), "")
        if extra or requirement.marker is None or requirement.marker.evaluate():
            yield _package(requirement.name, str(requirement.specifier), extra)


def _of(requirement: Any, extra: str) -> bool:
    marker = requirement.marker
    return marker is not None and not marker.evaluate({"extra": ""}) and marker.evaluate({"extra": extra})


def _package(name: str, needs: str, extra: str) -> Package:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return Package(name, needs, None, "not installed", extra)
    if not _within(found.version, needs):
        return Package(name, needs, found.version, f"{found.version} is installed, and {needs} is needed", extra)
    tops = {file.parts[0] for file in found.files or () if len(file.parts) == 2 and file.name == "__init__.py"}
    if tops and not any(find_spec(top) for top in tops):
        return Package(name, needs, found.version, "its files are gone", extra)
    return Package(name, needs, found.version, "", extra)


def _within(version: str, needs: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(needs).contains(version, prereleases=True)


def _studio() -> dict[str, Any]:
    """The embedded server's program, and the servers that were started with it."""
    place = studio_paths()
    environment = required_installation(place)
    servers = []
    for name in server_names(place):
        state = read_state(place.server(name))
        alive = state is not None and state.alive
        answers = alive and state is not None and _answers(state.port)
        servers.append(
            {
                "name": name,
                "running": answers,
                "url": state.url if state is not None else None,
                "pid": state.pid if state is not None and alive else None,
                "data": str(place.server(name).folder),
            }
        )
    return {
        "supported": sys.platform != "win32",
        "version": pinned_version(),
        "installed": environment.complete,
        "template": (environment.folder / "template.sqlite3").is_file(),
        "environment": str(environment.folder),
        "servers": servers,
    }


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(1.0)
        return asking.connect_ex((LOOPBACK, port)) == 0


def _disk() -> Iterator[dict[str, Any]]:
    place = studio_paths()
    for what, folder in (("servers", place.root), ("server program", place.environments), ("here", Path())):
        there = next((path for path in (folder.absolute(), *folder.absolute().parents) if path.exists()), None)
        try:
            free = None if there is None else shutil.disk_usage(there).free
        except OSError:
            free = None
        yield {"for": what, "path": str(folder.absolute()), "free_bytes": free}


def _terminal() -> dict[str, Any]:
    streams = {"stdin": sys.stdin, "stdout": sys.stdout, "stderr": sys.stderr}
    return {
        **{name: stream.isatty() for name, stream in streams.items()},
        "columns": shutil.get_terminal_size().columns,
        "encoding": sys.stdout.encoding,
        "type": os.environ.get("TERM") or None,
        "no_color": bool(os.environ.get("NO_COLOR")),
    }


def _completion() -> dict[str, Any]:
    found = completion_status()
    return {
        "shell": found.shell or None,
        "installed": found.path is not None,
        "path": None if found.path is None else str(found.path),
        "fix": "goldspan --install-completion",
    }
