"""Cache of the demo's costly files: each is reused as long as its inputs are the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from ...corpus.storage.file_io import open_writer
from ...schema import DependencyError, UsageError

MADE = "made.json"
"""Name of the file that records the inputs of costly files, and marks the folder as a demo's."""


class ArtifactCache:
    """The costly files in a demo's folder.

    Args:
        folder: The demo's folder.

    Raises:
        DependencyError: The folder cannot be written.
        UsageError: The folder holds files that no demo made, which must not be overwritten.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / MADE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            is_foreign = not self._path.is_file() and any(folder.iterdir())
        except OSError as error:
            raise DependencyError(f"{folder}: {error.strerror}. Fix: another folder for `out`") from error
        if is_foreign:
            raise UsageError(f"{folder}: holds files that no demo made. Fix: another folder for `out`")
        self._inputs = self._read()
        self._write()

    def holds(self, name: str, inputs: dict[str, str]) -> bool:
        """Return whether a file exists, is unchanged since it was made, and was made from just these inputs."""
        path = self._folder / name
        recorded = self._inputs.get(name)
        return recorded == {"of": inputs, "sha256": file_sha256(path)} if path.is_file() else False

    def note(self, name: str, inputs: dict[str, str]) -> None:
        """Record the inputs of a file that has been written."""
        self._inputs[name] = {"of": inputs, "sha256": file_sha256(self._folder / name)}
        self._write()

    def _read(self) -> dict[str, Any]:
        try:
            inputs = json.loads(self._path.read_bytes())["made"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}  # nothing is known about any file, so each is made again
        return inputs if isinstance(inputs, dict) else {}

    def _write(self) -> None:
        data = {"by": "goldspan demo", "made": dict(sorted(self._inputs.items()))}
        with open_writer(str(self._path)) as stream:
            stream.write((json.dumps(data, indent=1) + "\n").encode())


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    return sha256(path.read_bytes()).hexdigest()


def code_sha256(*packages: str) -> str:
    """Return the SHA-256 over all files of packages, in hex: a change of the code invalidates what it made."""
    digest = sha256()
    for package in packages:
        for name, file in sorted(_files(resources.files(package), package)):
            digest.update(f"{name}\0{sha256(file.read_bytes()).hexdigest()}\0".encode())
    return digest.hexdigest()


def versions(*packages: str) -> dict[str, str]:
    """Return the installed versions of packages."""
    return {package: version(package) for package in packages}


def _files(folder: Traversable, name: str) -> Iterable[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir() and item.name != "__pycache__":
            yield from _files(item, f"{name}/{item.name}")
        elif item.is_file() and not item.name.endswith(".pyc"):
            yield f"{name}/{item.name}", item
