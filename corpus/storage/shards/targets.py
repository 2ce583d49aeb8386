"""The folder that a run writes and the corpus that it reads: a run never writes over its own input."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ....schema import UsageError
from ....schema.files.addresses import is_address


def require_apart(source: str, files: Iterable[str], target: str) -> None:
    """Check that a target is neither the input, nor a folder in it, nor one that the input lies in.

    Args:
        source: The corpus that is read: a file, a folder, a pattern or an address.
        files: Its files.
        target: The folder to write, or its address.

    Raises:
        UsageError: It is; shards would be written over what is still to be read, or be read by the next run.
    """
    place = _place(target)
    if any(_is_within(_place(file), place) for file in files):
        raise UsageError(f"`out` {target} holds the input {source}. Fix: another folder, beside the input")
    if _is_folder(source) and _is_within(place, _place(source)):
        raise UsageError(f"`out` {target} lies in the input {source}. Fix: another folder, beside the input")


def _is_folder(source: str) -> bool:
    return is_address(source) or Path(source).is_dir()


def _place(path: str) -> str:
    """Return the one name of a file or folder."""
    if is_address(path) and not path.startswith("file://"):
        return path.rstrip("/")
    return os.path.realpath(path.removeprefix("file://"))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/" if not folder.endswith(os.sep) else folder)
