"""The files that a command line or a folder names, by which a program or a model is known to have changed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from hashlib import file_digest, sha256
from pathlib import Path

_LARGEST_READ = 100_000_000


def program_state(command: Sequence[str]) -> str:
    """Return a digest of the program and of the files among its arguments, such as the script of an interpreter.

    Of files of more than 100 MB, size and time are looked at, and of folders nothing. What a program imports or loads
    of its own is not known here.

    Args:
        command: The program and its arguments.
    """
    paths = [Path(shutil.which(command[0]) or command[0]), *map(Path, command[1:])]
    return sha256("\0".join(map(_state, paths)).encode()).hexdigest()


def folder_state(folder: Path) -> str:
    """Return a digest of the files in a folder and of their names; of large files as `program_state` does.

    Args:
        folder: The folder.
    """
    paths = sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts and path.is_file())
    named = (f"{path.relative_to(folder).as_posix()}\0{_state(path)}" for path in paths)
    return sha256("\0".join(named).encode()).hexdigest()


def _state(path: Path) -> str:
    try:
        if not path.is_file():
            return ""
        status = path.stat()
        if status.st_size > _LARGEST_READ:
            return f"{status.st_size}|{status.st_mtime_ns}"
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except OSError:  # such as an argument that is too long for a path
        return ""
