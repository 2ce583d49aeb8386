"""Diagnose the installation: packages, extras, gazetteer, Label Studio, disk, terminal.

Only package metadata is read; no package is imported to be checked.
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

from ..annotate.label_studio.server.databases.database_choice import read_choice
from ..annotate.label_studio.server.installation import pinned_version, required_installation
from ..annotate.label_studio.server.paths import ServerPaths, server_names, studio_paths
from ..annotate.label_studio.server.ports import LOOPBACK
from ..annotate.label_studio.server.state import read_state
from ..schema import DependencyError
from ..schema.extras import EXTRAS, install_command
from ..schema.names.settlements import check_settlements, settlement_edition

STUDIO_NEEDS = 1_500_000_000
"""Approximate size of the installed server, in bytes."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that goldspan depends on.

    Attributes:
        name: Name of the distribution.
        needs: Version specifier; empty if any version will do.
        version: Installed version; None if it is not installed.
        fault: What is wrong with it; empty if nothing is.
        extra: The extra that it belongs to; empty if it is always required.
    """

    name: str
    needs: str
    version: str | None
    fault: str
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """An optional part of goldspan.

    Attributes:
        name: Name of the extra.
        gives: What it is for.
        packages: The packages that it requires.
    """

    name: str
    gives: str
    packages: list[Package]

    @property
    def installed(self) -> bool:
        """Whether all its packages are installed, in suitable versions."""
        return not any(package.fault for package in self.packages)

    @property
    def fix(self) -> str:
        """The command that installs it."""
        return install_command(self.name)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnosis of the installation.

    Attributes:
        version: Version of goldspan.
        python: Version of Python.
        python_needs: Version specifier of Python.
        packages: Required packages.
        extras: Optional parts, sorted by name.
        gazetteer: Edition of the gazetteer's settlements; None if their table cannot be read.
        studio: State of the embedded Label Studio.
        disk: Free disk space by purpose.
        terminal: Which streams are terminals, their width and encoding.
        faults: What is missing or wrong among the required packages, each with its fix.
    """

    version: str
    python: str
    python_needs: str
    packages: list[Package]
    extras: list[Extra]
    gazetteer: str | None
    studio: dict[str, Any]
    disk: list[dict[str, Any]]
    terminal: dict[str, Any]
    faults: list[str] = field(default_factory=list)


def diagnose() -> Diagnosis:
    """Diagnose the installation; takes well under a second."""
    goldspan = distribution("goldspan")
    python_needs = goldspan.metadata["Requires-Python"] or ""
    all_packages = list(_packages(goldspan))
    packages = [package for package in all_packages if not package.extra]
    by_extra: dict[str, list[Package]] = defaultdict(list)
    for package in all_packages:
        if package.extra:
            by_extra[package.extra].append(package)
    extras = [
        Extra(name, EXTRAS[name].purpose if name in EXTRAS else "", parts) for name, parts in sorted(by_extra.items())
    ]
    faults = [f"{p.name}: {p.fault}. Fix: pip install '{p.name}{p.needs}'" for p in packages if p.fault]
    if not _satisfies(platform.python_version(), python_needs):
        faults.insert(
            0, f"Python is {platform.python_version()}, and goldspan needs {python_needs}. Fix: install a later version"
        )
    gazetteer = None
    try:
        gazetteer = settlement_edition()
        check_settlements()
    except DependencyError as error:
        faults.append(str(error))
    return Diagnosis(
        version=goldspan.version,
        python=platform.python_version(),
        python_needs=python_needs,
        packages=packages,
        extras=extras,
        gazetteer=gazetteer,
        studio=_studio(),
        disk=list(_disk()),
        terminal=_terminal(),
        faults=faults,
    )


def _packages(goldspan: Distribution) -> Iterator[Package]:
    from packaging.requirements import Requirement

    for line in goldspan.requires or ():
        requirement = Requirement(line)
        if requirement.name == goldspan.name:  # `all` names the other extras
            continue
        extra = next(
            (name for name in goldspan.metadata.get_all("Provides-Extra") or () if _requires_extra(requirement, name)),
            "",
        )
        if extra or requirement.marker is None or requirement.marker.evaluate():
            yield _package(requirement.name, str(requirement.specifier), extra)


def _requires_extra(requirement: Any, extra: str) -> bool:
    marker = requirement.marker
    return marker is not None and not marker.evaluate({"extra": ""}) and marker.evaluate({"extra": extra})


def _package(name: str, needs: str, extra: str) -> Package:
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return Package(name, needs, None, "not installed", extra)
    if not _satisfies(installed.version, needs):
        return Package(
            name, needs, installed.version, f"{installed.version} is installed, and {needs} is needed", extra
        )
    tops = {file.parts[0] for file in installed.files or () if len(file.parts) == 2 and file.name == "__init__.py"}
    if tops and not any(find_spec(top) for top in tops):
        return Package(name, needs, installed.version, "its files are missing", extra)
    return Package(name, needs, installed.version, "", extra)


def _satisfies(version: str, needs: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(needs).contains(version, prereleases=True)


def _studio() -> dict[str, Any]:
    """Return the state of the embedded server's installation, and of the servers started from it."""
    paths = studio_paths()
    installation = required_installation(paths)
    servers = []
    for name in server_names(paths):
        state = read_state(paths.server(name))
        is_alive = state is not None and state.alive
        is_running = is_alive and state is not None and _answers(state.port)
        servers.append(
            {
                "name": name,
                "running": is_running,
                "url": state.url if state is not None else None,
                "pid": state.pid if state is not None and is_alive else None,
                "data": str(paths.server(name).folder),
                "database": _database(paths.server(name)),
            }
        )
    return {
        "supported": sys.platform != "win32",
        "version": pinned_version(),
        "installed": installation.complete,
        "template": (installation.folder / "template.sqlite3").is_file(),
        "environment": str(installation.folder),
        "servers": servers,
    }


def _database(server: ServerPaths) -> str | None:
    try:
        choice = read_choice(server)
    except DependencyError:  # which `up` tells in full
        return None
    return None if choice is None else choice.address


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


def _disk() -> Iterator[dict[str, Any]]:
    paths = studio_paths()
    for purpose, folder in (("servers", paths.root), ("server program", paths.environments), ("here", Path())):
        existing = next((path for path in (folder.absolute(), *folder.absolute().parents) if path.exists()), None)
        try:
            free = None if existing is None else shutil.disk_usage(existing).free
        except OSError:
            free = None
        yield {"for": purpose, "path": str(folder.absolute()), "free_bytes": free}


def _terminal() -> dict[str, Any]:
    streams = {"stdin": sys.stdin, "stdout": sys.stdout, "stderr": sys.stderr}
    return {
        **{name: stream.isatty() for name, stream in streams.items()},
        "columns": shutil.get_terminal_size().columns,
        "encoding": sys.stdout.encoding,
        "type": os.environ.get("TERM") or None,
        "no_color": bool(os.environ.get("NO_COLOR")),
    }
