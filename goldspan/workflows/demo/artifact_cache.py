"""What the demo made of what: files that are costly to make are kept while all that they were made of is the same."""

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
"""The file in the demo's folder that says what costly files were made of, and by whom the folder was made."""


class ArtifactCache:
    """The costly files of a demo's folder.

    Args:
        folder: The demo's.

    Raises:
        DependencyError: It cannot be written.
        UsageError: It holds things that no demo made, which must not be overwritten.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / MADE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            strange = not self._path.is_file() and any(folder.iterdir())
        except OSError as error:
            raise DependencyError(f"{folder}: {error.strerror}. Fix: name another folder with --out") from error
        if strange:
            raise UsageError(f"{folder}: holds files that no demo made. Fix: name another folder with --out")
        self._made = self._read()
        self._write()

    def holds(self, name: str, of: dict[str, str]) -> bool:
        """Whether a file is there, unchanged since it was made, and made of just this."""
        path = self._folder / name
        known = self._made.get(name)
        return known == {"of": of, "sha256": file_sha256(path)} if path.is_file() else False

    def note(self, name: str, of: dict[str, str]) -> None:
        """Takes down what a file was made of, when it is written."""
        self._made[name] = {"of": of, "sha256": file_sha256(self._folder / name)}
        self._write()

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_bytes())["made"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}  # nothing is known of any file, so each is made anew
        return found if isinstance(found, dict) else {}

    def _write(self) -> None:
        data = {"by": "goldspan demo", "made": dict(sorted(self._made.items()))}
        with open_writer(str(self._path)) as stream:
            stream.write((json.dumps(data, indent=1) + "\n").encode())


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    return sha256(path.read_bytes()).hexdigest()


def code_sha256(*packages: str) -> str:
    """SHA-256 (hex) over all files of packages: a change of the program is a change of what it makes."""
    digest = sha256()
    for package in packages:
        for name, file in sorted(_files(resources.files(package), package)):
            digest.update(f"{name}\0{sha256(file.read_bytes()).hexdigest()}\0".encode())
    return digest.hexdigest()


def versions(*packages: str) -> dict[str, str]:
    """The installed versions of packages."""
    return {package: version(package) for package in packages}


def _files(folder: Traversable, name: str) -> Iterable[tuple[str, Traversable]]:
    for item in folder.iterdir():
        if item.is_dir() and item.name != "__pycache__":
            yield from _files(item, f"{name}/{item.name}")
        elif item.is_file() and not item.name.endswith(".pyc"):
            yield f"{name}/{item.name}", item
